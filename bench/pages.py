"""The workload's data."""

from django.db import connection
from django.utils import timezone

from bench.copies import copy_world
from bench.floor.models import Row
from bench.seed import floor_rows, remember_units, seed
from knutpunkten.cases.models import Case
from knutpunkten.demo.cast import FROM_THE_BEGINNING, Cast, find_cast, make_cast
from knutpunkten.meetings.models import Notice
from knutpunkten.organisations.models import Agency, Association, Membership, Role, Unit, User

# How many cases an association has, at the most; more than that are other associations' cases.
IN_ONE = 10_000


def prepare(count: int) -> None:
    """Make the cast and *count* cases, once for a database; a database of another size is refused.

    25 units share an association's cases: 200 000 cases are twenty associations with 500 units.
    """
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
    make_units(cast)
    remember_units(cast)
    seed(cast, min(count, IN_ONE), now)
    copy_world(count // IN_ONE - 1)
    floor_rows(count, now)
    tidy()


def make_units(cast: Cast) -> None:
    """Units enough for twenty-five in the association, each with a caseworker."""
    agency = Agency.objects.get(name="Region Kalmar län")
    for n in range(25 - len(cast.units)):
        unit = cast.units[f"Enhet {n}"] = Unit.objects.create(agency=agency, name=f"Enhet {n}")
        user = cast.people[f"unit{n}"] = User.objects.create_user(f"unit{n}@myndighet.example", f"Handläggare {n}")
        Membership.objects.create(user=user, role=Role.CASEWORKER, unit=unit, starts_on=FROM_THE_BEGINNING)


def forget_confirmations() -> None:
    """Undo the steps that earlier runs took, so that there are always enough to take."""
    waiting = Case.objects.filter(state__in=("placed", "queued"))
    Notice.objects.filter(case__in=waiting).update(confirmed_at=None, confirmed_by=None)
    waiting.update(notice_confirmed_at=None)


def tidy() -> None:
    """What autovacuum would do in the middle of a measurement."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
