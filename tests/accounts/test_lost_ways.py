"""The installation's key was changed or lost, or a telephone: nobody is met by an error, and there is a way back in."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from knutpunkten.accounts import sealing
from knutpunkten.audit.models import Entry
from tests.accounts.conftest import PASSWORD, code_now, give_password
from tests.activities.test_week import text_of
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db
EARLIER = sealing.cipher("the key there was before").encrypt


def seal_by_an_earlier_key(user, kind, **data):
    with behind_the_wall():
        Authenticator.objects.update_or_create(user=user, type=kind, defaults={"data": data})


@pytest.fixture
def key_has_changed(karin):
    seal_by_an_earlier_key(karin, "totp", secret=EARLIER(b"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").decode())
    return karin


@pytest.mark.parametrize("code", [None, "000000"])
def test_a_code_that_can_no_longer_be_tried_is_refused_and_the_way_back_is_told(key_has_changed, code):
    client, _ = give_password(key_has_changed)
    page = client.post("/logga-in/kod/", {"code": code or code_now()})
    assert page.status_code == 200
    assert "be administratören om en ny inbjudan" in text_of(page)
    assert client.get("/arenden/").status_code == 302, "nobody is in"
    with behind_the_wall():
        assert Entry.objects.get(event="sign_in_failed").detail == {"how": "totp", "why": "wrong"}


def test_attempts_are_counted_all_the_same(key_has_changed):
    client, _ = give_password(key_has_changed)
    for _ in range(5):
        client.post("/logga-in/kod/", {"code": code_now()})
    assert "För många försök" in text_of(client.post("/logga-in/kod/", {"code": code_now()}))


def test_who_gets_in_another_way_has_what_outlived_itself_put_away_and_makes_new_codes(karin):
    seal_by_an_earlier_key(karin, "recovery_codes", seed=EARLIER(b"abc").decode(), used_mask=0)
    client, _ = give_password(karin)
    client.post("/logga-in/kod/", {"code": code_now()})
    assert "Reservkoder inga" in text_of(client.get("/min-inloggning/"))
    with behind_the_wall():
        assert Entry.objects.get(event="second_factor_removed").detail == {"factor": "recovery_codes"}
    client.post("/min-inloggning/igen/", {"password": PASSWORD})
    client.post("/min-inloggning/reservkoder/nya/")
    assert "Reservkoder 10 kvar" in text_of(client.get("/min-inloggning/"))


def test_an_administrator_who_cannot_get_in_is_given_a_link_by_who_runs_the_server(cast, capsys):
    call_command("invite_administrator", "--email", cast.admin.email.upper())
    _, _, link = capsys.readouterr().out.strip().partition("127.0.0.1:8000")

    page = Client().get(link, follow=True)
    assert "Välj ett lösenord" in text_of(page)
    with behind_the_wall():
        entry = Entry.objects.get(event="invitation_sent")
    assert (entry.user_id, entry.object_id) == (None, cast.admin.pk)


@pytest.mark.parametrize("made", ["another role", "closed", "ended"])
def test_nobody_else_is_given_one(cast, made):
    user = cast.karin if made == "another role" else cast.admin
    with behind_the_wall():
        if made == "closed":
            user.is_active = False
            user.save()
        elif made == "ended":
            user.memberships.update(starts_on="2020-01-01", ends_on="2020-12-31")
    with pytest.raises(CommandError, match="är ingen administratör"):
        call_command("invite_administrator", "--email", user.email)


def test_the_first_administrators_command_says_so_where_there_is_one(cast):
    with pytest.raises(CommandError, match="invite_administrator"):
        call_command("first_administrator", "--association", "F", "--name", "A B", "--email", "a.b@kommun.test")
