"""Reading follow-ups (S10)."""

from uuid import UUID

from django.db.models import F, QuerySet

from knutpunkten.cases.models import Case
from knutpunkten.followup.models import FollowUp
from knutpunkten.questions.remembered import remembered


def follow_ups(case: Case) -> list[FollowUp]:
    """The case's follow-ups that the wall lets the reader see, newest first. One statement."""
    rows = FollowUp.objects.filter(case=case).select_related("plan", "recorded_by")
    return list(rows.order_by("-held_on", "-recorded_at"))


def last_follow_up(case: Case) -> FollowUp | None:
    """The latest that the wall lets the reader see, with ``plan_version``. One statement."""
    return max(with_plan_version(case.pk), key=lambda one: (one.held_on, one.recorded_at), default=None)


@remembered
def with_plan_version(case_id: UUID) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.filter(case=case_id).select_related("recorded_by")
    return rows.annotate(plan_version=F("plan__version"))
