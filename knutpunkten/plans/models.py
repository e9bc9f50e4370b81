"""Mapping and plan (S14, L3, L5): goals in the person's own words, sub-goals with responsible and dates."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from knutpunkten.cases.models import Case, Category
from knutpunkten.organisations.models import Unit


def zero_to_ten(field: str) -> Q:
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0, f"{field}__lte": 10})


class MappingArea(models.Model):
    """One area of the *kartläggning*: the person's own words apart from staff's."""

    class Area(models.TextChoices):
        BASIC = "basic", "Grundläggande behov"
        SOCIAL = "social", "Sociala behov"
        PHYSICAL = "physical", "Fysiska behov"
        PSYCHOLOGICAL = "psychological", "Psykiska behov"
        WORK = "work", "Arbete och studier"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="mapping")
    area = models.CharField(max_length=15, choices=Area)
    category = models.CharField(max_length=20, choices=Category)
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    own_words = models.TextField(blank=True)
    staff_words = models.TextField(blank=True)
    resources = models.TextField(blank=True)
    obstacles = models.TextField(blank=True)
    score = models.PositiveSmallIntegerField(null=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    disclosed_at = models.DateTimeField(null=True)
    disclosed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    disclosed_under = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "area"], name="one_mapping_of_an_area"),
            models.CheckConstraint(condition=zero_to_ten("score"), name="mapping_score_zero_to_ten"),
        ]

    def __str__(self) -> str:
        return self.get_area_display()

    @property
    def is_told(self) -> bool:
        """Whether it says what the person or staff say of it, which an area that is done does (S14)."""
        return bool(self.own_words or self.staff_words)

    @property
    def is_begun(self) -> bool:
        return bool(self.is_told or self.resources or self.obstacles or self.score is not None)


class Plan(models.Model):
    """A version of the *genomförandeplan*. Not agreed: being written. A newer version replaces it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="plans")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    participation = models.TextField(blank=True)  # how the person took part
    who_took_part = models.TextField(blank=True)
    agreed_on = models.DateField(null=True)
    next_follow_up_on = models.DateField(null=True)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(agreed_on__isnull=True), name="one_plan_being_written"
            ),
            models.CheckConstraint(
                condition=Q(agreed_on__isnull=True) | ~Q(participation=""),
                name="an_agreed_plan_says_how_the_person_took_part",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"


class Goal(models.Model):
    """A goal in the person's own words. ``lineage`` stays the same from version to version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="goals")
    case = models.ForeignKey(Case, models.PROTECT, related_name="goals")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    lineage = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField()
    own_words = models.CharField(max_length=300, blank=True)
    why = models.CharField(max_length=500, blank=True)
    score = models.PositiveSmallIntegerField(null=True)
    # [{"on": "2026-10-08", "score": 5}], oldest first: where the person was when plan and follow-ups were agreed.
    scores = models.JSONField(default=list)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "lineage"], name="goal_once_in_a_version"),
            models.CheckConstraint(condition=zero_to_ten("score"), name="goal_score_zero_to_ten"),
        ]

    def __str__(self) -> str:
        return self.own_words


class SubGoal(models.Model):
    """A *delmål*: what, who is responsible, from, to, how and when it is followed up."""

    class State(models.TextChoices):
        NOT_BEGUN = "not_begun", "Ej påbörjat"
        UNDER_WAY = "under_way", "Pågår"
        DONE = "done", "Klart"
        DROPPED = "dropped", "Utgår"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="sub_goals")
    case = models.ForeignKey(Case, models.PROTECT, related_name="sub_goals")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    lineage = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField()
    # What lacks in a row being written, ``rules.lacking_in_plan`` says before it can be agreed.
    what = models.CharField(max_length=300, blank=True)
    # Who is responsible: the person themself, or a named somebody, with the unit if there is one.
    responsible = models.CharField(max_length=120, blank=True)
    responsible_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    from_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    follow_up = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NOT_BEGUN)
    done_on = models.DateField(null=True)
    marked_at = models.DateTimeField(null=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["goal", "lineage"], name="sub_goal_once_in_a_goal"),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("from_on")),
                name="sub_goal_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(state="done"), name="done_on_a_day_only_if_done"
            ),
        ]
        indexes: ClassVar = [
            # What is late: by unit for those who answer for it, by day for those who guide.
            models.Index(
                fields=["responsible_unit", "due_on"],
                condition=Q(state__in=["not_begun", "under_way"], removed_at__isnull=True),
                name="sub_goal_undone",
            ),
        ]

    def __str__(self) -> str:
        return self.what
