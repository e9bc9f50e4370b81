"""The timetable and attendance (L4, L7): two sessions a day, and who came. Work training and internships (L6)."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from knutpunkten.cases.models import Case
from knutpunkten.first_meeting.rules import days_in_words
from knutpunkten.organisations.limits import LONGEST_THEME
from knutpunkten.organisations.models import Programme, Unit


class Session(models.Model):
    """An *arbetspass*: early or late in the morning. Carries nobody but its leader."""

    class Part(models.TextChoices):
        EARLY = "early", "Första passet"
        LATE = "late", "Andra passet"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="sessions")
    on_date = models.DateField()
    part = models.CharField(max_length=5, choices=Part)
    theme = models.CharField(max_length=LONGEST_THEME)
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    room = models.CharField(max_length=80)
    places = models.PositiveSmallIntegerField(default=12)
    cancelled_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)  # attendance is filled in

    class Meta:
        ordering: ClassVar = ["on_date", "part"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "on_date", "part", "room"], name="one_session_in_a_room_at_a_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["programme", "on_date"],
                condition=Q(recorded_at__isnull=True, cancelled_at__isnull=True),
                name="unfilled_sessions",
            ),
        ]

    def __str__(self) -> str:
        return self.theme

    @property
    def times(self) -> tuple[time, time]:
        """From when until when, by the programme's timetable."""
        return times_in(self.programme)[self.part]

    @property
    def starts_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.on_date, self.times[0]))

    @property
    def begins(self) -> str:
        """08:00"""
        return f"{self.times[0]:%H:%M}"

    @property
    def hours(self) -> str:
        """08:00–09:50"""
        return "–".join(f"{at:%H:%M}" for at in self.times)

    @property
    def minutes(self) -> int:
        """How long it is."""
        starts, ends = (at.hour * 60 + at.minute for at in self.times)
        return ends - starts


def times_in(programme: Programme) -> dict[str, tuple[time, time]]:
    """The programme's timetable: for each part of the morning, in order, from when until when."""
    return {
        Session.Part.EARLY: (programme.first_starts, programme.first_ends),
        Session.Part.LATE: (programme.second_starts, programme.second_ends),
    }


class Enrolment(models.Model):
    """A participant is planned for a session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="enrolments")
    case = models.ForeignKey(Case, models.PROTECT, related_name="enrolments")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "case"], name="enrolled_once")]

    def __str__(self) -> str:
        return str(self.session_id)


class Attendance(models.Model):
    """Came, came for a part, or was absent and why."""

    class Came(models.TextChoices):
        UNMARKED = "", "Inte ifyllt"  # marked, and taken back: a row is never deleted
        ALL = "all", "Kom"
        PART = "part", "Delvis"
        ABSENT = "absent", "Kom inte"

    class Why(models.TextChoices):
        ILL = "ill", "Sjuk"
        NOTIFIED = "notified", "Har meddelat frånvaro"
        UNNOTIFIED = "unnotified", "Har inte hört av sig"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="attendance")
    case = models.ForeignKey(Case, models.PROTECT, related_name="attendance")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    came = models.CharField(max_length=6, choices=Came, blank=True)
    minutes = models.PositiveSmallIntegerField()  # of the session's own that count
    why = models.CharField(max_length=10, choices=Why, blank=True)
    remark = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "case"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(came="absent", minutes=0) & ~Q(why="") | ~Q(came="absent"),
                name="absence_says_why",
            ),
            models.CheckConstraint(
                condition=Q(came="", minutes=0)
                | Q(came="absent")
                | Q(came__in=["all", "part"], minutes__range=(1, 720)),
                name="minutes_of_one_session",
            ),
        ]

    def __str__(self) -> str:
        return self.get_came_display()


# Of a protected person these fields of a placement are not asked for, and not shown: they say where the person is (W5).
WHERE = ("place", "contact", "contact_phone")


class Placement(models.Model):
    """Work training or an internship, with the programme or at a workplace: where, when, and how much (L6).

    Of a protected person where it is is not kept (W5). ``ended_on`` is set where it ended before its time; before
    ``from_on`` it never began. It ends with its case, too.
    """

    class Kind(models.TextChoices):
        TRAINING = "training", "Arbetsträning"
        INTERNSHIP = "internship", "Praktik"

    class Setting(models.TextChoices):
        INTERNAL = "internal", "Intern, i insatsen eller hos huvudmannen"
        EXTERNAL = "external", "Extern, på en annan arbetsplats"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="placements")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    setting = models.CharField(max_length=8, choices=Setting)
    place = models.CharField(max_length=120, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    from_on = models.DateField()
    until_on = models.DateField()
    weekly_hours = models.PositiveSmallIntegerField()
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    ended_on = models.DateField(null=True)
    why_ended = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="placement_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(weekly_hours__range=(1, 40)), name="placement_hours_of_a_week"),
            models.CheckConstraint(condition=Q(weekdays__len__gte=1), name="placement_has_a_day"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__lte=F("until_on")) & ~Q(why_ended=""),
                name="placement_ended_early_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """Praktik, extern."""
        return f"{self.get_kind_display()}, {'intern' if self.setting == self.Setting.INTERNAL else 'extern'}"

    @property
    def days_words(self) -> str:
        """Måndag och onsdag."""
        return days_in_words(self.weekdays)

    @property
    def last_day(self) -> date:
        own, closed_at = self.ended_on or self.until_on, self.case.closed_at
        return min(own, timezone.localdate(closed_at)) if closed_at else own

    def days_in(self, monday: date) -> list[date]:
        """The days of the week of *monday* on which the person is there."""
        days = (monday + timedelta(days=weekday) for weekday in sorted(self.weekdays))
        return [day for day in days if self.from_on <= day <= self.last_day]

    def minutes_in(self, monday: date) -> int:
        """How much is planned in that week: less where it begins or ends within it."""
        return round(self.weekly_hours * 60 * len(self.days_in(monday)) / len(self.weekdays))
