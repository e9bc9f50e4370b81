"""The list of participants: who takes part, where the plan stands, and whether they come."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from knutpunkten.access.who import Who
from knutpunkten.activities.rules import (
    absent_in_a_row,
    hours,
    in_swedish_order,
    minutes_of_week,
    placed_words,
    placements_of_week,
    with_agreed_hours,
)
from knutpunkten.cases.models import Basis, Case, State
from knutpunkten.cases.rules import living_grounds, visible_to


@dataclass(frozen=True)
class Participant:
    """A row of the list. *came* and *agreed* are hours of this week; *agreed* is None before the first meeting.

    *rests*: no consent holds for the team, so that its work does.
    """

    case: Case
    name: str
    came: str
    agreed: int | None
    is_absent: bool
    rests: bool
    placed: str  # work training and internships, in hours


def participants_of(who: Who, today: date) -> list[Participant]:
    """Those who take part, or have got their supervisor, in Swedish order. Four statements."""
    states = (State.ALLOCATED, State.ACTIVE)
    consent = living_grounds(who, today).filter(case=OuterRef("pk"), basis=Basis.CONSENT)
    found = visible_to(who, today).filter(state__in=states).annotate(rests=~Exists(consent))
    cases = in_swedish_order(with_agreed_hours(found).select_related("person", "supervisor"))
    ids = [case.pk for case in cases]
    monday = today - timedelta(days=today.weekday())
    minutes = minutes_of_week(ids, monday)
    placed = placements_of_week(monday, case__in=ids)
    absent = absent_in_a_row(ids, today)
    return [
        Participant(
            case,
            case.called,
            hours(minutes.get(case.pk, 0)),
            case.agreed_hours,  # type: ignore[attr-defined]
            case.pk in absent,
            case.rests,  # type: ignore[attr-defined]
            placed_words(placed.get(case.pk, ()), monday),
        )
        for case in cases
    ]
