"""Inviting somebody to their account, and opening it."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from knutpunkten.access.who import Who
from knutpunkten.accounts.models import Invitation
from knutpunkten.accounts.rules import OPEN_FOR, living, sealed_by_another_key
from knutpunkten.audit.actions import record
from knutpunkten.notices.actions import send_invitation
from knutpunkten.organisations.models import User


@transaction.atomic
def invite(user: User, *, by: Who, at: datetime, by_mail: bool = True) -> Invitation:
    """Invite *user*: a link that opens the account once, for a week. An earlier one that waits is dead from now.

    Without *by_mail* the caller hands the link over (``notices.links``).
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    Invitation.objects.filter(user=user, used_at__isnull=True, replaced_at__isnull=True).update(replaced_at=at)
    invitation = Invitation.objects.create(user=user, invited_by_id=by.user_id, sent_at=at, expires_at=at + OPEN_FOR)
    if by_mail:
        send_invitation(user.pk, about=invitation.pk, at=at)
    record("invitation_sent", by=by, at=at, object_id=user.pk)
    return invitation


@transaction.atomic
def accept(invitation_id: UUID, *, password: str, at: datetime) -> User | None:
    """Open the account of an invitation with a *password* of the holder's own; None if it opens nothing any more.

    What opened the account before is gone: the old password, its sessions with it, and the old second factors.
    The caller writes the audit's row, as the one who has just become known.
    """
    Invitation.objects.select_for_update(no_key=True).filter(pk=invitation_id).first()
    invitation = living(invitation_id, at)
    if invitation is None:
        return None
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    user = invitation.user
    user.set_password(password)
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    return user


def put_away_outlived(user: User) -> list[str]:
    """Remove what no code can open since the installation's key was changed; answers what, for the audit.

    For somebody who has shown a passkey: without one it is what they are still asked for.
    """
    outlived = sealed_by_another_key(user)
    Authenticator.objects.filter(pk__in=[one.pk for one in outlived]).delete()
    return [str(one.type) for one in outlived]
