"""Pages of work training and internships, within a case (L6)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Field
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.activities import actions
from knutpunkten.activities.guiding import Hindered, guided, writing
from knutpunkten.activities.models import Placement
from knutpunkten.activities.placement_forms import EndPlacementForm, PlacementForm
from knutpunkten.cases.access import OpenCase


@allowed(Permission.GUIDE)
@require_http_methods(["GET", "POST"])
@writing
def new_placement(request: Request, case_id: UUID) -> HttpResponse:
    """Plan work training or an internship."""
    opened = guided(request, case_id, "placement", asks=PlacementForm.base_fields)
    return edit(request, opened, Placement(case=opened.case))


@allowed(Permission.GUIDE)
@require_http_methods(["GET", "POST"])
@writing
def placement(request: Request, case_id: UUID, placement_id: UUID) -> HttpResponse:
    """Change one that has not ended."""
    asks = PlacementForm.base_fields
    opened = guided(request, case_id, "placement", asks=asks)
    return edit(request, opened, placement_in(opened, placement_id, asks))


@allowed(Permission.GUIDE)
@require_POST
@writing
def end_placement(request: Request, case_id: UUID, placement_id: UUID) -> HttpResponse:
    """End one before its time."""
    asks = EndPlacementForm.base_fields
    opened = guided(request, case_id, "placement", asks=asks)
    found = placement_in(opened, placement_id, asks)
    now = timezone.now()
    form = EndPlacementForm(request.POST, placement=found, today=timezone.localdate(now))
    if not form.is_valid():
        return page(request, opened, PlacementForm(instance=found), end=form)
    data = form.cleaned_data
    actions.end_placement(found, ended_on=data["ended_on"], why=data["why"], by=request.who, at=now)
    messages.success(request, f"{found.words}: avslutad {found.ended_on}.")
    return redirect("case", case_id=case_id)


def placement_in(opened: OpenCase, placement_id: UUID, asks: Mapping[str, Field]) -> Placement:
    """The case's placement, its row locked; a 404 for another case's. Raises ``Hindered`` for one that has ended."""
    one = Placement.objects.filter(pk=placement_id, case=opened.case).select_for_update(no_key=True).first()
    if one is None:
        raise Http404
    if one.ended_on:
        said = f"{one.words}: redan avslutad {one.ended_on}, så det går inte att ändra längre."
        raise Hindered(opened, said, asks)
    one.case = opened.case
    return one


def edit(request: Request, opened: OpenCase, found: Placement) -> HttpResponse:
    form = PlacementForm(request.POST if request.method == "POST" else None, instance=found)
    if not (request.method == "POST" and form.is_valid()):
        return page(request, opened, form)
    saved, now = form.save(commit=False), timezone.now()
    if saved._state.adding:
        actions.plan_placement(saved, by=request.who, at=now)
    else:
        why, changes = form.cleaned_data["why_changed"], form.changes()
        actions.change_placement(saved, why=why, changes=changes, by=request.who, at=now)
    messages.success(request, f"{saved.words}: sparat.")
    return redirect("case", case_id=opened.case.pk)


def page(request: Request, opened: OpenCase, form: PlacementForm, end: EndPlacementForm | None = None) -> HttpResponse:
    today = timezone.localdate()
    found = form.instance
    is_new = found._state.adding
    context: dict[str, Any] = {"opened": opened, "today": today, "form": form, "is_new": is_new, "placement": found}
    if not is_new and found.until_on > today:
        context["end"] = end or EndPlacementForm(initial={"ended_on": today}, placement=found, today=today)
    return render(request, "activities/placement.html", context, status=200)
