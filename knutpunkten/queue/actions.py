"""Places, queue and offers: what the routine's steps write there (S7, S8).

The places of a programme are always locked in the same order, all of them, before one is chosen:
two who want the last one stand in line, and one of them comes too late.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from knutpunkten.cases.models import Case
from knutpunkten.cases.move import Move, TooLate
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Programme
from knutpunkten.queue.models import Answer, Holding, Offer, Place, Ticket, Waiting
from knutpunkten.queue.rules import room, waiting_tickets

OFFER_JOB = "offer_next_place"


@transaction.atomic
def set_places(programme: Programme, at: datetime) -> int:
    """Make the programme's places up to its setting; how many were made. Never takes one away."""
    numbers = set(Place.objects.filter(programme=programme).values_list("number", flat=True))
    missing = [n for n in range(1, programme.places + 1) if n not in numbers]
    made = [Place(programme=programme, number=n, since=at) for n in missing]
    Place.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def join_queue(move: Move) -> None:
    """Effect: a ticket, last in the queue (S7)."""
    ticket = Ticket.objects.create(programme=move.case.programme, since=move.at, order_at=move.at)
    Waiting.objects.create(ticket=ticket, case=move.case, author_unit_id=unit_of(move))
    move.detail["queue"] = True


def leave_queue(move: Move) -> None:
    """Effect: the ticket is handed back, and an open offer with it, whoever may read it."""
    tickets_of(move.case).update(state=Ticket.State.LEFT)
    place_id = answer_open_offer(move, Offer.AnswerKind.WITHDRAWN)
    if place_id:
        vacate(move, place_id)


def offer_place(move: Move) -> None:
    """Effect: a free place is the case's until it has answered; the caseworker is told by the step (S8)."""
    place = take_place(move.case.programme, Place.State.OFFERED, move.at)
    answer_by = add_working_days(move.today, move.case.programme.days_offer)
    Offer.objects.create(
        case=move.case,
        place=place,
        author_unit_id=unit_of(move),
        offered_at=move.at,
        offered_by_id=move.by.user_id,
        out_of_order_reason=move.data.get("out_of_order_reason", ""),
        answer_by=answer_by,
    )
    tickets_of(move.case).update(state=Ticket.State.OFFERED)
    move.case.offered_at, move.case.answer_by = move.at, answer_by
    move.detail.update(place=place.number, answer_by=answer_by.isoformat())
    if move.data.get("out_of_order_reason"):
        move.detail["out_of_order"] = True


def accept_offer(move: Move) -> None:
    """Effect: the offered place is the case's, and it leaves the queue (S8)."""
    place_id = answer_open_offer(move, Offer.AnswerKind.ACCEPTED)
    if place_id is None:
        raise TooLate
    tickets_of(move.case).update(state=Ticket.State.LEFT)
    Place.objects.filter(pk=place_id).update(state=Place.State.TAKEN, since=move.at)
    hold(move, place_id)


def decline_offer(move: Move) -> None:
    """Effect: the case stays, last in the queue; the place goes on to the next (S8)."""
    place_id = answer_open_offer(move, Offer.AnswerKind.DECLINED, move.data.get("reason", ""))
    if place_id is None:
        raise TooLate
    tickets_of(move.case).update(state=Ticket.State.WAITING, order_at=move.at)
    vacate(move, place_id)


def take_back_offer(move: Move) -> None:
    """Effect: the coordinator takes an open offer back; the case stands where it stood in the queue (S8)."""
    place_id = answer_open_offer(move, Offer.AnswerKind.WITHDRAWN, move.data.get("reason", ""))
    if place_id is None:
        raise TooLate
    tickets_of(move.case).update(state=Ticket.State.WAITING)
    vacate(move, place_id)


def take_free_place(move: Move) -> None:
    """Effect: admitted straight to a free place, past those who wait only with a written reason (S7, S8).

    The form asked before anything was locked; whoever joined the queue since is seen here. Raises ``TooLate``.
    """
    place = take_place(move.case.programme, Place.State.TAKEN, move.at)
    programme_id = move.case.programme_id
    if waiting_tickets({programme_id}).get(programme_id, 0) and not move.data.get("passed_over_reason"):
        raise TooLate
    hold(move, place.pk)
    move.detail["place"] = place.number


def free_place(move: Move) -> None:
    """Effect: the case's place is free again, and the next in the queue is asked at once (S8)."""
    for holding in Holding.objects.filter(case=move.case, until_at__isnull=True):
        holding.until_at = move.at
        holding.save(update_fields=["until_at"])
        vacate(move, holding.place_id)


def take_place(programme: Programme, state: Place.State, at: datetime) -> Place:
    """The free place with the lowest number, put in *state*. Raises ``TooLate`` if there is none left."""
    places = list(Place.objects.select_for_update(no_key=True).filter(programme=programme).order_by("number"))
    free = [place for place in places if place.state == Place.State.FREE]
    if not room(programme.places, len(free), len(places) - len(free)):
        raise TooLate
    free[0].state, free[0].since = state, at
    free[0].save(update_fields=["state", "since"])
    return free[0]


def hold(move: Move, place_id: UUID) -> None:
    Holding.objects.create(case=move.case, place_id=place_id, author_unit_id=unit_of(move), from_at=move.at)


def vacate(move: Move, place_id: UUID) -> None:
    """The place is free, and the next in the queue is asked."""
    Place.objects.filter(pk=place_id).update(state=Place.State.FREE, since=move.at)
    ask_next(move.case.programme_id)


def ask_next(programme_id: UUID) -> None:
    """There may be a place to give: a job asks the next in the queue as soon as this transaction holds."""
    app.configure_task(OFFER_JOB).defer(programme_id=str(programme_id))


def tickets_of(case: Case) -> QuerySet[Ticket]:
    """The case's ticket, while it stands in the queue."""
    return Ticket.objects.filter(waiting__case=case).exclude(state=Ticket.State.LEFT)


def answer_open_offer(move: Move, answer: Offer.AnswerKind, reason: str = "") -> UUID | None:
    """Close the case's open offer; the place it was of, or None if there is none open.

    Through the database's own function: an offer must be answered also when the consent is gone
    and neither the caseworker nor the coordinator may read it any more.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from answer_open_offer(%s, %s, %s)", [move.case.pk, answer.value, move.at])
        offer_id, place_id = cursor.fetchone() or (None, None)
    if offer_id and reason:
        Answer.objects.create(
            offer_id=offer_id, case=move.case, author_unit_id=unit_of(move), given_at=move.at, reason=reason
        )
    move.case.offered_at = move.case.answer_by = None
    return place_id


def unit_of(move: Move) -> UUID:
    """The unit that writes; what the system writes is the team's."""
    return move.by.unit_id or move.case.programme.team_id
