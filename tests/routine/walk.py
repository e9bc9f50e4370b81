"""The exhaustive walk: every step × kind × state × part × need, against what steps.md says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from knutpunkten.cases.models import Basis, Case, Party, State
from knutpunkten.organisations.models import Agency, CaseKind, Programme, Unit
from knutpunkten.routine import rules
from knutpunkten.routine.facts import Facts
from knutpunkten.routine.step import Actor
from tests.routine.spec import ANNOUNCES, BOTH, CONSULTATION_ONLY, OPEN, SPEC, TELLS

TODAY = date(2026, 11, 17)
NOW = datetime(2026, 11, 17, 9, tzinfo=ZoneInfo("Europe/Stockholm"))
AGENCY = Agency(name="Västerviks kommun", kind="kommun", mark="VK")
REFERRING, TEAM, OTHER = (Unit(agency=AGENCY, name=name) for name in ("Försörjningsstöd", "Teamet", "Vuxenenheten"))

# How each need is broken, and nothing else.
BREAKS = {
    "parts": lambda f: replace(f, lacking_parts=("Frågeställning",)),
    "living_consent": lambda f: replace(f, parties=()),
    "names_team": lambda f: replace(f, parties=tuple(p for p in f.parties if p.unit_id != TEAM.pk)),
    "everybody_answered": lambda f: replace(f, parties=(*f.parties, party(OTHER, answer=""))),
    "on_agenda": lambda f: replace(f, on_agenda=False),
    "meeting_begun": lambda f: replace(f, meeting_begins_on=f.today + timedelta(days=18)),
    "readable": lambda f: with_case(f, on_agenda_at=None),
    "free_place": lambda f: replace(f, free_places=0),
    "offer": None,  # without an offer the step is not offered at all: see no_offer below
    "offer_overdue": lambda f: with_case(f, answer_by=date(2026, 11, 20)),
    "decision": None,
    "besked_read": lambda f: replace(f, parties=tuple(p for p in f.parties if p.unit_id != REFERRING.pk)),
    "notice_given": None,
    "meeting_booked": lambda f: with_case(f, first_meeting_at=None),
    "meeting_held": lambda f: with_case(f, first_meeting_held_on=None),
    "contract": lambda f: with_case(f, contract_on=None),
    "privacy": lambda f: with_case(f, privacy_on=None),
    "service_decision": lambda f: with_case(f, service_decision_on=None),
    "start_day": lambda f: with_case(f, started_on=TODAY + timedelta(days=1)),
    "mapping": lambda f: replace(f, lacking_in_mapping=("Fyll i det fysiska.",)),
    "mapped": lambda f: with_case(f, mapped_at=None),
    "plan": lambda f: replace(f, lacking_in_plan=("Planen har inget mål.",)),
    "plan_agreed": None,
    "closing": lambda f: replace(f, lacking_in_closing=("Skriv hur det gick.",)),
    "caseworker_present": lambda f: replace(f, caseworker_present=False),
    "before_cases": lambda f: replace(f, before_cases=False),
    "consultations_first": lambda f: replace(f, consultations_left=1),
}

# What must be otherwise than in the usual good case for a step to be offered.
MILESTONES = {
    "give_notice": {"notice_given_at": None},
    "confirm_notice": {"notice_confirmed_at": None},
    "offer": {"offered_at": None, "answer_by": None},
    "service_decision": {"service_decision_on": None},
    "book_first_meeting": {"first_meeting_held_on": None},
    "hold_first_meeting": {"first_meeting_held_on": None},
    "finish_mapping": {"mapped_at": None},
    "agree_plan": {"plan_agreed_at": None},
}


def party(unit: Unit, answer: str = "disclosed") -> Party:
    return Party(
        unit=unit,
        basis=Basis.CONSENT,
        valid_from=date(2026, 10, 1),
        valid_until=date(2027, 9, 30),
        answer=answer,
        categories=["grund"],
    )


def with_case(facts: Facts, **milestones: object) -> Facts:
    case = Case(**{f.attname: getattr(facts.case, f.attname) for f in Case._meta.concrete_fields})
    case.programme = facts.case.programme
    for name, value in milestones.items():
        setattr(case, name, value)
    return replace(facts, case=case)


def good(step: str, kind: str, state: str, announces: bool) -> Facts:
    """A case in *state* where every need of every step holds, and *step* is offered."""
    programme = Programme(team=TEAM, name="Knutpunkten", announces=announces)
    case = Case(
        kind=kind,
        state=state,
        programme=programme,
        referring_unit=REFERRING,
        handed_over_at=NOW,
        on_agenda_at=NOW,
        decision="place",
        notice_given_at=NOW,
        offered_at=NOW,
        answer_by=date(2026, 11, 10),
        first_meeting_at=NOW,
        first_meeting_held_on=TODAY,
        contract_on=TODAY,
        privacy_on=TODAY,
        service_decision_on=TODAY,
        mapped_at=NOW,
        plan_agreed_at=NOW,
        started_on=TODAY,
        consent_until=TODAY,
    )
    for name, value in MILESTONES.get(step, {}).items():
        setattr(case, name, value)
    parties = () if step == "sign_consent" else (party(REFERRING), party(TEAM))
    if step == "note_unanswered":
        parties = (*parties, party(OTHER, answer=""))
    return Facts(
        case=case,
        today=TODAY,
        parties=parties,
        free_places=1,
        on_agenda=True,
        caseworker_present=True,
        before_cases=True,
    )


# The walk changes nothing in its cases, and is walked again for each row that a test changes.
walked = cache(good)


def kinds_of(step: str) -> tuple[str, ...]:
    if step in BOTH:
        return (CaseKind.COLLABORATION, CaseKind.CONSULTATION)
    return (CaseKind.CONSULTATION,) if step in CONSULTATION_ONLY else (CaseKind.COLLABORATION,)


def problems() -> Iterator[str]:
    """Every way in which the table in ``rules.STEPS`` differs from ``SPEC``. Empty: they agree."""
    for step in sorted(set(rules.STEPS) ^ set(SPEC)):
        yield f"{step}: stands only in one of the two"
    for step in SPEC.keys() & rules.STEPS.keys():
        yield from walk_step(step)


def walk_step(step: str) -> Iterator[str]:
    start, end, actors, needs = SPEC[step]
    row = rules.STEPS[step]
    if (row.end or None) != end:
        yield f"{step}: leads to {row.end}, not {end}"
    if {*row.tells} != {*TELLS.get(step, "").split()}:
        yield f"{step}: tells {' '.join(row.tells) or 'nobody'}, not {TELLS.get(step, 'nobody')}"
    for kind in CaseKind:
        for announces in (True, False):
            for state in State:
                expected = (
                    kind in kinds_of(step) and state in start.split() and ANNOUNCES.get(step, announces) == announces
                )
                facts = walked(step, kind, state, announces)
                for actor in Actor:
                    yield from walk_one(step, facts, actor, expected and actor in actors.split(), needs.split())


def walk_one(step: str, facts: Facts, actor: Actor, expected: bool, needs: list[str]) -> Iterator[str]:
    where = f"{step}, {facts.case.kind} {facts.case.state}, {actor}"
    found = rules.choice(step, facts, frozenset({actor}))
    is_open = found is not None and found.is_open
    if is_open != expected:
        yield f"{where}: {'open' if is_open else 'closed'} though all needs hold"
        return
    if not expected:
        return
    for need in needs:
        if need == "offer_overdue" and actor != Actor.CO:
            continue
        if need == "readable" and not facts.case.programme.announces:  # there the parties read at once (L10)
            continue
        breaks = BREAKS[need]
        broken = (
            breaks(facts)
            if breaks
            else with_case(facts, decision="", notice_given_at=None, offered_at=None, plan_agreed_at=None)
        )
        found = rules.choice(step, broken, frozenset({actor}))
        if found is not None and found.is_open:
            yield f"{where}: open though {need} is broken"


def open_states() -> list[str]:
    return OPEN.split()
