"""The final report on the case page."""

from datetime import date

from knutpunkten.activities.guiding import guides
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import State
from knutpunkten.cases.panel import Panel
from knutpunkten.closing.rules import closing_read, has_reached, onward_of
from knutpunkten.plans.rules import may_read_plan


def panel(opened: OpenCase, today: date) -> Panel | None:
    """While the case is active for the team that writes; for the others when it is handed over. At most two statements."""
    case = opened.case
    if case.is_consultation or case.started_on is None or case.state not in (State.ACTIVE, State.CLOSED):
        return None
    if not may_read_plan(opened):
        return Panel("avslut", "closing/panel.html", {"is_read": False}) if case.state == State.CLOSED else None
    closing = closing_read(opened)
    writes = guides(opened)
    if closing is None and not writes:
        return None
    context = {
        "is_read": True,
        "closing": closing,
        "onward": onward_of(closing) if closing else None,
        "may_write": writes,
        "has_reached": has_reached(opened, closing),
    }
    return Panel("avslut", "closing/panel.html", context)
