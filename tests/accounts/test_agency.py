"""Signing in through one's agency, against an OpenID provider that is not ours."""

import json
import os
import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from jwt.algorithms import ECAlgorithm

from config.agencies import agencies, as_allauth_has_it
from knutpunkten.accounts.agencies import NUMBERS, ORG_AFFILIATION
from knutpunkten.accounts.models import AgencyIdentity
from knutpunkten.accounts.through_agency import ComingBack
from knutpunkten.audit.models import Entry
from tests.activities.test_week import text_of
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db
LOA3 = "http://id.elegnamnden.se/loa/1.0/loa3"
LOA2 = "http://id.elegnamnden.se/loa/1.0/loa2"
JOHANS = "jwik@212000-0779"


PEOPLE: dict[str, dict[str, object]] = {
    "johan": {ORG_AFFILIATION: JOHANS},
    "johan-low": {ORG_AFFILIATION: JOHANS, "acr": LOA2},
    "successor": {ORG_AFFILIATION: JOHANS},
    "stranger": {ORG_AFFILIATION: "vem@212000-0779"},
    "by-mail": {"email": "johan.wik@kommun.example", "email_verified": True},
    "by-unverified-mail": {"email": "johan.wik@kommun.example", "email_verified": False},
    "twofold": {ORG_AFFILIATION: JOHANS, NUMBERS[0]: "197804112394", NUMBERS[1]: "195705749959"},
    "nobody": {},
}


@pytest.fixture(scope="module")
def provider():
    import oidc_provider_mock  # a third of a second, and only one process of a run gets these tests

    people = [oidc_provider_mock.User(sub=sub, claims={"acr": LOA3, **claims}) for sub, claims in PEOPLE.items()]
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"
    del os.environ["AUTHLIB_INSECURE_TRANSPORT"]


@pytest.fixture(autouse=True)
def agency(settings, provider):
    """Västervik's own sign-in, with level 3 accepted."""
    [made] = agencies(
        f'[{{"id": "vastervik", "name": "Västerviks kommun", "issuer": "{provider}", "client_id": "knutpunkten",'
        f' "secret": "hemligt", "accepted": ["{LOA3}"]}}]'
    )
    settings.AGENCIES = [made]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [as_allauth_has_it(made)]}}


@pytest.fixture
def johan(cast):
    """Johan, whom the administrator has written down as his agency calls him."""
    with behind_the_wall():
        AgencyIdentity.objects.create(user=cast.johan, provider="vastervik", called=JOHANS.upper())
    return cast.johan


def sign_in_as(sub: str, client: Client | None = None, next: str = ""):
    """From our sign-in page to the agency's, there as *sub*, and back."""
    client = client or Client()
    there = client.post("/logga-in/genom/vastervik/", {"next": next})
    assert there.status_code == 302, text_of(there)
    answered = requests.post(there.url, data={"sub": sub}, allow_redirects=False, timeout=5)
    way = urlsplit(answered.headers["Location"])
    assert way.path == "/logga-in/genom/vastervik/svar/"
    return client, client.get(f"{way.path}?{way.query}")


def test_at_the_accepted_level_it_is_enough_and_leads_to_the_page_one_wanted(johan):
    before = johan.last_login
    client, answer = sign_in_as("johan", next="/arenden/")
    assert answer.url == "/arenden/"
    page = client.get("/arenden/")
    assert page.status_code == 200
    assert page.wsgi_request.who.user_id == johan.pk
    with behind_the_wall():
        assert Entry.objects.get(event="signed_in").detail == {"factor": "agency"}
    johan.refresh_from_db()
    assert johan.last_login > before


def test_we_ask_for_the_accepted_level_and_not_for_the_identity_number(johan):
    asked = Client().post("/logga-in/genom/vastervik/").url
    assert "acr_values=http%3A%2F%2Fid.elegnamnden.se%2Floa%2F1.0%2Floa3" in asked
    assert "code_challenge=" in asked
    assert "naturalPersonNumber" not in asked


@pytest.mark.parametrize(
    ("sub", "sentence", "why"),
    [
        ("stranger", "du har inget konto här", "unknown"),
        ("johan-low", "inte är säkert nog", "too_low"),
        ("twofold", "svarade på ett sätt som vi inte förstår", "unclear"),
        ("by-unverified-mail", "du har inget konto här", "unknown"),
        ("nobody", "du har inget konto här", "unknown"),
    ],
)
def test_others_are_refused_with_a_sentence_and_no_account_is_made(johan, sub, sentence, why):
    before = type(johan).objects.count()
    client, answer = sign_in_as(sub)
    assert answer.status_code == 403
    assert sentence in text_of(answer)
    assert client.get("/").status_code == 302
    assert type(johan).objects.count() == before
    with behind_the_wall():
        entry = Entry.objects.get(event="sign_in_failed")
    assert (entry.user_id, entry.detail) == (None, {"how": "agency", "why": why})


