"""Fetch what the lock file names again, and write it or compare it with the checkout."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knutpunkten.ui import vendor


class Command(BaseCommand):
    help = "Fetches the vendored styles, scripts, fonts and icons by name and verifies each by its hash."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if the checkout differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        packages = vendor.read_lock()
        for package in packages:
            try:
                files = vendor.built(package, vendor.fetch(package))
            except vendor.Mismatch as mismatch:
                raise CommandError(str(mismatch)) from mismatch
            for target, body in files.items():
                if not check:
                    (vendor.ROOT / target).parent.mkdir(parents=True, exist_ok=True)
                    (vendor.ROOT / target).write_bytes(body)
            self.stdout.write(f"{package.name} {package.version}: {len(files)} files verified")
        if differences := vendor.differences(packages):
            raise CommandError("; ".join(differences))
