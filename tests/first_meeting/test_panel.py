"""The start's part of the case page: as far as the reader's ground goes, in at most two statements."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.access.roles import Permission
from knutpunkten.access.who import acting_as
from knutpunkten.cases.access import open_case
from knutpunkten.cases.models import Case
from knutpunkten.desk.road import road
from knutpunkten.first_meeting.panels import panel
from knutpunkten.first_meeting.rules import a_year_after, days_in_words
from knutpunkten.organisations.calendar import add_working_days
from tests.builders import ALL
from tests.conftest import behind_the_wall

TODAY = timezone.localdate()
BOOKING = {
    "day": add_working_days(TODAY, 1).isoformat(),
    "starts": "09:00",
    "ends": "10:00",
    "place": "Hamngatan 3, rum Björkö",
    "others": "Berit Sand, god man",
}


HELD = {
    "held_on": TODAY.isoformat(),
    "starts_on": TODAY.isoformat(),
    "weekly_hours": "12",
    "weekdays": ["0", "1", "2", "3", "4"],
    "content": "Snickeri i liten skala",
    "contract_on": TODAY.isoformat(),
    "contract_witness": "Elin Strand",
    "privacy_given": "informed",
    "privacy_on": TODAY.isoformat(),
    "privacy_witness": "Elin Strand",
}


def shown_to(user, case: Case) -> str:
    with acting_as(user) as who:
        opened = open_case(who, case.pk, Permission.SEE_CASES, timezone.now())
        made = panel(opened, TODAY)
        return render_to_string(made.template, {**made.context, "opened": opened, "today": TODAY}) if made else ""


@pytest.fixture
def booked(make_case, take, cast):
    parties = {"Försörjningsstöd": ALL, "Knutpunktsteamet": ALL, "Arbetsförmedlingen": ["grund", "arbetsmarknad"]}
    case = make_case("allocated", parties=parties, placed_at=timezone.now())
    take(case, "book_first_meeting", cast.elin, **BOOKING, known=[str(cast.johan.pk)])
    take(
        case,
        "service_decision",
        cast.johan,
        decided_on=TODAY.isoformat(),
        by_whom="Johan Wik",
        own_reference="IFO 2026:118",
        until="",
    )
    return case


def test_the_supervisor_sees_meeting_decision_and_papers(cast, booked):
    shown = shown_to(cast.elin, booked)
    for words in ("rum Björkö", "Berit Sand (god man)", "IFO 2026:118", "Skriv ut kontrakt", "Inte påskrivet än"):
        assert words in shown


def test_of_a_meeting_that_was_held_its_day_is_said_and_no_more_when_it_was_booked_to(cast, booked, take):
    take(booked, "hold_first_meeting", cast.elin, **HELD)
    with behind_the_wall():
        Case.objects.filter(pk=booked.pk).update(first_meeting_held_on=TODAY - timedelta(days=2))
    shown = strip_tags(shown_to(cast.elin, booked))
    assert f"Hållet {TODAY - timedelta(days=2)}" in shown
    assert "kl. 09:00" not in shown
    with acting_as(cast.elin) as who:
        way = {one["label"]: one["note"] for one in road(Case.objects.get(pk=booked.pk), [], who)}
    assert way["Första möte"] == str(TODAY - timedelta(days=2))


def test_a_party_without_planning_sees_that_it_is_not_shared(cast, booked):
    shown = shown_to(cast.mats, booked)
    assert "rum Björkö" not in shown
    assert "Berit Sand" not in shown
    assert "Planering" in shown
    assert "Delas inte" in shown
    assert "IFO 2026:118" in shown  # grund


def test_nothing_is_shown_before_there_is_a_place(cast, make_case):
    assert shown_to(cast.karin, make_case("queued")) == ""


def test_it_costs_at_most_two_statements(cast, booked, django_assert_max_num_queries):
    with acting_as(cast.elin) as who:
        opened = open_case(who, booked.pk, Permission.SEE_CASES, timezone.now())
        with django_assert_max_num_queries(2):
            made = panel(opened, TODAY)
            render_to_string(made.template, {**made.context, "opened": opened, "today": TODAY})


@pytest.mark.parametrize("user", ["elin", "mats"])
def test_it_costs_no_more_when_the_papers_are_signed(user, cast, booked, take, django_assert_max_num_queries):
    take(booked, "hold_first_meeting", cast.elin, **HELD)
    with acting_as(getattr(cast, user)) as who:
        opened = open_case(who, booked.pk, Permission.SEE_CASES, timezone.now())
        with django_assert_max_num_queries(2):
            made = panel(opened, TODAY)
            shown = render_to_string(made.template, {**made.context, "opened": opened, "today": TODAY})
    assert "ville inte skriva under" in shown


def test_days_are_said_in_words():
    assert days_in_words([]) == ""
    assert days_in_words([4]) == "Fredag"
    assert days_in_words([3, 0, 1]) == "Måndag, tisdag och torsdag"


def test_a_year_after_a_leap_day_is_a_day_that_exists():
    leap_day = TODAY.replace(year=2028, month=2, day=29)
    assert a_year_after(leap_day) == leap_day + timedelta(days=365)
