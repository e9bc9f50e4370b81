"""Proves the log, takes its newest seal out of the machine, and destroys the key to a case that is disposed of. Run as the worker, or as the owner."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.actions import NotYet, forget
from knutpunkten.audit.models import Entry, Seal
from knutpunkten.audit.seals import faults, seal_all, waiting
from knutpunkten.audit.seals_outside import read_kept, write_newest
from knutpunkten.organisations.models import Role, User

REASONS = ("gallring", "arkivering")


class Command(BaseCommand):
    help = (
        "Loggen: verify bevisar att inget är ändrat, seal sparar senaste förseglingen utanför maskinen, forget gallrar."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        verify = commands.add_parser("verify", help="bevisa att inget är ändrat; säger första felaktiga raden")
        verify.add_argument("--against", type=Path, help="fil eller mapp med förseglingar sparade utanför maskinen")
        verify.add_argument("--all", action="store_true", help="säg alla fel, inte bara det första")
        seal = commands.add_parser("seal", help="försegla det som väntar")
        seal.add_argument("--to", type=Path, required=True, help="fil eller mapp att skriva den senaste till")

        forget = commands.add_parser("forget", help="förstör nyckeln till ett avslutat ärendes rader, när det gallras")
        forget.add_argument("--case", required=True, help="ärendets nummer")
        forget.add_argument("--reason", required=True, choices=REASONS)
        forget.add_argument("--by", required=True, help="e-postadressen till den administratör som gör det")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROLE not in ("worker", "owner"):
            raise CommandError("Körs med KNUTPUNKTEN_ROLE=worker: webbens roll ser inte alla rader.")
        if options["what"] == "verify":
            self.verify(options["against"], options["all"])
        elif options["what"] == "seal":
            self.seal(options["to"])
        else:
            self.forget(options["case"], options["reason"], options["by"])

    def verify(self, against: Path | None, say_all: bool) -> None:
        try:
            known = read_kept(against) if against else {}
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"{against} går inte att läsa som sparade förseglingar: {error}") from None
        found = faults(known)
        first = next(found, None)
        if first is not None:
            for fault in found if say_all else ():
                self.stderr.write(str(fault))
            raise CommandError(str(first))
        newest = Seal.objects.order_by("-number").first()
        self.stdout.write(
            f"Inget är ändrat. {Entry.objects.count()} rader, {newest.number if newest else 0} förseglingar,"
            f" {waiting(newest).count()} rader väntar på nästa."
        )
        if newest:
            self.stdout.write(f"Senaste: {bytes(newest.hash).hex()}")

    def seal(self, to: Path) -> None:
        count = seal_all(timezone.now())
        try:
            path = write_newest(to)
        except OSError as error:
            raise CommandError(f"{to} går inte att skriva: {error}") from None
        self.stdout.write(f"{count} rader förseglade. {f'Senaste sparad i {path}.' if path else 'Inget att spara än.'}")

    def forget(self, number: str, reason: str, by: str) -> None:
        try:
            with acting_as(User.objects.get(email=by), role=Role.ADMINISTRATOR) as administrator:
                gone = forget(number, reason=reason, by=administrator, at=timezone.now())
        except (User.DoesNotExist, LookupError):
            raise CommandError(f"{by} är ingen administratör.") from None
        except NotYet as no:
            raise CommandError(str(no)) from None
        self.stdout.write(f"{gone} nycklar förstörda. Raderna i loggen står kvar och hör inte till någon.")
