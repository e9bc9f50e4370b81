"""The caseload: the cases one has a ground for, the newest first, and the status of those one may follow."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.actions import due_date_order
from knutpunkten.cases.models import CLOSED_STATES, Basis, Case, Party, State, Status, Turn
from knutpunkten.cases.rules import CaseByCase, followed, living_grounds, open_to, within_role
from knutpunkten.desk.turn_names import only_one_waited_for
from knutpunkten.desk.words import ANOTHER_PARTY, is_mine, is_of_another_party, next_words, part_of, state_words
from knutpunkten.meetings.shown import reading_of_others
from knutpunkten.organisations.models import CaseKind, Role, Unit, User
from knutpunkten.questions.remembered import remembered
from knutpunkten.routine.table import STEPS
from knutpunkten.routine.withdrawal import begins_words, last_day
from knutpunkten.ui.paging import OpenPage, page_number

PER_PAGE = 50
# What a row shows, and what decides whether one follows the case: fifty rows of whole cases cost twice as much.
SHOWN = (
    *("number", "kind", "state", "offered_at", "next_step", "turn_role", "due_on", "handed_over_at"),
    *("created_at", "state_since"),
    *("programme_id", "referring_unit_id", "turn_unit_id", "turn_user_id"),
    *("first_name", "last_name", "is_protected"),
)
# In place of a state, where one's unit is no party any more.
KEPT = "Inte part längre"
OPEN, ENDED, EVERY = "oppna", "avslutade", "alla"
# Who has a supervisor has a place as before: one word on the row, and one choice.
CHOICES = [(value, label) for value, label in State.choices if value != State.ALLOCATED]


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
            state=state if state in (OPEN, ENDED, EVERY, *dict(CHOICES)) else OPEN,
            kind=kind if kind in CaseKind else "",
            late=request.GET.get("sena") == "1",
        )

    def narrow[Rows: QuerySet[Any]](self, rows: Rows, today: date) -> Rows:
        """Of cases, or of statuses, those that are meant."""
        if self.state == OPEN:
            rows = rows.exclude(state__in=CLOSED_STATES)
        elif self.state == ENDED:
            rows = rows.filter(state__in=CLOSED_STATES)
        elif self.state != EVERY:
            label = State(self.state).label
            rows = rows.filter(state__in=[state for state in State if state.label == label])
        if self.kind:
            rows = rows.filter(kind=self.kind)
        # What begins by itself is late to nobody.
        return rows.exclude(turn_role="").filter(due_on__lt=today) if self.late else rows


def caseload(who: Who, filters: Filters, today: Any) -> QuerySet[Party]:
    """The grounds behind the list, one row a case, narrowed by role as ``cases.rules.visible_to``."""
    grounds = living_grounds(who, today)
    if who.role == Role.REPRESENTATIVE and (filters.late or filters.state != EVERY):
        # Neither state nor dates are open to a unit whose consent is gone: it finds the case among all.
        referred = CaseByCase(Case.objects.filter(pk=OuterRef("case"), referring_unit=who.unit_id))
        grounds = grounds.filter(~Q(basis=Basis.OWN) | referred)
    wanted = filters.narrow(Case.objects.filter(within_role(who), pk=OuterRef("case")), today)
    return grounds.filter(CaseByCase(wanted))


@allowed(Permission.SEE_CASES)
@require_safe
def cases(request: Request) -> HttpResponse:
    """Five statements whatever the number of cases: ids, the page's cases, which of them one follows, turns, status."""
    today = timezone.localdate()
    filters = Filters.of(request)
    number = page_number(request.GET.get("page"))
    wanted, has_next = ids_of_page(request.who, filters, today, number)
    found, url = shown(wanted, request.who, today), case_url()
    follows = followed(found.values(), request.who, today)
    mine = own_turns(found, request.who)
    rows = [
        row(found[case_id], url, mine.get(case_id), request.who)
        if case_id in follows
        else kept_row(found[case_id], url)
        for case_id in wanted
        if case_id in found
    ]
    record("listed", by=request.who, at=timezone.now(), count=len(rows))
    context = {
        "rows": rows,
        "page": OpenPage(number, has_next),
        # Known on the last page alone.
        "count": None if has_next else (number - 1) * PER_PAGE + len(rows),
        "filters": filters,
        "today": today,
        "unseen": unseen(request.who, filters, today) if number == 1 else [],
        "groups": [(OPEN, "Öppna"), (ENDED, "Avslutade och avbrutna"), (EVERY, "Alla")],
        "states": CHOICES,
        "kinds": [("", "Alla slag"), *CaseKind.choices],
    }
    return render(request, "desk/cases.html", context)


def ids_of_page(who: Who, filters: Filters, today: date, number: int) -> tuple[list[UUID], bool]:
    """The ids of the cases on page *number*, the newest first, and whether there are more. One statement."""
    found = [case_id for _, case_id in listed(who, today, filters=filters, number=number)]
    return found[:PER_PAGE], len(found) > PER_PAGE


@remembered
def listed(who: Who, today: date, *, filters: Filters, number: int) -> QuerySet[Party, Any]:
    """When each case of the page began, and its id; one more than the page has, where there is one."""
    grounds = caseload(who, filters, today)
    ids = grounds.order_by("-case_created_at", "case_id").values_list("case_created_at", "case_id").distinct()
    begin = (number - 1) * PER_PAGE
    return ids[begin : begin + PER_PAGE + 1]


