"""Whatever goes wrong: a calm page in Swedish with a way on, the right status, and nothing about anybody."""

import logging
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from knutpunkten.access import middleware
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import Entry
from knutpunkten.desk import start
from knutpunkten.organisations.models import Role
from tests.activities.test_week import text_of
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db
NUMBER = "19780411-2386"


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        (f"/finns-inte/Leif-{NUMBER}/", 404, "Här finns inget för dig att se"),
        ("/ko/", 403, "Den här sidan är inte öppen för dig"),
        ("/logga-ut/", 405, "Hit kommer man bara med en knapp"),
        ("/nytt/last/", 405, "Hit kommer man bara med en knapp"),
    ],
)
def test_an_address_that_does_not_serve_tells_so_and_leads_on(cast, sign_in, caplog, address, status, heading):
    answer = sign_in(cast.johan).get(address)
    assert answer.status_code == status
    assert f">{heading}</h1>" in answer.text
    assert "Till startsidan" in text_of(answer)
    assert NUMBER not in answer.text + caplog.text
    assert "Leif" not in caplog.text


def test_the_association_is_told_that_it_sees_numbers_and_never_to_ask_for_cases(cast, sign_in):
    for name, told in (("bengt", True), ("johan", False)):
        text = text_of(sign_in(getattr(cast, name)).get("/ko/"))
        assert ("Förbundet ser antal, aldrig ärenden." in text) is told
        assert ("Hör av dig till administratören, som ger roller." in text) is not told
    settings = text_of(sign_in(cast.bengt).get("/installningar/", follow=True))
    assert "Hör av dig till administratören, som ger roller." in settings


def test_a_page_of_another_role_says_whom_to_ask_or_that_one_may_have_it_oneself(cast, sign_in):
    karin = sign_in(cast.karin)
    told = karin.post("/loggkontroll/person/", {"why": "Hon frågade i telefon"})
    assert "Hör av dig till administratören, som ger roller. Det du skickade nyss togs inte emot." in text_of(told)
    assert "Kopiera det du vill ha kvar innan du lämnar sidan. Hon frågade i telefon" in text_of(told)
    today = timezone.localdate()
    with behind_the_wall():
        cast.karin.memberships.create(role=Role.REVIEWER, association=cast.association, starts_on=today)
        cast.johan.memberships.update(ends_on=today - timedelta(days=1))
    assert "Byt roll och öppna den igen." in text_of(karin.get("/loggkontroll/"))
    for url in ("/ko/", "/roller/"):
        told = text_of(sign_in(cast.johan).get(url))
        assert "Du har ingen roll just nu" in told
        assert "Hör av dig till administratören, som ger roller." in told


@pytest.mark.parametrize("name", ["johan", "bengt", "admin", "lotta"])
def test_only_who_has_a_unit_is_told_of_its_cases(cast, sign_in, name):
    text = text_of(sign_in(getattr(cast, name)).get("/finns-inte/"))
    assert ("din enhet" in text) is (name == "johan")


def test_what_may_be_sent_is_still_said_to_who_asks_in_another_way(cast, sign_in):
    client = sign_in(cast.johan)
    assert client.get("/logga-ut/").headers["Allow"] == "POST"
    assert client.put("/logga-ut/").status_code == 405


def test_a_form_from_another_time_is_refused_with_what_to_do(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.johan)
    answer = client.post("/sok/", {"q": NUMBER})
    assert answer.status_code == 403
    assert "Gå tillbaka, ladda om sidan och skicka en gång till" in text_of(answer)
    assert NUMBER not in answer.text


@pytest.mark.parametrize("raised", [OperationalError("connection to server failed"), ValueError(NUMBER)])
def test_a_fault_of_ours_is_a_page_without_a_trace_and_a_log_without_words(cast, monkeypatch, caplog, raised):
    def fails(*args: object, **kwargs: object) -> None:
        raise raised

    monkeypatch.setattr(start, "render", fails)
    client = Client(raise_request_exception=False)
    client.force_login(cast.johan)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Något gick fel hos oss" in text_of(answer)
    assert "Traceback" not in answer.text
    assert NUMBER not in answer.text
    assert [record.levelno for record in caplog.records if record.name == "django.request"] == [logging.ERROR]


@pytest.mark.parametrize("where", ["at the door", "in the view"])
def test_what_was_written_before_a_fault_is_undone(cast, monkeypatch, where):
    def fails(request, *args: object, **kwargs: object) -> None:
        record("changed", by=request.who, at=timezone.now())
        raise ValueError(NUMBER)

    module, name = (middleware, "stopped") if where == "at the door" else (start, "render")
    monkeypatch.setattr(module, name, fails)
    client = Client(raise_request_exception=False)
    client.force_login(cast.johan)
    assert client.get("/").status_code == 500
    with behind_the_wall():
        assert not Entry.objects.filter(event="changed").exists()


def test_the_page_for_a_fault_needs_no_database(monkeypatch):
    """The session, and so the visitor, lies in the database too."""

    def gone(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection to server failed")

    monkeypatch.setattr("knutpunkten.access.middleware.begin_as", gone)
    answer = Client(raise_request_exception=False).get("/tillganglighet/")
    assert answer.status_code == 500
    assert "Försök igen om en stund" in text_of(answer)
