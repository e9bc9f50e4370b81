"""What a consent may say, and what stands in a case's consents (W1). Questions only."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Basis, Case, Category, Party, Section
from knutpunkten.cases.rules import can_be_withdrawn, holds
from knutpunkten.consents.models import Consent
from knutpunkten.organisations.models import Agency, Unit
from knutpunkten.organisations.swedish_order import sort_key
from knutpunkten.questions.remembered import remembered
from knutpunkten.ui.enumerations import enumeration
from knutpunkten.ui.fields import is_phone_number

# The categories a person chooses among; *grund* goes with every party (steps.md).
CHOSEN = tuple(c for c in Category if c != Category.BASIC)


@dataclass(frozen=True)
class Named:
    """A unit that a drafted consent names, with the categories it would see, and its own days where they are fewer.

    None: the consent's own first or last day.
    """

    unit_id: UUID
    categories: tuple[str, ...]
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Ground:
    """A party of a signed consent as it stands on a day: who, what, until when.

    *lasts*: it holds, or is yet to begin. *fell_with_all*: it was taken back, and nothing of its consent was left after it.
    """

    party: Party
    is_living: bool
    lasts: bool
    fell_with_all: bool = False

    @property
    def categories(self) -> list[str]:
        return [c.label for c in Category if c in self.party.categories]

    @property
    def unit(self) -> Unit:
        assert self.party.unit is not None  # a consent's ground always names a unit
        return self.party.unit

    @property
    def until(self) -> date:
        assert self.party.valid_until is not None  # the table's own constraint: a consent always ends
        return self.party.valid_until

    @property
    def how(self) -> str:
        """How the part was taken back, in words that follow the moment; empty where it was not said."""
        return Consent.How(self.party.withdrawn_how).label.lower() if self.party.withdrawn_how else ""


def last_day(first: date) -> date:
    """The last day of twelve months from *first*: the longest a consent holds."""
    try:
        return first.replace(year=first.year + 1) - timedelta(days=1)
    except ValueError:  # 29 February
        return first.replace(year=first.year + 1, day=28)


def latest_beginning(signed: date) -> date:
    """Three months from *signed*: the last day on which a consent may begin, so that nobody signs for a time far off."""
    years, month = divmod(signed.month + 2, 12)
    year, month = signed.year + years, month + 1
    return date(year, month, min(signed.day, calendar.monthrange(year, month)[1]))


def may_read(opened: OpenCase) -> bool:
    """Whether the reader sees whom the consent names: those who wrote it, and those who read *grund*."""
    return opened.case.referring_unit_id == opened.who.unit_id or Category.BASIC in opened.reads


def units_to_choose(case: Case) -> list[Unit]:
    """The association's units that a consent can name: not other programmes' teams. One statement.

    The team and the unit that writes come first, the others by agency.
    """
    programme = case.programme
    units = Unit.objects.filter(agency__association=programme.association_id).select_related("agency")
    offered = [u for u in units if u.agency.kind != Agency.Kind.PROGRAMME or u.pk == programme.team_id]
    first = [programme.team_id, case.referring_unit_id]
    return sorted(offered, key=lambda u: (first.index(u.pk) if u.pk in first else 2, sort_key(u.full_name)))


def guardian_in_referral(case: Case) -> str:
    """The guardian's name and capacity as the referral has them, without the phone; empty if it names none. One statement."""
    written = Section.objects.filter(case=case, key="person", author_unit=case.referring_unit_id)
    said = written.values_list("data__guardian", flat=True).first() or ""
    return ", ".join(part for words in said.split(",") if (part := words.strip()) and not is_phone_number(part))


def draft_of(case: Case) -> Consent | None:
    """The consent that waits to be signed; None if there is none."""
    return drafts_of.first(case.pk)


@remembered
def drafts_of(case_id: UUID) -> QuerySet[Consent]:
    return Consent.objects.filter(case=case_id, signed_on__isnull=True).order_by("-saved_at")[:1]


def consents_of(case: Case) -> list[Consent]:
    """All consents of a case, newest first. One statement."""
    written = Consent.objects.filter(case=case).select_related("saved_by", "scan", "withdrawn_by")
    return list(written.defer("scan__content").order_by("-saved_at"))


def newest_signed(case: Case) -> Consent | None:
    """The consent that was signed last, whether it holds or not; None if none is. One statement."""
    return Consent.objects.filter(case=case, signed_on__isnull=False).order_by("-signed_on", "-saved_at").first()


def days_signed(case: Case) -> dict[UUID, date | None]:
    """When each of a case's consents was signed, the newest first; None for a draft. One statement."""
    return dict(signed_on(case.pk))


@remembered
def signed_on(case_id: UUID) -> QuerySet[Consent, tuple[UUID, date | None]]:
    return Consent.objects.filter(case=case_id).order_by("-saved_at").values_list("pk", "signed_on")