def test_a_closed_account_is_refused(johan):
    johan.is_active = False
    johan.save()
    assert "Ditt konto är stängt" in text_of(sign_in_as("johan")[1])


def test_somebody_without_a_role_is_refused(johan):
    with behind_the_wall():
        johan.memberships.update(ends_on="2020-01-01", starts_on="2019-01-01")
    assert "inget uppdrag här idag" in text_of(sign_in_as("johan")[1])


def test_an_account_may_be_known_by_a_verified_address(cast):
    AgencyIdentity.objects.create(user=cast.johan, provider="vastervik", called="johan.wik@kommun.example")
    assert sign_in_as("by-mail")[1].status_code == 302


def test_the_first_sign_in_binds_the_account_and_a_successor_with_the_same_name_is_refused(johan):
    sign_in_as("johan")
    _, answer = sign_in_as("successor")
    assert "öppnas av någon annan" in text_of(answer)
    assert AgencyIdentity.objects.get().subject == "johan"
    with behind_the_wall():
        AgencyIdentity.objects.update(called="nytt-namn@212000-0779")
    assert sign_in_as("johan")[1].status_code == 302, "the bound one is let in whatever the agency calls them"


def test_nothing_of_what_the_agency_tells_is_kept_but_the_subject(johan):
    client, _ = sign_in_as("johan")
    kept = str(dict(client.session.items())) + str(AgencyIdentity.objects.values().get())
    assert "id_token" not in kept
    assert JOHANS not in kept.replace(JOHANS.upper(), "")


def test_an_answer_that_was_not_asked_for_lets_nobody_in(johan, provider):
    there = Client().post("/logga-in/genom/vastervik/").url
    answered = requests.post(there, data={"sub": "johan"}, allow_redirects=False, timeout=5)
    way = urlsplit(answered.headers["Location"])
    other = Client()
    answer = other.get(f"{way.path}?{way.query}")
    assert answer.status_code == 403, "somebody else's answer"
    assert other.get("/").status_code == 302


@pytest.mark.parametrize("page", ["passernyckel", "app", "reservkoder", "reservkoder/nya", "losenord", "igen"])
def test_who_comes_through_the_agency_alone_adds_no_way_of_their_own(johan, page):
    johan.set_unusable_password()
    johan.save()
    client, _ = sign_in_as("johan")
    assert "Lägg till" not in text_of(client.get("/min-inloggning/"))
    for answer in (client.get(f"/min-inloggning/{page}/"), client.post(f"/min-inloggning/{page}/", {"code": "1"})):
        assert answer.status_code == 403
        assert "Du loggar in genom din myndighet" in text_of(answer)
        assert "skickar administratören en inbjudan" in text_of(answer)
    assert not Authenticator.objects.filter(user=johan).exists()


def asked_for(there: str) -> str:
    return parse_qs(urlsplit(there).query)["nonce"][0]


def test_each_try_has_a_word_of_its_own_that_the_answer_repeats(johan):
    first, second = (Client().post("/logga-in/genom/vastervik/").url for _ in range(2))
    assert len(asked_for(first)) >= 32
    assert asked_for(first) != asked_for(second)


@pytest.mark.parametrize("put_in", ["nonce=somebody-elses", "", "nonce="])
def test_an_answer_made_for_another_try_is_refused(johan, put_in):
    client = Client()
    there = client.post("/logga-in/genom/vastervik/").url
    there = there.replace(f"nonce={asked_for(there)}", put_in)
    answered = requests.post(there, data={"sub": "johan"}, allow_redirects=False, timeout=5)
    way = urlsplit(answered.headers["Location"])
    answer = client.get(f"{way.path}?{way.query}")
    assert answer.status_code == 403
    assert "hör inte till det här försöket" in text_of(answer)
    assert client.get("/").status_code == 302
    assert AgencyIdentity.objects.get().subject == ""
    with behind_the_wall():
        assert Entry.objects.get(event="sign_in_failed").detail == {"how": "agency", "why": "another_try"}


KEY, ANOTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def answering(monkeypatch):
    """``answering(key, alg, kid, told=…, **claims)``: the agency's answer with such a token instead; None: without it.

    Its published key is ``KEY``, called "now". *told* is what it tells outside the token.
    """

    def answer_with(key=KEY, alg="ES256", kid="now", told=None, **claims):
        real = OAuth2Client.get_access_token

        def get_access_token(self, *args, **of):
            answer = real(self, *args, **of)
            said = jwt.decode(answer["id_token"], options={"verify_signature": False}) | claims
            said = {name: value for name, value in said.items() if value is not None}
            headers = {"kid": kid} if kid else {}
            return answer | {"id_token": jwt.encode(said, key, algorithm=alg, headers=headers)}

        published = json.loads(ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "now"}
        monkeypatch.setattr(OAuth2Client, "get_access_token", get_access_token)
        monkeypatch.setattr(ComingBack, "keys", lambda self: {"keys": [published]})
        if told is not None:
            monkeypatch.setattr(ComingBack, "_fetch_user_info", lambda self, token: told)

    return answer_with


