"""A date that is a date, and that nobody can have meant: the page says between which days, and nothing is written."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.activities.models import Session
from knutpunkten.cases.models import Case
from knutpunkten.consents.models import Consent
from knutpunkten.meetings.models import Meeting
from knutpunkten.ui.fields import DateField, SpokenErrors
from knutpunkten.visits.models import Slot
from tests import builders
from tests.conftest import behind_the_wall
from tests.first_meeting.test_start import BOOKING, HELD
from tests.referrals.filling import consent_answers

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LAST = f"{timezone.localdate(NOW).year + 20}-12-31"
SENTENCE = f"Kontrollera året: skriv ett datum mellan 1900-01-01 och {LAST}"

type Page = tuple[str, str, dict[str, Any], list[str]]  # whose, the address, what is sent, which of it are dates


class Since(SpokenErrors, forms.Form):
    since = DateField(label="Sedan när?")


@pytest.mark.parametrize(
    ("typed", "is_taken"),
    [("0001-01-01", False), ("1899-12-31", False), ("1900-01-01", True), (LAST, True), ("9999-12-31", False)],
)
def test_the_first_and_the_last_day_that_are_taken(typed: str, is_taken: bool) -> None:
    assert list(Since({"since": typed}).errors.get("since", [])) == ([] if is_taken else [SENTENCE])


def of_case(name: str, case: Case, *args: str) -> str:
    return reverse(name, args=[case.pk, *args])


def write_consent(cast: Any) -> Page:
    case = builders.make_case(cast, "draft", parties={})
    return "johan", of_case("consent", case), consent_answers(cast), ["valid_from", "valid_until"]


def hold(cast: Any) -> Page:
    case = builders.make_case(cast, "allocated", first_meeting_at=NOW)
    dates = ["held_on", "starts_on", "planned_end_on", "contract_on", "privacy_on"]
    return "elin", of_case("step", case, "hold_first_meeting"), {**HELD, "version": case.version}, dates


def book(cast: Any) -> Page:
    case = builders.make_case(cast, "allocated")
    return "elin", of_case("step", case, "book_first_meeting"), {**BOOKING, "version": case.version}, ["day"]


def decide(cast: Any) -> Page:
    case = builders.make_case(cast, "allocated")
    sent = {"by_whom": "Johan Wik", "own_reference": "IFO 2026:118", "decided_on": str(timezone.localdate(NOW))}
    address = of_case("step", case, "service_decision")
    return "johan", address, {**sent, "version": case.version}, ["decided_on", "until"]


def move_slot(cast: Any) -> Page:
    hour = {"starts_at": NOW + timedelta(days=7), "ends_at": NOW + timedelta(days=7, hours=1)}
    slot = Slot.objects.create(programme=cast.knutpunkten, seats=6, **hour)
    return "karin", reverse("move_slot", args=[slot.pk]), {"starts": "13:00"}, ["day"]


def change_meeting(cast: Any) -> Page:
    hours = {"starts_at": NOW + timedelta(days=7), "ends_at": NOW + timedelta(days=7, hours=2)}
    meeting = Meeting.objects.create(programme=cast.knutpunkten, place="Hamngatan 3", **hours)
    sent = {"starts": "10:00", "ends": "12:00", "place": "Stadshuset"}
    return "karin", reverse("change_meeting", args=[meeting.pk]), sent, ["day"]


def new_session(cast: Any) -> Page:
    sent = {"part": "early", "theme": "Nätverk", "leader": "", "room": "Stora rummet", "places": "12"}
    return "elin", reverse("new_session"), sent, ["on_date"]


def kept() -> list[Any]:
    with behind_the_wall():
        tables = (Case, Consent, Slot, Meeting, Session)
        return [list(table.objects.order_by("pk").values_list()) for table in tables]


@pytest.mark.parametrize("typed", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("page", [write_consent, hold, book, decide, move_slot, change_meeting, new_session])
def test_a_date_that_nobody_can_have_meant_is_told_so(
    page: Callable[[Any], Page], typed: str, cast: Any, sign_in: Any
) -> None:
    with behind_the_wall():
        whose, address, sent, dates = page(cast)
    client, before = sign_in(getattr(cast, whose)), kept()
    for name in dates:
        answer = client.post(address, {**sent, name: typed})
        assert answer.status_code == 200, name
        assert SENTENCE in strip_tags(answer.text), name
        assert f'value="{typed}"' in answer.text, name
    assert kept() == before


def test_a_meeting_is_not_moved_to_a_day_that_has_been_and_keeps_the_one_it_had(cast: Any, sign_in: Any) -> None:
    with behind_the_wall():
        _, address, sent, _ = change_meeting(cast)
        meeting = Meeting.objects.get(place="Hamngatan 3")
    karin, today = sign_in(cast.karin), timezone.localdate(NOW)
    assert "Välj en dag som inte har varit" in karin.post(address, {**sent, "day": today - timedelta(days=1)}).text
    before = timezone.localdate(meeting.starts_at)
    assert karin.post(address, {**sent, "day": before}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.place, timezone.localdate(meeting.starts_at)) == ("Stadshuset", before)
    with behind_the_wall():
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=NOW - timedelta(days=3), ends_at=NOW - timedelta(days=2))
    assert karin.post(address, {**sent, "day": today - timedelta(days=3)}).status_code == 302
