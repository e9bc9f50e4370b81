"""Who is named for a part of a case and has left: for a sub-goal, or for the next step after the meeting (W3).

The case itself is handed on by steps of the routine (``routine.leaving``), and what is named goes with it. Here is the
rest: a part of a case that is another's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.models import Case, State
from knutpunkten.cases.rules import visible_to
from knutpunkten.meetings.models import Decision
from knutpunkten.notices.actions import tell
from knutpunkten.organisations.models import NEAR_CASES, Membership, Role, User
from knutpunkten.plans.models import SubGoal
from knutpunkten.plans.rules import undone_in_force

# Where the next step after the meeting may still be ahead.
DECIDED = (State.ANNOUNCED, State.QUEUED, State.PLACED, State.ALLOCATED, State.RETURNED)


@dataclass(frozen=True)
class Gone:
    """Somebody who has left a role in a unit, or leaves it soon; *ends_on* is None when it is over.

    Not *is_out*: they have another role there.
    """

    user_id: UUID
    name: str
    unit_id: UUID
    ends_on: date | None
    is_out: bool = True


@dataclass(frozen=True)
class Named:
    """What somebody who is gone is named for in a case that is not theirs."""

    gone: Gone
    case: Case
    what: str
    due_on: date | None


# Asked on the start page each time, and nearly always answered by nobody: building it from the models costs more than
# running it. Only a role with a last day, or of an account that is closed, can be over.
GONE = """
select m.user_id, u.name, u.is_active, m.unit_id, max(m.ends_on),
       u.is_active and exists (
         select 1 from organisations_membership o
          where o.user_id = m.user_id and o.unit_id = m.unit_id
            and o.starts_on <= %(then)s and (o.ends_on is null or o.ends_on >= %(then)s)) as stays
  from organisations_membership m join organisations_user u on u.id = m.user_id
 where (m.ends_on < %(then)s or not u.is_active) and m.starts_on <= %(today)s
   -- One's own unit; the coordinator stands in for units of the association without a representative too.
   and (m.unit_id = %(unit)s
        or exists (select 1 from organisations_unit x
                     join organisations_agency a on a.id = x.agency_id
                     join organisations_programme p on p.association_id = a.association_id
                    where x.id = m.unit_id and p.id = %(stands_in)s::uuid)
       and not exists (select 1 from organisations_membership r join organisations_user ru on ru.id = r.user_id
                        where r.unit_id = m.unit_id and r.role = 'representative' and ru.is_active
                          and r.starts_on <= %(today)s and (r.ends_on is null or r.ends_on >= %(today)s)))
   and not (u.is_active and exists (
         select 1 from organisations_membership o
          where o.user_id = m.user_id and o.unit_id = m.unit_id and o.role = m.role
            and (o.programme_id = m.programme_id or o.programme_id is null)
            and o.starts_on <= %(then)s and (o.ends_on is null or o.ends_on >= %(then)s)))
 group by m.user_id, u.name, u.is_active, m.unit_id
 order by u.name, m.user_id
"""


def gone_from(who: Who, today: date, then: date) -> list[Gone]:
    """Those whose role is not on *then*, of the units that *who* hands on for. One statement."""
    stands_in = who.programme_id if who.role == Role.COORDINATOR else None
    with connection.cursor() as cursor:
        cursor.execute(GONE, {"today": today, "then": then, "unit": who.unit_id, "stands_in": stands_in})
        rows = cursor.fetchall()
    return [
        Gone(user, name, unit, last if is_active and last and last >= today else None, not stays)
        for user, name, is_active, unit, last, stays in rows
    ]


def named_for(gone: Iterable[Gone], who: Who, today: date) -> list[Named]:
    """What *gone* are named for in the cases that *who* sees. Two statements; none for nobody.

    Not in the cases that are theirs: there it goes with the case.
    """
    gone = [one for one in gone if one.is_out]
    return [*sub_goals_of(gone, who, today), *next_steps_of(gone, who, today)] if gone else []


def sub_goals_of(gone: list[Gone], who: Who, today: date) -> list[Named]:
    """The sub-goals of the plans in force that name them. One statement."""
    by_name: dict[tuple[Any, str], Gone] = {(one.unit_id, one.name): one for one in gone}
    rows = sub_goals_naming(gone, who, today).select_related("case__person", "case__programme")
    return [
        Named(by_name[row.responsible_unit_id, row.responsible], row.case, f"Delmålet ”{row.what}”", row.due_on)
        for row in rows.order_by("due_on", "pk")
        if (row.responsible_unit_id, row.responsible) in by_name
    ]


def sub_goals_naming(gone: Iterable[Gone], who: Who, today: date) -> QuerySet[SubGoal]:
    """Those that name one of *gone*, by name and by unit: each alone, so that a pair may still be nobody's."""
    of_caseworker = Q(case__caseworker__name=F("responsible"), case__referring_unit=F("responsible_unit"))
    of_supervisor = Q(case__supervisor__name=F("responsible"), case__programme__team=F("responsible_unit"))
    return undone_in_force().filter(
        ~(of_caseworker | of_supervisor),
        # The name as it stands, since PostgreSQL asks that before it asks who may see the row.
        responsible_unit__in={one.unit_id for one in gone},
        responsible__in={one.name for one in gone},
        case__state=State.ACTIVE,
        case__in=visible_to(who, today),
    )


