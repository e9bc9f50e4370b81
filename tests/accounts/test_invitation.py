"""An account is made by the administrator and opened by its holder, through a link that works once."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import signing
from django.db.utils import IntegrityError
from django.test import Client
from django.utils import timezone

from knutpunkten.access.who import NOBODY
from knutpunkten.accounts.actions import invite
from knutpunkten.accounts.models import AgencyIdentity, Invitation
from knutpunkten.accounts.rules import readiness
from knutpunkten.audit.models import Entry
from knutpunkten.notices.links import link_to_invitation
from knutpunkten.notices.models import Mail
from knutpunkten.notices.outbox import message_to
from knutpunkten.organisations.models import User
from tests.accounts.conftest import PASSWORD, code_now, give_password
from tests.activities.test_week import text_of
from tests.conftest import behind_the_wall
from tests.settings_pages import account_page, as_sent

pytestmark = pytest.mark.django_db
CHOSEN = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def invited(cast):
    """Somebody new, with a role, and the link in their mail."""
    user = User.objects.create_user("ny.person@kommun.example", "Ny Person")
    user.memberships.create(role="caseworker", unit=cast.unit("Vuxenenheten"), starts_on="2026-01-01")
    invitation = invite(user, by=NOBODY, at=timezone.now())
    return user, link_to_invitation(invitation.pk).partition("127.0.0.1:8000")[2]


def follow(link: str) -> tuple[Client, object]:
    client = Client()
    return client, client.get(link, follow=True)


@pytest.fixture
def in_settings(cast, sign_in):
    """The administrator's browser, with password and second factor given."""
    client = sign_in(cast.admin)
    session = client.session
    session["second_factor"] = "totp"
    session.save()
    return client


def test_the_administrator_makes_an_account_and_sends_the_invitation(cast, in_settings):
    client = in_settings
    sent = {"email": "Ny.Person@kommun.example", "name": "Ny Person", "phone": ""}
    page = client.post("/installningar/organisations/user/add/", sent, follow=True)
    user = User.objects.get(email="ny.person@kommun.example")
    assert not user.has_usable_password()
    assert "Inte inbjuden än" in text_of(page)

    page = client.post(account_page(user), as_sent(user, _invite=""), follow=True)
    assert "Inbjuden. Länken gäller till" in text_of(page)
    history = text_of(client.get(account_page(user).replace("change", "history")))
    assert "Skickade inbjudan." in history
    assert "Inga fält ändrade" not in history
    with behind_the_wall():
        mail = Mail.objects.get(user=user)
        entry = Entry.objects.get(event="invitation_sent")
        message = message_to(mail)
    assert (entry.user_id, entry.object_id) == (cast.admin.pk, user.pk)
    words = message.get_content()
    assert "Ny Person" not in words + message["Subject"]
    link = re.search(r"http://[^\s]+", words).group()
    assert "administratör" in words
    assert "ett andra steg: fingret" in words
    opened = text_of(Client().get(link, follow=True))
    assert "Välj ett lösenord" in opened
    assert "Ny Person, Ada Minnhagen har gett dig kontot ny.person@kommun.example" in opened
    assert "ett andra steg, som bara du har: fingret" in opened


def test_what_a_new_invitation_ends_is_said_before_it_is_sent(invited, in_settings):
    user, link = invited
    assert "Den gamla länken slutar gälla." in text_of(in_settings.get(account_page(user)))
    client, _ = follow(link)
    client.post("/inbjudan/", CHOSEN)
    page = text_of(in_settings.get(account_page(user)))
    assert "Gör om allt: nytt lösenord och nytt andra steg." in page
    assert "Den gamla länken" not in page


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("730184629518", "Välj något annat än bara siffror"),
        ("ny.person@kommun", "Lösenordet liknar din e-postadress"),
        ("Ny Persson", "Skriv ett lösenord med minst 12 tecken"),
        ("q1w2e3r4t5y6", "Lösenordet är ett av de vanligaste"),
        ("Sommaren2026!", "Lösenordet är lätt att gissa"),
    ],
)
def test_a_password_that_will_not_do_says_what_to_do(invited, chosen, sentence):
    client, _ = follow(invited[1])
    assert sentence in text_of(client.post("/inbjudan/", {"password1": chosen, "password2": chosen}))


