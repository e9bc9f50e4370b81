"""Password and second factor, and nothing before both."""

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse

from knutpunkten.audit.models import Entry
from tests.accounts.conftest import PASSWORD, SECRET, code_now, give_password
from tests.activities.test_week import text_of
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


def events(**of):
    with behind_the_wall():
        return list(Entry.objects.filter(**of).order_by("recorded_at"))


def test_a_password_and_a_code_open_the_page_one_wanted(karin):
    client, answer = give_password(karin, next="/arenden/")
    assert answer.url == "/logga-in/kod/"
    assert client.get("/arenden/").status_code == 302, "not before the code"
    karin.refresh_from_db()
    before = karin.last_login

    answer = client.post("/logga-in/kod/", {"code": code_now()})
    assert answer.url == "/arenden/"
    assert client.get("/arenden/").status_code == 200
    [entry] = events(event="signed_in", user_id=karin.pk)
    assert entry.detail == {"factor": "totp"}
    karin.refresh_from_db()
    assert karin.last_login > before, "the administrator who has signed in once counts as one"


def test_a_code_works_once(karin):
    client, _ = give_password(karin)
    code = code_now()
    client.post("/logga-in/kod/", {"code": code})

    other, _ = give_password(karin)
    assert "Koden stämmer inte" in text_of(other.post("/logga-in/kod/", {"code": code}))


def test_a_wrong_password_and_an_unknown_account_are_answered_alike(karin):
    _, wrong = give_password(karin, "inte alls det här")
    karin.email = "finns.inte@knutpunkten.example"
    _, unknown = give_password(karin)
    assert wrong.status_code == unknown.status_code == 200
    assert "Fel e-postadress eller lösenord" in text_of(wrong)
    assert text_of(wrong) == text_of(unknown)


def test_failed_attempts_are_recorded_without_what_was_typed(karin):
    give_password(karin, "inte alls det här")
    karin.email = "nagon.annan@knutpunkten.example"
    give_password(karin)
    known, unknown = events(event="sign_in_failed")
    assert known.object_id == karin.pk
    assert unknown.object_id is None
    assert {known.user_id, unknown.user_id} == {None}
    assert known.detail == unknown.detail == {"how": "password", "why": "wrong"}


def test_after_five_wrong_passwords_the_right_one_waits(karin):
    for _ in range(5):
        give_password(karin, "inte alls det här")
    client, answer = give_password(karin)
    assert "För många försök" in text_of(answer)
    assert client.get("/arenden/").status_code == 302


def test_after_five_wrong_codes_the_right_one_waits(karin):
    client, _ = give_password(karin)
    for _ in range(5):
        assert "Koden stämmer inte" in text_of(client.post("/logga-in/kod/", {"code": "000000"}))
    assert "För många försök" in text_of(client.post("/logga-in/kod/", {"code": code_now()}))


def test_a_closed_account_is_not_let_in(karin):
    with behind_the_wall():
        karin.is_active = False
        karin.save()
    client, answer = give_password(karin)
    assert client.get(answer.url).status_code == 403
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("page", ["/", "/arenden/", "/installningar/", "/roller/", "/min-inloggning/", "/sok/"])
def test_with_only_a_password_nothing_opens_but_the_choice_of_a_second_factor(cast, page):
    with behind_the_wall():
        cast.admin.set_password(PASSWORD)
        cast.admin.save()
    client, _ = give_password(cast.admin)
    answer = client.get(page)
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/logga-in/andra-steget/")
    assert client.get("/logga-in/andra-steget/").status_code == 200
    assert client.get("/logga-in/andra-steget/").wsgi_request.who.user_id is None, "the database knows nobody"
    assert client.get("/tillganglighet/").status_code == 200, "what is open to everybody is so here too"
    assert client.post("/logga-ut/").url == "/logga-in/"
    assert "_auth_user_id" not in client.session


def test_an_app_is_added_and_the_recovery_codes_are_shown_once(cast):
    with behind_the_wall():
        cast.karin.set_password(PASSWORD)
        cast.karin.save()
    client, _ = give_password(cast.karin)
    page = client.get("/min-inloggning/app/")
    secret = page.context["form"].secret
    assert "Koden stämmer inte" in text_of(client.post("/min-inloggning/app/", {"code": "000000"}))

    answer = client.post("/min-inloggning/app/", {"code": code_now(secret)})
    assert answer.url == "/min-inloggning/reservkoder/"
    codes = client.get(answer.url).context["unused_codes"]
    assert len(codes) == 10
    assert client.get("/arenden/").status_code == 200
    assert codes[0] not in text_of(client.get(answer.url))
    assert "De visas bara en gång" in text_of(client.get(answer.url))

    other, _ = give_password(cast.karin)
    assert other.post("/logga-in/kod/", {"code": codes[0]}).url == "/"
    third, _ = give_password(cast.karin)
    assert "Koden stämmer inte" in text_of(third.post("/logga-in/kod/", {"code": codes[0]}))
    assert [e.detail for e in events(event="second_factor_added")] == [{"factor": "totp"}]


