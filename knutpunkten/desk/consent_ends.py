"""A consent that soon runs out: those are warned who can have it renewed in time (W1, W3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import Who, system
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import Entry
from knutpunkten.cases.called import Named
from knutpunkten.cases.models import CLOSED_STATES, Basis, Case, Category, Party, State, Status
from knutpunkten.cases.rules import left_out, open_to, visible_to
from knutpunkten.notices.actions import tell
from knutpunkten.organisations.models import Role
from knutpunkten.questions.remembered import remembered
from knutpunkten.routine.readers import readers
from knutpunkten.routine.step import Actor

# Days before the last day; each is said once for each end.
FIRST, LAST = 30, 7
# A returned case waits for nothing that a consent opens, but for the days that the besked takes.
ASKS_FOR_NONE = (*CLOSED_STATES, State.RETURNED)
SHOWN = 10


@transaction.atomic
def warn(at: datetime) -> int:
    """Warn of every consent that ends within 30 days, and again within 7; how many were warned of.

    Told are the caseworker, and the coordinator from handing over on: both by the case's number alone.
    A consent that another follows without a gap does not end (``cases.rules.covered_until``); but a unit that
    the newer one leaves out, or that has fewer days than the others, is warned of too, to the caseworker, who alone can
    ask the person whether it was meant. Where it is the programme's team, the coordinator is told: nothing goes on without it.
    """
    today = timezone.localdate(at)
    ending = Case.objects.exclude(state__in=ASKS_FOR_NONE).filter(
        consent_until__gte=today, consent_until__lte=today + timedelta(days=FIRST)
    )
    wholes = sum(warn_of(case, today, at) for case in ending.order_by("consent_until", "pk"))
    return wholes + sum(warn_of_parts(case, today, at) for case in with_parts_ending(today))


def warn_of(case: Case, today: date, at: datetime) -> bool:
    """Warn of the end of *case*'s consent, unless it is done already; whether anybody was warned."""
    assert case.consent_until is not None
    until, days = case.consent_until.isoformat(), days_before(case.consent_until, today)
    changes = Entry.objects.of_case(case.pk).filter(is_reading=False)
    if changes.filter(event="consent_warned", detail__until=until, detail__days=days).exists():
        return False
    told = (Actor.CW,) if case.state == State.DRAFT else (Actor.CW, Actor.CO)
    tell(
        readers(case, told, but=system(), at=at),
        event="consent_ends_7" if days == LAST else "consent_ends_30",
        case=case,
        at=at,
    )
    record("consent_warned", by=system(), at=at, case_id=case.pk, person_id=case.person_id, days=days, until=until)
    return True


def with_parts_ending(today: date) -> QuerySet[Case]:
    """The cases in which some ground ends within 30 days, and the consent as a whole does not, with their parties."""
    soon = Party.objects.filter(
        case=OuterRef("pk"),
        basis=Basis.CONSENT,
        withdrawn_at__isnull=True,
        valid_until__gte=today,
        valid_until__lte=today + timedelta(days=FIRST),
        valid_until__lt=OuterRef("consent_until"),
    )
    cases = Case.objects.exclude(state__in=ASKS_FOR_NONE).filter(Exists(soon))
    return cases.order_by("pk").select_related("programme").prefetch_related("parties")


