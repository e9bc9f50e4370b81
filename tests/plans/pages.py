"""What a supervisor does on the pages of mapping and plan."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.plans.models import Goal, MappingArea, SubGoal
from tests.conftest import behind_the_wall

# The slip of the hand in the year: a day that nothing else is wrong with.
NEXT_YEAR = (timezone.localdate() + timedelta(weeks=56)).isoformat()
IN_FOUR_WEEKS = add_working_days(timezone.localdate() + timedelta(days=27), 1)
FAR_END = (timezone.localdate() + timedelta(days=1097)).isoformat()
AREA = {"own_words": "Jag sover dåligt.", "staff_words": "Vi ser en trött men envis person."}


def page(name: str, case: Any, *more: Any) -> str:
    return reverse(name, args=[case.pk, *more])


def write_area(client: Client, case: Any, area: str, **words: str) -> HttpResponse:
    sent = {f"{area}-{name}": value for name, value in {**AREA, **words}.items()}
    return client.post(page("save_area", case, area), sent)


def write_mapping(client: Client, case: Any) -> None:
    for area in MappingArea.Area.values:
        write_area(client, case, area)


def rows_of(case: Any, version: int) -> tuple[Goal, SubGoal]:
    """The first goal of a version and its first sub-goal."""
    with behind_the_wall():
        goal = Goal.objects.filter(case=case, plan__version=version, removed_at=None).order_by("position").first()
        assert goal is not None, "the version has a goal"
        return goal, goal.sub_goals.filter(removed_at=None).order_by("position").first()


def write_goal(
    client: Client,
    case: Any,
    *,
    version: int = 1,
    own_words: str = "Jag vill jobba i ett kök igen",
    what: str = "Hälsa på i skolköket",
    responsible: str = "Leif och Elin Strand",
    unit: Any = None,
    from_on: str = "",
    due_on: date | str | None = None,
    headers: dict[str, str] | None = None,
    **more: str,
) -> HttpResponse:
    """Fill in the first goal and its first sub-goal on the page where the plan is written."""
    goal, sub_goal = rows_of(case, version)
    due_on = timezone.localdate() + timedelta(days=30) if due_on is None else due_on
    sent = {
        f"own_words-{goal.pk}": own_words,
        f"why-{goal.pk}": "Det var där jag mådde bra.",
        f"score-{goal.pk}": "4",
        f"what-{sub_goal.pk}": what,
        f"responsible-{sub_goal.pk}": responsible,
        f"responsible_unit_id-{sub_goal.pk}": str(unit.pk) if unit else "",
        f"from_on-{sub_goal.pk}": from_on,
        f"due_on-{sub_goal.pk}": str(due_on),
        f"follow_up-{sub_goal.pk}": "Samtal",
        **more,
    }
    return client.post(page("edit_plan", case), sent, headers=headers or {})


def agree(client: Client, case: Any, version: int, **changed: str) -> HttpResponse:
    today = timezone.localdate()
    sent = {
        "participation": "Leif har själv formulerat målen.",
        "who_took_part": "Leif Sandqvist\nElin Strand, handledare\nJohan Wik, handläggare",
        "agreed_on": today.isoformat(),
        "next_follow_up_on": IN_FOUR_WEEKS.isoformat(),
    }
    return client.post(page("step", case, "agree_plan"), {**sent, **changed, "version": version})
