"""A row that is written before a seal and committed after it, and two who seal at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import connection
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit import seals
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import Entry, Seal, Sealed
from tests.audit.test_seals import found, seal, write
from tests.conftest import behind_the_wall


def test_who_commits_late_joins_the_next_seal(own_database: str, cast: Any) -> None:
    """Written before the first seal, committed after it: neither lost nor taken for put in."""
    written, sealed_once = threading.Event(), threading.Event()

    def slow() -> None:
        with acting_as(cast.elin) as elin:
            record("listed", by=elin, at=timezone.now())
            written.set()
            assert sealed_once.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(20)
    write(cast, 2)
    assert seal() == 2
    sealed_once.set()
    thread.join(20)
    assert seal() == 1
    assert found() == []
    with behind_the_wall():
        late = Entry.objects.get(user_id=cast.elin.pk)
        assert Sealed.objects.get(entry_id=late.pk).seal_id == 2
        assert late.recorded_at < Seal.objects.get(number=1).sealed_at


def test_two_who_seal_at_once_wait_for_each_other_and_each_row_is_sealed_once(
    own_database: str, cast: Any, monkeypatch: Any
) -> None:
    """The worker's minute, and somebody at the server's prompt."""
    write(cast, 2)
    both, newest = threading.Barrier(2), seals.newest

    def newest_late() -> Seal | None:
        """The first waits here for the other to come as far, if it does."""
        last = newest()
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=2)
        return last

    monkeypatch.setattr(seals, "newest", newest_late)

    def seal_once(_: int) -> int:
        try:
            return seal()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(seal_once, range(2))) == [0, 2]
    assert found() == []
