"""Sub-goals whose day has passed: on the list of the unit that answers for them, and of those who keep the plan together (W3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.urls import reverse

from knutpunkten.access.who import Who
from knutpunkten.cases.called import Named
from knutpunkten.cases.models import Category, Level, Party, State
from knutpunkten.cases.rules import CaseByCase, living, living_grounds, visible_to
from knutpunkten.organisations.models import Role
from knutpunkten.plans.models import SubGoal
from knutpunkten.plans.rules import undone_in_force

SHOWN = 10
GUIDES = (Role.SUPERVISOR, Role.COORDINATOR)


@dataclass(frozen=True)
class Late:
    """A sub-goal that is not done, and should have been by *due_on*. *is_party*: the unit that answers for it still is one."""

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
    is_party: bool

    @property
    def url(self) -> str:
        """Where it stands in the plan, and where the supervisor marks it."""
        return f"{reverse('plan', args=[self.case_id])}#delmal-{self.lineage}"

    def is_of(self, who: Who) -> bool:
        """Whether *who* is waited for: by unit; within the team, which guides every plan, by name.

        What a unit answers for that is no party any more waits for the supervisor, who agrees on who takes over.
        """
        if who.role in GUIDES and not self.is_party:
            return who.role == Role.SUPERVISOR
        return self.unit_id == who.unit_id and (who.role not in GUIDES or self.responsible == who.name)


def late_rows(who: Who, today: date) -> QuerySet[SubGoal, Any]:
    """The late sub-goals that *who* may read of, the most overdue first: their unit's own, or all that they guide.

    In the columns of ``behind.rows_behind``.
    """
    planning = living_grounds(who, today).filter(
        case=OuterRef("case"), level__gte=Level.TEXT, categories__contains=[Category.PLANNING]
    )
    seen = visible_to(who, today).filter(pk=OuterRef("case"), state=State.ACTIVE)
    parties = Party.objects.filter(living(today), case=OuterRef("case"), unit=OuterRef("responsible_unit"))
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
        remains=Exists(parties),
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
        is_party=row["remains"],
    )


def late_lists(
    late: Iterable[Late], names: Mapping[UUID, Named], who: Who
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows for "Väntar på dig", and for "Väntar på andra"."""
    called = [(one, names.get(one.case_id, Named(one.number))) for one in late]
    mine = [late_task(one, named.name, who) for one, named in called if one.is_of(who)]
    return mine, [late_awaited(one, named, who) for one, named in called if not one.is_of(who)]


def late_task(one: Late, name: str, who: Who) -> dict[str, Any]:
    """A row of "Väntar på dig". The plan is the supervisor's to write (S14): the others tell them how it went."""
    answers = f"{'Du' if one.responsible == who.name else one.responsible} ansvarar."
    if not one.is_party:
        answers = f"{one.responsible} ansvarar, men enheten är inte part längre. Kom överens om vem som tar över."
    tell = "" if who.role == Role.SUPERVISOR else f" Berätta hur det går för {one.supervisor}, som ändrar i planen."
    return {
        "title": f"Delmål i planen: {name}",
        "url": reverse("case", args=[one.case_id]),
        "why": f"{one.number}. {one.what.rstrip('.')}. {answers}{tell}",
        "due": one.due_on,
        "action": {"label": "Till planen", "url": one.url},
    }


def late_awaited(one: Late, named: Named, reader: Who) -> dict[str, Any]:
    """A row of "Väntar på andra", for those who guide the plan."""
    assert reader.hat is not None
    who, mark, kind = one.responsible, one.mark, one.kind
    if not one.is_party:
        who, mark, kind = one.supervisor, reader.hat.mark, reader.hat.kind  # of the team, as the reader
    return {
        "named": named,
        "case_id": one.case_id,
        "url": one.url if named.is_visible else "",
        "what": f"Delmål: {one.what}",
        "who": who,
        "mark": mark,
        "kind": kind,
        "due": one.due_on,
    }
