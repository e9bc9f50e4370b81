"""Which accounts a step tells: from the parts people play to the people."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case, Category, Level, Party
from knutpunkten.cases.rules import can_be_withdrawn, consented
from knutpunkten.organisations.models import Membership, Role
from knutpunkten.questions.remembered import remembered
from knutpunkten.routine.step import Actor


def readers(
    case: Case,
    actors: Iterable[Actor],
    but: Who,
    at: datetime,
    *,
    about: Category | None = None,
    loaded: Iterable[Party] | None = None,
) -> set[UUID]:
    """The accounts that play *actors* in *case* at *at*, but not the one who did it. At most two statements.

    *about*: the other parties are told where their part names it. *loaded*: the consent's grounds, if the caller has them.
    """
    today = timezone.localdate(at)
    actors = frozenset(actors)
    people = set()
    units: set[UUID | None] = set()  # their representatives
    if Actor.CW in actors:
        people.add(case.caseworker_id)
    if Actor.SUP in actors and case.supervisor_id:
        people.add(case.supervisor_id)
    if Actor.REP in actors:
        units.add(case.referring_unit_id)
    if Actor.PR in actors:
        parties = consented([case.pk]) if loaded is None else loaded
        own = (case.referring_unit_id, case.programme.team_id)
        told = [party for party in parties if can_be_withdrawn(party, today) and names(party, about, today)]
        units |= {party.unit_id for party in told}.difference(own)
    programmes = [case.programme_id] if Actor.CO in actors else []  # their coordinators
    if units or programmes:
        people |= set(wearing([unit for unit in units if unit], programmes, today))
    return people - {but.user_id}


def losing(falling: Iterable[Party], today: date) -> set[UUID]:
    """The representatives of the units whose parts *falling* are: not of one that has seen nothing of the case yet.

    One statement, none for nobody.
    """
    seeing = (party for party in falling if party.level > Level.NOTHING and party.valid_from <= today)
    units = {party.unit_id for party in seeing if party.unit_id}
    return set(wearing([*units], [], today)) if units else set()


def names(party: Party, about: Category | None, today: date) -> bool:
    return about is None or (about in party.categories and party.valid_from <= today)


@remembered
def wearing(represented: list[UUID], coordinated: list[UUID], today: date) -> QuerySet[Membership, UUID]:
    """The accounts of units' representatives and of programmes' coordinators on *today*."""
    of_unit = Q(role=Role.REPRESENTATIVE, unit__among=represented)
    of_programme = Q(role=Role.COORDINATOR, programme__among=coordinated)
    return Membership.objects.at(today).filter(of_unit | of_programme).values_list("user", flat=True)
