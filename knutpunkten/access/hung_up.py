"""A database server that was restarted has hung up on every connection: each is let go of before it is used again."""

import select
from typing import Any

from django.db import connections


def has_hung_up(descriptor: int) -> bool:
    """Whether something has come on a connection where nobody has asked for anything: at least a goodbye."""
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(0))


def let_go(**of: Any) -> None:
    """At the beginning of a request: what is hung up on is closed, and the next question connects anew.

    Else each thread of the web would answer its first visitor after a restart with an error. Asks the database nothing.
    """
    for connection in connections.all(initialized_only=True):
        raw = connection.connection
        if raw is None or connection.in_atomic_block:
            continue
        if raw.closed or has_hung_up(raw.fileno()):
            connection.close()
