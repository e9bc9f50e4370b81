"""Least privilege, exactly: what each database role may do, as it stands in the database's own catalogue."""

from collections import defaultdict

import pytest
from django.db import connection

from knutpunkten.wall.build import SEARCHED
from knutpunkten.wall.tables import APP_AND_WORKER, APP_ONLY, OPEN, PROTECTED, WORKER_ONLY
from tests.conftest import make_template

pytestmark = pytest.mark.django_db
APP, WORKER, SEARCH = "knutpunkten_app", "knutpunkten_worker", "knutpunkten_search"


def rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def words(grants: str | None) -> set[str]:
    return {word.strip() for word in (grants or "").split(",") if word.strip()}


def granted() -> dict[tuple[str, str], set[str]]:
    """(role, table) → what may be done with it, ``update(column)`` where only some columns; for all but the owner."""
    found = defaultdict(set)
    for role, table, verb in rows(
        "select coalesce(r.rolname, 'public'), c.relname, lower(a.privilege_type) from pg_class c"
        " cross join lateral aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and a.grantee <> c.relowner"
    ):
        found[role, table].add(verb)
    for role, table, column, verb in rows(
        "select coalesce(r.rolname, 'public'), c.relname, t.attname, lower(a.privilege_type) from pg_attribute t"
        " join pg_class c on c.oid = t.attrelid cross join lateral aclexplode(t.attacl) a"
        " left join pg_roles r on r.oid = a.grantee where c.relnamespace = 'public'::regnamespace"
    ):
        found[role, table].add(f"{verb}({column})")
    return dict(found)


def listed() -> dict[tuple[str, str], set[str]]:
    found = {
        (APP, "living_ground"): {"select"},
        (APP, "audit_ground"): {"select"},
        (APP, "audit_closed"): {"select"},
        (APP, "audit_self"): {"select"},
        (APP, "review_log"): {"select"},
        (SEARCH, "living_ground"): {"select"},
        (SEARCH, "people_person"): {"select"},
        (SEARCH, "cases_case"): {f"select({column})" for column in words(SEARCHED)},
    }
    for rule in PROTECTED:
        verbs = {verb for verb in ("select", "insert", "update", "delete") if getattr(rule, verb)}
        if rule.columns:
            verbs = verbs - {"update"} | {f"update({column})" for column in words(rule.columns)}
        found[APP, rule.table], found[WORKER, rule.table] = verbs, words(rule.worker)
    for table, (_, app, worker) in OPEN.items():
        found[APP, table], found[WORKER, table] = words(app), words(worker)
    return {key: verbs for key, verbs in found.items() if verbs}


def test_each_role_may_do_with_each_table_what_the_list_says_and_nothing_more() -> None:
    assert granted() == listed()


def test_only_the_worker_and_the_owner_read_the_queue_of_jobs() -> None:
    assert not {table for role, table in granted() if role == APP and table.startswith("procrastinate_")}


def test_each_function_is_called_by_those_who_need_it() -> None:
    ours = (
        "p.pronamespace = 'public'::regnamespace and not exists (select 1 from pg_depend d"
        " where d.objid = p.oid and d.deptype = 'e')"
    )
    may = defaultdict(set)
    for role in (APP, WORKER):
        for (name,) in rows(
            "select replace(p.oid::regprocedure::text, 'timestamp with time zone', 'timestamptz') from pg_proc p"
            f" where {ours} and has_function_privilege('{role}', p.oid, 'execute')"
        ):
            may[role].add(name.replace(",", ", ").replace(",  ", ", "))
    assert may[APP] == {*APP_ONLY, *APP_AND_WORKER}
    assert {name for name in may[WORKER] if not name.startswith("procrastinate_")} == {*APP_AND_WORKER, *WORKER_ONLY}


def test_no_role_is_above_the_wall() -> None:
    """None owns a table, bypasses a policy, makes roles or databases, or may become another; the search cannot log in."""
    for role in (APP, WORKER, SEARCH):
        ((power, logs_in),) = rows(
            "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication, rolcanlogin"
            f" from pg_roles where rolname = '{role}'"
        )
        assert (power, logs_in) == (False, role != SEARCH), role
        assert rows(f"select 1 from pg_auth_members where member = '{role}'::regrole") == [], role
        assert rows(f"select 1 from pg_class where relowner = '{role}'::regrole") == [], role
    assert rows(f"select proname from pg_proc where proowner = '{SEARCH}'::regrole") == [("search_cases",)]


def test_nobody_makes_tables_of_their_own_beside_the_wall() -> None:
    for role in (APP, WORKER, SEARCH):
        ((schema, temporary),) = rows(
            f"select has_schema_privilege('{role}', 'public', 'create'),"
            # Of the database that was migrated: a copy of it, such as this test's, begins with PostgreSQL's own leave.
            f" has_database_privilege('{role}', '{make_template()}', 'temporary')"
        )
        assert (schema, temporary) == (False, False), role


def test_the_owners_functions_look_for_names_in_one_place_only() -> None:
    """A definer function without its own search path would take a caller's table for the real one."""
    loose = rows(
        "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
        " and not coalesce('search_path=public, pg_temp' = any(proconfig), false)"
    )
    assert loose == []
