"""The case page's part about the queue: where the case stands, and what has been offered (S8)."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Category, State
from knutpunkten.cases.panel import Panel
from knutpunkten.queue.models import Answer, Offer
from knutpunkten.queue.rules import answers_in, offers_in, standing_in


@dataclass(frozen=True)
class Said:
    """An offer, its answer, and the words about each as far as the reader may see them; who wrote them does (W1)."""

    # None where but the words are one's own: who is not of the team, whose the offer is, writes why they decline.
    offer: Offer | None
    order: str
    why: Answer | None


def said_in(opened: OpenCase) -> list[Said]:
    """What is told of the case's offers, the oldest first. One statement for who reads the case, else two."""
    offers, unit_id = offers_in(opened.case.pk), opened.who.unit_id
    if Category.BASIC in opened.reads:
        return [Said(one, one.out_of_order_reason, getattr(one, "why", None)) for one in offers]
    own_words = {why.offer_id: why for why in answers_in(opened.case.pk) if why.author_unit_id == unit_id}
    own_offers = [one for one in offers if one.author_unit_id == unit_id]
    told = [Said(one, one.out_of_order_reason, own_words.pop(one.pk, None)) for one in own_offers]
    return [*told, *(Said(None, "", why) for why in own_words.values())]


def panel(opened: OpenCase, today: date) -> Panel | None:
    """None unless the case was admitted to the queue and has not been allocated yet. At most three statements."""
    case = opened.case
    if case.decision != "queue" or case.state not in (State.QUEUED, State.PLACED):
        return None
    standing = standing_in.first(case.pk) if case.state == State.QUEUED else None
    return Panel(
        id="ko",
        template="queue/panel.html",
        context={
            "standing": standing,
            "days": (today - timezone.localdate(standing.ticket.since)).days if standing else None,
            "position": standing.before + 1 if standing else None,
            "offers": said_in(opened),
        },
    )
