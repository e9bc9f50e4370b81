"""What the routine needs to know of a case to say which steps are open. Loaded in bulk, then pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from uuid import UUID

from knutpunkten.cases.models import Basis, Case, Party, State
from knutpunkten.cases.rules import consented, covered_until, holds
from knutpunkten.closing.rules import lacking_in_closing
from knutpunkten.meetings.rules import agenda_facts
from knutpunkten.organisations.models import Role
from knutpunkten.organisations.rules import without_representative
from knutpunkten.plans.rules import lacking_in_mapping, lacking_in_plan
from knutpunkten.queue.rules import is_first_in_queue, places_and_queue
from knutpunkten.referrals.rules import lacking_parts
from knutpunkten.routine.leaving import HANDING_ON, NOBODY, Left, who_left


@dataclass(frozen=True)
class Facts:
    """One case as the routine sees it on *today*. The lists of what is lacking hold sentences."""

    case: Case
    today: date
    parties: tuple[Party, ...] = ()
    unrepresented: frozenset[UUID] = frozenset()  # units waited for, where no representative has an account
    left: Left = NOBODY  # who of those responsible has left; asked for only where somebody may have
    lacking_parts: tuple[str, ...] = ()
    free_places: int = 0
    waiting_before: int = 0
    is_first: bool = False
    on_agenda: bool = False
    caseworker_present: bool = False
    before_cases: bool = True
    consultations_left: int = 0  # at the meeting where it is decided
    meeting_begins_on: date | None = None  # while the day of the meeting where it is decided lies ahead
    lacking_in_mapping: tuple[str, ...] = ()
    lacking_in_plan: tuple[str, ...] = ()
    lacking_in_closing: tuple[str, ...] = ()
    living: tuple[Party, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "living", tuple(p for p in self.parties if is_living(p, self.today)))

    @property
    def unanswered(self) -> tuple[Party, ...]:
        """The other parties that have not answered yet: not the referring unit, not the team. One ground a unit,
        also when an old and a new consent stand side by side: nobody is asked twice at once."""
        own = (self.case.referring_unit_id, self.case.programme.team_id)
        return tuple({p.unit_id: p for p in self.living if p.unit_id not in own and not p.answer}.values())

    @property
    def lacks_representative(self) -> bool:
        """Whether nobody can act here for the referring unit: the coordinator does, on its representative's word."""
        return self.case.referring_unit_id in self.unrepresented

    @property
    def names_referring(self) -> bool:
        """Whether the referring unit sees what others write: the besked too (W1)."""
        return any(p.unit_id == self.case.referring_unit_id for p in self.living)

    @property
    def names_team(self) -> bool:
        return any(p.unit_id == self.case.programme.team_id for p in self.living)

    @property
    def is_besked_read(self) -> bool:
        """Whether whoever gives the besked reads it: the representative, or the coordinator who stands in for one (W1)."""
        return self.names_team if self.lacks_representative else self.names_referring

    @property
    def consent_until(self) -> date | None:
        return covered_until(self.parties, self.today)


def is_living(party: Party, today: date) -> bool:
    """Whether a consent's ground holds on *today*, whatever it opens yet."""
    return party.basis == Basis.CONSENT and holds(party, today)


class Kind(Enum):
    """What is asked for in a statement of its own, if a need rests on it; beside the case, its grounds and accounts."""

    PARTS = auto()
    ROOM = auto()
    FIRST = auto()  # no step rests on it; the queue page shows it
    AGENDA = auto()
    MAPPING = auto()
    PLAN = auto()
    CLOSING = auto()


