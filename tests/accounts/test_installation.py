"""An installation is safe, or says what is not; and the demo is for the one who sits at the machine."""

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from config.loopback import is_loopback, only_from_here
from knutpunkten.accounts import checks
from tests.conftest import ROOT, one_at_a_time, server

DRAWN = "qL7vZ0xHn2Rk9TfWb4Ys8MdUe1Gc6Jp3Aa5NoViKtBzEyXwSrQhD"
SAFE = {
    "KNUTPUNKTEN_DEMO": "0",
    "KNUTPUNKTEN_ORIGIN": "https://knutpunkten.kommun.test",
    "KNUTPUNKTEN_SECRET_KEY": DRAWN,
    "KNUTPUNKTEN_STATIC": "built",
    "KNUTPUNKTEN_SMTP": "post.kommun.test:587",
    "KNUTPUNKTEN_SMTP_TLS": "starttls",
    "KNUTPUNKTEN_MAIL_FROM": "Knutpunkten <ingen-svar@kommun.test>",
    "KNUTPUNKTEN_PROXIES": "127.0.0.1",
    "KNUTPUNKTEN_ROLE": "app",
}


@pytest.fixture(autouse=True, scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Style sheets and pictures have been collected, as far as the check looks."""
    var = tmp_path_factory.mktemp("var")
    (var / "static").mkdir()
    (var / "static" / "staticfiles.json").touch()
    SAFE["KNUTPUNKTEN_VAR"] = str(var)


def check(**changed: str) -> subprocess.CompletedProcess[str]:
    """``manage.py check --deploy`` with the settings of a safe installation, but for what is *changed*."""
    command = [sys.executable, ROOT / "manage.py", "check", "--deploy", "--tag", "security"]
    return subprocess.run(command, env=os.environ | SAFE | changed, capture_output=True, text=True)


def test_a_safe_installation_has_nothing_to_say_of():
    said = check()
    assert said.returncode == 0, said.stderr
    assert "no issues" in said.stdout


def test_an_unsafe_setting_fails_the_check():
    checked = check(KNUTPUNKTEN_DEMO="1", KNUTPUNKTEN_ORIGIN="http://127.0.0.1:8000")
    assert checked.returncode == 1
    assert "knutpunkten.demo" in checked.stderr


def errors(**changed: str) -> list[str]:
    """What the check above says with such an environment: the settings are read anew, and Django is not started for it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (SAFE | changed).items():
            patch.setenv(name, value)
        patch.setattr(checks, "settings", SimpleNamespace(**runpy.run_path(str(ROOT / "config/settings.py"))))
        return [str(error.id) for error in checks.settings_are_safe(None)]


def agency(issuer: str, *accepted: str) -> dict[str, str]:
    levels = list(accepted) or [LEVEL.format("loa3")]
    said = {"id": "a", "name": "A", "issuer": issuer, "client_id": "a", "secret": "a", "accepted": levels}
    return {"KNUTPUNKTEN_AGENCIES": json.dumps([said])}


LEVEL = "http://id.elegnamnden.se/loa/1.0/{}"
ISSUER = "https://inloggning.kommun.test"
# What is changed, by the name of the check that says so.
UNSAFE = {
    "origin": [{"KNUTPUNKTEN_ORIGIN": "http://knutpunkten.kommun.test"}],
    "here": [
        {"KNUTPUNKTEN_ORIGIN": f"https://{name}"}
        for name in ("127.0.0.1", "127.0.0.2:8443", "[::1]", "0.0.0.0", "localhost", "prov.localhost", "")
    ],
    "host": [{"KNUTPUNKTEN_ORIGIN": f"https://{name}"} for name in ("*", "*.kommun.test", ".kommun.test")],
    "demo": [{"KNUTPUNKTEN_DEMO": "1", "KNUTPUNKTEN_ORIGIN": "http://127.0.0.1:8000"}],
    "key": [{"KNUTPUNKTEN_SECRET_KEY": "kort"}, {"KNUTPUNKTEN_SECRET_KEY": DRAWN[:39]}],
    "guessable": [{"KNUTPUNKTEN_SECRET_KEY": key} for key in ("a" * 60, "abcdefghij" * 6, "k" * 50 + "abcdefghi")],
    "static": [{"KNUTPUNKTEN_STATIC": ""}],
    "collected": [{"KNUTPUNKTEN_VAR": "/nonexistent"}, {"KNUTPUNKTEN_VAR": "/proc/self/mem"}],
    "mail": [{"KNUTPUNKTEN_SMTP_TLS": ""}],
    "sender": [{"KNUTPUNKTEN_MAIL_FROM": "Knutpunkten <ingen-svar@knutpunkten.example>"}],
    "path": [{"KNUTPUNKTEN_ORIGIN": f"https://knutpunkten.kommun.test{more}"} for more in ("/", "/knut", "?a", "#a")],
    "var": [{"KNUTPUNKTEN_VAR": "var"}],
    "no_sender": [{"KNUTPUNKTEN_MAIL_FROM": name} for name in ("", "Knutpunkten", "Knutpunkten <kommun.test>")],
    "mail_port": [
        {"KNUTPUNKTEN_SMTP": name} for name in ("post.kommun.test", "post.kommun.test:", "post.kommun.test:a")
    ],
    "mail_login": [{"KNUTPUNKTEN_SMTP_USER": "knut"}, {"KNUTPUNKTEN_SMTP_PASSWORD": "knut"}],
    "role": [{"KNUTPUNKTEN_ROLE": "owner"}, {"KNUTPUNKTEN_ROLE": "worker"}],
    "seals": [{"KNUTPUNKTEN_SEALS_TO": "/nonexistent"}],
    "no_proxies": [{"KNUTPUNKTEN_PROXIES": ""}],
    "proxy_names": [
        {"KNUTPUNKTEN_PROXIES": one}
        for one in ("127.0.0.1,10.0.0.1", "127.0.0.1, 10.0.0.1", "proxy.kommun.test", "10.0.0.1/24")
    ],
    "proxies": [{"KNUTPUNKTEN_PROXIES": one} for one in ("*", "127.0.0.1 *", "0.0.0.0/0", "::/0", "10.0.0.0/8")],
    "agencies": [agency("http://inloggning.kommun.test")],
    "levels": [
        *(agency(ISSUER, LEVEL.format(level)) for level in ("loa1", "loa2", "eidas-low", "eidas-nf-low", "loa33")),
        agency(ISSUER, LEVEL.format("loa3"), LEVEL.format("loa2")),
        agency(ISSUER, "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"),
        # A level in place of a list of them: any part of its name would be taken.
        {name: text.replace('["', '"').replace('"]', '"') for name, text in agency(ISSUER).items()},
    ],
}


@pytest.mark.parametrize(("said", "changed"), [(said, changed) for said, ways in UNSAFE.items() for changed in ways])
def test_each_unsafe_setting_is_an_error(said, changed):
    assert errors() == []
    assert f"knutpunkten.{said}" in errors(**changed)


def test_each_error_there_is_has_a_setting_that_brings_it():
    assert set(UNSAFE) == set(checks.UNSAFE)


def test_each_setting_stands_in_operations_and_no_two_are_the_same():
    rows = re.findall(r"^\| (`KNUTPUNKTEN_.*?) \| (.*) \|$", (ROOT / "docs/operations.md").read_text(), flags=re.M)
    told = [name for names, _ in rows for name in re.findall(r"KNUTPUNKTEN_\w+", names)]
    assert sorted(told) == sorted(set(re.findall(r"KNUTPUNKTEN_[A-Z_]+", (ROOT / "config/settings.py").read_text())))
    assert len({words for _, words in rows}) == len(rows)


@pytest.mark.parametrize(
    "changed",
    [
        {"KNUTPUNKTEN_PROXIES": "127.0.0.1 10.1.2.0/24"},
        {"KNUTPUNKTEN_PROXIES": "10.1.2.3 fd00:1::/64"},
        {"KNUTPUNKTEN_SEALS_TO": "/tmp"},
        {"KNUTPUNKTEN_SMTP_USER": "knut", "KNUTPUNKTEN_SMTP_PASSWORD": "knut"},
        {"KNUTPUNKTEN_SMTP": "127.0.0.1:25", "KNUTPUNKTEN_SMTP_TLS": ""},
        {"KNUTPUNKTEN_ORIGIN": "https://knutpunkten.kommun.test:8443"},
        {"KNUTPUNKTEN_SECRET_KEY": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"},
        *(agency(ISSUER, LEVEL.format(level)) for level in ("loa3", "loa4", "eidas-sub", "eidas-nf-high")),
    ],
)
def test_what_is_safe_is_no_error(changed):
    assert errors(**changed) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"KNUTPUNKTEN_ROLE": "App"}, "KNUTPUNKTEN_ROLE is app, worker or owner."),
        (
            {"KNUTPUNKTEN_DATABASE_URL": "postgresql://anna:hem#ligt@127.0.0.1/a"},
            "write special characters of the password",
        ),
        ({"KNUTPUNKTEN_DATABASE_URL": "postgresql://anna:hemligt@127.0.0.1:1/a"}, "Connection refused"),
    ],
)
def test_what_no_command_can_begin_with_is_said_in_a_sentence(changed, sentence):
    command = [sys.executable, ROOT / "manage.py", "check", "--database", "default"]
    env = os.environ | SAFE | {"KNUTPUNKTEN_SEPARATE_LOGINS": "0"} | changed
    said = subprocess.run(command, env=env, capture_output=True, text=True)
    assert said.returncode == 1
    assert sentence in said.stderr
    assert "Traceback" not in said.stderr
    assert "hem" not in said.stderr


