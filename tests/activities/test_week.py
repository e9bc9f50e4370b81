"""Veckan: sessions with themes, attendance against the agreed hours, for the team and nobody else."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from knutpunkten.access.who import acting_as
from knutpunkten.activities.models import Attendance, Enrolment, Session
from knutpunkten.activities.rules import week_text
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case, Party
from knutpunkten.first_meeting.models import FirstMeeting
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Membership, Programme
from knutpunkten.people.models import Person
from knutpunkten.routine.engine import withdraw_consent
from knutpunkten.ui import dates
from tests.builders import make_person
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def this_monday():
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


@pytest.fixture
def monday(this_monday):
    """Last week's: at whatever day and hour, its sessions have begun."""
    return this_monday - timedelta(weeks=1)


@pytest.fixture
def week(monday):
    """The address of the week of *monday*."""
    return f"/veckan/?v={week_text(monday)}"


@pytest.fixture
def take_part(make_case):
    """A participant by name, since a month ago."""

    def make(first, last, supervisor=None, **fields):
        protection = {"protection": fields.pop("protection")} if "protection" in fields else {}
        with behind_the_wall():
            person = make_person(first, last, **protection)
        return make_case("active", person=person, supervisor=supervisor, **fields)

    return make


@pytest.fixture
def hold(cast, monday):
    """A session of last week or another, with *cases* planned for it."""

    def make(*cases, day=None, part="early", theme="Nätverk", room="Stora rummet", programme=None, **fields):
        programme = programme or cast.knutpunkten
        with behind_the_wall():
            session = Session.objects.create(
                programme=programme,
                on_date=day or monday,
                part=part,
                theme=theme,
                leader=cast.elin,
                room=room,
                **fields,
            )
            for case in cases:
                Enrolment.objects.create(session=session, case=case, author_unit=programme.team)
        return session

    return make


@pytest.fixture
def move_start(monkeypatch):
    """``move_start(session, by)``: it begins *by* from now, whatever the hour."""

    def move(session, by):
        starts_at = timezone.now() + by
        monkeypatch.setattr(Session, "starts_at", property(lambda it: starts_at))

    return move


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().replace("<wbr>", "")).split())


@pytest.mark.clause("L4", "L6", "L7")
def test_the_supervisor_plans_a_session_with_its_theme_and_who_is_with_it(cast, sign_in, take_part, this_monday):
    amira, jens = take_part("Amira", "Haddad"), take_part("Jens", "Hult")
    client = sign_in(cast.elin)
    day = this_monday + timedelta(days=7)  # next Monday
    made = client.post(
        "/veckan/pass/nytt/",
        {
            "on_date": day.isoformat(),
            "part": "late",
            "theme": "Medicinsk yoga",
            "leader": str(cast.elin.pk),
            "room": "Rörelserummet",
            "places": "8",
        },
    )
    assert made.status_code == 302, text_of(made)
    page = client.get(made.url)
    assert {"Praktik", "Arbetsträning", "NADA och öronakupunktur", "Jobbsök och vägledning"} <= set(
        re.findall(r"<option value=\"[^\"]+\">([^<]+)</option>", page.content.decode())
    )
    client.post(f"{made.url}deltagare/", {"cases": [str(amira.pk), str(jens.pk)]})
    year, week, _ = day.isocalendar()
    shown = text_of(client.get("/veckan/", {"v": f"{year}-{week:02d}"}))
    assert "Medicinsk yoga Elin Strand Rörelserummet 2 anmälda" in shown
    assert "Amira Haddad" in shown


@pytest.mark.clause("L4", "S3", "L1")
def test_attendance_is_filled_in_with_exceptions_and_counts_against_the_agreed_hours(
    cast, sign_in, take_part, hold, monday
):
    amira, jens, par = take_part("Amira", "Haddad"), take_part("Jens", "Hult"), take_part("Pär", "Öhman")
    with behind_the_wall():
        now = timezone.now()
        FirstMeeting.objects.create(
            case=amira,
            author_unit=cast.knutpunkten.team,
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            place="Här",
            booked_at=now,
            booked_by=cast.elin,
            held_on=monday,
            weekly_hours=16,
        )
    session = hold(amira, jens, par)
    client = sign_in(cast.elin)
    saved = client.post(
        f"/veckan/pass/{session.pk}/narvaro/",
        {
            f"came-{amira.pk}": "all",
            f"came-{jens.pk}": "absent",
            f"why-{jens.pk}": "ill",
            f"came-{par.pk}": "part",
            f"part-{par.pk}": "09:10",
            f"remark-{par.pk}": "Läkarbesök",
        },
    )
    assert saved.status_code == 302, text_of(saved)
    shown = text_of(client.get(saved.url))
    assert "1,8 av 16" in shown  # 110 minutes of the agreed sixteen hours
    assert "0 av 10" in shown  # the programme's least, where nothing else is agreed
    assert "1,2 av 10" in shown  # 08:00 to 09:10
    assert "2 av 3 kom" in shown
    with behind_the_wall():
        assert set(Attendance.objects.values_list("case", "came", "minutes", "why")) == {
            (amira.pk, "all", 110, ""),
            (jens.pk, "absent", 0, "ill"),
            (par.pk, "part", 70, ""),
        }
        assert Entry.objects.filter(event="attendance", user_id=cast.elin.pk).count() == 3


