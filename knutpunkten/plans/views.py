"""Pages of the plan."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.activities.guiding import ENDED, guided, guides, is_at_rest, is_over, writing
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.actions import one_at_a_time
from knutpunkten.cases.models import Category
from knutpunkten.documents.pdf import render as render_pdf
from knutpunkten.organisations.models import Unit
from knutpunkten.plans import actions
from knutpunkten.plans.changes import pairs
from knutpunkten.plans.forms import AgreeForm, MarkForm, PlanForm
from knutpunkten.plans.models import Goal, Plan, SubGoal
from knutpunkten.plans.printed import plan_document, timetable_of
from knutpunkten.plans.rules import (
    OVER,
    at_every_meeting,
    goals_of,
    lacking_in_plan,
    living_parties,
    may_read_plan,
    next_follow_up,
    plan_being_written,
    plan_in_force,
    versions,
)
from knutpunkten.plans.shown import PlanPage, plan_page
from knutpunkten.plans.writing import is_autosave, saved, too_late, unsaved
from knutpunkten.protection.rules import unread_by

NO_DRAFT = "Planen är överenskommen, så det går inte att skriva i utkastet längre."

# Reading the plan.


@allowed(Permission.SEE_CASES)
@require_GET
def plan(request: Request, case_id: UUID) -> HttpResponse:
    """The plan in force, or an older version (S14, L5). Without the category *planering* only its heading (W1)."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="plan", shows=may_read_plan)
    return plan_page_of(request, opened)


def plan_page_of(request: Request, opened: OpenCase, wrong: AgreeForm | None = None) -> HttpResponse:
    """The page; *wrong* is the form to agree the plan as it was sent, with its errors."""
    today = timezone.localdate()
    context: dict[str, Any] = {"opened": opened, "today": today}
    if not may_read_plan(opened):
        return render(request, "plans/not_shared.html", context | {"heading": Category.PLANNING.label})
    page = plan_page(opened, today, version_asked(request, "version"))
    if page is None:
        raise Http404
    context |= {"page": page, "undo": undo_of(request, page), "at_rest": guides(opened) and is_at_rest(opened)}
    if (page.may_write or wrong) and page.plan is not None and page.in_force is None:
        context |= agreeing(opened, today, wrong)
    return render(request, "plans/plan.html", context)


def agreeing(opened: OpenCase, today: date, wrong: AgreeForm | None) -> dict[str, Any]:
    """What lacks before the plan can be agreed, and the form for it."""
    lacking = lacking_in_plan([opened.case]).get(opened.case.pk, [])
    if opened.case.mapped_at is None:
        lacking = ["Kartläggningen är inte klar.", *lacking]
    return {
        "lacking": lacking,
        "form": wrong or AgreeForm(initial=agree_initial(opened, today), case=opened.case, who=opened.who),
    }


def agree_initial(opened: OpenCase, today: date) -> dict[str, Any]:
    """Those who always take part, today, and the programme's interval to the next follow-up."""
    case = opened.case
    return {
        "who_took_part": at_every_meeting(case),
        "agreed_on": today,
        "next_follow_up_on": next_follow_up(case.programme, today, case.planned_end_on),
        "planned_end_on": case.planned_end_on,
    }


def undo_of(request: Request, page: PlanPage) -> dict[str, Any] | None:
    """What was just marked, so that it can be undone; only words that are known come back onto the page."""
    lineage, state, done_on = (request.GET.get(name, "") for name in ("markerat", "forut", "klart"))
    if not page.may_write or state not in SubGoal.State.values:
        return None
    for shown in page.goals:
        for sub_goal in shown.sub_goals:
            if str(sub_goal.row.lineage) == lineage and sub_goal.row.state != state:
                return {"sub_goal": sub_goal.row, "state": state, "done_on": done_on}
    return None


