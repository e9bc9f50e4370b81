"""The worker's job of this package: the association's figures, once a month."""

from django.utils import timezone
from procrastinate.contrib.django import app

from knutpunkten.statistics.actions import count_due

COUNT_JOB = "count_figures"


@app.periodic(cron="0 4 * * *")
@app.task(name=COUNT_JOB, lock=COUNT_JOB, queueing_lock=COUNT_JOB)
def count_figures(timestamp: int) -> None:
    """Each night, so that a first night without a worker is made up for, and a new programme need not wait for a month.

    *timestamp* is the minute it was meant for.
    """
    count_due(timezone.localdate())
