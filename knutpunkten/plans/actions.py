"""Writing mapping and plan: the team writes, and the person's words stand apart from staff's (S14, L5)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.actions import one_at_a_time
from knutpunkten.cases.models import Case, Category
from knutpunkten.cases.move import Move
from knutpunkten.notices.actions import tell
from knutpunkten.organisations.models import Agency, Membership, Role
from knutpunkten.plans.models import Goal, MappingArea, Plan, SubGoal
from knutpunkten.plans.rules import (
    AREA_CATEGORIES,
    goals_of,
    living_parties,
    plan_being_written,
    plan_in_force,
    readers_of_plan,
)
from knutpunkten.questions.remembered import remembered

AREA_WORDS = ("own_words", "staff_words", "resources", "obstacles", "score")
GOAL_WORDS = ("own_words", "why", "score")
SUB_GOAL_WORDS = ("what", "responsible", "responsible_unit_id", "from_on", "due_on", "follow_up")


class NoConsent(Exception):
    """Nothing can be disclosed: no living consent names the category for another party."""


class NotAParty(Exception):
    """The unit cannot read the plan, so it cannot be reminded of it here."""


@transaction.atomic
def save_area(*, case: Case, area: str, words: Mapping[str, Any], by: Who, at: datetime) -> MappingArea:
    """Save one area of the mapping (L3). *words*: any of ``AREA_WORDS``. Written is not shared."""
    row = locked_area.first(case.pk, area)
    if row is None:
        row = MappingArea(case=case, area=area, category=AREA_CATEGORIES[area], author_unit_id=by.unit_id)
    for name in AREA_WORDS:
        if name in words:
            setattr(row, name, words[name])
    row.saved_at, row.saved_by_id = at, by.user_id
    row.save()
    record("mapping_saved", by=by, at=at, case_id=case.pk, person_id=case.person_id, category=row.category, area=area)
    return row


@remembered
def locked_area(case_id: UUID, area: str) -> QuerySet[MappingArea]:
    return MappingArea.objects.select_for_update(no_key=True).filter(case=case_id, area=area)


@transaction.atomic
def disclose_area(*, case: Case, area: str, is_disclosed: bool, by: Who, at: datetime) -> None:
    """Disclose one area to the parties whose consent names its category, or take that back (W1).

    Raises ``NoConsent`` if there is no such party, ``LookupError`` if nothing is written.
    """
    row = locked_area.first(case.pk, area)
    if row is None:
        raise LookupError(area)
    if is_disclosed == (row.disclosed_at is not None):
        return
    if is_disclosed:
        receivers = [
            party
            for party in living_parties(case, timezone.localdate(at))
            if party.unit_id != by.unit_id and row.category in party.categories
        ]
        if not receivers:
            raise NoConsent
        row.disclosed_at, row.disclosed_by_id, row.disclosed_under = at, by.user_id, receivers[0].consent_id
    else:
        row.disclosed_at = row.disclosed_by_id = row.disclosed_under = None
    row.save()
    event = "mapping_disclosed" if is_disclosed else "mapping_taken_back"
    record(event, by=by, at=at, case_id=case.pk, person_id=case.person_id, category=row.category, area=area)


def finish_mapping(move: Move) -> None:
    """Effect: the mapping is done (S14)."""
    move.case.mapped_at = move.at


@transaction.atomic
def begin_plan(*, case: Case, by: Who, at: datetime) -> Plan:
    """The plan being written; if there is none, version 1 with an empty goal, or a copy of the version in force."""
    # The case's row is the lock: two who begin at once get the same draft.
    one_at_a_time(case)
    writing = plan_being_written(case)
    if writing is not None:
        return writing
    last = plan_in_force(case)
    plan = Plan.objects.create(
        case=case,
        author_unit_id=by.unit_id,
        version=last.version + 1 if last else 1,
        begun_at=at,
        begun_by_id=by.user_id,
    )
    if last is None:
        add_sub_goal(goal=add_goal(plan=plan, by=by), by=by)
    else:
        copy_goals(last, plan, by)
    record(
        "plan_begun",
        by=by,
        at=at,
        case_id=case.pk,
        person_id=case.person_id,
        category=Category.PLANNING,
        version=plan.version,
    )
    return plan


def copy_goals(source: Plan, target: Plan, by: Who) -> None:
    """Copy goals and sub-goals to a new version: the lineage stays, so that changes can be told."""
    goals, sub_goals = [], []
    for planned in goals_of([source])[source.pk]:
        old = planned.goal
        goal = Goal(
            plan=target,
            case_id=target.case_id,
            author_unit_id=by.unit_id,
            **{name: getattr(old, name) for name in ("lineage", "position", "own_words", "why", "score", "scores")},
        )
        goals.append(goal)
        kept = (*SUB_GOAL_WORDS, "lineage", "position", "state", "done_on", "marked_at", "marked_by_id")
        sub_goals += [
            SubGoal(
                goal=goal,
                case_id=target.case_id,
                author_unit_id=by.unit_id,
                **{name: getattr(sub_goal, name) for name in kept},
            )
            for sub_goal in planned.sub_goals
        ]
    Goal.objects.bulk_create(goals)
    SubGoal.objects.bulk_create(sub_goals)


def add_goal(*, plan: Plan, by: Who) -> Goal:
    """An empty goal, last in the plan being written."""
    last = Goal.objects.filter(plan=plan).aggregate(last=Max("position"))["last"]
    return Goal.objects.create(plan=plan, case_id=plan.case_id, author_unit_id=by.unit_id, position=(last or 0) + 1)


def add_sub_goal(*, goal: Goal, by: Who) -> SubGoal:
    """An empty sub-goal, last under its goal."""
    last = SubGoal.objects.filter(goal=goal).aggregate(last=Max("position"))["last"]
    return SubGoal.objects.create(goal=goal, case_id=goal.case_id, author_unit_id=by.unit_id, position=(last or 0) + 1)


def set_removed(row: Goal | SubGoal, *, removed_at: datetime | None) -> None:
    """Take a goal or sub-goal out of the plan being written, or (None) put it back."""
    row.removed_at = removed_at
    row.save(update_fields=["removed_at"])


@transaction.atomic
def save_plan(*, plan: Plan, words: Mapping[UUID, Mapping[str, Any]], by: Who, at: datetime) -> bool:
    """Save what was written in goals and sub-goals of the plan being written, by their ids. Whether anything changed.

    Names in *words*: ``GOAL_WORDS`` for a goal, ``SUB_GOAL_WORDS`` for a sub-goal. Ids of other plans are ignored.
    """
    goals = goals_of([plan])[plan.pk]
    changed_goals = [p.goal for p in goals if _write(p.goal, words.get(p.goal.pk, {}), GOAL_WORDS)]
    changed = [s for p in goals for s in p.sub_goals if _write(s, words.get(s.pk, {}), SUB_GOAL_WORDS)]
    if not changed_goals and not changed:
        return False
    Goal.objects.bulk_update(changed_goals, GOAL_WORDS)
    SubGoal.objects.bulk_update(changed, [name.removesuffix("_id") for name in SUB_GOAL_WORDS])
    _record_saved(plan, by=by, at=at)
    return True


@transaction.atomic
def discard_draft(*, draft: Plan, by: Who, at: datetime) -> None:
    """Let the plan being written say what the one in force says again. Raises ``LookupError`` if none is in force.

    Nobody deletes a row: what is new is taken out, and what was taken out is put back.
    """
    in_force = plan_in_force(draft.case)
    if in_force is None:
        raise LookupError(draft.pk)
    goals = goals_of([in_force])[in_force.pk]
    sub_goals = [s for planned in goals for s in planned.sub_goals]
    _say_as(Goal.objects.filter(plan=draft), [planned.goal for planned in goals], GOAL_WORDS, at)
    _say_as(SubGoal.objects.filter(goal__plan=draft), sub_goals, SUB_GOAL_WORDS, at)
    _record_saved(draft, by=by, at=at)


def _record_saved(plan: Plan, *, by: Who, at: datetime) -> None:
    record(
        "plan_saved",
        by=by,
        at=at,
        case_id=plan.case_id,
        person_id=plan.case.person_id,
        category=Category.PLANNING,
        version=plan.version,
    )


def _say_as(rows: QuerySet[Any], patterns: Iterable[Goal | SubGoal], names: tuple[str, ...], at: datetime) -> None:
    """Give *rows* the words of the *patterns* with their lineage, and take out those that have none."""
    by_lineage = {pattern.lineage: pattern for pattern in patterns}
    found = list(rows)
    for row in found:
        pattern = by_lineage.get(row.lineage)
        row.removed_at = None if pattern else at
        _write(row, {name: getattr(pattern, name) for name in names} if pattern else {}, names)
    rows.model.objects.bulk_update(found, [*(name.removesuffix("_id") for name in names), "removed_at"])


def _write(row: Goal | SubGoal, words: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    changed = False
    for name in names:
        if name in words and getattr(row, name) != words[name]:
            setattr(row, name, words[name])
            changed = True
    return changed


def agree_plan(move: Move) -> None:
    """Effect: the plan being written is agreed, and says how the person took part (S14, L5)."""
    plan = plan_being_written(move.case)
    assert plan is not None, "the step needs a plan"
    data = move.data
    put_in_force(
        plan,
        participation=data["participation"],
        who_took_part=data["who_took_part"],
        agreed_on=data["agreed_on"],
        next_on=data["next_follow_up_on"],
    )
    move.case.plan_agreed_at = move.at
    move.case.follow_up_on = data["next_follow_up_on"]
    if data.get("planned_end_on"):
        move.case.planned_end_on = data["planned_end_on"]
    move.category = Category.PLANNING
    move.detail |= {"version": plan.version, "follow_up_on": data["next_follow_up_on"].isoformat()}


def put_in_force(plan: Plan, *, participation: str, who_took_part: str, agreed_on: date, next_on: date) -> None:
    """Agree *plan*: from now it is the version in force. Goals carried over keep their 0–10 history."""
    before = plan_in_force(plan.case)
    known = {p.goal.lineage: p.goal for p in goals_of([before])[before.pk]} if before else {}
    plan.participation, plan.who_took_part = participation, who_took_part
    plan.agreed_on, plan.next_follow_up_on = agreed_on, next_on
    plan.save()
    goals = [planned.goal for planned in goals_of([plan])[plan.pk]]
    for goal in goals:
        if goal.lineage in known:
            goal.score, goal.scores = known[goal.lineage].score, known[goal.lineage].scores
        elif goal.score is not None:
            goal.scores = [{"on": agreed_on.isoformat(), "score": goal.score}]
    Goal.objects.bulk_update(goals, ["score", "scores"])


def record_scores(plan: Plan, scores: Mapping[UUID, int], on: date) -> None:
    """Add where the person is now to the goals' history in *plan*, by lineage."""
    goals = [planned.goal for planned in goals_of([plan])[plan.pk] if planned.goal.lineage in scores]
    for goal in goals:
        goal.score = scores[goal.lineage]
        goal.scores = [*goal.scores, {"on": on.isoformat(), "score": goal.score}]
    Goal.objects.bulk_update(goals, ["score", "scores"])


