"""A remembered question answers as the queryset itself does, whoever asks about whatever, and cannot be remembered wrong."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext

from knutpunkten.access.who import Hat, Who
from knutpunkten.organisations.models import Membership, Role, Unit, User
from knutpunkten.questions.remembered import Remembered, remembered

DAY = date(2026, 11, 17)


def members(unit_id: UUID, day: date) -> QuerySet[Any]:
    rows = Membership.objects.filter(unit=unit_id, starts_on__lte=day).select_related("user", "unit__agency")
    return rows.annotate(user_called=F("user__name")).order_by("user__name", "pk")


def test_rows_are_djangos_own_and_each_asker_gets_theirs(cast: Any) -> None:
    asked = Remembered(members)
    for unit in Unit.objects.all():
        rows = asked(unit.pk, DAY)
        assert rows == list(members(unit.pk, DAY))
        assert [(row.user_called, row.unit.agency.name) for row in rows] == [
            (row.user.name, unit.agency.name) for row in members(unit.pk, DAY)
        ]
    assert any(asked(unit.pk, DAY) for unit in Unit.objects.all())
    assert len(asked.known) == 1


def test_what_is_asked_for_beside_is_there_without_another_statement(cast: Any) -> None:
    asked = Remembered(members)
    unit = Membership.objects.filter(unit__isnull=False)[0].unit_id
    with CaptureQueriesContext(connection) as captured:
        names = [(row.user.name, row.unit.agency.name) for row in asked(unit, DAY)]
    assert names
    assert len(captured) == 1


def test_values_come_as_values(cast: Any) -> None:
    asked = Remembered(lambda day: Membership.objects.filter(starts_on__lte=day).values_list("pk", flat=True))
    named = Remembered(lambda day: Membership.objects.filter(starts_on__lte=day).values_list("role", named=True))
    assert set(asked(DAY)) == set(Membership.objects.values_list("pk", flat=True))
    assert {row.role for row in named(DAY)} == set(Membership.objects.values_list("role", flat=True))


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_list_is_one_value_however_long(cast: Any, number: int) -> None:
    asked = Remembered(lambda ids: User.objects.filter(pk__among=ids))
    of_units = Remembered(lambda ids: Membership.objects.filter(user__among=ids))
    some = list(User.objects.order_by("pk").values_list("pk", flat=True)[:number])
    assert {user.pk for user in asked(some)} == set(some)
    assert {row.user_id for row in of_units(some)} == set(some)


def test_another_shape_is_another_statement(cast: Any) -> None:
    def oldest(day: date, *, number: int) -> QuerySet[Membership]:
        return Membership.objects.filter(starts_on__lte=day).order_by("pk")[:number]

    asked = Remembered(oldest)
    assert [len(asked(DAY, number=number)) for number in (1, 2, 1)] == [1, 2, 1]
    assert len(asked.known) == 2


def of_asker(who: Who, day: date) -> QuerySet[Membership]:
    rows = Membership.objects.filter(starts_on__lte=day, unit=who.unit_id)
    return rows.filter(pk__among=sorted(who.reads)) if who.reads else rows


def asker(unit: UUID | None, role: Role = Role.CASEWORKER, reads: frozenset[UUID] = frozenset()) -> Who:
    return Who(uuid4(), "Någon", Hat(uuid4(), role, unit_id=unit, unit="Enheten"), reads=reads)


def test_who_asks_decides_the_statement_by_role_and_scopes_alone(cast: Any) -> None:
    asked = Remembered(of_asker)
    units = list(Unit.objects.values_list("pk", flat=True))
    for unit in units:
        assert asked(asker(unit), DAY) == list(of_asker(asker(unit), DAY))
    assert len(asked.known) == 1
    one = Membership.objects.filter(unit__isnull=False)[0]
    assert asked(asker(one.unit_id, reads=frozenset({one.pk})), DAY) == [one]
    assert asked(asker(one.unit_id, reads=frozenset({uuid4(), uuid4()})), DAY) == []
    assert len(asked.known) == 2


def test_nobody_is_asked_about(cast: Any) -> None:
    asked = Remembered(lambda day: Membership.objects.filter(pk__in=[], starts_on=day))
    assert asked(DAY) == asked(DAY) == []


def test_what_is_worked_out_from_a_value_is_refused(cast: Any) -> None:
    asked = Remembered(lambda day: Membership.objects.filter(starts_on__lte=day, ends_on__gt=day + timedelta(days=1)))
    with pytest.raises(LookupError, match="works something out"):
        asked(DAY)


@pytest.mark.parametrize("value", [None, 7, True])
def test_what_could_be_another_statement_is_refused(cast: Any, value: Any) -> None:
    asked = Remembered(lambda unit: Membership.objects.filter(unit=unit))
    with pytest.raises(TypeError, match="pass it by name"):
        asked(value)


def test_what_depends_on_something_else_is_found_in_tests(cast: Any) -> None:
    roles = [Role.CASEWORKER, Role.REPRESENTATIVE]
    asked = Remembered(lambda day: Membership.objects.filter(starts_on__lte=day, role=roles[0]))
    asked(DAY)
    roles.reverse()
    with pytest.raises(AssertionError, match="not what is remembered"):
        asked(DAY)


def test_what_is_the_same_for_all_is_written_out_and_nothing_of_who_asks(cast: Any) -> None:
    def asked_for(day: date, name: str) -> QuerySet[Membership]:
        rows = Membership.objects.filter(starts_on__lte=day, role=Role.CASEWORKER, user__name=name)
        return rows.exclude(user__name__contains="100 %s")

    asked = Remembered(asked_for)
    name = Membership.objects.filter(role=Role.CASEWORKER)[0].user.name
    assert asked(DAY, name) == list(Membership.objects.filter(role=Role.CASEWORKER, user__name=name))
    with CaptureQueriesContext(connection) as captured:
        asked(DAY, "'; --")
    (statement,) = asked.known.values()
    assert "'caseworker'" in statement.said
    assert "100" in statement.said
    assert statement.said.replace("%%", "").count("%s") == 2
    assert "--" not in statement.said
    assert len(captured) == 1


def test_it_is_not_remembered_without_end(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knutpunkten.questions.remembered.MANY", 3)

    @remembered
    def oldest(day: date, *, number: int) -> QuerySet[Membership]:
        return Membership.objects.filter(starts_on__lte=day).order_by("pk")[:number]

    for number in range(1, 9):
        assert len(oldest(DAY, number=number)) == number
    assert len(oldest.known) <= 3
