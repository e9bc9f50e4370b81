"""Several things in one sentence."""

from collections.abc import Iterable


def enumeration(words: Iterable[str]) -> str:
    """ "A", "A och B", "A, B och C"; empty for none."""
    *before, last = [*words] or [""]
    return f"{', '.join(before)} och {last}" if before else last
