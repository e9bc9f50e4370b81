"""Who read, who changed, who was denied (W4). Append-only; no foreign keys but among the seals.

The same rows are the case's timeline: what happened, in the order it happened. A row names its case
and person by a reference that stands nowhere else; what leads from the one to the other is a row of
``Subject``, which can be destroyed while the log stays (decision 0008).
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection, models
from django.db.models import Func, Value

# What one does to see something; everything else is a change, or a denial.
READINGS = ("read", "read_file", "opened", "searched", "listed")


def reference_to(subject_id: UUID | None) -> Func:
    """SQL: the reference of a case or person, by id; null where it has none (``wall/functions.sql``)."""
    return Func(Value(subject_id, models.UUIDField()), function="audit_ref", output_field=models.UUIDField())


# By index, once a case: asked as one list, every reading of every case would be gone through.
LATEST_READINGS = """
select found.*, about.case_id as about
  from unnest(%s::uuid[]) as about (case_id)
 cross join lateral (select * from audit_entry
                      where case_ref = audit_ref(about.case_id) and is_reading
                      order by at desc limit 1) found
"""


# Each case by index too: who has been reminded of it since a moment, in which part.
REMINDED = """
select about.case_id, reminder.detail ->> 'whom'
  from unnest(%s::uuid[]) as about (case_id)
 cross join lateral (select detail from audit_entry
                      where case_ref = audit_ref(about.case_id) and not is_reading
                        and at >= %s and event = 'remind') reminder
"""


class EntryQuerySet(models.QuerySet["Entry"]):
    def of_case(self, case_id: UUID | None) -> "EntryQuerySet":
        """Those about the case with that id."""
        return self.filter(case_ref=reference_to(case_id))

    def of_person(self, person_id: UUID | None) -> "EntryQuerySet":
        """Those about the person with that id, in whichever case."""
        return self.filter(person_ref=reference_to(person_id))

    def latest_readings(self, case_ids: list[UUID]) -> "dict[UUID, Entry]":
        """The latest reading of each case, where there is one the asker may know of. One statement."""
        found: Iterable[Any] = self.raw(LATEST_READINGS, [case_ids])
        return {entry.about: entry for entry in found}


def reminded_since(case_ids: list[UUID], since: datetime) -> set[tuple[UUID, str]]:
    """The cases of which somebody has been reminded since then, each with the part that was. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(REMINDED, [case_ids, since])
        return set(cursor.fetchall())


class Entry(models.Model):
    """One thing that somebody did. ``event`` is a word of the routine's table or of ``audit.actions``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    # The server's own clock, set by a trigger whatever the statement says.
    recorded_at = models.DateTimeField(auto_now_add=True)
    event = models.CharField(max_length=40)
    is_reading = models.BooleanField(default=False)
    user_id = models.UUIDField(null=True)
    hat_id = models.UUIDField(null=True)  # the membership
    role = models.CharField(max_length=15, blank=True)
    unit_id = models.UUIDField(null=True)
    case_ref = models.UUIDField(null=True)
    person_ref = models.UUIDField(null=True)
    # An event about something that has a category is seen only by those who may read that category.
    category = models.CharField(max_length=20, blank=True)
    object_id = models.UUIDField(null=True)
    # Never what somebody wrote: only words from fixed lists, dates and counts.
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_ref", "is_reading", "-at"], name="audit_by_case"),
            models.Index(fields=["person_ref", "is_reading", "-at"], name="audit_by_person"),
            models.Index(fields=["user_id", "-at"], name="audit_by_user"),
            models.Index(fields=["recorded_at"], name="audit_as_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"


class Subject(models.Model):
    """The key from a case or person to its reference in the log. Neither app nor worker reads it.

    Made by ``audit_reference()`` the first time something is written down; removed by ``dispose_case()``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=[("case", "case"), ("person", "person")])
    ref = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Seal(models.Model):
    """A minute's rows under one hash, which holds the one before it: see ``audit.seals``."""

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    form = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.number} {bytes(self.hash).hex()}"


class Sealed(models.Model):
    """That a row is in a seal, and its own hash: so that the row which was altered can be named."""

    entry_id = models.UUIDField(primary_key=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="members")
    digest = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.seal_id}"
