"""The plan on the case page."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from knutpunkten.activities.guiding import may_write
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import State
from knutpunkten.cases.panel import Panel
from knutpunkten.plans.models import Goal, SubGoal
from knutpunkten.plans.rules import may_read_plan
from knutpunkten.questions.remembered import remembered


@dataclass
class GoalLine:
    """A goal on the case page, with counts of its sub-goals."""

    own_words: str
    score: int | None
    done: int = 0
    all: int = 0
    late: int = 0


def panel(opened: OpenCase, today: date) -> Panel | None:
    """Goals in the person's own words and how far they have come; from the allocation on. At most one statement."""
    case = opened.case
    if case.allocated_at is None or case.state == State.CANCELLED:
        return None
    context: dict[str, Any] = {"is_read": may_read_plan(opened), "may_write": may_write(opened)}
    if context["is_read"] and case.plan_agreed_at is not None:
        context["goals"] = goals_in_force(opened, today)
    return Panel("plan", "plans/panel.html", context)


def goals_in_force(opened: OpenCase, today: date) -> list[GoalLine]:
    """Each goal of the version in force, in order. One statement."""
    goals: dict[UUID, GoalLine] = {}
    newest = None
    over = (SubGoal.State.DONE, SubGoal.State.DROPPED)
    goes_on = opened.case.is_open  # what was left when it ended is late no more
    for pk, version, own_words, score, sub_goal, state, due_on, removed_at in agreed_goals(opened.case.pk):
        newest = newest or version
        if version != newest:
            break
        goal = goals.setdefault(pk, GoalLine(own_words, score))
        if sub_goal is not None and removed_at is None:
            goal.all += 1
            goal.done += state == SubGoal.State.DONE
            goal.late += goes_on and state not in over and due_on is not None and due_on < today
    return list(goals.values())


@remembered
def agreed_goals(case_id: UUID) -> QuerySet[Goal, Any]:
    """The goals of the case's agreed versions with their sub-goals, the newest version first: a row for each of these."""
    return (
        Goal.objects.filter(case=case_id, plan__agreed_on__isnull=False, removed_at__isnull=True)
        .order_by("-plan__version", "position", "pk")
        .values_list(
            *("pk", "plan__version", "own_words", "score"),
            *("sub_goals__pk", "sub_goals__state", "sub_goals__due_on", "sub_goals__removed_at"),
        )
    )
