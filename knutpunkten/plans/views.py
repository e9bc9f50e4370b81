"""Pages of mapping and plan."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial, wraps
from typing import Any, Concatenate
from uuid import UUID

from django import forms
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
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.models import Category
from knutpunkten.documents.pdf import render as render_pdf
from knutpunkten.plans import actions
from knutpunkten.plans.changes import pairs
from knutpunkten.plans.forms import AgreeForm, AreaForm, MarkForm, PlanForm
from knutpunkten.plans.models import Goal, MappingArea, Plan, SubGoal
from knutpunkten.plans.printed import plan_document
from knutpunkten.plans.rules import (
    AREA_CATEGORIES,
    areas_read,
    goals_of,
    is_of_team,
    lacking_in_mapping,
    lacking_in_plan,
    living_parties,
    may_read_plan,
    next_follow_up,
    plan_being_written,
    versions,
    week_of,
)
from knutpunkten.plans.shown import PlanPage, guides, is_at_rest, may_write, plan_page

Area = MappingArea.Area


AT_REST = "Inget sparades: samtycket gäller inte längre. Teamets arbete vilar tills ett nytt är påskrivet."


class AtRest(Exception):
    """No consent holds for the team: nothing more is written (W1)."""


def writing[**P](view: Callable[Concatenate[Request, UUID, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that writes in the plan. Where the consent is gone it says so, on the case's page."""

    @wraps(view)
    def says_when_at_rest(request: Request, case_id: UUID, *of: P.args, **more: P.kwargs) -> HttpResponse:
        try:
            return view(request, case_id, *of, **more)
        except AtRest:
            messages.warning(request, AT_REST)
            return redirect("case", case_id=case_id)

    return says_when_at_rest


