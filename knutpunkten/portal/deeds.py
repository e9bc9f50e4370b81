"""Who has read and who has changed what is about the participant, as said to them (W4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import TruncDate
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import UNSHARED
from knutpunkten.audit.models import Entry, EntryQuerySet
from knutpunkten.organisations.models import Role, Unit
from knutpunkten.portal.words import CHANGED, PART_WITHDRAWN, READ, READ_FIRST, READ_OTHERWISE, SEVERAL
from knutpunkten.ui.enumerations import amount_in_words, enumeration
from knutpunkten.ui.paging import DayPage, latest_days, page_by_day

LOOKED_AT, SHOWN, A_PAGE = 200, 12, 50
READINGS, CHANGES = Q(is_reading=True), Q(is_reading=False, event__in=list(CHANGED)) & ~Q(category=UNSHARED)
# Of whichever kind one asks to see: all, by default.
KINDS = {"": (READINGS, CHANGES), "lasningar": (READINGS,), "andringar": (CHANGES,)}


@dataclass
class Deed:
    """Somebody's reading or changing what is about the person, on a day: agency, role, when last, and how often each thing.

    *by*: the accounts, of which the person is told the number alone.
    """

    unit: Unit | None
    role: str
    at: datetime
    is_change: bool
    by: set[UUID | None]
    acts: dict[str, int]

    @property
    def where_from(self) -> str:
        """The unit, with its agency; of a reviewer, who stands in none, the association; else the routine itself."""
        if self.unit is not None:
            return self.unit.full_name
        return "Samordningsförbundet" if self.role == Role.REVIEWER else "Knutpunkten"

    @property
    def whose(self) -> str:
        """The role, and of several people how many: "två handläggare"."""
        return role_words(self.role, len(self.by))

    @property
    def lines(self) -> list[str]:
        """What was done, each thing with its own number; what was read stands in one line: "Läste ditt ärende och din plan"."""
        done = [
            what if times == 1 else f"{what} ({times}\N{NO-BREAK SPACE}gånger)" for what, times in self.acts.items()
        ]
        read = [what.removeprefix(READ_FIRST) for what in done if what.startswith(READ_FIRST)]
        others = [what for what in done if not what.startswith(READ_FIRST)]
        return [READ_FIRST + enumeration(read), *others] if read else others


def latest_deeds(who: Who, case_id: UUID | None) -> list[Deed]:
    """Who has read or changed lately in that case, or in any of one's own, at a glance, newest first (W4). Three statements."""
    kinds = KINDS[""]
    deeds = deeds_of_others(who, kinds)
    if case_id is not None:
        deeds = deeds.of_case(case_id)
    return at_a_glance(together(latest_days(deeds, LOOKED_AT, kinds)))[:SHOWN]


def at_a_glance(deeds: Iterable[Deed]) -> list[Deed]:
    """Of *deeds*, newest first: what each role of a unit read, and what it changed, on its last day of it, in one row each.

    Attendance is taken day after day: row by row it would hide who else has read. What one did that day stands apart from
    what another did: of two supervisors it is not said that both read what each of them read.
    """
    last_days: dict[tuple[Any, ...], date] = {}
    rows: dict[tuple[Any, ...], list[Deed]] = {}
    for deed in deeds:
        of_role, day = (deed.unit, deed.role, deed.is_change), timezone.localdate(deed.at)
        if last_days.setdefault(of_role, day) == day:
            rows.setdefault((*of_role, frozenset(deed.by)), []).append(deed)
    return [as_one(of_one) for of_one in rows.values()]


def as_one(deeds: list[Deed]) -> Deed:
    acts = {what: times for deed in deeds for what, times in deed.acts.items()}
    return replace(deeds[0], at=max(deed.at for deed in deeds), acts=acts)


def page_of_deeds(who: Who, asked: Mapping[str, Any], kind: str) -> tuple[list[Deed], DayPage]:
    """The page that the query *asked* names of everything, one row per role, unit, what and day. At most four statements."""
    kinds = KINDS[kind]
    page = page_by_day(deeds_of_others(who, kinds), asked, A_PAGE, kinds)
    return together(page.found), page


def deeds_of_others(who: Who, kinds: Iterable[Q]) -> EntryQuerySet:
    """What others than the person have done with what is about them, of those kinds."""
    return Entry.objects.of_person(who.person_id).filter(reduce(or_, kinds)).exclude(user_id=who.user_id)


def together(entries: QuerySet[Entry]) -> list[Deed]:
    """The deeds with those of the same role, unit, what and day as one, of whole days. Two statements.

    Counted by the database: a page holds as many as its days do.
    """
    counted = list(
        entries.values(
            *("unit_id", "role", "user_id", "event", "is_reading"),
            shown=KT("detail__what"),
            parts=KT("detail__parts"),
            day=TruncDate("at"),
        )
        .annotate(times=Count("pk"), latest=Max("at"))
        .order_by("-latest", "unit_id", "role", "user_id", "event", "shown", "parts")
    )
    units = Unit.objects.select_related("agency").in_bulk(list({row["unit_id"] for row in counted if row["unit_id"]}))
    grouped: dict[tuple[Any, ...], Deed] = {}
    for row in counted:
        what = done_words(row)
        # Several pages, and several steps, have the same words.
        key = (row["unit_id"], row["role"], what, row["day"])
        if key in grouped:
            grouped[key].acts[what] += row["times"]
            grouped[key].by.add(row["user_id"])
        else:
            unit = units.get(row["unit_id"]) if row["unit_id"] else None
            is_change = not row["is_reading"]
            grouped[key] = Deed(unit, row["role"], row["latest"], is_change, {row["user_id"]}, {what: row["times"]})
    return list(grouped.values())


def done_words(row: Mapping[str, Any]) -> str:
    """What was read or changed, in words to the person."""
    if row["is_reading"]:
        return READ.get(row["shown"] or row["event"], READ_OTHERWISE)
    if row["event"] == "withdrawn" and row["parts"] in ("one", "several"):
        return PART_WITHDRAWN
    return CHANGED[row["event"]]


def role_words(role: str, people: int) -> str:
    """ "handläggare", "två handläggare"; empty for the routine itself."""
    if role not in Role.values:
        return ""
    one = Role(role).label.lower()
    if people == 1:
        return one
    return f"{amount_in_words(people).lower()} {SEVERAL.get(Role(role), one)}"
