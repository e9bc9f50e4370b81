"""Påminn: whoever a case waits for, from its page and several at once, once a day (W3)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Turn
from knutpunkten.desk import remind
from knutpunkten.notices.models import Notice
from tests.builders import make_person, settle
from tests.conftest import behind_the_wall, signed_in

DAY = timedelta(days=1)
PLACED = {"decided_at": timezone.now(), "notice_given_at": timezone.now(), "notice_confirmed_at": timezone.now()}


def reminded(case: Any) -> list[str]:
    """Who has been reminded of the case, by name."""
    with behind_the_wall():
        told = Notice.objects.filter(case_id=case.pk, event="remind")
        return sorted(told.values_list("user__name", flat=True))


def times_written(case: Any) -> int:
    with behind_the_wall():
        return Entry.objects.of_case(case.pk).filter(event="remind").count()


def boxes(client: Client) -> dict[str, bool]:
    """What can be ticked on the page of several, and whether it is."""
    form = client.get(reverse("remind_several")).context["form"]
    return {value: value in form.initial["who"] for value, _ in form.fields["who"].choices}


@pytest.mark.clause("W3")
@pytest.mark.django_db
def test_whose_turn_it_is_can_be_reminded_once_a_day(make_case, cast, sign_in) -> None:
    case = make_case("placed", **PLACED)
    karin = sign_in(cast.karin)
    url = reverse("remind_actor", args=[case.pk, "caseworker"])
    assert "Johan Wik är påmind." in karin.post(url, follow=True).text
    assert "En påminnelse är redan skickad idag." in karin.post(url, follow=True).text
    assert reminded(case) == ["Johan Wik"]
    assert times_written(case) == 1


@pytest.mark.clause("W3")
@pytest.mark.django_db
def test_who_was_reminded_yesterday_can_be_reminded_today(make_case, cast, sign_in) -> None:
    case = make_case("placed", **PLACED)
    with acting_as(cast.karin) as who:
        record("remind", by=who, at=timezone.now() - DAY, case_id=case.pk, whom="caseworker")
    karin = sign_in(cast.karin)
    assert "Påmind idag" not in karin.get(reverse("remind_several")).text
    karin.post(reverse("remind_actor", args=[case.pk, "caseworker"]))
    assert reminded(case) == ["Johan Wik"]


@pytest.mark.django_db
@pytest.mark.parametrize("actor", ["party", "coordinator", "system", "nobody", "representative"])
def test_a_forged_reminder_tells_nobody_that_there_is_a_draft(actor: str, make_case, cast, sign_in) -> None:
    case = make_case("draft")
    assert sign_in(cast.johan).post(reverse("remind_actor", args=[case.pk, actor])).status_code == 404
    assert reminded(case) == []
    with behind_the_wall():
        written = Entry.objects.of_case(case.pk).filter(user_id=cast.johan.pk)
        assert [entry.event for entry in written] == ["denied"], "what a refused page wrote on the way is undone"


@pytest.mark.clause("S6", "W3")
@pytest.mark.django_db
def test_of_the_parties_those_alone_are_reminded_who_have_not_answered(make_case, cast, sign_in) -> None:
    case = make_case("announced", meeting_on=timezone.localdate() + 9 * DAY)
    karin = sign_in(cast.karin)
    assert "Mats Lindahl och Ulrika Fors: lämna uppgifter till mötet" in karin.get(reverse("remind_several")).text
    with behind_the_wall():
        case.parties.filter(unit=cast.unit("Arbetsförmedlingen")).update(answer="not_known")
        settle(case, timezone.now())
    assert "<br>Ulrika Fors: lämna uppgifter till mötet" in karin.get(reverse("remind_several")).text
    karin.post(reverse("remind_several"), {"who": [f"{case.pk}.party"]})
    assert reminded(case) == ["Ulrika Fors"]


@pytest.fixture
def two(make_case: Any) -> tuple[Any, Any]:
    """Two cases that wait for their caseworker, of which the second is late."""
    with behind_the_wall():
        people = make_person("Amira", "Öqvist"), make_person("Leif", "Åsberg")
    cases = [make_case("placed", person=person, **PLACED) for person in people]
    with behind_the_wall():
        for case, days in zip(cases, (3, -2), strict=True):
            Turn.objects.filter(case=case).update(due_on=timezone.localdate() + days * DAY)
    return cases[0], cases[1]


@pytest.mark.clause("W3")
@pytest.mark.django_db
def test_several_are_reminded_at_once_each_once_a_day(two, cast, sign_in) -> None:
    in_time, late = two
    karin = sign_in(cast.karin)
    assert reverse("remind_several") in karin.get(reverse("start")).text
    assert boxes(karin) == {f"{late.pk}.caseworker": True, f"{in_time.pk}.caseworker": False}

    answer = karin.post(reverse("remind_several"), {"who": [f"{late.pk}.caseworker"]}, follow=True)
    assert "En påminnelse är skickad." in answer.text
    assert (reminded(late), reminded(in_time)) == (["Johan Wik"], [])

    assert boxes(karin)[f"{late.pk}.caseworker"] is False
    assert karin.get(reverse("remind_several")).text.count("Påmind idag") == 1
    both = [f"{case.pk}.caseworker" for case in two]
    answer = karin.post(reverse("remind_several"), {"who": both}, follow=True)
    assert "En påminnelse är skickad." in answer.text
    assert "En var redan påmind idag." in answer.text
    assert [(reminded(case), times_written(case)) for case in two] == [(["Johan Wik"], 1)] * 2


@pytest.mark.django_db
def test_nobody_ticked_or_somebody_who_is_not_waited_for_is_said_and_nobody_reminded(
    two, make_case, cast, sign_in
) -> None:
    in_time, late = two
    karin = sign_in(cast.karin)
    assert "Kryssa för minst en att påminna" in karin.post(reverse("remind_several")).text
    forged = [f"{make_case('draft').pk}.caseworker", f"{late.pk}.coordinator", "x"]
    for value in forged:
        answer = karin.post(reverse("remind_several"), {"who": [f"{in_time.pk}.caseworker", value]})
        assert "Något väntar inte längre." in answer.text
        assert f"{in_time.pk}.caseworker" in answer.context["form"]["who"].value()
    assert [reminded(case) for case in two] == [[], []]


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_who_sees_a_case_by_its_number_alone_cannot_remind_from_it(two, cast, sign_in) -> None:
    with behind_the_wall():
        for case in two:
            case.parties.update(withdrawn_at=timezone.now())
    helena = sign_in(cast.helena)
    assert boxes(helena) == {}
    assert "Ingen att påminna" in helena.get(reverse("remind_several")).text


@pytest.mark.slow("two who press at once, on a database of their own")
@pytest.mark.parametrize("page", ["of the case", "of several"])
def test_two_who_remind_at_the_same_moment_send_one_reminder(
    page: str, own_database, make_case, cast, monkeypatch
) -> None:
    case = make_case("placed", **PLACED)
    signed_in(cast.karin).get(reverse("case", args=[case.pk]))  # as any case, it stands in the log already
    of_the_case = (reverse("remind_actor", args=[case.pk, "caseworker"]), {})
    presses = [of_the_case, of_the_case]
    if page == "of several":
        presses[0] = (reverse("remind_several"), {"who": [f"{case.pk}.caseworker"]})
    start, both, send = Barrier(2), Barrier(2), remind.send

    def send_late(*of: Any) -> int:
        """The first waits here for the other to come as far, if it does."""
        with suppress(BrokenBarrierError):
            both.wait(timeout=2)
        return send(*of)

    monkeypatch.setattr(remind, "send", send_late)

    def press(what: tuple[str, dict[str, Any]]) -> int:
        try:
            karin = signed_in(cast.karin)
            start.wait(timeout=10)
            return karin.post(*what).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(press, presses)) == [302, 302]
    assert reminded(case) == ["Johan Wik"]
    assert times_written(case) == 1
