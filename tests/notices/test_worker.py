"""``manage.py worker``: a process of its own, behind the wall as the worker, that stops when told."""

import os
import signal
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from knutpunkten.notices.models import Mail
from tests.conftest import ROOT, behind_the_wall, server
from tests.notices.test_outbox import postbox, waits

__all__ = ["postbox"]


def test_only_the_worker_runs_the_jobs(settings):
    settings.ROLE = "app"
    with pytest.raises(CommandError, match="KNUTPUNKTEN_ROLE=worker"):
        call_command("worker")


@pytest.mark.slow("starts the worker as the process it is")
def test_the_worker_sends_what_waits_and_stops_gracefully(own_database, cast, postbox, settings, moment):
    from knutpunkten.notices.jobs import send_mail

    waits(cast.nadja, moment)
    with behind_the_wall():
        send_mail.defer(timestamp=0)
    environment = {
        **os.environ,
        "KNUTPUNKTEN_ROLE": "worker",
        "KNUTPUNKTEN_DATABASE_URL": server(own_database),
        "KNUTPUNKTEN_SMTP": f"{settings.SMTP_HOST}:{settings.SMTP_PORT}",
    }
    worker = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "worker"], env=environment)
    try:
        assert postbox.arrived.wait(timeout=60)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == 0
    finally:
        worker.kill()
        worker.wait()
    assert [address for address, _ in postbox.got] == [cast.nadja.email]
    with behind_the_wall():
        assert Mail.objects.get().sent_at is not None
