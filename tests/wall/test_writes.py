"""No write reaches a case that one does not see: every table, on the demo's whole world."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from psycopg.types.json import Jsonb

from knutpunkten.access.who import acting_as, begin_as
from knutpunkten.demo.cast import find_cast
from knutpunkten.wall.tables import PROTECTED
from tests import seeded
from tests.conftest import NAME, behind_the_wall

TUESDAY = date(2025, 11, 18)  # as in tests.demo.test_seed
BYSTANDERS = ("siv", "bosse", "gun", "helena", "disa", "olle", "bengt", "admin")


@pytest.fixture
def world(own_database) -> Any:
    """The demo's world in place of the empty database."""
    name = f"{NAME}_attacked"
    connection.close()
    seeded.clone(seeded.seeded_template(TUESDAY), name)
    before, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    yield find_cast()
    connection.close()
    connection.settings_dict["NAME"] = before
    seeded.drop(name)


def ids(cursor: Any, statement: str, *values: Any) -> set[Any]:
    cursor.execute(statement, values)
    return {row[0] for row in cursor.fetchall()}


@pytest.mark.slow("eight people try every table of the whole world")
def test_no_write_reaches_a_case_that_one_does_not_see(world) -> None:
    tried = 0
    for key in BYSTANDERS:
        user = getattr(world, key)
        with acting_as(user) as who, connection.cursor() as cursor:
            seen = ids(cursor, "select id from cases_case")
            with behind_the_wall():
                unseen = ids(cursor, "select id from cases_case") - seen
            assert unseen, key
            for rule in PROTECTED:
                tried += try_to_write(cursor, rule, unseen, seen, who)
    assert tried > 100


def try_to_write(cursor: Any, rule: Any, unseen: set[Any], seen: set[Any], who: Any) -> int:
    """Copy a row of an unseen case, and move one's own row there, as one's own unit's; how many were tried."""
    with behind_the_wall():
        columns = ids(
            cursor,
            "select column_name from information_schema.columns where table_name = %s and is_generated = 'NEVER'",
            rule.table,
        )
        if "case_id" not in columns or rule.table == "audit_entry":  # its rows are about oneself; see above
            return 0
        cursor.execute(f'select * from "{rule.table}" where case_id = any(%s) limit 1', [list(unseen)])
        row = cursor.fetchone()
        names = [column.name for column in cursor.description]
    tried = 0
    if row:
        copy = {name: value for name, value in zip(names, row, strict=True) if name in columns}
        if "author_unit_id" in copy:
            copy["author_unit_id"] = who.unit_id or copy["author_unit_id"]
        for name in ("unit_id", "user_id"):
            if name in copy:
                copy[name] = getattr(who, name) or copy[name]
        if isinstance(copy.pop("id", None), UUID):
            copy["id"] = uuid4()  # a number the database gives itself
        tried += refused(cursor, rule.table, insert_of(rule.table, copy))
    target = next(iter(unseen))
    tried += refused(cursor, rule.table, (f'update "{rule.table}" set case_id = %s', [target]))
    return tried


def insert_of(table: str, row: dict[str, Any]) -> tuple[str, list[Any]]:
    values = [
        Jsonb(v) if isinstance(v, dict) or (isinstance(v, list) and "parties" in k) else v for k, v in row.items()
    ]
    names = ", ".join(f'"{name}"' for name in row)
    return f'insert into "{table}" ({names}) values ({", ".join(["%s"] * len(row))})', values


def refused(cursor: Any, table: str, statement: tuple[str, list[Any]]) -> int:
    try:
        with transaction.atomic():
            cursor.execute(*statement)
            moved = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError as error:
        words = str(error)
        assert "row-level security" in words or "permission denied" in words, f"{table}: {words}"
        return 1
    assert moved == 0, f"{table}: {moved} rows"
    return 1


def test_a_seal_from_another_transaction_opens_nothing(own_database) -> None:
    cast = find_cast()
    taken = "select current_setting('app.asks'), current_setting('app.seal')"
    with transaction.atomic(), connection.cursor() as cursor:
        begin_as(cast.johan.pk)
        cursor.execute(taken)
        asks, seal = cursor.fetchone()
    with transaction.atomic():
        begin_as(cast.siv.pk)
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.asks', %s, true), set_config('app.seal', %s, true)", [asks, seal])
            with pytest.raises(DatabaseError, match="not sealed"):
                cursor.execute("select app_user()")
