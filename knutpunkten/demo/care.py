"""The way of a case from its place to its end: start, mapping, plan, follow-ups, closing."""

import itertools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from knutpunkten.activities.actions import plan_placement
from knutpunkten.activities.models import Placement
from knutpunkten.activities.placement_forms import PlacementForm
from knutpunkten.cases.models import Case
from knutpunkten.closing.actions import save_closing, save_onward
from knutpunkten.demo import acts
from knutpunkten.demo.cast import UNIT_OF
from knutpunkten.demo.lives import Begun, Life, Telling, decided, gathered, referred
from knutpunkten.demo.texts import FOLLOW_UPS, GOALS, MAPPING, PLACEMENTS, Goal
from knutpunkten.demo.world import day_of, later, moment, working_day_at
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.plans.actions import add_goal, add_sub_goal, begin_plan, save_area, save_plan
from knutpunkten.plans.models import SubGoal
from knutpunkten.plans.rules import goals_of, plan_in_force


def admitted(life: Life, meeting: int, *, until: date | None = None) -> Begun:
    """Referred, and admitted to a place at meeting number *meeting*; answers the case."""
    case = yield from referred(life, meeting, until=until)
    yield from gathered(life, case, meeting)
    yield from decided(life, case, meeting, "admit")
    return case


def started(life: Life, case: Case, after: datetime, *, hours: int = 0) -> Telling:
    """From a place to the first day: service decision, allocation, first meeting, start (S9, S12, L11)."""
    yield from decided_service(life, case, later(after, 2, 11))
    yield from allocated(life, case, later(after, 3, 9, 30))
    yield from booked(life, case, later(after, 5, 13), later(after, 9, 10))
    held = later(after, 9, 11, 5)
    yield held
    day = day_of(held)
    acts.take(
        case,
        "hold_first_meeting",
        life.guide,
        held,
        starts_on=day,
        weekly_hours=hours or max(life.programme.least_hours, 12),
        weekdays=[0, 1, 2, 3, 4],
        content="Pass på förmiddagarna, i egen takt. Kartläggning och plan de första veckorna.",
        privacy_given="signed",
        contract_on=day,
        contract_witness=life.guide.name,
        privacy_on=day,
        privacy_witness=life.guide.name,
        held_on=day,
    )
    yield held + timedelta(minutes=20)
    acts.take(case, "start", life.guide, held + timedelta(minutes=20))


def amended(life: Life, case: Case, at: datetime, why: str, **now: Any) -> Telling:
    """What was agreed at the first meeting turned out otherwise, and is written so with the reason."""
    yield at
    acts.take(case, "amend_first_meeting", life.guide, at, reason=why, **now)


def decided_service(life: Life, case: Case, at: datetime) -> Telling:
    yield at
    acts.take(
        case,
        "service_decision",
        life.caseworker,
        at,
        decided_on=day_of(at),
        by_whom=life.caseworker.name,
        own_reference=f"{day_of(at).year}-{int(life.number[-4:]) % 900 + 100}",
    )


def allocated(life: Life, case: Case, at: datetime) -> Telling:
    yield at
    acts.take(case, "allocate", life.coordinator, at, supervisor=str(life.guide.pk))


def booked(life: Life, case: Case, at: datetime, meeting_at: datetime) -> Telling:
    yield at
    ends = meeting_at + timedelta(hours=1)
    acts.take(
        case, "book_first_meeting", life.guide, at,
        day=day_of(meeting_at), starts=meeting_at.time(), ends=ends.time(),
    )  # fmt: skip


def mapped(life: Life, case: Case, at: datetime) -> Telling:
    """The five areas, in the person's words and in ours; a step when they are done (S14, L3)."""
    yield at
    who = acts.being(life.guide, at)
    for n, (area, (own, staff)) in enumerate(MAPPING.items()):
        score = (int(life.number[-1]) + n) % 4 + 3
        save_area(case=case, area=area, words={"own_words": own, "staff_words": staff, "score": score}, by=who, at=at)
    yield at + timedelta(minutes=40)
    acts.take(case, "finish_mapping", life.guide, at + timedelta(minutes=40))