def facts_for(
    cases: Iterable[Case],
    today: date,
    *,
    role: str | None = None,
    kinds: Iterable[Kind] | None = None,
    loaded: Iterable[Party] | None = None,
) -> dict[UUID, Facts]:
    """The facts of several cases: one statement per kind of fact that their states call for.

    *role*: who asks, None for everybody. *kinds*: what is asked for, None for all. *loaded*: the cases' parties, if a
    page has them.
    """
    cases = list(cases)
    parties = parties_of(cases, loaded)
    asked_for = frozenset(Kind if kinds is None else kinds)

    def calling_for(kind: Kind, *states: State) -> list[Case]:
        return [c for c in cases if c.state in states] if kind in asked_for else []

    drafts = lacking_parts(calling_for(Kind.PARTS, State.DRAFT), today)
    room = places_and_queue({c.programme_id for c in calling_for(Kind.ROOM, State.ANNOUNCED, State.QUEUED)})
    first = is_first_in_queue(calling_for(Kind.FIRST, State.QUEUED), today)
    agenda = agenda_facts(calling_for(Kind.AGENDA, State.ANNOUNCED), today)
    standing_in = [c for c in cases if role is None or (role == Role.COORDINATOR and may_stand_in(c))]
    unrepresented = unrepresented_in(standing_in, parties, today)
    mapping = lacking_in_mapping([c for c in calling_for(Kind.MAPPING, State.ACTIVE) if c.mapped_at is None])
    planning = [c for c in calling_for(Kind.PLAN, State.ACTIVE) if c.mapped_at and c.plan_agreed_at is None]
    plan = lacking_in_plan(planning)
    closing = lacking_in_closing(calling_for(Kind.CLOSING, State.ACTIVE))
    return {
        c.pk: Facts(
            case=c,
            today=today,
            parties=tuple(parties[c.pk]),
            unrepresented=unrepresented,
            lacking_parts=tuple(drafts.get(c.pk, ())),
            free_places=room[c.programme_id].free if c.programme_id in room else 0,
            waiting_before=room[c.programme_id].waiting if c.programme_id in room else 0,
            is_first=c.pk in first,
            on_agenda=c.pk in agenda,
            caseworker_present=c.pk in agenda and agenda[c.pk].caseworker_present,
            before_cases=c.pk not in agenda or agenda[c.pk].before_cases,
            consultations_left=agenda[c.pk].consultations_left if c.pk in agenda else 0,
            meeting_begins_on=agenda[c.pk].begins_on if c.pk in agenda else None,
            lacking_in_mapping=tuple(mapping.get(c.pk, ())),
            lacking_in_plan=tuple(plan.get(c.pk, ())),
            lacking_in_closing=tuple(closing.get(c.pk, ())),
        )
        for c in cases
    }


def parties_of(cases: list[Case], loaded: Iterable[Party] | None) -> dict[UUID, list[Party]]:
    """The consents' grounds, case by case; no statement if they are *loaded*."""
    if loaded is None:
        loaded = consented([case.pk for case in cases])
    found: dict[UUID, list[Party]] = defaultdict(list)
    for party in loaded:
        if party.basis == Basis.CONSENT:
            found[party.case_id].append(party)
    return found


def turn_facts(case: Case, today: date, parties: Iterable[Party], *, ask_who_left: bool = False) -> Facts:
    """The few facts that whose-turn-it-is rests on: milestones, grounds and accounts, no stage's rows.

    Whether somebody has left is asked for each night and when a membership changes, and again while it waits.
    """
    left = who_left(case, today) if ask_who_left or case.next_step in HANDING_ON else NOBODY
    parties = tuple(parties)
    unrepresented = unrepresented_in([case], {case.pk: list(parties)}, today)
    return Facts(case=case, today=today, parties=parties, unrepresented=unrepresented, left=left)


def may_stand_in(case: Case) -> bool:
    """Whether the coordinator could act for the referring unit: not while its representative is the one waited for.

    Read off the case, so that the usual page asks nothing; the turn follows the accounts each night.
    """
    waits_for_unit = case.turn_role == Role.REPRESENTATIVE and case.turn_unit_id == case.referring_unit_id
    return not waits_for_unit and (case.state != State.ANNOUNCED or not case.programme.announces)


def unrepresented_in(cases: Iterable[Case], parties: Mapping[UUID, list[Party]], today: date) -> frozenset[UUID]:
    """The units that *cases* wait for, and that have no representative with an account. At most one statement."""
    units: set[UUID] = set()
    for case in cases:
        if case.state == State.HANDED_OVER or (case.decision and case.notice_given_at is None):
            units.add(case.referring_unit_id)
        elif case.state == State.ANNOUNCED:
            units |= {case.referring_unit_id, *(p.unit_id for p in parties.get(case.pk, ()) if p.unit_id)}
    return without_representative(units, today)
