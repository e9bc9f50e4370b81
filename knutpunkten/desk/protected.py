"""Protected identity on the desk: who reads which case, by its number alone, and the protection's beginning and end (W5).

Stands on the desk because naming somebody also tells them.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import case_for
from knutpunkten.cases.called import Named
from knutpunkten.desk.naming_texts import to_look_through
from knutpunkten.desk.words import part_of
from knutpunkten.notices.actions import tell
from knutpunkten.organisations.models import Role
from knutpunkten.protection import actions
from knutpunkten.protection.actions import Numbered
from knutpunkten.protection.forms import ProtectForm, ProtectionOverForm, ReaderForm
from knutpunkten.protection.rules import ToRead, may_be_named, may_end_protection, to_read

ENDS_SOON = timedelta(days=14)


@allowed(Permission.NAME_READERS)
@require_safe
def protected_cases(request: Request) -> HttpResponse:
    """The protected cases one's unit has a part in, by number: who reads them, and who must be named."""
    rows = to_read(request.who, with_over=True)
    own = [r for r in rows if r.names]
    context = {
        "rows": [r for r in own if not r.is_over],
        "over": [r for r in own if r.is_over],
        "others": [r for r in rows if not r.names],
    }
    return render(request, "desk/protected_cases.html", {**context, "today": timezone.localdate()})


@allowed(Permission.NAME_READERS)
def name_reader(request: Request, case_id: UUID, unit_id: UUID) -> HttpResponse:
    """Name somebody in the unit to read the case, until a day and for a reason."""
    row, now = row_for(request, case_id, unit_id), timezone.now()
    today = timezone.localdate(now)
    people = may_be_named(unit_id, today)
    form = ReaderForm(request.POST or None, people=people, today=today, is_over=row.is_over)
    if request.method == "POST" and form.is_valid():
        user_id = UUID(form.cleaned_data["user"])
        actions.name_reader(
            case_id=case_id,
            unit_id=unit_id,
            user_id=user_id,
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
            by=request.who,
            at=now,
        )
        tell({user_id} - {request.who.user_id}, event="named_reader", case=Numbered(row.number, case_id), at=now)
        messages.success(request, form.receipt(row.number))
        return HttpResponseRedirect(reverse("protected_cases"))
    return render(request, "desk/name_reader.html", {"row": row, "form": form, "today": today})


@require_POST
@allowed(Permission.NAME_READERS)
def end_reader(request: Request, case_id: UUID, unit_id: UUID, reader_id: UUID) -> HttpResponse:
    """End somebody's reading, at once; asked first where nobody is left to read what goes on, or to carry the case."""
    row = row_for(request, case_id, unit_id)
    reader = next((r for r in row.readers if UUID(r["id"]) == reader_id), None)
    if reader is None:
        raise deny(request, case_id)
    is_last, carries = row.is_last(reader), reader["is_there"] and reader["part"]
    if not row.is_over and (is_last or carries) and request.POST.get("sure") != "yes":
        context = {"row": row, "reader": reader, "is_last": is_last, "carries": carries}
        return render(request, "desk/end_reader.html", context)
    actions.end_reader(reader_id=reader_id, by=request.who, at=timezone.now())
    messages.success(request, f"{reader['name']} läser inte längre {row.number}.")
    return HttpResponseRedirect(reverse("protected_cases"))


def row_for(request: Request, case_id: UUID, unit_id: UUID) -> ToRead:
    """The case by its number, as the one who names sees it; otherwise a 404 and a denial."""
    rows = [row for row in to_read(request.who, with_over=True) if row.names]
    row = next((row for row in rows if (row.case_id, row.unit_id) == (case_id, unit_id)), None)
    if row is None:
        raise deny(request, case_id)
    return row


def reader_tasks(rows: list[ToRead], today: date) -> list[dict[str, Any]]:
    """Rows for "Väntar på dig": cases in which nobody in the unit reads, or soon nobody will."""
    return [task for row in rows if row.names and (task := reader_task(row, today))]


def readers_awaited(rows: list[ToRead], today: date) -> list[dict[str, Any]]:
    """Rows for the coordinator's "Väntar på andra": units that should have named a reader by now, by number (W3)."""
    return [
        {
            "named": Named(row.number, is_protected=True),
            "case_id": row.case_id,
            "what": "Utse läsare",
            "who": part_of(Role.REPRESENTATIVE, row.unit),
            "mark": row.mark,
            "kind": row.kind,
            "due": row.name_by,
        }
        for row in rows
        if not row.names and row.name_by and row.name_by < today
    ]


def reader_task(row: ToRead, today: date) -> dict[str, Any] | None:
    last = max((reader["until"] for reader in row.readers), default=None)
    if not row.waits and (last is None or last > today + ENDS_SOON):
        return None
    url = reverse("name_reader", args=[row.case_id, row.unit_id])
    why = f"Skyddade personuppgifter. Du utser vem på {row.unit} som läser ärendet."
    if row.whom_it_lacks:
        why = f"{why} Det väntar på {row.whom_it_lacks}, som inte är utsedd."
    return {
        "title": f"Utse läsare: {row.number}",
        "url": url,
        "why": why,
        "due": row.name_by or last,
        "action": {"label": "Utse", "url": url},
    }


@allowed(Permission.SEE_CASES)
def protect(request: Request, case_id: UUID) -> HttpResponse:
    """The person has got protected identity: the case closes at once to all but those responsible for it."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="case")
    if opened.case.is_protected or not opened.follows:
        raise deny(request, case_id)
    form = ProtectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        look_through = to_look_through(opened)
        actions.protect(opened.case, form.cleaned_data["protection"], by=request.who, at=now)
        messages.success(
            request, "Personen är skyddad. Ärendet har fått ett nytt nummer och syns bara för de ansvariga."
        )
        responsible = request.who.user_id in (opened.case.caseworker_id, opened.case.supervisor_id)
        if responsible and look_through:
            messages.warning(request, look_through)
        return HttpResponseRedirect(reverse("case", args=[case_id]) if responsible else reverse("start"))
    return render(request, "desk/protect.html", {"opened": opened, "form": form, "today": timezone.localdate()})


@allowed(Permission.WRITE_REFERRAL)
def end_protection(request: Request, case_id: UUID) -> HttpResponse:
    """The protection is over: the case follows its ordinary grounds again, at once, and so do the person's others."""
    opened = case_for(request, case_id, Permission.WRITE_REFERRAL, read="case")
    if not may_end_protection(opened.case, request.who):
        raise deny(request, case_id)
    now = timezone.now()
    today = timezone.localdate(now)
    form = ProtectionOverForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        why, since = form.cleaned_data["why"], form.cleaned_data["since"]
        actions.end_protection(opened.case, why=why, since=since, by=request.who, at=now)
        messages.success(
            request, "Skyddet är borttaget. Ärendet har fått ett nytt nummer, och samtycket gäller som vanligt."
        )
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    return render(request, "desk/end_protection.html", {"opened": opened, "form": form, "today": today})