@allowed(Permission.SEE_CASES)
@require_GET
def compare_plans(request: Request, case_id: UUID) -> HttpResponse:
    """Two versions beside each other, the older first; the two newest if none are asked for."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="plan")
    if not may_read_plan(opened):
        raise deny(request, case_id)
    of_case = versions(opened)
    after = chosen(of_case, version_asked(request, "till")) or next(iter(of_case), None)
    older = (plan for plan in of_case if after is not None and plan.version < after.version)
    before = chosen(of_case, version_asked(request, "fran")) or next(older, None)
    if after is not None and before is not None and before.version > after.version:
        before, after = after, before
    context: dict[str, Any] = {"opened": opened, "today": timezone.localdate(), "versions": of_case}
    if after is not None and before is not None:
        goals = goals_of([before, after])
        context |= {"before": before, "after": after, "pairs": pairs(goals[before.pk], goals[after.pk])}
    return render(request, "plans/compare.html", context)


@allowed(Permission.READ_PAPERS)
@require_GET
def plan_pdf(request: Request, case_id: UUID) -> HttpResponse:
    """The plan as an archivable document; the version in force, or the one asked for."""
    opened = case_for(request, case_id, Permission.READ_PAPERS, read="plan_pdf")
    if not may_read_plan(opened):
        raise deny(request, case_id)
    of_case = versions(opened)
    wanted = version_asked(request, "version")
    if wanted is None:
        shown = next((plan for plan in of_case if plan.agreed_on), next(iter(of_case), None))
    else:
        shown = chosen(of_case, wanted)
    if shown is None:
        raise Http404
    today = timezone.localdate()
    goals = goals_of([shown])[shown.pk]
    is_current = shown == next((plan for plan in of_case if plan.agreed_on), None)
    timetable = timetable_of(opened, today) if is_current else []
    pdf = render_pdf("plan", plan_document(opened, shown, goals, timetable, today, is_current))
    return document(pdf, f"genomforandeplan-{opened.case.number}-version-{shown.version}.pdf")


def document(pdf: bytes, name: str) -> HttpResponse:
    """A PDF to open in the browser, under a file name without a person's name."""
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def version_asked(request: Request, name: str) -> int | None:
    """A version's number out of the address; None if none is asked for. What is no number is no version: a 404."""
    text = request.GET.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Http404
    return int(text) if text else None


def chosen(of_case: list[Plan], version: int | None) -> Plan | None:
    return next((plan for plan in of_case if plan.version == version), None)


# Writing the plan.


@allowed(Permission.GUIDE)
@require_POST
@writing
def begin_plan(request: Request, case_id: UUID) -> HttpResponse:
    """Begin the first version, or rewrite the one in force (S10)."""
    opened = guided(request, case_id, "plan")
    actions.begin_plan(case=opened.case, by=request.who, at=timezone.now())
    return redirect("edit_plan", case_id=case_id)


@allowed(Permission.GUIDE)
@require_http_methods(["GET", "POST"])
@writing
def edit_plan(request: Request, case_id: UUID) -> HttpResponse:
    """Goals and sub-goals, saved while they are written; rows come and go by buttons of the same form."""
    discards = request.POST.get("do") == "discard"
    writes = request.method == "POST" and not discards
    opened = guided(request, case_id, "plan", also_at_rest=writes, also_over=writes)
    if request.method == "POST":
        one_at_a_time(opened.case)
    draft = plan_being_written(opened.case)
    if discards and draft is not None:
        return discard(request, draft)
    if draft is None and not request.POST:
        return redirect("plan", case_id=case_id)
    today = timezone.localdate()
    form, units = plan_form(request, opened, draft or plan_in_force(opened.case), today)
    if is_over(opened) or draft is None:
        return too_late(request, opened, form, ENDED if is_over(opened) else NO_DRAFT, to="plan")
    context = {
        "opened": opened,
        "today": today,
        "plan": draft,
        "form": form,
        "unread": unread_by(opened.case, units, today),
        "removed_goal": request.GET.get("mal", ""),
        "removed_sub_goal": request.GET.get("delmal", ""),
        "lacking": lacking_in_plan([opened.case]).get(opened.case.pk, []),
    }
    if request.method == "POST" and is_at_rest(opened):
        return unsaved(request, form, lambda: render(request, "plans/edit.html", context | {"rows": form.rows()}))
    if request.method == "POST":
        answer = save_plan(request, opened, draft, form)
        if answer is not None:
            return answer
    return render(request, "plans/edit.html", context | {"rows": form.rows()})


def plan_form(request: Request, opened: OpenCase, plan: Plan | None, today: date) -> tuple[PlanForm, list[Unit]]:
    """The form over what stands in *plan*, and the units to choose among there."""
    units = {party.unit_id: party.unit for party in living_parties(opened.case, today) if party.unit}
    goals = goals_of([plan])[plan.pk] if plan else []
    # A unit that has left the consent stays where it stands written, and cannot be chosen anew elsewhere.
    units |= {s.responsible_unit_id: s.responsible_unit for p in goals for s in p.sub_goals if s.responsible_unit}
    among = list(units.values())
    return PlanForm(request.POST or None, goals=goals, units=among, started_on=opened.case.started_on), among


