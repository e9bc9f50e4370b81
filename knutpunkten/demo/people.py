"""The demo's people (people.toml): invented, with Skatteverket's test numbers. What they do stands in the stories."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# Born so that the target group fits (L1), and far from its edges whatever year the demo runs.
OLDEST_YEAR, YOUNGEST_YEAR = 1968, 2001
STRIDE = 7  # through the numbers, which stand in order of age


@dataclass(frozen=True)
class Somebody:
    """One person, and how a referral tells of them. *with_* are the other parties of the consent, by unit."""

    first: str
    last: str
    words: str
    background: str
    with_: tuple[str, ...]
    question: str = ""
    number: str = ""
    is_man: bool = False
    caseworker: str = "johan"
    phone: str = ""
    language: str = ""
    enclosed: tuple[str, str] | None = None  # an investigation that goes with the referral: its name and category

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


def read_people() -> Iterator[Somebody]:
    for row in tomllib.loads((HERE / "people.toml").read_text())["person"]:
        fields: dict[str, Any] = dict(row)
        yield Somebody(with_=tuple(fields.pop("with")), **fields)


PEOPLE = {person.name: person for person in read_people()}


def numbered() -> dict[str, str]:
    """Each person's number, by name: their own, or the next test number that fits the target group (L1)."""
    taken = {person.number for person in PEOPLE.values()}
    free: dict[bool, list[str]] = {True: [], False: []}
    for line in (HERE / "test_numbers.txt").read_text().splitlines():
        number = line.strip()
        if number.isdigit() and OLDEST_YEAR <= int(number[:4]) <= YOUNGEST_YEAR and number not in taken:
            free[is_mans(number)].append(number)
    spread = {sex: iter(found[::STRIDE]) for sex, found in free.items()}
    return {person.name: person.number or next(spread[person.is_man]) for person in PEOPLE.values()}


def is_mans(number: str) -> bool:
    return int(number[10]) % 2 == 1


NUMBERED = numbered()
