"""When what is due on an agenda: consultations first, a quarter each; the rest of the time shared (K5). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from knutpunkten.meetings.models import AgendaItem, Meeting

PAUSE_MINUTES = 15
CASES_WITH_PAUSE = 4  # from so many cases on there is a pause in the middle
MOST_MINUTES = 30
ROUNDED_TO = 5

ORDER = (AgendaItem.Purpose.CONSULT, AgendaItem.Purpose.DECIDE, AgendaItem.Purpose.ANNOUNCE)


@dataclass(frozen=True)
class Slot:
    """A while of the meeting: an item, or a pause. An announcement takes no time of its own (name and number only)."""

    starts_at: datetime
    minutes: int
    item: AgendaItem | None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


def in_order(items: Iterable[AgendaItem]) -> list[AgendaItem]:
    """Consultations first (K5), then cases, then announcements; within each as the coordinator put them."""
    shown = [item for item in items if item.outcome != AgendaItem.Outcome.WITHDRAWN]
    return sorted(shown, key=lambda item: (ORDER.index(AgendaItem.Purpose(item.purpose)), item.position, item.number))


def minutes_for_cases(meeting: Meeting, consultations: int, cases: int) -> int:
    """How many minutes each case gets of what the consultations leave, in whole fives; at least one, at most thirty."""
    if not cases:
        return 0
    whole = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    left = whole - consultations * meeting.programme.consultation_minutes
    each = (left - (PAUSE_MINUTES if cases >= CASES_WITH_PAUSE else 0)) // cases
    if each >= ROUNDED_TO:
        each -= each % ROUNDED_TO
    return max(1, min(each, MOST_MINUTES))


def timetable(meeting: Meeting, items: Iterable[AgendaItem]) -> list[Slot]:
    """The meeting's items and pause with their times, in order."""
    ordered = in_order(items)
    cases = [item for item in ordered if item.purpose == AgendaItem.Purpose.DECIDE]
    consultations = sum(item.purpose == AgendaItem.Purpose.CONSULT for item in ordered)
    minutes = {
        AgendaItem.Purpose.CONSULT: meeting.programme.consultation_minutes,
        AgendaItem.Purpose.DECIDE: minutes_for_cases(meeting, consultations, len(cases)),
        AgendaItem.Purpose.ANNOUNCE: 0,
    }
    pause_after = cases[(len(cases) - 1) // 2] if len(cases) >= CASES_WITH_PAUSE else None
    slots, now = [], meeting.starts_at
    for item in ordered:
        slots.append(Slot(now, minutes[AgendaItem.Purpose(item.purpose)], item))
        now = slots[-1].ends_at
        if item is pause_after:
            slots.append(Slot(now, PAUSE_MINUTES, None))
            now = slots[-1].ends_at
    return slots
