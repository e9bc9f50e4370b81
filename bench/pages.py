"""The workload's data and who visits it."""

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from bench.floor.models import Row
from bench.seed import remember_units, seed
from knutpunkten.cases.models import Case
from knutpunkten.demo.cast import find_cast, make_cast
from knutpunkten.meetings.models import Notice
from knutpunkten.organisations.models import Association, User

# Those who write the bench's cases.
CASEWORKERS = ("johan", "sara", "disa", "kim", "arvid")


def prepare(count: int) -> None:
    """Make the cast and *count* cases, once for a database; a database of another size is refused."""
    with connection.cursor() as cursor:
        cursor.execute("grant select on floor_row to knutpunkten_app")
    if Association.objects.exists():
        if Row.objects.count() != count:
            raise SystemExit("The bench's database has another size: delete var/bench-postgres and run again.")
        forget_confirmations()
        tidy()
        return
    now = timezone.now()
    make_cast(now)
    cast = find_cast()
    remember_units(cast)
    seed(cast, count, now)
    tidy()


def forget_confirmations() -> None:
    """Undo the steps that earlier runs took, so that there are always enough to take."""
    waiting = Case.objects.filter(state__in=("placed", "queued"))
    Notice.objects.filter(case__in=waiting).update(confirmed_at=None, confirmed_by=None)
    waiting.update(notice_confirmed_at=None)


def tidy() -> None:
    """What autovacuum would do in the middle of a measurement."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def session_of(user: User) -> str:
    """A signed-in session's cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"
