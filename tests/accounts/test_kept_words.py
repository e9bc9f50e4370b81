"""What one has typed and not sent is there when one is back, for the one who typed it."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.accounts.kept import LARGEST, MOST_FORMS, forget, remember
from knutpunkten.accounts.models import KeptWords
from knutpunkten.organisations.models import Role, User
from tests.accounts.conftest import code_now, give_password
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db
PAGE = "/kontaktlista/"
TYPED = [["reason", "Halva meningen jag hann"], ["way", "phone"]]


def keep(client: Client, path: str = PAGE, fields: object = TYPED):
    return client.post("/logga-in/behall/", {"path": path, "fields": json.dumps(fields)})


def give_back(client: Client, path: str = PAGE) -> list:
    return client.post("/logga-in/lamna-tillbaka/", {"path": path}).json()["fields"]


@pytest.fixture
def signed_in(karin):
    """``signed_in()``: Karin at a browser of her own, with password and code (a later one each time)."""

    def sign_in():
        from allauth.mfa.totp.internal import auth

        auth.cache.clear()
        client, _ = give_password(karin)
        client.post("/logga-in/kod/", {"code": code_now()})
        return client

    return sign_in


def waiting(client: Client) -> str:
    """What a page says waits, by the forms' addresses."""
    found = re.search(r'data-words-wait="([^"]*)"', client.get("/arenden/").content.decode())
    return found[1] if found else ""


def test_they_are_given_back_after_signing_in_again(signed_in):
    assert 1700 < int(keep(signed_in()).content) <= 1800
    client = signed_in()
    assert waiting(client) == PAGE
    assert give_back(client) == TYPED


def test_they_are_given_back_in_the_same_sitting_until_they_are_thrown_away(signed_in):
    client = signed_in()
    assert waiting(client) == ""
    keep(client)
    assert waiting(client) == PAGE
    assert give_back(client) == give_back(client) == TYPED
    keep(client, fields=[])
    assert waiting(client) == ""
    assert give_back(client) == []


def test_what_another_browser_has_sent_is_waited_for_no_longer(signed_in, karin):
    client = signed_in()
    keep(client)
    with behind_the_wall():
        KeptWords.objects.filter(user=karin).delete()
    assert give_back(client) == []
    assert waiting(client) == ""


def test_nobody_else_gets_them_not_even_from_the_database(signed_in, cast, sign_in, settings):
    keep(signed_in())
    settings.DEMO = True
    other = sign_in(cast.elin)
    assert give_back(other) == []
    with acting_as(cast.elin):
        assert not KeptWords.objects.exists()
    with behind_the_wall():
        # Nor from the page, where the database hides nothing.
        assert give_back(other) == []
        assert keep(other, fields=[["reason", "En annans"]]).status_code == 200
        assert KeptWords.objects.get(user=cast.karin).fields == TYPED


def test_a_form_that_is_sent_after_another_has_signed_in_in_the_same_browser_is_shown_again_and_not_said_to_wait(
    cast, settings
):
    settings.DEMO = True
    browser = Client(enforce_csrf_checks=True)
    drawn = step_in(browser, cast.karin)
    said = {"path": PAGE, "fields": json.dumps(TYPED), "csrfmiddlewaretoken": drawn}
    assert browser.post("/logga-in/behall/", said).status_code == 200

    step_in(browser, cast.elin)
    assert browser.post("/logga-in/behall/", said).status_code == 403, "nor are they kept as the other's"
    sent = {"reason": "Hela meningen, till slut", "password": "mitt hem ligga", "csrfmiddlewaretoken": drawn}
    answer = browser.post(PAGE, sent)
    assert answer.status_code == 403
    assert "Det är inte sparat. Kopiera det" in answer.text
    assert "Hela meningen, till slut" in answer.text
    assert "mitt hem ligga" not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert "data-words-wait" not in browser.get("/arenden/").content.decode()

    drawn = step_in(browser, cast.karin)
    given = browser.post("/logga-in/lamna-tillbaka/", {"path": PAGE, "csrfmiddlewaretoken": drawn})
    assert given.json()["fields"] == TYPED


