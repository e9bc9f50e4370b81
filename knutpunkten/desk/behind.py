"""What is behind beside the cases' turns (W3): sub-goals past their day, sessions without attendance. Asked at once."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from knutpunkten.access.who import Who
from knutpunkten.desk.late_sub_goals import GUIDES, Late, late_of, late_rows
from knutpunkten.desk.unfilled_sessions import Unfilled, first_day_in_time, unfilled_of, unfilled_rows
from knutpunkten.organisations.models import Role
from knutpunkten.questions.remembered import remembered


def behind(who: Who, today: date) -> tuple[list[Late], list[Unfilled]]:
    """What *who* is waited for or keeps an eye on, of either the oldest first. One statement."""
    if who.role not in (Role.CASEWORKER, Role.REPRESENTATIVE, *GUIDES):
        return [], []
    rows = sorted(rows_behind(who, today, first_day_in_time(today)), key=lambda row: (row["day"], row["slot"]))
    late = [late_of(row) for row in rows if row["about"] is not None]
    return late, [unfilled_of(row) for row in rows if row["about"] is None]


@remembered
def rows_behind(who: Who, today: date, first_in_time: date) -> QuerySet[Any, Any]:
    """Each with *which* it is, *about* which case, if any, what is *said* of it, *whose* it is, what they are *named*,
    and whether that one *remains* where it is done."""
    sub_goals = late_rows(who, today)
    if who.role not in GUIDES:
        return sub_goals
    return sub_goals.union(unfilled_rows(who, today, first_in_time), all=True).order_by()
