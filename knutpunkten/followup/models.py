"""Follow-up meetings (S10): the plan is the agenda."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Unit
from knutpunkten.plans.models import Plan


class FollowUp(models.Model):
    """A meeting where the plan was gone through, goal by goal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="follow_ups")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    held_on = models.DateField()
    who_took_part = models.TextField()
    # [{"lineage": goal, "goal": its own words then, "score": 0–10 or null, "words": how it went}]: goal by goal.
    goals = models.JSONField(default=list)
    agreed = models.TextField()
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="+")  # the version confirmed or made
    is_revised = models.BooleanField(default=False)
    next_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.held_on)

    @property
    def told(self) -> list[dict[str, Any]]:
        """The goals of which somebody said how it had gone."""
        return [goal for goal in self.goals if goal["words"]]
