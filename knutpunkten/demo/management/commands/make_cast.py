"""``manage.py make_cast``: the reference data alone, for the tests' template database."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from knutpunkten.demo.cast import make_cast


class Command(BaseCommand):
    help = "Makes the demo's association, agencies, units, programmes and accounts. No cases."
    requires_system_checks = ()

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        make_cast(timezone.now())
