"""What a row of the routine's table is made of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from knutpunkten.access.who import Who
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.forms import StepForm
from knutpunkten.cases.models import Case, Category, State
from knutpunkten.cases.move import Move
from knutpunkten.cases.panel import Panel
from knutpunkten.organisations.models import CaseKind, Programme, Role
from knutpunkten.routine.facts import Facts, Kind


class Actor(StrEnum):
    """The parts people play in a case (steps.md, column "who")."""

    CW = "caseworker"
    REP = "representative"  # of the referring unit
    PR = "party"  # the representative of each other party
    CO = "coordinator"
    STAND_IN = "stand_in"  # the coordinator, for a referring unit whose representative has no account
    SUP = "supervisor"
    SYSTEM = "system"


# On screen: who can mend what is missing.
ACTOR_WORDS = {
    Actor.CW: "handläggaren",
    Actor.REP: "representanten",
    Actor.PR: "de andra parternas representanter",
    Actor.CO: "samordnaren",
    Actor.STAND_IN: "samordnaren",
    Actor.SUP: "handledaren",
    Actor.SYSTEM: "Knutpunkten",
}

ROLE_OF = {
    Actor.CW: Role.CASEWORKER,
    Actor.REP: Role.REPRESENTATIVE,
    Actor.PR: Role.REPRESENTATIVE,
    Actor.CO: Role.COORDINATOR,
    Actor.STAND_IN: Role.COORDINATOR,
    Actor.SUP: Role.SUPERVISOR,
}


def plays(who: Who, case: Case, facts: Facts) -> frozenset[Actor]:
    """The parts *who* plays in *case* under the hat they wear. The system is whoever has no account."""
    if who.user_id is None and who.hat is None:
        return frozenset({Actor.SYSTEM})
    parts = set()
    if who.unit_id == case.referring_unit_id:
        if who.role == Role.CASEWORKER:
            parts.add(Actor.CW)
        if who.role == Role.REPRESENTATIVE:
            parts.add(Actor.REP)
    elif answers_for_unit(who, case) and any(p.unit_id == who.unit_id for p in facts.living):
        parts.add(Actor.PR)
    if who.programme_id == case.programme_id:
        if who.role == Role.COORDINATOR:
            parts.add(Actor.CO)
            if facts.lacks_representative:
                parts.add(Actor.STAND_IN)
        if who.role == Role.SUPERVISOR and case.supervisor_id == who.user_id:
            parts.add(Actor.SUP)
    return frozenset(parts)


def answers_for_unit(who: Who, case: Case) -> bool:
    """A party answers by its representative; of a protected person, by whoever it has named to read the case (W5)."""
    return who.role == Role.REPRESENTATIVE or (case.is_protected and who.role == Role.CASEWORKER)


@dataclass(frozen=True)
class Need:
    """Something that must hold before a step: *missing* says what lacks, empty when it holds.

    *mended_at* is the name of the address (with ``case_id``) where *mended_by* mends it. *rests_on*: what must be asked
    for to know; None where the case itself, its grounds and accounts tell.
    """

    id: str
    missing: Callable[[Facts], str]
    mended_by: Actor
    mended_at: str = ""
    holds_text: str = ""  # on screen when it holds: "Handledare är utsedd"
    is_news: bool = True  # whether it is shown when it holds: not what held when the case came where it is
    only_for: Actor | None = None  # a need of one of the step's actors only
    rests_on: Kind | None = None
    when: str = ""  # at what occasion, where no page of its own mends it: "på första mötet"
    afterwards: str = ""  # the step that mends it once the first meeting is held
    paper: str = ""  # the name of the address of what one prints to mend it


@dataclass(frozen=True)
class Waiting:
    """Somebody is waited for: by a day, or so many working days after the turn came.

    *since*: when what they do began to be owed, where the case tells; it counts when the turn comes back from who left.
    """

    actor: Actor
    unit_id: UUID
    user_id: UUID | None = None
    days: int | None = None
    on: date | None = None
    since: datetime | None = None


def always(facts: Facts) -> bool:
    return True


def nobody(facts: Facts) -> Iterable[Waiting]:
    return ()


def every_programme(programme: Programme) -> bool:
    return True


def never_before(case: Case) -> bool:
    return False


@dataclass(frozen=True)
class Step:
    """One row of the table. Read it aloud: from *start* to *end*, *actors* take *label*, when *needs* hold."""

    id: str
    label: str  # on the button, a verb
    what: str  # in the person bar: the next step
    clauses: tuple[str, ...]
    kind: tuple[CaseKind, ...]
    start: tuple[State, ...]
    end: State | None  # None: the state stays
    actors: tuple[Actor, ...]
    needs: tuple[Need, ...] = ()
    form: type[StepForm] | None = None
    effects: tuple[Callable[[Move], None], ...] = ()
    at_last: tuple[Callable[[Move], None], ...] = ()  # what may take away the actor's own sight: when all is written
    offered: Callable[[Facts], bool] = always  # whether there is anything to take
    waits: Callable[[Facts], Iterable[Waiting]] = nobody
    tells: tuple[Actor, ...] = ()
    about: Category | None = None  # of the other parties, those alone are told whose part names it
    shows: Callable[[OpenCase, date], Panel | None] | None = None  # what one reads on the generic page before taking it
    instead: tuple[str, ...] = ()  # the steps one may choose instead, a link away on the generic page
    # The label in a word or two, on the rows of "Väntar på dig"; every step that waits for somebody has one.
    verb: str = ""
    way_in: str = ""  # on the link to its page, where the label would read as if one pressed it to be done
    anew: str = ""  # the label where it is *taken_before*: then it means another thing
    what_anew: str = ""  # the next step there
    taken_before: Callable[[Case], bool] = never_before
    page: str = ""  # the name of its own page's address; otherwise the generic one
    receipt: str = ""  # what happens now, after it was taken
    where: Callable[[Programme], bool] = every_programme
    minds_version: bool = True  # False: several may take it at the same time
    is_elsewhere: bool = False  # taken on its own page alone, together with what belongs to it
    is_quiet: bool = False  # not offered as a button on the case page
    reaches_person: bool = False  # what it does may reach the person's other cases

    def label_in(self, case: Case) -> str:
        """The label on its button in *case*."""
        return self.anew if self.taken_before(case) else self.label

    def what_in(self, case: Case) -> str:
        """The next step in *case*."""
        return self.what_anew if self.what_anew and self.taken_before(case) else self.what

    @property
    def rests_on(self) -> frozenset[Kind]:
        """What must be asked for to know whether its needs hold."""
        return frozenset(need.rests_on for need in self.needs if need.rests_on is not None)
