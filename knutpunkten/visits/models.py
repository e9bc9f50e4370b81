"""Study visits without commitment (S2, L8): times, and bookings that carry no person."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from knutpunkten.organisations.models import Programme, Unit

MOVED_TO = "Flyttad till"


class Slot(models.Model):
    """A time for visits. Generated from the programme's rule; the coordinator confirms, cancels or moves."""

    class State(models.TextChoices):
        TO_CONFIRM = "to_confirm", "Behöver bekräftas"
        OPEN = "open", "Öppen"
        CANCELLED = "cancelled", "Inställd"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seats = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    taken = models.PositiveSmallIntegerField(default=0)
    # Why somebody must look at it: the name of the holiday or eve it falls on.
    reason = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "starts_at"], name="one_slot_at_a_time"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(taken__lte=F("seats")), name="no_more_visitors_than_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def was_moved(self) -> bool:
        """Whether it is cancelled because its visit was moved; ``reason`` says to which day."""
        return self.state == self.State.CANCELLED and self.reason.startswith(MOVED_TO)

    @property
    def left_words(self) -> str:
        """3 av 6 platser kvar; Fullbokat."""
        left = self.seats - self.taken
        return f"{left} av {self.seats} platser kvar" if left else "Fullbokat"


class Booking(models.Model):
    """A unit's booking of a visit. Before consent it carries no person: who books, how many, what they need."""

    class Wish(models.TextChoices):
        APPLY = "apply", "Vill ansöka"
        NOT = "not", "Vill inte ansöka"
        THINKING = "thinking", "Vill fundera"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="bookings")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    team = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    how_many = models.PositiveSmallIntegerField()
    interpreter = models.CharField(max_length=60, blank=True)
    accessibility = models.CharField(max_length=300, blank=True)
    own_reference = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30)
    cancelled_at = models.DateTimeField(null=True)
    came = models.BooleanField(null=True)
    wish = models.CharField(max_length=10, choices=Wish, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(how_many__gte=1), name="somebody_comes"),
        ]

    def __str__(self) -> str:
        return f"{self.how_many} besökare"
