"""The only mover of cases.

``take()`` is one transaction: lock the case, check who, state, needs and the version the user saw,
run the step's effects, move the state, say whose turn it is now, write audit and notices. Two
people pressing at once: one wins; the other reads what happened meanwhile (``Overtaken``).
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import Entry
from knutpunkten.cases.actions import ask_again, open_to_team
from knutpunkten.cases.models import CLOSED_STATES, Answer, Case, Party, State
from knutpunkten.cases.move import Move, TooLate
from knutpunkten.cases.rules import can_be_withdrawn, consented, is_open_to, is_within_role
from knutpunkten.consents.actions import record_withdrawal
from knutpunkten.meetings.rules import gives_out
from knutpunkten.notices.actions import tell
from knutpunkten.protection.actions import Numbered
from knutpunkten.protection.rules import asked_to_name
from knutpunkten.questions.remembered import remembered
from knutpunkten.routine.facts import Facts, facts_for, turn_facts
from knutpunkten.routine.readers import losing, readers
from knutpunkten.routine.rules import Choice, belongs, choice
from knutpunkten.routine.step import Actor, Step, plays
from knutpunkten.routine.table import STEPS
from knutpunkten.routine.turns import Turn, mark, settle_turns


class Refused(Exception):
    """The step cannot be taken; nothing was written."""


@dataclass
class Overtaken(Refused):
    """Somebody was first: the case has moved since the user saw it, or the step was just taken."""

    case: Case
    step: Step


@dataclass
class NotYet(Refused):
    """The step's needs do not hold; ``choice.missing`` says what, and who can mend it."""

    choice: Choice


class NotYours(Refused):
    """Who asked plays no part that may take the step in this case."""


@transaction.atomic
def take(
    case_id: UUID,
    step_id: str,
    *,
    by: Who,
    at: datetime,
    version: int | None = None,
    data: dict[str, Any] | None = None,
    told_otherwise: Collection[UUID] = (),
) -> Case:
    """Take *step_id* in the case, and answer the case as it now stands.

    *data* is the step's form, cleaned. *version* is the case's version that the user saw; None
    (jobs, seeding) means whatever it is. *told_otherwise*: accounts that the caller tells, once of several cases.
    Raises ``Overtaken``, ``NotYet`` or ``NotYours``.
    """
    step = STEPS[step_id]
    if step.reaches_person:
        wait_for_person(case_id)
    case = lock(case_id)
    # A colleague whom the role does not bring to the case is answered as soon as if there were none: after one statement.
    if case is None or (by.hat is not None and not is_within_role(case, by)) or not is_open_to(case, by):
        raise NotYours
    move = Move(case, step.id, by, at, data or {}, parties=[*facts_if_open(step, case, by, at, version).parties])
    before = case.state
    turns = mark(case.pk)
    if step.end is not None and step.end != case.state:
        enter(case, step.end, at)
    try:
        for effect in step.effects:
            effect(move)
    except TooLate:
        case.refresh_from_db()
        raise Overtaken(case, step) from None
    facts = settle(case, at, turns, move.parties)
    if before != case.state:
        move.detail |= {"from": before, "to": case.state}
    record(step.id, by=by, at=at, case_id=case.pk, person_id=case.person_id, category=move.category, **move.detail)
    told_of = readers(case, told(step, before, facts), but=by, at=at, about=step.about, loaded=facts.parties)
    tell(told_of.difference(told_otherwise), event=step.id, case=case, at=at, about=move.about)
    if case.is_protected:
        ask_for_readers(case, at)
    if step.at_last:
        mark(case.pk)
        for effect in step.at_last:
            effect(move)
        mark(None)
    return case


def facts_if_open(step: Step, case: Case, by: Who, at: datetime, version: int | None) -> Facts:
    """What the step rests on in the locked case, if it can be taken there now. Raises as ``take``."""
    facts = facts_for([case], timezone.localdate(at), role=by.role, kinds=step.rests_on)[case.pk]
    actors = plays(by, case, facts)
    if not actors & frozenset(step.actors):
        raise NotYours
    stale = version is not None and step.minds_version and version != case.version
    taken = choice(step.id, facts, actors)
    if stale or taken is None:
        raise Overtaken(case, step)
    if not taken.is_open:
        raise NotYet(taken)
    return facts


