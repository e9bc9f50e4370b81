"""The newest seal outside the machine: what shows that the end of the chain has been cut off or made anew."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from knutpunkten.audit.models import Seal
from knutpunkten.audit.seals import newest, written


def write_newest(to: Path) -> Path | None:
    """The newest seal to a file of its own in the directory *to*, or as a last line of the file *to*.

    Answers the file written; None where nothing is sealed yet. Raises ``OSError`` where it cannot be written.
    """
    seal = newest()
    if seal is None:
        return None
    path = to / f"forsegling-{seal.number:010d}.json" if to.is_dir() else to
    with path.open("a" if path is to else "w", encoding="utf-8") as file:
        file.write(as_line(seal))
        file.flush()
        os.fsync(file.fileno())
    return path


def as_line(seal: Seal) -> str:
    words = {
        "number": seal.number,
        "sealed_at": written(seal.sealed_at),
        "rows": seal.count,
        "hash": bytes(seal.hash).hex(),
    }
    return json.dumps(words) + "\n"


def read_kept(where: Path) -> dict[int, str]:
    """The seals kept in the file or directory *where*: number and hash.

    Raises ``ValueError`` where there is none, as in a share that is not mounted, and where two of one number differ.
    """
    kept: dict[int, str] = {}
    for line in lines(where):
        number, said = seal_in(line)
        if kept.setdefault(number, said) != said:
            raise ValueError(f"försegling {number} är sparad två gånger, och de är olika")
    if not kept:
        raise ValueError("där finns ingen sparad försegling")
    return kept


def seal_in(line: str) -> tuple[int, str]:
    try:
        seal = json.loads(line)
        return int(seal["number"]), str(seal["hash"])
    except (TypeError, KeyError, ValueError):
        raise ValueError(f"en rad är ingen försegling: {line[:60]}") from None


def lines(where: Path) -> Iterator[str]:
    files = sorted(where.glob("forsegling-*.json")) if where.is_dir() else [where]
    for file in files:
        yield from filter(None, file.read_text(encoding="utf-8").splitlines())
