"""Links in mail that open something: an id sealed with the installation's key. Made anew each time, kept nowhere.

What lies in the outbox, or in a copied database, is the id alone, and opens nothing.
"""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

INVITATION = signing.Signer(salt="knutpunkten.invitation", sep="~")


def link_to_invitation(invitation_id: UUID) -> str:
    """The whole address, as it stands in the mail."""
    return settings.ORIGIN + reverse("invitation", args=[INVITATION.sign(str(invitation_id))])


def invitation_in(token: str) -> UUID | None:
    """The id that *token* holds; None for one that was not sealed here."""
    try:
        return UUID(INVITATION.unsign(token))
    except signing.BadSignature:
        return None
