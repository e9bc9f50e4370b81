"""Reading: which invitation opens what, and what an account has to sign in with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.utils import timezone

from knutpunkten.accounts import sealing
from knutpunkten.accounts.models import AgencyIdentity, Invitation
from knutpunkten.organisations.models import Membership

OPEN_FOR = timedelta(days=7)
# Whoever is to begin may be invited this long before.
SOON = timedelta(days=30)


def living(invitation_id: UUID, at: datetime) -> Invitation | None:
    """The invitation, if it still opens an account at *at*. One statement."""
    return (
        Invitation.objects.select_related("user", "invited_by")
        .filter(pk=invitation_id, used_at__isnull=True, replaced_at__isnull=True)
        .filter(expires_at__gt=at, user__is_active=True)
        .first()
    )


def roles_until(user: Any, today: date, ahead: timedelta) -> QuerySet[Membership]:
    """The roles of *user* that hold *today* or begin within *ahead* of it."""
    not_over = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    return Membership.objects.filter(not_over, user=user, starts_on__lte=today + ahead)


def sealed_by_another_key(user: Any) -> list[Authenticator]:
    """The app and the recovery codes of *user*, as far as another key than the installation's now encrypted them."""
    with_codes = Authenticator.objects.filter(user=user, type__in=("totp", "recovery_codes"))
    return [one for one in with_codes if sealing.opened(one.data["secret" if one.type == "totp" else "seed"]) is None]


@dataclass(frozen=True)
class Readiness:
    """What the administrator sees of an account's sign-in: the words, and whether an invitation waits."""

    words: str
    invited: bool


def readiness(user: Any, at: datetime) -> Readiness:
    """How far *user* has come towards signing in. At most three statements."""
    newest = Invitation.objects.filter(user=user).order_by("-sent_at").first()
    waits = newest is not None and newest.used_at is None and newest.replaced_at is None
    if newest is not None and waits and newest.expires_at > at:
        return Readiness(f"Inbjuden. Länken gäller till {local(newest.expires_at)}.", True)
    if Authenticator.objects.filter(user=user).exists():
        return Readiness("Klar: lösenord och ett andra steg.", True)
    if newest is not None and waits:
        return Readiness("Inbjudan har gått ut. Skicka en ny.", True)
    if AgencyIdentity.objects.filter(user=user).exists():
        return Readiness("Genom sin myndighet. Ingen inbjudan behövs.", False)
    if newest is not None:
        return Readiness("Har valt lösenord, men inte lagt till ett andra steg.", True)
    return Readiness("Inte inbjuden än.", False)


def local(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
