"""The person of these tests: 48 years old, within every target group."""

from typing import Any

import pytest
from django.utils import timezone

from knutpunkten.people.models import Person
from knutpunkten.visits.models import Booking, Slot
from tests.builders import make_person
from tests.conftest import behind_the_wall


def leif_himself() -> Person:
    return make_person("Leif", "Sandqvist", number="197804112394")


@pytest.fixture
def leif(cast: Any) -> Person:
    with behind_the_wall():
        return leif_himself()


@pytest.fixture
def book_visit(cast: Any) -> Any:
    """A study visit that the referring unit booked with Knutpunkten, the day that the case began: ``book_visit(case)``."""

    def book(case: Any) -> str:
        with behind_the_wall():
            ends_at = case.state_since.replace(year=2100)
            slot = Slot.objects.create(programme=cast.knutpunkten, starts_at=case.created_at, ends_at=ends_at, seats=6)
            Booking.objects.create(
                slot=slot,
                unit=case.referring_unit,
                team=cast.knutpunkten.team,
                booked_by=cast.johan,
                booked_at=case.created_at,
                how_many=1,
                phone="070-174 06 20",
            )
        return timezone.localdate(slot.starts_at).isoformat()

    return book
