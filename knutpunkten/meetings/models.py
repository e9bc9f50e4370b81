"""The monthly case meeting (S6, S7, K4, K5, L10): agenda, gathered information, decisions, besked."""

import uuid
from datetime import UTC, date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import DateField, F, Func, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from knutpunkten.cases.models import Case, Category
from knutpunkten.organisations.models import CaseKind, Programme, Unit

# A meeting held before its planned day counts on the day it was: its planned day and time are free for another.
HELD_EARLY = Q(state="held", began_on__isnull=False)
MET_ON = Coalesce("began_on", "starts_at__date")  # ``Meeting.met_on``, of rows not loaded


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def ahead(self, at: datetime) -> "MeetingQuerySet":
        """Those not over at *at*, neither held nor called off, the next first: one begun before its day on the day it began."""
        return self.filter(ends_at__gt=at).to_be_held().order_by(MET_ON, "starts_at", "programme__name")

    def from_today(self) -> "MeetingQuerySet":
        """Those from the wall's own today on that may be chosen: for forms, which have no clock but the database's."""
        today = Func(function="app_today", output_field=DateField())
        return self.filter(starts_at__date__gte=today).to_be_put_on().order_by("starts_at", "programme__name")

    def to_be_put_on(self) -> "MeetingQuerySet":
        """Those to be held, but for one that has begun before its day: who is asked there has had no days to answer."""
        return self.to_be_held().filter(began_on__isnull=True)

    def to_be_held(self) -> "MeetingQuerySet":
        """Those neither held nor called off."""
        return self.exclude(state__in=Meeting.OVER)


def names_in(guests: str) -> list[str]:
    return [line.strip() for line in guests.splitlines() if line.strip()]


class Meeting(models.Model):
    """An *ärendemöte*. Consultations stand first on its agenda, then cases (K5)."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planerat"
        AGENDA = "agenda", "Dagordningen är lagd"
        HELD = "held", "Hållet"
        CALLED_OFF = "off", "Inställt"

    OVER: ClassVar[tuple[str, ...]] = (State.HELD, State.CALLED_OFF)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    guests = models.TextField(blank=True, default="")  # who else was there, one a line; no accounts, and no grounds
    guests_left = models.TextField(blank=True, default="")  # who of them went before the end
    called_off_at = models.DateTimeField(null=True)
    called_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Why, of the meeting itself: asked where something stands on it. Nothing of anybody's case.
    called_off_because = models.CharField(max_length=300, blank=True, default="")
    began_on = models.DateField(null=True)  # where the group met on another day than the planned one, before it

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "starts_at"],
                condition=~HELD_EARLY,
                name="one_meeting_at_a_time",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d}"

    @property
    def is_over(self) -> bool:
        return self.state in self.OVER

    @property
    def over_words(self) -> str:
        """Why nothing more is done with a meeting that is over."""
        return f"Mötet är redan {self.get_state_display().lower()}."

    @property
    def is_called_off(self) -> bool:
        return self.state == self.State.CALLED_OFF

    def may_be_restored(self, at: datetime) -> bool:
        """Whether it was called off and its time lies ahead of *at*: then it can still be held."""
        return self.is_called_off and self.starts_at > at

    def has_begun(self, at: datetime) -> bool:
        """Whether the group meets, or has met, at *at*: at the planned time, or since it began before that."""
        return self.began_on is not None or self.starts_at <= at

    @property
    def planned_on(self) -> date:
        return timezone.localdate(self.starts_at)

    @property
    def met_on(self) -> date:
        """The day the group met: the planned one, unless it met before."""
        return self.began_on or self.planned_on

    @property
    def guest_names(self) -> list[str]:
        """Each with whom they stand for, as the coordinator wrote it."""
        return names_in(self.guests)

    @property
    def guest_names_left(self) -> list[str]:
        return names_in(self.guests_left)

    @property
    def is_early(self) -> bool:
        """Whether the group met on another day than the planned one, which is then said beside it."""
        return not self.is_called_off and self.met_on != self.planned_on

    @property
    def as_planned(self) -> str:
        """Its times and place in a word: whoever changes it says which they saw."""
        return f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%M}-{self.ends_at.astimezone(UTC):%Y%m%dT%H%M} {self.place}"


class AgendaItem(models.Model):
    """A case on a meeting's agenda, by number. ``purpose``: announced only, decided, or consulted."""

    class Purpose(models.TextChoices):
        CONSULT = "consult", "Konsultation"
        ANNOUNCE = "announce", "Anmälan"
        DECIDE = "decide", "Besked"

    class Outcome(models.TextChoices):
        WAITS = "", "Väntar"
        ADVISED = "advised", "Råd lämnat"
        ANNOUNCED = "announced", "Anmäld"
        PLACE = "place", "Plats"
        QUEUE = "queue", "Kö"
        RETURN = "return", "Återremiss"
        POSTPONED = "postponed", "Nästa möte"
        WITHDRAWN = "withdrawn", "Utgår"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    # The case by id and number only: the row is open to those at the meeting, the case is not.
    case_id = models.UUIDField()
    number = models.CharField(max_length=12)
    kind = models.CharField(max_length=15, choices=CaseKind)
    purpose = models.CharField(max_length=8, choices=Purpose)
    position = models.PositiveSmallIntegerField()
    times_before = models.PositiveSmallIntegerField(default=0)  # up at so many meetings before this one
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITS, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "case_id", "purpose"], name="case_once_on_an_agenda"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_put_off(self) -> bool:
        """Whether it is taken up at another meeting instead."""
        return self.outcome == self.Outcome.POSTPONED


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def here(self) -> "AttendeeQuerySet":
        """Those who have not left: whom the room's screen must not show more than they may see."""
        return self.filter(left_at__isnull=True)


