"""Statements that are prepared once stay prepared, as they do in use, where a page ends with a commit.

A test ends with a rollback, and psycopg then forgets every prepared statement, in case a table was dropped and made anew:
the next test would have each of its statements parsed and planned again. PostgreSQL itself notices what has changed.
"""

import re
from collections.abc import Sequence
from typing import Any

from psycopg import _preparing as psycopg_preparing
from psycopg.pq import ExecStatus

FORGETS = re.compile(rb"(DROP|ALTER|DISCARD ALL|DEALLOCATE ALL)\b")


def should_discard(self: Any, prep: Any, results: Sequence[Any]) -> bool:
    """As psycopg's own, without ROLLBACK."""
    is_done = (r.command_status for r in results if r.status == ExecStatus.COMMAND_OK)
    return any(FORGETS.match(status or b"") for status in is_done) and self.clear()


psycopg_preparing.PrepareManager._should_discard = should_discard  # type: ignore[assignment]
psycopg_preparing.PrepareManager.prepared_max = 2000
