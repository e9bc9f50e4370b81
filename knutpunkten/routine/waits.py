"""Whose turn a step is, and by when (steps.md, column "due"). Pure: milestones, grounds and settings."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from knutpunkten.cases.models import Case, State
from knutpunkten.cases.rules import can_be_withdrawn
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.routine.facts import Facts
from knutpunkten.routine.step import Actor, Waiting
from knutpunkten.routine.withdrawal import is_besked_owed, is_new_or_end


def caseworker(case: Case, **due: object) -> Waiting:
    return Waiting(Actor.CW, case.referring_unit_id, case.caseworker_id, **due)  # type: ignore[arg-type]


def representative(facts: Facts, **due: object) -> Waiting:
    """The referring unit's; the coordinator, who writes down what they say, where none has an account (steps.md)."""
    case = facts.case
    if facts.lacks_representative:
        return Waiting(Actor.STAND_IN, case.programme.team_id, **due)  # type: ignore[arg-type]
    return Waiting(Actor.REP, case.referring_unit_id, **due)  # type: ignore[arg-type]


def coordinator(case: Case, **due: object) -> Waiting:
    return Waiting(Actor.CO, case.programme.team_id, **due)  # type: ignore[arg-type]


def supervisor(case: Case, **due: object) -> Waiting:
    return Waiting(Actor.SUP, case.programme.team_id, case.supervisor_id, **due)  # type: ignore[arg-type]


def to_hand_on(facts: Facts) -> Iterable[Waiting]:
    """The caseworker has left: the unit's representative hands on; a colleague takes over a draft, or where there is none."""
    case = facts.case
    if case.caseworker_id not in facts.left.users:
        return
    days = case.programme.days_notice
    if facts.left.has_representative and case.state != State.DRAFT:
        yield Waiting(Actor.REP, case.referring_unit_id, days=days)
    else:
        yield Waiting(Actor.CW, case.referring_unit_id, days=days)


def to_change_supervisor(facts: Facts) -> Iterable[Waiting]:
    if facts.case.supervisor_id in facts.left.users:
        yield coordinator(facts.case, days=facts.case.programme.days_allocate)


def to_hand_over(facts: Facts) -> Iterable[Waiting]:
    yield caseworker(facts.case)


def to_announce(facts: Facts) -> Iterable[Waiting]:
    yield representative(facts, days=facts.case.programme.days_send_back)


def to_answer(facts: Facts) -> Iterable[Waiting]:
    """Each other party, so many working days before the meeting that decides, or is consulted (S6, K4)."""
    due = answer_day(facts.case)
    for party in facts.unanswered:
        if due and party.unit_id is not None and party.unit_id not in facts.unrepresented:
            yield Waiting(Actor.PR, party.unit_id, on=due)


def to_ask(facts: Facts) -> Iterable[Waiting]:
    """The coordinator asks, by the same day, those who have no account to answer with (S6)."""
    due = answer_day(facts.case)
    if due and any(party.unit_id in facts.unrepresented for party in facts.unanswered):
        yield coordinator(facts.case, on=due)


def answer_day(case: Case) -> date | None:
    """When the parties' answers are wanted; None before the meeting is known."""
    if case.meeting_on is None:
        return None
    return add_working_days(case.meeting_on, -case.programme.days_before_meeting)


def to_decide(facts: Facts) -> Iterable[Waiting]:
    yield coordinator(facts.case, on=facts.case.meeting_on)


def to_give_notice(facts: Facts) -> Iterable[Waiting]:
    """Whoever is to give it sees it: a representative whose unit's part is taken back does not (W1)."""
    case = facts.case
    if is_besked_owed(case) and facts.is_besked_read:
        yield representative(facts, days=case.programme.days_notice)


def to_confirm(facts: Facts) -> Iterable[Waiting]:
    case = facts.case
    if case.notice_given_at and case.notice_confirmed_at is None:
        yield caseworker(case, days=case.programme.days_confirm, since=case.notice_given_at)


def to_reopen(facts: Facts) -> Iterable[Waiting]:
    """Returned, and the besked has come through: the caseworker takes it up again, or ends it. It has no last day."""
    if facts.case.notice_confirmed_at is not None:
        yield caseworker(facts.case)


def to_answer_offer(facts: Facts) -> Iterable[Waiting]:
    """The caseworker until the last day; then the coordinator decides. It never lapses by itself."""
    case = facts.case
    if case.offered_at is None or case.answer_by is None:
        return
    yield caseworker(case, on=case.answer_by)
    if case.answer_by < facts.today:
        yield coordinator(case, on=case.answer_by)


