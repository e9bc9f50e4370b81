"""The person's own timetable, which is part of their plan (S14, L4): this week as far as it is left, and the next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from knutpunkten.activities.models import Placement, Session
from knutpunkten.activities.rules import placements_between, planned_for, takes_part
from knutpunkten.cases.models import Case, State
from knutpunkten.portal.rules import NextMeeting

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Week:
    """A week's days in order, each with its sessions and meetings."""

    title: str
    monday: date
    days: list[tuple[date, list[Session], list[NextMeeting]]]


def taking_part(cases: Iterable[Case]) -> dict[UUID, Case]:
    return {case.pk: case for case in cases if case.state == State.ACTIVE}


def own_weeks(cases: Iterable[Case], meetings: Iterable[NextMeeting], today: date) -> list[Week]:
    """The person's sessions from today until the end of the next week, and the days of their meetings. One statement, none
    for who takes no part.

    A session that is cancelled stands there: whoever was to come must know.
    """
    active = taking_part(cases)
    if not active:
        return []
    days: dict[date, tuple[list[Session], list[NextMeeting]]] = defaultdict(lambda: ([], []))
    for planned in planned_for(active.values(), today, last_day(today)):
        if takes_part(active[planned.case_id], planned.session):
            days[planned.session.on_date][0].append(planned.session)
    for meeting in meetings:
        days[meeting.day][1].append(meeting)
    return [
        Week(title, begins, [(day, *days[day]) for day in sorted(days) if begins <= day < begins + WEEK])
        for title, begins in zip(("Den här veckan", "Nästa vecka"), mondays(today), strict=True)
    ]


def own_placements(cases: Iterable[Case], today: date) -> list[Placement]:
    """Where the person is beside the sessions on some day of those weeks, or is to be later. One statement, none for who
    takes no part.
    """
    active = taking_part(cases)
    if not active:
        return []
    placed = placements_between(today, date.max).filter(case__in=active)
    return [one for one in placed if one.from_on > last_day(today) or any(day >= today for day in days_of(one, today))]


def days_of(placement: Placement, today: date) -> list[date]:
    """The days of the two weeks on which the person is there."""
    return [day for monday in mondays(today) for day in placement.days_in(monday)]


def mondays(today: date) -> tuple[date, date]:
    """Of this week and of the next."""
    monday = today - timedelta(days=today.weekday())
    return monday, monday + WEEK


def last_day(today: date) -> date:
    """The last day of the next week."""
    return mondays(today)[1] + WEEK - timedelta(days=1)
