"""``manage.py new_day``: what the worker does each night, now. After a programme has been set up or changed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from knutpunkten.desk.jobs import settle


class Command(BaseCommand):
    help = "Gör nattens arbete nu: lägger upp tider och platser, byter turer, påminner."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROLE != "worker":
            raise CommandError("Nattens arbete körs med KNUTPUNKTEN_ROLE=worker.")
        settle(timezone.now())
