"""Which units are asked to name a reader, in each state of the case, by when, and who sees that it waits (W5)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from knutpunkten.cases.models import Case, Level, Party
from knutpunkten.notices.models import Notice
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.protection.conftest import NAME, NUMBER
from tests.protection.test_naming import naming, typed

pytestmark = [pytest.mark.django_db, pytest.mark.clause("W5")]
PARTIES = {"mats": "Arbetsförmedlingen", "ulrika": "Öppenpsykiatrin"}
STATES = ("announced", "queued", "placed", "returned", "allocated", "active")
# The coordinator is asked for the team until a supervisor is responsible.
WITHOUT_A_SUPERVISOR = ("announced", "queued", "placed", "returned")


@pytest.fixture
def becomes_protected(make_case: Callable, sign_in: Callable, cast: Any) -> Callable[..., Case]:
    """``becomes_protected("queued")``: a case open to its parties, whose caseworker then writes that the person is protected."""

    def make(state: str, **fields: Any) -> Case:
        with behind_the_wall():
            person = make_person(*NAME.split(), number=NUMBER)
        case = make_case(state, person=person, **({"level": Level.TEXT} | fields))
        sent = {"protection": "sekretessmarkering", "is_sure": "on"}
        sign_in(cast.johan).post(reverse("protect", args=[case.pk]), sent)
        with behind_the_wall():
            return Case.objects.get(pk=case.pk)

    return make


def start(client: Any) -> str:
    return client.get(reverse("start")).text


def told(user: Any, case: Case) -> int:
    with behind_the_wall():
        return Notice.objects.filter(user=user, event="name_reader", number=case.number, case_id=None).count()


@pytest.mark.parametrize("state", STATES)
def test_each_party_is_told_by_number_and_names_its_reader_in_every_state(
    state: str, becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    case = becomes_protected(state)
    for name, unit in PARTIES.items():
        user = getattr(cast, name)
        client = sign_in(user)
        assert told(user, case) == 1, name
        for page in (start(client), client.get(reverse("protected_cases")).text, client.get(reverse("inbox")).text):
            assert case.number in page
            assert not any(part in page for part in (*NAME.split(), NUMBER[2:8]))
        assert f"Utse läsare: {case.number}" in start(client)

        client.post(naming(case, cast.unit(unit)), typed(user))

        assert client.get(reverse("case", args=[case.pk])).status_code == 200
        assert f"Utse läsare: {case.number}" not in start(client)


@pytest.mark.parametrize("state", STATES)
def test_the_team_is_asked_until_somebody_there_reads(
    state: str, becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    case = becomes_protected(state)
    asked = state in WITHOUT_A_SUPERVISOR
    assert told(cast.karin, case) == asked
    assert (f"Utse läsare: {case.number}" in start(sign_in(cast.karin))) is asked


@pytest.mark.parametrize("state", ["announced", "presented"])
def test_so_it_is_of_a_consultation(state: str, becomes_protected: Callable, cast: Any, sign_in: Callable) -> None:
    case = becomes_protected(state, kind="consultation")
    assert told(cast.mats, case) == 1
    assert f"Utse läsare: {case.number}" in start(sign_in(cast.mats))


@pytest.mark.parametrize("state", ["draft", "handed_over", "closed", "cancelled"])
def test_before_the_announcement_and_after_the_end_no_party_is_asked(
    state: str, becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    case = becomes_protected(state, level=Level.NOTHING if state in ("draft", "handed_over") else Level.TEXT)
    assert case.is_protected
    assert told(cast.mats, case) == 0
    assert "Utse läsare:" not in start(sign_in(cast.mats))


def test_a_unit_whose_part_is_taken_back_is_not_asked(
    becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    case = becomes_protected("queued")
    with behind_the_wall():
        ended = timezone.now()
        Party.objects.filter(case=case, unit=cast.unit("Arbetsförmedlingen")).update(withdrawn_at=ended)
    assert "Utse läsare:" not in start(sign_in(cast.mats))


def test_a_step_does_not_tell_again_those_who_were_told(
    becomes_protected: Callable, cast: Any, take: Callable, sign_in: Callable
) -> None:
    now = timezone.now()
    case = becomes_protected("placed", notice_given_at=now)
    take(case, "confirm_notice", cast.johan)
    assert told(cast.mats, case) == told(cast.ulrika, case) == 1


def test_the_persons_other_cases_ask_for_readers_too(
    make_case: Callable, becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    with behind_the_wall():
        other = make_case("queued", person=make_person(*NAME.split(), number=NUMBER), caseworker=cast.tove)
    becomes_protected("active")
    with behind_the_wall():
        other = Case.objects.get(pk=other.pk)
    assert other.is_protected
    assert told(cast.mats, other) == 1