def test_an_answer_that_the_agency_has_signed_is_taken_also_by_a_clock_a_little_ahead(johan, answering):
    answering(iat=int(time.time()) + 30)
    assert sign_in_as("johan")[1].status_code == 302


FAR_OFF = 24 * 60 * 60  # seconds: from when this file is read, which may be long before a test runs
NOT_THEIRS = {
    "by nobody": {"key": None, "alg": "none"},
    "by a secret that anybody has": {"key": "vilken hemlighet som helst, bara den är lång", "alg": "HS256"},
    "by another key": {"key": ANOTHER},
    "by a key that is not named": {"kid": None},
    "by a key that is not published": {"kid": "then"},
    "for ever": {"exp": None},
    "until before now": {"exp": int(time.time()) - FAR_OFF},
    "from later on": {"nbf": int(time.time()) + FAR_OFF},
    "later on": {"iat": int(time.time()) + FAR_OFF},
    "at no time": {"iat": None},
    "for somebody else": {"aud": "another"},
    "by somebody else": {"iss": "https://another.example"},
    "about nobody": {"sub": None},
}


@pytest.mark.parametrize("how", NOT_THEIRS)
def test_an_answer_that_the_agency_has_not_signed_for_us_and_for_now_is_refused(johan, answering, how):
    answering(**NOT_THEIRS[how])
    client, answer = sign_in_as("johan")
    assert answer.status_code == 403
    assert "svarade på ett sätt som vi inte förstår" in text_of(answer)
    assert client.get("/").status_code == 302


def test_the_level_is_believed_from_the_signed_token_alone(johan, answering):
    answering(acr=None, told={"sub": "johan", "acr": LOA3})
    assert "inte är säkert nog" in text_of(sign_in_as("johan")[1])


@pytest.mark.parametrize("told", [{"sub": "another"}, {"acr": LOA3}, ["sub", "johan"]])
def test_what_is_told_beside_the_token_must_be_about_the_same_person(johan, answering, told):
    answering(told=told)
    assert "svarade på ett sätt som vi inte förstår" in text_of(sign_in_as("johan")[1])


def test_a_repeated_word_in_other_letters_is_another_try(johan, answering):
    answering(nonce="å")
    assert "hör inte till det här försöket" in text_of(sign_in_as("johan")[1])


@pytest.mark.parametrize(
    "claims", [{"sub": "jo\0han"}, {"sub": "jo\ud800"}, {"sub": "j" * 192}, {ORG_AFFILIATION: "jwik\0@1"}]
)
def test_a_name_that_cannot_be_kept_is_refused_and_breaks_nothing(johan, answering, claims):
    answering(**claims, told={})
    assert "svarade på ett sätt som vi inte förstår" in text_of(sign_in_as("johan")[1])


def test_an_agency_that_does_not_answer_is_told(johan, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"] = app["settings"] | {"server_url": "http://localhost:9"}
    answer = Client().post("/logga-in/genom/vastervik/")
    assert answer.status_code == 403
    assert "svarar inte" in text_of(answer)


def test_an_agency_that_is_not_set_up_is_not_there(db):
    assert Client().post("/logga-in/genom/nagon-annan/").status_code == 404
    assert Client().get("/logga-in/genom/nagon-annan/svar/").status_code == 404


def test_the_sign_in_page_alone_may_send_forms_to_the_agency(johan, provider):
    page = Client().get("/logga-in/")
    assert "Logga in genom Västerviks kommun" in text_of(page)
    assert f"form-action 'self' {provider};" in page["Content-Security-Policy"]
    assert "form-action 'self';" in Client().get("/tillganglighet/")["Content-Security-Policy"]


def test_the_administrator_writes_down_who_somebody_is_at_their_agency(cast, sign_in):
    client = sign_in(cast.admin)
    session = client.session
    session["second_factor"] = "totp"
    session.save()
    address = f"/installningar/organisations/user/{cast.johan.pk}/change/"
    page = client.get(address)
    assert "Västerviks kommun" in text_of(page)
    sent = {"email": cast.johan.email, "name": cast.johan.name, "phone": "", "is_active": "on"}
    for formset in page.context["inline_admin_formsets"]:
        sent |= formset.formset.management_form.initial | {}
        for name, value in formset.formset.management_form.initial.items():
            sent[f"{formset.formset.prefix}-{name}"] = value
        for form in formset.formset.initial_forms:
            for field in form:
                sent[field.html_name] = field.value() if field.value() is not None else ""
    sent |= {
        "agency_identities-TOTAL_FORMS": 1,
        "agency_identities-0-provider": "vastervik",
        "agency_identities-0-called": JOHANS,
        "agency_identities-0-user": cast.johan.pk,
    }
    answer = client.post(address, sent)
    assert answer.status_code == 302, text_of(answer)
    assert AgencyIdentity.objects.get().called == JOHANS
    assert sign_in_as("johan")[1].status_code == 302
