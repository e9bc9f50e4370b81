"""The way at the top of the case page: the same six (or four) steps for everybody, with dates."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case, State, Turn
from knutpunkten.desk.words import is_ones_own
from knutpunkten.first_meeting.rules import is_called_off

COLLABORATION = ("Remiss", "Ärendemöte", "Besked", "Första möte", "Genomförande", "Avslut")
CONSULTATION = ("Remiss", "Anmäld", "Ärendemöte", "Råd")

# How far along the road a state is.
REACHED = {
    State.DRAFT: 0,
    State.HANDED_OVER: 1,
    State.ANNOUNCED: 1,
    State.QUEUED: 2,
    State.PLACED: 3,
    State.RETURNED: 2,
    State.ALLOCATED: 3,
    State.ACTIVE: 4,
    State.CLOSED: 6,
}
REACHED_CONSULTATION = {
    State.DRAFT: 0,
    State.HANDED_OVER: 1,
    State.ANNOUNCED: 2,
    State.PRESENTED: 3,
    State.CLOSED: 4,
}
CALLED_OFF, NEVER = "Inställt", "Blev inte av"
DECISIONS = {"place": "Plats", "queue": "Kö", "return": "Återremiss"}


def day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    return timezone.localdate(value).isoformat() if isinstance(value, datetime) else value.isoformat()


def road(case: Case, turns: list[Turn], who: Who, vacant_since: datetime | None = None) -> list[dict[str, Any]]:
    """The data of ``{% steps %}``. A cancelled case shows how far it came. *vacant_since*: as ``words.is_vacant``."""
    labels, notes, reached = stations(case)
    yours = is_ones_own(turns, case, who, vacant_since)
    items = []
    for index, label in enumerate(labels):
        state = "past" if index < reached else "current" if index == reached and case.is_open else "future"
        note = notes[index]
        if state == "current":
            note = "Din tur" if yours else (note or "Nu")
        elif case.state == State.CANCELLED and state == "future":
            note = never(note, is_last=index == len(labels) - 1)
        items.append({"label": label, "note": note or "Senare", "state": state, "yours": yours})
    return items


def never(note: str, *, is_last: bool) -> str:
    """What stands at a station that a cancelled case never came to; at the last one, when it was cancelled."""
    if is_last:
        return f"Avbrutet {note}".strip()
    return note if note == CALLED_OFF else NEVER


def stations(case: Case) -> tuple[tuple[str, ...], list[str], int]:
    """Labels, dates, and how many stations lie behind."""
    if case.is_consultation:
        notes = [
            day(case.handed_over_at),
            day(case.announced_at),
            day(case.presented_at or case.meeting_on),
            day(case.closed_at),
        ]
        return CONSULTATION, notes, REACHED_CONSULTATION.get(State(case.state), behind(notes[:-1]))
    besked = f"{DECISIONS.get(case.decision, '')} {day(case.notice_given_at or case.decided_at)}".strip()
    if case.has_accepted_offer:
        besked = f"Plats {day(case.placed_at)}"
    notes = [
        day(case.handed_over_at),
        day(case.decided_at or case.meeting_on),
        besked,
        CALLED_OFF if is_called_off(case) else day(case.first_meeting_held_on or case.first_meeting_at),
        f"{'Sedan' if case.has_started else 'Från'} {day(case.started_on)}" if case.started_on else "",
        day(case.closed_at or case.planned_end_on),
    ]
    return COLLABORATION, notes, REACHED.get(State(case.state), behind(notes[:-1]))


def behind(notes: list[str]) -> int:
    """How many stations a cancelled case had passed."""
    return sum(1 for note in notes if note not in ("", CALLED_OFF))