@pytest.mark.parametrize("page", ["andra-steget", "app", "passernyckel", "reservkoder", "igen"])
def test_a_half_sitting_ends_when_the_account_gets_its_second_factor_from_elsewhere(cast, page):
    """Else whoever has the password alone, and was in time, adds a factor of their own beside it."""
    with behind_the_wall():
        cast.karin.set_password(PASSWORD)
        cast.karin.save()
    stranger, _ = give_password(cast.karin)
    secret = stranger.get("/min-inloggning/app/").context["form"].secret
    with behind_the_wall():
        Authenticator.objects.create(user=cast.karin, type="webauthn", data={})

    address = f"/logga-in/{page}/" if page == "andra-steget" else f"/min-inloggning/{page}/"
    for answer in (stranger.get(address), stranger.post("/min-inloggning/app/", {"code": code_now(secret)})):
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/logga-in/")
    assert Authenticator.objects.get(user=cast.karin).type == "webauthn"
    again, answer = give_password(cast.karin, client=stranger)
    assert answer.url == "/logga-in/kod/"
    assert again.get("/arenden/").status_code == 302


def test_no_secret_lies_in_clear(karin):
    client, _ = give_password(karin)
    client.post("/logga-in/kod/", {"code": code_now()})
    for kept in Authenticator.objects.all():
        assert SECRET not in str(kept.data)


def test_the_last_second_factor_stays(karin):
    client, _ = give_password(karin)
    client.post("/logga-in/kod/", {"code": code_now()})
    client.post("/min-inloggning/igen/", {"password": PASSWORD})
    answer = client.post("/min-inloggning/app/ta-bort/")
    assert "Lägg till ett annat sätt först" in text_of(answer)
    assert Authenticator.objects.filter(user=karin, type="totp").exists()


def test_the_last_second_factor_stays_when_it_is_a_passkey(karin):
    client, _ = give_password(karin)
    client.post("/logga-in/kod/", {"code": code_now()})
    client.post("/min-inloggning/igen/", {"password": PASSWORD})
    with behind_the_wall():
        key = Authenticator.objects.create(user=karin, type="webauthn", data={"name": "Nyckel", "credential": {}})
        Authenticator.objects.filter(user=karin, type="totp").delete()
        # Codes on paper run out: they are no second factor of their own.
        Authenticator.objects.create(user=karin, type="recovery_codes", data={})
    answer = client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert "Lägg till ett annat sätt först" in text_of(answer)
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_who_changes_second_factors_shows_again_who_they_are(karin):
    client, _ = give_password(karin)
    client.post("/logga-in/kod/", {"code": code_now()})
    answer = client.get("/min-inloggning/passernyckel/")
    assert answer.url.startswith("/min-inloggning/igen/")


def test_a_new_password_asks_for_the_old_and_ends_other_sittings(karin):
    client, _ = give_password(karin)
    client.post("/logga-in/kod/", {"code": code_now()})
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    elsewhere = Client()
    elsewhere.force_login(karin)
    session = elsewhere.session
    session["second_factor"] = "totp"
    session.save()
    assert elsewhere.get("/arenden/").status_code == 200

    new = "sju granar och en älg"
    wrong = client.post(
        "/min-inloggning/losenord/", {"oldpassword": "fel lösenord här", "password1": new, "password2": new}
    )
    assert "Fel lösenord" in text_of(wrong)
    done = client.post("/min-inloggning/losenord/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert done.url == "/min-inloggning/"
    assert client.get("/arenden/").status_code == 200
    assert elsewhere.get("/arenden/").status_code == 302


@pytest.mark.parametrize("weak", ["kort", "123456789012", "password1234", "karin.hallgren"])
def test_a_weak_password_is_refused(karin, weak):
    client, _ = give_password(karin)
    client.post("/logga-in/kod/", {"code": code_now()})
    sent = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    assert client.post("/min-inloggning/losenord/", sent).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["signup/", "password/reset/", "email/", "confirm-email/", "social/signup/", "accounts/login/", "login/"],
)
def test_nothing_else_of_the_library_is_there(db, address):
    assert Client().get(f"/{address}").status_code == 404


def test_one_is_never_sent_elsewhere(karin):
    client, _ = give_password(karin, next="https://ond.example/")
    assert client.post("/logga-in/kod/", {"code": code_now()}).url == "/"
