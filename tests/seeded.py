"""Databases with the demo's world in them: seeded once by ``manage.py seed_demo``, then cloned."""

import hashlib
import os
import subprocess
import sys
from datetime import date

import psycopg

from tests.conftest import ROOT, TEMPLATES, admin, exists, make_template, one_at_a_time, server

KINDS = {".py", ".sql", ".toml", ".txt"}


def code_stamp() -> str:
    """Changes when any code does: the world is made through all of it."""
    digest = hashlib.sha256()
    for folder in ("knutpunkten", "config"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in KINDS:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def seeded_template(today: date) -> str:
    """The template with the world as it stands on *today*, kept until the code or the day changes."""
    prefix = f"{TEMPLATES}_seeded_{today:%Y%m%d}"
    template = f"{prefix}_{code_stamp()}"
    with one_at_a_time(template):
        if not exists(template):
            forget_but(code_stamp())
            building = f"{prefix}_building"
            seed(building, today)
            admin(f'alter database "{building}" rename to "{template}"')
    return template


def seed(name: str, today: date) -> str:
    """A new database *name*, migrated and seeded as the demo is, on *today*; answers what the seed said."""
    clone(make_template(), name)
    return manage("seed_demo", "-v", "2", "--today", today.isoformat(), database=name, role="app")


def manage(*command: str, database: str, role: str) -> str:
    """Run a management command on *database*; answers what it printed."""
    environment = {**os.environ, "KNUTPUNKTEN_DATABASE_URL": server(database), "KNUTPUNKTEN_ROLE": role}
    run = [sys.executable, str(ROOT / "manage.py"), *command]
    return subprocess.run(run, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def clone(template: str, name: str) -> None:
    admin(f'drop database if exists "{name}" with (force)', f'create database "{name}" template "{template}"')


def drop(name: str) -> None:
    admin(f'drop database if exists "{name}" with (force)')


def forget_but(stamp: str) -> None:
    """Drop the templates that other code has made: each change would leave another. One being built is left alone."""
    with psycopg.connect(server("knutpunkten")) as connection:
        asked = "select datname from pg_database where starts_with(datname, %s) and right(datname, %s) <> %s and datname !~ %s"
        these = [f"{TEMPLATES}_seeded_", len(stamp), stamp, "_building$"]
        names = [name for (name,) in connection.execute(asked, these)]
    for name in names:
        drop(name)


def rows(name: str, statement: str) -> list[tuple[object, ...]]:
    """What stands in the tables of database *name*, as the owner sees it."""
    with psycopg.connect(server(name)) as connection:
        return connection.execute(statement).fetchall()  # type: ignore[arg-type]
