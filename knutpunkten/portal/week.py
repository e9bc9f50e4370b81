"""The person's own timetable, which is part of their plan (S14, L4): this week as far as it is left, and the next."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from knutpunkten.activities.models import Placement, Session
from knutpunkten.activities.rules import placements_between, planned_for, takes_part
from knutpunkten.cases.models import Case, State

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Week:
    """A week's days with the sessions planned in each, in order; without a session only the day of the next meeting."""

    title: str
    monday: date
    days: list[tuple[date, list[Session]]]


def own_weeks(case: Case, today: date, meets_on: date | None) -> list[Week]:
    """The person's sessions from today until the end of the next week, and the day of their meeting. One statement, none
    for who takes no part.

    A session that is cancelled stands there: whoever was to come must know.
    """
    if case.state != State.ACTIVE:
        return []
    days: dict[date, list[Session]] = defaultdict(list)
    for planned in planned_for(case, today, last_day(today)):
        if takes_part(case, planned.session):
            days[planned.session.on_date].append(planned.session)
    if meets_on is not None:
        days.setdefault(meets_on, [])
    return [
        Week(title, begins, [(day, found) for day, found in sorted(days.items()) if begins <= day < begins + WEEK])
        for title, begins in zip(("Den här veckan", "Nästa vecka"), mondays(today), strict=True)
    ]


def own_placements(case: Case, today: date) -> list[Placement]:
    """Where the person is beside the sessions on some day of those weeks. One statement, none for who takes no part."""
    if case.state != State.ACTIVE:
        return []
    placed = placements_between(today, last_day(today)).filter(case=case)
    return [one for one in placed if any(day >= today for monday in mondays(today) for day in one.days_in(monday))]


def mondays(today: date) -> tuple[date, date]:
    """Of this week and of the next."""
    monday = today - timedelta(days=today.weekday())
    return monday, monday + WEEK


def last_day(today: date) -> date:
    """The last day of the next week."""
    return mondays(today)[1] + WEEK - timedelta(days=1)
