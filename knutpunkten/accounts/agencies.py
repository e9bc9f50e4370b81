"""Signing in through one's agency (OpenID Connect): whom the agency says it is, and which account that opens.

An account is opened only for whom the administrator has written down beforehand (``AgencyIdentity``); nothing that the
agency tells of the person is kept, but the subject that binds the account to them.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from knutpunkten.accounts.models import AgencyIdentity
from knutpunkten.organisations.models import Membership

CLAIM = "https://id.oidc.se/claim/"
ORG_AFFILIATION = CLAIM + "orgAffiliation"
LONGEST_SUBJECT = AgencyIdentity._meta.get_field("subject").max_length or 0
NUMBERS = (CLAIM + "personalIdentityNumber", CLAIM + "coordinationNumber")

# Why somebody is not let in, and the sentence that tells them.
WHY = {
    "unknown": "Din myndighet vet vem du är, men du har inget konto här. Be administratören att lägga upp dig.",
    "another": "Kontot öppnas av någon annan i din myndighets inloggning. Be administratören att se över det.",
    "too_low": "Du loggade in på ett sätt som inte är säkert nog. Välj ett med högre tillitsnivå hos din myndighet.",
    "inactive": "Ditt konto är stängt. Hör av dig till administratören om du behöver det i ditt arbete.",
    "no_role": "Du har inget uppdrag här idag. Hör av dig till administratören om det inte stämmer.",
    "unclear": "Din myndighets inloggning svarade på ett sätt som vi inte förstår. Pröva igen, eller hör av dig till dem.",
    "another_try": "Svaret från din myndighets inloggning hör inte till det här försöket. Börja om härifrån.",
    "away": "Din myndighets inloggning svarar inte. Pröva igen om en stund.",
}


class Refused(Exception):
    """Not let in; *why* is a key of ``WHY``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def called(claims: Mapping[str, Any]) -> str:
    """What the agency calls the person: id@organisation number, else an e-mail address that it has verified."""
    if affiliation := str(claims.get(ORG_AFFILIATION) or ""):
        return affiliation
    return str(claims.get("email") or "") if claims.get("email_verified") is True else ""


def can_be_kept(subject: str, name: str) -> bool:
    """Whether our columns can hold what the agency calls the person: no more than they do, and none but what is read."""
    return len(subject) <= LONGEST_SUBJECT and subject.isprintable() and name.isprintable()


@transaction.atomic
def let_in(provider: str, claims: Mapping[str, Any], accepted: Collection[str], at: datetime) -> AgencyIdentity:
    """The identity, and so the account, that *claims* open at *provider*. Raises ``Refused``.

    The first time it is found by what the agency calls the person, and bound to the subject; from then on the subject
    alone counts, so that a name given to somebody new opens nothing of the one who had it before.
    """
    subject, name = str(claims.get("sub") or ""), called(claims)
    if not subject or all(claims.get(number) for number in NUMBERS) or not can_be_kept(subject, name):
        raise Refused("unclear")
    if claims.get("acr") not in accepted:
        raise Refused("too_low")
    identities = AgencyIdentity.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    identity = identities.filter(provider=provider, subject=subject).first()
    if identity is None:
        identity = identities.filter(provider=provider, called__iexact=name).first() if name else None
        if identity is None:
            raise Refused("unknown")
        if identity.subject:
            raise Refused("another")
        identity.subject, identity.bound_at = subject, at
    if not identity.user.is_active:
        raise Refused("inactive")
    if not Membership.objects.at(timezone.localdate(at)).filter(user=identity.user).exists():
        raise Refused("no_role")
    identity.save(update_fields=["subject", "bound_at"])
    return identity
