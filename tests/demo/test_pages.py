"""Stepping in as somebody, and reading the demo's mails."""

from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.other_hat import HAT_KEY
from knutpunkten.demo.cast import PEOPLE
from knutpunkten.organisations.models import User
from tests.builders import make_person
from tests.conftest import behind_the_wall


def test_nobody_signed_in_is_led_to_step_in(cast):
    answer = Client().get("/", follow=True)

    assert answer.redirect_chain[-1][0] == reverse("step_in")
    assert "Kliv in som" in answer.content.decode()


def test_each_card_shows_how_much_waits_and_the_same_waits_on_the_start_page(cast, make_case, sign_in):
    make_case("placed", notice_given_at=None)
    make_case("handed_over")
    make_case("active", valid_until=timezone.localdate() + timedelta(days=20))  # to be renewed: a task of its own kind

    cards = {card.user.pk: card for card in Client().get(reverse("step_in")).context["cards"]}

    for user in (cast.karin, cast.elin, cast.johan, cast.ulrika):
        tasks = sign_in(user).get(reverse("start")).context["tasks"]
        assert cards[user.pk].waits == len(tasks), user.name
    assert cards[cast.karin.pk].waits == 1, "a supervisor is to be chosen"
    assert cards[cast.johan.pk].words != "Inget väntar just nu"


def test_the_page_says_who_takes_part_and_who_has_no_role_any_more(cast):
    with behind_the_wall():
        account = User.objects.create_user("leif@deltagare.example", "Leif Ek")
        make_person("Leif", "Ek", account=account)
        cast.peter.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))

    roles = {other.user.pk: other.role for other in Client().get(reverse("step_in")).context["others"]}

    assert (roles[account.pk], roles[cast.peter.pk]) == ("Deltagare", "Har ingen roll just nu")
    assert roles[cast.ylva.pk] == "Handledare"


def test_the_page_shows_nobodys_name_but_the_casts(cast, make_case):
    case = make_case("active")

    page = Client().get(reverse("step_in")).content.decode()

    assert case.last_name not in page
    assert case.number not in page


def test_after_the_cards_were_asked_the_visitor_is_who_they_were(cast, make_case, sign_in):
    make_case("active")

    sign_in(cast.johan).get(reverse("step_in"))

    with connection.cursor() as cursor:
        cursor.execute("select app_user()")
        assert cursor.fetchone() == (cast.johan.pk,)


@pytest.mark.parametrize("key", [row[0] for row in PEOPLE] + ["bengt", "admin"])
def test_stepping_in_signs_in_and_leads_to_the_start_page(cast, key):
    client = Client()

    answer = client.post(reverse("step_in"), {"who": cast.people[key].pk})
    assert (answer.status_code, answer["Location"]) == (302, reverse("start"))

    start = client.get(reverse("start"), follow=True)
    assert start.status_code == 200
    assert start.wsgi_request.who.user_id == cast.people[key].pk


def test_stepping_in_as_another_leaves_the_first_ones_session_behind(cast, sign_in):
    client = sign_in(cast.karin)
    session = client.session
    session[HAT_KEY], session["draft"] = str(cast.karin.memberships.get().pk), "Karins"
    session.save()

    client.post(reverse("step_in"), {"who": cast.johan.pk})

    assert "draft" not in client.session
    assert HAT_KEY not in client.session


@pytest.mark.parametrize("wanted", ["", "karin", str(UUID(int=1)), "1; drop table"])
def test_a_forged_account_is_not_there(cast, wanted):
    assert Client().post(reverse("step_in"), {"who": wanted}).status_code == 404


def test_stepping_in_needs_the_forms_own_token(cast):
    answer = Client(enforce_csrf_checks=True).post(reverse("step_in"), {"who": cast.karin.pk})

    assert answer.status_code == 403


def test_the_mails_are_shown_newest_first(cast, settings, tmp_path):
    settings.POST_DIRECTORY = tmp_path
    keep(tmp_path, "20261117T080000.000000Z-a", "johan@myndighet.example", "Äldst")
    keep(tmp_path, "20261117T090000.000000Z-b", "karin@knutpunkten.example", "<b>Nyast</b>")

    page = Client().get(reverse("demo_post")).content.decode()

    assert page.index("karin@knutpunkten.example") < page.index("johan@myndighet.example")
    assert "2026-11-17 10:00" in page, "as it came, in Swedish time"
    assert "&lt;b&gt;Nyast&lt;/b&gt;" in page
    assert "Du har en ny uppgift" in page


def test_before_any_mail_the_page_says_when_one_comes(cast, settings, tmp_path):
    settings.POST_DIRECTORY = tmp_path / "not there yet"

    assert "Inga mejl än" in Client().get(reverse("demo_post")).content.decode()


def keep(folder, name, to, subject):
    message = EmailMessage()
    message["To"], message["Subject"] = to, subject
    message.set_content("Du har en ny uppgift att titta på. Logga in.\n")
    (folder / f"{name}.eml").write_bytes(message.as_bytes())
