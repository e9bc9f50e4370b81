"""How the server writes its log: what failed and where, never with whose data.

A database's error quotes the row it refused ("Key (number)=(...) already exists"), and other errors
quote the value they could not read. So an exception is logged as its kind and its frames, without its words.
What is logged of an address may be anything that somebody typed: one row in the log is one thing that happened.
"""

import logging
import traceback
from types import TracebackType

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutWords(logging.Formatter):
    """Formats exceptions as frames and class names, the chain of causes included, and messages as what can be read."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return "".join(
            c if c.isprintable() else c.encode("unicode_escape").decode() for c in super().formatMessage(record)
        )

    def formatException(self, ei: ExceptionInfo) -> str:
        error, parts = ei[1], []
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            frames = "".join(traceback.format_tb(error.__traceback__))
            parts.append(
                f"Traceback (most recent call last):\n{frames}{type(error).__module__}.{type(error).__qualname__}"
            )
            error = error.__cause__ or error.__context__
        return "\nraised while handling:\n".join(parts)
