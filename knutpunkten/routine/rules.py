"""Which steps are open: a pure function of kind, state, parts played and facts."""

from dataclasses import dataclass
from functools import cache

from knutpunkten.cases.models import Case
from knutpunkten.routine.facts import Facts, Kind
from knutpunkten.routine.step import ROLE_OF, Actor, Need, Step
from knutpunkten.routine.table import STEPS, TABLE


@dataclass(frozen=True)
class Lack:
    """A need of a step, and what is missing; an empty sentence means that it holds."""

    need: Need
    sentence: str

    @property
    def holds(self) -> bool:
        return not self.sentence


@dataclass(frozen=True)
class Choice:
    """A step that the one who asks could take here, with what it needs. Open when nothing lacks."""

    step: Step
    actors: frozenset[Actor]  # the parts under which they could take it
    lacks: tuple[Lack, ...]

    @property
    def is_open(self) -> bool:
        return all(lack.holds for lack in self.lacks)

    @property
    def missing(self) -> tuple[Lack, ...]:
        return tuple(lack for lack in self.lacks if not lack.holds)


@cache
def rests_of(role: str) -> frozenset[Kind]:
    """What the steps that *role* may take rest on, by the table: all that a page of theirs needs ask for."""
    steps = [step for step in TABLE if any(ROLE_OF.get(actor) == role for actor in step.actors)]
    return frozenset(kind for step in steps for kind in step.rests_on)


def belongs(step: Step, case: Case) -> bool:
    """Whether the step exists for this kind of case, in this state, in this programme."""
    return case.kind in step.kind and case.state in step.start and step.where(case.programme)


def needs_of(step: Step, actors: frozenset[Actor], facts: Facts) -> tuple[Lack, ...]:
    """The needs that bind somebody who plays *actors*; one of those parts being free of a need is enough."""
    binding = [need for need in step.needs if need.only_for is None or actors == frozenset({need.only_for})]
    lacks = [Lack(need, need.missing(facts)) for need in binding]
    return tuple(lack for lack in lacks if lack.need.is_news or not lack.holds)


def choices(facts: Facts, actors: frozenset[Actor]) -> list[Choice]:
    """Every step that *actors* could take in the case now, open or with what is missing, in the table's order."""
    found = []
    for step in TABLE:
        mine = actors & frozenset(step.actors)
        if mine and belongs(step, facts.case) and step.offered(facts):
            found.append(Choice(step, mine, needs_of(step, mine, facts)))
    return found


def choice(step_id: str, facts: Facts, actors: frozenset[Actor]) -> Choice | None:
    """The one step if *actors* could take it now, open or not."""
    step = STEPS.get(step_id)
    if step is None:
        return None
    mine = actors & frozenset(step.actors)
    if not mine or not belongs(step, facts.case) or not step.offered(facts):
        return None
    return Choice(step, mine, needs_of(step, mine, facts))
