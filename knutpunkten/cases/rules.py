"""Which cases somebody has a ground for: the one policy behind lists, pages, files and search."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Basis, Case, Level, Party, State
from knutpunkten.organisations.models import Role
from knutpunkten.questions.remembered import remembered


class CaseByCase(Exists):
    """Whether there is such a row, asked for each row by index.

    PostgreSQL cannot know how many cases a unit has a ground for. Where it guesses few, it gathers all of them to
    answer for the fifty of a page; ``offset 0`` keeps the question where it stands, as in ``wall.tables``.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"


def living_grounds(who: Who, today: date) -> QuerySet[Party]:
    """The grounds *who* holds on *today*. Empty or missing scope means nothing (W1)."""
    if who.holder is None:
        return Party.objects.none()
    return Party.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        open_to(who) | Q(unit__isnull=True),
        holder=who.holder,
        valid_from__lte=today,
        level__gte=Level.IDENTITY,
        withdrawn_at__isnull=True,
    )


def open_to(who: Who, case: str = "case") -> Q:
    """Rows with ``is_protected``: not about a protected person, or about one whose case *who* is named to read (W5).

    *case*: the column that names the case.
    """
    return Q(is_protected=False) | Q(**{f"{case}__among": sorted(who.reads)}) if who.reads else Q(is_protected=False)


def is_open_to(case: Case, who: Who) -> bool:
    """Whether *case* is not about a protected person, or *who* is named to read it: as ``open_to``, of a loaded case.

    The routine itself is nobody's colleague.
    """
    return not case.is_protected or not who.role or case.pk in who.reads


def visible_to(who: Who, today: date) -> QuerySet[Case]:
    """The cases *who* sees: those with a ground, narrowed by the role within the unit (steps.md)."""
    return Case.objects.filter(within_role(who), CaseByCase(living_grounds(who, today).filter(case=OuterRef("pk"))))


def within_role(who: Who, case: str = "") -> Q:
    """How the role narrows what the unit has a ground for. *case*: the lookup that leads to the case, as ``case__``."""
    if who.role == Role.CASEWORKER:
        # Named to read a protected person's case for a party, a caseworker answers there for their unit (W5).
        return Q(**{f"{case}referring_unit": who.unit_id}) | Q(**{f"{case}is_protected": True})
    if who.role == Role.REPRESENTATIVE:
        # A draft is the caseworkers' own, also one thrown away; the representative is given it when it is handed over.
        thrown_away = Q(**{f"{case}state": State.CANCELLED, f"{case}handed_over_at__isnull": True})
        return ~Q(**{f"{case}state": State.DRAFT}) & ~thrown_away
    if who.role == Role.COORDINATOR:
        return Q(**{f"{case}programme": who.programme_id})
    if who.role == Role.SUPERVISOR:
        return Q(**{f"{case}programme": who.programme_id, f"{case}supervisor": who.user_id})
    return Q() if who.role == Role.PARTICIPANT else Q(pk__in=[])


def is_within_role(case: Case, who: Who) -> bool:
    """Whether the role of *who* reaches *case*: the same question as ``within_role``, of a loaded case."""
    if who.role == Role.CASEWORKER:
        return case.referring_unit_id == who.unit_id or case.is_protected
    if who.role == Role.REPRESENTATIVE:
        return case.state != State.DRAFT and not (case.state == State.CANCELLED and case.handed_over_at is None)
    if who.role == Role.COORDINATOR:
        return case.programme_id == who.programme_id
    if who.role == Role.SUPERVISOR:
        return case.programme_id == who.programme_id and case.supervisor_id == who.user_id
    return who.role == Role.PARTICIPANT


@remembered
def consented(case_ids: list[UUID]) -> QuerySet[Party]:
    """The grounds in the cases that stand on a consent, whether it holds or not, with unit and agency.

    In the order of their names: of two who are waited for by the same day, the same one is always foremost.
    """
    grounds = Party.objects.filter(case__among=case_ids, basis=Basis.CONSENT).select_related("unit__agency")
    return grounds.order_by("unit__agency__name", "unit__name", "valid_from", "pk")


def holds(party: Party, today: date) -> bool:
    """Whether the row holds on *today*: begun, not ended, not withdrawn; whatever it opens yet."""
    ended = party.valid_until is not None and party.valid_until < today
    return party.withdrawn_at is None and party.valid_from <= today and not ended


def living(today: date, prefix: str = "") -> Q:
    """A consent's ground that holds on *today*, whatever it opens yet: as ``holds``, of rows not loaded.

    *prefix*: the lookup that leads to the ground, as ``parties__``.
    """
    conditions: dict[str, Any] = {
        "basis": Basis.CONSENT,
        "withdrawn_at__isnull": True,
        "valid_from__lte": today,
        "valid_until__gte": today,
    }
    return Q(**{prefix + name: value for name, value in conditions.items()})


def can_be_withdrawn(party: Party, today: date) -> bool:
    """Whether the row is a consent's, and holds or will hold: what has run out can no longer be taken back."""
    is_over = party.valid_until is not None and party.valid_until < today
    return party.basis == Basis.CONSENT and party.withdrawn_at is None and not is_over


