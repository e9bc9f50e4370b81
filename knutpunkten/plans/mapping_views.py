"""Pages of the mapping."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.activities.guiding import ENDED, guided, guides, is_at_rest, is_over, may_write, writing
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.actions import one_at_a_time
from knutpunkten.cases.models import Category
from knutpunkten.plans import actions
from knutpunkten.plans.forms import AreaForm
from knutpunkten.plans.models import MappingArea
from knutpunkten.plans.rules import AREA_CATEGORIES, areas_read, is_of_team, lacking_in_mapping
from knutpunkten.plans.writing import is_autosave, saved, too_late, unsaved

Area = MappingArea.Area


@allowed(Permission.SEE_CASES)
@require_GET
def mapping(request: Request, case_id: UUID) -> HttpResponse:
    """The five areas: written by the supervisor, read by others as far as they are disclosed (L3, W1)."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="mapping", shows=lambda it: it.follows)
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
        untold: list[Category] = []
    else:
        groups = [area_shown(area, rows[area], False, None) for area in Area if area in rows]
        told = {AREA_CATEGORIES[area] for area in rows}
        untold = [category for category in dict.fromkeys(AREA_CATEGORIES.values()) if category not in told]
    context = {
        "opened": opened,
        "today": timezone.localdate(),
        "areas": groups,
        "untold": [(category.label, category in opened.reads) for category in untold],
        "writes": writes,
        "at_rest": guides(opened) and is_at_rest(opened),
        "is_team": is_of_team(opened),
        "wrong": wrong,
        **how_far(opened, rows, writes),
    }
    return render(request, "plans/mapping.html", context)


def how_far(opened: OpenCase, rows: dict[str, MappingArea], writes: bool) -> dict[str, Any]:
    """How many areas are done, and what lacks in the others for whoever writes there."""
    lacking = lacking_in_mapping([opened.case]).get(opened.case.pk, []) if writes else []
    return {"done": sum(row.is_told for row in rows.values()), "total": len(Area), "lacking": lacking}


def area_shown(area: Area, row: MappingArea | None, writes: bool, wrong: AreaForm | None) -> dict[str, Any]:
    form = None
    if writes or (wrong is not None and wrong.prefix == area):
        form = wrong if wrong is not None and wrong.prefix == area else area_form(area, row)
    return {"area": area, "row": row, "form": form, "category": AREA_CATEGORIES[area].label}


def area_form(area: str, row: MappingArea | None, sent: Any = None) -> AreaForm:
    initial = {name: getattr(row, name) for name in actions.AREA_WORDS} if row else None
    return AreaForm(sent, prefix=area, initial=initial)


@allowed(Permission.GUIDE)
@require_POST
@writing
def save_area(request: Request, case_id: UUID, area: str) -> HttpResponse:
    """Save one area; also while one writes (htmx), with what was right even if something was not."""
    opened = guided(request, case_id, "mapping", also_at_rest=True, also_over=True)
    if area not in Area.values:
        raise Http404
    one_at_a_time(opened.case)
    form = area_form(area, actions.locked_area.first(case_id, area), request.POST)
    at = timezone.now()
    if is_over(opened):
        return too_late(request, opened, form, ENDED, to="mapping")
    if is_at_rest(opened):
        return unsaved(request, form, partial(mapping_page, request, opened, form))
    if (form.is_valid() or is_autosave(request)) and form.is_news:
        actions.save_area(case=opened.case, area=area, words=form.cleaned_data, by=request.who, at=at)
    if is_autosave(request):
        rows = areas_read(opened)
        return saved(request, form, at, area=Area(area), row=rows.get(area), **how_far(opened, rows, writes=True))
    if not form.is_valid():
        return mapping_page(request, opened, form)
    return redirect(f"{reverse('mapping', args=[case_id])}#{area}")


@allowed(Permission.GUIDE)
@require_POST
@writing
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
