"""A membership or an account has changed: the routine asks, as soon as that stands, whose cases wait for nobody now."""

from procrastinate.contrib.django import app

# The job stands above, in ``desk.jobs``; it carries nobody's name.
LEAVING_JOB = "settle_leaving"


def memberships_changed() -> None:
    """Have the worker look; in the caller's transaction, so that nothing is asked of what was rolled back."""
    app.configure_task(LEAVING_JOB).defer()