@transaction.atomic
def mark_sub_goal(*, case: Case, lineage: UUID, state: str, done_on: date | None, by: Who, at: datetime) -> SubGoal:
    """Mark a sub-goal of the plan in force; a version being written follows. Answers it as it was before.

    *done_on* counts only with the state done; None is the day of *at*. Raises ``LookupError`` if it is not in the plan.
    """
    one_at_a_time(case)
    plan = plan_in_force(case)
    if plan is None:
        raise LookupError(lineage)
    return mark_in_plan(plan, {lineage: state}, case=case, done_on=done_on, by=by, at=at)[lineage]


def mark_in_plan(
    plan: Plan,
    states: Mapping[UUID, str],
    *,
    case: Case,
    done_on: date | None,
    by: Who,
    at: datetime,
    is_replaced: bool = False,
) -> dict[UUID, SubGoal]:
    """The same for several, by lineage, in *plan*, which is in force. One statement, one a state, and one for each marked.

    *is_replaced*: the version being written takes its place now, and it stays as it stood while it was in force.
    """
    rows = SubGoal.objects.filter(case=case, removed_at__isnull=True)
    before = {row.lineage: row for row in rows.filter(goal__plan=plan, lineage__in=states)}
    if missing := states.keys() - before.keys():
        raise LookupError(missing)
    marked = {lineage: state for lineage, state in states.items() if before[lineage].state != state}
    written = Q(goal__plan__agreed_on__isnull=True)
    to_mark = rows.filter(written if is_replaced else written | Q(goal__plan=plan))
    for state in sorted({*marked.values()}):
        of_state = [lineage for lineage in marked if marked[lineage] == state]
        is_done = state == SubGoal.State.DONE
        to_mark.filter(lineage__in=of_state).update(
            state=state,
            done_on=(done_on or timezone.localdate(at)) if is_done else None,
            marked_at=at,
            marked_by=by.user_id,
        )
    for lineage, state in marked.items():
        record(
            "sub_goal_marked",
            by=by,
            at=at,
            case_id=case.pk,
            person_id=case.person_id,
            category=Category.PLANNING,
            object_id=before[lineage].pk,
            state=state,
        )
    return before


@transaction.atomic
def remind(*, case: Case, sub_goal: SubGoal, by: Who, at: datetime) -> None:
    """Remind the unit responsible for *sub_goal*: its representatives, or the caseworker of the case (W3).

    Raises ``NotAParty`` if the unit cannot read the plan: a notice would tell it of the case.
    """
    today = timezone.localdate(at)
    unit_id = sub_goal.responsible_unit_id
    if unit_id is None or unit_id not in readers_of_plan(living_parties(case, today)):
        raise NotAParty
    people = {case.caseworker_id}
    if unit_id != case.referring_unit_id:
        hats = Membership.objects.at(today).filter(unit=unit_id, role=Role.REPRESENTATIVE)
        people = set(hats.values_list("user", flat=True))
    tell(people, event="reminded", case=case, at=at)
    record(
        "sub_goal_reminded",
        by=by,
        at=at,
        case_id=case.pk,
        person_id=case.person_id,
        category=Category.PLANNING,
        object_id=sub_goal.pk,
        agency=Agency.objects.get(units=unit_id).name,
    )