def warn_of_parts(case: Case, today: date, at: datetime) -> bool:
    """Warn of the units whose part in *case* ends before the others', once for each end; whether anybody was warned."""
    soon = [one for one in left_out(case.parties.all(), today) if one.until <= today + timedelta(days=FIRST)]
    changes = Entry.objects.of_case(case.pk).filter(is_reading=False, event="party_warned")
    said = (
        [(row["unit"], row["until"], row["days"]) for row in changes.values_list("detail", flat=True)] if soon else []
    )
    new = [one for one in soon if (str(one.party.unit_id), str(one.until), days_before(one.until, today)) not in said]
    if not new:
        return False
    is_team = any(one.party.unit_id == case.programme.team_id for one in new)
    told = (Actor.CW, Actor.CO) if is_team and case.state != State.DRAFT else (Actor.CW,)
    tell(
        readers(case, told, but=system(), at=at),
        event="party_ends_7" if days_before(new[0].until, today) == LAST else "party_ends_30",
        case=case,
        at=at,
    )
    for one in new:
        record(
            "party_warned",
            by=system(),
            at=at,
            case_id=case.pk,
            person_id=case.person_id,
            category=Category.BASIC,
            unit=str(one.party.unit_id),
            until=str(one.until),
            days=days_before(one.until, today),
        )
    return True


def days_before(until: date, today: date) -> int:
    return LAST if until - today <= timedelta(days=LAST) else FIRST


@dataclass(frozen=True)
class Ending:
    """A case whose consent ends within 30 days, of those one keeps an eye on."""

    case_id: UUID
    number: str
    until: date
    unit: str
    mark: str
    kind: str
    caseworker: str | None  # None where one knows the case by its status alone


def ending(who: Who, today: date) -> list[Ending]:
    """The caseworker's own, and the coordinator's programme's by status alone; the nearest first. One statement."""
    if who.role not in (Role.CASEWORKER, Role.COORDINATOR):
        return []
    return [Ending(*row) for row in endings(who, today, today + timedelta(days=FIRST))]


@remembered
def endings(who: Who, today: date, then: date) -> QuerySet[Any, Any]:
    """``ending`` until *then*, as rows."""
    cases: QuerySet[Any]
    if who.role == Role.CASEWORKER:
        cases = visible_to(who, today).filter(caseworker=who.user_id).annotate(whose=F("caseworker__name"))
    else:
        cases = Status.objects.filter(open_to(who, "pk"), programme=who.programme_id).exclude(state=State.DRAFT)
        cases = cases.annotate(whose=Subquery(Case.objects.filter(pk=OuterRef("pk")).values("caseworker__name")))
    soon = cases.exclude(state__in=ASKS_FOR_NONE).filter(consent_until__gte=today, consent_until__lte=then)
    rows = soon.order_by("consent_until", "number").values_list(
        "pk",
        "number",
        "consent_until",
        "referring_unit__name",
        "referring_unit__agency__mark",
        "referring_unit__agency__kind",
        "whose",
    )
    return rows[:SHOWN]


def renewal_lists(
    ends: Iterable[Ending], names: Mapping[UUID, Named], who: Who
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows for "Väntar på dig", the caseworker's; or for "Väntar på andra", the coordinator's."""
    called = [(one, names.get(one.case_id, Named(one.number))) for one in ends]
    if who.role == Role.CASEWORKER:
        return [renewal_task(one, named.name) for one, named in called], []
    return [], [renewal_awaited(one, named) for one, named in called]


def renewal_task(one: Ending, name: str) -> dict[str, Any]:
    """A row of "Väntar på dig", for the caseworker."""
    url = new_consent_url(one.case_id)
    return {
        "title": f"Förnya samtycket: {name}",
        "url": url,
        "why": f"{one.number}. Samtycket löper ut, och då ser parterna inget mer.",
        "due": one.until,
        "action": {"label": "Förnya", "url": url},
    }


def new_consent_url(case_id: UUID) -> str:
    """Straight to where a new consent is written, also while the old one holds."""
    return f"{reverse('consent', args=[case_id])}?nytt=1#nytt"


def renewal_awaited(one: Ending, named: Named) -> dict[str, Any]:
    """A row of "Väntar på andra", for the coordinator."""
    return {
        "named": named,
        "case_id": one.case_id,
        "what": "Förnya samtycket innan det löper ut",
        "who": one.caseworker or f"Handläggaren, {one.unit}",
        "mark": one.mark,
        "kind": one.kind,
        "due": one.until,
    }
