"""What opens an account: an invitation, or the name its holder has in their agency's own sign-in.

Nothing here says anything about a participant. No secret lies in clear: the link of an invitation is its id
sealed with the installation's key, so what is in the database opens nothing.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Invitation(models.Model):
    """A link that opens an account once, until it expires or a newer one is sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="invitations")
    # Nobody: the installation's first account, made by a command.
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at__isnull=True, replaced_at__isnull=True),
                name="one_invitation_opens_an_account",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="invitation_expires_after_it_is_sent"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(replaced_at__isnull=True),
                name="invitation_is_used_or_replaced_not_both",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_at__lte=F("expires_at")),
                name="invitation_is_used_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M}"


class AgencyIdentity(models.Model):
    """The account opens through an agency's own sign-in, for the one whom that calls *called*.

    Written by the administrator beforehand: a first sign-in never makes an account. *subject* is what the
    agency's provider calls the same person for good; it is bound at the first sign-in, and from then on only it counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="agency_identities")
    provider = models.SlugField("inloggning", max_length=40)
    called = models.CharField(
        "kallas där",
        max_length=200,
        help_text="Det som myndighetens inloggning kallar personen: id@organisationsnummer, annars e-postadressen.",
    )
    subject = models.CharField(max_length=191, blank=True, editable=False)
    bound_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = "inloggning genom myndighet", "inloggningar genom myndighet"
        constraints: ClassVar = [
            models.UniqueConstraint(
                "provider", models.functions.Lower("called"), name="one_account_for_each_at_a_provider"
            ),
            models.UniqueConstraint(fields=["user", "provider"], name="one_identity_of_an_account_at_a_provider"),
            models.UniqueConstraint(
                fields=["provider", "subject"], condition=~Q(subject=""), name="a_subject_opens_one_account"
            ),
            models.CheckConstraint(
                condition=Q(subject="", bound_at__isnull=True) | ~Q(subject="") & Q(bound_at__isnull=False),
                name="a_subject_is_bound_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.called


class KeptWords(models.Model):
    """What somebody has typed in a form, until it is sent. Seen by them alone.

    *path* is the address that the form is sent to: the same where the page is drawn again with what must be mended.
    *fields* is a list of [field's name, value], never of a file or a password; last, if the page tells, over what they
    were written (``seen``), or that the server has refused that (``refused``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    path = models.CharField(max_length=300)
    fields = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "path"], name="words_are_kept_once_for_each_page")
        ]
        indexes: ClassVar = [models.Index(fields=["kept_at"], name="words_by_age")]

    def __str__(self) -> str:
        return self.path


class Attempt(models.Model):
    """Django's cache in the database, where attempts to sign in are counted: every process sees the same count.

    The keys hold hashes of what was typed, never the words; the columns are those that Django's cache reads.
    """

    cache_key = models.CharField(primary_key=True, max_length=255)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
