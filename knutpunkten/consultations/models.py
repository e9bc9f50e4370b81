"""Advice to a caseworker, without a place (K1–K5)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Unit


class Advice(models.Model):
    """What a consultation gave: who was present, what information was given, what was advised."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="advice")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    present = models.TextField()
    given = models.TextField()
    advised = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "advice"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(advised=""), name="advice_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.recorded_at:%Y-%m-%d}"
