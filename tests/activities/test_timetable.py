"""Making the timetable: sessions, rooms, places, holidays, and a week like the one before."""

import re
from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.activities.actions import copy_week
from knutpunkten.activities.models import Enrolment, Session
from knutpunkten.activities.rules import hours, minutes_attended, monday_of, week_text
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Programme
from tests.activities.test_week import text_of
from tests.conftest import behind_the_wall

TUESDAY = date(2026, 11, 17)
GOOD = {
    "on_date": "2026-11-17",
    "part": "early",
    "theme": "Nätverk",
    "leader": "",
    "room": "Stora rummet",
    "places": "12",
}


@pytest.mark.parametrize(
    ("text", "part", "minutes"),
    [
        ("09:10", "early", 70),
        ("9.10", "early", 70),
        ("11:00", "late", 50),
        ("70", "early", 70),
        ("70 minuter", "early", 70),
        ("109", "late", 109),
        ("0", "early", None),
        ("110", "early", None),
        ("08:00", "early", None),
        ("09:50", "early", None),
        ("25:00", "early", None),
        ("-5", "early", None),
        ("²", "early", None),
        ("en stund", "early", None),
        ("", "early", None),
    ],
)
def test_minutes_are_read_from_a_time_or_a_number(text, part, minutes):
    usual = Programme(first_starts=time(8), first_ends=time(9, 50), second_starts=time(10, 10), second_ends=time(12))
    assert minutes_attended(text, Session(programme=usual, part=part)) == minutes


def test_weeks_are_named_by_iso_year():
    assert week_text(date(2026, 12, 28)) == "2026-53"
    assert monday_of("2026-53", TUESDAY) == date(2026, 12, 28)
    assert monday_of("2027-53", TUESDAY) == date(2026, 11, 16)


def test_hours_are_written_as_swedes_do():
    assert [hours(minutes) for minutes in (0, 110, 220, 600)] == ["0", "1,8", "3,7", "10"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"on_date": "2026-11-21"}, "Välj en dag från måndag till fredag"),
        ({"on_date": "2026-12-25"}, "den dagen är juldagen"),
        ({"on_date": "2026-12-24"}, "den dagen är julafton"),
        ({"on_date": "2041-11-19"}, "Skriv ett datum inom ett år"),
        ({"on_date": "17/11"}, "Skriv datumet som ÅÅÅÅ-MM-DD"),
        ({"on_date": ""}, "Fyll i ”Datum”"),
        ({"theme": ""}, "Välj tema"),
        ({"theme": "annat"}, "Skriv temat, eller välj ett i listan"),
        ({"theme": "Trolleri"}, "Välj ett av alternativen i ”Tema”"),
        ({"own_theme": "x" * 81}, "Korta"),
        ({"own_theme": "x" * 78}, "Korta temat"),
        ({"room": ""}, "Fyll i ”Rum”"),
        ({"places": "noll"}, "Skriv ett helt tal i ”Platser”"),
        ({"places": "0"}, "minst 1"),
        ({"part": "natt"}, "Välj ett av alternativen"),
        ({"leader": "8a3c1f44-0000-4000-8000-000000000000"}, "Välj ett av alternativen i ”Ledare”"),
    ],
)
def test_a_wrong_session_says_what_to_do(cast, sign_in, wrong, sentence):
    page = sign_in(cast.elin).post("/veckan/pass/nytt/", GOOD | wrong)
    assert page.status_code == 200
    assert sentence in text_of(page)
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_the_example_of_a_day_is_yet_to_come(cast, sign_in):
    example = re.search(
        r"Måndag till fredag, till exempel ([0-9-]{10})", text_of(sign_in(cast.elin).get("/veckan/pass/nytt/"))
    )
    assert example[1] > timezone.localdate().isoformat()


@pytest.mark.django_db
def test_a_session_in_the_past_is_planned_and_said_to_be(cast, sign_in):
    client = sign_in(cast.elin)
    day = add_working_days(timezone.localdate(), 3)
    for on_date, is_said in ((day, False), (TUESDAY.replace(year=2025) + timedelta(days=1), True)):
        page = client.post("/veckan/pass/nytt/", GOOD | {"on_date": on_date.isoformat()}, follow=True)
        assert ("Passet ligger bakåt i tiden" in text_of(page)) is is_said
    assert Session.objects.count() == 2


