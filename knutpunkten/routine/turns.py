"""Whose turn it is in a case, worked out after each move and kept as rows (W2, W3).

Every step reads and writes them, so they are asked for plainly: building the same statements from
the model costs more than running them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from knutpunkten.cases.models import CLOSED_STATES, State
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.routine.facts import Facts
from knutpunkten.routine.leaving import HANDING_ON
from knutpunkten.routine.rules import belongs
from knutpunkten.routine.step import ROLE_OF, Step, Waiting
from knutpunkten.routine.table import TABLE
from knutpunkten.routine.waits import consent_begins_on, lacks_consent

# The mark comes with the turns as they stand: what moves a case also says whose turn it is.
MARK = """
select t.step, t.role, t.unit_id, t.user_id, t.since, t.due_on
  from mark_case(%s::uuid, %s) left join cases_turn t on t.case_id = %s order by t.position
"""
FORGET = "delete from cases_turn where case_id = %s"
# The old rows go first: counting them is what the new ones wait for.
WRITE = """
with forgotten as (delete from cases_turn where case_id = %s returning 1)
insert into cases_turn (id, case_id, number, programme_id, position, step, role, unit_id, user_id, since, due_on)
select gen_random_uuid(), %s, %s, %s, n - 1, step, role, unit_id, user_id, since, due_on
  from unnest(%s::text[], %s::text[], %s::uuid[], %s::uuid[], %s::timestamptz[], %s::date[])
       with ordinality as given (step, role, unit_id, user_id, since, due_on, n)
 where (select count(*) from forgotten) >= 0
"""


@dataclass(frozen=True)
class Turn:
    """Somebody is waited for in a case, since when and by when: a row of ``cases.Turn``."""

    step: str
    role: str
    unit_id: UUID
    user_id: UUID | None
    since: datetime
    due_on: date | None


def waiting(facts: Facts) -> list[tuple[Step, Waiting]]:
    """Everybody who is waited for, foremost first. Without a consent the caseworker is, and for the besked whoever reads it (W1).

    Nobody who has left is waited for: what was theirs comes back with whoever goes on.
    """
    if facts.case.state in CLOSED_STATES:
        return []
    found = [(step, wait) for step in TABLE if belongs(step, facts.case) for wait in step.waits(facts)]
    if lacks_consent(facts):
        found = [pair for pair in found if pair[0].id in goes_on_without_consent(facts)]
    return [pair for pair in found if pair[1].user_id not in facts.left.users]


def goes_on_without_consent(facts: Facts) -> tuple[str, ...]:
    """What is done though the team is no party: of the besked the referring unit is, and tells it within itself (S7).

    An offered place is held until it is answered, by whom it waits for then (S8).
    """
    besked = ("give_notice", "confirm_notice") if facts.names_referring else ()
    return ("hand_on", "sign_consent", "accept", *besked)


def turns_of(facts: Facts, at: datetime, before: Iterable[Turn]) -> list[Turn]:
    """The case's turns, foremost first. One that goes on keeps the day it began; one with a new date begins anew.

    It goes on with a colleague too: the unit has the same day to keep, whoever does it. Nobody was waited for
    while it was to be handed on: what comes back then has the day that the case tells.

    Nobody else is late from the start: a day that has been when the turn begins, as when the meeting it counts from
    is moved nearer, becomes the day it begins.
    """
    old = {(t.step, t.role, t.unit_id): t for t in before}
    comes_back = any(step in HANDING_ON for step, _, _ in old)
    turns = []
    for step, wait in waiting(facts):
        role = ROLE_OF[wait.actor].value
        was = old.get((step.id, role, wait.unit_id))
        goes_on = was is not None and (wait.on is None or was.due_on in (wait.on, not_before(was.since, wait.on)))
        begun = (wait.since if comes_back else None) or at
        since = was.since if was and goes_on else begun
        due = None
        if wait.on is not None:
            begins_on = wait.on if comes_back else not_before(since, wait.on)
            due = was.due_on if was and goes_on else begins_on
        elif wait.days is not None:
            due = add_working_days(timezone.localdate(since), wait.days)
        turns.append(Turn(step.id, role, wait.unit_id, wait.user_id, since, due))
    return turns


def not_before(since: datetime, due: date) -> date:
    return max(due, timezone.localdate(since))


def mark(case_id: UUID | None) -> list[Turn]:
    """Tell the wall that the routine moves this case: its row and its grounds may change, no other's. None: no more.

    Answers the case's turns. Saving the moved case uses the mark up (``case_moves`` in ``wall/functions.sql``).
    """
    with connection.cursor() as cursor:
        cursor.execute(MARK, [case_id, settings.WALL_KEY, case_id])
        return [Turn(*row) for row in cursor.fetchall() if row[0] is not None]


def settle_turns(facts: Facts, before: Sequence[Turn], at: datetime) -> None:
    """Write the case's turns as they are now, where they were *before*, and the foremost of them on the case.

    The caller saves the case. At most one statement.
    """
    case = facts.case
    turns = turns_of(facts, at, before)
    with connection.cursor() as cursor:
        if turns and turns != [*before]:
            columns = [list(column) for column in zip(*map(astuple, turns), strict=True)]
            cursor.execute(WRITE, [case.pk, case.pk, case.number, case.programme_id, *columns])
        elif before and not turns:
            cursor.execute(FORGET, [case.pk])
    name_foremost(facts, turns)


def name_foremost(facts: Facts, turns: list[Turn]) -> None:
    """Write the foremost turn on the case, for lists, the person bar and the status; else what it waits for without anybody.

    A signed consent begins by itself, on ``due_on``.
    """
    case = facts.case
    first = turns[0] if turns else None
    begins_on = consent_begins_on(facts) if not turns and lacks_consent(facts) else None
    waits_for = "sign_consent" if begins_on else "offer" if case.state == State.QUEUED else ""
    case.next_step = first.step if first else waits_for
    case.turn_role = first.role if first else ""
    case.turn_unit_id = first.unit_id if first else None
    case.turn_user_id = first.user_id if first else None
    case.turn_since = first.since if first else None
    case.due_on = first.due_on if first else begins_on
