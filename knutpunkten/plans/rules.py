"""Reading mapping and plan: what there is, who may read it, and what lacks before the next step."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from knutpunkten.activities.models import Enrolment, Placement
from knutpunkten.activities.rules import placements_between, planned_for
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Case, Category, Level, Party
from knutpunkten.cases.rules import living
from knutpunkten.organisations.calendar import add_working_days, free_day
from knutpunkten.organisations.models import Programme
from knutpunkten.plans.models import Goal, MappingArea, Plan, SubGoal
from knutpunkten.questions.remembered import remembered
from knutpunkten.ui.fields import wrong_planned_end

Area = MappingArea.Area
OVER = (SubGoal.State.DONE, SubGoal.State.DROPPED)

# What each area is about, for the wall (L3: basic, social, physical and psychological needs).
AREA_CATEGORIES: dict[str, Category] = {
    Area.BASIC: Category.SOCIAL,
    Area.SOCIAL: Category.SOCIAL,
    Area.PHYSICAL: Category.HEALTH,
    Area.PSYCHOLOGICAL: Category.HEALTH,
    Area.WORK: Category.WORK,
}


@dataclass(frozen=True)
class PlannedGoal:
    """A goal of one version with its sub-goals, in order."""

    goal: Goal
    sub_goals: list[SubGoal] = field(default_factory=list)

    @property
    def in_time(self) -> list[SubGoal]:
        """The sub-goals as time has it: what is behind by the day it was done, then by the day it is due."""
        return sorted(self.sub_goals, key=lambda s: (s.state not in OVER, s.done_on or s.due_on or date.max))

    @property
    def scores(self) -> list[int]:
        """0–10 over time, oldest first; before the plan is agreed what is written so far."""
        if self.goal.scores:
            return [row["score"] for row in self.goal.scores]
        return [] if self.goal.score is None else [self.goal.score]

    @property
    def now(self) -> int | None:
        return self.scores[-1] if self.scores else None

    @property
    def last(self) -> int | None:
        return self.scores[-2] if len(self.scores) > 1 else None


def is_of_team(opened: OpenCase) -> bool:
    """Whether the reader's unit is the programme's team, which writes mapping, plan and report."""
    return opened.who.unit_id == opened.case.programme.team_id


def may_read_plan(opened: OpenCase) -> bool:
    """The plan is read under the category *planering*, or by the team that wrote it (W1)."""
    return Category.PLANNING in opened.reads or is_of_team(opened)


def areas_read(opened: OpenCase) -> dict[str, MappingArea]:
    """The areas of the mapping that the reader may read, by area: own, or disclosed in a category of theirs (W1)."""
    rows = MappingArea.objects.filter(case=opened.case).select_related("disclosed_by")
    mine = Q(author_unit=opened.who.unit_id)
    return {row.area: row for row in rows.filter(mine | Q(disclosed_at__isnull=False, category__in=list(opened.reads)))}


def versions(opened: OpenCase) -> list[Plan]:
    """The case's plans that the reader may read, newest first. One being written is the team's own."""
    plans = Plan.objects.filter(case=opened.case).select_related("begun_by").order_by("-version")
    return list(plans if is_of_team(opened) else plans.filter(agreed_on__isnull=False))


def plan_in_force(case: Case) -> Plan | None:
    """The newest version agreed."""
    return newest_plan(case, is_agreed=True)


def plan_being_written(case: Case) -> Plan | None:
    return newest_plan(case, is_agreed=False)


def newest_plan(case: Case, *, is_agreed: bool) -> Plan | None:
    """The newest version, agreed or being written, which knows *case* as it is loaded."""
    plan = plans_by_age.first(case.pk, is_agreed=is_agreed)
    if plan is not None:
        plan.case = case
    return plan


@remembered
def plans_by_age(case_id: UUID, *, is_agreed: bool) -> QuerySet[Plan]:
    return Plan.objects.filter(case=case_id, agreed_on__isnull=not is_agreed).order_by("-version")[:1]


def goals_of(plans: Iterable[Plan]) -> dict[UUID, list[PlannedGoal]]:
    """The goals of several versions, by the plan's id, in order. Two statements; none for no plans."""
    ids = [plan.pk for plan in plans]
    found: dict[UUID, list[PlannedGoal]] = {pk: [] for pk in ids}
    if not ids:
        return found
    by_goal = {}
    for goal in goals_in(ids):
        by_goal[goal.pk] = planned = PlannedGoal(goal)
        found[goal.plan_id].append(planned)
    for sub_goal in sub_goals_under([*by_goal]) if by_goal else ():
        by_goal[sub_goal.goal_id].sub_goals.append(sub_goal)
    return found