def unsaved(request: Request, form: forms.Form, page: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to words that came after the consent was gone: the *page* with them, and that they were not saved."""
    if is_autosave(request):
        return render(request, "plans/saved.html", {"error": AT_REST}, status=422)
    form.add_error(None, AT_REST)
    return page()


# Mapping.


@allowed(Permission.SEE_CASES)
@require_GET
def mapping(request: Request, case_id: UUID) -> HttpResponse:
    """The five areas: written by the supervisor, read by others as far as they are disclosed (L3, W1)."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="mapping")
    if not opened.follows:
        context = {"opened": opened, "today": timezone.localdate(), "heading": "Kartläggning"}
        return render(request, "plans/not_shared.html", context)
    return mapping_page(request, opened)


def mapping_page(request: Request, opened: OpenCase, wrong: AreaForm | None = None) -> HttpResponse:
    """The page; *wrong* is a form that was sent with errors."""
    rows = areas_read(opened)
    writes = may_write(opened)
    if is_of_team(opened):
        groups = [area_shown(area, rows.get(area), writes, wrong) for area in Area]
        hidden: list[str] = []
    else:
        groups = [area_shown(area, rows[area], False, None) for area in Area if area in rows]
        told = {AREA_CATEGORIES[area] for area in rows}
        hidden = [c.label for c in dict.fromkeys(AREA_CATEGORIES.values()) if c not in told]
    lacking = lacking_in_mapping([opened.case]).get(opened.case.pk, []) if writes else []
    context = {
        "opened": opened,
        "today": timezone.localdate(),
        "areas": groups,
        "hidden": hidden,
        "writes": writes,
        "at_rest": guides(opened) and is_at_rest(opened),
        "is_team": is_of_team(opened),
        "lacking": lacking,
        "wrong": wrong,
        "done": sum(bool(row.own_words or row.staff_words) for row in rows.values()),
        "total": len(Area),
    }
    return render(request, "plans/mapping.html", context)


def area_shown(area: Area, row: MappingArea | None, writes: bool, wrong: AreaForm | None) -> dict[str, Any]:
    form = None
    if writes or (wrong is not None and wrong.prefix == area):
        initial = {name: getattr(row, name) for name in actions.AREA_WORDS} if row else None
        form = wrong if wrong is not None and wrong.prefix == area else AreaForm(prefix=area.value, initial=initial)
    return {"area": area, "row": row, "form": form, "category": AREA_CATEGORIES[area].label}


@allowed(Permission.GUIDE)
@require_POST
def save_area(request: Request, case_id: UUID, area: str) -> HttpResponse:
    """Save one area; also while one writes (htmx), with what was right even if something was not."""
    opened = guided(request, case_id, "mapping", also_at_rest=True)
    if area not in Area.values:
        raise Http404
    form = AreaForm(request.POST, prefix=area)
    at = timezone.now()
    if is_at_rest(opened):
        return unsaved(request, form, partial(mapping_page, request, opened, form))
    if form.is_valid() or is_autosave(request):
        actions.save_area(case=opened.case, area=area, words=form.cleaned_data, by=request.who, at=at)
    if is_autosave(request):
        return saved(request, form, at)
    if not form.is_valid():
        return mapping_page(request, opened, form)
    return redirect(f"{reverse('mapping', args=[case_id])}#{area}")


@allowed(Permission.GUIDE)
@require_POST
def disclose_area(request: Request, case_id: UUID, area: str) -> HttpResponse:
    """Disclose one area to the parties, or take it back, which no withdrawal hinders (W1)."""
    opened = guided(request, case_id, "mapping", also_at_rest=True)
    try:
        actions.disclose_area(
            case=opened.case,
            area=area,
            is_disclosed=request.POST.get("disclosed") == "yes",
            by=request.who,
            at=timezone.now(),
        )
    except actions.NoConsent:
        messages.warning(request, "Inget samtycke som gäller låter någon annan part läsa det här.")
    except LookupError:
        raise Http404 from None
    return redirect(f"{reverse('mapping', args=[case_id])}#{area}")


# Reading the plan.


@allowed(Permission.SEE_CASES)
@require_GET
def plan(request: Request, case_id: UUID) -> HttpResponse:
    """The plan in force, or an older version (S14, L5). Without the category *planering* only its heading (W1)."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="plan")
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
    """Those who usually take part, today, and the programme's interval to the next follow-up."""
    case = opened.case
    people = [] if case.is_protected else [case.person_name]
    people += [f"{user.name}, {word}" for user, word in around(opened)]
    return {
        "who_took_part": "\n".join(people),
        "agreed_on": today,
        "next_follow_up_on": next_follow_up(case.programme, today),
        "planned_end_on": case.planned_end_on,
    }


def around(opened: OpenCase) -> list[tuple[Any, str]]:
    """Supervisor and caseworker, in that order, with the words for their parts."""
    case = opened.case
    pairs_of = [(case.supervisor, "handledare"), (case.caseworker, "handläggare")]
    return [(user, word) for user, word in pairs_of if user is not None]


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
    """Two versions beside each other, the two newest if none are asked for."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="plan")
    if not may_read_plan(opened):
        raise deny(request, case_id)
    of_case = versions(opened)
    after = chosen(of_case, version_asked(request, "till")) or next(iter(of_case), None)
    older = [plan for plan in of_case if after is not None and plan.version < after.version]
    before = chosen(older, version_asked(request, "fran")) or next(iter(older), None)
    context: dict[str, Any] = {"opened": opened, "today": timezone.localdate(), "versions": of_case}
    if after is not None and before is not None:
        goals = goals_of([before, after])
        context |= {"before": before, "after": after, "pairs": pairs(goals[before.pk], goals[after.pk])}
    return render(request, "plans/compare.html", context)


@allowed(Permission.SEE_CASES)
@require_GET
def plan_pdf(request: Request, case_id: UUID) -> HttpResponse:
    """The plan as an archivable document; the version in force, or the one asked for."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="plan_pdf")
    if not may_read_plan(opened):
        raise deny(request, case_id)
    of_case = versions(opened)
    wanted = version_asked(request, "version")
    shown = chosen(of_case, wanted) or (None if wanted else next((p for p in of_case if p.agreed_on), None))
    shown = shown or (next(iter(of_case), None) if wanted is None else None)
    if shown is None:
        raise Http404
    today = timezone.localdate()
    goals = goals_of([shown])[shown.pk]
    is_current = shown == next((plan for plan in of_case if plan.agreed_on), None)
    week = week_of(opened.case, today) if is_current else []
    pdf = render_pdf("plan", plan_document(opened, shown, goals, week, today, is_current))
    return document(pdf, f"genomforandeplan-{opened.case.number}-version-{shown.version}.pdf")


def document(pdf: bytes, name: str) -> HttpResponse:
    """A PDF to open in the browser, under a file name without a person's name."""
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def version_asked(request: Request, name: str) -> int | None:
    """A version's number out of the address; None if it is not a number."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


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
    opened = guided(request, case_id, "plan", also_at_rest=request.method == "POST")
    draft = plan_being_written(opened.case)
    if draft is None:
        return redirect("plan", case_id=case_id)
    today = timezone.localdate()
    units = {party.unit_id: party.unit for party in living_parties(opened.case, today) if party.unit}
    goals = goals_of([draft])[draft.pk]
    # A unit that has left the consent stays where it stands written, and cannot be chosen anew elsewhere.
    units |= {s.responsible_unit_id: s.responsible_unit for p in goals for s in p.sub_goals if s.responsible_unit}
    form = PlanForm(request.POST or None, goals=goals, units=units.values())
    context = {
        "opened": opened,
        "today": today,
        "plan": draft,
        "form": form,
        "removed": request.GET.get("borttaget", ""),
        "lacking": lacking_in_plan([opened.case]).get(opened.case.pk, []),
    }
    if request.method == "POST" and is_at_rest(opened):
        return unsaved(request, form, lambda: render(request, "plans/edit.html", context | {"rows": form.rows()}))
    if request.method == "POST":
        answer = save_plan(request, opened, draft, form)
        if answer is not None:
            return answer
    return render(request, "plans/edit.html", context | {"rows": form.rows()})


def save_plan(request: Request, opened: OpenCase, draft: Plan, form: PlanForm) -> HttpResponse | None:
    """Save what is right, do what the button says, and answer; None to show the form again with its errors."""
    at = timezone.now()
    is_right = form.is_valid()
    if is_right or is_autosave(request):
        actions.save_plan(plan=draft, words=form.words(), by=request.who, at=at)
    if is_autosave(request):
        return saved(request, form, at)
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
            actions.set_removed(row_of(draft, row_id), removed_at=at)
            return redirect(f"{page}?borttaget={row_id}")
        case "restore":
            actions.set_removed(row_of(draft, row_id, is_removed=True), removed_at=None)
            return redirect(f"{page}#rad-{row_id}")
    return redirect("plan", case_id=opened.case.pk)


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


def guided(request: Request, case_id: UUID, read: str, *, also_at_rest: bool = False) -> OpenCase:
    """The case of the supervisor who works with the person now; a 404 before the start and after the end.

    Raises ``AtRest`` while no consent holds, for ``writing`` to say.
    """
    opened = case_for(request, case_id, Permission.GUIDE, read=read)
    if not guides(opened):
        raise Http404
    if not also_at_rest and not may_write(opened):
        raise AtRest
    return opened


def is_autosave(request: Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def saved(request: Request, form: forms.Form, at: datetime) -> HttpResponse:
    """The answer to an autosave: when it was saved, or the first sentence of what to do (422)."""
    error = next((str(errors[0]) for errors in form.errors.values()), "")
    return render(request, "plans/saved.html", {"at": at, "error": error}, status=422 if error else 200)
