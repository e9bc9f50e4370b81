"""The caseload: the cases one has a ground for, the newest first, and the status of those one may follow."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Value
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
from knutpunkten.cases.models import Basis, Case, Party, Turn
from knutpunkten.cases.rules import CaseByCase, followed, living_grounds, within_role
from knutpunkten.desk.filters import EVERY, Filters
from knutpunkten.desk.status_list import BELOW, unseen
from knutpunkten.desk.turn_names import only_one_waited_for, vacant_where_waited_for, waited_for_at_once
from knutpunkten.desk.words import (
    ANOTHER_PARTY,
    is_mine,
    is_of_another_party,
    is_vacant,
    next_words,
    state_words,
    turn_words,
)
from knutpunkten.meetings.shown import reading_of_others
from knutpunkten.organisations.models import Role
from knutpunkten.questions.remembered import remembered
from knutpunkten.routine.withdrawal import last_day
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
    filters = Filters.of(request.GET)
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
    below, more_below = unseen(request.who, filters, today, 1, BELOW) if number == 1 else ([], False)
    context = {
        **filters.choices(),
        "rows": rows,
        "page": OpenPage(number, has_next),
        # Known on the last page alone.
        "count": None if has_next else (number - 1) * PER_PAGE + len(rows),
        "today": today,
        "unseen": below,
        "more_unseen": more_below,
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
        turn_user_name=F("turn_user__name"),
        turn_unit_name=F("turn_unit__name"),
        turn_only=only_one_waited_for(today),
        vacant_since=vacant_where_waited_for(),
        turn_many=waited_for_at_once("pk", "next_step"),
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
        "next": next_words(case, mine.step if mine else case.next_step, case.vacant_since),
        "who": party_words(case, who) or turn_words(case) or "–",
        "yours": mine is not None or (who.role == Role.COORDINATOR and is_vacant(case, case.vacant_since)),
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
