"""Figures about a whole programme, with small numbers hidden so that nobody can be told from them.

The association may see counts and never a case; fewer than five stays untold, and so does whatever
would give such a number away (facts.md, "Law and roles"). Two rules keep it, with one word for both:

1. A number that fewer than five people stand behind is hidden, none included.
2. The sum of a group is shown when it leaves every hidden number its whole range, none to four, and what the hidden come
   to is a number of at least five people itself, for it can be reckoned; otherwise the sum is hidden too.

Who knows the rules and sees the page can tell no hidden number closer than that:

- The numbers of a group are bound by their sum alone. Nothing is hidden to cover another number, so a hidden one is
  always small, and that the sum is hidden leaves it none to four as well.
- Hours and attendance count the same sessions, about as long as each other: the hours are hidden with any number of theirs.
- "Platser" bounds those who have a place. That a full programme has few on the way in is known of it anyway.
- The rest share no base. Open cases are a state, the others what happened in a year, each in a year of its own; the
  median is one of at least five; consultations are no collaboration cases; no sum goes over programmes.

Two pages of different days would tell what happened in between. So the association reads each programme as it was counted
on the first night of the month (``actions.count_due``), and no older count is kept. The coordinator, who may see the cases,
reads them as they are. What is left is from month to month: who has saved both pages sees what differs, and where little has
happened in between, or all but one thing is known, that is one person's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

LEAST_SHOWN = 5
MOST_HIDDEN = LEAST_SHOWN - 1
HIDDEN = "visas inte"
YEARS_SHOWN = 3

Count = tuple[int, int]  # so many, of how many people


@dataclass(frozen=True)
class Cell:
    """A number with its label; *number* is None when it stays untold."""

    label: str
    number: int | None

    @property
    def words(self) -> str:
        return HIDDEN if self.number is None else str(self.number)


def told(label: str, number: int, people: int) -> Cell:
    """The number, shown when at least five people stand behind it."""
    return Cell(label, number if people >= LEAST_SHOWN else None)


def suppress(rows: Sequence[tuple[str, Count]], *, each_once: bool = True) -> tuple[list[Cell], Cell]:
    """The cells of a sum and the sum itself, as they may be shown.

    *each_once*: nobody stands behind two of the numbers. Otherwise the sum has as many people as one of them, at least.
    """
    cells = [told(label, *count) for label, count in rows]
    hidden = [count for cell, (_, count) in zip(cells, rows, strict=True) if cell.number is None]
    together = sum if each_once else max
    people = together(people for _, (_, people) in rows)
    is_told = not hidden or stay_untold(
        len(hidden), sum(number for number, _ in hidden), together(people for _, people in hidden)
    )
    return cells, told("Totalt", sum(number for _, (number, _) in rows), people if is_told else 0)


def stay_untold(cells: int, rest: int, people: int) -> bool:
    """Whether that many hidden *cells* do where their *rest*, of so many *people*, can be reckoned from the sum.

    The rest must be no small number itself, and leave each of them anything from none to four.
    """
    return people >= LEAST_SHOWN and LEAST_SHOWN <= rest <= MOST_HIDDEN * (cells - 1)


@dataclass(frozen=True)
class Group:
    """A set of numbers with their sum, and a sentence that says what they are."""

    id: str
    heading: str
    caption: str
    cells: list[Cell]
    total: Cell

    @property
    def is_hidden(self) -> bool:
        return all(cell.number is None for cell in (*self.cells, self.total))


@dataclass(frozen=True)
class Figures:
    """A programme's figures for a year; *counted_on* is None where nobody has counted them yet."""

    counted_on: date | None
    groups: list[Group]
    advised: Cell
    cancelled: Cell
    waited: Cell
    hours: Cell

    @property
    def in_short(self) -> tuple[Cell, ...]:
        """The numbers that stand by themselves."""
        return self.waited, self.hours, self.cancelled, self.advised

    @property
    def is_hidden(self) -> bool:
        """Whether nothing of the whole year may be shown."""
        return all(group.is_hidden for group in self.groups) and all(cell.number is None for cell in self.in_short)


