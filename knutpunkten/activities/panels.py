"""Work training and internships on the case page (L6)."""

from datetime import date

from knutpunkten.activities.guiding import may_write
from knutpunkten.activities.models import WHERE, Placement
from knutpunkten.activities.rules import placements_in
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.amendments import amended
from knutpunkten.cases.panel import Panel
from knutpunkten.first_meeting.rules import may_read_planning


def panel(opened: OpenCase, today: date) -> Panel | None:
    """Those under way and ahead first, then those that are over. One statement.

    None for who does not read the planning, and where there is nothing to read or write: the plan's panel says so.
    """
    writes = may_write(opened)
    if not may_read_planning(opened):
        return None
    rows = [*placements_in(opened.case.pk)]
    for row in rows:
        row.case = opened.case  # to join the tables would ask for the case's grounds once more
    rows.sort(key=lambda placement: placement.last_day < today)
    if not rows and not writes:
        return None
    # Of a protected person nothing of where it is or was (W5).
    called = {name: words for name, words in CALLED.items() if not opened.case.is_protected or name not in WHERE}
    shown = [(row, state_of(row, today), amended(row, called)) for row in rows]
    return Panel("placements", "activities/placements.html", {"placements": shown, "may_write": writes})


CALLED = {
    "kind": "Vad det är",
    "setting": "Intern eller extern",
    "place": "Var",
    "contact": "Kontakt på platsen",
    "contact_phone": "Kontaktens telefon",
    "from_on": "Från och med",
    "until_on": "Till och med",
    "weekly_hours": "Timmar i veckan",
    "weekdays": "Dagar",
}


def state_of(placement: Placement, today: date) -> tuple[str, str]:
    """The kind of tag and its words."""
    if placement.last_day < placement.from_on:
        return "locked", "Blev inte av"
    if placement.last_day < today or placement.ended_on is not None or not placement.case.is_open:
        return "done", "Avslutad"
    return ("later", "Inte börjat än") if placement.from_on > today else ("ongoing", "Pågår")