def planned(life: Life, case: Case, at: datetime, next_on: date, goals: Sequence[Goal] = ()) -> Telling:
    """The plan written and agreed (S14, L5)."""
    yield at
    write_goals(life, case, at, goals or GOALS[life.who.background])
    yield at + timedelta(minutes=50)
    acts.take(
        case,
        "agree_plan",
        life.guide,
        at + timedelta(minutes=50),
        participation=f"{life.who.first} valde målen och sa dem med egna ord. Vi skrev delmålen tillsammans.",
        who_took_part=present(life),
        agreed_on=day_of(at),
        next_follow_up_on=next_on,
    )


def present(life: Life) -> str:
    """Those who sat down together, as the form asks: one a line, name and role."""
    return f"{life.who.first}\n{life.guide.name}, handledare\n{life.caseworker.name}, handläggare"


def write_goals(life: Life, case: Case, at: datetime, goals: Sequence[Goal]) -> None:
    """Goals and sub-goals in the plan being written, row by row as the page does."""
    who = acts.being(life.guide, at)
    plan = begin_plan(case=case, by=who, at=at)
    for _ in goals[1:]:
        add_goal(plan=plan, by=who)
    rows = goals_of([plan])[plan.pk]
    words: dict[Any, dict[str, Any]] = {}
    for planned_goal, (own_words, why, score, parts) in zip(rows, goals, strict=True):
        goal = planned_goal.goal
        words[goal.pk] = {"own_words": own_words, "why": why, "score": score}
        sub_goals = [*planned_goal.sub_goals]
        sub_goals += [add_sub_goal(goal=goal, by=who) for _ in parts[len(sub_goals) :]]
        for sub_goal, (what, responsible, weeks) in zip(sub_goals, parts, strict=True):
            words[sub_goal.pk] = sub_goal_words(life, what, responsible, day_of(at), weeks)
    save_plan(plan=plan, words=words, by=who, at=at)


def sub_goal_words(life: Life, what: str, responsible: str, on: date, weeks: int) -> dict[str, Any]:
    cast = life.world.cast
    who = {
        "Jag själv": (life.who.first, None),
        "Handledaren": (life.guide.name, life.programme.team),
        "Handläggaren": (life.caseworker.name, cast.unit(life.unit)),
    }
    name, unit = who[responsible] if responsible in who else (cast.people[responsible].name, unit_of(life, responsible))
    due = working_day_at(on + timedelta(weeks=weeks))
    return {
        "what": what,
        "responsible": name,
        "responsible_unit_id": unit and unit.pk,
        "from_on": on,
        "due_on": due,
        "follow_up": "Samtal på uppföljningen" if responsible in who else f"{life.guide.name} ringer",
    }


def unit_of(life: Life, key: str) -> Any:
    return life.world.cast.unit(UNIT_OF[key])


def follow_ups(life: Life, case: Case, days: Sequence[date]) -> Telling:
    """A follow-up on each of *days* but the last, which is when the next one is meant to be (S10)."""
    for n, (on, next_on) in enumerate(itertools.pairwise(days)):
        at = moment(on, 10, 40)
        yield at
        follow_up(life, case, at, next_on, n, **how_far(life, case, at))


def how_far(life: Life, case: Case, at: datetime) -> dict[str, str]:
    """What the follow-up's form is told of the sub-goals: those that were due a while ago are done, the others begun."""
    acts.being(life.guide, at)
    plan = plan_in_force(case)
    assert plan is not None
    a_while_ago = day_of(at) - timedelta(days=10)
    return {
        f"state-{n}_{place}": SubGoal.State.DONE
        if sub_goal.due_on and sub_goal.due_on <= a_while_ago
        else SubGoal.State.UNDER_WAY
        for n, planned_goal in enumerate(goals_of([plan])[plan.pk], start=1)
        for place, sub_goal in enumerate(planned_goal.sub_goals, start=1)
    }


