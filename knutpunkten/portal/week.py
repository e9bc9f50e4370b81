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
    """A week's days with what is planned in each, in order, without empty ones; and where one is beside the sessions."""

    title: str
    monday: date
    days: list[tuple[date, list[Session]]]
    placements: list[Placement]


def own_weeks(case: Case, today: date) -> list[Week]:
    """The person's sessions and placements from today until the end of the next week.

    Two statements, none for who takes no part.

    A session that is cancelled stands there: whoever was to come must know.
    """
    if case.state != State.ACTIVE:
        return []
    monday = today - timedelta(days=today.weekday())
    days: dict[date, list[Session]] = defaultdict(list)
    last = monday + 2 * WEEK - timedelta(days=1)
    for planned in planned_for(case, today, last):
        if takes_part(case, planned.session):
            days[planned.session.on_date].append(planned.session)
    placed = list(placements_between(today, last).filter(case=case))
    return [
        Week(
            title,
            begins,
            [(day, found) for day, found in days.items() if begins <= day < begins + WEEK],
            [placement for placement in placed if any(day >= today for day in placement.days_in(begins))],
        )
        for title, begins in (("Den här veckan", monday), ("Nästa vecka", monday + WEEK))
    ]
