"""The times of an agenda, without a database."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.meetings.timing import in_order, timetable
from knutpunkten.organisations.models import Programme

STARTS = datetime(2026, 11, 19, 9, 0, tzinfo=ZoneInfo("Europe/Stockholm"))


def meeting() -> Meeting:
    programme = Programme(consultation_minutes=15)
    return Meeting(programme=programme, starts_at=STARTS, ends_at=STARTS + timedelta(minutes=135))


def items(**amounts: int) -> list[AgendaItem]:
    return [
        AgendaItem(case_id=uuid4(), number=f"{purpose}-{n}", purpose=purpose, position=n)
        for purpose, amount in amounts.items()
        for n in range(amount)
    ]


def test_two_consultations_and_six_cases_fill_the_morning_with_a_pause_as_drawn():
    slots = timetable(meeting(), items(decide=6, consult=2))
    assert [f"{s.starts_at:%H:%M}" for s in slots] == [
        "09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30", "10:45", "11:00",
    ]  # fmt: skip
    assert slots[5].item is None
    assert slots[-1].ends_at == STARTS + timedelta(minutes=135)


@pytest.mark.parametrize(("cases", "minutes"), [(1, 30), (3, 30), (4, 25), (9, 10), (30, 3), (200, 1)])
def test_the_cases_share_what_is_left(cases, minutes):
    slots = timetable(meeting(), items(consult=1, decide=cases))
    assert {s.minutes for s in slots if s.item and s.item.purpose == "decide"} == {minutes}


def test_an_empty_meeting_has_no_times():
    assert timetable(meeting(), []) == []


def test_what_is_withdrawn_takes_no_time():
    rows = items(decide=2)
    rows[0].outcome = "withdrawn"
    assert [s.item for s in timetable(meeting(), rows)] == [rows[1]]


def test_announcements_come_last_and_take_no_time():
    rows = items(announce=2, decide=1, consult=1)
    assert [item.purpose for item in in_order(rows)] == ["consult", "decide", "announce", "announce"]
    assert [s.minutes for s in timetable(meeting(), rows)] == [15, 30, 0, 0]
