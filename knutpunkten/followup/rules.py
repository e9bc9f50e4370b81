"""Reading follow-ups (S10), and the days they can have been held."""

from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from knutpunkten.cases.models import Case
from knutpunkten.followup.models import FollowUp
from knutpunkten.plans.models import Plan
from knutpunkten.questions.remembered import remembered


def follow_ups(case: Case) -> list[FollowUp]:
    """The case's follow-ups that the wall lets the reader see, newest first. One statement."""
    rows = FollowUp.objects.filter(case=case).select_related("plan", "recorded_by")
    return list(rows.order_by("-held_on", "-recorded_at"))


def last_follow_up(case: Case) -> FollowUp | None:
    """The latest that the wall lets the reader see, with ``plan_version``. One statement."""
    return max(with_plan_version(case.pk), key=lambda one: (one.held_on, one.recorded_at), default=None)


def wrong_held_day(case: Case, plan: Plan | None, held_on: date) -> str:
    """What to mend in the day of a follow-up older than the last, or than *plan* in force; empty if nothing.

    Next meeting, scores and sub-goals are those of the one recorded last: an older one would overwrite what is newer.
    One statement.
    """
    last = last_follow_up(case)
    if last is not None and held_on < last.held_on:
        return f"Skriv en dag från och med förra uppföljningen, {last.held_on}"
    if plan is not None and plan.agreed_on is not None and held_on < plan.agreed_on:
        return f"Skriv en dag från och med den då ni kom överens om planen, {plan.agreed_on}"
    return ""


@remembered
def with_plan_version(case_id: UUID) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.filter(case=case_id).select_related("recorded_by")
    return rows.annotate(plan_version=F("plan__version"))
