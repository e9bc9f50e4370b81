"""What is written freely about a protected person does not give their name away under the case's number (W5)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from knutpunkten.cases.models import Section
from knutpunkten.consents.models import Consent
from knutpunkten.consents.purpose import purpose_of
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.protection.conftest import NAME, NUMBER
from tests.referrals.filling import part_url

pytestmark = [pytest.mark.django_db, pytest.mark.clause("W5")]
REFUSED = "Skriv frågan utan personens namn."


def is_done(case: Any) -> bool:
    with behind_the_wall():
        return Section.objects.get(case=case, key="question").is_done


@pytest.mark.parametrize("kind", ["collaboration", "consultation"])
@pytest.mark.parametrize(
    ("question", "is_refused"),
    [
        (f"Hur kan {NAME} komma vidare?", True),
        ("Vilka är Vilhelminas möjligheter?", True),
        ("Kan familjen Qvarnström få stöd?", True),
        ("Hur kan personen komma vidare?", False),
        ("Finns det en plats på Vilhelminagården?", False),
    ],
)
def test_a_question_is_not_finished_with_a_protected_persons_name_in_it(
    question: str, is_refused: bool, kind: str, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("draft", kind=kind)
    johan, address = sign_in(cast.johan), part_url(case, "question")
    assert "Skriv aldrig personens namn." in johan.get(address).text
    answer = johan.post(address, {"question": question}, follow=True).text
    assert (REFUSED in answer) is is_refused
    assert is_done(case) is not is_refused


def test_of_others_it_may_be_named(make_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = make_case("draft")
    answer = sign_in(cast.johan).post(part_url(case, "question"), {"question": "Hur kan Leif pröva?"}, follow=True)
    assert REFUSED not in answer.text
    assert is_done(case)


def test_whoever_writes_that_the_person_is_protected_hears_where_the_name_stands(
    make_case: Callable, cast: Any, sign_in: Callable
) -> None:
    with behind_the_wall():
        case = make_case("draft", person=make_person(*NAME.split(), number=NUMBER))
        Consent.objects.filter(case=case).update(purpose=purpose_of(case, case.first_name))
    johan = sign_in(cast.johan)
    johan.post(part_url(case, "question"), {"question": f"Hur kan {NAME} komma vidare?"})
    johan.post(part_url(case, "own_words"), {"words": "Jag vill.", "will": "Vilhelminas egen idé.", "hours": "12"})
    sent = {"protection": "sekretessmarkering", "is_sure": "on"}
    page = johan.post(reverse("protect", args=[case.pk]), sent, follow=True).text
    assert "Namnet står i de här texterna: Personens egna ord och Frågeställning." in page


def test_where_the_name_stands_nowhere_nothing_is_said_of_it(make_case: Callable, cast: Any, sign_in: Callable) -> None:
    sent, case = {"protection": "sekretessmarkering", "is_sure": "on"}, make_case("draft")
    assert "Namnet står" not in sign_in(cast.johan).post(reverse("protect", args=[case.pk]), sent, follow=True).text


def test_why_somebody_reads_is_told_to_those_who_read_alone(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    """It is written freely; those who name readers see the case's number and nobody's words."""
    case = protected_case("announced", readers=[cast.disa])
    listed = sign_in(cast.mats).get(reverse("protected_cases")).text
    assert cast.disa.name in listed
    assert "Tar emot ärendet" not in listed
    assert "Tar emot ärendet" in sign_in(cast.johan).get(reverse("case", args=[case.pk])).text
