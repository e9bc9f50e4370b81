"""The caseload: the cases one has a ground for, the newest first, and the status of those one may follow."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.actions import due_date_order
from knutpunkten.cases.models import CLOSED_STATES, Basis, Case, Party, State, Status
from knutpunkten.cases.rules import followed, living_grounds, within_role
from knutpunkten.desk.words import next_words, state_words
from knutpunkten.organisations.models import CaseKind, Role, User

PER_PAGE = 50
# What a row shows, and what decides whether one follows the case: fifty rows of whole cases cost twice as much.
SHOWN = (
    *("number", "kind", "state", "offered_at", "next_step", "due_on", "handed_over_at"),
    *("programme_id", "referring_unit_id", "supervisor_id", "turn_user_id", "turn_unit__name"),
    *("person__first_name", "person__last_name", "person__protection"),
)
# In place of a state, where one's unit is no party any more.
KEPT = "Ingen part längre"
OPEN, EVERY = "oppna", "alla"


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to: from the address, every value checked against its list."""

    state: str = OPEN
    kind: str = ""
    late: bool = False

    @classmethod
    def of(cls, request: Request) -> "Filters":
        state, kind = request.GET.get("lage", OPEN), request.GET.get("slag", "")
        return cls(
            state=state if state in State or state in (OPEN, EVERY) else OPEN,
            kind=kind if kind in CaseKind else "",
            late=request.GET.get("sena") == "1",
        )


def caseload(who: Who, filters: Filters, today: Any) -> QuerySet[Party]:
    """The grounds behind the list, one row a case, narrowed by role as ``cases.rules.visible_to``."""
    grounds = living_grounds(who, today).filter(within_role(who, "case__"))
    if who.role == Role.REPRESENTATIVE and (filters.late or filters.state != EVERY):
        # Neither state nor dates are open to a unit whose consent is gone: it finds the case among all.
        grounds = grounds.filter(~Q(basis=Basis.OWN) | Q(case__referring_unit=who.unit_id))
    if filters.state == OPEN:
        grounds = grounds.exclude(case__state__in=CLOSED_STATES)
    elif filters.state != EVERY:
        grounds = grounds.filter(case__state=filters.state)
    if filters.kind:
        grounds = grounds.filter(case__kind=filters.kind)
    if filters.late:
        grounds = grounds.filter(case__due_on__lt=today)
    return grounds


@allowed(Permission.SEE_CASES)
def cases(request: Request) -> HttpResponse:
    """Six statements whatever the number of cases: count, ids, the page's cases, whose turn, which one follows, status."""
    today = timezone.localdate()
    filters = Filters.of(request)
    ids = (
        caseload(request.who, filters, today)
        .values_list("case_id", flat=True)
        .order_by("-case_created_at", "case_id")
        .distinct()
    )
    page = Paginator(ids.values_list("case_created_at", "case_id"), PER_PAGE).get_page(request.GET.get("page"))
    wanted = [case_id for _, case_id in page.object_list]
    found = Case.objects.select_related("person", "turn_unit").only(*SHOWN).in_bulk(wanted)
    users = User.objects.in_bulk({c.turn_user_id for c in found.values() if c.turn_user_id})
    follows = followed(found.values(), request.who, today)
    rows = [
        row(found[case_id], users) if case_id in follows else kept_row(found[case_id])
        for case_id in wanted
        if case_id in found
    ]
    record("listed", by=request.who, at=timezone.now(), count=len(rows))
    context = {
        "rows": rows,
        "page": page,
        "filters": filters,
        "today": today,
        "unseen": unseen(request.who, today) if filters.state == OPEN and page.number == 1 else [],
        "states": [(OPEN, "Öppna"), *State.choices, (EVERY, "Alla")],
        "kinds": [("", "Alla slag"), *CaseKind.choices],
    }
    return render(request, "desk/cases.html", context)


def row(case: Case, users: dict[Any, User]) -> dict[str, Any]:
    user = users.get(case.turn_user_id)
    return {
        "case": case,
        "name": name_of(case),
        "state": state_words(case),
        "next": next_words(case, case.next_step),
        "who": user.name if user else (case.turn_unit.name if case.turn_unit else "–"),
        "due": case.due_on,
    }


def kept_row(case: Case) -> dict[str, Any]:
    """A case where one's unit has written but is no party any more: name and number, nothing of how it goes on (W1)."""
    return {"case": case, "name": name_of(case), "state": KEPT, "next": "–", "who": "–", "due": None}


def name_of(case: Case) -> str:
    return case.number if case.person.is_protected else case.person.name


def unseen(who: Who, today: date) -> list[Status]:
    """Open cases of the unit or the team that one may follow by status alone: no consent opens them (W3).

    The latest first, a page of them.
    """
    if who.role not in (Role.COORDINATOR, Role.REPRESENTATIVE):
        return []
    open_to_us = Status.objects.exclude(state__in=(*CLOSED_STATES, State.DRAFT))
    if who.role == Role.COORDINATOR:
        open_to_us = open_to_us.filter(programme=who.programme_id)
    grounds = living_grounds(who, today).values("case_id")
    return list(open_to_us.exclude(case_id__in=grounds).order_by(due_date_order())[:PER_PAGE])
