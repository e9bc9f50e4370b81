"""How long somebody stays signed in. The server's session holds the times and decides; the cookie only names it.

A *sitting* lasts from signing in until it is ended: by signing out, by 30 minutes without a click, or after ten hours.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
WARNED = timedelta(minutes=2)
# So that not every page writes to the session: a click is noted when the last one noted is this old.
NOTED_EVERY = timedelta(minutes=1)

# The header by which a page asks how many seconds are left, and what it says where nobody did anything: the page
# sends what was typed earlier, at the warning or once more after a failure.
ASKS, BY_ITSELF = "X-Sitting", "by itself"

# In the session: the addresses of the forms with words that were typed and not sent (accounts.kept).
KEPT = "kept_words"
BEGAN, SEEN, SECOND_FACTOR = "sitting_began", "sitting_seen", "second_factor"


def begin_sitting(session: SessionBase, at: datetime) -> None:
    """Somebody has signed in, at *at*: both limits are counted from now."""
    session[BEGAN] = session[SEEN] = int(at.timestamp())


def seconds_left(session: SessionBase, at: datetime) -> int:
    """How long the sitting lasts if nobody does anything; 0 or less when it is over, or never began."""
    began, seen = session.get(BEGAN, 0), session.get(SEEN, 0)
    ends = min(seen + IDLE.total_seconds(), began + LONGEST.total_seconds())
    return int(ends - at.timestamp())


def note_click(session: SessionBase, at: datetime) -> None:
    """Somebody did something at *at*. Writes at most once a minute."""
    if at.timestamp() - session.get(SEEN, 0) >= NOTED_EVERY.total_seconds():
        session[SEEN] = int(at.timestamp())


def lasts_anyway(session: SessionBase, at: datetime) -> bool:
    """Whether no click can make the sitting longer: the ten hours are what ends it."""
    return session.get(BEGAN, 0) + LONGEST.total_seconds() - at.timestamp() <= IDLE.total_seconds()


def give_second_factor(session: SessionBase, kind: str) -> None:
    """The one who signed in has shown a second factor of *kind*: totp, webauthn, recovery_codes or agency."""
    session[SECOND_FACTOR] = kind


def is_half(session: SessionBase) -> bool:
    """Whether only a password has been given. In the demo one steps in, and there is nothing to add."""
    return not settings.DEMO and SECOND_FACTOR not in session


def on_signing_in(sender: Any, request: Any, **of: Any) -> None:
    """Django's signal at every way of signing in, so that none can forget to begin the sitting."""
    begin_sitting(request.session, timezone.now())
