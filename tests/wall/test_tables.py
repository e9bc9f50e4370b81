"""The wall stands on every table: with a policy, or with a written reason for having none."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from knutpunkten.access.who import acting_as, begin_as
from knutpunkten.cases.models import Case, Party
from knutpunkten.wall.tables import OPEN, PROTECTED
from tests.conftest import behind_the_wall


def tables(condition: str = "true") -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            f" where n.nspname = 'public' and c.relkind in ('r', 'p') and {condition}"
        )
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_it_runs_as_the_app_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone()[0] == "knutpunkten_app"


@pytest.mark.django_db
def test_every_table_has_a_policy_or_a_written_reason() -> None:
    listed = {rule.table for rule in PROTECTED} | set(OPEN)
    assert tables() == listed
    assert tables("c.relrowsecurity") == {rule.table for rule in PROTECTED}
    assert all(reason for reason, _, _ in OPEN.values())


@pytest.mark.django_db
def test_with_nobody_signed_in_every_protected_table_is_empty(make_case) -> None:
    make_case("active")
    begin_as(None)
    with connection.cursor() as cursor:
        for rule in PROTECTED:
            cursor.execute(f'select count(*) from "{rule.table}"')
            assert cursor.fetchone()[0] == 0, rule.table


@pytest.mark.django_db
def test_the_app_role_deletes_no_case_data(make_case, cast) -> None:
    case = make_case("announced")
    with acting_as(cast.karin):
        for table in ("cases_case", "cases_party", "cases_section", "audit_entry", "people_person"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f'delete from "{table}"')
    with behind_the_wall():
        assert Case.objects.filter(pk=case.pk).exists()


@pytest.mark.django_db
def test_the_audit_is_neither_changed_nor_removed_by_the_app(cast) -> None:
    with acting_as(cast.karin), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update audit_entry set event = 'nothing'")


@pytest.mark.django_db
def test_a_case_moves_only_by_the_engine(make_case, cast) -> None:
    case = make_case("handed_over")
    with acting_as(cast.nadja), pytest.raises(DatabaseError, match="only the routine"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="announced")


@pytest.mark.django_db
def test_nobody_makes_a_ground_for_themselves(make_case, cast) -> None:
    """Not by naming one's own unit, not even with the case's id in hand."""
    case = make_case("announced")
    with acting_as(cast.siv) as who:
        with pytest.raises(DatabaseError), transaction.atomic():
            Party.objects.bulk_create(
                [
                    Party(
                        case_id=case.pk,
                        person_id=case.person_id,
                        unit_id=who.unit_id,
                        basis="consent",
                        consent_id=case.pk,
                        level=2,
                        valid_from=case.created_at.date(),
                        valid_until=case.created_at.date(),
                        case_created_at=case.created_at,
                    )
                ]
            )
        assert not Case.objects.filter(pk=case.pk).exists()
