"""Places and a queue to stand in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from knutpunkten.organisations.models import Programme
from knutpunkten.queue.actions import set_places
from knutpunkten.queue.models import Holding, Place, Ticket, Waiting
from tests.conftest import behind_the_wall


@pytest.fixture
def places(cast: Any) -> Callable[[int], None]:
    """``places(2)``: Knutpunkten has two places, both free."""

    def places(number: int) -> None:
        with behind_the_wall():
            Programme.objects.filter(pk=cast.knutpunkten.pk).update(places=number)
            cast.knutpunkten.refresh_from_db()
            set_places(cast.knutpunkten, timezone.now() - timedelta(days=60))

    return places


@pytest.fixture
def in_queue(make_case: Callable[..., Any]) -> Callable[..., Any]:
    """``in_queue(days=26)``: a queued case that has waited so long."""

    def in_queue(days: int = 10, **kwargs: Any) -> Any:
        case = make_case(
            "queued", **{"notice_given_at": timezone.now(), "notice_confirmed_at": timezone.now(), **kwargs}
        )
        since = timezone.now() - timedelta(days=days)
        with behind_the_wall():
            ticket = Ticket.objects.create(programme=case.programme, since=since, order_at=since)
            Waiting.objects.create(ticket=ticket, case=case, author_unit=case.programme.team)
        return case

    return in_queue


@pytest.fixture
def in_place(make_case: Callable[..., Any]) -> Callable[..., Any]:
    """A case in the lowest free place."""

    def in_place(state: str = "placed", at: datetime | None = None, **kwargs: Any) -> Any:
        case = make_case(state, **kwargs)
        since = at or timezone.now() - timedelta(days=30)
        with behind_the_wall():
            place = Place.objects.filter(programme=case.programme, state=Place.State.FREE).order_by("number").first()
            assert place is not None
            Place.objects.filter(pk=place.pk).update(state=Place.State.TAKEN, since=since)
            Holding.objects.create(case=case, place=place, author_unit=case.programme.team, from_at=since)
        return case

    return in_place


@contextmanager
def worker_role() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("set role knutpunkten_worker")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("set role knutpunkten_app")


@pytest.fixture
def as_worker() -> Callable[[], AbstractContextManager[None]]:
    """``with as_worker():`` the database sees the worker, whose rights are few."""
    return worker_role
