"""The person's own timetable, which is part of their plan (S14, L4): this week as far as it is left, and the next."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from knutpunkten.activities.models import Session
from knutpunkten.activities.rules import planned_for, takes_part
from knutpunkten.cases.models import Case, State

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Week:
    """A week's days with what is planned in each, in order; days without are left out."""

    title: str
    monday: date
    days: list[tuple[date, list[Session]]]


def own_weeks(case: Case, today: date) -> list[Week]:
    """The person's sessions from today until the end of the next week. One statement, none for who takes no part.

    A session that is cancelled stands there: whoever was to come must know.
    """
    if case.state != State.ACTIVE:
        return []
    monday = today - timedelta(days=today.weekday())
    days: dict[date, list[Session]] = defaultdict(list)
    for planned in planned_for(case, today, monday + 2 * WEEK - timedelta(days=1)):
        if takes_part(case, planned.session):
            days[planned.session.on_date].append(planned.session)
    return [
        Week(title, begins, [(day, found) for day, found in days.items() if begins <= day < begins + WEEK])
        for title, begins in (("Den här veckan", monday), ("Nästa vecka", monday + WEEK))
    ]
