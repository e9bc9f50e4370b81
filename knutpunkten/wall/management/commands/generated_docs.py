"""``manage.py generated_docs [--check]``: docs/routine.md and docs/access.md from the code."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knutpunkten.wall.documents import documents

ROOT = Path(__file__).resolve().parents[4]


class Command(BaseCommand):
    help = "Writes the generated documents; with --check only says which are out of date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        stale = [
            (path, text) for path, text in documents(ROOT).items() if not path.exists() or path.read_text() != text
        ]
        if check and stale:
            names = ", ".join(str(path.relative_to(ROOT)) for path, _ in stale)
            raise CommandError(f"Out of date: {names}. Run ./dev docs.")
        for path, text in stale:
            path.write_text(text)