def grounds_of(parties: Iterable[Party], today: date) -> dict[UUID, list[Ground]]:
    """Those of a case's *parties* that stand on a consent, by consent, in Swedish order."""
    consented = [party for party in parties if party.basis == Basis.CONSENT]
    found: dict[UUID, list[Ground]] = {}
    for party in sorted(consented, key=lambda p: sort_key(p.unit.full_name) if p.unit else ""):
        assert party.consent_id is not None
        found.setdefault(party.consent_id, []).append(
            Ground(party, holds(party, today), can_be_withdrawn(party, today), fell_with_all(party, consented))
        )
    return found


def fell_with_all(party: Party, parties: Iterable[Party]) -> bool:
    """Whether no other of its consent's *parties* had a part once that of *party* was taken back."""
    at = party.withdrawn_at
    return at is not None and not any(p.consent_id == party.consent_id and outlives(p, at) for p in parties)


def outlives(party: Party, at: datetime) -> bool:
    if party.withdrawn_at is not None:
        return party.withdrawn_at > at
    return party.valid_until is None or party.valid_until >= timezone.localdate(at)


def named_in(consent: Consent) -> list[Named]:
    """The units that a drafted consent names."""
    return [
        Named(UUID(row["unit"]), tuple(row["categories"]), day_in(row, "from"), day_in(row, "until"))
        for row in consent.draft_parties
    ]


def taken_back(consent: Consent, parties: Iterable[Party]) -> set[UUID]:
    """The units whose part of a signed consent the person took back: all that it names, where it was the whole."""
    if consent.withdrawn_at:
        return {one.unit_id for one in named_in(consent)}
    return {p.unit_id for p in parties if p.consent_id == consent.pk and p.withdrawn_at and p.unit_id}


@dataclass(frozen=True)
class TakenBack:
    """What the person took back, since a moment, of the parts that a drafted consent names; *at*: when it was done last."""

    units: list[Unit]
    is_whole: bool
    at: datetime

    def holds(self, named: Named) -> bool:
        return self.is_whole or any(unit.pk == named.unit_id for unit in self.units)

    @property
    def words(self) -> str:
        what = "hela samtycket" if self.is_whole else f"samtycket för {enumeration(u.full_name for u in self.units)}"
        return f"{what} {timezone.localdate(self.at)}"


def taken_back_since(since: datetime, case: Case, named: Iterable[Named], parties: Iterable[Party]) -> TakenBack | None:
    """What of the parts of *named* was taken back after *since*, of all the *parties* that the case has had; None if nothing."""
    units = {one.unit_id for one in named}
    fell = {p.unit_id: p for p in parties if p.unit_id in units and p.withdrawn_at and p.withdrawn_at > since}
    at = last_taken_back(fell.values())
    if at is None:
        return None
    fallen = sorted((p.unit for p in fell.values() if p.unit), key=lambda unit: sort_key(unit.full_name))
    # Every consent names the unit that refers: it falls with the whole.
    return TakenBack(fallen, case.referring_unit_id in fell, at)


def last_taken_back(parties: Iterable[Party]) -> datetime | None:
    return max((p.withdrawn_at for p in parties if p.withdrawn_at), default=None)


def last_change(case: Case, draft: Consent | None, parties: Iterable[Party]) -> datetime:
    """When what the page of the consent begins from was changed last: the draft saved, or anything taken back."""
    saved = draft.saved_at if draft else case.created_at
    return max(saved, last_taken_back(parties) or saved)


def units_named(consent: Consent) -> dict[UUID, Unit]:
    """The units that a consent names, with their agencies. One statement."""
    return units_of(named_in(consent))


def units_of(named: Iterable[Named]) -> dict[UUID, Unit]:
    return Unit.objects.select_related("agency").in_bulk([one.unit_id for one in named])


def day_in(row: dict[str, Any], key: str) -> date | None:
    return date.fromisoformat(row[key]) if row.get(key) else None


def as_row(named: Named) -> dict[str, Any]:
    """A named unit as it stands in ``Consent.draft_parties``."""
    days = {"from": named.valid_from, "until": named.valid_until}
    return {
        "unit": str(named.unit_id),
        "categories": in_order(named.categories),
        **{key: day.isoformat() for key, day in days.items() if day},
    }


def first_day(consent: Consent, named: Named) -> date:
    """The first day of a party's part, as the person wants it."""
    return named.valid_from or consent.valid_from


def begins(consent: Consent, named: Named) -> date:
    """The first day of a party's part: a consent opens nothing before it was signed, whatever day it was meant from."""
    return max(first_day(consent, named), consent.signed_on or date.min)


