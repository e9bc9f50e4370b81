"""What somebody is told: in the application, and by mail that says nothing but "log in".

Rows are written in the transaction of what they tell of; the worker sends. A mail sent inside
the transaction would lie when it rolls back.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """A line under "Nytt": *event* in a case, for one user. The words are made when it is shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    event = models.CharField(max_length=40)
    case_id = models.UUIDField(null=True)
    number = models.CharField(max_length=12, blank=True)
    # Of a case meeting, which carries nobody: its programme and days as they were told, and where it stands. Of a case, its meeting's day.
    about = models.CharField(max_length=200, blank=True, default="")
    meeting_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    is_protected = models.BooleanField(default=False)  # kept by the database: then named readers alone are told (W5)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "-at"], name="notice_by_user")]

    def __str__(self) -> str:
        return self.event

    @property
    def called(self) -> str:
        """What it is of where nobody is named: the meeting, else the case's number or the day."""
        return self.number if self.case_id else self.about or self.number


class Mail(models.Model):
    """The outbox. The text is the same for everybody; the row holds no case and no person.

    *about* is the invitation that the mail leads to: its id, which opens nothing by itself (``links``).
    """

    class Kind(models.TextChoices):
        NOTICE = "notice", "Logga in"
        INVITATION = "invitation", "Inbjudan"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NOTICE)
    about = models.UUIDField(null=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # Too many mails is a known complaint: one that waits says as much as five.
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(sent_at__isnull=True, kind="notice"),
                name="one_mail_waits_for_each",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="notice", about__isnull=True)
                | models.Q(kind="invitation", about__isnull=False),
                name="only_an_invitation_leads_somewhere",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], name="mail_unsent", condition=models.Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.queued_at:%Y-%m-%d %H:%M}"