@pytest.mark.parametrize("role", ["worker", "owner"])
def test_the_web_is_not_served_from_another_side_of_the_wall(role):
    env = os.environ | SAFE | {"KNUTPUNKTEN_ROLE": role}
    said = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"], env=env, cwd=ROOT, capture_output=True, text=True
    )
    assert "The web stands as app" in said.stderr


@pytest.mark.django_db
def test_a_key_that_the_wall_was_not_raised_with_is_an_error(settings):
    assert checks.wall_takes_our_key(None, ["default"]) == []
    settings.WALL_KEY = "another"
    [error] = checks.wall_takes_our_key(None, ["default"])
    assert "kör manage.py migrate" in error.msg


def test_the_demo_names_no_other_machine_as_its_own():
    refused = check(KNUTPUNKTEN_DEMO="1", KNUTPUNKTEN_ORIGIN="http://knutpunkten.kommun.test")
    assert refused.returncode != 0
    assert "serves this machine only" in refused.stderr


# The database's login: what it could become, an injected statement could.

LOGINS = {
    "web_alone": "",
    "web_and_owner": "grant knutpunkten_owner to web_and_owner",
    "web_and_worker": "grant knutpunkten_worker to web_and_worker",
    "web_reads_all": "grant pg_read_all_data to web_reads_all",
    "web_makes_roles": "alter role web_makes_roles createrole",
}