def to_decide_service(facts: Facts) -> Iterable[Waiting]:
    case = facts.case
    if case.service_decision_on is None:
        yield caseworker(case, days=case.programme.days_service_decision, since=case.placed_at)


def to_allocate(facts: Facts) -> Iterable[Waiting]:
    yield coordinator(facts.case, days=facts.case.programme.days_allocate)


def to_book(facts: Facts) -> Iterable[Waiting]:
    if facts.case.first_meeting_at is None:
        yield supervisor(facts.case, days=facts.case.programme.days_first_meeting, since=facts.case.allocated_at)


def to_hold(facts: Facts) -> Iterable[Waiting]:
    case = facts.case
    if case.first_meeting_at is not None and case.first_meeting_held_on is None:
        yield supervisor(case, on=timezone.localdate(case.first_meeting_at))


def to_start(facts: Facts) -> Iterable[Waiting]:
    """On the day agreed at the meeting: not before it, so nobody is late by waiting for it.

    Nor before the decision on the service, which waits for the caseworker: then it is their turn alone.
    """
    case = facts.case
    if case.first_meeting_held_on is not None and case.service_decision_on is not None:
        yield supervisor(case, on=case.started_on)


def to_map(facts: Facts) -> Iterable[Waiting]:
    if facts.case.mapped_at is None:
        yield supervisor(facts.case, days=facts.case.programme.days_mapping, since=facts.case.state_since)


def to_plan(facts: Facts) -> Iterable[Waiting]:
    if facts.case.plan_agreed_at is None:
        yield supervisor(facts.case, days=facts.case.programme.days_plan, since=facts.case.state_since)


def to_follow_up(facts: Facts) -> Iterable[Waiting]:
    if facts.case.follow_up_on is not None:
        yield supervisor(facts.case, on=facts.case.follow_up_on)


def to_close(facts: Facts) -> Iterable[Waiting]:
    if facts.case.planned_end_on is not None:
        yield supervisor(facts.case, on=facts.case.planned_end_on)


def to_present(facts: Facts) -> Iterable[Waiting]:
    yield coordinator(facts.case, on=facts.case.meeting_on)


def to_advise(facts: Facts) -> Iterable[Waiting]:
    yield coordinator(facts.case, days=facts.case.programme.days_advice)


def to_renew_consent(facts: Facts) -> Iterable[Waiting]:
    """No living consent is left, or none that names the team: a new one, or an end (steps.md).

    Nobody is asked for what is signed already, and only waits for its first day.
    """
    case = facts.case
    if lacks_consent(facts) and consent_begins_on(facts) is None:
        yield caseworker(case, days=case.programme.days_consent, since=case.consent_lost_at)


def lacks_consent(facts: Facts) -> bool:
    """Whether nothing goes on without a new consent: nobody else is waited for."""
    case = facts.case
    if not is_new_or_end(case):
        return False
    is_lost = case.consent_lost_at is not None and not facts.living
    return is_lost or stands_without_team(facts) or stands_without_referring(facts)


def consent_begins_on(facts: Facts) -> date | None:
    """The first day of a signed consent with which a case that lacks one goes on; None where there is none.

    It names the team; of a return, the unit that gives the besked.
    """
    case = facts.case
    gives_besked = case.state == State.RETURNED and not facts.lacks_representative
    needed = case.referring_unit_id if gives_besked else case.programme.team_id
    to_come = (p for p in facts.parties if p.unit_id == needed and can_be_withdrawn(p, facts.today))
    return min((p.valid_from for p in to_come if p.valid_from > facts.today), default=None)


def stands_without_team(facts: Facts) -> bool:
    """Whether the team's part alone is taken back: whoever would be waited for there no longer sees the case (W1, W3).

    The besked of a return waits for the representative, who sees it still; for the team only if it stands in for one.
    """
    case = facts.case
    if case.state == State.RETURNED and not facts.lacks_representative:
        return False
    return case.handed_over_at is not None and bool(facts.living) and not facts.names_team


def stands_without_referring(facts: Facts) -> bool:
    """Whether a return waits for a besked that nobody of the referring unit can read or give: nothing else waits there."""
    case = facts.case
    is_stuck = case.state == State.RETURNED and is_besked_owed(case) and not facts.lacks_representative
    return is_stuck and bool(facts.living) and not facts.names_referring
