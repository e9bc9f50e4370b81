"""Time that passes in a journey: the server's clock stands where it stands, so all that is written moves back.

Nobody in the story can tell the difference: every date and moment in every table is so many days
earlier, and what was to come is so many days nearer.
"""

import psycopg
from psycopg import sql

from tests.conftest import server

AWAY = 400_000  # days: first far off, so that no row meets one that has not moved yet
COLUMNS = """
    select table_name, array_agg(column_name::text)
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER'
      and data_type in ('date', 'timestamp with time zone')
      and table_name not like 'procrastinate%' and table_name not like 'django%'
      and (table_name, column_name) <> ('review_round', 'month')  -- a month, and begins on its first day
    group by table_name order by table_name
"""


def days_pass(database: str, days: int) -> None:
    """*days* go by in *database*. The workings of server and worker (sessions, jobs) keep their own time."""
    with psycopg.connect(server(database)) as connection:
        connection.execute("set local timezone to 'Europe/Stockholm'")  # a day keeps its clock time
        connection.execute("set constraints all immediate")  # a table with checks to come cannot be altered
        for table, columns in connection.execute(COLUMNS).fetchall():
            alter = sql.SQL("alter table {} {} trigger user")
            # Nothing of it is done by anybody: neither the audit's lock nor the engine's mark has a say.
            connection.execute(alter.format(sql.Identifier(table), sql.SQL("disable")))
            for by in (AWAY, -AWAY - days):
                move(connection, table, columns, by)
            connection.execute(alter.format(sql.Identifier(table), sql.SQL("enable")))


def the_minute_is_over(address: str) -> None:
    """The worker's next round of mail comes now: nobody waits for the clock. *address*: the database's."""
    with psycopg.connect(address) as connection:
        connection.execute(
            "insert into procrastinate_jobs (task_name, queue_name, lock, args)"
            " values ('send_mail', 'default', 'send_mail', '{\"timestamp\": 0}')"
        )


def move(connection: psycopg.Connection[tuple[object, ...]], table: str, columns: list[str], by: int) -> None:
    moved = [
        sql.SQL("{0} = {0} + make_interval(days => {1})").format(sql.Identifier(c), sql.Literal(by)) for c in columns
    ]
    connection.execute(sql.SQL("update {} set {}").format(sql.Identifier(table), sql.SQL(", ").join(moved)))
