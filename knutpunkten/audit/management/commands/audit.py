"""Proves the log, and takes its newest seal out of the machine. Run as the worker, or as the owner."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from knutpunkten.audit.models import Entry, Seal
from knutpunkten.audit.seals import faults, seal_all, waiting
from knutpunkten.audit.seals_outside import read_kept, write_newest


class Command(BaseCommand):
    help = "Loggen: verify bevisar att inget är ändrat, seal sparar senaste förseglingen utanför maskinen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        verify = commands.add_parser("verify", help="bevisa att inget är ändrat; säger första felaktiga raden")
        verify.add_argument("--against", type=Path, help="fil eller mapp med förseglingar sparade utanför maskinen")
        verify.add_argument("--all", action="store_true", help="säg alla fel, inte bara det första")
        seal = commands.add_parser("seal", help="försegla det som väntar")
        seal.add_argument("--to", type=Path, required=True, help="fil eller mapp att skriva den senaste till")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROLE not in ("worker", "owner"):
            raise CommandError("Körs med KNUTPUNKTEN_ROLE=worker: webbens roll ser inte alla rader.")
        if options["what"] == "verify":
            self.verify(options["against"], options["all"])
        else:
            self.seal(options["to"])

    def verify(self, against: Path | None, say_all: bool) -> None:
        try:
            known = read_kept(against) if against else {}
        except (OSError, ValueError) as error:
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
        if known:
            self.stdout.write(compared_with(known))
        if newest:
            self.stdout.write(f"Senaste: {bytes(newest.hash).hex()}")

    def seal(self, to: Path) -> None:
        count = seal_all(timezone.now())
        try:
            path = write_newest(to)
        except OSError as error:
            raise CommandError(f"{to} går inte att skriva: {error}") from None
        self.stdout.write(f"{count} rader förseglade. {f'Senaste sparad i {path}.' if path else 'Inget att spara än.'}")


def compared_with(known: dict[int, str]) -> str:
    """How many kept seals the chain agrees with, and up to which: an old one proves nothing about what came after it."""
    first, last = min(known), max(known)
    numbers = f"nummer {first}" if first == last else f"nummer {first} till {last}"
    return f"Stämmer med {len(known)} {'sparad' if len(known) == 1 else 'sparade'} utanför, {numbers}."