def next_steps_of(gone: list[Gone], who: Who, today: date) -> list[Named]:
    """The meetings' latest decisions that name them for what comes next. One statement."""
    by_user: dict[Any, Gone] = {one.user_id: one for one in gone}
    rows = next_steps_naming(gone, who, today).select_related("case__person", "case__programme")
    return [
        Named(by_user[row.responsible_id], row.case, "Nästa steg efter mötet", row.due_on)
        for row in rows.order_by("due_on", "pk")
    ]


def next_steps_naming(gone: Iterable[Gone], who: Who, today: date) -> QuerySet[Decision]:
    units, users = {one.unit_id for one in gone}, {one.user_id for one in gone}
    of_caseworker = Q(case__caseworker=F("responsible"), case__referring_unit__in=units)
    of_supervisor = Q(case__supervisor=F("responsible"), case__programme__team__in=units)
    newer = Decision.objects.filter(case=OuterRef("case"), decided_at__gt=OuterRef("decided_at"))
    return Decision.objects.filter(
        ~Exists(newer),
        ~(of_caseworker | of_supervisor),
        # Returned and announced anew, the case waits for the group: what it gave before is over.
        decided_at__gte=F("case__announced_at"),
        # The besked has come through: the case has gone on, and what it waits for says so itself.
        case__notice_confirmed_at__isnull=True,
        responsible__in=users,
        case__state__in=DECIDED,
        case__in=visible_to(who, today),
    )


def takers(gone: Gone, who: Who, today: date) -> list[User]:
    """Who can go on for *gone*: the others of their unit; the coordinator may take somebody of the team. One statement."""
    units = {gone.unit_id, who.unit_id}
    hats = Membership.objects.going_on(today).filter(unit__in=units, role__in=NEAR_CASES, user__is_active=True)
    return list(User.objects.filter(pk__in=hats.values("user")).exclude(pk=gone.user_id).order_by("name", "pk"))


@transaction.atomic
def hand_on(case: Case, *, gone: Gone, taker: User, by: Who, at: datetime) -> int:
    """*taker* goes on with all that *gone* is named for in *case*; answers how many parts. At most five statements.

    Raises ``DatabaseError`` where *by* does not hand on for the unit, or *taker* cannot go on.
    """
    handed = give(case.pk, gone.unit_id, gone.user_id, taker.pk)
    if handed:
        record(
            "named_handed_on",
            by=by,
            at=at,
            case_id=case.pk,
            person_id=case.person_id,
            gone=str(gone.user_id),
            taker=str(taker.pk),
        )
        # A caseworker of another agency does not follow the case: a notice would lead them to nothing.
        sees = Membership.objects.filter(Q(unit=case.referring_unit_id) | ~Q(role=Role.CASEWORKER), user=taker)
        told = [case.supervisor_id, taker.pk if sees.exists() else None]
        tell([one for one in told if one not in (None, by.user_id)], event="named_handed_on", case=case, at=at)
    return handed


def give(case_id: UUID, unit_id: Any, leaver_id: UUID, taker_id: UUID) -> int:
    """What *leaver* of the unit is named for in the case is *taker*'s. One statement, by the database's own function."""
    with connection.cursor() as cursor:
        cursor.execute("select hand_on_named(%s, %s, %s, %s)", [case_id, unit_id, leaver_id, taker_id])
        handed: int = cursor.fetchone()[0]
        return handed
