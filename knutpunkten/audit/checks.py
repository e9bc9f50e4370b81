"""What ``manage.py check --deploy --database default`` says of the log: whether somebody seals it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.checks import Tags, Warning, register
from django.db import connection
from django.utils import timezone

# The worker seals each minute; a round may wait for a slow one.
LONGEST_WAIT = timedelta(minutes=5)


@register(Tags.database, deploy=True)
def log_is_sealed(app_configs: Any, databases: Sequence[str] | None, **of: Any) -> list[Warning]:
    """A row has waited for its seal too long: no worker runs, and no mail leaves and no turn changes either."""
    if not databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select to_regprocedure('unsealed_since()') is not null")
        if not cursor.fetchone()[0]:
            return []  # before the first migrate
        cursor.execute("select unsealed_since()")
        (since,) = cursor.fetchone()
    if since is None or timezone.now() - since < LONGEST_WAIT:
        return []
    words = f"Loggen har rader som inte är förseglade sedan {timezone.localtime(since):%Y-%m-%d %H:%M}: bakgrundsjobben går inte."
    return [Warning(words, id="knutpunkten.unsealed")]
