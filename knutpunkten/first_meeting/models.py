"""Allocation, the decision on the service, the first meeting, contract and privacy notice (S9, S12, L11)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from knutpunkten.cases.models import Case
from knutpunkten.documents.models import StoredFile
from knutpunkten.organisations.models import Unit


class ServiceDecision(models.Model):
    """The *beslut om insats*: the caseworker's own, in their own authority (S12)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="service_decisions")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    decided_on = models.DateField()
    by_whom = models.CharField(max_length=120)
    own_reference = models.CharField(max_length=60)
    until = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("decided_on")),
                name="service_ends_after_its_decision",
            )
        ]

    def __str__(self) -> str:
        return self.own_reference


class FirstMeeting(models.Model):
    """The first information and assessment meeting; there start date, hours and content are agreed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="first_meetings")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    # [{"name": ..., "role": ..., "user": id or null}]
    invited = models.JSONField(default=list)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    held_on = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    weekly_hours = models.PositiveSmallIntegerField(null=True)
    fewer_hours_reason = models.TextField(blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    content = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="first_meeting_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Signature(models.Model):
    """Contract or privacy notice, signed on paper; the notice may also be given without a signature."""

    class What(models.TextChoices):
        CONTRACT = "contract", "Kontrakt"
        PRIVACY = "privacy", "Dataskyddsinformation"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="signatures")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    what = models.CharField(max_length=8, choices=What)
    on_date = models.DateField()
    is_signed = models.BooleanField(default=True)  # otherwise: informed, did not want to sign
    witness = models.CharField(max_length=120)
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "what"], name="signed_once"),
            models.CheckConstraint(condition=Q(is_signed=True) | Q(what="privacy"), name="a_contract_is_signed"),
        ]

    def __str__(self) -> str:
        return self.get_what_display()
