"""The worker's job of this package: words that nobody came back for, or can send no longer, each hour."""

from django.utils import timezone
from procrastinate.contrib.django import app

from knutpunkten.accounts.kept import forget


@app.periodic(cron="40 * * * *")
@app.task(name="forget_kept_words", lock="forget_kept_words", queueing_lock="forget_kept_words")
def forget_kept_words(timestamp: int) -> None:
    """*timestamp* is the minute it was meant for."""
    forget(timezone.now())
