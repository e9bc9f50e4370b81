"""A PostgreSQL somebody else runs, named by DATABASE_URL: what it must have, and plainly what it lacks."""

from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bringup.database_roles import EXTENSIONS, LOGIN_ROLES, OWNER, SEARCH_ROLE, create_role, make_extensions
from bringup.demo_database import MARK, mark, set_mark
from bringup.embedded import DATABASE
from bringup.trouble import Trouble

OLDEST = 15
ROLES = (*LOGIN_ROLES, SEARCH_ROLE)


def prepare_given(url: str) -> str:
    """Make roles, database and extensions on the server of `url`, as far as its user may.

    Returns the address of the database (`knutpunkten` where `url` names none). Raises Trouble: one sentence, about
    the first thing lacking, that never repeats the address, as it may hold a password.
    """
    url = _with_database(url)
    try:
        with _connect(url, maybe_without_database=True) as connection:
            _new_enough(connection)
            _with_roles(connection)
            _with_database_made(connection, _name(url))
        with _connect(url) as connection:
            _ours_to_fill(connection)
            _with_extensions(connection)
    except psycopg.OperationalError as error:
        raise Trouble(f"Det gick inte att ansluta till servern i DATABASE_URL: {_short(error)}.") from None
    return url


def _with_database(url: str) -> str:
    if not url.startswith(("postgresql://", "postgres://")):
        raise Trouble(
            "DATABASE_URL är inte en adress till PostgreSQL: skriv postgresql://användare:lösenord@värd:port/databas."
        )
    if not _is_readable(url):
        raise Trouble(
            "DATABASE_URL går inte att läsa: skriv mellanslag och andra särskilda tecken i lösenordet som %-koder,"
            " till exempel %20 för mellanslag, %25 för %, %40 för @ och %23 för #."
        )
    parts = urlsplit(url)
    # Not parts._replace(...).geturl(): that loses the // of an address without a host.
    return f"postgresql://{parts.netloc}/{_name(url)}" + (f"?{parts.query}" if parts.query else "")


def _is_readable(url: str) -> bool:
    """Whether each part of `url` is what it was meant as: a mark of an address in a password would cut it in two.

    What comes after the cut would be read as a host or a port, and told of as such.
    """
    try:
        conninfo_to_dict(url)
        parts = urlsplit(url)
        is_port_a_number = parts.port is None or parts.port > 0
    except (ValueError, psycopg.ProgrammingError):
        return False
    return is_port_a_number and not parts.fragment and url.count("@") == parts.netloc.count("@") <= 1


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/") or DATABASE


def _connect(url: str, *, maybe_without_database: bool = False) -> psycopg.Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.errors.InvalidCatalogName:
        if not maybe_without_database:
            raise
    except psycopg.OperationalError as error:
        # A refusal at connecting comes without its code and in the server's own language, so try the other database.
        if not maybe_without_database or "timeout" in str(error):
            raise
    return psycopg.connect(url, dbname="postgres", autocommit=True, connect_timeout=5)


def _new_enough(connection: psycopg.Connection) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST:
        raise Trouble(
            f"Servern i DATABASE_URL kör PostgreSQL {version}, men Knutpunkten behöver version {OLDEST} eller senare."
        )


def _with_roles(connection: psycopg.Connection) -> None:
    """The four roles, and the right of the address's user to act as each of them."""
    user = connection.info.user
    present = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    try:
        for role in ROLES:
            if role not in present:
                create_role(connection, role)
    except psycopg.errors.InsufficientPrivilege:
        raise Trouble(f"Användaren {user} i DATABASE_URL får inte skapa roller: ge den CREATEROLE.") from None
    try:
        if not _owner_is_in_the_others(connection):
            connection.execute("GRANT knutpunkten_app, knutpunkten_worker, knutpunkten_search TO knutpunkten_owner")
        if not _may_act_as_all(connection):
            names = sql.SQL(", ").join(map(sql.Identifier, LOGIN_ROLES))
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(names))
    except psycopg.errors.InsufficientPrivilege:
        raise Trouble(
            f"Användaren {user} i DATABASE_URL får inte agera som {', '.join(LOGIN_ROLES)}: ge den medlemskap i dem."
        ) from None


def _owner_is_in_the_others(connection: psycopg.Connection) -> bool:
    others = [role for role in ROLES if role != OWNER]
    held = connection.execute(
        "SELECT bool_and(pg_has_role(%s::name, other::name, 'MEMBER')) FROM unnest(%s::text[]) AS other",
        [OWNER, others],
    ).fetchone()
    return held == (True,)


def _may_act_as_all(connection: psycopg.Connection) -> bool:
    for role in LOGIN_ROLES:
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue):
            return False
    return True


def _with_database_made(connection: psycopg.Connection, name: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    try:
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        )
    except psycopg.errors.InsufficientPrivilege:
        raise Trouble(
            f"Användaren {connection.info.user} i DATABASE_URL får inte skapa databasen {name}: ge den CREATEDB,"
            " eller skapa databasen åt den."
        ) from None


def _ours_to_fill(connection: psycopg.Connection) -> None:
    """The database is the user's own, in UTF-8, and empty or a demo of before: invented people go nowhere else."""
    info = connection.info
    if info.parameter_status("server_encoding") != "UTF8":
        raise Trouble(f"Databasen {info.dbname} i DATABASE_URL är inte i UTF-8: ange en som är det.")
    if (mark(connection) or "").startswith(MARK):
        return
    (tables,) = connection.execute(
        "SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchone() or (0,)
    if tables:
        raise Trouble(
            f"Databasen {info.dbname} i DATABASE_URL är varken tom eller en demo: ange en annan, så att inget blandas."
        )
    try:
        for target in (sql.SQL("DATABASE {}").format(sql.Identifier(info.dbname)), sql.SQL("SCHEMA public")):
            grant = sql.SQL("GRANT ALL ON {} TO {} WITH GRANT OPTION")  # the wall grants some of it on
            connection.execute(grant.format(target, sql.Identifier(OWNER)))
        set_mark(connection)
    except psycopg.errors.InsufficientPrivilege:
        raise Trouble(
            f"Användaren {info.user} i DATABASE_URL äger inte databasen {info.dbname}: gör den till ägare."
        ) from None


def _with_extensions(connection: psycopg.Connection) -> None:
    offered = {name for (name,) in connection.execute("SELECT name FROM pg_available_extensions")}
    if missing := [name for name in EXTENSIONS if name not in offered]:
        raise Trouble(
            f"Servern i DATABASE_URL saknar tilläggen {' och '.join(missing)}: de finns i paketet postgresql-contrib."
        )
    try:
        make_extensions(connection)
    except psycopg.errors.InsufficientPrivilege:
        raise Trouble(
            f"Användaren {connection.info.user} i DATABASE_URL får inte skapa tilläggen {' och '.join(EXTENSIONS)}:"
            " skapa dem åt den."
        ) from None


def _short(error: Exception) -> str:
    """The reason, without the address: what failed first. A hint may stand after it."""
    lines = str(error).strip().splitlines()
    told = next((line for line in lines if "failed: " in line), lines[-1])
    return told.rsplit("failed: ", 1)[-1].strip().rstrip(".")