@pytest.mark.django_db
def test_a_room_has_one_session_at_a_time(cast, sign_in):
    client = sign_in(cast.elin)
    assert client.post("/veckan/pass/nytt/", GOOD).status_code == 302
    again = client.post("/veckan/pass/nytt/", GOOD | {"theme": "Yoga"})
    assert "Välj ett annat rum eller pass" in text_of(again)
    assert client.post("/veckan/pass/nytt/", GOOD | {"theme": "Yoga", "room": "Gymmet"}).status_code == 302


@pytest.mark.django_db
def test_nobody_leads_two_sessions_at_a_time(cast, sign_in):
    client = sign_in(cast.elin)
    first = client.post("/veckan/pass/nytt/", GOOD | {"leader": str(cast.elin.pk)}).url
    second = GOOD | {"theme": "Yoga", "room": "Gymmet", "leader": str(cast.elin.pk)}
    refused = client.post("/veckan/pass/nytt/", second)
    assert f"Välj en annan ledare eller tid: {cast.elin.name} leder redan Nätverk 08:00" in text_of(refused)
    assert client.post("/veckan/pass/nytt/", second | {"part": "late"}).status_code == 302
    assert client.post(first, GOOD | {"leader": str(cast.elin.pk), "places": "9"}).status_code == 302, "its own is none"
    client.post(f"{first}stall-in/")
    assert client.post("/veckan/pass/nytt/", second).status_code == 302


@pytest.mark.django_db
def test_nobody_is_planned_for_two_sessions_at_a_time(cast, sign_in, make_case):
    jens, client = make_case("active", started_on=TUESDAY), sign_in(cast.elin)
    first = client.post("/veckan/pass/nytt/", GOOD).url
    second = client.post("/veckan/pass/nytt/", GOOD | {"theme": "Yoga", "room": "Gymmet"}).url
    late = client.post("/veckan/pass/nytt/", GOOD | {"part": "late"}).url
    chosen = {"cases": [str(jens.pk)]}
    assert client.post(f"{first}deltagare/", chosen).status_code == 302
    refused = client.post(f"{second}deltagare/", chosen)
    assert f"{jens.called} är redan med på Nätverk 08:00. Välj det ena passet" in text_of(refused)
    assert client.post(f"{late}deltagare/", chosen).status_code == 302
    assert client.post(f"{first}deltagare/", {}).status_code == 302
    assert client.post(f"{second}deltagare/", chosen).status_code == 302, "taken away from the first"


@pytest.mark.django_db
def test_a_session_is_changed_cancelled_and_taken_up_again(cast, sign_in):
    client = sign_in(cast.elin)
    address = client.post("/veckan/pass/nytt/", GOOD | {"theme": "7TJUGO", "own_theme": "tema 4"}).url
    assert 'value="tema 4"' in client.get(address).content.decode()
    assert client.post(address, GOOD | {"theme": "7TJUGO", "own_theme": "tema 5"}).status_code == 302
    assert Session.objects.get().theme == "7TJUGO, tema 5"
    assert "räknas inte i någons timmar. Det går att ta upp igen." in text_of(client.get(address))
    cancelled = client.post(f"{address}stall-in/", follow=True)
    assert "Inställt" in text_of(client.get("/veckan/", {"v": "2026-47"}))
    assert f'action="{address}ta-upp/"' in cancelled.text, "by whoever slipped, where they are led"
    client.post(f"{address}ta-upp/")
    assert "Inställt" not in text_of(client.get("/veckan/", {"v": "2026-47"}))


@pytest.mark.django_db
def test_two_who_plan_the_same_session_lose_nothing_of_each_other(cast, sign_in, make_case):
    one, two = make_case("active", started_on=TUESDAY), make_case("active", started_on=TUESDAY)
    elin, peter = sign_in(cast.elin), sign_in(cast.peter)
    address = elin.post("/veckan/pass/nytt/", GOOD).url
    opened = elin.get(address).context
    on_page, planned = {"seen": opened["form"].seen}, {"seen": opened["enrol"].seen}
    peter.post(address, GOOD | {"room": "Köket"} | on_page)
    peter.post(f"{address}deltagare/", {"cases": [str(one.pk)]} | planned)
    refused = elin.post(address, GOOD | {"room": "Snickeriet"} | on_page)
    assert "Någon annan har skrivit här sedan du öppnade sidan" in text_of(refused)
    assert "Så här står det sparat nu: Rum Köket" in text_of(refused)
    assert 'value="Snickeriet"' in refused.text
    assert "Inget ändrades." in elin.post(address, GOOD | on_page, follow=True).text
    refused = elin.post(f"{address}deltagare/", {"cases": [str(two.pk)]} | planned)
    assert f"Så här står det sparat nu: Vilka ska vara med? {one.called}" in text_of(refused)
    planned = {"seen": refused.context["enrol"].seen}
    assert elin.post(f"{address}deltagare/", {"cases": [str(two.pk)]} | planned).status_code == 302


