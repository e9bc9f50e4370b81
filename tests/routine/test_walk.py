"""The routine's table does what steps.md says: proven by walking all of it, and by breaking it."""

from dataclasses import replace

import pytest

from knutpunkten.cases.models import CLOSED_STATES, State
from knutpunkten.organisations.models import CaseKind, Role
from knutpunkten.routine import rules
from knutpunkten.routine.facts import Facts, Kind
from knutpunkten.routine.rules import rests_of
from knutpunkten.routine.step import Actor, Need, always, nobody
from knutpunkten.routine.table import TABLE
from knutpunkten.routine.turns import waiting
from tests.routine.spec import SPEC
from tests.routine.walk import BREAKS, NOW, good, problems, with_case


def test_the_table_does_what_the_steps_say() -> None:
    assert list(problems()) == []


def test_every_need_of_the_table_has_its_break() -> None:
    assert {need.id for step in TABLE for need in step.needs} == set(BREAKS)


@pytest.mark.parametrize(
    ("step", "change"),
    [
        ("announce", {"needs": ()}),
        ("admit", {"needs": rules.STEPS["admit"].needs[:-1]}),
        ("start", {"needs": rules.STEPS["start"].needs[1:]}),
        ("close", {"end": State.CANCELLED}),
        ("allocate", {"actors": (Actor.CO, Actor.SUP)}),
        ("reopen", {"start": (State.RETURNED, State.CANCELLED)}),
        ("hand_over", {"where": lambda programme: True}),
        ("present", {"kind": tuple(CaseKind)}),
        ("follow_up", {"offered": lambda facts: False}),
        ("cancel", {"tells": (Actor.REP, Actor.CO)}),
        ("disclose", {"tells": (Actor.REP,)}),
    ],
)
def test_the_walk_fails_when_a_row_is_changed(step: str, change: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.STEPS, step, replace(rules.STEPS[step], **change))
    assert any(problem.startswith(step) for problem in problems())


def test_the_walk_fails_when_a_row_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(rules.STEPS, "cancel")
    assert "cancel: stands only in one of the two" in problems()


@pytest.mark.parametrize("kind", list(CaseKind))
@pytest.mark.parametrize("announces", [True, False])
def test_every_state_is_reached_from_a_draft_and_leads_to_an_end(kind: str, announces: bool) -> None:
    def onward(state: str) -> set[str]:
        facts = good("", kind, state, announces)
        rows = [s for s in TABLE if kind in s.kind and state in s.start and s.where(facts.case.programme)]
        return {str(s.end) for s in rows if s.end}

    reached, edge = {"draft"}, {"draft"}
    while edge:
        edge = {end for state in edge for end in onward(state)} - reached
        reached |= edge
    expected = {str(s) for s in State if s != State.PRESENTED}
    if kind == CaseKind.CONSULTATION:
        expected = {"draft", "handed_over", "announced", "presented", "closed", "cancelled"}
    elif not announces:
        expected -= {"handed_over"}
    assert reached == expected
    assert all(onward(state) for state in reached if state not in CLOSED_STATES)


@pytest.mark.parametrize("state", [s for s in State if s not in CLOSED_STATES])
def test_an_open_case_always_waits_for_somebody(state: str) -> None:
    kind = CaseKind.CONSULTATION if state == State.PRESENTED else CaseKind.COLLABORATION
    facts = good("", kind, state, True)
    facts.case.notice_confirmed_at = facts.case.handed_over_at
    facts.case.mapped_at = None
    if state == State.RETURNED:
        facts.case.notice_confirmed_at = None
    assert waiting(facts), f"nobody is waited for in {state}"


def without_consent(state: str, **milestones: object) -> list[tuple[str, Actor, int | None]]:
    """Who is waited for in *state* when the consent is lost: for what, and within how many days."""
    kind = CaseKind.CONSULTATION if state == State.PRESENTED else CaseKind.COLLABORATION
    facts = good("sign_consent", kind, state, True)
    facts = with_case(facts, consent_lost_at=facts.case.handed_over_at, **milestones)
    return [(step.id, wait.actor, wait.days) for step, wait in waiting(facts)]


@pytest.mark.parametrize("state", [s for s in State if s not in (State.DRAFT, *CLOSED_STATES)])
@pytest.mark.parametrize("notice", ["none", "given"])
def test_without_a_consent_only_the_caseworker_is_waited_for(state: str, notice: str) -> None:
    given_at = None if notice == "none" else NOW
    assert without_consent(state, notice_given_at=given_at, offered_at=None) == [("sign_consent", Actor.CW, 10)]


def test_an_offered_place_is_to_be_answered_without_a_consent_too() -> None:
    waited_for = [(step, actor) for step, actor, _ in without_consent(State.QUEUED)]
    assert waited_for == [("sign_consent", Actor.CW), ("accept", Actor.CW), ("accept", Actor.CO)]


def test_where_the_caseworker_decides_what_comes_next_they_are_waited_for_without_a_consent_too() -> None:
    assert without_consent(State.DRAFT) == [("hand_over", Actor.CW, None)]
    assert without_consent(State.RETURNED, notice_confirmed_at=NOW) == [("reopen", Actor.CW, None)]


def test_every_row_names_its_clauses_and_speaks() -> None:
    for step in TABLE:
        assert all((step.clauses, step.label, step.what)), step.id
        assert step.offered is always or step.offered.__name__ != "<lambda>"
    assert len({step.id for step in TABLE}) == len(TABLE) == len(SPEC)


def test_every_step_that_waits_for_somebody_has_a_verb_for_their_list() -> None:
    assert [step.id for step in TABLE if (step.waits is not nobody) != bool(step.verb)] == []
    assert [step.verb for step in TABLE if len(step.verb) > 12] == []


# What is asked for.

ASKED_FOR = {
    "lacking_parts": Kind.PARTS,
    "free_places": Kind.ROOM,
    "on_agenda": Kind.AGENDA,
    "meeting_begins_on": Kind.AGENDA,
    "caseworker_present": Kind.AGENDA,
    "before_cases": Kind.AGENDA,
    "consultations_left": Kind.AGENDA,
    "lacking_in_mapping": Kind.MAPPING,
    "lacking_in_plan": Kind.PLAN,
    "lacking_in_closing": Kind.CLOSING,
}


class Noting:
    """Facts that note what is read of them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> object:
        self.read.add(name)
        return getattr(self.facts, name)


@pytest.mark.parametrize(
    "need", {need.id: need for step in TABLE for need in step.needs}.values(), ids=lambda need: need.id
)
def test_a_need_rests_on_just_what_it_says(need: Need) -> None:
    """Of what a need does not say that it rests on nothing is asked, and it would seem to hold."""
    noting = Noting(good("admit", CaseKind.COLLABORATION, "announced", True))
    need.missing(noting)  # type: ignore[arg-type]

    assert {ASKED_FOR[name] for name in noting.read if name in ASKED_FOR} == ({need.rests_on} - {None})


def test_a_page_asks_for_what_the_steps_of_its_role_rest_on() -> None:
    assert rests_of(Role.COORDINATOR) == {Kind.ROOM, Kind.AGENDA}
    assert rests_of(Role.SUPERVISOR) == {Kind.MAPPING, Kind.PLAN, Kind.CLOSING}
    assert rests_of(Role.CASEWORKER) == {Kind.PARTS}
    assert rests_of(Role.ASSOCIATION) == frozenset()
