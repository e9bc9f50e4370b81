"""Follow-ups on the case page: the last one, and the next."""

from datetime import date

from knutpunkten.activities.guiding import may_write, team_has_part
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import State
from knutpunkten.cases.panel import Panel
from knutpunkten.followup.rules import last_follow_up
from knutpunkten.plans.rules import may_read_plan


def panel(opened: OpenCase, today: date) -> Panel | None:
    """From the plan's agreement on. At most one statement."""
    case = opened.case
    if case.plan_agreed_at is None or not may_read_plan(opened):
        return None
    is_active = case.state == State.ACTIVE
    rests = is_active and not team_has_part(case, opened.parties, today)
    context = {
        "last": last_follow_up(case),
        "next_on": case.follow_up_on if is_active and not rests else None,
        "may_write": may_write(opened),
        "rests": rests,
    }
    return Panel("uppfoljning", "followup/panel.html", context)
