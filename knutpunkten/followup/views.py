"""The follow-up's page: the plan as the agenda, and the meetings before (S10)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.activities.guiding import guides, is_at_rest, may_write
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.models import Category
from knutpunkten.followup.forms import FollowUpForm
from knutpunkten.followup.rules import follow_ups
from knutpunkten.plans.rules import may_read_plan, next_follow_up
from knutpunkten.plans.shown import shown_sub_goal


@allowed(Permission.SEE_CASES)
@require_GET
def follow_up(request: Request, case_id: UUID) -> HttpResponse:
    """Goal by goal for the supervisor; for the other parties what the meetings agreed (S10, W1)."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="follow_up", shows=may_read_plan)
    return follow_up_page(request, opened)


def follow_up_page(request: Request, opened: OpenCase, wrong: FollowUpForm | None = None) -> HttpResponse:
    """The page; *wrong* is the form as it was sent, with its errors."""
    today = timezone.localdate()
    context: dict[str, Any] = {"opened": opened, "today": today}
    if not may_read_plan(opened):
        return render(request, "plans/not_shared.html", context | {"heading": Category.PLANNING.label})
    context["earlier"] = follow_ups(opened.case)
    context["at_rest"] = guides(opened) and is_at_rest(opened)
    # Sent after the consent was taken back: what was typed stays on the page.
    if (may_write(opened) or wrong) and opened.case.plan_agreed_at is not None:
        context |= agenda(opened, today, wrong)
    return render(request, "followup/follow_up.html", context)


def agenda(opened: OpenCase, today: date, wrong: FollowUpForm | None) -> dict[str, Any]:
    """The form with the plan's goals, and each sub-goal as it stands."""
    form = wrong or FollowUpForm(initial=initial(opened, today), case=opened.case, who=opened.who)
    rows = form.by_goal()
    for row in rows:
        row["states"] = [(shown_sub_goal(sub_goal, today, opened.case), field) for sub_goal, field in row["states"]]
    general = [name for name in ("plan", "participation", "agreed", "next_on", "planned_end_on") if name in form.fields]
    return {"form": form, "rows": rows, "general": [form[name] for name in general]}


def initial(opened: OpenCase, today: date) -> dict[str, Any]:
    """Today, and the programme's interval to the next one."""
    return {
        "held_on": today,
        "next_on": next_follow_up(opened.case.programme, today, opened.case.planned_end_on),
        "planned_end_on": opened.case.planned_end_on,
    }