def told(step: Step, before: str, facts: Facts) -> tuple[Actor, ...]:
    """Whom the step tells. That a draft was thrown away is its own unit's affair: nobody else knew of it."""
    if before == State.DRAFT and facts.case.state == State.CANCELLED:
        return ()
    return (*step.tells, Actor.CO) if Actor.REP in step.tells and facts.lacks_representative else step.tells


def ask_for_readers(case: Case, at: datetime) -> None:
    """A protected person's case now waits in units where nobody reads it: they are asked by its number (W5)."""
    tell(asked_to_name(case.pk, at), event="name_reader", case=Numbered(case.number), at=at)


# The milestone that entering a state leaves behind.
STAMPS = {
    State.HANDED_OVER: "handed_over_at",
    State.ANNOUNCED: "announced_at",
    State.PLACED: "placed_at",
    State.ALLOCATED: "allocated_at",
    State.PRESENTED: "presented_at",
    State.CLOSED: "closed_at",
    State.CANCELLED: "closed_at",
}


def enter(case: Case, state: State, at: datetime) -> None:
    """Put the case in *state*. Announced without a step of its own counts as handed over too (L10).

    Cancelled before it was active, it never began: the day agreed at the first meeting stands with the meeting alone.
    """
    if state == State.CANCELLED and case.state != State.ACTIVE:
        case.started_on = None
    case.state, case.state_since = state, at
    if state in STAMPS:
        setattr(case, STAMPS[state], at)
    if state == State.ANNOUNCED and case.handed_over_at is None:
        case.handed_over_at = at


def wait_for_person(case_id: UUID) -> None:
    """Wait for whoever just now does what reaches all of the person's cases: each holds their own and would wait for the other's."""
    with connection.cursor() as cursor:
        cursor.execute("select one_person_at_a_time(%s)", [case_id])


def lock(case_id: UUID) -> Case | None:
    """The case, its row locked for this transaction; None if there is no ground for it."""
    return locked.first(case_id)


@remembered
def locked(case_id: UUID) -> QuerySet[Case]:
    return Case.objects.select_for_update(no_key=True, of=("self",)).select_related("programme").filter(pk=case_id)


def settle(
    case: Case,
    at: datetime,
    turns: Sequence[Turn],
    parties: Iterable[Party] | None = None,
    *,
    ask_who_left: bool = False,
) -> Facts:
    """Save the marked case with its new state and whose turn it is; answers the facts that the turns rest on.

    *turns*: as they stood when it was marked. *parties*: the consent's grounds as they will be; asked for where the
    caller has none. One to four statements.
    """
    today = timezone.localdate(at)
    if parties is None:
        parties = consented([case.pk])
    facts = turn_facts(case, today, parties, ask_who_left=ask_who_left)
    case.consent_until = facts.consent_until
    if facts.living:
        case.consent_lost_at = None
    elif case.consent_lost_at is None and case.handed_over_at is not None:
        case.consent_lost_at = at
    settle_turns(facts, turns, at)
    case.version += 1
    if facts.lacks_representative and case.state == State.HANDED_OVER:
        open_to_team(case)
    save(case)
    return facts


# What no move changes: whose case it is, and what the database itself keeps.
WHOSE = frozenset(
    {
        *("id", "number", "kind", "programme_id", "person_id", "referring_unit_id", "created_at"),
        *("first_name", "last_name", "sort_key", "protection", "is_protected"),
    }
)
MOVED = [field.attname for field in Case._meta.concrete_fields if field.attname not in WHOSE]
# Every move writes it: one statement for all of them, which the database plans once.
SAVE = " ".join(
    (
        "update cases_case set",
        ", ".join(f"{column} = moved.{column}" for column in MOVED),
        "from jsonb_populate_record(null::cases_case, %s::jsonb) as moved where cases_case.id = %s",
    )
)


def save(case: Case) -> None:
    """Write what moves may change of *case*, whose row is locked and marked. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(SAVE, [json.dumps({column: getattr(case, column) for column in MOVED}, default=str), case.pk])
        if cursor.rowcount != 1:
            raise Case.NotUpdated(case.number)


@transaction.atomic
def begin(case: Case, *, at: datetime) -> None:
    """A new draft: it is its caseworker's turn."""
    begun = lock(case.pk)
    assert begun is not None
    settle(begun, at, mark(case.pk), ())


