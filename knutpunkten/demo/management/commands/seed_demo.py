"""``manage.py seed_demo``: the demo's world, as the app role, through the product's own actions."""

import gc
import os
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from knutpunkten.demo.seed import make_world
from knutpunkten.demo.world import moment


class Command(BaseCommand):
    help = "Makes the demo's invented people and their cases. Does nothing where they are."
    requires_system_checks = ()  # they load every page, and the demo migrates just before

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="the day it is in the demo, at nine; for tests")
        parser.add_argument("--at-word-from", type=int, help="an open descriptor: begin when a byte comes from it")

    def handle(self, *args: Any, today: date | None, at_word_from: int | None, verbosity: int, **options: Any) -> None:
        if at_word_from is not None and not os.read(at_word_from, 1):
            raise CommandError("Nobody said when to begin: the database is not ready.")
        now: datetime = moment(today, 9) if today else timezone.now()
        gc.disable()  # a short life with many small objects: looking through them again and again is wasted
        count = Count()
        with connection.execute_wrapper(count):
            make_world(now)
        if verbosity > 1:
            self.stdout.write(f"{count.statements} statements")


class Count:
    """Counts what is asked of the database: how long the seed takes follows from that."""

    statements = 0

    def __call__(self, execute: Any, *of: Any) -> Any:
        self.statements += 1
        return execute(*of)