class Attendee(models.Model):
    """Somebody of the group, or a caseworker with a consultation, who was at the meeting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendees")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True)  # since when they are not there, of a meeting that had begun

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "user"], name="present_once"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Knowledge(models.Model):
    """What a unit knows about the person (*inhämtad uppgift*, S6). Not shared until disclosed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="knowledge")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, choices=Category)
    text = models.TextField()
    can_contribute = models.TextField(blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    disclosed_at = models.DateTimeField(null=True)
    disclosed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    disclosed_under = models.UUIDField(null=True)

    class Meta:
        verbose_name_plural = "knowledge"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "author_unit", "category"], name="one_knowledge_per_category"),
            models.CheckConstraint(
                condition=Q(disclosed_at__isnull=True, disclosed_by__isnull=True, disclosed_under__isnull=True)
                | Q(disclosed_at__isnull=False, disclosed_by__isnull=False, disclosed_under__isnull=False),
                name="disclosed_by_somebody_under_a_consent",
            ),
        ]

    def __str__(self) -> str:
        return self.get_category_display()

    @property
    def is_written(self) -> bool:
        return bool(self.text or self.can_contribute)


class Decision(models.Model):
    """What the group gave: place, queue or return, why, who goes on, by when (S7). Not an authority's decision.

    Postponing stands here too, for its reason is about the case and must not lie open on the agenda.
    """

    class Which(models.TextChoices):
        PLACE = "place", "Plats"
        QUEUE = "queue", "Kö"
        RETURN = "return", "Återremiss"
        LATER = "later", "Nästa möte"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    which = models.CharField(max_length=6, choices=Which)
    reason = models.TextField()
    what_would_change_it = models.TextField(blank=True)
    passed_over_reason = models.TextField(blank=True)
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(which="return") | ~Q(what_would_change_it=""), name="a_return_says_what_would_change_it"
            ),
        ]

    def __str__(self) -> str:
        return self.get_which_display()


class Notice(models.Model):
    """The *besked* to the caseworker: place, queue or return; what was said, how, when (S7, S13)."""

    class How(models.TextChoices):
        PHONE = "phone", "Per telefon"
        MEETING = "meeting", "Vid ett möte"
        HERE = "here", "Här i Knutpunkten"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="besked")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="notice")
    text = models.TextField()
    how = models.CharField(max_length=8, choices=How)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.get_how_display()
