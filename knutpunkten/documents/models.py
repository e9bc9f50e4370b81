"""Enclosed files and scans: rows like everything else that has a category, so that the wall hides them.

The content stands in the database: nothing lives on only one web machine's disk.
"""

import uuid

from django.conf import settings
from django.db import models

from knutpunkten.cases.models import Case, Category
from knutpunkten.organisations.models import Unit


class StoredFile(models.Model):
    """A file somebody enclosed: an investigation (S5), with what a unit knows (S6), a scan of a signed paper."""

    class Purpose(models.TextChoices):
        INVESTIGATION = "investigation", "Utredning"
        KNOWLEDGE = "knowledge", "Uppgift till mötet"
        CONSENT = "consent", "Påskrivet samtycke"
        CONTRACT = "contract", "Påskrivet kontrakt"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="files")
    purpose = models.CharField(max_length=15, choices=Purpose)
    category = models.CharField(max_length=20, choices=Category)
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    disclosed_at = models.DateTimeField(null=True)
    disclosed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    disclosed_under = models.UUIDField(null=True)

    def __str__(self) -> str:
        return self.name
