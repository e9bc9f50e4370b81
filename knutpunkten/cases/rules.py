"""Which cases somebody has a ground for: the one policy behind lists, pages, files and search."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Basis, Case, Level, Party, State
from knutpunkten.organisations.models import Role


def living_grounds(who: Who, today: date) -> QuerySet[Party]:
    """The grounds *who* holds on *today*. Empty or missing scope means nothing (W1)."""
    holder = who.person_id if who.role == Role.PARTICIPANT else who.unit_id
    if holder is None:
        return Party.objects.none()
    return Party.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        holder=holder,
        valid_from__lte=today,
        level__gte=Level.IDENTITY,
        withdrawn_at__isnull=True,
    )


def visible_to(who: Who, today: date) -> QuerySet[Case]:
    """The cases *who* sees: those with a ground, narrowed by the role within the unit (steps.md)."""
    cases = Case.objects.filter(Exists(living_grounds(who, today).filter(case=OuterRef("pk"))))
    if who.role == Role.CASEWORKER:
        return cases.filter(referring_unit=who.unit_id)
    if who.role == Role.COORDINATOR:
        return cases.filter(programme=who.hat.programme_id)
    if who.role == Role.SUPERVISOR:
        return cases.filter(programme=who.hat.programme_id, supervisor=who.user_id)
    if who.role == Role.REPRESENTATIVE:
        # A draft is the caseworkers' own; the representative is given it when it is handed over.
        return cases.exclude(state=State.DRAFT)
    if who.role == Role.PARTICIPANT:
        return cases
    return cases.none()


def holds(party: Party, today: date) -> bool:
    """Whether the row holds on *today*: begun, not ended, not withdrawn; whatever it opens yet."""
    ended = party.valid_until is not None and party.valid_until < today
    return party.withdrawn_at is None and party.valid_from <= today and not ended


def is_ground_of(party: Party, who: Who, today: date) -> bool:
    """Whether this row is a living ground of *who*: the same question as ``living_grounds``, of a loaded row."""
    holder = who.person_id if who.role == Role.PARTICIPANT else who.unit_id
    return holder is not None and party.holder == holder and party.level >= Level.IDENTITY and holds(party, today)


def categories_read(grounds: list[Party]) -> frozenset[str]:
    """The categories whose disclosed text these grounds open. An ``own`` ground opens none of others'."""
    return frozenset(
        category
        for ground in grounds
        if ground.basis != Basis.OWN and ground.level >= Level.TEXT
        for category in ground.categories
    )


def level_for(case: Case) -> Level:
    """How far a consent signed now opens *case* to its parties, as far as the routine has come (steps.md)."""
    if case.state in (State.DRAFT, State.HANDED_OVER, State.RETURNED):
        return Level.NOTHING
    if case.state == State.ANNOUNCED and not case.is_consultation and case.on_agenda_at is None:
        return Level.IDENTITY
    return Level.TEXT
