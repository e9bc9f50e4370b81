"""Sessions that have been and whose attendance is not filled in: on their leader's list, overdue on the coordinator's too (L4, W3)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Cast, Coalesce

from knutpunkten.access.who import Who
from knutpunkten.activities.models import Enrolment, Session
from knutpunkten.activities.week import url_of
from knutpunkten.cases.called import Named
from knutpunkten.cases.models import Basis, Category, Level
from knutpunkten.cases.rules import CaseByCase, living_grounds
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Membership, Role

SHOWN = 10
AT_MOST = 50
# Later than this nobody remembers for certain who came.
WORKING_DAYS_TO_FILL_IN = 3


@dataclass(frozen=True)
class Unfilled:
    """A session without its attendance. *leader* is empty where none was chosen; *is_led*: they are still in the team."""

    session: Session
    leader: str
    is_led: bool

    @property
    def due_on(self) -> date:
        return add_working_days(self.session.on_date, WORKING_DAYS_TO_FILL_IN)

    def is_of(self, who: Who) -> bool:
        """Whether *who* is waited for: its leader; the coordinator where nobody leads it any more."""
        return self.session.leader_id == who.user_id or (who.role == Role.COORDINATOR and not self.is_led)


def first_day_in_time(today: date) -> date:
    """The attendance of sessions before it is overdue."""
    return add_working_days(today, -WORKING_DAYS_TO_FILL_IN)


def unfilled_rows(who: Who, today: date, first_in_time: date) -> QuerySet[Session, Any]:
    """The programme's that wait for *who*, and for its coordinator the others' that are overdue too; the oldest first.

    Where somebody is on the list whom the team may mark. In the columns of ``behind.rows_behind``.
    """
    planning = living_grounds(who, today).filter(
        case=OuterRef("case"), basis=Basis.CONSENT, level__gte=Level.TEXT, categories__contains=[Category.PLANNING]
    )
    took_part = Q(case__closed_at__isnull=True) | Q(case__closed_at__date__gt=OuterRef("on_date"))
    on_list = Enrolment.objects.filter(
        took_part,
        CaseByCase(planning),
        session=OuterRef("pk"),
        removed_at__isnull=True,
        case__started_on__lte=OuterRef("on_date"),
    )
    team = Membership.objects.at(today).filter(unit=who.unit_id, user=OuterRef("leader"), user__is_active=True)
    waits = Q(leader=who.user_id)
    if who.role == Role.COORDINATOR:
        waits |= Q(on_date__lt=first_in_time) | Q(~Exists(team))
    found = Session.objects.filter(
        waits,
        CaseByCase(on_list),
        programme=who.programme_id,
        on_date__lt=today,
        recorded_at__isnull=True,
        cancelled_at__isnull=True,
    )
    return found.order_by("on_date", "part", "room").values(
        which=F("pk"),
        about=Cast(Value(None), UUIDField()),
        number=Value(""),
        said=F("theme"),
        whose=F("leader_id"),
        named=Coalesce(F("leader__name"), Value("")),
        day=F("on_date"),
        mark=Value(""),
        kind=Value(""),
        guide=Value(""),
        slot=F("part"),
        place=F("room"),
        remains=Exists(team),
    )[:AT_MOST]


def unfilled_of(row: dict[str, Any]) -> Unfilled:
    """A row of ``unfilled_rows``."""
    session = Session(
        pk=row["which"],
        on_date=row["day"],
        part=row["slot"],
        theme=row["said"],
        room=row["place"],
        leader_id=row["whose"],
    )
    return Unfilled(session, row["named"], row["remains"])


def unfilled_lists(sessions: Iterable[Unfilled], who: Who) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows for "Väntar på dig", and for "Väntar på andra" one for each leader: theirs must not crowd out the cases."""
    mine: list[Unfilled] = []
    others: dict[UUID | None, list[Unfilled]] = defaultdict(list)
    for one in sessions:
        if one.is_of(who):
            mine.append(one)
        else:
            others[one.session.leader_id].append(one)
    return [task(one, who) for one in mine[:SHOWN]], [awaited(of_leader, who) for of_leader in others.values()]


def task(one: Unfilled, who: Who) -> dict[str, Any]:
    """A row of "Väntar på dig"."""
    session, url = one.session, url_of(one.session)
    why = f"{session.get_part_display()}, {session.room}."
    if session.leader_id != who.user_id:
        why += f" {one.leader} är inte kvar." if one.leader else " Ledare saknas."
    return {
        "title": f"Fyll i närvaro: {session.theme}, {session.on_date}",
        "url": url,
        "why": why,
        "due": one.due_on,
        "action": {"label": "Fyll i", "url": url},
    }


def awaited(of_leader: list[Unfilled], who: Who) -> dict[str, Any]:
    """A row of "Väntar på andra", for the coordinator, whose agency's the team is: the oldest, and how many more."""
    assert who.hat is not None
    oldest, *more = of_leader
    return {
        "named": Named(f"{oldest.session.theme}, {oldest.session.on_date}"),
        "case_id": None,
        "url": url_of(oldest.session),
        "what": f"Fyll i närvaro, och för {len(more)} pass till" if more else "Fyll i närvaro",
        "who": oldest.leader,
        "mark": who.hat.mark,
        "kind": who.hat.kind,
        "due": oldest.due_on,
    }