OPEN = (
    ("handed_over", "Inlämnade"),
    ("announced", "Anmälda till möte"),
    ("queued", "I kö"),
    ("placed", "Fått plats, väntar på handledare"),
    ("allocated", "Har handledare, inte börjat"),
    ("active", "Deltar"),
)
DECIDED = (("place", "Antagna till plats"), ("queue", "Antagna till kön"), ("return", "Återremiss"))
# S0: "fully" stands apart from "more than before"; part of the way counts.
OUTCOMES = (
    ("work", "Helt självförsörjande genom arbete"),
    ("studies", "Helt självförsörjande genom studier"),
    ("more", "Närmare egen försörjning än förut"),
    ("right", "Rätt ersättning eller insats"),
    ("other", "Annat"),
)
CAME = (("all", "Kom"), ("part", "Kom en del av passet"), ("absent", "Kom inte"))
MINUTES_IN_HOUR = 60

Counts = dict[tuple[str, str], Count]
NOBODY: Count = (0, 0)


def years_until(today: date) -> range:
    """The years that there are figures of, this one first."""
    return range(today.year, today.year - YEARS_SHOWN, -1)


def figures_of(programme_id: UUID, year: int) -> Figures:
    """The programme's figures for *year*. One statement; not counted for those the figures are not for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select counted_on, part, what, number, people from programme_figures(%s, %s)", [programme_id, year]
        )
        rows = cursor.fetchall()
    counted = {(part, what): (number or 0, people) for _, part, what, number, people in rows}
    return as_shown(counted, year, rows[0][0] if rows else None)


def as_shown(counted: Counts, year: int, counted_on: date | None) -> Figures:
    """The counts as they may be shown: (part, what) → (number, of how many people).

    What is open is so on the day it is counted, so it stands among that year's figures alone.
    """
    came = group(
        "came",
        "Närvaro på arbetspass",
        f"Hur många gånger någon kom eller var borta {year}",
        CAME,
        counted,
        each_once=False,
    )
    groups = [
        group(
            "decided",
            "Besked från ärendemöten",
            f"Vad ärendemötena kom fram till {year}",
            DECIDED,
            counted,
            each_once=False,
        ),
        group("outcome", "Hur det gick", f"Avslutade {year}, efter resultat", OUTCOMES, counted),
        came,
    ]
    if counted_on is not None and counted_on.year == year:
        stood = f"Var i rutinen ärendena stod {counted_on}, utan konsultationer och återremisser"
        groups.insert(0, group("open", "Öppna ärenden", stood, OPEN, counted))
    return Figures(
        counted_on,
        groups,
        advised=told("Konsultationer som har fått råd", *counted.get(("advised", ""), NOBODY)),
        cancelled=told("Avbrutna ärenden", *counted.get(("cancelled", ""), NOBODY)),
        waited=told("Dagar i kö innan plats (median)", *counted.get(("waited", "median"), NOBODY)),
        hours=hours_of(counted, came),
    )


def group(
    part: str,
    heading: str,
    caption: str,
    labels: Sequence[tuple[str, str]],
    counted: Counts,
    *,
    each_once: bool = True,
) -> Group:
    rows = [(label, counted.get((part, what), NOBODY)) for what, label in labels]
    return Group(part, heading, caption, *suppress(rows, each_once=each_once))


def hours_of(counted: Counts, came: Group) -> Cell:
    """The hours of those who *came*; hidden with any number of theirs, for a session is about as long as another."""
    minutes, people = counted.get(("minutes", ""), NOBODY)
    is_whole = all(cell.number is not None for cell in came.cells)
    return told("Timmar i arbetspass", minutes // MINUTES_IN_HOUR, people if is_whole else 0)
