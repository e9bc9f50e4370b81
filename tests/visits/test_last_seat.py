"""Two who book the last seat at once: one gets it, the other a friendly sentence."""

import threading

import pytest
from django.db import connections
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.visits.actions import VisitRefused, book
from knutpunkten.visits.models import Booking


@pytest.mark.slow("two threads and a database of their own")
def test_the_last_seat_has_one_taker(own_database, cast, slot):
    time = slot(seats=1)
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def take_it(user) -> None:
        try:
            with acting_as(user) as who:
                start.wait(timeout=10)
                book(slot_id=time.pk, how_many=1, phone="070-174 06 20", by=who, at=timezone.now())
            outcomes.append("bokat")
        except VisitRefused as refusal:
            outcomes.append(refusal.sentence)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take_it, args=[user]) for user in (cast.johan, cast.mats)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(outcomes) == ["Någon annan hann före: tiden är full. Välj en annan tid, så är det klart.", "bokat"]
    time.refresh_from_db()
    assert time.taken == 1
    with acting_as(cast.karin):
        assert Booking.objects.count() == 1
