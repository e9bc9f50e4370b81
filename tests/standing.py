"""Worlds that stand for several tests.

What people build on the pages takes time, and many tests begin where it is built. ``@standing`` on what builds a world
makes a fixture of it: built once, in a savepoint left open, for all tests in a row that ask for it. Each of them works in
a savepoint of its own, rolled back as ever, and on its own copies of the objects. A world may stand upon another, named as
a fixture names it, and on ``cast``. Who asks for another world, or for none, meets nothing of this one.
"""

import inspect
import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.plugin import blocking_manager_key

Build = Callable[..., Any]


@dataclass
class World:
    """What stands open: the innermost savepoint is the last one's."""

    name: str
    build: Build
    open: ExitStack
    made: Any
    kept: bytes  # all that stands by now, by name, and the cast as it is by then: each test unpacks its own copies
    day: date  # what was built on one day says little of the next


_standing: list[World] = []


def standing(build: Build) -> Any:
    """A fixture giving a test its copy of what *build* made; its arguments are worlds, or ``cast``."""

    def copied(worlds: dict[str, Any], db: None, **_: Any) -> Any:
        return worlds[build.__name__]

    below = inspect.signature(build).parameters
    kept = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in ("worlds", "db", *below)]
    copied.__signature__ = inspect.Signature(kept)  # type: ignore[attr-defined]
    copied.__doc__ = build.__doc__
    copied.builds = build  # type: ignore[attr-defined]
    return pytest.fixture(name=build.__name__)(copied)


def worlds_of(item: pytest.Item) -> dict[str, Build]:
    """The worlds that a test stands in, by name, each after those it stands upon."""
    found: dict[str, Build] = {}

    def add(name: str) -> None:
        fixtures = item._fixtureinfo.name2fixturedefs.get(name, ())  # type: ignore[attr-defined]
        build = getattr(fixtures[-1].func, "builds", None) if fixtures else None
        if build is not None and name not in found:
            for below in inspect.signature(build).parameters:
                add(below)
            found[name] = build

    for name in getattr(item, "fixturenames", ()):
        add(name)
    return found


def alike(wanted: dict[str, Build]) -> int:
    """How many of the standing worlds, from the first, are those *wanted*."""
    pairs, today = zip(_standing, wanted.items(), strict=False), timezone.localdate()
    differing = (at for at, (world, (_, build)) in enumerate(pairs) if (world.build, world.day) != (build, today))
    return next(differing, min(len(_standing), len(wanted)))


def leave(number: int) -> None:
    """Take down the worlds after the first *number*, the last built first."""
    while len(_standing) > number:
        _standing.pop().open.close()


def forget() -> None:
    """Let the worlds go with their database, as a run ends: a browser that has stopped may have taken the connection along."""
    _standing.clear()


def enter(name: str, build: Build) -> None:
    """Build a world upon those that stand."""
    from knutpunkten.demo.cast import find_cast

    below = {world.name: world.made for world in _standing}
    with ExitStack() as opening:
        opening.enter_context(transaction.atomic())
        opening.callback(transaction.set_rollback, True)
        asked = {of: below[of] if of in below else find_cast() for of in inspect.signature(build).parameters}
        made = build(**asked)
        connection.check_constraints()
        kept = pickle.dumps({**below, name: made, "cast": find_cast()})
        _standing.append(World(name, build, opening.pop_all(), made, kept, timezone.localdate()))


@pytest.fixture(autouse=True)
def worlds(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The test's own copies of what its worlds hold, by name, and of the cast; built here where they do not stand yet."""
    wanted = worlds_of(request.node)
    if not wanted:
        return {}
    request.getfixturevalue("django_db_setup")
    with request.getfixturevalue("django_db_blocker").unblock():
        for name, build in list(wanted.items())[len(_standing) :]:
            enter(name, build)
    found: dict[str, Any] = pickle.loads(_standing[-1].kept)
    return found


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """What the next test does not stand in is taken down: it would see it."""
    yield
    with item.config.stash[blocking_manager_key].unblock():
        leave(alike(worlds_of(nextitem) if nextitem else {}))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who stands in the same world goes together; those that stand in none, first."""
    items.sort(key=lambda item: [f"{build.__module__}.{name}" for name, build in worlds_of(item).items()])
