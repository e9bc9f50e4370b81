"""Which accounts a step tells: from the parts people play to the people."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Basis, Case, Party
from knutpunkten.cases.rules import can_be_withdrawn
from knutpunkten.organisations.models import Membership, Role
from knutpunkten.routine.step import Actor


def readers(
    case: Case, actors: Iterable[Actor], but: Who, at: datetime, *, loaded: Iterable[Party] | None = None
) -> set[UUID]:
    """The accounts that play *actors* in *case* at *at*, but not the one who did it. At most two statements.

    *loaded*: the consent's grounds, if the caller has them.
    """
    today = timezone.localdate(at)
    actors = frozenset(actors)
    people = set()
    wanted = Q()
    if Actor.CW in actors:
        people.add(case.caseworker_id)
    if Actor.SUP in actors and case.supervisor_id:
        people.add(case.supervisor_id)
    if Actor.REP in actors:
        wanted |= Q(role=Role.REPRESENTATIVE, unit=case.referring_unit_id)
    if Actor.CO in actors:
        wanted |= Q(role=Role.COORDINATOR, programme=case.programme_id)
    if Actor.PR in actors:
        parties = Party.objects.filter(case=case, basis=Basis.CONSENT) if loaded is None else loaded
        own = (case.referring_unit_id, case.programme.team_id)
        units = {party.unit_id for party in parties if can_be_withdrawn(party, today)}
        wanted |= Q(role=Role.REPRESENTATIVE, unit__in=units.difference(own))
    if wanted:
        people |= set(Membership.objects.at(today).filter(wanted).values_list("user", flat=True))
    return people - {but.user_id}
