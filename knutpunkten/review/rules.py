"""What the reviewer's pages ask. The wall answers only the reviewer, and only of their own association."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Window

from knutpunkten.audit.models import reference_to
from knutpunkten.organisations.models import Membership, Role, Unit, User
from knutpunkten.organisations.rules import named_apart
from knutpunkten.review.models import Item, LogRow, Round
from knutpunkten.review.words import what_was_done
from knutpunkten.ui.dates import iso, midnight

# How far off a month may lie: rows are kept at least five years, and nobody reads ahead.
YEARS_TO_LOOK = 20
DENIALS_SHOWN = 50
# What is written of a person without being a change.
NO_CHANGES = ("denied", "looked_up")
# Deeds whose colleague is the one who goes on.
HANDED_ON = ("hand_on", "change_supervisor", "named_handed_on")


def rounds() -> QuerySet[Any]:
    """The months, the newest first, each with ``total`` and ``open``. One statement."""
    is_open = Count("items", filter=Q(items__closed_at__isnull=True))
    return Round.objects.annotate(total=Count("items"), open=is_open).order_by("-month")


def items_of(chosen: Round, rule: str, *, only_open: bool) -> QuerySet[Item]:
    """The month's items, narrowed to a rule: the open first, what was done last before the rest; then the latest closed."""
    items = Item.objects.filter(round=chosen).select_related("user", "reviewed_by")
    if rule:
        items = items.filter(reasons__has_key=rule)
    if only_open:
        items = items.filter(closed_at__isnull=True)
    return items.order_by(F("closed_at").desc(nulls_first=True), when_done().desc(nulls_last=True), "pk")


def last_closed(chosen: Round, rule: str) -> Item | None:
    """What was closed last of the month's items, or of those of a rule, with ``of`` how many are closed. One statement."""
    closed = items_of(chosen, rule, only_open=False).filter(closed_at__isnull=False)
    return closed.annotate(of=Window(Count("pk"))).first()


@dataclass(frozen=True)
class Row:
    """A row of the log in words: who, under which hat, where, when, what, about which case or person, from where."""

    at: datetime
    who: str
    role: str
    unit: str
    what: str
    about: str
    address: str

    @property
    def assignment(self) -> str:
        """ "Handläggare, Region Kalmar län, Öppenpsykiatrin"; empty of what nobody did."""
        return ", ".join(filter(None, (self.role, self.unit)))


def rows_of(entries: Iterable[LogRow]) -> dict[UUID, Row]:
    """The rows in words, by id, in order. Two statements, and one where something was reviewed."""
    entries = list(entries)
    reviewed = items_reviewed(entries)
    users = staff_named().in_bulk({one for e in entries for one in (e.user_id, e.whom_id) if one})
    named = {one for e in entries for one in (e.unit_id, e.unit_was, e.unit_is) if one}
    units = {pk: unit.full_name for pk, unit in Unit.objects.select_related("agency").in_bulk(named).items()}
    return {
        e.id: Row(
            at=e.at,
            who=name_of(users[e.user_id]) if e.user_id in users else "Knutpunkten",
            role=Role(e.role).label if e.role in Role.values else "",
            unit=units.get(e.unit_id, ""),
            what=what_was_done(e, moved(e, units)),
            about=about(e, reviewed, users),
            address=e.address or "",
        )
        for e in entries
    }


def moved(entry: LogRow, units: Mapping[UUID | None, str]) -> str:
    """From which unit to which a role was moved; empty of all else."""
    if entry.unit_was == entry.unit_is:
        return ""
    return f"enhet från {units.get(entry.unit_was, 'ingen')} till {units.get(entry.unit_is, 'ingen')}"


def reading(row: Row) -> tuple[str, ...]:
    """Whose reading or change a row is and of what, by which those of an hour are told once."""
    return (row.who, row.role, row.unit, row.what, row.about)


def staff_named() -> QuerySet[Any]:
    """The accounts, each with whether another of the staff ``shares_name``; that a participant does is not told."""
    others = Membership.objects.filter(user__name=OuterRef("name")).exclude(user=OuterRef("pk"))
    return User.objects.annotate(shares_name=Exists(others.exclude(role=Role.PARTICIPANT)))


def name_of(user: Any) -> str:
    """The name of one of ``staff_named``, which is not taken for another's."""
    return named_apart(user, shared=user.shares_name)


def heading(item: Item, row: Row | None) -> str:
    """Whose item it is and what they did: "Elin Strand läste planen"; the name alone where the row is gone."""
    return f"{item.user.name} {row.what[:1].lower()}{row.what[1:]}" if row else item.user.name


