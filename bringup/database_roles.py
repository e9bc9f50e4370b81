"""The database's login roles, the database itself and its extensions. All of it can be done again without harm."""

import psycopg
from psycopg import sql

OWNER = "knutpunkten_owner"
LOGIN_ROLES = (OWNER, "knutpunkten_app", "knutpunkten_worker")
SEARCH_ROLE = "knutpunkten_search"
EXTENSIONS = ("btree_gist", "pg_trgm")


def make_roles(connection: psycopg.Connection, *, owner_makes_databases: bool = False) -> None:
    """Create the four roles, none with power over the wall. `owner_makes_databases` only where tests run."""
    present = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for role in (*LOGIN_ROLES, SEARCH_ROLE):
        if role not in present:
            create_role(connection, role)
    databases = sql.SQL("CREATEDB" if owner_makes_databases else "NOCREATEDB")
    connection.execute(sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(OWNER), databases))
    # The owner may step down to what the web and the worker may do, never the other way round.
    connection.execute("GRANT knutpunkten_app, knutpunkten_worker, knutpunkten_search TO knutpunkten_owner")


def create_role(connection: psycopg.Connection, role: str) -> None:
    """Create one of Knutpunkten's roles: the search role owns functions and never logs in."""
    login = sql.SQL("NOLOGIN" if role == SEARCH_ROLE else "LOGIN")
    connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), login))


def make_database(connection: psycopg.Connection, name: str) -> bool:
    """Create the database `name`, owned by the owner. Returns whether it was made now. Needs autocommit."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return False
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
    return True


def make_extensions(connection: psycopg.Connection) -> None:
    """Create the extensions in the database `connection` is in."""
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
