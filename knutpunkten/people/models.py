"""The person whose life it is: number and protection. Protected by the wall.

What somebody is called, and how to reach them, stands with the case, not here: a person known to
two agencies must not carry what one has written about them into the other's case.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Person(models.Model):
    """One person. Made only through ``people.actions.register``: see there why."""

    class Kind(models.TextChoices):
        PERSONNUMMER = "personnummer", "Personnummer"
        COORDINATION = "samordningsnummer", "Samordningsnummer"
        UNKNOWN = "okänt", "Okänt nummer"

    class Protection(models.TextChoices):
        NONE = "none", "Nej"
        MARKED = "sekretessmarkering", "Sekretessmarkering"
        HIDDEN = "skyddad folkbokföring", "Skyddad folkbokföring"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=12, null=True, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    unknown_reason = models.CharField(max_length=200, blank=True)
    # As the person has signed that it may be known: each case has its own until then (W5).
    protection = models.CharField(max_length=24, choices=Protection, default=Protection.NONE)
    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="person")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]{12}$") | Q(number__isnull=True) & ~Q(unknown_reason=""),
                name="twelve_digits_or_a_reason",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
