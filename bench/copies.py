"""The world beside the one that is measured: the same association again and again, each under ids of its own.

Copied by the database itself, as its superuser and with its triggers and foreign keys asleep: the rows are right
as they stand, and ten million of them would otherwise take hours.
"""

import psycopg
from django.db import connection
from psycopg import sql

# Tables that are the installation's own, and the floor's, which is made as large as it needs to be.
LEFT = (
    *("django_", "auth_", "account", "mfa_", "socialaccount_", "procrastinate_"),
    *("wall_secret", "audit_seal", "floor_row", "cases_numberseries"),
)
# What is said in words or numbers and tells one copy from another ends with which copy it is.
NAMED = {
    ("cases_case", "number"),
    ("cases_status", "number"),
    ("organisations_association", "name"),
    ("organisations_programme", "name"),
    ("organisations_unit", "name"),
}

COLUMNS = """
select c.table_name, c.column_name, c.data_type
  from information_schema.columns c
  join information_schema.tables t using (table_schema, table_name)
 where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
 order by c.table_name, c.ordinal_position
"""


def superuser() -> psycopg.Connection:
    """A connection to the bench's own cluster as its superuser."""
    settings = connection.settings_dict
    return psycopg.connect(host=settings["HOST"], port=settings["PORT"], dbname=settings["NAME"], user="postgres")


def copy_world(times: int) -> None:
    """Add *times* copies of everything that belongs to an association. Every id is derived from its original's."""
    with superuser() as cluster:
        cluster.execute("set session_replication_role = replica")
        tables = tables_of(cluster)
        for table in tables:
            name = sql.Identifier(table)
            cluster.execute(sql.SQL("create temp table {} as select * from public.{}").format(original(table), name))
        for number in range(1, times + 1):
            for table, columns in tables.items():
                cluster.execute(copying(table, columns), {"n": str(number)})
            cluster.commit()


def tables_of(cluster: psycopg.Connection) -> dict[str, list[tuple[str, str]]]:
    """Each table to copy with its columns and their types."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in cluster.execute(COLUMNS):
        if not table.startswith(LEFT):
            found.setdefault(table, []).append((column, kind))
    return found


def original(table: str) -> sql.Identifier:
    return sql.Identifier(f"original_{table}")


def copying(table: str, columns: list[tuple[str, str]]) -> sql.Composed:
    """The statement that inserts one more copy of a table's original rows."""
    return sql.SQL("insert into public.{} ({}) select {} from {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(column) for column, _ in columns),
        sql.SQL(", ").join(value(table, column, kind) for column, kind in columns),
        original(table),
    )


def value(table: str, column: str, kind: str) -> sql.Composable:
    name = sql.Identifier(column)
    if kind == "uuid":
        return sql.SQL("md5({}::text || %(n)s)::uuid").format(name)
    if (table, column) in NAMED:
        return sql.SQL("{} || '-' || %(n)s").format(name)
    if (table, column) == ("organisations_user", "email"):
        return sql.SQL("%(n)s || '-' || {}").format(name)
    return name
