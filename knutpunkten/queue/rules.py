"""Questions about places and the queue. Counted from ``Place`` and ``Ticket``, across secrecy (S8)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from knutpunkten.cases.models import Case, Party, State
from knutpunkten.cases.rules import living
from knutpunkten.organisations.models import Programme
from knutpunkten.questions.remembered import remembered
from knutpunkten.queue.models import Answer, Holding, Offer, Place, Ticket, Waiting

BEING_ASKED = timedelta(minutes=1)  # from when a place is free the worker asks the next within seconds


def free_places(programme_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many places may be given away, per programme; an offered place counts as taken.

    Never more than the programme's setting leaves room for, should it have been lowered.
    """
    if not programme_ids:
        return {}
    counted = (
        Place.objects.filter(programme__in=programme_ids)
        .order_by()
        .values("programme", "programme__places")
        .annotate(
            free=Count("pk", filter=Q(state=Place.State.FREE)), used=Count("pk", filter=~Q(state=Place.State.FREE))
        )
    )
    return {row["programme"]: room(row["programme__places"], row["free"], row["used"]) for row in counted}


@dataclass(frozen=True)
class Room:
    """Of one programme: how many places may be given away, and how many wait for one without an offer."""

    free: int
    waiting: int


def places_and_queue(programme_ids: Collection[UUID]) -> dict[UUID, Room]:
    """Places and queue together, per programme; for pages that need both. One statement."""
    if not programme_ids:
        return {}
    return {
        row["programme"]: Room(room(row["programme__places"], row["free"], row["used"]), row["waiting"] or 0)
        for row in counted([*programme_ids])
    }


@remembered
def counted(programme_ids: list[UUID]) -> QuerySet[Any, Any]:
    """By programme: places *free* and *used*, and how many are *waiting*."""
    tickets = Ticket.objects.filter(programme=OuterRef("programme"), state=Ticket.State.WAITING).order_by()
    places = Place.objects.filter(programme__among=programme_ids).order_by().values("programme", "programme__places")
    return places.annotate(
        free=Count("pk", filter=Q(state=Place.State.FREE)),
        used=Count("pk", filter=~Q(state=Place.State.FREE)),
        waiting=Subquery(tickets.values("programme").annotate(n=Count("pk")).values("n")),
    )


def room(setting: int, free: int, used: int) -> int:
    """Free places, but only so many that the programme's *setting* is not passed."""
    return max(0, min(free, setting - used))


def count_of_places(setting: int, taken: int, offered: int, unused: int) -> dict[str, int]:
    """How many places are taken, offered, free to give away, used, and in all: the *setting*, or those used if it was lowered.

    *unused* are the places that are there and nobody's, also those beyond the setting.
    """
    used = taken + offered
    return {
        "taken": taken,
        "offered": offered,
        "free": room(setting, unused, used),
        "used": used,
        "all": max(setting, used),
    }


