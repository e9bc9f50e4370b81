"""Vem har sett vad? (W4): the latest reading of each of one's cases, and every reading and change of one."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import Entry
from knutpunkten.audit.told import told_once
from knutpunkten.cases.access import case_for
from knutpunkten.cases.models import Case
from knutpunkten.desk.filters import EVERY, Filters
from knutpunkten.desk.lists import ids_of_page
from knutpunkten.desk.timeline import reading
from knutpunkten.desk.words import doer, event_words, taker_id
from knutpunkten.meetings.shown import knows_others, reading_of_others, units_known_to_all
from knutpunkten.organisations.models import Role, Unit, User
from knutpunkten.ui.paging import OpenPage, page_by_time, page_number

PER_PAGE = 50
READINGS, CHANGES = "lasningar", "andringar"
KINDS = ((READINGS, "Läsningar"), (CHANGES, "Ändringar"))


@allowed(Permission.SEE_CASES, Permission.SEE_OWN)
@require_safe
def who_has_read(request: Request) -> HttpResponse:
    """One's cases, each with its latest reading; a participant finds theirs on their own pages. Six statements."""
    if request.who.may(Permission.SEE_OWN):
        return HttpResponseRedirect(reverse("own_reads"))
    number = page_number(request.GET.get("page"))
    wanted, has_next = ids_of_page(request.who, Filters(state=EVERY), timezone.localdate(), number)
    seen = Case.objects.select_related("person", "programme")
    cases = seen.annotate(knows_others=reading_of_others(request.who, timezone.localdate())).in_bulk(wanted)
    latest = {
        case_id: entry
        for case_id, entry in Entry.objects.latest_readings(wanted).items()
        if case_id in cases and may_know(entry, cases[case_id], request.who)
    }
    record("listed", by=request.who, at=timezone.now(), count=len(cases), what="who_has_read")
    shown = dict(zip(latest, rows(list(latest.values())), strict=True))
    listed = [{"case": cases[pk], "name": cases[pk].called, "latest": shown.get(pk)} for pk in wanted if pk in cases]
    return render(request, "desk/who_has_read.html", {"rows": listed, "page": OpenPage(number, has_next)})


def may_know(entry: Entry, case: Any, who: Who) -> bool:
    """Whether *who* may know which unit did it: until a party reads the text, not which the others are (S6)."""
    is_told = case.knows_others or who.may(Permission.RUN_MEETING) or who.unit_id == case.referring_unit_id
    return is_told or entry.unit_id in (None, *units_known_to_all(case, who))


@allowed(Permission.SEE_CASES)
@require_safe
def case_reads(request: Request, case_id: UUID) -> HttpResponse:
    """Who has read and who has changed a case: agency, role, when, what; fifty at a time, and with readings the rest of the hour."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="reads")
    kind = CHANGES if request.GET.get("visa") == CHANGES else READINGS
    entries = Entry.objects.of_case(case_id).filter(is_reading=kind == READINGS).exclude(event="denied")
    if not knows_others(opened.case, opened.parties, request.who):
        units = units_known_to_all(opened.case, request.who)
        entries = entries.filter(Q(unit_id__isnull=True) | Q(unit_id__in=units))
    page = page_by_time(entries, request.GET, PER_PAGE, by_whole_hours=kind == READINGS)
    told = told_once(page.rows, reading)
    shown = rows([one.entry for one in told])
    context = {
        "opened": opened,
        "today": today(),
        "rows": [
            {**row, "at": one.last_at, "what": row["what"] + one.times_words}
            for row, one in zip(shown, told, strict=True)
        ],
        "page": page,
        "chips": [(label, f"?visa={key}", key == kind) for key, label in KINDS],
        "is_readings": kind == READINGS,
    }
    return render(request, "desk/case_reads.html", context)


def today() -> date:
    return timezone.localdate()


def rows(entries: list[Entry]) -> list[dict[str, Any]]:
    """The entries as the pages show them, in order: ``at, who, role, unit, what``. Two statements."""
    takers = {entry.pk: UUID(taker) for entry in entries if (taker := taker_id(entry))}
    users = User.objects.in_bulk({entry.user_id for entry in entries if entry.user_id} | {*takers.values()})
    names = {pk: users[taker].name for pk, taker in takers.items() if taker in users}
    units = Unit.objects.select_related("agency").in_bulk({entry.unit_id for entry in entries if entry.unit_id})
    return [
        {
            "at": entry.at,
            "who": doer(entry, users[entry.user_id].name if entry.user_id in users else None),
            "role": Role(entry.role).label if entry.role in Role.values else "",
            "unit": units[entry.unit_id].full_name if entry.unit_id in units else "",
            "what": event_words(entry, names.get(entry.pk)),
        }
        for entry in entries
    ]
