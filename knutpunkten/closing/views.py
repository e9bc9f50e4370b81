"""Pages of the closing: its parts as a task list, a page for each, and the report as a document."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.activities.guiding import ENDED, guided, guides, is_at_rest, is_over
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.actions import one_at_a_time
from knutpunkten.cases.models import Category
from knutpunkten.closing import actions
from knutpunkten.closing.forms import ELSEWHERE, MeetingForm, OnwardForm, OutcomeForm, ReportForm
from knutpunkten.closing.models import Closing
from knutpunkten.closing.printed import report_document
from knutpunkten.closing.rules import (
    PARTS,
    closing_read,
    has_reached,
    lacking_by_part,
    needs_onward,
    next_part,
    onward_of,
    reaches_caseworker,
)
from knutpunkten.documents.pdf import render as render_pdf
from knutpunkten.organisations.models import Unit
from knutpunkten.plans.rules import living_parties, may_read_plan
from knutpunkten.plans.writing import is_autosave, saved, too_late
from knutpunkten.protection.rules import unread_by
from knutpunkten.ui.seen import SeenForm

# Each part: heading, what the page says first, and the hint in the task list.
WORDS = {
    "mote": ("Avslutsmöte", "Planerat eller i förtid, när och vilka som var med"),
    "utfall": ("Utfall", "Vad det blev, helt eller en bit på väg"),
    "rapport": ("Slutdokumentation", "Resultat, bedömning, förslag och personens egna ord"),
    "fortsattning": ("Plan för den som tar vid", "Vem som tar vid, med vad och när"),
}


@allowed(Permission.SEE_CASES)
@require_GET
def closing(request: Request, case_id: UUID) -> HttpResponse:
    """The parts, what lacks, and the step; for the others the report when it is handed over (S11, S14)."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="closing", shows=may_read_plan)
    return closing_page(request, opened)


def closing_page(request: Request, opened: OpenCase) -> HttpResponse:
    context: dict[str, Any] = {"opened": opened, "today": timezone.localdate()}
    if not may_read_plan(opened):
        return render(request, "plans/not_shared.html", context | {"heading": Category.PLANNING.label})
    found = closing_read(opened)
    context |= {"closing": found, "onward": onward_of(found) if found else None}
    if not guides(opened):
        context["has_reached"] = has_reached(opened, found)
        return render(request, "closing/report.html", context)
    return render(request, "closing/closing.html", context | task_list(opened, found))


def task_list(opened: OpenCase, found: Closing | None) -> dict[str, Any]:
    """The parts with their tags, and what lacks in all."""
    lacking = lacking_by_part(found)
    onward_needed = needs_onward(found) if found else True
    parts = []
    for number, part in enumerate(PARTS, start=1):
        heading, hint = WORDS[part]
        not_needed = part == "fortsattning" and not onward_needed
        parts.append(
            {
                "number": number,
                "label": heading,
                "hint": "Behövs inte här" if not_needed else hint,
                "url": reverse("closing_part", args=[opened.case.pk, part]),
                "tag": tag_of(part, found, bool(lacking[part])),
            }
        )
    sentences = [sentence for part in PARTS for sentence in lacking[part]]
    return {
        "parts": parts,
        "lacking": sentences,
        "done": sum(not lacking[part] for part in PARTS),
        "total": len(PARTS),
        "reaches_caseworker": reaches_caseworker(opened.case, opened.parties, timezone.now()),
        "at_rest": is_at_rest(opened),
    }


def tag_of(part: str, found: Closing | None, lacks: bool) -> tuple[str, str]:
    if not lacks:
        return "done", "Klar"
    begun = found is not None and {
        "mote": bool(found.met_on or found.early_reason or found.exemption),
        "rapport": found.has_report,
    }.get(part, False)
    return ("ongoing", "Pågår") if begun else ("later", "Ej påbörjad")


