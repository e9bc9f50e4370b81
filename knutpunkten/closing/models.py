"""Closing meeting, final report and onward plan (S11, S14)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Unit


class Closing(models.Model):
    """The closing meeting and the final report, handed over to the caseworker."""

    class Outcome(models.TextChoices):
        WORK = "work", "Självförsörjande genom arbete"
        STUDIES = "studies", "Självförsörjande genom studier"
        MORE = "more", "Närmare egen försörjning än förut"
        RIGHT = "right", "Rätt ersättning eller insats"
        OTHER = "other", "Annat"

    class Exemption(models.TextChoices):
        NONE = "", "Nej"
        UNREACHABLE = "unreachable", "Går inte att nå"
        DECEASED = "deceased", "Har avlidit"
        UNWILLING = "unwilling", "Vill inte"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="closing")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    is_planned = models.BooleanField(null=True)  # None until somebody has said which
    early_reason = models.TextField(blank=True)
    met_on = models.DateField(null=True)
    who_took_part = models.TextField(blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    other_outcome = models.CharField(max_length=200, blank=True)  # in words, where none of them fits
    result = models.TextField(blank=True)
    judgement = models.TextField(blank=True)
    suggestions = models.TextField(blank=True)
    own_words = models.TextField(blank=True)
    exemption = models.CharField(max_length=12, choices=Exemption, default=Exemption.NONE, blank=True)
    what_was_tried = models.TextField(blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_over_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(handed_over_at__isnull=True) | ~Q(outcome="") & ~Q(result="") & Q(is_planned__isnull=False),
                name="a_report_handed_over_says_how_it_went",
            ),
            models.CheckConstraint(
                condition=Q(exemption="") | Q(handed_over_at__isnull=True) | ~Q(what_was_tried=""),
                name="an_exemption_says_what_was_tried",
            ),
            models.CheckConstraint(
                condition=Q(other_outcome="") | Q(outcome="other"), name="an_outcome_in_words_is_another"
            ),
        ]

    def __str__(self) -> str:
        return self.outcome_words

    @property
    def outcome_words(self) -> str:
        """Annat: flyttade till en annan kommun."""
        return ": ".join(filter(None, (self.get_outcome_display(), self.other_outcome)))

    @property
    def has_report(self) -> bool:
        """Whether anything is written in the final report yet."""
        return bool(self.result or self.judgement or self.suggestions or self.own_words)


class OnwardPlan(models.Model):
    """Who carries on, with what, from when, where it is not work or studies (S11)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="onward_plan")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    receiver = models.CharField(max_length=120)
    receiver_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    elsewhere = models.CharField(max_length=200, blank=True)  # where, and how to reach them, if of none of the parties
    what = models.TextField()
    from_on = models.DateField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(receiver_unit__isnull=True) | Q(elsewhere=""),
                name="who_carries_on_is_of_a_party_or_elsewhere",
            )
        ]

    def __str__(self) -> str:
        return self.receiver

    @property
    def where(self) -> str:
        """The unit they carry on from, or where else and how to reach them; empty where nobody was asked."""
        return self.receiver_unit.full_name if self.receiver_unit else self.elsewhere
