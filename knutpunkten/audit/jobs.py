"""The worker's job of this package: each minute, the seal."""

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from knutpunkten.audit.seals import seal_all
from knutpunkten.audit.seals_outside import write_newest


@app.periodic(cron="* * * * *")
@app.task(name="seal_audit", lock="seal_audit", queueing_lock="seal_audit")
def seal_audit(timestamp: int) -> None:
    """Seal what has come. *timestamp* is the minute the round was meant for."""
    seal_all(timezone.now())


@app.periodic(cron="40 3 * * *")
@app.task(name="send_seal_out", lock="send_seal_out", queueing_lock="send_seal_out")
def send_seal_out(timestamp: int) -> None:
    """Each night the newest seal goes where the settings say, if they do."""
    if settings.SEALS_TO:
        write_newest(settings.SEALS_TO)
