"""The plan as the data its document takes (documents.shapes.Plan)."""

from collections.abc import Iterable
from datetime import date

from knutpunkten.activities.models import Enrolment, Placement
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.called import entries_shown, entry_shown
from knutpunkten.cases.models import Case
from knutpunkten.cases.provenance import carried
from knutpunkten.documents import shapes
from knutpunkten.documents.frame import frame
from knutpunkten.plans.models import Plan, SubGoal
from knutpunkten.plans.rules import PlannedGoal, is_overdue, placed_in, week_of
from knutpunkten.ui.dates import LONG_WEEKDAYS
from knutpunkten.ui.dates import week as week_number

STATES: dict[str, shapes.SubGoalState] = {
    SubGoal.State.NOT_BEGUN: "ej påbörjat",
    SubGoal.State.UNDER_WAY: "pågår",
    SubGoal.State.DONE: "klart",
    SubGoal.State.DROPPED: "utgår",
}


def plan_document(
    opened: OpenCase,
    plan: Plan,
    goals: Iterable[PlannedGoal],
    timetable: list[shapes.WeekRow],
    today: date,
    is_current: bool,
) -> shapes.Plan:
    """The shape of plan.typ. Without *is_current* nothing is late: another version holds."""
    late_on = today if is_current and opened.case.is_open else None
    return {
        **frame(opened, today, plan.agreed_on),
        "version": plan.version,
        "agreed_on": day(plan.agreed_on),
        "next_follow_up": day(plan.next_follow_up_on) if opened.case.is_open else "",
        "supervisor": opened.case.supervisor.name if opened.case.supervisor else "",
        "participation": plan.participation,
        "goals": [goal_shape(planned, late_on, opened.case) for planned in goals],
        "took_part": [{"name": name, "role": role} for name, role in took_part(plan.who_took_part, opened.case)],
        "week": week_number(today),
        "timetable": timetable,
        "carried": carried(
            opened.parties, plan.begun_by, plan.author_unit_id, plan.begun_at if plan.agreed_on else None
        ),
    }


def timetable_of(opened: OpenCase, today: date) -> list[shapes.WeekRow]:
    """This week's sessions, then where the person is placed beside them. Two statements."""
    placed = placed_in(opened.case, today)
    return [*map(session_row, week_of(opened.case, today)), *(placement_row(row, opened) for row in placed)]


def session_row(row: Enrolment) -> shapes.WeekRow:
    return {
        "day": LONG_WEEKDAYS[row.session.on_date.weekday()].capitalize(),
        "time": row.session.hours,
        "what": row.session.theme,
        "place": row.session.room,
    }


def placement_row(row: Placement, opened: OpenCase) -> shapes.WeekRow:
    """Its days and hours together: which hours of the day is between the person and the place (L6)."""
    return {
        "day": row.days_words,
        "time": f"{row.weekly_hours} {'timme' if row.weekly_hours == 1 else 'timmar'} i veckan",
        "what": row.words,
        "place": "" if opened.case.is_protected else row.place,
    }


def goal_shape(planned: PlannedGoal, late_on: date | None, case: Case) -> shapes.Goal:
    return {
        "own_words": planned.goal.own_words,
        "why": planned.goal.why,
        "area": "",
        "scale_now": planned.now,
        "scale_before": planned.last,
        "sub_goals": [sub_goal_shape(row, late_on, case) for row in planned.in_time],
    }


def sub_goal_shape(row: SubGoal, late_on: date | None, case: Case) -> shapes.SubGoal:
    agency = row.responsible_unit.agency.name if row.responsible_unit else ""
    responsible = entry_shown(row.responsible, case)
    who = responsible if agency in responsible else ", ".join(filter(None, (responsible, agency)))
    return {
        "what": row.what,
        "who": who,
        "from": day(row.from_on),
        "to": day(row.due_on),
        "follow_up": row.follow_up,
        "state": STATES[row.state],
        "late": how_late(row, late_on) if late_on else "",
    }


def how_late(row: SubGoal, today: date) -> str:
    """ "försenat 9 dagar"; empty where it is not."""
    if row.due_on is None or not is_overdue(row, today):
        return ""
    days = (today - row.due_on).days
    return f"försenat {days} {'dag' if days == 1 else 'dagar'}"


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def took_part(text: str, case: Case) -> list[tuple[str, str]]:
    """Name and role of each line of "Elin Strand, handledare"."""
    parted = (line.partition(",") for line in entries_shown(text, case))
    return [(name.strip(), role.strip()) for name, _, role in parted]
