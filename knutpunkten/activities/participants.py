"""The list of participants: who takes part, where the plan stands, and whether they come."""

from dataclasses import dataclass
from datetime import date, timedelta

from knutpunkten.access.who import Who
from knutpunkten.activities.rules import (
    absent_in_a_row,
    hours,
    in_swedish_order,
    minutes_of_week,
    with_agreed_hours,
)
from knutpunkten.cases.models import Case, State
from knutpunkten.cases.rules import visible_to


@dataclass(frozen=True)
class Participant:
    """A row of the list. *came* and *agreed* are hours of this week; *agreed* is None before the first meeting."""

    case: Case
    name: str
    came: str
    agreed: int | None
    is_absent: bool


def participants_of(who: Who, today: date) -> list[Participant]:
    """Those who take part, or have got their supervisor, in Swedish order. Three statements."""
    states = (State.ALLOCATED, State.ACTIVE)
    cases = in_swedish_order(
        with_agreed_hours(visible_to(who, today).filter(state__in=states)).select_related("person", "supervisor")
    )
    ids = [case.pk for case in cases]
    minutes = minutes_of_week(ids, today - timedelta(days=today.weekday()))
    absent = absent_in_a_row(ids, today)
    return [
        Participant(
            case,
            case.called,
            hours(minutes.get(case.pk, 0)),
            case.agreed_hours,  # type: ignore[attr-defined]
            case.pk in absent,
        )
        for case in cases
    ]