@allowed(Permission.GUIDE)
@require_http_methods(["GET", "POST"])
def closing_part(request: Request, case_id: UUID, part: str) -> HttpResponse:
    """One part of the closing; the report is also saved while it is written."""
    opened = guided(request, case_id, "closing", also_at_rest=True, also_over=True)
    if part not in PARTS:
        raise Http404
    today = timezone.localdate()
    if request.method == "POST":
        one_at_a_time(opened.case)
    found = closing_read(opened)
    form = form_of(part, request, opened, found, today)
    if is_over(opened):
        return too_late(request, opened, form, ENDED, to="closing")
    if request.method == "POST":
        is_right = form.is_valid()
        at = timezone.now()
        if form.is_news and (is_right or (is_autosave(request) and part == "rapport")):
            found = save(part, form, opened, at=at)
        if is_autosave(request):
            return saved(request, form, at)
        if is_right:
            after = next_part(part, found)
            return redirect("closing_part", case_id, after) if after else redirect("closing", case_id)
    heading, lead = WORDS[part]
    context = {
        "opened": opened,
        "today": today,
        "form": form,
        "heading": heading,
        "lead": f"{lead}.",
        "submit": "Spara och fortsätt",
        "back_url": reverse("closing", args=[case_id]),
        "back_label": "Tillbaka till avslutet",
        "autosave_url": request.path if part == "rapport" else "",
        "saved_at": found.saved_at if found and found.has_report and not form.is_bound else None,
    }
    return render(request, "closing/part.html", context)


def form_of(part: str, request: Request, opened: OpenCase, found: Closing | None, today: date) -> SeenForm:
    """The part's form, bound if something was sent."""
    data = request.POST if request.method == "POST" else None
    if part == "fortsattning":
        onward = onward_of(found) if found else None
        names = ("receiver", "receiver_unit_id", "elsewhere", "what", "from_on")
        initial = {name: getattr(onward, name) for name in names} if onward else {}
        if onward and onward.elsewhere:
            initial["receiver_unit_id"] = ELSEWHERE
        units = units_of(opened, today)
        unread = unread_by(opened.case, units, today)
        return OnwardForm(
            data,
            initial=initial,
            case=opened.case,
            met_on=found.met_on if found else None,
            units=[(str(u.pk), u.full_name) for u in units],
            unread=unread,
        )
    if part == "mote":
        return MeetingForm(data, initial=standing(found, MeetingForm), case=opened.case)
    if part == "utfall":
        return OutcomeForm(data, initial=standing(found, OutcomeForm))
    return ReportForm(data, initial=standing(found, ReportForm), is_autosaved=is_autosave(request))


def standing(found: Closing | None, form_class: type[forms.Form]) -> dict[str, Any]:
    """What is written of the form's part already."""
    return {name: getattr(found, name) for name in form_class.base_fields} if found else {}


def units_of(opened: OpenCase, today: date) -> list[Unit]:
    """The other parties of the living consents, to choose who carries on from."""
    team = opened.case.programme.team_id
    units = {p.unit_id: p.unit for p in living_parties(opened.case, today) if p.unit and p.unit_id != team}
    return list(units.values())


def save(part: str, form: SeenForm, opened: OpenCase, *, at: Any) -> Closing:
    """Save the part, and answer the closing as it is then."""
    write = actions.save_onward if part == "fortsattning" else actions.save_closing
    return write(case=opened.case, words=form.cleaned_data, by=opened.who, at=at)


@allowed(Permission.READ_PAPERS)
@require_GET
def report_pdf(request: Request, case_id: UUID) -> HttpResponse:
    """The final report as an archivable document: the team's while it is written, the parties' and the person's when handed over."""
    opened = case_for(request, case_id, Permission.READ_PAPERS, read="report_pdf")
    if not may_read_plan(opened):
        raise deny(request, case_id)
    found = closing_read(opened)
    if found is None:
        raise Http404
    pdf = render_pdf("slutdokumentation", report_document(opened, found, timezone.localdate()))
    name = f"slutdokumentation-{opened.case.number}.pdf"
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
