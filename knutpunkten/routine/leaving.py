"""When somebody who is responsible for a case has left: whose it is to hand on (steps.md says who is waited for)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from knutpunkten.cases.models import CLOSED_STATES, Case, State, Turn
from knutpunkten.cases.move import Move
from knutpunkten.organisations.models import Membership, Role, User
from knutpunkten.organisations.rules import without_representative
from knutpunkten.routine.named import give

# The steps that hand on. They stand first in the table, so that one of them is a case's foremost turn.
HANDING_ON = ("hand_on", "change_supervisor")
GUIDED = (State.ALLOCATED, State.ACTIVE)


@dataclass(frozen=True)
class Left:
    """Which of a case's two have left, and whether its unit has a representative who hands on for the caseworker."""

    users: frozenset[UUID] = frozenset()
    has_representative: bool = True


NOBODY = Left()


def who_left(case: Case, today: date) -> Left:
    """Whether the caseworker and the supervisor still have their hats on *today*. At most two statements."""
    users = {case.caseworker_id}
    if case.state in GUIDED and case.supervisor_id is not None:
        users.add(case.supervisor_id)
    held = Membership.objects.at(today).filter(
        hat_of_caseworker(case.caseworker_id, case.referring_unit_id)
        | hat_of_supervisor(case.supervisor_id, case.programme_id),
        user__is_active=True,
    )
    gone = users - set(held.values_list("user", flat=True))
    if case.caseworker_id not in gone:
        return Left(frozenset(gone))
    return Left(frozenset(gone), not without_representative([case.referring_unit_id], today))


def hat_of_caseworker(user: Any, unit: Any) -> Q:
    return Q(role=Role.CASEWORKER, user=user, unit=unit)


def hat_of_supervisor(user: Any, programme: Any) -> Q:
    return Q(role=Role.SUPERVISOR, user=user, programme=programme)


def caseworkers_hat(today: date) -> QuerySet[Membership]:
    """The hat of the outer case's caseworker."""
    hats = Membership.objects.at(today).filter(user__is_active=True)
    return hats.filter(hat_of_caseworker(OuterRef("caseworker"), OuterRef("referring_unit")))


def supervisors_hat(today: date) -> QuerySet[Membership]:
    """The hat of the outer case's supervisor."""
    hats = Membership.objects.at(today).filter(user__is_active=True)
    return hats.filter(hat_of_supervisor(OuterRef("supervisor"), OuterRef("programme")))


def to_settle(today: date) -> list[UUID]:
    """The open cases where somebody has left and nobody is asked yet, or has come back and still is. One statement."""
    asked = Turn.objects.filter(case=OuterRef("pk"))
    for_caseworker = Exists(asked.filter(step="hand_on"))
    for_supervisor = Exists(asked.filter(step="change_supervisor"))
    has_caseworker, has_supervisor = Exists(caseworkers_hat(today)), Exists(supervisors_hat(today))
    is_guided = Q(state__in=GUIDED, consent_lost_at__isnull=True)
    changed = (
        Q(~has_caseworker & ~for_caseworker)
        | Q(has_caseworker & for_caseworker)
        | (is_guided & ~has_supervisor & ~for_supervisor)
        | Q(has_supervisor & for_supervisor)
    )
    found = Case.objects.exclude(state__in=CLOSED_STATES).filter(changed)
    return list(found.order_by("created_at").values_list("pk", flat=True))


def colleagues(case: Case, today: date, but: Collection[UUID] = ()) -> list[User]:
    """The caseworkers of the referring unit who go on being so after *today*, by name. One statement."""
    members = Membership.objects.going_on(today)
    hats = members.filter(role=Role.CASEWORKER, unit=case.referring_unit_id, user__is_active=True)
    return list(User.objects.filter(pk__in=hats.values("user")).exclude(pk__in=but).order_by("name", "pk"))


# Effects.


def change_caseworker(move: Move) -> None:
    """Effect: a colleague in the unit goes on as the case's caseworker (S12), and with what the first was named for."""
    case, taker = move.case, move.data["colleague"]
    give(case.pk, case.referring_unit_id, case.caseworker_id, taker)
    case.caseworker_id = taker
    move.detail["caseworker"] = str(taker)


def change_supervisor(move: Move) -> None:
    """Effect: another of the programme's supervisors goes on with the participant (S14), and with what the first was named for."""
    case, taker = move.case, move.data["supervisor"]
    if case.supervisor_id is not None:
        give(case.pk, case.programme.team_id, case.supervisor_id, taker)
    case.supervisor_id = taker
    move.detail["supervisor"] = str(taker)
