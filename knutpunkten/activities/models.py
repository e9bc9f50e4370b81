"""The timetable and attendance (L4, L6, L7): two sessions a day, and who came."""

import uuid
from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from knutpunkten.cases.models import Case
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
    theme = models.CharField(max_length=80)
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

    def __str__(self) -> str:
        return self.theme

    @property
    def times(self) -> tuple[time, time]:
        """From when until when, by the programme's timetable."""
        return times_in(self.programme)[self.part]

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
