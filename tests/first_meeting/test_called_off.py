"""A case that ends before its first meeting: nobody goes on reading that it will be, and those invited are told (S9, S12)."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case
from knutpunkten.first_meeting.models import FirstMeeting
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Membership, User
from knutpunkten.plans.models import Plan
from knutpunkten.protection.models import NamedReader
from knutpunkten.routine import engine
from tests.builders import ALL, let_read, make_person
from tests.conftest import behind_the_wall
from tests.first_meeting.test_start import HELD
from tests.meetings.pages import fresh, page
from tests.meetings.pages import take as take_on_page
from tests.portal.test_own_page import with_plan

TODAY = timezone.localdate()
DAY = add_working_days(TODAY + timedelta(days=4), 1)
BOOKING = {
    "day": DAY.isoformat(),
    "starts": "09:00",
    "ends": "10:00",
    "place": "Hamngatan 3, rum Björkö",
    "others": "Berit Sand, god man",
}
ENDED = {"why": "Flyttar till Kalmar.", "wish": "person"}
OF_THE_CASEWORKER = ["grund", "social"]


@pytest.fixture
def amira(cast):
    with behind_the_wall():
        person = make_person("Amira", "Haddad")
        person.account = User.objects.create_user("amira@deltagare.example", "Amira Haddad")
        person.save()
    return person


def own_page(person: Any) -> str:
    client = Client()
    client.force_login(person.account)
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(reverse("own_page")).text).split())


def told() -> list[Any]:
    """The accounts told that a first meeting is called off."""
    with behind_the_wall():
        return list(Notice.objects.filter(event="first_meeting_called_off").values_list("user", flat=True))


def cancel(client: Client, case: Any, step: str) -> None:
    take_on_page(client, case, step, **ENDED)
    assert fresh(case).state == "cancelled"


def booked_case(make_case: Any, cast: Any, step: Any, **fields: Any) -> Any:
    """A case whose first meeting is ahead, with caseworker, supervisor and one party's representative invited."""
    case = make_case("allocated", placed_at=timezone.now(), **fields)
    step(case, "book_first_meeting", cast.elin, **BOOKING, known=[cast.johan.pk, cast.elin.pk, cast.mats.pk])
    return case


@pytest.mark.clause("S9", "S12")
@pytest.mark.parametrize(("step", "who"), [("cancel", "johan"), ("cancel_placed", "karin"), ("cancel_placed", "elin")])
def test_nobody_reads_any_longer_that_the_meeting_will_be_and_those_invited_are_told(
    step, who, amira, cast, make_case, sign_in, take
):
    case = booked_case(make_case, cast, take, person=amira)
    assert f"{DAY}" in own_page(amira)
    assert "Mötet bokat" in sign_in(cast.mats).get(page("case", case)).text
    assert sign_in(cast.mats).get(page("first_meeting_ics", case)).status_code == 200
    by = getattr(cast, who)

    cancel(sign_in(by), case, step)

    own = own_page(amira)
    assert "Ditt nästa möte" not in own
    assert "Mötet är inställt" in own
    for user in (cast.mats, cast.elin, cast.johan):
        shown = sign_in(user).get(page("case", case)).text
        assert "Inställt" in shown
        assert "Mötet bokat" not in shown
        assert "Mötet till kalendern" not in shown
        assert sign_in(user).get(page("first_meeting_ics", case)).status_code == 404
    assert sorted(told()) == sorted({cast.johan.pk, cast.elin.pk, cast.mats.pk} - {by.pk})
    assert "Ett första möte du är inbjuden till är inställt" in sign_in(cast.mats).get(reverse("inbox")).text
    # What was booked stands as it was booked.
    with behind_the_wall():
        assert FirstMeeting.objects.get(case=case).cancelled_at is None
        assert Entry.objects.of_case(case.pk).get(event="book_first_meeting").detail["meeting_on"] == DAY.isoformat()


@pytest.mark.clause("W1")
def test_a_caseworker_who_does_not_read_the_planning_ends_it_and_those_invited_are_told_all_the_same(
    cast, make_case, sign_in, take
):
    parties = {"Försörjningsstöd": OF_THE_CASEWORKER, "Knutpunktsteamet": ALL, "Arbetsförmedlingen": ALL}
    case = booked_case(make_case, cast, take, parties=parties)
    assert "rum Björkö" not in sign_in(cast.johan).get(page("case", case)).text
    cancel(sign_in(cast.johan), case, "cancel")
    assert cast.mats.pk in told()
    assert "rum Björkö" not in sign_in(cast.johan).get(page("case", case)).text


@pytest.mark.clause("W1")
def test_a_unit_whose_part_is_taken_back_is_told_nothing_more(cast, make_case, sign_in, take):
    case = booked_case(make_case, cast, take)
    with acting_as(cast.johan) as who:
        unit = cast.unit("Arbetsförmedlingen").pk
        engine.withdraw_consent(case.pk, unit_ids=[unit], how="phone", taken_by="Johan Wik", by=who, at=timezone.now())
    cancel(sign_in(cast.johan), case, "cancel")
    assert told() == [cast.elin.pk]
    # What never came is not said to be waited for.
    shown = sign_in(cast.johan).get(page("case", case)).text
    assert "Registrerades aldrig" in shown
    assert "registrerar beslutet när det är fattat" not in shown
    assert "Inte påskrivet än" not in shown


def test_who_represents_the_unit_no_longer_is_not_told(cast, make_case, sign_in, take):
    case = booked_case(make_case, cast, take)
    with behind_the_wall():
        Membership.objects.filter(user=cast.mats).update(ends_on=TODAY - timedelta(days=1))
    cancel(sign_in(cast.johan), case, "cancel")
    assert told() == [cast.elin.pk]


