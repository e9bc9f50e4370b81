"""Places, the queue for them, and offers (S7, S8).

``Place`` and ``Ticket`` carry nobody: they are counted across secrecy. Counting through visible
cases would "free" a place when a consent is withdrawn. ``Holding``, ``Waiting`` and ``Offer`` tie
them to a case, behind the wall.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Programme, Unit


class Place(models.Model):
    """One of a programme's places. An offered place counts as taken."""

    class State(models.TextChoices):
        FREE = "free", "Ledig"
        OFFERED = "offered", "Erbjuden"
        TAKEN = "taken", "Upptagen"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="place_rows")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.FREE)
    since = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "number"], name="place_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_state_display()}"


class Ticket(models.Model):
    """A number in the queue of a programme: who came first stands first, whoever may see whom."""

    class State(models.TextChoices):
        WAITING = "waiting", "Väntar"
        OFFERED = "offered", "Erbjuden plats"
        LEFT = "left", "Lämnat kön"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="tickets")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    since = models.DateTimeField()  # days waited are counted from here, whatever was declined on the way
    order_at = models.DateTimeField()  # who declines stands last, as if they had come now

    class Meta:
        ordering: ClassVar = ["order_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["programme", "order_at"], name="queue_order", condition=~Q(state="left"))
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}"


class Waiting(models.Model):
    """Which case holds which ticket."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, primary_key=True, related_name="waiting")
    case = models.ForeignKey(Case, models.PROTECT, related_name="waits")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.ticket_id)


class Offer(models.Model):
    """A place offered to a case in the queue. It never lapses by itself."""

    class AnswerKind(models.TextChoices):
        WAITS = "", "Väntar på svar"
        ACCEPTED = "accepted", "Tackat ja"
        DECLINED = "declined", "Tackat nej"
        WITHDRAWN = "withdrawn", "Återtagen"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="offers")
    place = models.ForeignKey(Place, models.PROTECT, related_name="offers")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    out_of_order_reason = models.TextField(blank=True)
    answer_by = models.DateField()
    answer = models.CharField(max_length=10, choices=AnswerKind, default=AnswerKind.WAITS, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(answer=""), name="one_open_offer_per_case"),
            models.UniqueConstraint(fields=["place"], condition=Q(answer=""), name="one_open_offer_per_place"),
        ]

    def __str__(self) -> str:
        return self.get_answer_display()


class Answer(models.Model):
    """Why a place was declined, or the offer taken back: a row of whoever answered, for the offer is the team's.

    The caseworker's unit answers, or the team where no answer came in time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.OneToOneField(Offer, models.PROTECT, related_name="why")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    reason = models.TextField()

    def __str__(self) -> str:
        return self.reason


class Holding(models.Model):
    """Which case has which place, from, to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="holdings")
    place = models.ForeignKey(Place, models.PROTECT, related_name="holdings")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place"], condition=Q(until_at__isnull=True), name="one_in_a_place"),
            models.UniqueConstraint(fields=["case"], condition=Q(until_at__isnull=True), name="one_place_per_case"),
        ]

    def __str__(self) -> str:
        return str(self.place_id)
