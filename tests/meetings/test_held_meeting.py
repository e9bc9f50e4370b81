"""A held meeting is read afterwards: who was there, and what was given, as far as during the meeting (S7, W1)."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from knutpunkten.meetings.models import AgendaItem, Attendee, Meeting
from knutpunkten.ui.dates import weekday_iso
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.meetings.conftest import PARTIES
from tests.meetings.pages import decide, page, put
from tests.meetings.test_agenda import strip


@pytest.fixture
def held(up, meeting, make_case, karin, decision, cast):
    """One case decided and one consultation advised, which Johan came with; Mats was there, Ulrika was not."""
    with behind_the_wall():
        person = make_person("Erik", "Åberg")
    consultation = make_case(
        "closed",
        kind="consultation",
        person=person,
        parties={name: PARTIES[name] for name in ("Försörjningsstöd", "Knutpunktsteamet", "Arbetsförmedlingen")},
    )
    put(consultation, meeting, "consult", outcome="advised")
    decide(karin, meeting, up, "queue", **decision)
    with behind_the_wall():
        for user, unit in (
            (cast.mats, cast.units["Arbetsförmedlingen"]),
            (cast.johan, consultation.referring_unit),
        ):
            Attendee.objects.create(meeting=meeting, user=user, unit=unit)
        Meeting.objects.filter(pk=meeting.pk).update(state="held", guests="Eva Ek, Kriminalvården")
    return meeting


@pytest.mark.clause("S7", "W1")
def test_a_held_meeting_tells_who_was_there_and_what_was_given(held, up, karin, mats, cast):
    attendance = page("meeting_attendance", held)
    for member in (karin, mats):
        text = " ".join(strip(member.get(page("agenda", held)).text).split())
        _, _, present = text.partition("Var med på mötet")
        assert f"{cast.mats.name}Arbetsförmedlingen" in present
        assert cast.karin.name in present
        assert cast.ulrika.name not in present
        assert f"{cast.johan.name}Västerviks kommun, Försörjningsstöd" in present
        assert "Eva Ek, KriminalvårdenGäst" in present
        assert "Besked eller råd" in text
        assert "Råd lämnat · Johan Wik" in text
        assert "var med" in text
    # It is not written anew afterwards.
    for answer in (karin.get(attendance, follow=True), karin.post(attendance, {"present": []}, follow=True)):
        assert "Mötet är redan hållet." in answer.text
    with behind_the_wall():
        assert Attendee.objects.here().filter(meeting=held).count() == 3
    AgendaItem.objects.filter(meeting=held, purpose="consult").update(outcome="postponed")
    assert "· Johan Wik" not in karin.get(page("agenda", held)).text, "who may have left before"
    room = strip(karin.get(page("meeting_case", held, up)).text)
    assert "Eva Ek, Kriminalvården var med men är inte part. Visa ärendet på en skärm som bara du ser." in room


@pytest.mark.clause("W1")
def test_who_came_with_a_consultation_is_told_to_nobody_who_does_not_see_it(held, ulrika, cast):
    text = strip(ulrika.get(page("agenda", held)).text)
    assert "Var med på mötet" in text
    assert cast.johan.name not in text


@pytest.mark.clause("W1")
def test_who_sees_no_case_of_the_meeting_reads_of_nobody_there(held, sign_in, cast):
    siv = sign_in(cast.siv)
    assert "Var med på mötet" not in siv.get(page("agenda", held)).text
    for address in (page("agenda", held), page("meeting_mode", held)):
        text = siv.get(address).text
        assert "Eva Ek" not in text
        assert cast.johan.name not in text


@pytest.mark.clause("W1")
def test_what_was_given_is_told_to_nobody_without_a_part(held, up, karin, nadja, sign_in, cast):
    siv, agenda, slide = sign_in(cast.siv), page("agenda", held), page("meeting_case", held, up)
    for member, address in ((karin, agenda), (nadja, agenda), (nadja, slide)):
        assert re.search(r">Kö\b", member.get(address).text)
    for member, address in ((siv, agenda), (siv, slide), (karin, slide)):  # hers is the room's screen, with a guest
        shown = member.get(address).text
        assert up.number in shown
        assert "Genomgånget" in shown
        assert not re.search(r">Kö\b", shown)
    assert "Genomgånget · din enhet är inte part" in siv.get(agenda).text


def test_before_it_is_held_nobody_is_told_to_have_been_there(held, karin):
    with behind_the_wall():
        Meeting.objects.filter(pk=held.pk).update(state="agenda")
    assert "Var med på mötet" not in karin.get(page("agenda", held)).text


@pytest.mark.clause("S7")
def test_a_meeting_held_early_is_dated_the_day_it_was_held(held, up, karin):
    """Begun today, planned later: on its page and in the list, and in what is said of the besked."""
    held.refresh_from_db()
    assert held.planned_on > held.met_on == timezone.localdate()
    planned = f"(planerat {held.planned_on})"
    page_text = " ".join(strip(karin.get(page("agenda", held)).text).split())
    assert f"Ärendemöte {weekday_iso(held.met_on)} {held.programme.name} · planerat {held.planned_on} kl. " in page_text
    assert "Hållet Hållet" not in page_text
    past = strip(karin.get(page("meetings")).text).partition("Tidigare")[2]
    assert f"{weekday_iso(held.met_on)} {planned}" in " ".join(past.split())
    assert f"på mötet {held.met_on}" in strip(karin.get(page("case", up)).text)


def test_of_the_pause_it_is_not_said_that_its_minutes_are_a_besked(held, karin):
    one = {"meeting": held, "kind": "collaboration", "purpose": "decide"}
    for place in (2, 3, 4):
        AgendaItem.objects.create(**one, case_id=uuid4(), number=f"S-{place}", position=place)
    shown = karin.get(page("agenda", held)).text
    assert "<td>15 minuter</td>" in shown
    assert shown.count('data-label="Besked eller råd"') == 5


def test_that_nobody_was_noted_is_said(held, karin):
    Attendee.objects.filter(meeting=held).delete()
    Meeting.objects.filter(pk=held.pk).update(guests="")
    assert "Det är inte noterat vilka som var med." in karin.get(page("agenda", held)).text


def test_somebody_who_has_left_since_was_there_all_the_same(held, karin, cast):
    now, day = timezone.now(), timedelta(days=1)
    with behind_the_wall():
        past = {"starts_at": now - 10 * day, "ends_at": now - 9 * day, "began_on": None}
        Meeting.objects.filter(pk=held.pk).update(**past)
        cast.mats.memberships.update(
            starts_on=timezone.localdate(now - 90 * day), ends_on=timezone.localdate(now - day)
        )
    assert cast.mats.name in karin.get(page("agenda", held)).text
