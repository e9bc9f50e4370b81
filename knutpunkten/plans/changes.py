"""What differs between two versions of a plan, told by lineage. Pure: goals in, words out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from knutpunkten.plans.models import SubGoal
from knutpunkten.plans.rules import PlannedGoal
from knutpunkten.ui.templatetags.ui import quoted


@dataclass(frozen=True)
class Change:
    """One thing that differs, with the icon it is shown with."""

    icon: str
    text: str


@dataclass(frozen=True)
class Pair[T]:
    """The same row in two versions; None where it is not there."""

    before: T | None
    after: T | None

    @property
    def either(self) -> T:
        row = self.after if self.after is not None else self.before
        assert row is not None, "a pair has at least one side"
        return row

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_gone(self) -> bool:
        return self.after is None


@dataclass(frozen=True)
class GoalPair:
    """A goal in two versions, with its sub-goals paired; *what* says what differs, empty if nothing."""

    goal: Pair[PlannedGoal]
    sub_goals: list[tuple[Pair[SubGoal], str]]
    what: str


def changes(
    before: Sequence[PlannedGoal], after: Sequence[PlannedGoal], *, since: datetime | None = None
) -> list[Change]:
    """What has changed from *before* to *after*, begun at *since*: what is done first, then what is new, moved and gone.

    While a version is written a sub-goal is done in the one in force too: when it was marked tells that it was done since.
    """
    old, new = sub_goals_by_lineage(before), sub_goals_by_lineage(after)
    found = [
        Change("checkmark", f"Delmålet ”{now.what}” är klart")
        for lineage, now in new.items()
        if is_done(now) and (not is_done(old.get(lineage)) or is_after(now.marked_at, since))
    ]
    known = {planned.goal.lineage: planned.goal for planned in before}
    for planned in after:
        goal = planned.goal
        if goal.lineage not in known:
            found.append(Change("plus", f"Nytt mål: {quoted(goal.own_words)}"))
        elif known[goal.lineage].own_words != goal.own_words:
            found.append(Change("pencil", f"Målet är omskrivet: {quoted(goal.own_words)}"))
    found += [Change("plus", f"Nytt delmål: {now.what}") for lineage, now in new.items() if lineage not in old]
    for lineage, now in new.items():
        if lineage in old and not is_done(now):
            found += [Change("arrow-right", text) for text in moved(old[lineage], now)]
    still = {planned.goal.lineage for planned in after}
    found += [
        Change("minus", f"Målet {quoted(p.goal.own_words)} är borttaget") for p in before if p.goal.lineage not in still
    ]
    found += [
        Change("minus", f"Delmålet {gone.what} är borttaget") for lineage, gone in old.items() if lineage not in new
    ]
    return found


def moved(before: SubGoal, now: SubGoal) -> list[str]:
    """What differs in a sub-goal that is not done."""
    found = []
    if now.what != before.what:
        found.append(f"Delmålet ”{before.what}” heter nu ”{now.what}”")
    if now.due_on != before.due_on and now.due_on:
        found.append(f"{now.what} flyttat till {now.due_on.isoformat()}")
    if now.responsible != before.responsible or now.responsible_unit_id != before.responsible_unit_id:
        found.append(f"{now.responsible} ansvarar för {now.what}")
    if now.state != before.state:
        found.append(f"{now.what}: {now.get_state_display().lower()}")
    return found


def pairs(before: Sequence[PlannedGoal], after: Sequence[PlannedGoal]) -> list[GoalPair]:
    """Goals and sub-goals of two versions beside each other: the newer's order, then what is gone."""
    old, new = {p.goal.lineage: p for p in before}, {p.goal.lineage: p for p in after}
    return [_goal_pair(Pair(old.get(lineage), new.get(lineage))) for lineage in dict.fromkeys([*new, *old])]


def says_the_same(before: Sequence[PlannedGoal], after: Sequence[PlannedGoal]) -> bool:
    """Whether nothing differs: a version just begun, which is a copy of the one in force."""
    return not any(pair.what or any(what for _, what in pair.sub_goals) for pair in pairs(before, after))


def _goal_pair(pair: Pair[PlannedGoal]) -> GoalPair:
    old = {s.lineage: s for s in pair.before.sub_goals} if pair.before else {}
    new = {s.lineage: s for s in pair.after.sub_goals} if pair.after else {}
    rows = [Pair(old.get(lineage), new.get(lineage)) for lineage in dict.fromkeys([*new, *old])]
    before, after = pair.before, pair.after
    what = _new_or_gone(pair)
    if before and after and (before.goal.own_words, before.goal.why) != (after.goal.own_words, after.goal.why):
        what = "Omskrivet"
    return GoalPair(pair, [(row, _sub_goal_difference(row)) for row in rows], what)


def _sub_goal_difference(pair: Pair[SubGoal]) -> str:
    if pair.before is None or pair.after is None:
        return _new_or_gone(pair)
    compared = ("what", "responsible", "responsible_unit_id", "from_on", "due_on", "follow_up", "state")
    return "Ändrat" if any(getattr(pair.before, n) != getattr(pair.after, n) for n in compared) else ""


def _new_or_gone[T](pair: Pair[T]) -> str:
    return "Nytt" if pair.is_new else "Borttaget" if pair.is_gone else ""


def sub_goals_by_lineage(goals: Sequence[PlannedGoal]) -> dict[UUID, SubGoal]:
    return {sub_goal.lineage: sub_goal for planned in goals for sub_goal in planned.sub_goals}


def is_after(moment: datetime | None, since: datetime | None) -> bool:
    return moment is not None and since is not None and moment > since


def is_done(sub_goal: SubGoal | None) -> bool:
    return sub_goal is not None and sub_goal.state == SubGoal.State.DONE