def test_alla_kom_marks_the_unmarked_and_can_be_undone(cast, sign_in, take_part, hold):
    amira, jens = take_part("Amira", "Haddad"), take_part("Jens", "Hult")
    session = hold(amira, jens)
    client = sign_in(cast.elin)
    marked = client.post(
        f"/veckan/pass/{session.pk}/narvaro/", {"all": "yes", f"came-{jens.pk}": "absent", f"why-{jens.pk}": "notified"}
    )
    page = client.get(marked.url)
    assert "1 markerade som ”Kom”" in text_of(page)
    undo = page.context["undo"]
    client.post(f"/veckan/pass/{session.pk}/narvaro/angra/", {"at": undo["at"]})
    with behind_the_wall():
        assert dict(Attendance.objects.values_list("case", "came")) == {amira.pk: "", jens.pk: "absent"}


def test_undoing_alla_kom_leaves_what_was_saved_before_as_it_was(cast, sign_in, take_part, hold):
    amira, jens, par = take_part("Amira", "Haddad"), take_part("Jens", "Hult"), take_part("Pär", "Öhman")
    session = hold(amira, jens, par)
    address, client = f"/veckan/pass/{session.pk}/narvaro/", sign_in(cast.elin)
    saved = {
        f"came-{amira.pk}": "part",
        f"part-{amira.pk}": "60 minuter",
        f"came-{jens.pk}": "absent",
        f"why-{jens.pk}": "ill",
        f"remark-{jens.pk}": "Ringde själv",
    }
    client.post(address, saved)
    with behind_the_wall():
        before = list(Attendance.objects.order_by("pk").values())
    # Pressed from a page that shows them, and from one that was opened before they were saved.
    for typed in (saved, {}):
        marked = client.post(address, {"all": "yes", **typed})
        page = client.get(marked.url)
        assert "1 markerade som ”Kom”" in text_of(page)
        client.post(f"{address}angra/", {"at": page.context["undo"]["at"]})
        with behind_the_wall():
            assert list(Attendance.objects.exclude(case=par).order_by("pk").values()) == before
            assert Attendance.objects.get(case=par).came == ""


def test_nothing_is_said_to_be_saved_where_nothing_changed(cast, sign_in, take_part, hold):
    amira, jens = take_part("Amira", "Haddad"), take_part("Jens", "Hult")
    session, client = hold(amira, jens), sign_in(cast.elin)
    address = f"/veckan/pass/{session.pk}/narvaro/"
    absent = {f"came-{jens.pk}": "absent", f"why-{jens.pk}": "ill"}
    assert "Närvaron för Nätverk är sparad." in text_of(client.post(address, absent, follow=True))
    again = text_of(client.post(address, absent, follow=True))
    assert "Inget ändrades." in again
    assert "redan ifyllda" not in again, "Amira is not"
    assert "Markerar och sparar dem som inte är ifyllda." in again
    client.post(address, {"all": "yes", **absent})
    shown = text_of(client.post(address, {"all": "yes", f"came-{amira.pk}": "all", **absent}, follow=True))
    assert "Inget ändrades. Alla var redan ifyllda." in shown
    assert "är sparad" not in shown


def test_a_session_to_which_nobody_came_is_not_marked_as_well_done(cast, sign_in, take_part, hold):
    amira = take_part("Amira", "Haddad")
    address, client = f"/veckan/pass/{hold(amira).pk}/narvaro/", sign_in(cast.elin)
    for typed, tag in (
        ({"came": "absent", "why": "ill"}, ("state", "0 av 1 kom")),
        ({"came": "all"}, ("done", "1 av 1 kom")),
    ):
        page = client.get(client.post(address, {f"{name}-{amira.pk}": value for name, value in typed.items()}).url)
        assert page.context["grid"]["rows"][0]["cells"][0]["tag"] == tag


