"""Making the demo's world: everybody's story, up to now, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.testing import InMemoryConnector

from knutpunkten.access.who import begin_as
from knutpunkten.cases.models import Case, State
from knutpunkten.demo.acts import being, read
from knutpunkten.demo.cast import Cast, find_cast, make_cast
from knutpunkten.demo.gatherings import meetings, mornings, plan_ahead, read_old_news, visits
from knutpunkten.demo.stories import everybody
from knutpunkten.demo.world import World
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Association, User
from knutpunkten.review.jobs import DRAW_JOB
from knutpunkten.review.rules import previous
from knutpunkten.statistics.jobs import COUNT_JOB
from knutpunkten.ui.dates import midnight

DRAWN_FROM = 0.42  # so that a protected person's case gets the same drawn number each time
NEWS_FOR = timedelta(days=4)


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """One transaction, without the savepoints inside it: a step that fails here fails the whole world."""
    with transaction.atomic():
        connection.features.uses_savepoints = False
        try:
            yield
        finally:
            connection.features.uses_savepoints = True


@all_or_nothing()
def make_world(now: datetime) -> bool:
    """Make the whole world as it stands at *now*; False if it is there already.

    All or nothing. Raises ``acts.Refused`` when the routine refuses what a story tells.
    """
    cast = cast_of(now)
    if User.objects.filter(email=AMIRA_MAIL).exists():
        return False
    with connection.cursor() as cursor:
        cursor.execute("select setseed(%s)", [DRAWN_FROM])
    # Ten thousand statements of two hundred kinds: each is planned once.
    connection.connection.prepare_threshold, connection.connection.prepared_max = 0, 1000
    world = World(cast, now)
    plan_ahead(world)
    # The places that became free have been offered, by the coordinator; nothing is left for the worker of that.
    with jobs.replace_connector(InMemoryConnector()):
        world.tell([*meetings(world), *visits(world), *everybody(world), *mornings(world)])
    give_account(cast, now)
    read_last_month(cast, now)
    read_old_news(world, now - NEWS_FOR)
    begin_as(None)
    # By the worker, which alone may: last month's log is there to be reviewed, and the figures to be read.
    for job in (DRAW_JOB, COUNT_JOB):
        jobs.configure_task(job).defer(timestamp=0)
    return True


def cast_of(now: datetime) -> Cast:
    try:
        return find_cast()
    except Association.DoesNotExist:
        make_cast(now)
        return find_cast()  # read back, so that times are times and not the words of their defaults


def read_last_month(cast: Cast, now: datetime) -> None:
    """Supervisors open their participants' plans, as they do: the month that is over has something to be reviewed."""
    last_month = previous(now.date().replace(day=1))
    being(cast.karin, now)
    cases = Case.objects.filter(state=State.ACTIVE, plan_agreed_at__lt=midnight(last_month), is_protected=False)
    for n, case in enumerate(cases.select_related("supervisor").order_by("number")[:12]):
        assert case.supervisor is not None
        read(
            case,
            case.supervisor,
            midnight(add_working_days(last_month, n + 1)) + timedelta(hours=9, minutes=5 * n),
            "plan",
        )


AMIRA_MAIL = "amira@deltagare.example"


def give_account(cast: Cast, now: datetime) -> None:
    """Amira Haddad gets an account, through her supervisor, so that she can see her own pages."""
    account = User.objects.create_user(AMIRA_MAIL, "Amira Haddad")
    being(cast.elin, now)
    person_id = Case.objects.get(first_name="Amira", last_name="Haddad").person_id
    with connection.cursor() as cursor:
        cursor.execute("select people_link_account(%s, %s)", [person_id, account.pk])
