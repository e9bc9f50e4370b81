"""The case page's part about the start: supervisor, decision on the service, first meeting, papers."""

from datetime import date

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.amendments import amended
from knutpunkten.cases.models import State
from knutpunkten.cases.panel import Panel
from knutpunkten.first_meeting.rules import (
    CALLED,
    days_in_words,
    decision_of,
    is_ahead,
    is_called_off,
    may_read_decision,
    may_read_planning,
    meeting_of,
    papers_of,
)


def panel(opened: OpenCase, today: date) -> Panel | None:
    """None until there is a place. At most two statements; that something is done stands in the case itself."""
    case = opened.case
    if case.placed_at is None or case.state in (State.DRAFT, State.RETURNED):
        return None
    reads_planning, reads_decision = may_read_planning(opened), may_read_decision(opened)
    meeting = meeting_of(case) if case.first_meeting_at and reads_planning else None
    decision = decision_of(case) if case.service_decision_on and reads_decision else None
    return Panel(
        id="start",
        template="first_meeting/panel.html",
        context={
            "meeting": meeting,
            "days": days_in_words(meeting.weekdays) if meeting else "",
            "decision": decision,
            "amended": [("Första mötet", amended(meeting, CALLED)), ("Beslut om insats", amended(decision, CALLED))],
            "papers": papers_of(opened, meeting),
            "reads_planning": reads_planning,
            "prints": reads_planning and case.state in (State.ALLOCATED, State.ACTIVE, State.CLOSED),
            "has_started": case.has_started,
            "is_ahead": is_ahead(case),
            "is_called_off": is_called_off(case),
        },
    )