def test_nothing_is_left_of_a_list_that_alla_kom_filled_in_when_it_is_undone(cast, sign_in, take_part, hold):
    session, client = hold(take_part("Amira", "Haddad"), take_part("Jens", "Hult")), sign_in(cast.elin)
    page = client.get(client.post(f"/veckan/pass/{session.pk}/narvaro/", {"all": "yes"}).url)
    client.post(f"/veckan/pass/{session.pk}/narvaro/angra/", {"at": page.context["undo"]["at"]})
    with behind_the_wall():
        assert set(Attendance.objects.values_list("came", flat=True)) == {""}
        session.refresh_from_db()
    assert session.recorded_at is None


def test_a_list_saved_again_says_still_who_filled_in_what_was_not_changed(cast, sign_in, take_part, hold):
    amira, jens = take_part("Amira", "Haddad"), take_part("Jens", "Hult")
    address = f"/veckan/pass/{hold(amira, jens).pk}/narvaro/"
    sign_in(cast.elin).post(address, {f"came-{amira.pk}": "all"})
    sign_in(cast.peter).post(address, {f"came-{amira.pk}": "all", f"came-{jens.pk}": "all"})
    with behind_the_wall():
        by = dict(Attendance.objects.values_list("case", "recorded_by"))
    assert by == {amira.pk: cast.elin.pk, jens.pk: cast.peter.pk}


def seen_on(page):
    return {"seen": page.context["form"].seen}


def test_two_who_fill_in_the_same_list_lose_nothing_of_each_other(cast, sign_in, take_part, hold, week):
    amira, jens, par = take_part("Amira", "Haddad"), take_part("Jens", "Hult"), take_part("Pär", "Öhman")
    session, elin, peter = hold(amira, jens, par), sign_in(cast.elin), sign_in(cast.peter)
    address, shown = f"/veckan/pass/{session.pk}/narvaro/", f"{week}&pass={session.pk}"
    elin.post(address, {f"came-{amira.pk}": "all", f"came-{jens.pk}": "all"})
    elins, peters = elin.get(shown), peter.get(shown)
    ill = {f"came-{amira.pk}": "absent", f"why-{amira.pk}": "ill", f"remark-{amira.pk}": "Ringde 9.30"}
    elin.post(address, {**ill, f"came-{jens.pk}": "all", **seen_on(elins)})
    # The rows that Peter did not touch stay as Elin has changed them since; twice, for a double click.
    late = {f"came-{amira.pk}": "all", f"came-{jens.pk}": "part", f"part-{jens.pk}": "09:00", f"came-{par.pk}": "all"}
    for said in ("är sparad", "Inget ändrades"):
        assert said in peter.post(address, late | seen_on(peters), follow=True).text
    assert marks() == {amira.pk: ("absent", "ill"), jens.pk: ("part", ""), par.pk: ("all", "")}
    # The one that both have touched is read first, and what was chosen stays to be sent again.
    both = {f"came-{amira.pk}": "part", f"part-{amira.pk}": "70", f"came-{jens.pk}": "absent", f"why-{jens.pk}": "ill"}
    refused = peter.post(address, both | seen_on(peters))
    told = "Elin Strand har fyllt i Amira Haddad sedan du öppnade sidan: Kom inte, Sjuk, Ringde 9.30. Välj det som"
    assert told in text_of(refused)
    assert "Du har fyllt i Jens Hult i ett annat fönster: Delvis, 60 minuter." in text_of(refused)
    assert 'value="70"' in refused.text
    assert marks()[amira.pk] == ("absent", "ill")
    peter.post(address, both | seen_on(refused))
    assert marks() == {amira.pk: ("part", ""), jens.pk: ("absent", "ill"), par.pk: ("all", "")}
    with behind_the_wall():
        assert (
            Entry.objects.of_case(amira.pk)
            .filter(event="read", detail__what="attendance", user_id=cast.peter.pk)
            .exists()
        )


def marks():
    with behind_the_wall():
        return {case: (came, why) for case, came, why in Attendance.objects.values_list("case", "came", "why")}


def test_who_is_taken_off_the_list_meanwhile_is_not_marked_and_it_is_said(cast, sign_in, take_part, hold, week):
    amira, jens = take_part("Amira", "Haddad"), take_part("Jens", "Hult")
    session, client = hold(amira, jens), sign_in(cast.elin)
    page = client.get(f"{week}&pass={session.pk}")
    with behind_the_wall():
        Enrolment.objects.filter(case=jens).update(removed_at=timezone.now())
    address, typed = f"/veckan/pass/{session.pk}/narvaro/", {f"came-{amira.pk}": "all", f"came-{jens.pk}": "all"}
    refused = client.post(address, typed | seen_on(page))
    assert "Någon står inte på listan längre." in text_of(refused)
    assert marks() == {}
    client.post(address, typed | seen_on(refused))
    assert marks() == {amira.pk: ("all", "")}