def save_plan(request: Request, opened: OpenCase, draft: Plan, form: PlanForm) -> HttpResponse | None:
    """Save what is right, do what the button says, and answer; None to show the form again with its errors."""
    at = timezone.now()
    is_right = form.is_valid()
    if (is_right or is_autosave(request)) and form.is_news:
        actions.save_plan(plan=draft, words=form.words(), by=request.who, at=at)
    if is_autosave(request):
        return saved(request, form, at, plan=draft, lacking=lacking_in_plan([opened.case]).get(opened.case.pk, []))
    if not is_right:
        return None
    page = reverse("edit_plan", args=[opened.case.pk])
    what, _, row_id = request.POST.get("do", "").partition(":")
    match what:
        case "goal":
            goal = actions.add_goal(plan=draft, by=request.who)
            return redirect(f"{page}#rad-{goal.pk}")
        case "sub_goal":
            sub_goal = actions.add_sub_goal(goal=row_of(draft, row_id, Goal), by=request.who)
            return redirect(f"{page}#rad-{sub_goal.pk}")
        case "remove":
            row = row_of(draft, row_id)
            if isinstance(row, SubGoal) and row.state in OVER:
                raise Http404  # shown, and not asked anew: no button takes it away
            actions.set_removed(row, removed_at=at)
            return redirect(f"{page}?{'mal' if isinstance(row, Goal) else 'delmal'}={row_id}")
        case "restore":
            actions.set_removed(row_of(draft, row_id, is_removed=True), removed_at=None)
            return redirect(f"{page}#rad-{row_id}")
    messages.success(request, f"Utkastet till version {draft.version} är sparat.")
    return redirect(f"{reverse('plan', args=[opened.case.pk])}?version={draft.version}")


def discard(request: Request, draft: Plan) -> HttpResponse:
    """Throw away what is written in the draft; the first version has none to go back to."""
    try:
        actions.discard_draft(draft=draft, by=request.who, at=timezone.now())
    except LookupError:
        raise Http404 from None
    messages.success(request, "Utkastet är slängt. Planen som gäller står kvar.")
    return redirect("plan", case_id=draft.case_id)


def row_of(draft: Plan, row_id: str, kind: type[Goal] | None = None, *, is_removed: bool = False) -> Any:
    """The goal or sub-goal of the plan being written; a 404 for anything else's id."""
    try:
        wanted = UUID(row_id)
    except ValueError:
        raise Http404 from None
    row = Goal.objects.filter(pk=wanted, plan=draft, removed_at__isnull=not is_removed).first()
    if row is None and kind is None:
        sub_goals = SubGoal.objects.filter(pk=wanted, goal__plan=draft, removed_at__isnull=not is_removed)
        row = sub_goals.first()  # type: ignore[assignment]
    if row is None:
        raise Http404
    return row


@allowed(Permission.GUIDE)
@require_POST
@writing
def mark_sub_goal(request: Request, case_id: UUID, lineage: UUID) -> HttpResponse:
    """Mark a sub-goal as under way or done; the next page offers to undo it."""
    opened = guided(request, case_id, "plan")
    form = MarkForm(request.POST)
    page = reverse("plan", args=[case_id])
    if not form.is_valid():
        raise Http404
    try:
        before = actions.mark_sub_goal(
            case=opened.case,
            lineage=lineage,
            state=form.cleaned_data["state"],
            done_on=form.cleaned_data["done_on"],
            by=request.who,
            at=timezone.now(),
        )
    except LookupError:
        raise Http404 from None
    if "undo" in request.POST:
        return redirect(page)
    done_on = before.done_on.isoformat() if before.done_on else ""
    return redirect(f"{page}?markerat={lineage}&forut={before.state}&klart={done_on}#delmal-{lineage}")


@allowed(Permission.GUIDE)
@require_POST
@writing
def remind(request: Request, case_id: UUID, lineage: UUID) -> HttpResponse:
    """Remind the agency whose sub-goal is overdue (W3)."""
    opened = guided(request, case_id, "plan")
    page = plan_page(opened, timezone.localdate())
    late = next((row for row in page.behind if row.sub_goal.lineage == lineage), None) if page else None
    if late is None:
        raise Http404
    try:
        actions.remind(case=opened.case, sub_goal=late.sub_goal, by=request.who, at=timezone.now())
    except actions.NotAParty:
        messages.warning(request, f"{late.sub_goal.responsible} ser inte planen. Ring i stället.")
    else:
        messages.success(request, f"{late.sub_goal.responsible} är påmind.")
    return redirect("plan", case_id=case_id)
