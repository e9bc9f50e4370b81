"""The worker's job of this package: the outbox, each minute."""

from django.utils import timezone
from procrastinate.contrib.django import app

from knutpunkten.notices.outbox import send_due


# One round at a time, and no queue of rounds behind a slow one.
@app.periodic(cron="* * * * *")
@app.task(name="send_mail", lock="send_mail", queueing_lock="send_mail")
def send_mail(timestamp: int) -> None:
    """Send what is due in the outbox. *timestamp* is the minute the round was meant for."""
    send_due(timezone.now())
