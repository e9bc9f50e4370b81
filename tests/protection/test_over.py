"""The protection is over: who says so, and what opens then (W5)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case
from knutpunkten.notices.models import Mail, Notice
from knutpunkten.people.models import Person
from knutpunkten.protection.actions import end_protection
from knutpunkten.protection.models import NamedReader
from knutpunkten.protection.rules import may_end_protection
from tests.conftest import behind_the_wall
from tests.protection.conftest import NAME

pytestmark = pytest.mark.django_db


def over(case: Any) -> str:
    return reverse("end_protection", args=[case.pk])


def typed(**fields: Any) -> dict[str, Any]:
    yesterday = timezone.localdate() - timedelta(days=1)
    return {"why": "lifted", "since": yesterday.isoformat(), "has_looked": "on", "is_sure": "on"} | fields


def said(case: Any, user: Any) -> None:
    with acting_as(user) as who:
        end_protection(case, why="lifted", since=timezone.localdate(), by=who, at=timezone.now())


def status(client: Any, case: Any) -> int:
    return client.get(reverse("case", args=[case.pk])).status_code


@pytest.mark.clause("W5")
def test_the_caseworker_says_so_and_the_case_follows_the_consent_again(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("active", readers=[cast.disa])
    johan = sign_in(cast.johan)
    assert over(case) in johan.get(reverse("case", args=[case.pk])).text
    for name in ("karin", "nadja", "mats", "sara"):
        assert status(sign_in(getattr(cast, name)), case) == 404

    answer = johan.post(over(case), typed(), follow=True)

    assert "Skyddet är borttaget" in answer.text
    for name in ("johan", "sara", "elin", "karin", "nadja", "mats", "ulrika"):
        assert NAME in sign_in(getattr(cast, name)).get(reverse("case", args=[case.pk])).text, name
    # Who was named beside their unit's representative, and those without a ground.
    for name in ("disa", "siv", "agneta"):
        assert status(sign_in(getattr(cast, name)), case) == 404, name
    found = sign_in(cast.karin).post(reverse("search"), {"q": NAME}).text
    assert reverse("case", args=[case.pk]) in found


@pytest.mark.clause("W5")
def test_the_new_number_does_not_tell_that_there_was_a_protection(
    protected_case: Callable, make_case: Callable, hidden: Any, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("announced")
    consultation = make_case("announced", person=hidden, kind="consultation")
    sign_in(cast.johan).post(over(case), typed())
    year = timezone.localdate(case.created_at).year
    with behind_the_wall():
        for one, letter in ((case, "S"), (consultation, "K")):
            now = Case.objects.get(pk=one.pk)
            assert re.fullmatch(rf"{letter}-{year}-\d{{3,}}", now.number)
            assert not now.is_protected
            for rows in (now.parties, now.turns):
                assert not rows.filter(is_protected=True).exists()
            assert set(now.turns.values_list("number", flat=True)) <= {now.number}


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", ["sara", "nadja", "karin", "elin", "mats", "disa", "peter", "siv", "bengt"])
def test_nobody_else_says_so_not_even_those_who_read(
    name: str, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("active", readers=[cast.nadja, cast.karin, cast.mats, cast.disa])
    user = getattr(cast, name)
    client = sign_in(user)
    if name not in ("sara", "peter", "siv", "bengt"):
        assert over(case) not in client.get(reverse("case", args=[case.pk])).text
    assert client.post(over(case), typed()).status_code in (403, 404)
    with pytest.raises(DatabaseError, match="nobody stops being protected here"):
        said(case, user)
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).is_protected


@pytest.mark.clause("W5")
def test_a_colleague_says_so_once_they_are_named(protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    """Of the unit that answers for the case: somebody else has named them, and so they are two."""
    case = protected_case("active", readers=[cast.sara])
    assert sign_in(cast.sara).post(over(case), typed()).status_code == 302
    assert status(sign_in(cast.karin), case) == 200


def test_the_rule_asks_for_role_unit_and_reading(protected_case: Callable, cast: Any) -> None:
    case = protected_case("active", readers=[cast.nadja, cast.disa])
    for name, may in (("johan", True), ("sara", False), ("nadja", False), ("disa", False), ("elin", False)):
        with acting_as(getattr(cast, name)) as who:
            assert may_end_protection(case, who) is may, name
    case.is_protected = False
    with acting_as(cast.johan) as who:
        assert not may_end_protection(case, who)


@pytest.mark.clause("W5")
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"why": ""}, "Välj hur du vet att skyddet har upphört"),
        ({"why": "tror jag"}, "Välj"),
        ({"since": ""}, "Fyll i"),
        ({"since": f"{timezone.localdate().year + 2}-01-01"}, "Skriv en dag som har varit"),
        ({"has_looked": ""}, "Slå upp personen i folkbokföringen först"),
        ({"is_sure": ""}, "Kryssa i att du vet vad som händer"),
    ],
)
def test_it_takes_a_reason_a_day_and_a_look_in_the_register(
    fields: dict[str, str], sentence: str, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("active")
    answer = sign_in(cast.johan).post(over(case), typed(**fields))
    assert sentence in answer.text
    assert NAME not in answer.text
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).is_protected


@pytest.mark.clause("W4", "W5")
def test_it_is_written_down_with_why_and_since_when(protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = protected_case("active")
    sign_in(cast.johan).post(over(case), typed(why="ran_out"))
    with behind_the_wall():
        entry = Entry.objects.of_case(case.pk).get(event="protection_ended")
    assert entry.user_id == cast.johan.pk
    assert entry.detail == {"why": "ran_out", "since": typed()["since"]}


@pytest.mark.clause("W5")
def test_those_who_have_read_are_told_under_the_new_number(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("active", readers=[cast.nadja, cast.disa])
    sign_in(cast.johan).post(over(case), typed())
    with behind_the_wall():
        now = Case.objects.get(pk=case.pk)
        notices = Notice.objects.filter(event="protection_ended", case_id=case.pk)
        assert set(notices.values_list("user", flat=True)) == {cast.nadja.pk, cast.disa.pk, cast.elin.pk}
        assert set(notices.values_list("number", "is_protected")) == {(now.number, False)}
        assert Mail.objects.filter(user__in=[cast.nadja, cast.disa, cast.elin]).count() == 3
        assert not NamedReader.objects.filter(case=case.pk, ended_at=None).exists()


@pytest.mark.clause("W5")
def test_another_agencys_case_about_the_person_opens_too_and_its_caseworker_is_told(
    protected_case: Callable, make_case: Callable, hidden: Any, cast: Any, sign_in: Callable
) -> None:
    """The protection is the person's. Whoever says that it is over learns nothing of the other case."""
    case = protected_case("active")
    other = make_case("announced", person=hidden, caseworker=cast.disa, kind="consultation")
    johan = sign_in(cast.johan)
    johan.post(over(case), typed())
    with behind_the_wall():
        assert not Case.objects.get(pk=other.pk).is_protected
        assert Notice.objects.get(event="protection_ended", case_id=other.pk).user_id == cast.disa.pk
        entry = Entry.objects.of_case(other.pk).get(event="protection_ended")
        assert (entry.detail["why"], entry.user_id, entry.address) == ("lifted", cast.johan.pk, "127.0.0.1")
        told = Notice.objects.get(event="protection_ended", case_id=other.pk).number
    for page in ("start", "inbox", "cases"):
        assert told not in johan.get(reverse(page)).text
    disa = sign_in(cast.disa)
    assert "Skyddet har upphört i ett ärende du har läst" in disa.get(reverse("inbox")).text
    # Who knows better writes it down again, and all is closed as before.
    again = disa.post(reverse("protect", args=[other.pk]), {"protection": "sekretessmarkering", "is_sure": "on"})
    assert again.status_code == 302
    assert status(sign_in(cast.karin), case) == 404


@pytest.mark.clause("W5")
def test_protected_anew_the_readers_of_then_do_not_read(protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = protected_case("active", readers=[cast.nadja])
    said(case, cast.johan)
    with behind_the_wall():
        Person.objects.filter(pk=case.person_id).update(protection=Person.Protection.HIDDEN)
    assert status(sign_in(cast.nadja), case) == 404
    assert status(sign_in(cast.johan), case) == 200


@pytest.mark.clause("W5")
def test_that_somebody_has_been_protected_is_for_the_unit_that_referred_them(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("active")
    said(case, cast.johan)
    address = reverse("events", args=[case.pk])
    assert "skrev in att personens skydd har upphört" in sign_in(cast.nadja).get(address).text
    for name in ("karin", "mats", "elin"):
        page = sign_in(getattr(cast, name)).get(address)
        assert page.status_code == 200
        assert "skydd" not in page.text.partition("<main")[2].lower(), name


def test_it_is_said_once(protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = protected_case("active")
    johan = sign_in(cast.johan)
    assert johan.post(over(case), typed()).status_code == 302
    assert johan.post(over(case), typed()).status_code == 404
    with pytest.raises(DatabaseError, match="nobody stops"), transaction.atomic():
        said(case, cast.johan)
