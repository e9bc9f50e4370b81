"""Sub-goals whose day has passed: on the list of the unit that answers for them, and of those who keep the plan together (W3)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Value
from django.urls import reverse

from knutpunkten.access.who import Who
from knutpunkten.cases.called import Named
from knutpunkten.cases.models import Category, Level, State
from knutpunkten.cases.rules import CaseByCase, living_grounds, visible_to
from knutpunkten.organisations.models import Role
from knutpunkten.plans.models import SubGoal
from knutpunkten.plans.rules import undone_in_force

SHOWN = 10
GUIDES = (Role.SUPERVISOR, Role.COORDINATOR)


@dataclass(frozen=True)
class Late:
    """A sub-goal that is not done, and should have been by *due_on*."""

    case_id: UUID
    number: str
    what: str
    responsible: str
    unit_id: UUID
    mark: str
    kind: str
    due_on: date
    lineage: UUID
    supervisor: str

    @property
    def url(self) -> str:
        """Where it stands in the plan, and where the supervisor marks it."""
        return f"{reverse('plan', args=[self.case_id])}#delmal-{self.lineage}"

    def is_of(self, who: Who) -> bool:
        """Whether *who* is waited for: by unit; within the team, which guides every plan, by name."""
        return self.unit_id == who.unit_id and (who.role not in GUIDES or self.responsible == who.name)


def late_rows(who: Who, today: date) -> QuerySet[SubGoal, Any]:
    """The late sub-goals that *who* may read of, the most overdue first: their unit's own, or all that they guide.

    In the columns of ``behind.rows_behind``.
    """
    planning = living_grounds(who, today).filter(
        case=OuterRef("case"), level__gte=Level.TEXT, categories__contains=[Category.PLANNING]
    )
    seen = visible_to(who, today).filter(pk=OuterRef("case"), state=State.ACTIVE)
    found = undone_in_force().filter(
        CaseByCase(planning), CaseByCase(seen), due_on__lt=today, responsible_unit__isnull=False
    )
    if who.role not in GUIDES:
        found = found.filter(responsible_unit=who.unit_id)
    return found.order_by("due_on", "pk").values(
        which=F("lineage"),
        about=F("case_id"),
        number=F("case__number"),
        said=F("what"),
        whose=F("responsible_unit_id"),
        named=F("responsible"),
        day=F("due_on"),
        mark=F("responsible_unit__agency__mark"),
        kind=F("responsible_unit__agency__kind"),
        guide=F("case__supervisor__name"),
        slot=Value(""),
        place=Value(""),
        is_led=Value(True),
    )[:SHOWN]


def late_of(row: dict[str, Any]) -> Late:
    """A row of ``late_rows``."""
    return Late(
        case_id=row["about"],
        number=row["number"],
        what=row["said"],
        responsible=row["named"],
        unit_id=row["whose"],
        mark=row["mark"],
        kind=row["kind"],
        due_on=row["day"],
        lineage=row["which"],
        supervisor=row["guide"] or "handledaren",
    )


def late_task(one: Late, name: str, who: Who) -> dict[str, Any]:
    """A row of "Väntar på dig". The plan is the supervisor's to write (S14): the others tell them how it went."""
    answers = "Du" if one.responsible == who.name else one.responsible
    tell = "" if who.role == Role.SUPERVISOR else f" Berätta hur det går för {one.supervisor}, som ändrar i planen."
    return {
        "title": f"Delmål i planen: {name}",
        "url": reverse("case", args=[one.case_id]),
        "why": f"{one.number}. {one.what.rstrip('.')}. {answers} ansvarar.{tell}",
        "due": one.due_on,
        "action": {"label": "Till planen", "url": one.url},
    }


def late_awaited(one: Late, named: Named) -> dict[str, Any]:
    """A row of "Väntar på andra", for those who guide the plan."""
    return {
        "named": named,
        "case_id": one.case_id,
        "url": one.url if named.is_visible else "",
        "what": f"Delmål: {one.what}",
        "who": one.responsible,
        "mark": one.mark,
        "kind": one.kind,
        "due": one.due_on,
    }
