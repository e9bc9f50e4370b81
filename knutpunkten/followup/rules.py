"""Reading follow-ups (S10)."""

from django.db.models import F

from knutpunkten.cases.models import Case
from knutpunkten.followup.models import FollowUp


def follow_ups(case: Case) -> list[FollowUp]:
    """The case's follow-ups that the wall lets the reader see, newest first. One statement."""
    rows = FollowUp.objects.filter(case=case).select_related("plan", "recorded_by")
    return list(rows.order_by("-held_on", "-recorded_at"))


def last_follow_up(case: Case) -> FollowUp | None:
    """The latest that the wall lets the reader see, with ``plan_version``. One statement."""
    rows = FollowUp.objects.filter(case=case).select_related("recorded_by").annotate(plan_version=F("plan__version"))
    return max(rows, key=lambda one: (one.held_on, one.recorded_at), default=None)
