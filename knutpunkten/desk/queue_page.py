"""Places and queue: who sits where, who waits, and the offers between them (S7, S8)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case, Status
from knutpunkten.cases.rules import open_to, visible_to
from knutpunkten.queue.models import Offer, Place, Ticket
from knutpunkten.queue.rules import count_of_places, holders_of, last_declined, line_of, open_offers_of, places_of
from knutpunkten.routine.facts import Facts, facts_for
from knutpunkten.routine.rules import choice
from knutpunkten.routine.step import plays
from knutpunkten.ui.enumerations import amount_in_words


@dataclass(frozen=True)
class Shown:
    """A case as the reader may see it: *name* is the person's, or the case's number without a ground (W5)."""

    name: str
    case: Case | None
    is_protected: bool = False


@dataclass(frozen=True)
class InLine:
    """A place in the queue: who, how long, and whether a place can be offered now, in turn or before others."""

    named: Shown
    days: int
    is_asked: bool
    offer: Offer | None  # the one to answer, or the last one declined; None also where the wall hides it
    lacks_consent: bool = False
    may_offer: bool = False
    in_turn: bool = False

    @property
    def has_consent(self) -> bool:
        """Whether one sees that the consent names the team."""
        return self.named.case is not None and not self.lacks_consent


@allowed(Permission.KEEP_QUEUE)
@require_safe
def queue(request: Request) -> HttpResponse:
    """The programme's places, its queue in order, and the offers that wait for an answer. About ten statements."""
    if request.who.programme_id is None:
        raise PermissionDenied
    programme_id, today = request.who.programme_id, timezone.localdate()
    places, line = places_of(programme_id), line_of(programme_id)
    holders, offers = holders_of(programme_id), open_offers_of(programme_id)
    case_ids = {ticket.waiting.case_id for ticket in line if hasattr(ticket, "waiting")}
    case_ids |= {holding.case_id for holding in holders.values()}
    names = shown_of(request.who, case_ids, today)
    cases = [names[t.waiting.case_id].case for t in line if hasattr(t, "waiting") and t.waiting.case_id in names]
    facts = facts_for([case for case in cases if case is not None], today)
    told = last_declined(facts.keys() - offers.keys()) | offers
    rows = [in_line(request.who, ticket, names, told, facts, today) for ticket in line]
    offered_to = {offer.place_id: names.get(case_id) for case_id, offer in offers.items()}
    counted = counts(places) | in_queue(line) | {"to_ask": sum(row.may_offer for row in rows)}
    context = {
        "today": today,
        "waiting": [row for row in rows if not row.is_asked],
        "offered": sorted(
            (row for row in rows if row.is_asked), key=lambda row: row.offer.answer_by if row.offer else today
        ),
        "others_to_ask": any(row.has_consent and not row.is_asked for row in rows),
        "counts": counted,
        "vacant": amount_in_words(counted["free"]),
        "places": [place_row(place, holders, names, offered_to) for place in places],
        "vacant_since": min((p.since for p in places if p.state == Place.State.FREE), default=None),
    }
    return render(request, "desk/queue.html", context)


def shown_of(who: Who, case_ids: set[UUID], today: date) -> dict[UUID, Shown]:
    """Each case by name where *who* has a ground, otherwise by number from its status. Two statements."""
    statuses = Status.objects.filter(open_to(who, "case_id"), case_id__in=case_ids)
    found = {s.case_id: Shown(s.number, None) for s in statuses}
    beside = ("person", "programme", "supervisor", "caseworker", "referring_unit")
    for case in visible_to(who, today).filter(pk__in=case_ids).select_related(*beside):
        found[case.pk] = Shown(case.called, case, case.is_protected)
    return found


def in_line(
    who: Who, ticket: Ticket, names: dict[UUID, Shown], offers: dict[UUID, Offer], facts: dict[UUID, Facts], today: date
) -> InLine:
    """One ticket as a row. Which moves are open is the routine's to say."""
    case_id = ticket.waiting.case_id if hasattr(ticket, "waiting") else None
    named = names.get(case_id, UNSEEN) if case_id else UNSEEN
    days = (today - timezone.localdate(ticket.since)).days
    is_asked = ticket.state == Ticket.State.OFFERED
    offer = offers.get(case_id) if case_id else None
    if named.case is None or named.case.pk not in facts:
        return InLine(named, days, is_asked, offer)
    fact = facts[named.case.pk]
    offering = choice("offer", fact, plays(who, named.case, fact))
    return InLine(
        named,
        days,
        is_asked,
        offer,
        lacks_consent=not fact.names_team,
        may_offer=offering is not None and offering.is_open,
        in_turn=fact.is_first,
    )


UNSEEN = Shown("Ett ärende", None)


def counts(places: list[Place]) -> dict[str, int]:
    """Taken, offered and free, and how many places there are: counted across secrecy."""
    taken = sum(place.state == Place.State.TAKEN for place in places)
    offered = sum(place.state == Place.State.OFFERED for place in places)
    setting = places[0].programme.places if places else 0
    return count_of_places(setting, taken, offered, len(places) - taken - offered)


def in_queue(line: list[Ticket]) -> dict[str, int]:
    """How many stand in the queue, and of them how many have an offer and how many wait for one."""
    asked = sum(ticket.state == Ticket.State.OFFERED for ticket in line)
    return {"queue": len(line), "asked": asked, "waiting": len(line) - asked}


def place_row(
    place: Place, holders: dict[UUID, Any], names: dict[UUID, Shown], offered_to: dict[UUID, Any]
) -> dict[str, Any]:
    holding = holders.get(place.pk)
    named = names.get(holding.case_id, UNSEEN) if holding else offered_to.get(place.pk)
    return {"place": place, "named": named, "since": holding.from_at if holding else place.since}
