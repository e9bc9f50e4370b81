"""Who is named to read about a protected person, and who says so (W5)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Membership, Role, Unit, User
from knutpunkten.organisations.rules import named_apart
from knutpunkten.protection.models import NamedReader
from knutpunkten.ui.enumerations import enumeration


def living_readers(case_id: Any, today: date) -> QuerySet[NamedReader]:
    """Those named to read the case (an id, or an outer query's) on *today*; the wall shows them to each other alone."""
    return NamedReader.objects.filter(
        case=case_id, ended_at__isnull=True, valid_from__lte=today, valid_until__gte=today
    )


def may_end_protection(case: Case, who: Who) -> bool:
    """Whether *who* may say that the person is protected no longer: a caseworker of the unit that answers for the case.

    Who else reads it has been named by others, and knows the person through what is shared.
    """
    refers = who.role == Role.CASEWORKER and who.unit_id == case.referring_unit_id
    return case.is_protected and case.pk in who.reads and refers


def readers_of(case_id: UUID, at: datetime) -> set[UUID]:
    """The accounts named to read the case at *at*. One statement."""
    return set(living_readers(case_id, timezone.localdate(at)).values_list("user", flat=True))


# Beside a choice of people in a protected person's case.
NAMED_ALONE = (
    "Bara den som är utsedd att läsa ärendet kan väljas. Enhetens representant, eller samordnaren, utser fler under "
    "Läsare i skyddade ärenden."
)


def may_be_chosen(case: Case, today: date) -> set[UUID] | None:
    """Of a protected person's case, the accounts that may be given a part in it; None where anybody may (W5).

    One statement or none.
    """
    return set(living_readers(case.pk, today).values_list("user", flat=True)) if case.is_protected else None


def unread_by(case: Case, units: Iterable[Unit], today: date) -> str:
    """What to know before one of *units* is given a part: in which of them nobody reads the case. One statement or none."""
    if not case.is_protected:
        return ""
    reading = set(living_readers(case.pk, today).values_list("unit", flat=True))
    names = enumeration(unit.full_name for unit in units if unit.pk not in reading)
    if not names:
        return ""
    return (
        f"Ingen på {names} är utsedd att läsa ärendet. Enhetens representant, eller samordnaren, utser någon under "
        "Läsare i skyddade ärenden."
    )


def asked_to_name(case_id: UUID, at: datetime) -> set[UUID]:
    """The accounts that are asked to name a reader because of what waits since *at*. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select asked_for_readers(%s, %s)", [case_id, at])
        return {row[0] for row in cursor.fetchall()}


# Whom a unit's step waits for, as said where that person does not read.
PARTS = {
    Role.CASEWORKER: "handläggaren",
    Role.REPRESENTATIVE: "representanten",
    Role.COORDINATOR: "samordnaren",
    Role.SUPERVISOR: "handledaren",
}


@dataclass(frozen=True)
class ToRead:
    """A protected case by its number, in one unit: who reads it there, as ``{id, is_self, name, until, is_there, part}``.

    *name*: with the address where somebody else in the unit has the same. Not *is_there*: they have left the unit since
    they were named, and read nothing. *part*: caseworker or supervisor of those who are responsible for the case.
    *name_by*: somebody must be named by that day, for nobody who could do the unit's part is; None where none must.
    *role*: whose step waits there, if it is one that must be of a role.
    *names*: whether the one who asks says who reads there. *is_over*: closed or cancelled.
    """

    case_id: UUID
    number: str
    programme: str
    unit_id: UUID
    unit: str
    mark: str
    kind: str
    names: bool
    is_over: bool
    name_by: date | None
    readers: list[dict[str, Any]]
    role: str | None

    @property
    def waits(self) -> bool:
        return self.name_by is not None

    @property
    def is_read_by_asker(self) -> bool:
        return any(reader["is_self"] for reader in self.readers)

    @property
    def is_unread(self) -> bool:
        """Whether nobody in the unit reads it."""
        return not any(reader["is_there"] for reader in self.readers)

    def is_last(self, reader: dict[str, Any]) -> bool:
        """Whether nobody in the unit reads when *reader* no longer does."""
        return [one["id"] for one in self.readers if one["is_there"]] == [reader["id"]]

    @property
    def whom_it_lacks(self) -> str:
        """Of a unit where somebody reads, but not whoever the step waits for: who that is. Empty otherwise."""
        return PARTS[Role(self.role)] if self.waits and self.role and not self.is_unread else ""


def to_read(who: Who, *, with_over: bool = False) -> list[ToRead]:
    """The protected cases in which *who* says who reads, by number: nothing of the person. One statement or none.

    To the coordinator also the other units that lack a reader, which name their own (*names* is False).
    *with_over*: those that are closed or cancelled too, which wait for nobody and are sometimes read.
    """
    if not who.may(Permission.NAME_READERS):
        return []
    with connection.cursor() as cursor:
        cursor.execute("select * from protected_cases(%s)", [with_over])
        return [in_unit(*row) for row in cursor.fetchall()]


def in_unit(*row: Any) -> ToRead:
    """A row of the database's ``protected_cases()``, whose readers come as JSON."""
    *of_unit, since, due_on, meeting_on, days_before_meeting, days_notice, readers, role = row
    shown = [as_shown(**reader) for reader in json.loads(readers)]
    by = last_day(since, due_on, meeting_on, days_before_meeting, days_notice) if since else None
    fields: list[Any] = [*of_unit, by, shown, role]
    return ToRead(*fields)


def as_shown(*, name: str, email: str, shares_name: bool, until: str, **of_reader: Any) -> dict[str, Any]:
    """A reader as the pages tell of them, who is not taken for another of the same name."""
    called = named_apart(User(name=name, email=email), shared=shares_name)
    return {**of_reader, "name": called, "until": date.fromisoformat(until)}


def last_day(
    since: date, due_on: date | None, meeting_on: date | None, days_before_meeting: int, days_notice: int
) -> date:
    """By when a reader is to be named: the day the parties' answers are wanted, where there is a meeting to come.

    Otherwise the day of what waits for the unit; where nothing does, as many working days as a besked may take. Never
    before *since*: whoever names is not late for what another was to read until then.
    """
    if meeting_on is not None:
        return max(since, add_working_days(meeting_on, -days_before_meeting))
    return max(since, due_on) if due_on else add_working_days(since, days_notice)


def may_be_named(unit_id: UUID, today: date) -> list[Membership]:
    """The unit's people on *today*, by name, one row each. One statement."""
    rows = Membership.objects.at(today).filter(unit=unit_id, user__is_active=True).select_related("user")
    by_user = {row.user_id: row for row in rows.order_by("user__name", "role")}
    return list(by_user.values())
