"""What every test stands on: a real PostgreSQL, the app's own role behind the wall, and the cast.

The database is made and migrated by the owner, once, as a template; tests run as the app role in
transactions that are rolled back. A test that needs real commits takes ``own_database``.
"""

import gc
import hashlib
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

from knutpunkten.questions.remembered import Remembered
from tests.standing import forget

ROOT = Path(__file__).resolve().parent.parent
MOMENT = datetime(2026, 11, 17, 9, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
# Templates are shared by all that test side by side; what a test writes in is its own process's.
TEMPLATES = os.environ.get("KNUTPUNKTEN_TEST_DATABASE", "test_knutpunkten")
# Else every client that a test makes would first look through all static files, asked for or not.
settings.WHITENOISE_AUTOREFRESH = True
# And a statement is prepared the first time it is asked: the next test asks it again (tests/prepared.py).
settings.DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 0
# What pages remember of their questions is worked out anew the first times, and must be the same.
Remembered.doubts = 3
NAME = f"{TEMPLATES}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


# Until all is loaded, which stays: looking through it meanwhile would be a seventh of what loading it takes.
gc.disable()


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it again and again would be a twentieth of the run."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(100_000, 50, 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each process begins with its share of the long ones, journeys before all: at the end none is left alone with one.

    Journeys stand in the demo's world, which the first process makes. The others would wait for it with nothing to do:
    they begin with the tests of bring-up, which need no world.
    """

    def rank(item: pytest.Item) -> int:
        if item.get_closest_marker("slow") is None:
            return 2
        return 0 if "journeys" in item.path.parts else 1

    def turn(item: pytest.Item, hand: int) -> int:
        return -1 if hand and "bringup" in item.path.parts else rank(item)

    draw_nothing_of_our_own()
    items.sort(key=rank)
    hands = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = dealt(items, sum(rank(item) < 2 for item in items), hands, turn)


def draw_nothing_of_our_own() -> None:
    """Else every process would first read the source of each of our modules, for numbers and words to draw: a second."""
    if "hypothesis" in sys.modules:
        from hypothesis.internal.conjecture import providers

        providers._get_local_constants = lambda: providers._local_constants


def dealt[Item](items: list[Item], long: int, hands: int, turn: Callable[[Item, int], int]) -> list[Item]:
    """The items with their first *long* ones dealt round; what each of the *hands* gets, equally many, is in a row.

    *turn(item, hand)*: those with the lowest begin, among the long ones in that hand.
    """
    rest = iter(items[long:])
    order: list[Item] = []
    for hand in range(hands):
        share = (len(items) - len(order)) // (hands - hand)  # as xdist's worksteal counts it: the last get the odd ones
        own = sorted(items[hands - 1 - hand : long : hands], key=lambda item: turn(item, hand))
        order += [*own, *islice(rest, share - len(own))]
    return order


def server(name: str) -> str:
    """The owner's address of database *name* on the test server."""
    url = os.environ["KNUTPUNKTEN_DATABASE_URL"]
    before, _, query = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{query}"


def admin(*statements: str) -> None:
    with psycopg.connect(server("knutpunkten"), autocommit=True) as server_connection:
        for statement in statements:
            server_connection.execute(statement)


def schema_stamp() -> str:
    """Changes when anything that makes the template changes."""
    digest = hashlib.sha256()
    patterns = ("*/migrations/*.py", "wall/*", "demo/cast.py", "demo/documents.py", "organisations/swedish_order.py")
    for pattern in patterns:
        for path in sorted((ROOT / "knutpunkten").glob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def exists(name: str) -> bool:
    with psycopg.connect(server("knutpunkten")) as server_connection:
        return server_connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """While one process makes *what*, another that wants it waits, and finds it made."""
    with psycopg.connect(server("knutpunkten"), autocommit=True) as waiting:
        waiting.execute("select pg_advisory_lock(hashtext(%s))", [what])
        yield


def make_template() -> str:
    """The template database: migrated by the owner, with the cast in it. Kept until its makings change."""
    template = f"{TEMPLATES}_template_{schema_stamp()}"
    with one_at_a_time(template):
        if not exists(template):
            build_template(template)
    return template


def build_template(template: str) -> None:
    building = f"{template}_building"
    admin(f'drop database if exists "{building}" with (force)', f'create database "{building}"')
    environment = {**os.environ, "KNUTPUNKTEN_DATABASE_URL": server(building), "KNUTPUNKTEN_ROLE": "owner"}
    manage = [sys.executable, str(ROOT / "manage.py")]
    for command in (["migrate", "-v", "0", "--skip-checks"], ["make_cast"]):
        subprocess.run([*manage, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    admin(f'alter database "{building}" rename to "{template}"')


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """In place of Django's own: that one would migrate as the app role, which may not."""
    template = make_template()
    admin(f'drop database if exists "{NAME}" with (force)', f'create database "{NAME}" template "{template}"')
    connections.databases["default"]["NAME"] = NAME
    connection.settings_dict["NAME"] = NAME
    yield
    with django_db_blocker.unblock():
        forget()  # the last test may have stood in a world
        connections.close_all()
    admin(f'drop database if exists "{NAME}" with (force)')


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the test's own, where transactions really commit: for threads, jobs and browsers."""
    name = f"{NAME}_own"
    connections.close_all()
    admin(f'drop database if exists "{name}" with (force)', f'create database "{name}" template "{make_template()}"')
    connection.settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        yield name
        connections.close_all()
    connection.settings_dict["NAME"] = NAME
    admin(f'drop database if exists "{name}" with (force)')


@contextmanager
def behind_the_wall() -> Iterator[None]:
    """As the owner, who sees all: for setting things up and for asserting what stands in the tables."""
    with connection.cursor() as cursor:
        cursor.execute("set role knutpunkten_owner")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("set role knutpunkten_app")


@pytest.fixture(scope="session")
def cast_as_made(django_db_setup: None, django_db_blocker: Any) -> bytes:
    """The cast as the template has it, and so each test as it begins: to be read by every test without asking."""
    from knutpunkten.demo.cast import find_cast

    with django_db_blocker.unblock():
        return pickle.dumps(tuple(vars(find_cast()).values()))


@pytest.fixture
def cast(request: pytest.FixtureRequest, cast_as_made: bytes, worlds: dict[str, Any]) -> Any:
    """The people, units and programmes of the demo (``knutpunkten.demo.cast``)."""
    if "own_database" not in request.fixturenames:
        request.getfixturevalue("db")
    from knutpunkten.demo.cast import Cast

    # A world may have changed them.
    return worlds["cast"] if worlds else Cast(*pickle.loads(cast_as_made))


def signed_in(user: Any, role: str | None = None) -> Client:
    """A client with the user's session, as signing in leaves it; *role* chooses among several hats.

    ``Client.force_login`` asks the database fifteen times: a session is made, read, thrown away and made anew.
    """
    from knutpunkten.access.other_hat import HAT_KEY
    from knutpunkten.access.sittings import begin_sitting

    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    begin_sitting(session, timezone.now())
    if role is not None:
        session[HAT_KEY] = str(user.memberships.get(role=role).pk)
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


@pytest.fixture
def namesake_of(cast: Any) -> Callable[[Any], Any]:
    """``namesake_of(user)``: another with the same name, and the same role in the same place."""

    def namesake_of(user: Any) -> Any:
        with behind_the_wall():
            other = type(user).objects.create_user("namne@kommun.example", user.name)
            held = user.memberships.get()
            held.pk, held.user = None, other
            held.save(force_insert=True)
        return other

    return namesake_of


@pytest.fixture
def sign_in(cast: Any) -> Callable[..., Client]:
    """``sign_in(cast.karin)``: see ``signed_in``."""
    return signed_in


@pytest.fixture
def make_case(cast: Any) -> Callable[..., Any]:
    """See ``tests.builders.make_case``."""
    from tests import builders

    def make(*args: Any, **kwargs: Any) -> Any:
        with transaction.atomic(), behind_the_wall():
            return builders.make_case(cast, *args, **kwargs)

    return make


def take_step(
    case: Any, step: str, user: Any, *, at: datetime | None = None, role: str | None = None, **data: Any
) -> Any:
    """``take_step(case, "allocate", cast.karin, supervisor=cast.elin.pk)``: the step's form, then the engine."""
    from knutpunkten.access.who import acting_as
    from knutpunkten.routine import engine
    from knutpunkten.routine.table import STEPS

    at = at or timezone.now()
    with acting_as(user, role=role, at=at) as who:
        cleaned: dict[str, Any] = data
        form_class = STEPS[step].form
        if form_class is not None:
            locked = engine.lock(case.pk)
            assert locked is not None, f"{user} sees no case"
            form = form_class(data, case=locked, who=who)
            assert form.is_valid(), form.errors
            cleaned = form.cleaned_data
        taken = engine.take(case.pk, step, by=who, at=at, data=cleaned)
    assert_turns_stand(case.pk, at)
    return taken


@pytest.fixture
def take() -> Callable[..., Any]:
    """See ``take_step``."""
    return take_step


def assert_turns_stand(case_id: Any, at: datetime) -> None:
    """Whose turn it is, as kept, is what the case and its grounds say when they are read anew."""
    from knutpunkten.cases.models import Case, Turn
    from knutpunkten.cases.rules import consented
    from knutpunkten.routine.facts import turn_facts
    from knutpunkten.routine.step import ROLE_OF
    from knutpunkten.routine.turns import waiting

    with behind_the_wall():
        case = Case.objects.select_related("programme").get(pk=case_id)
        parties = consented([case_id])
        if case.version == 1:
            return  # set up by hand, and not moved since
        expected = waiting(turn_facts(case, timezone.localdate(at), parties))
        kept = Turn.objects.filter(case=case_id).order_by("position").values_list("step", "role", "unit_id", "user_id")
        assert list(kept) == [(step.id, ROLE_OF[w.actor], w.unit_id, w.user_id) for step, w in expected]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of the run: a driver of its own for each module would not start beside another's."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    # What is drawn is looked at by nobody: as few hands as can be, and none beside the browser's own process.
    flags += ["--in-process-gpu", "--num-raster-threads=1", "--disable-lcd-text", "--disable-partial-raster"]
    # No page lives long enough to win back what compiling its scripts further costs.
    flags += ["--js-flags=--no-opt --no-maglev"]
    # A page takes over the frame of the one before it: a new one for each would be a fourth of what showing a page costs.
    # The driver names features of its own, which this takes the place of: those that touch pages are named again.
    kept_off = "AvoidUnnecessaryBeforeUnloadCheckSync,HttpsUpgrades,MediaRouter,OptimizationHints,PaintHolding"
    flags += [f"--disable-features=RenderDocument,{kept_off}"]
    program = os.environ.get("KNUTPUNKTEN_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def moment() -> datetime:
    """Tuesday 2026-11-17 at 09:00 in Stockholm, week 47."""
    return MOMENT
