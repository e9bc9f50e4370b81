"""What the forms of signing in write in the audit, by the table of ``tests/audit/addresses.py`` (W4)."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpResponseRedirect
from django.test import Client
from django.urls import reverse

from knutpunkten.access.sittings import SECOND_FACTOR
from knutpunkten.access.who import acting_as
from knutpunkten.accounts.factors import AddPasskey
from knutpunkten.audit.models import Entry
from tests.accounts.conftest import PASSWORD, code_now
from tests.accounts.test_invitation import CHOSEN, follow, invited
from tests.audit.addresses import ADDRESSES
from tests.conftest import behind_the_wall

__all__ = ["invited"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def send() -> Iterator[Callable[..., Any]]:
    """``send("sign_in", client, login=..., password=...)``: what it writes, whoever it is written of, is the table's."""
    wrong: list[str] = []

    def events() -> list[str]:
        with behind_the_wall():
            return list(Entry.objects.order_by("recorded_at").values_list("event", flat=True))

    def send(name: str, client: Client, /, *about: Any, of: int = 0, nothing: bool = False, **data: Any) -> Any:
        before = len(events())
        answer = client.post(reverse(name, args=about), data)
        assert answer.status_code < 400, name
        expected = [] if nothing else ADDRESSES[name].taken(of=of)
        if events()[before:] != expected:
            wrong.append(f"{name} ({answer.status_code}) writes {events()[before:]}, and not {expected}")
        auth.cache.clear()  # so that the same code can be given twice
        return answer

    yield send
    assert wrong == []


def test_signing_in(karin: Any, send: Any) -> None:
    client = Client()
    send("sign_in", client, login=karin.email, password="inte alls det här")
    send("sign_in", client, nothing=True, login=karin.email, password=PASSWORD)  # not in yet: the code is asked for
    send("mfa_authenticate", client, of=1, code="000000")
    send("mfa_authenticate", client, code=code_now())


def test_ones_own_sign_in(karin: Any, send: Any) -> None:
    client, new = Client(), "sju granar och en älg"
    client.post(reverse("sign_in"), {"login": karin.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    auth.cache.clear()
    send("account_reauthenticate", client, password=PASSWORD)
    send("mfa_reauthenticate", client, code=code_now())
    send("mfa_generate_recovery_codes", client)
    send("change_password", client, oldpassword=PASSWORD, password1=new, password2=new)
    key = Authenticator.objects.create(user=karin, type="webauthn", data={"name": "Nyckel", "credential": {}})
    send("mfa_deactivate_totp", client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    send("mfa_activate_totp", client, code=code_now(secret))
    send("mfa_remove_webauthn", client, key.pk)


def test_opening_an_account(invited: Any, send: Any) -> None:
    client, _ = follow(invited[1])
    send("open_account", client, **CHOSEN)


def test_a_passkey_that_is_added_is_written_down_and_is_the_sittings_second_factor(
    karin: Any, rf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key itself is the browser's: a journey makes a real one."""
    monkeypatch.setattr(AddWebAuthnView, "form_valid", lambda view, form: HttpResponseRedirect("/"))
    view, request = AddPasskey(), rf.post("/")
    view.request, request.session, request.user = request, {}, karin
    with acting_as(karin) as who:
        request.who = who
        view.form_valid(SimpleNamespace(user=karin))
    assert request.session[SECOND_FACTOR] == "webauthn"
    with behind_the_wall():
        written = Entry.objects.get(event="second_factor_added")
    assert (written.user_id, written.detail) == (karin.pk, {"factor": "webauthn"})
