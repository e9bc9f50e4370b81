"""Meetings a year ahead, places, and a case on the next meeting's agenda: they stand for many tests."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from knutpunkten.cases.models import Case, Level
from knutpunkten.demo.cast import Cast
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import Attendee, Meeting
from knutpunkten.queue.actions import set_places
from tests.builders import make_case
from tests.conftest import behind_the_wall, signed_in
from tests.meetings.pages import page, put, take
from tests.standing import standing

PARTIES = {
    "Försörjningsstöd": ["grund", "social", "halsa", "arbete", "arbetsmarknad", "planering"],
    "Knutpunktsteamet": ["grund", "social", "halsa", "arbete", "arbetsmarknad", "planering"],
    "Arbetsförmedlingen": ["grund", "arbete", "arbetsmarknad"],
    "Öppenpsykiatrin": ["grund", "halsa"],
}


@standing
def ahead(cast: Cast) -> list[Meeting]:
    """Knutpunkten's meetings from today, and LIS's with them."""
    now = timezone.now()
    with behind_the_wall():
        for programme in (cast.knutpunkten, cast.lis):
            plan_meetings(programme, timezone.localdate(now) + timedelta(days=400), now)
            set_places(programme, now)
    return list(Meeting.objects.filter(programme=cast.knutpunkten).ahead(now))


@standing
def meeting(cast: Cast, ahead: list[Meeting]) -> Meeting:
    """The next one. The group meets today, whatever day was planned: its tests are about what is given there.

    The coordinator is noted as present: before anybody is, the room's screen shows numbers alone.
    """
    Meeting.objects.filter(pk=ahead[0].pk).update(began_on=timezone.localdate())
    Attendee.objects.create(meeting=ahead[0], user=cast.karin, unit=cast.knutpunkten.team)
    ahead[0].refresh_from_db()
    return ahead[0]


@standing
def case(cast: Cast, meeting: Meeting) -> Case:
    """Announced; decided at the next meeting, whose agenda is not set yet: the parties see name and number."""
    day = timezone.localdate(meeting.starts_at)
    with behind_the_wall():
        case = make_case(cast, "announced", parties=PARTIES, level=Level.IDENTITY, meeting_on=day)
    put(case, meeting)
    return case


@standing
def up(case: Case, cast: Cast, meeting: Meeting) -> Case:
    """The case on a set agenda; every party has answered that it knows nothing."""
    signed_in(cast.karin).post(page("set_agenda", meeting))
    for user in (cast.mats, cast.ulrika):
        take(signed_in(user), case, "disclose", answer="not_known")
    return case


@pytest.fixture
def karin(sign_in: Callable[..., Client], cast: Any) -> Client:
    return sign_in(cast.karin)


@pytest.fixture
def nadja(sign_in: Callable[..., Client], cast: Any) -> Client:
    return sign_in(cast.nadja)


@pytest.fixture
def johan(sign_in: Callable[..., Client], cast: Any) -> Client:
    return sign_in(cast.johan)


@pytest.fixture
def mats(sign_in: Callable[..., Client], cast: Any) -> Client:
    return sign_in(cast.mats)


@pytest.fixture
def ulrika(sign_in: Callable[..., Client], cast: Any) -> Client:
    return sign_in(cast.ulrika)


def deciding(cast: Cast, meeting: Meeting) -> dict[str, str]:
    """What every decision asks: why, who goes on, by when."""
    return {
        "reason": "Praktiken kan börja i januari.",
        "responsible": str(cast.nadja.pk),
        "due_on": timezone.localdate(meeting.starts_at).isoformat(),
    }


@pytest.fixture
def decision(cast: Any, meeting: Meeting) -> dict[str, str]:
    return deciding(cast, meeting)
