"""``manage.py dispose``: which cases' time has come, and the removal of one of them. Run as the worker, by an administrator."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from knutpunkten.access.who import Who, acting_as
from knutpunkten.cases.disposal import Kept, dispose, due
from knutpunkten.organisations.models import Role, User


class Command(BaseCommand):
    help = "Gallring: utan --case vilka ärenden vars tid har gått, med --case tas ett av dem bort för alltid."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", required=True, help="e-postadressen till den administratör som gör det")
        parser.add_argument("--case", default="", help="ärendets nummer")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROLE != "worker":
            raise CommandError("Gallring körs med KNUTPUNKTEN_ROLE=worker.")
        try:
            with acting_as(User.objects.get(email=options["by"]), role=Role.ADMINISTRATOR) as administrator:
                if options["case"]:
                    self.dispose(options["case"], administrator)
                else:
                    self.tell()
        except (User.DoesNotExist, LookupError):
            raise CommandError(f"{options['by']} är ingen administratör.") from None
        except Kept as no:
            raise CommandError(str(no)) from None

    def tell(self) -> None:
        found = due()
        for one in found:
            self.stdout.write(f"{one.number}  {one.programme}, senast antecknat {timezone.localdate(one.noted_at)}")
        self.stdout.write(f"{len(found)} ärenden kan gallras." if found else "Inget ärende kan gallras nu.")

    def dispose(self, number: str, administrator: Who) -> None:
        gone = dispose(number, by=administrator, at=timezone.now())
        self.stdout.write(
            f"{number} är gallrat: {gone.rows} rader borttagna, {gone.keys} nycklar till loggen förstörda."
            " Loggens rader står kvar och hör inte till någon."
        )