def test_undoing_takes_ones_own_latest_marks_only(cast, sign_in, take_part, hold):
    session = hold(take_part("Amira", "Haddad"))
    client = sign_in(cast.elin)
    marked = client.post(f"/veckan/pass/{session.pk}/narvaro/", {"all": "yes"})
    at = client.get(marked.url).context["undo"]["at"]
    sign_in(cast.peter).post(f"/veckan/pass/{session.pk}/narvaro/angra/", {"at": at})
    old = (timezone.now() - timedelta(minutes=5)).isoformat()
    for forged in (old, "nyss", "", "2026-11-17T09:00:00", "9999-12-31T23:59:59+00:00"):
        assert client.post(f"/veckan/pass/{session.pk}/narvaro/angra/", {"at": forged}).status_code == 302
    with behind_the_wall():
        assert Attendance.objects.get().came == "all"


@pytest.mark.clause("L4")
def test_a_programme_has_its_own_hours_and_themes(cast, sign_in, take_part, hold, week):
    """They are settings: another programme begins later, and has other things to do."""
    with behind_the_wall():
        Programme.objects.filter(pk=cast.knutpunkten.pk).update(
            first_starts="09:00", first_ends="10:30", second_starts="10:30", second_ends="12:00", themes="Odling\n\nKör"
        )
    amira, jens = take_part("Amira", "Haddad"), take_part("Jens", "Hult")
    session, client = hold(amira, jens), sign_in(cast.elin)
    typed = {f"came-{amira.pk}": "all", f"came-{jens.pk}": "part", f"part-{jens.pk}": "10:00"}
    client.post(f"/veckan/pass/{session.pk}/narvaro/", typed)
    with behind_the_wall():
        assert dict(Attendance.objects.values_list("case", "minutes")) == {amira.pk: 90, jens.pk: 60}
    shown = text_of(client.get(week))
    assert "två pass om dagen, 09:00–12:00" in shown
    assert "Fika" not in shown  # the second begins when the first ends
    form = client.get("/veckan/pass/nytt/").content.decode()
    assert ["09:00–10:30" in form, "10:30–12:00" in form] == [True, True]
    assert [f'value="{theme}"' in form for theme in ("Odling", "Kör", "Nätverk")] == [True, True, False]
    assert "09:00–10:30 och 10:30–12:00" in text_of(sign_in(cast.johan).get("/sa-fungerar-det/"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"came": "absent"}, "Välj varför Jens Hult inte kom"),
        ({"came": "part", "part": "12:30"}, "Skriv när Jens Hult gick hem"),
        ({"came": "part", "part": ""}, "Skriv när Jens Hult gick hem"),
        ({"came": "part", "part": "110"}, "Skriv när Jens Hult gick hem"),
        ({"came": "part", "part": "x" * 5000}, "Skriv när Jens Hult gick hem"),
        ({"came": "all", "part": "9\x00"}, "Skriv om ”Gick hem kl., eller minuter” utan dolda tecken"),
        ({"came": "sov"}, "Välj om Jens Hult kom"),
        ({"came": "absent", "why": "lat"}, "Välj varför Jens Hult inte kom"),
        ({"came": "all", "remark": "x" * 201}, "Korta anmärkningen om Jens Hult"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(cast, sign_in, take_part, hold, typed, sentence):
    amira, jens = take_part("Amira", "Haddad"), take_part("Jens", "Hult")
    session = hold(amira, jens)
    data = {f"came-{amira.pk}": "part", f"part-{amira.pk}": "70", **{f"{k}-{jens.pk}": v for k, v in typed.items()}}
    page = sign_in(cast.elin).post(f"/veckan/pass/{session.pk}/narvaro/", data)
    assert page.status_code == 200
    assert sentence in text_of(page)
    assert 'value="70"' in page.content.decode()
    with behind_the_wall():
        assert not Attendance.objects.exists()


def test_the_example_lies_within_the_session_and_what_was_saved_comes_back_in_words(cast, sign_in, take_part, hold):
    amira = take_part("Amira", "Haddad")
    session, client = hold(amira, part="late"), sign_in(cast.elin)
    address, typed = f"/veckan/pass/{session.pk}/narvaro/", {f"came-{amira.pk}": "part"}
    refused = client.post(address, {**typed, f"part-{amira.pk}": "09:10"})
    assert 'placeholder="11:20 eller 70 minuter"' in refused.content.decode()
    assert "Skriv när Amira Haddad gick hem, till exempel 11:20," in text_of(refused)
    saved = client.get(client.post(address, {**typed, f"part-{amira.pk}": "11:10"}).url)
    assert 'value="60 minuter"' in saved.content.decode()
    assert "Sparat: 1 kom av 1" in text_of(saved)
    client.post(address, {**typed, f"part-{amira.pk}": "60 minuter", f"remark-{amira.pk}": "Läkarbesök"})
    with behind_the_wall():
        assert Attendance.objects.values_list("minutes", "remark").get() == (60, "Läkarbesök")


def test_nobody_is_marked_before_the_day_nor_in_a_cancelled_session(cast, sign_in, take_part, hold, monday):
    amira = take_part("Amira", "Haddad")
    ahead, cancelled = hold(amira, day=monday + timedelta(days=14)), hold(amira, cancelled_at=timezone.now())
    client = sign_in(cast.elin)
    assert client.post(f"/veckan/pass/{ahead.pk}/narvaro/", {"all": "yes"}).status_code == 302
    with behind_the_wall():
        (case,) = Case.objects.all()
    sent = {f"came-{case.pk}": "all", f"remark-{case.pk}": "Läkarbesök"}
    late = client.post(f"/veckan/pass/{cancelled.pk}/narvaro/", sent).text
    assert "Passet är inställt." in late
    assert "<strong>Amira Haddad, anmärkning</strong><br>Läkarbesök</li>" in late, "to be copied"
    with behind_the_wall():
        assert not Attendance.objects.exists()


def test_nobody_is_marked_before_the_session_begins(cast, sign_in, take_part, hold, move_start, this_monday):
    """The same morning, an hour before and a minute after."""
    session, client = hold(take_part("Amira", "Haddad"), day=this_monday, part="late"), sign_in(cast.elin)
    address = f"/veckan/pass/{session.pk}/narvaro/"
    move_start(session, timedelta(hours=1))
    page = text_of(client.post(address, {"all": "yes"}, follow=True))
    assert "Närvaron fylls i när passet har börjat. Vecka" in page, "refused, in words"
    assert page.count("Närvaron fylls i när passet har börjat.") == 2, "and no form is shown"
    assert "1 anmäld" in page
    assert not Attendance.objects.exists()
    move_start(session, -timedelta(minutes=1))
    page = text_of(client.get("/veckan/", {"pass": str(session.pk)}))
    assert "Spara närvaro" in page
    assert "Stora rummet Närvaro" in page
    client.post(address, {"all": "yes"})
    assert Attendance.objects.count() == 1


def to_fill_in(client):
    """What the start page says of attendance: on one's own list, and on others'."""
    shown = client.get("/").context
    mine = [row for row in shown["tasks"] if "närvaro" in row["title"]]
    return mine, [row for row in shown["waiting"] if "närvaro" in row["what"]]


@pytest.mark.clause("L4", "W3")
def test_attendance_that_is_not_filled_in_waits_for_the_leader_and_when_late_the_coordinator_sees_it(
    cast, sign_in, take_part, hold, monday
):
    amira = take_part("Amira", "Haddad", supervisor=cast.peter)
    session = hold(amira, theme="Nätverk")
    elin, karin = sign_in(cast.elin), sign_in(cast.karin)
    (task,), others = to_fill_in(elin)
    assert (task["title"], task["due"]) == (f"Fyll i närvaro: Nätverk, {monday}", add_working_days(monday, 3))
    assert elin.get(task["action"]["url"]).context["chosen"] == session
    assert others == []
    mine, (row,) = to_fill_in(karin)
    assert mine == []
    assert (row["named"].name, row["who"], row["due"]) == (f"Nätverk, {monday}", cast.elin.name, task["due"])
    assert f'<a href="{escape(row["url"])}">Nätverk, {monday}</a>' in karin.get("/").text
    assert to_fill_in(sign_in(cast.peter)) == ([], [])
    elin.post(f"/veckan/pass/{session.pk}/narvaro/", {f"came-{amira.pk}": "all"})
    assert to_fill_in(elin) == to_fill_in(karin) == ([], [])


@pytest.mark.clause("W3")
def test_the_coordinator_has_one_row_for_each_leader_however_many_sessions_wait(cast, sign_in, take_part, hold, monday):
    amira = take_part("Amira", "Haddad")
    for days in range(3):
        hold(amira, day=monday - timedelta(days=7 - days))
    assert len(to_fill_in(sign_in(cast.elin))[0]) == 3
    _, (row,) = to_fill_in(sign_in(cast.karin))
    assert row["what"] == "Fyll i närvaro, och för 2 pass till"
    assert row["named"].name.endswith(str(monday - timedelta(days=7)))


@pytest.mark.clause("W3")
def test_a_session_that_nobody_leads_any_more_waits_for_the_coordinator(cast, sign_in, take_part, hold):
    amira = take_part("Amira", "Haddad")
    session, karin = hold(amira), sign_in(cast.karin)
    with behind_the_wall():
        Session.objects.filter(pk=session.pk).update(leader=None)
    (task,), _ = to_fill_in(karin)
    assert task["why"].endswith("Ledare saknas.")
    with behind_the_wall():
        Session.objects.filter(pk=session.pk).update(leader=cast.elin)
        Membership.objects.filter(user=cast.elin).update(ends_on=timezone.localdate() - timedelta(days=1))
    (task,), _ = to_fill_in(karin)
    assert task["why"].endswith("Elin Strand är inte kvar.")


def test_no_attendance_is_asked_for_before_the_day_is_over_nor_by_the_coordinator_before_it_is_late(
    cast, sign_in, take_part, hold
):
    today, amira = timezone.localdate(), take_part("Amira", "Haddad")
    hold(amira, day=today)
    assert to_fill_in(sign_in(cast.elin)) == ([], [])
    hold(amira, day=today - timedelta(days=1))
    assert len(to_fill_in(sign_in(cast.elin))[0]) == 1
    assert to_fill_in(sign_in(cast.karin)) == ([], [])


@pytest.mark.clause("W1")
def test_no_attendance_is_asked_for_where_there_is_nobody_to_mark(cast, sign_in, take_part, hold, monday):
    now = timezone.now()
    hold()
    hold(take_part("Amira", "Haddad"), cancelled_at=now, room="A")
    hold(take_part("Jens", "Hult", started_on=monday + timedelta(days=1)), room="B")
    hold(take_part("Pär", "Öhman", closed_at=now - timedelta(days=20)), room="C")
    gone = take_part("Lo", "Ek")
    taken_off = hold(gone, room="D")
    with behind_the_wall():
        Enrolment.objects.filter(session=taken_off).update(removed_at=now)
    withdrawn = take_part("Siv", "Ek")
    hold(withdrawn, room="E")
    with behind_the_wall():
        Party.objects.filter(case=withdrawn).update(withdrawn_at=now)
    assert to_fill_in(sign_in(cast.elin)) == to_fill_in(sign_in(cast.karin)) == ([], [])


def test_a_stranger_cannot_be_marked_by_a_forged_field(cast, sign_in, take_part, hold):
    amira, outside = take_part("Amira", "Haddad"), take_part("Jens", "Hult")
    session = hold(amira)
    sign_in(cast.elin).post(f"/veckan/pass/{session.pk}/narvaro/", {"all": "yes", f"came-{outside.pk}": "all"})
    with behind_the_wall():
        assert list(Attendance.objects.values_list("case", flat=True)) == [amira.pk]


def test_whoever_leads_marks_everybody_though_a_supervisor_opens_their_own_cases_only(
    cast, sign_in, take_part, hold, week
):
    amira, jens = take_part("Amira", "Haddad", cast.elin), take_part("Jens", "Hult", cast.peter)
    hold(amira, jens)
    page = sign_in(cast.elin).get(week)
    assert "Amira Haddad" in text_of(page)
    assert "Jens Hult" in text_of(page)
    assert f"/arenden/{amira.pk}/" in page.content.decode()
    assert f"/arenden/{jens.pk}/" not in page.content.decode()


@pytest.mark.clause("W4")
def test_the_person_sees_who_else_of_the_team_read_why_they_were_away(cast, sign_in, take_part, hold, week):
    amira = take_part("Amira", "Haddad", cast.elin)
    session = hold(amira, take_part("Jens", "Hult"))
    away = {f"came-{amira.pk}": "absent", f"why-{amira.pk}": "ill", f"remark-{amira.pk}": "Ringde 9.30"}
    elin, peter = sign_in(cast.elin), sign_in(cast.peter)
    peter.get(week)
    elin.post(f"/veckan/pass/{session.pk}/narvaro/", away)
    for client in (elin, peter):
        assert "Ringde 9.30" in client.get(f"{week}&pass={session.pk}").text
    with behind_the_wall():
        read = Entry.objects.of_case(amira.pk).filter(event="read", detail__what="attendance")
        assert list(read.values_list("user_id", flat=True)) == [cast.peter.pk]  # Elin wrote it herself


@pytest.mark.clause("W1")
def test_when_the_consent_is_withdrawn_the_list_shows_a_number_and_no_name(cast, sign_in, take_part, hold, week):
    amira, jens = take_part("Amira", "Haddad"), take_part("Jens", "Hult")
    hold(amira, jens)
    with behind_the_wall():
        Party.objects.filter(case=jens, basis="consent").update(withdrawn_at=timezone.now())
    page = text_of(sign_in(cast.elin).get(week))
    assert "Amira Haddad" in page
    assert "Jens Hult" not in page
    assert "1 till, som inte har något samtycke" in page


def test_a_case_that_ends_frees_its_coming_places_and_keeps_what_has_been(
    cast, sign_in, take, take_part, hold, week, this_monday
):
    amira, jens = take_part("Amira", "Haddad"), take_part("Jens", "Hult")
    coming = this_monday + timedelta(days=7)
    held, ahead = hold(amira), hold(amira, day=coming, places=1)
    client = sign_in(cast.elin)
    client.post(f"/veckan/pass/{held.pk}/narvaro/", {"all": "yes"})
    take(amira, "cancel", cast.johan, wish="person", why="Flyttar")
    choice = text_of(client.get(f"/veckan/pass/{ahead.pk}/"))
    assert "behåller sina platser" not in choice
    saved = client.post(f"/veckan/pass/{ahead.pk}/deltagare/", {"cases": [str(jens.pk)]})
    assert saved.status_code == 302, text_of(saved)
    shown = text_of(client.get(saved.url))
    assert "1 anmäld" in shown
    assert "Amira Haddad" not in shown
    assert "till, som inte har något samtycke" not in shown
    before = text_of(client.get(week))
    assert "Amira Haddad" in before
    assert "1 av 1" in before
    with behind_the_wall():
        assert Attendance.objects.get().came == "all"


def test_everybody_who_takes_part_that_week_is_listed_also_without_a_session(
    cast, sign_in, take, take_part, week, this_monday
):
    take_part("Amira", "Haddad"), take_part("Leif", "Berg", started_on=this_monday + timedelta(days=7))
    ended = take_part("Jens", "Hult")
    take(ended, "cancel", cast.johan, wish="person", why="Flyttar")
    client = sign_in(cast.elin)
    before, now = text_of(client.get(week)), text_of(client.get("/veckan/"))
    assert "Amira Haddad 0 av 10 tim, inget planerat" in before
    assert "Jens Hult 0 av 10" in before, "all of that week"
    assert "inget planerat" not in before.partition("Jens Hult 0 av 10")[2], "nobody is to plan more"
    assert "Amira Haddad 0 av 10" in now
    assert "Jens Hult" not in now
    assert "Leif Berg" not in now, "starts next week"


def test_a_party_without_planering_is_not_planned_for(cast, sign_in, make_case, hold):
    without = make_case("active", parties={"Knutpunktsteamet": ["grund"]})
    session = hold(without)
    page = text_of(sign_in(cast.elin).get(f"/veckan/pass/{session.pk}/"))
    assert without.last_name not in page


def test_a_protected_person_is_never_named_on_the_list(cast, sign_in, take_part, hold, week):
    hidden = take_part("Hemlig", "Person", protection="sekretessmarkering")
    hold(hidden)
    for address in (week, "/veckan/deltagare/"):
        page = text_of(sign_in(cast.elin).get(address))
        assert hidden.number in page
        assert "Hemlig" not in page


@pytest.mark.clause("W5")
def test_who_does_not_read_a_protected_participant_sees_that_somebody_comes(
    cast, sign_in, take_part, hold, this_monday
):
    hidden = take_part("Hemlig", "Person", protection="sekretessmarkering")
    coming = this_monday + timedelta(weeks=1)
    session = hold(hidden, day=coming)
    peter, address = sign_in(cast.peter), f"/veckan/?v={week_text(coming)}&pass={session.pk}"
    page = text_of(peter.get(address))
    assert "1 anmäld" in page
    assert "En är planerad. Du ser inte namnet." in page
    assert "Ingen är planerad" not in page
    assert not any(said in page for said in ("Hemlig", hidden.number))
    with behind_the_wall():
        Enrolment.objects.update(removed_at=timezone.now())
    assert "0 anmälda" in text_of(peter.get(address))


@pytest.mark.clause("W3")
def test_three_absences_in_a_row_are_seen(cast, sign_in, take_part, hold, monday, week):
    tobias, amira = take_part("Tobias", "Nygren", cast.peter), take_part("Amira", "Haddad")
    for weeks in (1, 2, 3):
        session = hold(tobias, amira, day=monday - timedelta(weeks=weeks))
        with behind_the_wall():
            for case, came in ((tobias, "absent"), (amira, "absent" if weeks > 1 else "all")):
                Attendance.objects.create(
                    session=session,
                    case=case,
                    author_unit=cast.knutpunkten.team,
                    came=came,
                    why="ill" if came == "absent" else "",
                    minutes=0 if came == "absent" else 110,
                    recorded_at=timezone.now(),
                    recorded_by=cast.elin,
                )
    hold(tobias, amira)
    client = sign_in(cast.elin)
    page = text_of(client.get(week))
    assert "Tobias Nygren har varit borta minst tre pass i rad" in page
    assert "Säg till Peter Ågren." in page, "whoever does not open the case is told whom to tell"
    assert "Amira Haddad har varit borta" not in page
    own = sign_in(cast.peter)
    assert f"/arenden/{tobias.pk}/remiss/las/" in own.get(week).content.decode(), "where it says how to reach him"
    with behind_the_wall():
        Person.objects.filter(pk=tobias.person_id).update(protection=Person.Protection.MARKED)
    assert "remiss/las/" not in own.get(week).content.decode(), "of a protected person it does not say"
    with behind_the_wall():
        Person.objects.filter(pk=tobias.person_id).update(protection=Person.Protection.NONE)
    assert "Tobias Nygren Borta minst tre pass i rad" in text_of(sign_in(cast.karin).get("/veckan/deltagare/"))


def test_the_list_of_participants_is_ones_own_or_the_whole_programmes(cast, sign_in, take_part):
    take_part("Amira", "Haddad", cast.elin)
    take_part("Jens", "Hult", cast.peter)
    own = text_of(sign_in(cast.elin).get("/veckan/deltagare/"))
    assert "Amira Haddad" in own
    assert "Jens Hult" not in own
    whole = text_of(sign_in(cast.karin).get("/veckan/deltagare/"))
    assert whole.index("Amira Haddad") < whole.index("Jens Hult")


@pytest.mark.clause("W1", "W2")
def test_whose_work_rests_without_the_teams_part_is_not_said_to_be_followed_up(cast, sign_in, take_part):
    day = timezone.localdate() + timedelta(days=9)
    case = take_part("Amira", "Haddad", cast.elin, plan_agreed_at=timezone.now(), follow_up_on=day)
    pages = ("/veckan/deltagare/", f"/arenden/{case.pk}/")
    with behind_the_wall():  # what the team has written, it keeps the sight of
        written = {"unit": cast.knutpunkten.team, "basis": "own", "level": 1, "valid_from": case.created_at}
        Party.objects.create(case=case, person=case.person, case_created_at=case.created_at, **written)
    for page in pages:
        shown = text_of(sign_in(cast.elin).get(page))
        assert "Arbetet vilar" not in shown
        assert dates.deadline(day, timezone.localdate())[1] in shown
    with acting_as(cast.johan) as johan:
        of_team = [cast.knutpunkten.team_id]
        withdraw_consent(case.pk, unit_ids=of_team, how="phone", taken_by="x", by=johan, at=timezone.now())
    for reader in (cast.elin, cast.karin):
        assert "Amira Haddad Arbetet vilar" in text_of(sign_in(reader).get(pages[0]))
    for reader, page in ((cast.elin, pages[1]), (cast.johan, pages[1]), (cast.elin, "/"), (cast.johan, "/arenden/")):
        shown = text_of(sign_in(reader).get(page))
        assert ("Uppföljning Arbetet vilar" in shown) == (page == pages[1])
        assert dates.deadline(day, timezone.localdate())[1] not in shown
        assert dates.weekday_iso(day) not in shown


@pytest.mark.parametrize("person", ["johan", "nadja", "mats", "bengt", "admin"])
def test_nobody_outside_the_team_sees_the_week(cast, sign_in, hold, person):
    session = hold()
    client = sign_in(getattr(cast, person))
    for address in ("/veckan/", "/veckan/deltagare/", "/veckan/pass/nytt/", f"/veckan/pass/{session.pk}/"):
        assert client.get(address).status_code == 403
    assert client.post(f"/veckan/pass/{session.pk}/narvaro/", {"all": "yes"}).status_code == 403


def test_another_programmes_session_is_not_there(cast, sign_in, hold):
    session = hold(programme=cast.lis)
    client = sign_in(cast.elin)
    assert client.get(f"/veckan/pass/{session.pk}/").status_code == 404
    for what in ("narvaro", "narvaro/angra", "deltagare", "stall-in", "ta-upp"):
        assert client.post(f"/veckan/pass/{session.pk}/{what}/").status_code == 404
    assert client.get("/veckan/", {"pass": str(session.pk)}).status_code == 200


@pytest.mark.parametrize("query", ["2026-99", "x", "-1-1", "99999-1", "2026-47-3", "0001-01", "9999-52", ""])
def test_a_week_that_is_none_shows_this_week(cast, sign_in, query, this_monday):
    page = sign_in(cast.elin).get("/veckan/", {"v": query, "pass": "x", "nyss": "x"})
    assert page.status_code == 200
    assert page.context["week"].monday == this_monday


def test_ten_times_as_many_cost_no_more_statements(cast, sign_in, take_part, hold, monday, week):
    client = sign_in(cast.elin)

    def statements(address):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    hold(take_part("Amira", "Haddad"))
    few = [statements(address) for address in (week, "/veckan/deltagare/")]
    people = [take_part("Jens", f"Hult{chr(97 + i)}") for i in range(10)]
    for day in range(5):
        hold(*people, day=monday + timedelta(days=day), part="late")
    assert [statements(address) for address in (week, "/veckan/deltagare/")] == few
