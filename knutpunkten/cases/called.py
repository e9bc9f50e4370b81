"""What a case is called: by its person where one has a ground, else by its number, as a protected person's always (W1, W5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case
from knutpunkten.cases.rules import followed, visible_to
from knutpunkten.questions.remembered import remembered


@dataclass(frozen=True)
class Named:
    """What a case is called for the one who asks: a name where there is a ground, else the number.

    *follows*: whether what happens in it is open to them too, and not just what their own unit wrote.
    """

    name: str
    is_protected: bool = False
    is_visible: bool = False
    follows: bool = False


def names_of(case_ids: Collection[UUID], who: Who, today: date) -> dict[UUID, Named]:
    """The names of those cases that *who* sees; the others stay numbers. At most two statements, none for no cases."""
    seen = seen_of(who, today, [*case_ids]) if case_ids else []
    follows = followed(seen, who, today)
    return {case.pk: Named(case.called, case.is_protected, True, case.pk in follows) for case in seen}


def entry_shown(entry: str, case: Case) -> str:
    """Who an entry names, "Leif Sandqvist, deltagare", as it is shown: a protected person themself without their name (W5)."""
    name, comma, part = entry.partition(",")
    is_own = name.strip().casefold() in (case.first_name.casefold(), case.person_name.casefold())
    return f"{case.name_in_text}{comma}{part}" if case.is_protected and is_own else entry


def entries_shown(lines: str, case: Case) -> list[str]:
    """Each line that says something, as ``entry_shown``."""
    return [entry_shown(line, case) for line in lines.splitlines() if line.strip()]


@remembered
def seen_of(who: Who, today: date, case_ids: list[UUID]) -> QuerySet[Case]:
    told = ("number", "first_name", "last_name", "is_protected", "referring_unit")
    return visible_to(who, today).filter(pk__among=case_ids).only(*told)
