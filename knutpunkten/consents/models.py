"""The signed consent (S4, K2, W1): its evidence. Whom it names stands in ``cases.Party``, the grounds."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from knutpunkten.cases.models import Case
from knutpunkten.documents.models import StoredFile
from knutpunkten.organisations.models import Unit


class Consent(models.Model):
    """A consent on paper: for what, signed when, before whom. A new case needs a new one."""

    class How(models.TextChoices):
        PHONE = "phone", "Per telefon"
        MEETING = "meeting", "Vid ett möte"
        WRITING = "writing", "Skriftligt"
        PAGE = "page", "På Min sida"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="consents")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    purpose = models.TextField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    guardian = models.CharField(max_length=120, blank=True)
    notice_version = models.PositiveSmallIntegerField()
    signed_on = models.DateField(null=True)
    witness = models.CharField(max_length=120, blank=True)
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # What the person wants to share, before it is signed: [{"unit": id, "categories": [...]}], with "from" and "until"
    # where a party's own time is shorter than the consent's. The wall lets no ground be wider (``named_in_consent``).
    draft_parties = models.JSONField(default=list)
    # What is said of them on the paper in words of today: names of units, meanings of categories (``paper.words_now``).
    # And when the part of any of them was taken back last, for a new paper to have a new mark. Empty of those written
    # before it was kept.
    words = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_how = models.CharField(max_length=10, choices=How, blank=True)
    withdrawn_taken_by = models.CharField(max_length=120, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=models.F("valid_from")), name="consent_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True) | ~Q(witness=""), name="a_signature_has_a_witness"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_how=""), name="a_withdrawal_says_how"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}–{self.valid_until}"
