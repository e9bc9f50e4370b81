"""Times are laid out by the programme's rule: Tuesdays of odd ISO weeks, nothing moved silently (S2, L8)."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.organisations.calendar import STOCKHOLM
from knutpunkten.visits.actions import VisitRefused, cancel_slot, confirm_slot, move_slot, plan_slots
from knutpunkten.visits.models import Slot


def days_of(programme) -> list[date]:
    return [timezone.localdate(s.starts_at) for s in Slot.objects.filter(programme=programme)]


def test_times_fall_on_tuesdays_of_odd_iso_weeks_also_over_new_year(cast, moment):
    plan_slots(cast.knutpunkten, date(2027, 1, 31), moment)
    assert days_of(cast.knutpunkten) == [
        date(2026, 11, 17),
        date(2026, 12, 1),
        date(2026, 12, 15),
        date(2026, 12, 29),  # week 53, and a week later week 1: both odd
        date(2027, 1, 5),
        date(2027, 1, 19),
    ]
    first = Slot.objects.first()
    assert timezone.localtime(first.starts_at).strftime("%H:%M") == "13:00"
    assert timezone.localtime(first.ends_at).strftime("%H:%M") == "14:00"
    assert first.seats == 6


def test_an_eve_waits_for_the_coordinator(cast, moment):
    plan_slots(cast.knutpunkten, date(2027, 1, 31), moment)
    asked = Slot.objects.filter(state="to_confirm")
    assert [(timezone.localdate(s.starts_at), s.reason) for s in asked] == [(date(2027, 1, 5), "Trettondagsafton")]


def test_planning_again_makes_nothing_new_whatever_was_moved_or_cancelled(cast, moment):
    until = date(2027, 1, 31)
    assert plan_slots(cast.knutpunkten, until, moment) == 6
    with acting_as(cast.karin, at=moment) as karin:
        eve = Slot.objects.get(state="to_confirm")
        move_slot(slot_id=eve.pk, starts_at=datetime(2027, 1, 7, 13, 0, tzinfo=STOCKHOLM), by=karin, at=moment)
        cancel_slot(slot_id=Slot.objects.first().pk, by=karin, at=moment)
    assert plan_slots(cast.knutpunkten, until, moment) == 0


def test_another_rule_gives_other_times(cast, moment):
    cast.lis.visit_weeks, cast.lis.visit_weekday = "even", 0
    plan_slots(cast.lis, date(2026, 12, 10), moment)
    assert days_of(cast.lis) == [date(2026, 11, 23), date(2026, 12, 7)]


def test_the_worker_may_lay_out_times(cast, moment):
    from tests.queue.conftest import worker_role

    with worker_role():
        assert plan_slots(cast.knutpunkten, date(2026, 12, 20), moment) == 3


def test_a_time_of_another_programme_is_not_hers_to_change(cast, slot):
    theirs = slot(programme=cast.lis)
    with acting_as(cast.karin) as karin, pytest.raises(VisitRefused, match="annan insats"):
        confirm_slot(slot_id=theirs.pk, by=karin, at=timezone.now())
