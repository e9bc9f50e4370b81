"""Loggkontroll: each month some of what has been read is gone through by somebody who sees no case (W4).

The log itself is never copied here: an item names its row. ``LogRow`` is the log as the reviewer may see it.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from knutpunkten.organisations.models import Association


class Round(models.Model):
    """A month's *loggkontroll* of one association: drawn by the worker when the month is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    association = models.ForeignKey(Association, models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    drawn_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["association", "month"], name="one_round_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="a_month_by_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Rule(models.TextChoices):
    """Why a row is to be looked at."""

    OWN_NAME = "own_name", "Eget namn"
    SAME_SURNAME = "same_surname", "Samma efternamn"
    SAME_CONTACT = "same_contact", "Samma telefon eller e-post"
    PROTECTED = "protected", "Skyddade personuppgifter"
    OUTSIDE = "outside", "Utanför egen enhet"
    VOLUME = "volume", "Ovanligt många på en dag"
    SAMPLE = "sample", "Stickprov"


class Outcome(models.TextChoices):
    """How far the reviewer has come: to ask is on the way, the others are what they found."""

    RIGHT = "right", "Hör till arbetet"
    ASKED = "asked", "Frågat enhetens chef, väntar på svar"
    WRONG = "wrong", "Obehörig, anmäld till chefen"


CONCLUSIONS = (Outcome.RIGHT, Outcome.WRONG)


class Item(models.Model):
    """One row of the log to look at, once: whose it was, and why; then what the reviewer found."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="items")
    entry_id = models.UUIDField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Each rule that found it, with how often in the month; of "volume" with how many persons that day.
    reasons = models.JSONField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    comment = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "entry_id"], name="looked_at_once"),
            models.CheckConstraint(condition=~Q(reasons={}), name="looked_at_for_a_reason"),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")), name="nobody_reviews_themselves"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(reviewed_by__isnull=False, outcome__in=CONCLUSIONS),
                name="closed_by_somebody_with_a_conclusion",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(outcome=Outcome.RIGHT) | ~Q(comment=""),
                name="what_is_not_right_is_explained",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["round", "closed_at"], name="review_open_items")]

    def __str__(self) -> str:
        return f"{', '.join(str(rule.label) for rule, _ in self.why)}, {self.user}"

    @property
    def why(self) -> list[tuple[Rule, int]]:
        """The reasons in the order of ``Rule``."""
        return [(rule, self.reasons[rule]) for rule in Rule if rule in self.reasons]

    @property
    def seen(self) -> str:
        """What a page that shows the item has seen of it: when somebody last reviewed it."""
        return self.reviewed_at.isoformat() if self.reviewed_at else ""


class Why(models.TextChoices):
    """Why a person is looked up in the log. Chosen and not written: the log is kept for ever, and holds no words of anybody's."""

    ASKED = "asked", "Personen har frågat"
    ON_BEHALF = "on_behalf", "Någon som företräder personen har frågat"
    SUSPECTED = "suspected", "Någon kan ha läst utan att behöva det"
    SUPERVISED = "supervised", "Dataskyddsombudet eller en tillsynsmyndighet har frågat"


class LogRow(models.Model):
    """The log as the reviewer sees it: a view of the wall's (``wall/review.sql``), empty for everybody else.

    Who, hat, unit, when, what kind of thing or deed, from where; the case by its number, the person by a reference,
    a colleague whom it concerned by their account.
    """

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    role = models.CharField(max_length=15)
    unit_id = models.UUIDField(null=True)
    address = models.GenericIPAddressField(null=True)
    event = models.CharField(max_length=40)
    what = models.CharField(max_length=40)
    number = models.CharField(max_length=12, null=True)
    person = models.CharField(max_length=8, null=True)
    person_ref = models.UUIDField(null=True)
    is_reading = models.BooleanField()
    whom_id = models.UUIDField(null=True)
    # Of what was saved in the settings: the fields that were changed, and whose; null where nothing was.
    fields = models.TextField()
    setting = models.TextField(null=True)
    # Of a role that was moved.
    unit_was = models.UUIDField(null=True)
    unit_is = models.UUIDField(null=True)
    case_ref = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "review_log"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"
