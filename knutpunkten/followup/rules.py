"""Reading follow-ups (S10)."""

from knutpunkten.cases.models import Case
from knutpunkten.followup.models import FollowUp


def follow_ups(case: Case) -> list[FollowUp]:
    """The case's follow-ups that the wall lets the reader see, newest first. One statement."""
    rows = FollowUp.objects.filter(case=case).select_related("plan", "recorded_by")
    return list(rows.order_by("-held_on", "-recorded_at"))


def last_follow_up(case: Case) -> FollowUp | None:
    return FollowUp.objects.filter(case=case).select_related("plan").order_by("-held_on", "-recorded_at").first()
