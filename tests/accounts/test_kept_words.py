"""What one had typed when the sitting ended is there after signing in again, for the one who typed it."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.accounts.kept import forget
from knutpunkten.accounts.models import KeptWords
from tests.accounts.conftest import code_now, give_password
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db
PAGE = "/kontaktlista/"
TYPED = [["reason", "Halva meningen jag hann"], ["way", "phone"]]


def keep(client: Client, path: str = PAGE, fields: object = TYPED):
    return client.post("/logga-in/behall/", {"path": path, "fields": json.dumps(fields)})


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


def test_they_are_given_back_once_on_the_same_page(signed_in):
    assert 1700 < int(keep(signed_in()).content) <= 1800
    client = signed_in()
    assert "data-words-wait" in client.get(PAGE).content.decode()
    assert "data-words-wait" not in client.get("/arenden/").content.decode()

    given = client.post("/logga-in/lamna-tillbaka/", {"path": PAGE}).json()
    assert given == {"fields": TYPED}
    assert "data-words-wait" not in client.get(PAGE).content.decode()
    assert client.post("/logga-in/lamna-tillbaka/", {"path": PAGE}).json() == {"fields": []}


def test_nobody_else_gets_them_not_even_from_the_database(signed_in, cast, sign_in, settings):
    keep(signed_in())
    settings.DEMO = True
    other = sign_in(cast.elin)
    assert other.post("/logga-in/lamna-tillbaka/", {"path": PAGE}).json() == {"fields": []}
    with acting_as(cast.elin):
        assert not KeptWords.objects.exists()
    with behind_the_wall():
        assert KeptWords.objects.get().fields == TYPED


def test_the_newest_words_of_a_page_are_kept(signed_in):
    client = signed_in()
    keep(client)
    keep(client, fields=[["reason", "Hela meningen"]])
    assert client.post("/logga-in/lamna-tillbaka/", {"path": PAGE}).json() == {"fields": [["reason", "Hela meningen"]]}


def test_they_are_forgotten_after_a_day(signed_in, karin):
    keep(signed_in())
    with behind_the_wall():
        assert forget(timezone.now() + timedelta(hours=23)) == 0
        assert forget(timezone.now() + timedelta(hours=25)) == 1


@pytest.mark.parametrize(
    ("path", "fields"), [("elsewhere", TYPED), (PAGE, "words"), (PAGE, [["one"]]), (PAGE, [["a", 1]]), (PAGE, {})]
)
def test_anything_else_is_refused(signed_in, path, fields):
    assert keep(signed_in(), path, fields).status_code == 400


def test_signed_out_nothing_is_kept(db):
    assert keep(Client()).status_code == 302
