"""The stories told in full: what the drawings show of Sofie Bergdahl and Amira Haddad."""

import itertools
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from knutpunkten.cases.models import Case
from knutpunkten.demo import acts, care
from knutpunkten.demo.lives import Life, Telling, Told
from knutpunkten.demo.texts import Goal
from knutpunkten.demo.world import moment, working_day_at
from knutpunkten.plans.actions import add_sub_goal, begin_plan, mark_sub_goal, save_plan
from knutpunkten.plans.rules import goals_of, plan_in_force

SOFIE: Told = {
    "Försörjningsstöd": {
        "social": (
            "Försörjningsstöd sedan 21 månader\nBor med sin son, 9 år, varannan vecka\nKassör i en idrottsförening",
            "Barnomsorg före kl. 08 under insatsen",
        )
    },
    "Arbetsförmedlingen": {
        "arbetsmarknad": (
            "Inskriven sedan två år\nPraktik på lager, 4 veckor: avbröts\nPraktik på kontor, 9 veckor: fungerade väl",
            "Handledd praktik på kontor från januari",
        )
    },
    "Försäkringskassan": {
        "social": (
            "Ingen pågående ersättning\nSjukpenning i fjorton månader, till och med sommaren för två år sedan",
            "Besked om rehabiliteringspenning inom en månad",
        )
    },
}

AMIRA: tuple[Goal, ...] = (
    (
        "Jag vill jobba i ett kök igen",
        "Arbete eller studier. Steget före: 12 timmar i veckan.",
        3,
        (("Hälsa på i skolköket i Gamleby", "elin", 27),),
    ),
    (
        "Jag vill orka hela förmiddagen",
        "Hälsa och vardag. Amira väljer själv takten.",
        3,
        (("Medicinsk yoga, onsdagar", "Jag själv", 28), ("Fyra pass i veckan utan att gå tidigare", "Jag själv", 32)),
    ),
    (
        "Jag vill förstå breven jag får",
        "Rättigheter och skyldigheter, svenska.",
        2,
        (("Svenska på kvällstid", "Handläggaren", 30),),
    ),
)
# Where she is, follow-up by follow-up, the last five.
SCORES = ((3, 3, 2), (4, 3, 3), (4, 4, 4), (5, 4, 4), (6, 5, 4))
DONE, UNDER_WAY = "done", "under_way"


def revise_amira(life: Life, case: Case, days: Sequence[date]) -> Telling:
    """The follow-ups; at each of the last three the plan is written anew, so that version 4 is in force."""
    meetings = list(itertools.pairwise(days))
    for n, (on, next_on) in enumerate(meetings):
        left = len(meetings) - n  # 1 at the last
        at = moment(on, 10, 40)
        yield at
        scores = SCORES[max(0, len(SCORES) - left)]
        typed = {f"score_{goal}": str(score) for goal, score in enumerate(scores, start=1)}
        if left <= len(REVISIONS):
            REVISIONS[left](life, case, at - timedelta(minutes=30))
            typed |= {"plan": "revised", "participation": "Amira visade vad som blivit klart och valde nästa steg."}
        if left == 1:
            typed |= {"state-1_1": DONE, "state-2_1": DONE, "state-2_2": UNDER_WAY}
        care.follow_up(life, case, at, next_on, n, **typed)
    yield at + timedelta(days=1)
    mark(life, case, "Provvecka i skolköket, tre förmiddagar", UNDER_WAY, at + timedelta(days=1))


def second(life: Life, case: Case, at: datetime) -> None:
    """The doctor's statement: it should have come nine days ago."""
    rewrite(life, case, at, {0: [("Läkarutlåtande om arbetsförmåga", "siv", -9)]})


def third(life: Life, case: Case, at: datetime) -> None:
    rewrite(
        life,
        case,
        at,
        {0: [("Handledd praktik efter nyår", "mats", 55)], 2: [("Besked om reseersättning", "helena", -4)]},
    )


def fourth(life: Life, case: Case, at: datetime) -> None:
    """A trial week in the school kitchen; the evening classes are moved."""
    trial = {0: [("Provvecka i skolköket, tre förmiddagar", "elin", 10)]}
    rewrite(life, case, at, trial, moved={"Svenska på kvällstid": 62})


REVISIONS = {3: second, 2: third, 1: fourth}


def rewrite(
    life: Life,
    case: Case,
    at: datetime,
    added: dict[int, list[tuple[str, str, int]]],
    moved: dict[str, int] | None = None,
) -> None:
    """A new version: sub-goals *added* by goal (what, who, days from today), others *moved* to another day."""
    today = life.world.today
    who = acts.being(life.guide, at)
    plan = begin_plan(case=case, by=who, at=at)
    words = {}
    for number, planned in enumerate(goals_of([plan])[plan.pk]):
        for sub_goal in planned.sub_goals:
            if moved and sub_goal.what in moved:
                words[sub_goal.pk] = {"due_on": working_day_at(today + timedelta(days=moved[sub_goal.what]))}
        for what, responsible, days in added.get(number, ()):
            row = add_sub_goal(goal=planned.goal, by=who)
            due = working_day_at(today + timedelta(days=days))
            words[row.pk] = care.sub_goal_words(life, what, responsible, at.date(), 0) | {"due_on": due}
    save_plan(plan=plan, words=words, by=who, at=at)


def mark(life: Life, case: Case, what: str, state: str, at: datetime) -> None:
    who = acts.being(life.guide, at)
    plan = plan_in_force(case)
    assert plan is not None
    rows = [sub_goal for planned in goals_of([plan])[plan.pk] for sub_goal in planned.sub_goals]
    lineage = next(row.lineage for row in rows if row.what == what)
    mark_sub_goal(case=case, lineage=lineage, state=state, done_on=None, by=who, at=at)
