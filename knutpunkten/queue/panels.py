"""The case page's part about the queue: where the case stands, and what has been offered (S8)."""

from datetime import date

from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Category, State
from knutpunkten.cases.panel import Panel
from knutpunkten.queue.rules import offers_in, standing_in


def panel(opened: OpenCase, today: date) -> Panel | None:
    """None unless the case was admitted to the queue and has not been allocated yet. At most two statements."""
    case = opened.case
    if case.decision != "queue" or case.state not in (State.QUEUED, State.PLACED):
        return None
    standing = standing_in.first(case.pk) if case.state == State.QUEUED else None
    reads = Category.BASIC in opened.reads
    return Panel(
        id="ko",
        template="queue/panel.html",
        context={
            "standing": standing,
            "days": (today - timezone.localdate(standing.ticket.since)).days if standing else None,
            "position": standing.before + 1 if standing else None,
            "offers": offers_in(case.pk) if reads else [],
        },
    )
