"""Who read, who changed, who was denied (W4). Append-only; plain ids, no foreign keys.

The same rows are the case's timeline: what happened, in the order it happened.
"""

import uuid
from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One thing that somebody did. ``event`` is a word of ``audit.events``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    event = models.CharField(max_length=40)
    user_id = models.UUIDField(null=True)
    role = models.CharField(max_length=15, blank=True)
    unit_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    # An event about something that has a category is seen only by those who may read that category.
    category = models.CharField(max_length=20, blank=True)
    object_id = models.UUIDField(null=True)
    # Never what somebody wrote: only words from fixed lists, dates and counts.
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id", "-at"], name="audit_by_case"),
            models.Index(fields=["person_id", "-at"], name="audit_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"
