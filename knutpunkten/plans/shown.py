"""The plan as it stands on the page: which version, what is behind, what has changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from knutpunkten.activities.guiding import may_write
from knutpunkten.activities.models import Enrolment, Placement
from knutpunkten.audit.models import Entry
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.called import entries_shown, entry_shown
from knutpunkten.cases.models import Case, State
from knutpunkten.plans.changes import Change, changes, says_the_same
from knutpunkten.plans.models import Plan, SubGoal
from knutpunkten.plans.rules import (
    PlannedGoal,
    goals_of,
    is_overdue,
    living_parties,
    placed_in,
    readers_of_plan,
    spoken_list,
    versions,
    week_of,
)


@dataclass(frozen=True)
class ShownSubGoal:
    """A sub-goal on the thread. *node* is the thread's class: past, current, overdue or none."""

    row: SubGoal
    responsible: str
    node: str
    mark: str
    kind: str
    agency: str
    is_overdue: bool


@dataclass(frozen=True)
class ShownGoal:
    planned: PlannedGoal
    sub_goals: list[ShownSubGoal]


@dataclass(frozen=True)
class Behind:
    """An agency's sub-goal that should have been done. Without *can_remind* the unit does not see the plan; without
    *is_party* it is no party any more, and somebody else has to take over."""

    sub_goal: SubGoal
    mark: str
    kind: str
    agency: str
    can_remind: bool
    is_party: bool
    reminded_at: datetime | None


@dataclass(frozen=True)
class PlanPage:
    """Everything the plan's page shows. *plan* is None before anything is written.

    A draft that says the same as the plan in force is none yet, but for whoever reads it.
    """

    plan: Plan | None
    may_write: bool
    who_took_part: str = ""
    versions: Sequence[Plan] = ()
    in_force: Plan | None = None
    draft: Plan | None = None
    goals: Sequence[ShownGoal] = ()
    behind: Sequence[Behind] = ()
    changes: Sequence[Change] = ()
    before: Plan | None = None
    week: Sequence[Enrolment] = ()
    placements: Sequence[Placement] = ()

    @property
    def is_current(self) -> bool:
        """Whether this is the version to work with, not an older one."""
        return self.plan is not None and self.plan == (self.in_force or self.draft)

    @property
    def is_draft(self) -> bool:
        return self.plan is not None and self.plan == self.draft

    @property
    def took_part(self) -> str:
        """Those who agreed, in one line, without their roles; a line with several commas is a list of names."""
        lines = self.who_took_part.splitlines()
        names = [line.split(",") if line.count(",") > 1 else [line.partition(",")[0]] for line in lines]
        return spoken_list([name.strip() for row in names for name in row if name.strip()])


def plan_page(opened: OpenCase, today: date, wanted: int | None = None) -> PlanPage | None:
    """The page of version *wanted*, or of the version in force, or of the one being written; None if there is no such.

    At most eight statements.
    """
    of_case = versions(opened)
    in_force = next((plan for plan in of_case if plan.agreed_on), None)
    draft = next((plan for plan in of_case if plan.agreed_on is None), None)
    plan = in_force or draft if wanted is None else next((plan for plan in of_case if plan.version == wanted), None)
    if plan is None:
        return PlanPage(None, may_write(opened)) if wanted is None else None
    before = next((older for older in of_case if older.version < plan.version), None)
    goals = goals_of(dict.fromkeys(p for p in (plan, before, in_force, draft) if p is not None))
    if draft and in_force and draft != plan and says_the_same(goals[in_force.pk], goals[draft.pk]):
        of_case, draft = [p for p in of_case if p != draft], None
    shown = goals[plan.pk]
    is_current = plan == in_force
    is_followed = opened.case.is_open and plan in (in_force, draft)
    return PlanPage(
        plan,
        may_write(opened),
        who_took_part="\n".join(entries_shown(plan.who_took_part, opened.case)),
        versions=of_case,
        in_force=in_force,
        draft=draft,
        goals=[shown_goal(planned, today if is_followed else None, opened.case) for planned in shown],
        behind=behind(opened, shown, today) if is_current and opened.case.state == State.ACTIVE else [],
        changes=changes(goals[before.pk], shown, since=plan.begun_at) if before else [],
        before=before,
        week=week_of(opened.case, today) if is_current else [],
        placements=placed_in(opened.case, today) if is_current else [],
    )


def shown_goal(planned: PlannedGoal, today: date | None, case: Case) -> ShownGoal:
    """A goal as it stands on *today*; without a day nothing is late, for the case is over or another version holds."""
    return ShownGoal(planned, [shown_sub_goal(row, today, case) for row in planned.in_time])


def shown_sub_goal(row: SubGoal, today: date | None, case: Case) -> ShownSubGoal:
    overdue = today is not None and is_overdue(row, today)
    nodes = {SubGoal.State.DONE: "past", SubGoal.State.DROPPED: "past", SubGoal.State.UNDER_WAY: "current"}
    node = "overdue" if overdue else nodes.get(SubGoal.State(row.state), "")
    return ShownSubGoal(row, entry_shown(row.responsible, case), node, *agency_of(row), overdue)


def agency_of(row: SubGoal) -> tuple[str, str, str]:
    """The two letters, kind and name of the responsible agency; empty for the person and others.

    The name is empty too where whoever is responsible is written as the agency itself.
    """
    unit = row.responsible_unit
    if unit is None:
        return "", "", ""
    name = unit.agency.name
    return unit.agency.mark, unit.agency.kind, "" if name in row.responsible else name


def behind(opened: OpenCase, goals: Iterable[PlannedGoal], today: date) -> list[Behind]:
    """The agencies' sub-goals past their day, longest overdue first (W3). Two statements if there are any."""
    team = opened.case.programme.team_id
    late = [
        row
        for planned in goals
        for row in planned.sub_goals
        if is_overdue(row, today) and row.responsible_unit_id not in (None, team)
    ]
    if not late:
        return []
    parties = living_parties(opened.case, today)
    readers, units = readers_of_plan(parties), {party.unit_id for party in parties}
    reminded = reminders(opened, late)
    return [
        Behind(row, *agency_of(row), unit_id in readers, unit_id in units, reminded.get(row.pk))
        for row in sorted(late, key=lambda row: str(row.due_on))
        for unit_id in [row.responsible_unit_id]
    ]


def reminders(opened: OpenCase, rows: list[SubGoal]) -> dict[UUID, datetime]:
    """When each sub-goal was last reminded of. One statement."""
    reminded = Entry.objects.of_case(opened.case.pk).filter(is_reading=False, event="sub_goal_reminded")
    found = reminded.filter(object_id__in=[row.pk for row in rows]).order_by("at")
    return {entry.object_id: entry.at for entry in found if entry.object_id}
