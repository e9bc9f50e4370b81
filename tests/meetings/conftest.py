"""Meetings a year ahead, places, and a case on the next meeting's agenda."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from knutpunkten.cases.models import Level
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import Meeting
from knutpunkten.queue.actions import set_places
from tests.conftest import behind_the_wall
from tests.meetings.pages import put

PARTIES = {
    "Försörjningsstöd": ["grund", "social", "halsa", "arbete", "arbetsmarknad", "planering"],
    "Knutpunktsteamet": ["grund", "social", "halsa", "arbete", "arbetsmarknad", "planering"],
    "Arbetsförmedlingen": ["grund", "arbete", "arbetsmarknad"],
    "Öppenpsykiatrin": ["grund", "halsa"],
}


@pytest.fixture
def ahead(cast: Any) -> list[Meeting]:
    """Knutpunkten's meetings from today, and LIS's with them."""
    now = timezone.now()
    with behind_the_wall():
        for programme in (cast.knutpunkten, cast.lis):
            plan_meetings(programme, timezone.localdate(now) + timedelta(days=400), now)
            set_places(programme, now)
    return list(Meeting.objects.filter(programme=cast.knutpunkten).ahead(now))


@pytest.fixture
def meeting(ahead: list[Meeting]) -> Meeting:
    return ahead[0]


@pytest.fixture
def case(make_case: Callable[..., Any], meeting: Meeting) -> Any:
    """Announced; decided at the next meeting, whose agenda is not set yet: the parties see name and number."""
    case = make_case(
        "announced", parties=PARTIES, level=Level.IDENTITY, meeting_on=timezone.localdate(meeting.starts_at)
    )
    put(case, meeting)
    return case


@pytest.fixture
def up(case: Any, karin: Client, meeting: Meeting, mats: Client, ulrika: Client) -> Any:
    """The case on a set agenda; every party has answered that it knows nothing."""
    from tests.meetings.pages import page, take

    karin.post(page("set_agenda", meeting))
    for client in (mats, ulrika):
        take(client, case, "disclose", answer="not_known")
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


@pytest.fixture
def decision(cast: Any, meeting: Meeting) -> dict[str, str]:
    """What every decision asks: why, who goes on, by when."""
    return {
        "reason": "Praktiken kan börja i januari.",
        "responsible": str(cast.nadja.pk),
        "due_on": timezone.localdate(meeting.starts_at).isoformat(),
    }