def follow_up(life: Life, case: Case, at: datetime, next_on: date, n: int, **typed: Any) -> None:
    typed = {f"score_{goal}": str(min(9, 3 + (n + goal) // 2)) for goal in (1, 2)} | typed
    acts.being(life.guide, at)
    case.refresh_from_db(fields=["planned_end_on"])
    if case.planned_end_on and case.planned_end_on < next_on:
        typed["planned_end_on"] = next_on  # they go on past the day they had thought of
    acts.take(
        case,
        "follow_up",
        life.guide,
        at,
        **{
            "held_on": day_of(at),
            "who_took_part": present(life),
            "agreed": FOLLOW_UPS[(n + len(life.who.first)) % len(FOLLOW_UPS)],
            "next_on": next_on,
            "words_1": "Det går åt rätt håll.",
            **typed,
        },
    )


def follow_up_days(first: date, last: date, at_most: int = 2) -> list[date]:
    """The days of the follow-ups: four weeks apart, backwards from *last*, none before *first*.

    Of a long way only the latest are told, or the world would take too long to make.
    """
    days = [last]
    while len(days) < at_most and (before := working_day_at(days[0] - timedelta(weeks=4))) > first:
        days.insert(0, before)
    return days


def taking_part(life: Life, case: Case, after: datetime, next_on: date, goals: Sequence[Goal] = ()) -> Telling:
    """Mapping, plan and follow-ups since the place was given at *after*, the next one on *next_on*."""
    agreed = later(after, 27, 9, 30)
    yield from mapped(life, case, later(after, 20, 13))
    days = follow_up_days(day_of(agreed) + timedelta(days=9), next_on)
    yield from planned(life, case, agreed, days[0], goals)
    if int(life.number[-4:]) % 2:
        yield from placed(life, case, agreed + timedelta(hours=2), weeks=10)
    yield from follow_ups(life, case, days)


def placed(life: Life, case: Case, at: datetime, weeks: int, **typed: Any) -> Telling:
    """Work training or an internship planned, from the Monday of the week after, for so many weeks (L6)."""
    yield at
    begins = day_of(at) + timedelta(days=7 - day_of(at).weekday())
    form = PlacementForm(
        {"from_on": begins, "until_on": begins + timedelta(weeks=weeks, days=-3), **life.pick(PLACEMENTS), **typed},
        instance=Placement(case=case),
    )
    if not form.is_valid():
        raise acts.Refused(f"{case.number}: {form.errors.as_json()}")
    plan_placement(form.save(commit=False), by=acts.being(life.guide, at), at=at)


def closed(life: Life, case: Case, at: datetime, *, outcome: str, result: str, **words: Any) -> Telling:
    """The closing meeting, the report handed over, and who carries on where somebody must (S11, S14)."""
    yield at
    onward = words.pop("onward", None)
    who = acts.being(life.guide, at)
    report = {
        "is_planned": True,
        "met_on": day_of(at),
        "who_took_part": present(life),
        "outcome": outcome,
        "result": result,
        "judgement": "Vi ser att stegen höll för att de var små och för att alla visste vem som gjorde vad.",
        "suggestions": "Ring efter tre månader och fråga hur det går.",
        "own_words": "Jag hade inte trott det när jag började.",
    }
    save_closing(case=case, words=report | words, by=who, at=at)
    if onward:
        unit = life.world.cast.unit(onward)
        receiver = life.world.cast.people[RECEIVERS[onward]].name
        save_onward(
            case=case,
            words={
                "receiver": receiver,
                "receiver_unit_id": unit.pk,
                "elsewhere": "",
                "what": "Fortsatt stöd en gång i månaden och ny planering vid behov.",
                "from_on": add_working_days(day_of(at), 5),
            },
            by=who,
            at=at,
        )
    yield at + timedelta(hours=1)
    acts.take(case, "close", life.guide, at + timedelta(hours=1))


RECEIVERS = {"Försörjningsstöd": "johan", "Arbetsförmedlingen": "disa", "Försäkringskassan": "kim"}
