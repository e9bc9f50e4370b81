"""The worker's job of this package: the month that is over is drawn."""

from django.utils import timezone
from procrastinate.contrib.django import app

from knutpunkten.review.actions import draw_due

DRAW_JOB = "draw_reviews"


@app.periodic(cron="50 3 * * *")
@app.task(name=DRAW_JOB, lock=DRAW_JOB, queueing_lock=DRAW_JOB)
def draw_reviews(timestamp: int) -> None:
    """Each night, so that a night without a worker delays it and no more. *timestamp* is the minute it was meant for."""
    now = timezone.now()
    draw_due(timezone.localdate(now), now)
