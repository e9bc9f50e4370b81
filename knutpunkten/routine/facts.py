"""What the routine needs to know of a case to say which steps are open. Loaded in bulk, then pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from knutpunkten.cases.models import Basis, Case, Party, State
from knutpunkten.closing.rules import lacking_in_closing
from knutpunkten.meetings.rules import agenda_facts
from knutpunkten.plans.rules import lacking_in_mapping, lacking_in_plan
from knutpunkten.queue.rules import free_places, is_first_in_queue, waiting_tickets
from knutpunkten.referrals.rules import lacking_parts


@dataclass(frozen=True)
class Facts:
    """One case as the routine sees it on *today*. The lists of what is lacking hold sentences."""

    case: Case
    today: date
    parties: tuple[Party, ...] = ()
    lacking_parts: tuple[str, ...] = ()
    free_places: int = 0
    waiting_before: int = 0
    is_first: bool = False
    on_agenda: bool = False
    caseworker_present: bool = False
    before_cases: bool = True
    lacking_in_mapping: tuple[str, ...] = ()
    lacking_in_plan: tuple[str, ...] = ()
    lacking_in_closing: tuple[str, ...] = ()
    living: tuple[Party, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "living", tuple(p for p in self.parties if is_living(p, self.today)))

    @property
    def unanswered(self) -> tuple[Party, ...]:
        """The other parties' grounds that have not answered yet: not the referring unit, not the team."""
        own = (self.case.referring_unit_id, self.case.programme.team_id)
        return tuple(p for p in self.living if p.unit_id not in own and not p.answer)

    @property
    def names_team(self) -> bool:
        return any(p.unit_id == self.case.programme.team_id for p in self.living)

    @property
    def consent_until(self) -> date | None:
        return max((p.valid_until for p in self.living if p.valid_until), default=None)


def is_living(party: Party, today: date) -> bool:
    """Whether a consent's ground holds on *today*, whatever it opens yet."""
    return (
        party.basis == Basis.CONSENT
        and party.withdrawn_at is None
        and party.valid_from <= today
        and (party.valid_until is None or party.valid_until >= today)
    )


def facts_for(cases: Iterable[Case], today: date) -> dict[UUID, Facts]:
    """The facts of several cases: one statement per kind of fact that their states call for."""
    cases = list(cases)
    ids = [case.pk for case in cases]
    parties: dict[UUID, list[Party]] = defaultdict(list)
    for party in Party.objects.filter(case__in=ids, basis=Basis.CONSENT).select_related("unit__agency"):
        parties[party.case_id].append(party)
    by_state = {state: [c for c in cases if c.state == state] for state in {c.state for c in cases}}
    drafts = lacking_parts(by_state.get(State.DRAFT, []), today)
    deciding = by_state.get(State.ANNOUNCED, [])
    queued = by_state.get(State.QUEUED, [])
    free = free_places({c.programme_id for c in deciding + queued})
    before = waiting_tickets({c.programme_id for c in deciding})
    first = is_first_in_queue(queued)
    agenda = agenda_facts(deciding)
    active = by_state.get(State.ACTIVE, [])
    mapping = lacking_in_mapping([c for c in active if c.mapped_at is None])
    plan = lacking_in_plan([c for c in active if c.plan_agreed_at is None])
    closing = lacking_in_closing(active)
    return {
        c.pk: Facts(
            case=c,
            today=today,
            parties=tuple(parties[c.pk]),
            lacking_parts=tuple(drafts.get(c.pk, ())),
            free_places=free.get(c.programme_id, 0),
            waiting_before=before.get(c.programme_id, 0),
            is_first=c.pk in first,
            on_agenda=c.pk in agenda,
            caseworker_present=c.pk in agenda and agenda[c.pk].caseworker_present,
            before_cases=c.pk not in agenda or agenda[c.pk].before_cases,
            lacking_in_mapping=tuple(mapping.get(c.pk, ())),
            lacking_in_plan=tuple(plan.get(c.pk, ())),
            lacking_in_closing=tuple(closing.get(c.pk, ())),
        )
        for c in cases
    }


def turn_facts(case: Case, today: date, parties: Iterable[Party]) -> Facts:
    """The few facts that whose-turn-it-is rests on: milestones and grounds, no stage's rows."""
    return Facts(case=case, today=today, parties=tuple(parties))
