"""The log as it is told: what one person reads of one thing in one hour is one reading, wherever one reads of it (W4)."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knutpunkten.ui.paging import hour_of


@dataclass
class Told:
    """A row of the log as it is told, how many of the same kind it stands for, and when the last of them was."""

    entry: Any
    last_at: datetime
    times: int = 1

    @property
    def times_words(self) -> str:
        return f" ({self.times}\N{NO-BREAK SPACE}gånger)" if self.times > 1 else ""


def told_once(rows: Iterable[Any], thing: Callable[[Any], Hashable]) -> list[Told]:
    """*rows*, the latest first, where the readings of one *thing* in one hour are one, told among them by its last moment.

    *thing*: whose reading it is and of what; None for a row that stands for itself. Each page that is loaded is a row of
    the log, which stays whole: row by row it would hide who else has read. The hour is the clock's: an hour from the first
    reading would begin elsewhere with each page of the log.
    """
    found: list[Told] = []
    latest: dict[Hashable, Told] = {}
    for row in reversed([*rows]):
        what = thing(row)
        before = latest.get(what) if what is not None else None
        if before and hour_of(row.at) == hour_of(before.entry.at):
            before.times += 1
            before.last_at = row.at
        else:
            latest[what] = Told(row, row.at)
            found.append(latest[what])
    found.reverse()
    return sorted(found, key=lambda one: one.last_at, reverse=True)