@pytest.mark.django_db
def test_a_session_that_took_place_is_not_cancelled(cast, sign_in):
    client = sign_in(cast.elin)
    address = client.post("/veckan/pass/nytt/", GOOD).url
    with behind_the_wall():
        Session.objects.update(recorded_at=timezone.now())
    assert "Det kan inte ställas in" in text_of(client.post(f"{address}stall-in/", follow=True))
    assert Session.objects.get().cancelled_at is None


@pytest.mark.django_db
def test_back_to_what_was_refused_leads_to_the_session(cast, sign_in):
    client = sign_in(cast.elin)
    address = client.post("/veckan/pass/nytt/", GOOD).url
    assert client.get(f"{address}deltagare/").url == address
    assert "Stora rummet" in text_of(client.get(client.get(f"{address}narvaro/").url))


@pytest.mark.django_db
def test_nobody_is_planned_for_a_day_before_they_began(cast, sign_in, make_case):
    day = TUESDAY
    began, later = make_case("active", started_on=day), make_case("active", started_on=day + timedelta(days=3))
    client = sign_in(cast.elin)
    address = client.post("/veckan/pass/nytt/", GOOD).url
    refused = client.post(f"{address}deltagare/", {"cases": [str(began.pk), str(later.pk)]})
    assert f"{later.called} började {later.started_on} och kan inte vara med {day}" in text_of(refused)
    assert f"började {day} " not in text_of(refused)
    assert client.post(f"{address}deltagare/", {"cases": [str(began.pk)]}).status_code == 302
    earlier = client.post(address, GOOD | {"on_date": (day - timedelta(days=1)).isoformat()})
    assert f"{began.called} började {day} och kan inte vara med" in text_of(earlier)


@pytest.mark.django_db
def test_no_more_are_planned_than_there_are_places_and_no_strangers(cast, sign_in, make_case):
    one, two = (make_case("active", started_on=TUESDAY) for _ in range(2))
    elsewhere = make_case("active", programme=cast.lis)
    client = sign_in(cast.elin)
    address = client.post("/veckan/pass/nytt/", GOOD | {"places": "1"}).url
    full = client.post(f"{address}deltagare/", {"cases": [str(one.pk), str(two.pk)]})
    assert "passet har 1 platser och du har valt 2" in text_of(full)
    for forged in (str(elsewhere.pk), "x"):
        page = client.post(f"{address}deltagare/", {"cases": [forged]})
        assert "Välj bland dem som står i listan" in text_of(page)
    client.post(f"{address}deltagare/", {"cases": [str(one.pk)]})
    client.post(f"{address}deltagare/", {"cases": [str(two.pk)]})
    client.post(f"{address}deltagare/", {"cases": [str(one.pk)]})
    with behind_the_wall():
        assert list(Enrolment.objects.filter(removed_at__isnull=True).values_list("case", flat=True)) == [one.pk]
        assert Enrolment.objects.count() == 2
    assert client.post(address, GOOD | {"places": "2"}).status_code == 302
    client.post(f"{address}deltagare/", {"cases": [str(one.pk), str(two.pk)]})
    fewer = client.post(address, GOOD | {"places": "1"})
    assert "Skriv minst 2: så många är planerade till passet" in text_of(fewer)


@pytest.mark.django_db
def test_a_week_is_planned_as_the_one_before_but_for_holidays(cast, make_case, moment):
    case = make_case("active", at=moment)
    christmas = date(2026, 12, 21)
    with acting_as(cast.elin, at=moment) as who:
        for i in range(5):
            session = Session.objects.create(
                programme=cast.knutpunkten,
                on_date=christmas - timedelta(days=7 - i),
                part="early",
                theme="Nätverk",
                room="Stora rummet",
            )
            Enrolment.objects.create(session=session, case=case, author_unit=cast.knutpunkten.team)
        for _ in range(2):
            copy_week(cast.knutpunkten.pk, christmas, among=[case], by=who, at=moment)
    copied = Session.objects.filter(on_date__gte=christmas)
    # Not on Christmas Eve nor Christmas Day.
    assert {session.on_date for session in copied} == {christmas + timedelta(days=i) for i in range(3)}
    with behind_the_wall():
        assert Enrolment.objects.filter(session__in=copied, case=case).count() == 3
