"""A sitting ends after half an hour without a click, and after ten hours whatever one does. The server decides."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knutpunkten.access.sittings import BEGAN, SEEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outside_the_demo(settings):
    """Not here: the limits hold in the demo too."""
    settings.DEMO = True


def aged(client: Client, *, idle: timedelta = timedelta(), old: timedelta = timedelta()) -> Client:
    """The session as it stands after so long without a click, so long after signing in."""
    session = client.session
    session[SEEN] = int((timezone.now() - idle).timestamp())
    session[BEGAN] = int((timezone.now() - max(idle, old)).timestamp())
    session.save()
    return client


def test_it_lasts_just_under_half_an_hour_without_a_click(cast, sign_in):
    assert aged(sign_in(cast.karin), idle=timedelta(minutes=29, seconds=50)).get("/").status_code == 200


def test_after_half_an_hour_it_is_over_and_one_comes_back_to_the_page(cast, sign_in):
    client = aged(sign_in(cast.karin), idle=timedelta(minutes=30))
    key = client.session.session_key
    answer = client.get("/arenden/?lage=alla")
    assert answer.url == "/logga-in/?next=%2Farenden%2F%3Flage%3Dalla&slut=1"
    assert not Session.objects.filter(pk=key).exists(), "the cookie opens nothing any more"
    assert client.get("/").status_code == 302


def test_a_click_makes_it_last_half_an_hour_again(cast, sign_in):
    client = aged(sign_in(cast.karin), idle=timedelta(minutes=25))
    before = client.session[SEEN]
    client.post("/logga-in/stanna/")
    assert client.session[SEEN] - before >= 25 * 60


def test_what_a_page_sends_by_itself_is_no_click_and_is_told_how_long_is_left(cast, sign_in):
    client = aged(sign_in(cast.karin), idle=timedelta(minutes=29))
    alone = client.post("/logga-in/stanna/", headers={"X-Sitting": "by itself"})
    assert 50 <= int(alone["X-Sitting"]) <= 60
    assert 50 <= int(alone.content) <= 60
    clicked = client.post("/logga-in/stanna/", headers={"X-Sitting": "click"})
    assert 1790 <= int(clicked["X-Sitting"]) <= 1800
    assert "X-Sitting" not in client.get("/")


def test_after_ten_hours_it_is_over_also_in_the_midst_of_work(cast, sign_in):
    assert aged(sign_in(cast.karin), old=timedelta(hours=9, minutes=59)).get("/").status_code == 200
    assert aged(sign_in(cast.karin), old=timedelta(hours=10)).get("/").status_code == 302


def test_a_session_that_never_began_is_over(cast, sign_in):
    client = sign_in(cast.karin)
    session = client.session
    del session[BEGAN]
    session.save()
    assert client.get("/").status_code == 302


def test_a_session_past_its_last_day_opens_nothing(cast, sign_in):
    client = sign_in(cast.karin)
    Session.objects.filter(pk=client.session.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/").status_code == 302


def test_a_form_sent_after_the_end_leads_back_to_the_page_it_stood_on(cast, sign_in):
    client = aged(sign_in(cast.karin), idle=timedelta(hours=1))
    answer = client.post("/logga-in/stanna/", headers={"referer": "http://testserver/arenden/"})
    assert answer.url == "/logga-in/?next=%2Farenden%2F&slut=1"


def test_a_part_of_a_page_takes_the_whole_page_to_the_sign_in(cast, sign_in):
    client = aged(sign_in(cast.karin), idle=timedelta(hours=1))
    answer = client.get("/arenden/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/logga-in/?next=%2Farenden%2F&slut=1")


def test_it_costs_a_page_no_statement(cast, sign_in):
    """A click is noted once a minute, not at every page."""
    client = sign_in(cast.karin)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get("/kontaktlista/")
    session = [q["sql"] for q in asked.captured_queries if "django_session" in q["sql"]]
    assert len(session) == 1, session


def test_the_page_tells_how_long_is_left(cast, sign_in):
    page = aged(sign_in(cast.karin), idle=timedelta(seconds=30)).get("/kontaktlista/").content.decode()
    left = int(page.partition('data-sitting="')[2].partition('"')[0])
    assert 30 * 60 - 40 < left <= 30 * 60 - 30


@pytest.mark.parametrize(("minutes", "is_last"), [(29, True), (31, False)])
def test_the_page_knows_when_no_click_makes_it_longer(minutes, is_last, cast, sign_in):
    client = aged(sign_in(cast.karin), old=timedelta(hours=10) - timedelta(minutes=minutes))
    assert client.get("/kontaktlista/").context["session_time"]["last"] is is_last


def test_signed_out_there_is_nothing_to_end(db):
    assert "data-sitting" not in Client().get("/tillganglighet/").content.decode()
    assert Client().get("/").url == "/logga-in/"