def test_what_is_written_on_the_page_is_saved_before_the_invitation_is_sent(cast, invited, in_settings):
    user, _ = invited
    client = in_settings
    wrong = as_sent(user, _invite="", email="ingen adress", phone="070-174 06 21")
    page = client.post(account_page(user), wrong)
    assert 'value="070-174 06 21"' in page.text
    assert Invitation.objects.count() == 1, "nothing is sent before it is saved"

    client.post(account_page(user), wrong | {"email": "rattad@kommun.example"})
    user.refresh_from_db()
    assert (user.email, user.phone) == ("rattad@kommun.example", "070-174 06 21")
    assert Invitation.objects.filter(user=user, replaced_at__isnull=True, invited_by=cast.admin).exists()


def test_nobody_is_invited_whose_account_is_closed_on_the_same_page(invited, in_settings):
    user, _ = invited
    closed = as_sent(user, _invite="", is_active="")
    page = in_settings.post(account_page(user), closed, follow=True)
    assert "ingen inbjudan skickas: kontot är inte aktivt" in text_of(page)
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [(-30, None, ""), (-30, 0, ""), (-30, -1, "nu"), (30, None, ""), (31, None, "än")],
)
def test_that_somebody_has_no_role_is_said_before_they_are_invited(cast, in_settings, starts, ends, said):
    today = timezone.localdate()
    user = User.objects.create_user("maja@kommun.example", "Maja Lind")
    user.memberships.create(
        role="caseworker",
        unit=cast.unit("Vuxenenheten"),
        starts_on=today + timedelta(days=starts),
        ends_on=None if ends is None else today + timedelta(days=ends),
    )
    before = text_of(in_settings.get(account_page(user)))
    assert (f"Maja Lind har inget uppdrag som gäller {said}." if said else "Maja Lind") in before
    assert ("har inget uppdrag som gäller" in before) is bool(said)


def test_through_the_link_one_chooses_a_password_and_a_second_factor(invited):
    user, link = invited
    client, page = follow(link)
    assert page.redirect_chain[-1][0] == "/inbjudan/", "the link stays in no address bar"
    answer = client.post("/inbjudan/", CHOSEN)
    assert answer.url == "/logga-in/andra-steget/"
    assert client.get("/arenden/").status_code == 302, "not before the second factor"

    secret = client.get("/min-inloggning/app/").context["form"].secret
    client.post("/min-inloggning/app/", {"code": code_now(secret)})
    assert client.get("/arenden/").status_code == 200
    with behind_the_wall():
        assert Entry.objects.filter(event="invitation_used", user_id=user.pk).exists()


def test_a_used_link_is_dead(invited):
    _, link = invited
    client, _ = follow(link)
    client.post("/inbjudan/", CHOSEN)
    other, page = follow(link)
    assert page.status_code == 410
    assert "Länken har slutat gälla" in text_of(page)
    assert other.post("/inbjudan/", CHOSEN).status_code == 410


def test_two_who_have_the_page_open_do_not_both_get_in(invited):
    _, link = invited
    first, _ = follow(link)
    second, _ = follow(link)
    assert first.post("/inbjudan/", CHOSEN).status_code == 302
    assert second.post("/inbjudan/", CHOSEN).status_code == 410


def test_a_newer_invitation_ends_the_older(invited):
    user, link = invited
    invite(user, by=NOBODY, at=timezone.now())
    page = follow(link)[1]
    assert page.status_code == 410
    assert "no-store" in page.headers["Cache-Control"], "the newer link leads to the same address"


