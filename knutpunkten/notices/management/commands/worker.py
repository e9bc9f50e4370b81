"""Runs the jobs: mail, reminders, sweeps. Stops when told, after the job it is in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import autodiscover_modules
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

SECONDS_TO_FINISH = 20


class Command(BaseCommand):
    help = "Kör bakgrundsjobben (jobs.py i varje paket) tills det får SIGTERM eller Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROLE != "worker":
            raise CommandError("Bakgrundsjobben körs med KNUTPUNKTEN_ROLE=worker.")
        autodiscover_modules("jobs")
        assert isinstance(app.connector, DjangoConnector)
        # The queue listens on connections of its own; they take the worker's role as Django's does.
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(shutdown_graceful_timeout=SECONDS_TO_FINISH, delete_jobs="successful")