def waiting_tickets(programme_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many wait for a place without an offer, per programme."""
    if not programme_ids:
        return {}
    counted = (
        Ticket.objects.filter(programme__in=programme_ids, state=Ticket.State.WAITING)
        .order_by()
        .values("programme")
        .annotate(number=Count("pk"))
    )
    return {row["programme"]: row["number"] for row in counted}


def standing_before() -> QuerySet[Ticket]:
    """The tickets that wait before the one of the outer query's ``Waiting``."""
    return Ticket.objects.filter(
        Q(order_at__lt=OuterRef("ticket__order_at"))
        | Q(order_at=OuterRef("ticket__order_at"), pk__lt=OuterRef("ticket_id")),
        programme=OuterRef("ticket__programme"),
        state=Ticket.State.WAITING,
    )


def is_first_in_queue(cases: Iterable[Case], today: date) -> set[UUID]:
    """Those of *cases* that stand first in their programme of those who may be offered a place: at most one for each."""
    ids = [case.pk for case in cases]
    if not ids:
        return set()
    found = Waiting.objects.filter(~Exists(asked_before(today)), case__in=ids, ticket__state=Ticket.State.WAITING)
    return set(found.values_list("case_id", flat=True))


def passes_others(case: Case, today: date) -> bool:
    """Whether *case* waits behind somebody who may be offered a place: an offer to it goes before them (S8).

    One that waits no longer, since it has just been offered a place, passes nobody.
    """
    waits = Waiting.objects.filter(case=case, ticket__state=Ticket.State.WAITING)
    return waits.filter(Exists(asked_before(today))).exists()


def asked_before(today: date) -> QuerySet[Waiting]:
    """Those who may be offered a place before the one of the outer query's ``Waiting``: nobody else is passed."""
    came_first = Q(ticket__order_at__lt=OuterRef("ticket__order_at"))
    came_first |= Q(ticket__order_at=OuterRef("ticket__order_at"), ticket__lt=OuterRef("ticket_id"))
    return may_be_offered(OuterRef("ticket__programme"), today).filter(came_first)


def next_to_offer(programme: Programme, today: date) -> UUID | None:
    """The case that the system offers the next free place; None if nobody is to be asked (S8).

    Passed over, but not out of the queue: a case without a living consent for the team, and one that has
    declined a place nobody has taken since: it is not asked again about the same vacancy.
    """
    taken_since = Holding.objects.filter(place=OuterRef("place"), from_at__gte=OuterRef("answered_at"))
    declined = Offer.objects.filter(~Exists(taken_since), case=OuterRef("case"), answer=Offer.AnswerKind.DECLINED)
    asked = may_be_offered(programme.pk, today).filter(~Exists(declined)).order_by("ticket__order_at", "ticket_id")
    return asked.values_list("case_id", flat=True).first()


def may_be_offered(programme: Any, today: date) -> QuerySet[Waiting]:
    """Those who wait for one of the programme's places without an offer, and whose consent names the team.

    *programme*: its id, or an ``OuterRef``.
    """
    names_team = Party.objects.filter(living(today), case=OuterRef("case"), unit=OuterRef("ticket__programme__team"))
    return Waiting.objects.filter(
        Exists(names_team),
        ticket__programme=programme,
        ticket__state=Ticket.State.WAITING,
        case__state=State.QUEUED,
    )


def places_of(programme_id: UUID) -> list[Place]:
    """The programme's places by number; free ones beyond its setting are left out."""
    places = list(Place.objects.filter(programme=programme_id).select_related("programme").order_by("number"))
    return [p for p in places if p.state != Place.State.FREE or p.number <= p.programme.places]


def line_of(programme_id: UUID) -> list[Ticket]:
    """The queue in order, offered ones included; ``waiting.case_id`` where the wall shows the case."""
    return list(
        Ticket.objects.filter(programme=programme_id)
        .exclude(state=Ticket.State.LEFT)
        .select_related("waiting")
        .order_by("order_at", "pk")
    )


def holders_of(programme_id: UUID) -> dict[UUID, Holding]:
    """Who sits in each place now, by place: those the wall shows."""
    found = Holding.objects.filter(place__programme=programme_id, until_at__isnull=True)
    return {holding.place_id: holding for holding in found}


def open_offers_of(programme_id: UUID) -> dict[UUID, Offer]:
    """The offers that wait for an answer, by case, those with the most haste first."""
    found = Offer.objects.filter(place__programme=programme_id, answer=Offer.AnswerKind.WAITS).order_by(F("answer_by"))
    return {offer.case_id: offer for offer in found}


def last_declined(case_ids: Collection[UUID]) -> dict[UUID, Offer]:
    """The latest offer that each case said no to, where it has, as far as the wall shows. One statement, none for no cases."""
    if not case_ids:
        return {}
    found = Offer.objects.filter(case__in=case_ids, answer=Offer.AnswerKind.DECLINED)
    found = found.select_related("why").order_by("answered_at")
    return {offer.case_id: offer for offer in found}


def accepted_offer(case: Any) -> QuerySet[Offer]:
    """The offer that *case* last said yes to, if any; *case* may be an ``OuterRef``."""
    return Offer.objects.filter(case=case, answer=Offer.AnswerKind.ACCEPTED).order_by("-answered_at")[:1]


@remembered
def standing_in(case_id: UUID) -> QuerySet[Any]:
    """The case's ticket with how many stand before it (``before``), if it waits; as far as the wall shows.

    And since when there has been a place to give away (``vacant_since``), if there is one.
    """
    before = standing_before().order_by().values("programme").annotate(number=Count("pk")).values("number")
    found = Waiting.objects.filter(case=case_id).exclude(ticket__state=Ticket.State.LEFT)
    vacant = vacant_since(OuterRef("ticket__programme"))
    found = found.annotate(before=Coalesce(Subquery(before), 0), vacant_since=vacant)
    return found.select_related("ticket").order_by("pk")[:1]


def vacant_since(programme: Any) -> Subquery:
    """Since when there has been a place of *programme* to give away, if there is one."""
    return Subquery(vacant_in(programme).order_by("since").values("since")[:1])


def vacant_in(programme: Any) -> QuerySet[Place]:
    """The free places of *programme* while one may be given away: as ``room``, of rows not loaded.

    But for one that has just become free: the next in the queue is being asked.
    """
    places = Place.objects.filter(programme=OuterRef("programme")).exclude(state=Place.State.FREE)
    used = places.order_by().values("programme").annotate(number=Count("pk")).values("number")
    free = Place.objects.filter(programme=programme, state=Place.State.FREE, since__lt=Now() - BEING_ASKED)
    return free.annotate(used=Coalesce(Subquery(used), 0)).filter(used__lt=F("programme__places"))


@remembered
def offers_in(case_id: UUID) -> QuerySet[Offer]:
    """Every offer the case has had, oldest first, as far as the wall shows them."""
    return Offer.objects.filter(case=case_id).select_related("why").order_by("offered_at")


def answers_in(case_id: UUID) -> QuerySet[Answer]:
    """What was written to the answers, oldest first, as far as the wall shows it: the offers may be hidden."""
    return Answer.objects.filter(case=case_id).order_by("given_at")
