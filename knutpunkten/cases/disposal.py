"""Disposal (gallring): a closed case whose time has come is removed, and what the log says of it belongs to nobody.

The database does it (``wall/disposal.sql``): neither web nor worker may delete a case by other means. See decision 0023.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection, transaction

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record

KEPT_BECAUSE = {
    "open": "Ärendet är inte avslutat.",
    "consent": "Ett samtycke gäller fortfarande.",
    "years": "Tiden har inte gått: se insatsens inställning för gallring.",
}


class Kept(Exception):
    """The case is not disposed of: why, in a sentence."""


@dataclass(frozen=True)
class Due:
    """A case whose time has come, by its number alone."""

    number: str
    programme: str
    noted_at: datetime


@dataclass(frozen=True)
class Disposed:
    """How many rows were removed, and how many keys to the log destroyed: the case's, and the person's with their last case."""

    rows: int
    keys: int


def due() -> list[Due]:
    """Every case whose time has come, the oldest first; none for others than an administrator. As the worker. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select number, programme, noted_at from cases_to_dispose()")
        return [Due(*row) for row in cursor.fetchall()]


@transaction.atomic
def dispose(number: str, *, by: Who, at: datetime) -> Disposed:
    """Remove the case *number* from every table, and destroy the key to its rows in the log. As the worker.

    *by* is an administrator. Raises ``Kept`` where the case is open, a consent holds, its years have not passed, or
    there is none; then nothing was written.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, person_id, extract(year from state_since)::integer from cases_case where number = %s", [number]
        )
        found = cursor.fetchone()
        if found is None:
            raise Kept(f"Det finns inget ärende {number}.")
        case_id, person_id, year = found
        # Before the key goes: so that the row, too, belongs to the case as long as anybody can tell.
        record("disposed", by=by, at=at, case_id=case_id, person_id=person_id, closed=year)
        try:
            with transaction.atomic():
                cursor.execute("select removed, keys from dispose_case(%s)", [case_id])
                return Disposed(*cursor.fetchone())
        except DatabaseError as error:
            why = next((words for key, words in KEPT_BECAUSE.items() if f"kept: {key}" in str(error)), None)
            if why is None:
                raise
            raise Kept(why) from error
