"""Protected identity: who may read about a person whom nobody else may find (W5)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Unit


class WhyOver(models.TextChoices):
    """How it is known that somebody is protected no longer. From a list: the log holds nothing that was written."""

    LIFTED = "lifted", "Skatteverket har tagit bort skyddet"
    RAN_OUT = "ran_out", "Skyddet gällde till en viss dag, och den har varit"
    MISTAKE = "mistake", "Det skrevs in av misstag: personen har inget skydd"


class NamedReader(models.Model):
    """Somebody who may read one protected person's case, for their unit, from a day until a day.

    Narrows the unit's ground and gives none of its own: without a living ``cases.Party`` it opens
    nothing. Written by the database's own functions (``wall/protected.sql``). *given_by* is empty for
    whoever is responsible: the caseworker who began the case, the supervisor it was allocated to.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="named_readers")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_until = models.DateField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="a_reader_ends_after_they_begin"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_reader_for_a_reason"),
            models.UniqueConstraint(
                fields=["case", "user", "unit"], condition=Q(ended_at__isnull=True), name="named_once_at_a_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "unit"], condition=Q(ended_at__isnull=True), name="reader_reads")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.valid_until}"