def shown(case_ids: list[UUID], who: Who, today: date) -> dict[UUID, Any]:
    """The cases as far as a row shows them to *who*, with the names that ``turn_words`` reads. One statement."""
    return {case.pk: case for case in rows_of(case_ids, who, today)}


@remembered
def rows_of(case_ids: list[UUID], who: Who, today: date) -> QuerySet[Any]:
    cases = Case.objects.filter(pk__among=case_ids).only(*SHOWN)
    # The team and the unit that refers know all the parties.
    may_hide = who.role in (Role.REPRESENTATIVE, Role.CASEWORKER)
    cases = cases.annotate(knows_others=reading_of_others(who, today) if may_hide else Value(True))
    return cases.annotate(
        turn_user_name=F("turn_user__name"), turn_unit_name=F("turn_unit__name"), turn_only=only_one_waited_for(today)
    )


def case_url() -> str:
    """The address of a case's page with {} for its id: fifty rows ask for it at once."""
    some = UUID(int=0)
    return reverse("case", args=[some]).replace(str(some), "{}")


def row(case: Any, url: str, mine: Turn | None, who: Who) -> dict[str, Any]:
    """A row of the list, of a case as ``shown`` answers it. *mine*: the reader's own turn, which stands first.

    As in the person bar of the case's page, where two have a turn at once.
    """
    return {
        **kept_row(case, url),
        "state": state_words(case),
        "next": next_words(case, mine.step if mine else case.next_step),
        "who": party_words(case, who) or turn_words(case) or "–",
        "yours": mine is not None,
        "due": mine.due_on if mine else last_day(case),
    }


def own_turns(found: dict[UUID, Any], who: Who) -> dict[UUID, Turn]:
    """The foremost turn in each of the cases that waits for *who*, under the hat they wear. One statement."""
    mine: dict[UUID, Turn] = {}
    for turn in turns_of_unit(list(found), who.unit_id, who.user_id) if who.unit_id else ():
        turn.case = found[turn.case_id]
        if is_mine(turn, who):
            mine.setdefault(turn.case_id, turn)
    return mine


@remembered
def turns_of_unit(case_ids: list[UUID], unit_id: UUID, user_id: UUID) -> QuerySet[Turn]:
    """The unit's turns in the cases, but for those that name a colleague: as far as ``is_mine`` reads them."""
    turns = Turn.objects.filter(Q(user=None) | Q(user=user_id), case__among=case_ids, unit=unit_id)
    return turns.only("case_id", "step", "role", "unit_id", "user_id", "due_on", "is_protected").order_by("position")


def turn_words(found: Any) -> str:
    """Whose turn it is, of a case or a status that was asked with the names; empty for nobody's."""
    if found.turn_user_name or not found.turn_unit_name:
        return found.turn_user_name or ""
    return found.turn_only or part_of(found.turn_role, found.turn_unit_name)


def party_words(case: Any, who: Who) -> str:
    """In place of whose turn it is, where it is a party's that *who* may not know of yet (S6); else empty."""
    is_hidden = not case.knows_others and is_of_another_party(case.turn_role, case.turn_unit_id, case, who)
    return capfirst(ANOTHER_PARTY) if is_hidden and case.referring_unit_id != who.unit_id else ""


def kept_row(case: Case, url: str) -> dict[str, Any]:
    """A case where one's unit has written but is no party any more: name and number, nothing of how it goes on (W1)."""
    return {
        "url": url.format(case.pk),
        "number": case.number,
        "name": case.called,
        "protected": case.is_protected,
        "state": KEPT,
        "next": "–",
        "who": "–",
        "yours": False,
        "due": None,
    }


def unseen(who: Who, filters: Filters, today: date) -> list[dict[str, Any]]:
    """Open cases, as *filters* choose, of the unit or the team that one may follow by status alone: no consent opens them (W3).

    The latest first, a page of them: what they wait for, and on whom. One statement.
    """
    if who.role not in (Role.COORDINATOR, Role.REPRESENTATIVE):
        return []
    return [status_row(status) for status in known_by_status(who, today, filters=filters)]


@remembered
def known_by_status(who: Who, today: date, *, filters: Filters) -> QuerySet[Any, Any]:
    open_to_us = Status.objects.filter(open_to(who, "case_id")).exclude(state__in=(*CLOSED_STATES, State.DRAFT))
    open_to_us = filters.narrow(open_to_us, today)
    if who.role == Role.COORDINATOR:
        open_to_us = open_to_us.filter(programme=who.programme_id)
    ground = living_grounds(who, today).filter(case=OuterRef("case_id"))
    rows = open_to_us.filter(~CaseByCase(ground)).annotate(
        turn_user_name=Subquery(User.objects.filter(pk=OuterRef("turn_user_id")).values("name")),
        turn_unit_name=Subquery(Unit.objects.filter(pk=OuterRef("turn_unit_id")).values("name")),
        turn_only=only_one_waited_for(today),
    )
    columns = ("number", "state", "next_step", "turn_role", "due_on", "turn_user_name", "turn_unit_name", "turn_only")
    return rows.order_by(due_date_order()).values_list(*columns, named=True)[:PER_PAGE]


def status_row(status: Any) -> dict[str, Any]:
    """A status as ``unseen`` answers it: nothing of whom it is about."""
    step = STEPS.get(status.next_step)
    return {
        "number": status.number,
        "state": State(status.state).label,
        "next": begins_words(status) or (step.what if step else ""),
        "who": turn_words(status),
        "due": last_day(status),
    }