@transaction.atomic
def withdraw_consent(
    case_id: UUID, *, unit_ids: Collection[UUID] | None, how: str, taken_by: str, by: Who, at: datetime
) -> bool:
    """The person withdraws the whole consent (*unit_ids* None), or the parts of these units in it, in one effect (W1).

    Not a step: no state, version or need can stop it. The turn is settled first and the grounds
    fall last, for they may be those of the one who writes it down. Answers whether there was anything
    to take back. Raises ``NotYours`` without a ground.
    """
    case = lock(case_id)
    if case is None or not is_open_to(case, by):
        raise NotYours
    parties = consented([case.pk])
    today = timezone.localdate(at)
    lasting = [p for p in parties if can_be_withdrawn(p, today)]
    falling = [p for p in lasting if unit_ids is None or p.unit_id in unit_ids]
    is_whole = unit_ids is None or (len(unit_ids) > 1 and len(falling) == len(lasting))
    if not falling:
        return False  # taken back already: a double click, two who took the same call
    for party in falling:
        party.withdrawn_at = at
    record(
        "withdrawn",
        by=by,
        at=at,
        case_id=case.pk,
        person_id=case.person_id,
        how=how,
        parts="whole" if is_whole else "one" if len({p.unit_id for p in falling}) == 1 else "several",
    )
    told_of = readers(case, (Actor.CW, Actor.CO, Actor.SUP), but=by, at=at)
    tell(told_of, event="withdrawn" if is_whole else "part_withdrawn", case=case, at=at)
    tell(losing(falling, today) - told_of - {by.user_id}, event="own_part_withdrawn", case=case, at=at)
    record_withdrawal(case, is_whole=is_whole, how=how, taken_by=taken_by, by=by, at=at)
    settle(case, at, mark(case.pk), parties)
    Party.objects.filter(pk__in=[p.pk for p in falling]).update(
        withdrawn_at=at, withdrawn_how=how, withdrawn_taken_by=taken_by, withdrawn_by=by.user_id
    )
    return True


@transaction.atomic
def ask_anew(case_id: UUID, *, by: Who, at: datetime) -> bool:
    """The unit of *by* gives out nothing more of what it had answered with: it is asked, and waited for, again (S6, W3).

    Not a step: nothing hinders a unit from taking back what it has disclosed (W1). Answers whether it was so: not where
    something is disclosed still, nor where the meeting asks for nothing any longer. Nor of the referring unit, which is
    not asked: the referral is its word.
    """
    case = lock(case_id)
    if case is None or not is_open_to(case, by):
        raise NotYours
    if by.unit_id == case.referring_unit_id:
        return False
    parties = consented([case.pk])
    # Also in a consent that is gone, or the next one would begin with the answer.
    own = [p for p in parties if p.unit_id == by.unit_id and p.answer == Answer.DISCLOSED]
    if not own or not belongs(STEPS["disclose"], case) or gives_out(case, by.unit_id):
        return False
    turns = mark(case.pk)
    ask_again(Move(case, "disclose", by, at, {}), own)
    settle(case, at, turns, parties)
    return True


@transaction.atomic
def meets_on(case_id: UUID, day: date, *, at: datetime) -> None:
    """The meeting where the case waits is held on *day*: the group meets before the planned one, or does not after all.

    Not a step: it is of the meeting, whose log says who began it. Nobody is asked anew, nor told that the case is moved.
    """
    case = lock(case_id)
    if case is not None and case.state == State.ANNOUNCED and case.meeting_on != day:
        turns = mark(case.pk)
        case.meeting_on = day
        settle(case, at, turns)


@transaction.atomic
def refresh(case_id: UUID, *, at: datetime) -> None:
    """Settle whose turn it is again: a day has passed, a consent has run out, an offer is overdue, somebody has left."""
    case = lock(case_id)
    if case is not None and case.state not in CLOSED_STATES:
        settle(case, at, mark(case.pk), ask_who_left=True)


def last_events(case: Case, limit: int = 3) -> list[Entry]:
    """What happened last in the case, apart from reading: for the one who came second."""
    changes = Entry.objects.of_case(case.pk).filter(is_reading=False).exclude(event="denied")
    return list(changes.order_by("-at")[:limit])