@pytest.fixture
def logins() -> Iterator[None]:
    """Logins of each kind, made by the superuser and taken away again: all tests' own, for they are the whole server's."""
    superusers = psycopg.connect(server("knutpunkten"), user="postgres", autocommit=True)
    with one_at_a_time("logins"), superusers as superuser:
        for name, grant in LOGINS.items():
            superuser.execute(f"create role {name} login in role knutpunkten_app")
            superuser.execute(grant or "select")
        yield
        for name in LOGINS:
            superuser.execute(f"drop role {name}")


def said_of(role: str, login: str, check: Any = checks.database_login_is_behind_the_wall) -> str:
    """What *check* says of a process that stands as *role* by *login*, asked on a connection of that login."""
    asked = psycopg.connect(server("knutpunkten"), user=login, options=f"-c role=knutpunkten_{role}")
    with asked, asked.cursor() as cursor, pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "connection", SimpleNamespace(cursor=lambda: nullcontext(cursor)))
        patch.setattr(checks.settings, "ROLE", role)
        patch.setattr(checks.settings, "DEMO", False)
        return " ".join(error.msg for error in check(None, ["default"]))


@pytest.mark.parametrize(
    ("role", "login", "becomes"),
    [
        ("app", "web_and_owner", "bli knutpunkten_owner"),
        ("app", "knutpunkten_owner", "bli knutpunkten_owner"),
        ("worker", "knutpunkten_owner", "bli knutpunkten_owner"),
        ("app", "web_and_worker", "bli knutpunkten_worker"),
        ("app", "web_reads_all", "bli pg_read_all_data"),
        ("app", "web_makes_roles", "gå förbi reglerna"),
        ("app", "postgres", "bli knutpunkten_owner"),
    ],
)
def test_a_login_that_could_become_another_is_an_error(logins, role, login, becomes):
    assert f"Databasens inloggning kan {becomes}" in said_of(role, login)