def step_in(browser: Client, user: User) -> str:
    """Somebody signs in where another was; answers the token of the pages that are drawn for them."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/kliv-in/").content.decode())[1]
    browser.post("/kliv-in/", {"who": user.pk, "csrfmiddlewaretoken": token})
    return re.search(r'data-token="([^"]+)"', browser.get(PAGE).content.decode())[1]


def test_the_form_that_is_sent_is_let_go_and_no_other_of_the_same_page(cast, settings, make_case):
    """One that says at its address what it is about is another form, with words of its own."""
    settings.DEMO = True
    browser, page = Client(), f"/arenden/{make_case('announced').pk}/uppgifter/"
    step_in(browser, cast.mats)
    for path in (page, f"{page}?andra=arbete"):
        keep(browser, path)
    assert browser.post(f"{page}?andra=arbete", {"text_arbete": "Svetsare"}).status_code == 302
    assert (give_back(browser, f"{page}?andra=arbete"), give_back(browser, page)) == ([], TYPED)
    assert browser.post(f"{page}?ikryssat=", {"text_arbete": "Svetsare"}).status_code == 302
    assert give_back(browser, page) == []


def test_looking_for_them_leaves_whoever_asked_asking(karin, cast, rf):
    """Who signs in may be another than who asked: in the demo one steps in as somebody else."""
    with behind_the_wall():
        coordinates = {"role": Role.COORDINATOR, "unit": cast.unit("LIS-teamet"), "programme": cast.lis}
        cast.elin.memberships.create(**coordinates, starts_on=timezone.localdate())
    request = rf.get("/")
    request.session = {}
    with acting_as(cast.elin, role=Role.COORDINATOR) as elin, connection.cursor() as cursor:
        request.who = elin
        remember(request, karin)
        cursor.execute("select app_user(), app_hat()")
        assert cursor.fetchone() == (elin.user_id, elin.hat.id)


def test_the_newest_words_of_a_form_are_kept(signed_in):
    client = signed_in()
    keep(client)
    keep(client, fields=[["reason", "Hela meningen"]])
    assert give_back(client) == [["reason", "Hela meningen"]]


def test_they_wait_over_a_working_week_away_and_are_then_forgotten(signed_in, karin):
    keep(signed_in())
    with behind_the_wall():
        assert forget(timezone.now() + timedelta(days=13)) == 0
        assert forget(timezone.now() + timedelta(days=15)) == 1


@pytest.mark.parametrize("typed", ["half\0way", "half\ud800way"])
def test_a_character_that_cannot_be_kept_takes_no_other_with_it(signed_in, typed):
    client = signed_in()
    assert keep(client, fields=[["reason\0", typed], *TYPED]).status_code == 200
    assert give_back(client) == [["reason\ufffd", "half\ufffdway"], *TYPED]


def test_words_to_the_brim_of_a_form_are_kept_and_no_more(signed_in):
    client = signed_in()
    assert keep(client, fields=[["text", "ö" * 40_000]]).status_code == 200
    assert keep(client, fields=[["text", "x" * LARGEST]]).status_code == 400
    in_bytes_too_long = {"path": PAGE, "fields": json.dumps([["text", "ö" * (LARGEST // 2)]], ensure_ascii=False)}
    assert client.post("/logga-in/behall/", in_bytes_too_long).status_code == 400
    assert give_back(client) == [["text", "ö" * 40_000]], "what was kept before is there"
    assert keep(client, "/" + "x" * 299, [["a", "b"]] * 300).status_code == 200


def test_of_one_account_the_newest_forms_are_kept(signed_in, karin, cast):
    with behind_the_wall():
        KeptWords.objects.create(user=cast.elin, path="/0/", fields=TYPED, kept_at=timezone.now() - timedelta(hours=9))
    client = signed_in()
    for n in range(MOST_FORMS + 2):
        keep(client, f"/{n}/")
    with behind_the_wall():
        kept = set(KeptWords.objects.filter(user=karin).values_list("path", flat=True))
        assert kept == {f"/{n}/" for n in range(2, MOST_FORMS + 2)}
        assert KeptWords.objects.filter(user=cast.elin).exists()


@pytest.mark.parametrize("path", ["elsewhere", "/a\0b/", "/" + "x" * 300])
def test_a_path_that_no_page_has_is_refused(signed_in, path):
    client = signed_in()
    assert keep(client, path).status_code == 400
    assert client.post("/logga-in/lamna-tillbaka/", {"path": path}).status_code == 400


def test_brackets_without_end_are_refused(signed_in):
    assert signed_in().post("/logga-in/behall/", {"path": PAGE, "fields": "[" * 100_000}).status_code == 400


@pytest.mark.parametrize("fields", ["words", [["one"]], [["a", 1]], {}, [["a", "b"]] * 301])
def test_anything_else_is_refused(signed_in, fields):
    assert keep(signed_in(), fields=fields).status_code == 400


def test_signed_out_nothing_is_kept(db):
    assert keep(Client()).status_code == 302
