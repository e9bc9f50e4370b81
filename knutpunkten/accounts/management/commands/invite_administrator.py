"""``manage.py invite_administrator``: a new link for an administrator who cannot sign in, when no other is there to send it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from knutpunkten.access.who import begin_as, system
from knutpunkten.accounts.actions import invite
from knutpunkten.notices.links import link_to_invitation
from knutpunkten.organisations.models import Membership, Role, User


class Command(BaseCommand):
    help = (
        "Skriver ut en ny länk för en administratör som inte kan logga in. Länken öppnar kontot en gång, inom en vecka."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="administratörens e-postadress")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        administrators = Membership.objects.at(timezone.localdate()).filter(role=Role.ADMINISTRATOR)
        user = User.objects.filter(email=email.lower(), is_active=True, memberships__in=administrators).first()
        if user is None:
            raise CommandError(f"{email} är ingen administratör, eller är ett stängt konto.")
        self.stdout.write(self.link(user))

    @transaction.atomic
    def link(self, user: User) -> str:
        """The link. The audit says that it was made, and by nobody who was signed in."""
        begin_as(None)
        return link_to_invitation(invite(user, by=system(), at=timezone.now(), by_mail=False).pk)
