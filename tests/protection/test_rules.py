"""Who reads about a protected person and between which days, whom one may name, and who is told what waits (W5)."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.organisations.models import Membership, Role, User
from knutpunkten.protection.models import NamedReader
from knutpunkten.protection.rules import may_be_chosen, may_be_named, readers_of, to_read, unread_by
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


def test_the_units_people_today_are_offered_once_each_by_name(cast: Any) -> None:
    today, day = timezone.localdate(), timedelta(days=1)
    office = cast.unit("Arbetsförmedlingen")
    with behind_the_wall():
        Membership.objects.filter(unit=office).delete()

        def member(name: str, role: Role, first: Any = today, last: Any = None, *, is_active: bool = True) -> None:
            email = f"{name.lower()}@example.se"
            user, _ = User.objects.get_or_create(email=email, defaults={"name": name, "is_active": is_active})
            Membership.objects.create(user=user, unit=office, role=role, starts_on=first, ends_on=last)

        member("Mira", Role.REPRESENTATIVE)
        member("Mira", Role.CASEWORKER)
        member("Bo", Role.REPRESENTATIVE, last=today)
        member("Cecilia", Role.CASEWORKER, first=today - 9 * day, last=today - day)
        member("David", Role.CASEWORKER, first=today + day)
        member("Esther", Role.CASEWORKER, is_active=False)
        assert [row.user.name for row in may_be_named(office.pk, today)] == ["Bo", "Mira"]


def test_whoever_names_nobody_is_not_told_which_cases_wait(protected_case: Callable, cast: Any) -> None:
    protected_case("announced", readers=[cast.nadja])
    with acting_as(cast.mats) as who:
        assert [row.number for row in to_read(who)] == ["KP-0417"]
    with acting_as(cast.disa) as who, CaptureQueriesContext(connection) as asked:
        assert to_read(who) == []
    assert len(asked) == 0
