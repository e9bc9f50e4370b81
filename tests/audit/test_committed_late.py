"""A row that is written before a seal and committed after it."""

import threading
from typing import Any

from django.db import connection
from django.utils import timezone

from knutpunkten.access.who import acting_as
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
