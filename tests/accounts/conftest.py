"""Signing in as it is outside the demo: an account with a password, and the codes an app would show."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import get_resolver

from knutpunkten.accounts import sealing
from tests.conftest import behind_the_wall

PASSWORD = "granit moln sju björkar"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def outside_the_demo(settings: Any) -> None:
    assert get_resolver().url_patterns  # read once, for every test of the process, while the demo's are among them
    settings.DEMO = False
    # A real hash takes half a second on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def code_now(secret: str = SECRET, later: int = 0) -> str:
    """What an authenticator app shows now, or so many half minutes *later*."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


@pytest.fixture
def karin(cast: Any) -> Any:
    """Karin with a password and an app with codes."""
    with behind_the_wall():
        cast.karin.set_password(PASSWORD)
        cast.karin.save()
        Authenticator.objects.create(user=cast.karin, type="totp", data={"secret": sealing.encrypt(SECRET)})
    return cast.karin


def give_password(user: Any, password: str = PASSWORD, client: Client | None = None, next: str = "") -> Any:
    """The first step of signing in; answers the client and where it is led."""
    client = client or Client()
    answer = client.post("/logga-in/", {"login": user.email, "password": password, "next": next})
    return client, answer
