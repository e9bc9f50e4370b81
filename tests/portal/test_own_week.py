"""Min vecka: the person's own sessions, as part of their plan."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knutpunkten.activities.models import Enrolment, Placement, Session
from knutpunkten.ui import dates
from tests.activities.test_week import text_of
from tests.conftest import behind_the_wall
from tests.portal.test_on_the_phone import PHONE, shown
from tests.portal.test_own_page import amira, open_page, said
from tests.ui.conftest import site

pytestmark = pytest.mark.django_db
__all__ = ["amira", "site"]


@pytest.fixture
def case(make_case, amira):
    return make_case("active", person=amira, started_on=timezone.localdate() - timedelta(days=60))


@pytest.fixture
def plan(cast, case):
    """``plan(day, theme="7TJUGO", ...)``: a session that the person is planned for."""

    def planned(day, theme="7TJUGO", part="early", removed_at=None, cancelled_at=None):
        with behind_the_wall():
            session = Session.objects.create(
                programme=cast.knutpunkten,
                on_date=day,
                part=part,
                theme=theme,
                leader=cast.elin,
                room="Björkö",
                cancelled_at=cancelled_at,
            )
            unit = cast.knutpunkten.team
            Enrolment.objects.create(session=session, case=case, author_unit=unit, removed_at=removed_at)

    return planned


def own_week(person):
    """The section's words, without the rest of the page."""
    return text_of(open_page(person)).partition("Min vecka ")[2].partition("Så här långt")[0]


@pytest.mark.clause("S14", "L4", "L5")
def test_the_person_reads_day_time_theme_and_room_of_this_week_and_the_next(cast, amira, plan):
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=1)
    with behind_the_wall():
        cast.knutpunkten.first_starts = time(8, 30)
        cast.knutpunkten.save()
    plan(today)
    plan(monday, "Yoga", "late")
    plan(monday + timedelta(weeks=1), "Längre fram")
    week = own_week(amira)
    this, _, coming = week.partition("Nästa vecka")
    assert f"Den här veckan {dates.week(today)} Idag, {said(today)} 08:30–09:50 7TJUGO , Björkö" in this
    assert f"{dates.week(monday)} {said(monday)} 10:10–12:00 Yoga , Björkö" in coming
    assert "Längre fram" not in week


def test_the_day_of_the_follow_up_stands_among_the_others(cast, amira, make_case, plan, case):
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=1)
    plan(monday + timedelta(days=2))
    with behind_the_wall():
        type(case).objects.filter(pk=case.pk).update(follow_up_on=monday + timedelta(days=1))
    day = f"{said(monday + timedelta(days=1))} Uppföljning av din plan , {cast.knutpunkten.address}"
    assert f"{dates.week(monday)} {day} {said(monday + timedelta(days=2))}" in own_week(amira)


def test_what_comes_next_in_any_of_ones_cases_stands_on_the_first_page_and_says_where(
    cast, amira, make_case, plan, case
):
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=1)
    plan(monday)
    lis = make_case(
        "active", person=amira, programme=cast.lis, at=timezone.now(), follow_up_on=monday + timedelta(days=3)
    )
    with behind_the_wall():
        type(case).objects.filter(pk=case.pk).update(follow_up_on=monday + timedelta(days=1))
    home = text_of(open_page(amira))
    assert f"Den här sidan handlar om {cast.lis.name}, ärende {lis.number}." in home
    assert "Ditt nästa möte, din vecka och vem som har sett och ändrat gäller alla dina ärenden." in home
    assert f"Ditt nästa möte, Knutpunkten, ärende {case.number} {dates.long_date(monday + timedelta(days=1))}" in home
    week = own_week(amira)
    assert "7TJUGO , Björkö, Knutpunkten" in week
    assert week.count("Uppföljning av din plan") == 2
    assert f"Kan du inte komma till {cast.lis.name}? Ring" in week
    client = Client()
    client.force_login(amira.account)
    alone = text_of(client.get(reverse("own_case", args=[lis.pk])))
    assert f"Ditt nästa möte {dates.long_date(monday + timedelta(days=3))}" in alone
    assert "7TJUGO" not in alone
    assert alone.count("Uppföljning av din plan") == 1


def test_a_cancelled_session_is_said_to_be_and_one_taken_away_is_gone(amira, plan):
    today = timezone.localdate()
    plan(today, "Friskvård", cancelled_at=timezone.now())
    plan(today, "Nätverk", "late", removed_at=timezone.now())
    week = own_week(amira)
    assert "Inställt 08:00–09:50 Friskvård" in week
    assert "Nätverk" not in week


def test_a_week_without_sessions_says_so_and_what_it_means(cast, amira, case):
    week = own_week(amira)
    assert "Inga fler arbetspass är planerade för dig den här veckan." in week
    assert "Inga arbetspass är planerade för dig än." in week
    assert f"Kan du inte komma? Ring {cast.elin.name}: {cast.elin.phone}" in week


@pytest.fixture
def internship(cast, case):
    """``internship(from_on)``: one of every working day, from that day."""

    def planned(from_on):
        with behind_the_wall():
            return Placement.objects.create(
                case=case,
                author_unit=cast.knutpunkten.team,
                kind="internship",
                setting="external",
                place="Skolköket",
                contact="Lena Frid",
                contact_phone="070-174 06 93",
                from_on=from_on,
                until_on=timezone.localdate() + timedelta(days=30),
                weekly_hours=4,
                weekdays=[0, 1, 2, 3, 4],
                recorded_at=timezone.now(),
                recorded_by=cast.elin,
            )

    return planned


@pytest.mark.clause("L6")
def test_an_internship_of_both_weeks_stands_once_with_a_number_to_press(amira, internship):
    today = timezone.localdate()
    internship(today - timedelta(days=7))
    week = own_week(amira)
    assert week.count("Praktik Skolköket , måndag") == 1
    assert f"4 timmar i veckan, till {said(today + timedelta(days=30))}" in week
    assert '<a class="nowrap phone" href="tel:0701740693">070-174 06 93</a>' in open_page(amira).text


@pytest.mark.parametrize("weeks", [1, 3])
def test_an_internship_that_is_yet_to_begin_says_when(amira, internship, weeks):
    today = timezone.localdate()
    begins = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks, days=1)
    internship(begins)
    assert f"i veckan, från {said(begins)} till" in own_week(amira)


@pytest.mark.parametrize("state", ["draft", "announced", "queued", "placed", "closed", "cancelled"])
def test_who_does_not_take_part_has_no_week(make_case, amira, state):
    make_case(state, person=amira)
    assert "Min vecka" not in text_of(open_page(amira))


def test_before_the_start_it_says_what_will_stand_there(make_case, amira):
    make_case("allocated", person=amira)
    assert "Här står dina dagar och tider när du har börjat." in own_week(amira)


def test_it_fits_a_phone_and_what_is_pressed_is_large(amira, plan, site):
    plan(timezone.localdate(), "Studiebesök ute: " + "Västerviks kommuns arbetsmarknadsenhet"[:60])
    page = shown(site, amira, "own_page")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    call = page.locator("section[aria-labelledby=min-vecka] a")
    assert call.count() == 1, "nothing else to press: it is read only"
