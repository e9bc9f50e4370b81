"""What stands around every page: headers, cookies, and that a form comes from a page of ours."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from tests.access.addresses import addresses, made_up
from tests.conftest import ROOT

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/logga-in/", "/tillganglighet/", "/finns-inte/", "/nytt/last/", "/ko/"])
def test_every_answer_has_the_headers(address: str, sign_in: Any, cast: Any) -> None:
    """A page, a redirect, a page for everybody, nothing at all, a wrong way to ask, and a no."""
    headers = sign_in(cast.johan).get(address).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "camera=()" in headers["Permissions-Policy"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_no_form_is_taken_from_another_site(is_signed_in: bool, cast: Any, sign_in: Any) -> None:
    """Every address there is: a POST without the page's own token goes nowhere, signed in or not."""
    client = sign_in(cast.karin) if is_signed_in else Client()
    client.handler.enforce_csrf_checks = True
    assert (client.get("/").status_code == 200) == is_signed_in
    answers = {where: client.post(made_up(where)).status_code for where, _ in addresses()}
    assert {where: status for where, status in answers.items() if status != 403} == {}
    assert (client.get("/").status_code == 200) == is_signed_in  # nor was anybody signed out on the way


SAFE = {
    "KNUTPUNKTEN_DEMO": "0",
    "KNUTPUNKTEN_ORIGIN": "https://knutpunkten.kommun.test",
    "KNUTPUNKTEN_SECRET_KEY": "k" * 50 + "abcdefghi",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}
ASK = """
import django; django.setup()
from django.conf import settings as s
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY)
print(s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE, s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT, s.DEBUG)
"""


def start(**changed: str) -> subprocess.CompletedProcess[str]:
    """Django as it starts where real people are, but for what is *changed*."""
    environment = {**os.environ, **SAFE, **changed}
    return subprocess.run([sys.executable, "-c", ASK], env=environment, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.slow("starts Django anew, outside the demo")
def test_outside_the_demo_cookies_go_over_https_to_this_host_alone() -> None:
    assert start().stdout.splitlines() == [
        "__Host-session __Host-csrf None /",
        "True True True True",
        "Lax Lax 31536000 True False",
    ]


@pytest.mark.slow("starts Django anew, outside the demo")
def test_without_a_secret_of_its_own_it_does_not_start() -> None:
    refused = start(KNUTPUNKTEN_SECRET_KEY="")
    assert refused.returncode != 0
    assert "KNUTPUNKTEN_SECRET_KEY" in refused.stderr


def test_no_secret_stands_in_the_code() -> None:
    """What differs between places comes from the environment, and a secret has no value to fall back on."""
    text = (ROOT / "config" / "settings.py").read_text()
    assert 'os.environ.get("KNUTPUNKTEN_SECRET_KEY", "")' in text
    assert 'os.environ.get("KNUTPUNKTEN_SMTP_PASSWORD", "")' in text
