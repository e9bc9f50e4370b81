"""Statements that are prepared once stay prepared, as they do in use, where a page ends with a commit.

A test ends with a rollback, and psycopg then forgets every prepared statement, in case a table was dropped and made anew:
the next test would have each of its statements parsed and planned again. PostgreSQL itself notices what has changed.

Savepoints are not prepared: each has a name of its own, and three thousand of them would soon have taken the place of
all that is asked again.
"""

import re
from collections.abc import Sequence
from typing import Any

from psycopg import _preparing as psycopg_preparing
from psycopg._preparing import Prepare
from psycopg._queries import PostgresQuery
from psycopg.pq import ExecStatus

FORGETS = re.compile(rb"(DROP|ALTER|DISCARD ALL|DEALLOCATE ALL)\b")
SAVEPOINT = (b"SAVEPOINT ", b"RELEASE SAVEPOINT ", b"ROLLBACK TO SAVEPOINT ")

of_psycopg = psycopg_preparing.PrepareManager.get


def should_discard(self: Any, prep: Any, results: Sequence[Any]) -> bool:
    """As psycopg's own, without ROLLBACK."""
    is_done = (r.command_status for r in results if r.status == ExecStatus.COMMAND_OK)
    return any(FORGETS.match(status or b"") for status in is_done) and self.clear()


def get(self: Any, query: PostgresQuery, prepare: bool | None = None) -> tuple[Prepare, bytes]:
    """As psycopg's own, but for savepoints."""
    return of_psycopg(self, query, False if query.query.startswith(SAVEPOINT) else prepare)


psycopg_preparing.PrepareManager.get = get  # type: ignore[method-assign]
psycopg_preparing.PrepareManager._should_discard = should_discard  # type: ignore[assignment]
psycopg_preparing.PrepareManager.prepared_max = 2000