def items_reviewed(entries: Iterable[LogRow]) -> dict[str, str]:
    """Of the rows that tell of a review: whose row was reviewed, and of which day, by the item's id as the log has it."""
    ids = [entry.what for entry in entries if entry.event == "log_reviewed" and entry.what]
    if not ids:
        return {}
    items = Item.objects.filter(pk__in=ids).select_related("user").annotate(done_at=when_done())
    return {str(item.pk): f"{item.user.name} {iso(item.done_at)}" if item.done_at else item.user.name for item in items}


def when_done() -> Subquery:
    """When that was done which an item is of."""
    return Subquery(LogRow.objects.filter(pk=OuterRef("entry_id")).values("at"))


def about(entry: LogRow, reviewed: Mapping[str, str], users: Mapping[UUID, Any]) -> str:
    """Whom it was about, without a name: the case's number and the person's reference, as far as there are any.

    A colleague whom it concerned is named, as the log names its staff: whose row was reviewed, who took over.
    """
    if entry.event == "log_reviewed":
        return reviewed.get(entry.what, "")
    whom = name_of(users[entry.whom_id]) if entry.whom_id and entry.whom_id in users else ""
    if whom and entry.event in HANDED_ON:
        whom = f"till {whom}"
    return ", ".join(filter(None, (entry.number, entry.person and f"person {entry.person}", whom)))


def when_closed(user: User) -> datetime | None:
    """When an account that is closed was so, as the log has it; None where it is open, or the log does not say. One statement."""
    if user.is_active:
        return None
    # By those who can have closed it: the log is found by account, and is never gone through whole.
    administrators = Membership.objects.filter(role=Role.ADMINISTRATOR).values("user")
    closings = LogRow.objects.filter(user_id__in=administrators, event="account_closed", whom_id=user.pk)
    return closings.order_by("-at").values_list("at", flat=True).first()


def month_of(text: str | None, today: date) -> date:
    """The month asked for as "2026-11", by its first day; this month for anything else, and for what no log reaches."""
    this = today.replace(day=1)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return month if month <= this and this.year - month.year <= YEARS_TO_LOOK else this


def following(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def previous(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def log_of(user_id: UUID, month: date) -> QuerySet[LogRow]:
    """When an account did something in a month, and the rows' ids, in no order.

    No more than that: what else the view says of a row costs a look-up each, and would be asked of the whole month
    before the first row of a page is known.
    """
    month_of = LogRow.objects.filter(user_id=user_id, at__gte=midnight(month), at__lt=midnight(following(month)))
    return month_of.only("id", "at")


def person_read_about(number: str) -> UUID | None:
    """The person with that number (12 digits), if the log one reviews has a reading about them. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select reviewed_person(%s)", [number])
        return cursor.fetchone()[0]


def look_ups(person_id: UUID, by: UUID | None, day: date) -> QuerySet[LogRow]:
    """The times that an account looked the person up on a day or later, the latest first."""
    asked_for = LogRow.objects.filter(person_ref=reference_to(person_id), is_reading=False, event="looked_up")
    return asked_for.filter(user_id=by, at__gte=midnight(day)).order_by("-at")


def readings_of(person_id: UUID) -> QuerySet[LogRow]:
    """When somebody read about a person, and the rows' ids, in no order: no more, as in ``log_of``."""
    return LogRow.objects.filter(person_ref=reference_to(person_id), is_reading=True).only("id", "at")


def changes_about(person_id: UUID) -> QuerySet[LogRow]:
    """When somebody changed what is about a person, and the rows' ids, as in ``readings_of``."""
    rest = LogRow.objects.filter(person_ref=reference_to(person_id), is_reading=False, user_id__isnull=False)
    return rest.exclude(event__in=NO_CHANGES).only("id", "at")


def denials_about(person_id: UUID) -> QuerySet[LogRow]:
    """The latest times that somebody was denied one of the person's cases. Two statements when it is read."""
    with connection.cursor() as cursor:
        cursor.execute("select reviewed_cases(%s)", [person_id])
        cases = [row[0] for row in cursor.fetchall()]
    denied = LogRow.objects.filter(case_ref__in=cases, is_reading=False, event="denied")
    return denied.order_by("-at", "-id")[:DENIALS_SHOWN]


def whole(places: Iterable[LogRow]) -> QuerySet[LogRow]:
    """The rows of a page of ``log_of`` or ``readings_of`` with all they say, the latest first."""
    return LogRow.objects.filter(pk__in=[place.pk for place in places]).order_by("-at", "-id")


def staff(association_id: UUID | None) -> QuerySet[Membership]:
    """Everybody who has or has had an assignment in the association, by unit and name."""
    here = Q(unit__agency__association=association_id) | Q(association=association_id) | Q(role=Role.ADMINISTRATOR)
    found = Membership.objects.filter(here).select_related("user", "unit__agency", "programme")
    return found.order_by("unit__agency__name", "unit__name", "user__name", "pk")