@pytest.mark.parametrize(
    ("role", "login"), [("app", "knutpunkten_app"), ("worker", "knutpunkten_worker"), ("app", "web_alone")]
)
def test_a_login_that_is_the_role_or_can_be_no_other_is_right(logins, role, login):
    assert said_of(role, login) == ""


# PostgreSQL's own log: the tests' server is silent in it, and so are the roles that operations.md makes.
LOUD = ["log_error_verbosity = 'default'", "log_min_error_statement = 'error'"]


@pytest.mark.parametrize("setting", LOUD)
def test_a_login_whose_errors_the_database_writes_down_in_full_is_an_error(logins, setting):
    with psycopg.connect(server("knutpunkten"), user="postgres", autocommit=True) as superuser:
        superuser.execute(f"alter role web_alone set {setting}")
    assert f"citerar vad folk har skrivit ({setting.partition(' ')[0]})" in said_of(
        "app", "web_alone", checks.database_log_quotes_nobody
    )


def test_one_whose_errors_it_keeps_silent_of_is_right(logins):
    assert said_of("app", "web_alone", checks.database_log_quotes_nobody) == ""


@pytest.mark.slow("starts Django anew, outside the demo")
def test_outside_the_demo_there_is_no_stepping_in():
    asked = (
        "import django; django.setup()\n"
        "from django.urls import NoReverseMatch, resolve, reverse, Resolver404\n"
        "for path in ('/kliv-in/', '/post/', '/ui/'):\n"
        "    try: resolve(path); print('open', path)\n"
        "    except Resolver404: pass\n"
        "from django.apps import apps; print('demo', apps.is_installed('knutpunkten.demo'))\n"
        "from django.conf import settings; print(settings.AUTHENTICATION_BACKENDS, settings.SESSION_COOKIE_SECURE)\n"
        "print(resolve('/logga-in/').url_name)\n"
    )
    env = os.environ | SAFE | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    said = subprocess.run([sys.executable, "-c", asked], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == [
        "demo False",
        "['knutpunkten.accounts.backends.Backend'] True",
        "sign_in",
    ]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "[::1]", "localhost", "127.3.2.1", "::ffff:127.0.0.1"])
def test_these_are_the_own_machine(address):
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1", "knutpunkten.kommun.test", ""])
def test_these_are_not(address):
    assert not is_loopback(address)


HERE = {"SERVER_NAME": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1"}


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        (HERE, "200 OK"),
        (HERE | {"SERVER_NAME": "0.0.0.0"}, "403 Forbidden"),
        (HERE | {"SERVER_NAME": "::"}, "403 Forbidden"),
        (HERE | {"REMOTE_ADDR": "10.0.0.7"}, "403 Forbidden"),
        (HERE | {"HTTP_X_FORWARDED_FOR": "10.0.0.7"}, "403 Forbidden"),
    ],
)
def test_the_demo_serves_nobody_when_it_listens_to_others(environ, status):
    answered = []

    def demo(environ, start_response):
        start_response("200 OK", [])
        return [b"Kliv in"]

    only_from_here(demo)(environ, lambda status, headers: answered.append(status))
    assert answered == [status]