def begins_on(consent: Consent) -> date:
    """The day a consent begins to hold: its first party's."""
    own = Named(consent.author_unit_id, ())
    return min(begins(consent, named) for named in named_in(consent) or [own])


def last_day_of(consent: Consent, named: Named) -> date:
    return named.valid_until or consent.valid_until


@dataclass(frozen=True)
class NotNamed:
    """A unit that has a part, or will have (*begins*), and that the drafted consent leaves out."""

    unit: Unit
    begins: date | None
    until: date


def not_named(consent: Consent, grounds: Iterable[Ground]) -> list[NotNamed]:
    """The units that the drafted consent leaves out, each once for all the consents it has a part in."""
    named = {one.unit_id for one in named_in(consent)}
    return [
        NotNamed(
            rows[0].unit,
            None if any(ground.is_living for ground in rows) else min(ground.party.valid_from for ground in rows),
            max(ground.until for ground in rows),
        )
        for rows in by_unit(grounds)
        if rows[0].unit.pk not in named
    ]


@dataclass(frozen=True)
class Kept:
    """What a unit keeps by an older consent, though a newer one that names it does not say so: a consent never narrows another.

    *begins*: the first day of what is yet to begin.
    """

    unit: Unit
    categories: list[str]
    until: date
    begins: date | None = None


def kept_beside(consent: Consent, grounds: Iterable[Ground]) -> list[Kept]:
    """What the units that the drafted consent names keep by those already signed, in the order of *grounds*."""
    said = {one.unit_id: one for one in named_in(consent)}
    found = []
    for rows in by_unit(grounds):
        if named := said.get(rows[0].unit.pk):
            found += kept_by(rows, named.categories, last_day_of(consent, named))
    return found


def kept_of_older(grounds: Iterable[Ground], newest_first: Iterable[UUID]) -> list[Kept]:
    """What units keep by an older consent than the newest that names them; *newest_first*: the consents in order."""
    order = {consent_id: place for place, consent_id in enumerate(newest_first)}
    found = []
    for rows in by_unit(grounds):
        newest, *older = sorted(rows, key=lambda ground: order.get(ground.party.consent_id, len(order)))  # type: ignore[arg-type]
        if older:
            found += kept_by(older, newest.party.categories, newest.until)
    return found


def by_unit(grounds: Iterable[Ground]) -> list[list[Ground]]:
    """Those that last, together for each unit."""
    rows: dict[UUID, list[Ground]] = {}
    for ground in grounds:
        if ground.lasts:
            rows.setdefault(ground.unit.pk, []).append(ground)
    return list(rows.values())


def kept_by(older: list[Ground], categories: Iterable[str], until: date) -> list[Kept]:
    """What one unit's *older* grounds give that is not among *categories*, or goes on after *until*, by the day it ends.

    First what holds, then what is yet to begin.
    """
    ends: dict[date | None, dict[str, date]] = {}
    for ground in older:
        of_first_day = ends.setdefault(None if ground.is_living else ground.party.valid_from, {})
        for category in ground.party.categories:
            if category not in categories or ground.until > until:
                of_first_day[category] = max(ground.until, of_first_day.get(category, date.min))
    return [
        Kept(older[0].unit, [c.label for c in Category if given.get(c.value) == day], day, begins)
        for begins, given in sorted(ends.items(), key=lambda row: row[0] or date.min)
        for day in sorted(set(given.values()))
    ]


@dataclass(frozen=True)
class Reading:
    """What a unit may read by all of a case's consents together: now, and what more from a day to come."""

    unit: Unit
    categories: list[str]
    to_come: list[tuple[date, list[str]]]


def readings(grounds: Iterable[Ground]) -> list[Reading]:
    """What each unit may read, in Swedish order."""
    return [reading(rows) for rows in sorted(by_unit(grounds), key=lambda rows: sort_key(rows[0].unit.full_name))]


def reading(of_unit: list[Ground]) -> Reading:
    known = {category for ground in of_unit if ground.is_living for category in ground.party.categories}
    now, to_come = [c.label for c in Category if c in known], []
    for ground in sorted(of_unit, key=lambda ground: ground.party.valid_from):
        if more := [c.label for c in Category if c in ground.party.categories and c not in known]:
            to_come.append((ground.party.valid_from, more))
            known.update(ground.party.categories)
    return Reading(of_unit[0].unit, now, to_come)


def names_nobody_else(case: Case, named: Iterable[Named]) -> bool:
    """Whether a consent names no party but the unit that writes: nobody would share anything under it."""
    return all(one.unit_id == case.referring_unit_id for one in named)


def in_order(categories: Iterable[str]) -> list[str]:
    """The categories in the fixed order, *grund* always among them."""
    chosen = {*categories, Category.BASIC.value}
    return [c.value for c in Category if c in chosen]