@remembered
def goals_in(plan_ids: list[UUID]) -> QuerySet[Goal]:
    return Goal.objects.filter(plan__among=plan_ids, removed_at__isnull=True).order_by("position", "pk")


@remembered
def sub_goals_under(goal_ids: list[UUID]) -> QuerySet[SubGoal]:
    return standing_sub_goals().filter(goal__among=goal_ids)


def standing_sub_goals() -> QuerySet[SubGoal]:
    return (
        SubGoal.objects.filter(removed_at__isnull=True)
        .select_related("responsible_unit__agency")
        .order_by("position", "pk")
    )


def lacking_in_mapping(cases: Sequence[Case]) -> dict[UUID, list[str]]:
    """What lacks before each mapping is done (S14, L3), as sentences. One statement; none for no cases.

    An area is done when it holds the person's own words or staff's.
    """
    if not cases:
        return {}
    done: dict[UUID, set[str]] = defaultdict(set)
    rows = MappingArea.objects.filter(case__in=cases).exclude(own_words="", staff_words="")
    for case_id, area in rows.values_list("case_id", "area"):
        done[case_id].add(area)
    missing = {case.pk: [area.label for area in Area if area not in done[case.pk]] for case in cases}
    return {
        pk: [f"Skriv i Egna ord eller Det vi ser för {spoken_list(labels)}."]
        for pk, labels in missing.items()
        if labels
    }


def lacking_in_plan(cases: Sequence[Case]) -> dict[UUID, list[str]]:
    """What lacks before each plan being written can be agreed (S14, L5), as sentences that quote nothing.

    One statement; none for no cases.
    """
    if not cases:
        return {}
    goals: dict[UUID, dict[UUID, tuple[str, list[tuple[Any, ...]]]]] = {case.pk: {} for case in cases}
    rows = (
        Goal.objects.filter(case__in=cases, plan__agreed_on__isnull=True, removed_at__isnull=True)
        .order_by("position", "pk", "sub_goals__position")
        .values_list(
            *("case_id", "pk", "own_words", "sub_goals__pk", "sub_goals__removed_at"),
            *("sub_goals__what", "sub_goals__responsible", "sub_goals__due_on"),
        )
    )
    for case_id, goal_id, own_words, sub_goal_id, removed_at, *sub_goal in rows:
        _, sub_goals = goals[case_id].setdefault(goal_id, (own_words, []))
        if sub_goal_id is not None and removed_at is None:
            sub_goals.append(tuple(sub_goal))
    lacking = {case_id: _lacking_in_goals(list(of_case.values())) for case_id, of_case in goals.items()}
    return {case_id: sentences for case_id, sentences in lacking.items() if sentences}


def _lacking_in_goals(goals: list[tuple[str, list[tuple[Any, ...]]]]) -> list[str]:
    if not goals:
        return ["Planen har inget mål än."]
    found = []
    for number, (own_words, sub_goals) in enumerate(goals, start=1):
        if not own_words:
            found.append(f"Skriv mål {number} med egna ord.")
        if not sub_goals:
            found.append(f"Mål {number} saknar delmål.")
        for what, responsible, due_on in sub_goals:
            lacks = [
                word for word, value in (("text", what), ("ansvarig", responsible), ("datum", due_on)) if not value
            ]
            if lacks:
                found.append(f"Ett delmål i mål {number} saknar {spoken_list(lacks)}.")
    return found


def living_parties(case: Case, today: date) -> list[Party]:
    """The parties of the living consents, with their units. One statement."""
    return list(
        Party.objects.filter(living(today), case=case)
        .select_related("unit__agency")
        .order_by("unit__agency__name", "unit__name", "-valid_until")
    )


def readers_of_plan(parties: Iterable[Party]) -> set[UUID]:
    """The units that can read the plan: those reminded of it must be able to (W1)."""
    return {
        party.unit_id
        for party in parties
        if party.unit_id and party.level >= Level.TEXT and Category.PLANNING in party.categories
    }


def is_overdue(sub_goal: SubGoal, today: date) -> bool:
    return sub_goal.due_on is not None and sub_goal.due_on < today and sub_goal.state not in OVER