@pytest.mark.clause("W5")
def test_of_a_protected_person_the_named_readers_alone_are_told(cast, make_case, sign_in, take):
    with behind_the_wall():
        hidden = make_person("Skyddad", "Namnsson", "197805109316", protection="sekretessmarkering")
    case = make_case("allocated", person=hidden, placed_at=timezone.now())
    known = [cast.johan.pk, cast.elin.pk, cast.mats.pk, cast.ulrika.pk]
    with behind_the_wall():
        named = [let_read(case, user) for user in (cast.ulrika, cast.mats)]
    take(case, "book_first_meeting", cast.elin, **BOOKING, known=known)
    with behind_the_wall():
        NamedReader.objects.filter(pk=named[1].pk).update(ended_at=timezone.now())
    cancel(sign_in(cast.johan), case, "cancel")
    assert sorted(told()) == sorted([cast.elin.pk, cast.ulrika.pk])


def test_a_meeting_whose_time_has_passed_is_not_called_off_but_was_never_registered(
    amira, cast, make_case, sign_in, take
):
    case = make_case("allocated", person=amira, placed_at=timezone.now() - timedelta(days=9))
    take(case, "book_first_meeting", cast.elin, **BOOKING, known=[cast.mats.pk])
    began = timezone.now() - timedelta(minutes=2)
    with behind_the_wall():
        FirstMeeting.objects.update(starts_at=began, ends_at=began + timedelta(minutes=1))
        Case.objects.filter(pk=case.pk).update(first_meeting_at=began)
    cancel(sign_in(cast.johan), case, "cancel")
    assert told() == []
    shown = sign_in(cast.elin).get(page("case", case)).text
    assert "Inte registrerat" in shown
    assert "Inställt" not in shown
    assert "Mötet till kalendern" not in shown
    own = own_page(amira)
    assert "Inget möte är bokat." in own
    assert "Mötet är inställt" not in own


def test_the_way_says_that_the_meeting_was_called_off_and_does_not_count_it_as_passed(cast, make_case, sign_in, take):
    case = booked_case(make_case, cast, take)
    cancel(sign_in(cast.johan), case, "cancel")
    steps = sign_in(cast.johan).get(page("case", case)).context["road"]
    assert [(s["note"], s["state"]) for s in steps if s["label"] == "Första möte"] == [("Inställt", "future")]


@pytest.mark.clause("S9", "W2")
@pytest.mark.parametrize(("name", "step"), [("johan", "cancel"), ("elin", "cancel_placed")])
def test_a_case_that_ends_between_the_first_meeting_and_the_start_never_started(
    name, step, cast, make_case, sign_in, take
):
    case = make_case("allocated", placed_at=timezone.now())
    take(case, "book_first_meeting", cast.elin, **BOOKING)
    take(case, "hold_first_meeting", cast.elin, **HELD)
    cancel(sign_in(getattr(cast, name)), case, step)
    assert not fresh(case).has_started
    for user in (cast.johan, cast.elin, cast.karin):
        answer = sign_in(user).get(page("case", case))
        assert "Startad" not in answer.text
        assert "Mötet hållet" in answer.text
        assert "Överenskommen start" in answer.text
        assert [(s["note"], s["state"]) for s in answer.context["road"] if s["label"] == "Genomförande"] == [
            ("Blev inte av", "future")
        ]


def test_a_case_that_ends_after_the_start_had_started(cast, make_case, sign_in):
    case = make_case("active", placed_at=timezone.now())
    cancel(sign_in(cast.elin), case, "cancel_placed")
    assert fresh(case).has_started
    answer = sign_in(cast.johan).get(page("case", case))
    assert "Startad" in answer.text
    assert answer.context["road"][-1]["note"] == f"Avbrutet {TODAY}"


@pytest.mark.parametrize(("kind", "came", "never"), [("collaboration", 1, 4), ("consultation", 1, 2)])
def test_what_a_cancelled_case_never_came_to_is_not_said_to_come_later(kind, came, never, cast, make_case, sign_in):
    case = make_case("handed_over", kind=kind)
    cancel(sign_in(cast.johan), case, "cancel")
    steps = sign_in(cast.johan).get(page("case", case)).context["road"]
    ended = [("Blev inte av", "future")] * never + [(f"Avbrutet {TODAY}", "future")]
    assert [(s["note"], s["state"]) for s in steps[came:]] == ended
    assert {s["state"] for s in steps[:came]} == {"past"}


def test_a_follow_up_in_a_case_that_has_ended_is_ahead_for_nobody(amira, cast, make_case, sign_in):
    case = make_case("active", person=amira, plan_agreed_at=timezone.now(), follow_up_on=DAY)
    with_plan(case, cast)
    with behind_the_wall():
        Plan.objects.filter(case=case).update(next_follow_up_on=DAY)
    assert DAY.isoformat() in own_page(amira)
    elin = sign_in(cast.elin)
    assert DAY.isoformat() in elin.get(page("plan", case)).text
    assert f"Följs upp {DAY}" in printed(elin.get(page("plan_pdf", case)))
    cancel(sign_in(cast.karin), case, "cancel_placed")
    assert "Ditt nästa möte" not in own_page(amira)
    assert DAY.isoformat() not in elin.get(page("plan", case)).text
    assert f"Följs upp {DAY}" not in printed(elin.get(page("plan_pdf", case)))


def printed(answer: Any) -> str:
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.content)).pages)


def test_the_participant_is_not_among_those_the_participant_is_to_meet(amira, cast, make_case, take):
    booked_case(make_case, cast, take, person=amira)
    own = own_page(amira)
    assert "Elin Strand, Johan Wik, Mats Lindahl och Berit Sand" in own
    assert "Deltagaren" not in own
