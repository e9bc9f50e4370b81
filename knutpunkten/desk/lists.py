"""The caseload: the cases one has a ground for, the newest first, and the status of those one may follow."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from knutpunkten.access.gates import allowed
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.models import CLOSED_STATES, Case, Party, State, Status
from knutpunkten.cases.rules import living_grounds
from knutpunkten.desk.words import next_words, state_words
from knutpunkten.organisations.models import CaseKind, Role, User

PER_PAGE = 50
OPEN = "oppna"


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to: from the address, every value checked against its list."""

    state: str = OPEN
    kind: str = ""
    late: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters":
        state, kind = request.GET.get("lage", OPEN), request.GET.get("slag", "")
        return cls(
            state=state if state in State or state in (OPEN, "alla") else OPEN,
            kind=kind if kind in CaseKind else "",
            late=request.GET.get("sena") == "1",
        )


def caseload(who: Who, filters: Filters, today: Any) -> QuerySet[Party]:
    """The grounds behind the list, one row a case, narrowed by role as ``cases.rules.visible_to``."""
    grounds = living_grounds(who, today)
    if who.role == Role.CASEWORKER:
        grounds = grounds.filter(case__referring_unit=who.unit_id)
    elif who.role == Role.COORDINATOR:
        grounds = grounds.filter(case__programme=who.hat.programme_id if who.hat else None)
    elif who.role == Role.SUPERVISOR:
        grounds = grounds.filter(case__supervisor=who.user_id)
    if filters.state == OPEN:
        grounds = grounds.exclude(case__state__in=CLOSED_STATES)
    elif filters.state != "alla":
        grounds = grounds.filter(case__state=filters.state)
    if filters.kind:
        grounds = grounds.filter(case__kind=filters.kind)
    if filters.late:
        grounds = grounds.filter(case__due_on__lt=today)
    return grounds


@allowed(Permission.SEE_CASES)
def cases(request: HttpRequest) -> HttpResponse:
    """Five statements whatever the number of cases: count, ids, the page's cases, whose turn, status."""
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
    found = Case.objects.select_related("person", "programme", "turn_unit").in_bulk(wanted)
    users = User.objects.in_bulk({c.turn_user_id for c in found.values() if c.turn_user_id})
    rows = [row(found[case_id], users, today) for case_id in wanted if case_id in found]
    record("listed", by=request.who, at=timezone.now(), count=len(rows))
    context = {
        "rows": rows,
        "page": page,
        "filters": filters,
        "today": today,
        "unseen": unseen(request.who, found) if filters.state == OPEN and page.number == 1 else [],
        "states": [(OPEN, "Öppna"), *State.choices, ("alla", "Alla")],
        "kinds": [("", "Alla slag"), *CaseKind.choices],
    }
    return render(request, "desk/cases.html", context)


def row(case: Case, users: dict[Any, User], today: Any) -> dict[str, Any]:
    user = users.get(case.turn_user_id)
    return {
        "case": case,
        "name": case.number if case.person.is_protected else case.person.name,
        "state": state_words(case),
        "next": next_words(case, case.next_step),
        "who": user.name if user else (case.turn_unit.name if case.turn_unit else "–"),
        "due": case.due_on,
    }


def unseen(who: Who, found: dict[Any, Case]) -> list[Status]:
    """Open cases of the unit or the team that one may follow by status alone: no consent opens them (W3)."""
    if who.role not in (Role.COORDINATOR, Role.REPRESENTATIVE):
        return []
    grounds = Party.objects.filter(holder=who.unit_id, level__gte=1, withdrawn_at__isnull=True).values("case_id")
    return list(
        Status.objects.exclude(state__in=(*CLOSED_STATES, State.DRAFT))
        .exclude(case_id__in=list(found))
        .exclude(case_id__in=grounds)
        .order_by("due_on")[:10]
    )