def undone_in_force() -> QuerySet[SubGoal]:
    """The sub-goals that are not done, of every plan in force that one may see."""
    newer = Plan.objects.filter(
        case=OuterRef("case"), agreed_on__isnull=False, version__gt=OuterRef("goal__plan__version")
    )
    return SubGoal.objects.filter(
        ~Exists(newer),
        state__in=(SubGoal.State.NOT_BEGUN, SubGoal.State.UNDER_WAY),
        removed_at__isnull=True,
        goal__removed_at__isnull=True,
        goal__plan__agreed_on__isnull=False,
    )


def undone_of_units(case: Case) -> dict[UUID, int]:
    """How many undone sub-goals each unit is responsible for, as far as one may see. One statement."""
    rows = undone_in_force().filter(case=case, responsible_unit__isnull=False).order_by()
    return dict(rows.values("responsible_unit").annotate(number=Count("pk")).values_list("responsible_unit", "number"))


def week_of(case: Case, today: date) -> list[Enrolment]:
    """The sessions planned for the person this week (S14: the timetable is part of the plan). One statement."""
    monday = today - timedelta(days=today.weekday())
    return list(planned_for([case], monday, monday + timedelta(days=6)).filter(session__cancelled_at__isnull=True))


def placed_in(case: Case, today: date) -> list[Placement]:
    """The person's work training and internships this week (L6). One statement."""
    monday = today - timedelta(days=today.weekday())
    return [p for p in placements_between(monday, monday + timedelta(days=4)).filter(case=case) if p.days_in(monday)]


def spoken_list(words: Sequence[str]) -> str:
    """a, b och c."""
    return " och ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def at_every_meeting(case: Case) -> str:
    """The participant, who is not named where they are protected (W5), and the supervisor, one a line.

    Not the caseworker: whoever sends the form unchanged has not said that they were there.
    """
    people = [] if case.is_protected else [case.person_name]
    return "\n".join([*people, *([f"{case.supervisor.name}, handledare"] if case.supervisor else [])])


def next_follow_up(programme: Programme, today: date, planned_end_on: date | None = None) -> date:
    """The day to propose: the programme's interval from *today*, or the first working day after it.

    Not after a planned end that is yet to come: that day, or the last working day before it, is then the one to
    follow up on.
    """
    day = add_working_days(today + timedelta(weeks=programme.follow_up_weeks) - timedelta(days=1), 1)
    last = add_working_days(planned_end_on + timedelta(days=1), -1) if planned_end_on else None
    return min(day, last) if last and last > today else day


def can_have_met_on(case: Case, met_on: date | None, today: date) -> date:
    """*met_on*, or the day nearest to it that can be right: what is wrong beside it is told at once, not when it is mended."""
    day = min(met_on or today, today)
    return max(day, case.started_on or day)


def wrong_days(
    case: Case, *, met_on: date | None, next_on: date | None, planned_end_on: date | None, today: date
) -> dict[str, str]:
    """What to mend in the days that a plan or a follow-up is dated with: a sentence each, by the argument's name.

    A next follow-up lies at most three of the programme's intervals ahead: a slip of the hand in the year would let a
    year go by in which nobody is late (W3; docs/decisions/0036). It is a working day, as the first meeting's.
    """
    wrong: dict[str, str] = {}
    if met_on and case.started_on and met_on < case.started_on:
        wrong["met_on"] = f"Skriv ett datum från och med starten, {case.started_on.isoformat()}"
    if met_on and met_on > today:
        wrong["met_on"] = "Skriv ett datum som har varit, eller dagens"
    last = today + timedelta(weeks=3 * case.programme.follow_up_weeks)
    if next_on and next_on > last:
        wrong["next_on"] = f"Kontrollera nästa uppföljning: skriv en dag till och med {last}"
    if sentence := wrong_planned_end(planned_end_on, today):
        wrong["planned_end_on"] = sentence
    met = can_have_met_on(case, met_on, today)
    if next_on and next_on <= met:
        wrong["next_on"] = f"Skriv en dag efter {met} för nästa uppföljning"
    end = planned_end_on or case.planned_end_on
    if planned_end_on and planned_end_on <= met:
        wrong["planned_end_on"] = f"Skriv en dag efter {met} för planerat avslut"
    elif next_on and end and met < end < next_on:
        wrong.setdefault("next_on", f"Skriv en uppföljning före planerat avslut, {end}, eller ändra avslutet")
    if next_on and (free := free_day(next_on)):
        wrong.setdefault("next_on", f"Välj en vardag: {next_on} är {free}")
    return wrong
