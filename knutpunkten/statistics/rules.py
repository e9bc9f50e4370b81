"""Figures about a whole programme, with small numbers hidden so that nobody can be told from them.

The association may see counts and never a case; fewer than five stays untold, and so does whatever
would give such a number away (facts.md, "Law and roles").
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection

LEAST_SHOWN = 5
FEW, HIDDEN = "färre än 5", "visas inte"


@dataclass(frozen=True)
class Cell:
    """A number with its label; *number* is None when it stays untold, and *words* says how."""

    label: str
    number: int | None
    words: str

    @classmethod
    def of(cls, label: str, number: int) -> "Cell":
        return cls(label, number, str(number)) if number >= LEAST_SHOWN else cls(label, None, FEW)


def suppress(cells: Sequence[tuple[str, int]]) -> tuple[list[Cell], Cell]:
    """The cells of a sum and the sum itself, as they may be shown.

    Below five is hidden. If the sum then gives a hidden number away, the smallest shown number is
    hidden as well, and so on; when nothing more can be hidden, the sum is.
    """
    shown = [Cell.of(label, number) for label, number in cells]
    numbers = [number for _, number in cells]
    total = sum(numbers)
    while gives_away(shown, total):
        left = [i for i, cell in enumerate(shown) if cell.number is not None]
        if not left:
            return shown, Cell("Totalt", None, FEW if total < LEAST_SHOWN else HIDDEN)
        smallest = min(left, key=lambda i: numbers[i])
        shown[smallest] = replace(shown[smallest], number=None, words=HIDDEN)
    return shown, Cell.of("Totalt", total)


def gives_away(cells: Sequence[Cell], total: int) -> bool:
    """Whether somebody who sees *cells* and *total* can tell how many people one that says "färre än 5" holds.

    Such a number is 0 to 4, one that says "visas inte" is at least 5, and together they are what the
    sum leaves over. A sum that is itself below five is not shown. That there is nobody tells of nobody.
    """
    few = sum(cell.words == FEW for cell in cells)
    hidden = sum(cell.words == HIDDEN for cell in cells)
    if few == 0 or total < LEAST_SHOWN:
        return False
    over = total - sum(cell.number or 0 for cell in cells)
    most = min(LEAST_SHOWN - 1, over - LEAST_SHOWN * hidden)
    least = 0 if hidden else max(0, over - (LEAST_SHOWN - 1) * (few - 1))
    return most == least > 0


@dataclass(frozen=True)
class Group:
    """A set of numbers with their sum, and a sentence that says what they are."""

    id: str
    heading: str
    caption: str
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True)
class Figures:
    """A programme's figures for a year."""

    groups: list[Group]
    advised: Cell
    waited: Cell
    hours: Cell


OPEN = (
    ("handed_over", "Inlämnade"),
    ("announced", "Anmälda till möte"),
    ("queued", "I kö"),
    ("placed", "Har plats"),
    ("allocated", "Har handledare"),
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

Counted = dict[tuple[str, str], tuple[int, int]]


def figures_of(programme_id: UUID, year: int) -> Figures:
    """The programme's figures for *year*. One statement; all zero for those the figures are not for."""
    with connection.cursor() as cursor:
        cursor.execute("select part, what, number, people from programme_figures(%s, %s)", [programme_id, year])
        counted = {(part, what): (number or 0, people) for part, what, number, people in cursor.fetchall()}
    return as_shown(counted, year)


def as_shown(counted: Counted, year: int) -> Figures:
    """The counts as they may be shown: (part, what) → (number, of how many people)."""
    groups = [
        group("open", "Öppna ärenden just nu", "Var i rutinen ärendena står idag", OPEN, counted),
        group("decided", "Besked från ärendemöten", f"Vad ärendemötena kom fram till {year}", DECIDED, counted),
        group("outcome", "Hur det gick", f"Avslutade {year}, efter resultat", OUTCOMES, counted),
        attendance(counted, year),
    ]
    return Figures(
        groups,
        advised=Cell.of("Konsultationer som har fått råd", counted.get(("advised", ""), (0, 0))[0]),
        waited=of_enough_people("Dagar i kö innan plats (median)", counted.get(("waited", "median"), (0, 0))),
        hours=hours_of(counted, groups[-1]),
    )


def group(part: str, heading: str, caption: str, labels: Sequence[tuple[str, str]], counted: Counted) -> Group:
    cells, total = suppress([(label, counted.get((part, what), (0, 0))[0]) for what, label in labels])
    return Group(part, heading, caption, cells, total)


def of_enough_people(label: str, count: tuple[int, int]) -> Cell:
    """A number that is no count of people, shown when at least five people stand behind it."""
    number, people = count
    return Cell(label, number, str(number)) if people >= LEAST_SHOWN else Cell(label, None, "färre än 5 personer")


def hours_of(counted: Counted, came: Group) -> Cell:
    """The hours of those who *came*; hidden with any number of theirs, for a session is about as long as another."""
    minutes, people = counted.get(("minutes", ""), (0, 0))
    told = people if all(cell.number is not None for cell in came.cells) else 0
    return of_enough_people("Timmar i arbetspass", (minutes // MINUTES_IN_HOUR, told))


def attendance(counted: Counted, year: int) -> Group:
    """Who came, counted in sessions: a number that fewer than five people stand behind is hidden.

    Such a number has no upper end, so two hidden ones are enough for the sum to give neither away.
    """
    rows = [(label, *counted.get(("came", what), (0, 0))) for what, label in CAME]
    cells = [
        Cell(label, None, HIDDEN) if 0 < people < LEAST_SHOWN else Cell.of(label, number)
        for label, number, people in rows
    ]
    total = Cell.of("Totalt", sum(number for _, number, _ in rows))
    unknown = [i for i, cell in enumerate(cells) if cell.number is None and rows[i][1]]
    if len(unknown) == 1:
        left = [i for i, cell in enumerate(cells) if cell.number is not None]
        if left:
            smallest = min(left, key=lambda i: rows[i][1])
            cells[smallest] = replace(cells[smallest], number=None, words=HIDDEN)
        else:
            total = replace(total, number=None, words=HIDDEN)
    return Group("came", "Närvaro på arbetspass", f"Hur många gånger någon kom eller var borta {year}", cells, total)
