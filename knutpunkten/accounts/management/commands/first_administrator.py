"""``manage.py first_administrator``: the first association and the first account, in an empty installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from knutpunkten.access.who import begin_as, system
from knutpunkten.accounts.actions import invite
from knutpunkten.notices.links import link_to_invitation
from knutpunkten.organisations.models import Association, Membership, Role, User


class Command(BaseCommand):
    help = "Lägger upp samordningsförbundet och den första administratören, och skriver ut länken som öppnar kontot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--association", required=True, help="samordningsförbundets namn")
        parser.add_argument("--name", required=True, help="administratörens namn")
        parser.add_argument("--email", required=True, help="administratörens e-postadress")

    def handle(self, *args: Any, association: str, name: str, email: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} är ingen e-postadress.") from None
        if Membership.objects.filter(role=Role.ADMINISTRATOR).exists():
            raise CommandError(
                "Det finns redan en administratör, som bjuder in de andra i Inställningar."
                " En administratör som inte kan logga in får en ny länk av manage.py invite_administrator."
            )
        self.stdout.write(self.make(association, name, email.lower()))

    @transaction.atomic
    def make(self, association: str, name: str, email: str) -> str:
        """The link, for somebody who has just come to be. Anybody with the command's rights could do anything anyway."""
        begin_as(None)
        at = timezone.now()
        Association.objects.get_or_create(name=association)
        user = User.objects.create_user(email, name)
        Membership.objects.create(user=user, role=Role.ADMINISTRATOR, starts_on=timezone.localdate(at))
        return link_to_invitation(invite(user, by=system(), at=at, by_mail=False).pk)
