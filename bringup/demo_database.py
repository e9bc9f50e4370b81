"""The demo's database: which server it is on, and whether the world in it is the one the code would make.

The mark lies in the database itself, as its comment: a lost or replaced database is never taken for a finished one.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

MARK = "Knutpunktens demo"


@dataclass(frozen=True)
class DemoDatabase:
    """`url` is the address `config.settings` gets; `separate_logins` whether each role logs in by itself there.

    `server` is the server's process, where it is ours.
    """

    url: str
    separate_logins: bool
    server: int | None = None


def mark(connection: psycopg.Connection) -> str | None:
    """The comment of the database `connection` is in."""
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    return row[0] if row else None


def is_made_from(url: str, fingerprint: str) -> bool:
    """Whether the world in the database was made, to its end, from the code with this `fingerprint`."""
    with psycopg.connect(url) as connection:
        return mark(connection) == f"{MARK} {fingerprint}"


def holds_a_world(url: str) -> bool:
    """Whether a world was made in the database, to its end, from whatever code."""
    with psycopg.connect(url) as connection:
        return (mark(connection) or "").startswith(f"{MARK} ")


def set_mark(connection: psycopg.Connection, fingerprint: str = "") -> None:
    """Say that this is a demo database, and what the finished world in it was made from."""
    name = connection.info.dbname
    text = f"{MARK} {fingerprint}".strip()
    connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(text)))


def drop(superuser_url: str, name: str) -> None:
    """Drop the database `name`, disconnecting whoever is in it."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
