"""The case page's part about the queue: where the case stands, and what has been offered (S8)."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Category, State
from knutpunkten.cases.panel import Panel
from knutpunkten.queue.models import Offer
from knutpunkten.queue.rules import offers_in, standing_in


@dataclass(frozen=True)
class Said:
    """An offer as the reader may see it: the answer and its words, and why it went before others. Who wrote each sees it (W1)."""

    offer: Offer
    reads_answer: bool
    reads_order: bool

    @property
    def is_told(self) -> bool:
        return self.reads_answer or self.reads_order


def said_of(offer: Offer, opened: OpenCase) -> Said:
    reads, unit_id = Category.BASIC in opened.reads, opened.who.unit_id
    return Said(offer, reads or offer.answer_unit_id == unit_id, reads or offer.author_unit_id == unit_id)


def panel(opened: OpenCase, today: date) -> Panel | None:
    """None unless the case was admitted to the queue and has not been allocated yet. At most two statements."""
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
            "offers": [said for said in (said_of(one, opened) for one in offers_in(case.pk)) if said.is_told],
        },
    )
