"""Who is waited for, and from which day: each rule of ``waits.py`` where it turns, asked by itself."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Programme
from knutpunkten.routine.step import Actor
from knutpunkten.routine.waits import to_answer_offer, to_confirm, to_hold, to_start

NOW, TODAY = timezone.now(), timezone.localdate()


def waited_for(rule: Any, **fields: Any) -> list[Actor]:
    case = Case(programme=Programme(team_id=uuid4()), referring_unit_id=uuid4(), caseworker_id=uuid4(), **fields)
    return [wait.actor for wait in rule(SimpleNamespace(case=case, today=TODAY))]


@pytest.mark.parametrize(("days", "who"), [(1, [Actor.CW]), (0, [Actor.CW]), (-1, [Actor.CW, Actor.CO])])
def test_an_offer_is_the_coordinators_too_the_day_after_its_last(days: int, who: list[Actor]) -> None:
    assert waited_for(to_answer_offer, offered_at=NOW, answer_by=TODAY + timedelta(days=days)) == who
    assert waited_for(to_answer_offer) == []


def test_a_besked_is_confirmed_when_it_has_been_given_and_once() -> None:
    assert waited_for(to_confirm) == []
    assert waited_for(to_confirm, notice_given_at=NOW) == [Actor.CW]
    assert waited_for(to_confirm, notice_given_at=NOW, notice_confirmed_at=NOW) == []


def test_a_first_meeting_is_held_when_it_has_been_booked_and_once() -> None:
    assert waited_for(to_hold) == []
    assert waited_for(to_hold, first_meeting_at=NOW) == [Actor.SUP]
    assert waited_for(to_hold, first_meeting_at=NOW, first_meeting_held_on=TODAY) == []


def test_the_start_waits_for_the_supervisor_when_the_meeting_is_held_and_the_service_decided() -> None:
    assert waited_for(to_start, service_decision_on=TODAY) == []
    assert waited_for(to_start, first_meeting_held_on=TODAY) == []
    assert waited_for(to_start, first_meeting_held_on=TODAY, service_decision_on=TODAY) == [Actor.SUP]
