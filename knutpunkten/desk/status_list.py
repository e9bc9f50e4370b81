"""The open cases of the unit or the team that one may follow by status alone: no consent opens them (W3)."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.actions import due_date_order
from knutpunkten.cases.models import CLOSED_STATES, State, Status
from knutpunkten.cases.rules import CaseByCase, living_grounds, open_to
from knutpunkten.desk.filters import Filters
from knutpunkten.desk.turn_names import only_one_waited_for, vacant_where_waited_for, waited_for_at_once
from knutpunkten.desk.words import OFFER_VACANT, is_vacant, turn_words
from knutpunkten.organisations.models import Role, Unit, User
from knutpunkten.questions.remembered import remembered
from knutpunkten.routine.table import STEPS
from knutpunkten.routine.withdrawal import begins_words, last_day
from knutpunkten.ui.paging import OpenPage, page_number

PER_PAGE = 50
# Below the cases that one may open; the rest are a page of their own.
BELOW = 10


@allowed(Permission.ATTEND_MEETING)
@require_safe
def statuses(request: Request) -> HttpResponse:
    """All of them, as the list of cases was narrowed. One statement."""
    today, filters = timezone.localdate(), Filters.of(request.GET)
    number = page_number(request.GET.get("page"))
    found, has_next = unseen(request.who, filters, today, number, PER_PAGE)
    record("listed", by=request.who, at=timezone.now(), count=len(found), what="statuses")
    context = {**filters.choices(), "unseen": found, "page": OpenPage(number, has_next), "today": today}
    return render(request, "desk/statuses.html", context)


def unseen(who: Who, filters: Filters, today: date, number: int, per_page: int) -> tuple[list[dict[str, Any]], bool]:
    """Page *number* of them, the most urgent first: what they wait for, and on whom; and whether there are more. One statement."""
    if who.role not in (Role.COORDINATOR, Role.REPRESENTATIVE):
        return [], False
    begin = (number - 1) * per_page
    found = list(known_by_status(who, today, filters=filters, begin=begin, end=begin + per_page + 1))
    return [status_row(status) for status in found[:per_page]], len(found) > per_page


@remembered
def known_by_status(who: Who, today: date, *, filters: Filters, begin: int, end: int) -> QuerySet[Any, Any]:
    open_to_us = Status.objects.filter(open_to(who, "case_id")).exclude(state__in=(*CLOSED_STATES, State.DRAFT))
    open_to_us = filters.narrow(open_to_us, today)
    if who.role == Role.COORDINATOR:
        open_to_us = open_to_us.filter(programme=who.programme_id)
    ground = living_grounds(who, today).filter(case=OuterRef("case_id"))
    rows = open_to_us.filter(~CaseByCase(ground)).annotate(
        turn_user_name=Subquery(User.objects.filter(pk=OuterRef("turn_user_id")).values("name")),
        turn_unit_name=Subquery(Unit.objects.filter(pk=OuterRef("turn_unit_id")).values("name")),
        turn_only=only_one_waited_for(today),
        vacant_since=vacant_where_waited_for(),
        turn_many=waited_for_at_once("case_id", "next_step"),
    )
    columns = ("number", "state", "next_step", "turn_role", "due_on")
    asked = ("turn_user_name", "turn_unit_name", "turn_only", "vacant_since", "turn_many")
    return rows.order_by(due_date_order(), "number").values_list(*columns, *asked, named=True)[begin:end]


def status_row(status: Any) -> dict[str, Any]:
    """A status as ``unseen`` answers it: nothing of whom it is about."""
    step = STEPS.get(status.next_step)
    what = OFFER_VACANT if is_vacant(status, status.vacant_since) else step.what if step else ""
    return {
        "number": status.number,
        "state": State(status.state).label,
        "next": begins_words(status) or what,
        "who": turn_words(status),
        "due": last_day(status),
    }
