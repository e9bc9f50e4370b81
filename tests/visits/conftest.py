"""Times to visit, around now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from knutpunkten.visits.models import Booking, Slot
from tests.conftest import behind_the_wall


@pytest.fixture
def slot(cast: Any) -> Callable[..., Slot]:
    """``slot(days=7)``: an open hour with six seats so many days ahead (or, negative, behind)."""

    def slot(days: int = 7, *, programme: Any = None, **fields: Any) -> Slot:
        starts_at: datetime = timezone.now() + timedelta(days=days)
        with behind_the_wall():
            return Slot.objects.create(
                programme=programme or cast.knutpunkten,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1),
                **{"seats": 6, **fields},
            )

    return slot


@pytest.fixture
def booking(cast: Any, slot: Callable[..., Slot]) -> Callable[..., Booking]:
    """``booking(cast.johan, days=-1)``: two seats booked by him."""

    def booking(user: Any, days: int = 7, *, how_many: int = 2, **fields: Any) -> Booking:
        booked = slot(days, taken=how_many)
        with behind_the_wall():
            return Booking.objects.create(
                slot=booked,
                unit=user.memberships.get().unit,
                team=cast.knutpunkten.team,
                booked_by=user,
                booked_at=timezone.now() - timedelta(days=20),
                how_many=how_many,
                phone="070-174 06 20",
                **fields,
            )

    return booking