def test_it_expires_after_a_week(cast):
    user = User.objects.create_user("ny.person@kommun.example", "Ny Person")
    for age, status in ((timedelta(days=7), 410), (timedelta(days=6, hours=23), 200)):
        invitation = invite(user, by=NOBODY, at=timezone.now() - age)
        link = link_to_invitation(invitation.pk).partition("127.0.0.1:8000")[2]
        assert follow(link)[1].status_code == status


def test_a_closed_accounts_link_is_dead(invited):
    user, link = invited
    user.is_active = False
    user.save()
    assert follow(link)[1].status_code == 410


@pytest.mark.parametrize("forged", ["x", "00000000-0000-0000-0000-000000000000~abc", "..%2F", "%00"])
def test_a_forged_link_opens_nothing(db, forged):
    assert Client().get(f"/inbjudan/{forged}/", follow=True).status_code in (400, 404, 410)


def test_what_lies_in_the_database_opens_nothing(invited):
    """An id is not a link: it lacks the seal."""
    _, link = invited
    invitation = Invitation.objects.get()
    assert str(invitation.pk) in link
    assert Client().get(f"/inbjudan/{invitation.pk}/", follow=True).status_code == 410
    sealed_for_another_purpose = signing.Signer(sep="~").sign(str(invitation.pk))
    assert Client().get(f"/inbjudan/{sealed_for_another_purpose}/", follow=True).status_code == 410


def test_an_invitation_to_somebody_with_an_account_begins_anew_when_it_is_used(karin):
    invitation = invite(karin, by=NOBODY, at=timezone.now())
    client, answer = give_password(karin)
    assert answer.url == "/logga-in/kod/", "the old way works until the link is used"

    link = link_to_invitation(invitation.pk).partition("127.0.0.1:8000")[2]
    client, _ = follow(link)
    new = {"password1": "sju granar och en älg", "password2": "sju granar och en älg"}
    client.post("/inbjudan/", new)
    assert not Authenticator.objects.filter(user=karin).exists()
    assert "Fel e-postadress" in text_of(give_password(karin)[1])


def test_the_administrator_is_told_how_far_an_account_has_come(cast, invited):
    user, link = invited
    now = timezone.now()

    def told(whose=user, at=now):
        said = readiness(whose, at)
        return said.words.partition(".")[0], said.invited

    assert told(cast.sara) == ("Inte inbjuden än", False)
    assert told() == ("Inbjuden", True)
    assert told(at=now + timedelta(days=8)) == ("Inbjudan har gått ut", True)
    invite(user, by=NOBODY, at=now + timedelta(days=8))
    assert told(at=now + timedelta(days=9)) == ("Inbjuden", True)
    link = link_to_invitation(Invitation.objects.latest("sent_at").pk).partition("127.0.0.1:8000")[2]
    client, _ = follow(link)
    client.post("/inbjudan/", CHOSEN)
    assert told() == ("Har valt lösenord, men inte lagt till ett andra steg", True)
    Authenticator.objects.create(user=user, type="totp", data={})
    assert told() == ("Klar: lösenord och ett andra steg", True)
    AgencyIdentity.objects.create(user=cast.sara, provider="kommunen", called="sara@kommun.example")
    assert told(cast.sara) == ("Genom sin myndighet", False)


def test_the_two_passwords_must_be_the_same(invited):
    _, link = invited
    client, _ = follow(link)
    page = client.post("/inbjudan/", {"password1": PASSWORD, "password2": "något annat helt"})
    assert "Skriv samma lösenord i båda rutorna" in text_of(page)


def test_the_database_keeps_one_living_invitation(cast):
    at = timezone.now()
    invite(cast.karin, by=NOBODY, at=at)
    with pytest.raises(IntegrityError, match="one_invitation_opens_an_account"):
        Invitation.objects.create(user=cast.karin, sent_at=at, expires_at=at + timedelta(days=1))