def stretches(parties: Iterable[Party], today: date) -> list[tuple[date, date]]:
    """The first and last day of each time in which a consent's ground holds without a gap, in order; not those that are over.

    A consent signed to follow the one that runs out goes on with it from the day it begins.
    """
    lasting = [(p.valid_from, p.valid_until) for p in parties if can_be_withdrawn(p, today) and p.valid_until]
    found: list[tuple[date, date]] = []
    for first, last in sorted(lasting):
        if found and first <= found[-1][1] + timedelta(days=1):
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def covered_until(parties: Iterable[Party], today: date) -> date | None:
    """The day until which a consent's ground holds without a gap from *today*; None if none holds today."""
    return next((last for first, last in stretches(parties, today) if first <= today), None)


@dataclass(frozen=True)
class LeftOut:
    """A unit whose part in the consent ends on *until*, while the others' goes on.

    *is_own_time*: the consent itself gives it fewer days than the others; otherwise a newer one leaves it out. *again*: the
    day that it is a party again after a gap.
    """

    party: Party
    until: date
    is_own_time: bool
    again: date | None = None


def left_out(parties: Iterable[Party], today: date) -> list[LeftOut]:
    """The units whose ground of today runs towards its end, while the whole goes on: the nearest first.

    A newer consent leaves them out, or their own gives them fewer days than the others.
    """
    parties = [party for party in parties if party.basis == Basis.CONSENT and party.withdrawn_at is None]
    whole = covered_until(parties, today)
    if whole is None:
        return []
    rows: dict[UUID, list[Party]] = {}
    for party in parties:
        if party.unit_id is not None:
            rows.setdefault(party.unit_id, []).append(party)
    found = []
    for of_unit in rows.values():
        times = stretches(of_unit, today)
        if times and times[0][0] <= today and times[0][1] < whole:
            until, again = times[0][1], times[1][0] if times[1:] else None
            found.append(LeftOut(of_unit[0], until, has_own_time(of_unit[0], until, parties), again))
    return sorted(found, key=lambda one: one.until)


def has_own_time(party: Party, until: date, parties: Iterable[Party]) -> bool:
    """Whether the consent that *party*'s unit has a part in until then goes on after it, for others."""
    parties = list(parties)
    ending = {p.consent_id for p in parties if p.unit_id == party.unit_id and p.valid_until == until}
    return any(p.consent_id in ending and p.valid_until is not None and p.valid_until > until for p in parties)


def is_ground_of(party: Party, who: Who, today: date) -> bool:
    """Whether this row is a living ground of *who*: the same question as ``living_grounds``, of a loaded row."""
    if who.holder is None or party.holder != who.holder or party.level < Level.IDENTITY or not holds(party, today):
        return False
    return not party.is_protected or party.unit_id is None or party.case_id in who.reads


def part_begins_on(parties: Iterable[Party], who: Who, today: date) -> date | None:
    """The first day of a consent's ground that *who* does not hold yet, but will; None where there is none."""
    to_come = (p.valid_from for p in parties if p.holder == who.holder and can_be_withdrawn(p, today))
    return min((day for day in to_come if day > today), default=None)


def categories_read(grounds: list[Party]) -> frozenset[str]:
    """The categories whose disclosed text these grounds open. An ``own`` ground opens none of others'."""
    return frozenset(
        category
        for ground in grounds
        if ground.basis != Basis.OWN and ground.level >= Level.TEXT
        for category in ground.categories
    )


def follows(case: Case, grounds: list[Party], who: Who) -> bool:
    """Whether state, whose turn and what happens are open to the reader: the parties, the referring unit, the team.

    A unit whose consent is gone keeps name, number and what it wrote, and sees nothing more of the case (W1).
    """
    return who.unit_id in (case.referring_unit_id, case.programme.team_id) or any(g.basis != Basis.OWN for g in grounds)


def followed(cases: Iterable[Case], who: Who, today: date) -> set[UUID]:
    """Those of *cases* that *who* follows, for lists. At most one statement; none for those who see only their own."""
    cases = list(cases)
    own = {c.pk for c in cases if who.unit_id == c.referring_unit_id or who.role in (Role.COORDINATOR, Role.SUPERVISOR)}
    others = [c.pk for c in cases if c.pk not in own]
    if not others:
        return own
    return own | set(shared_with(who, today, others))


@remembered
def shared_with(who: Who, today: date, case_ids: list[UUID]) -> QuerySet[Party, UUID]:
    """Those of the cases in which *who* has another ground than what their unit wrote."""
    grounds = living_grounds(who, today).filter(case__among=case_ids).exclude(basis=Basis.OWN)
    return grounds.values_list("case_id", flat=True)


def level_for(case: Case) -> Level:
    """How far a consent signed now opens *case* to its parties, as far as the routine has come (steps.md)."""
    if case.state in (State.DRAFT, State.HANDED_OVER, State.RETURNED):
        return Level.NOTHING
    if (
        case.state == State.ANNOUNCED
        and not case.is_consultation
        and case.programme.announces  # elsewhere what is handed in is on the agenda at once (L10)
        and case.on_agenda_at is None
    ):
        return Level.IDENTITY
    return Level.TEXT
