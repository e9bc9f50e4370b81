"""From which day until which somebody is a named reader (W5)."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from knutpunkten.protection.models import NamedReader
from knutpunkten.protection.rules import may_be_chosen, readers_of, unread_by
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


def test_one_reads_from_the_first_day_through_the_last_and_no_other(protected_case: Callable, cast: Any) -> None:
    case = protected_case("announced")
    today = timezone.localdate()
    first, last = today + timedelta(days=2), today + timedelta(days=5)
    with behind_the_wall():
        NamedReader.objects.filter(case=case).delete()
        office = cast.unit("Arbetsförmedlingen")
        NamedReader.objects.create(
            case=case,
            unit=office,
            user=cast.mats,
            given_by=cast.karin,
            given_at=timezone.now(),
            reason="Tar emot ärendet",
            valid_from=first,
            valid_until=last,
        )
        for day in (first - timedelta(days=1), first, last, last + timedelta(days=1)):
            reads = first <= day <= last
            at_midnight = timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
            assert readers_of(case.pk, at_midnight) == ({cast.mats.pk} if reads else set())
            assert may_be_chosen(case, day) == ({cast.mats.pk} if reads else set())
            assert bool(unread_by(case, [office], day)) is not reads
        NamedReader.objects.filter(case=case).update(ended_at=timezone.now(), ended_by=cast.karin)
        assert readers_of(case.pk, timezone.now() + timedelta(days=3)) == set()
