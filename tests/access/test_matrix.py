"""Every address, by every method, as every kind of user: what ``policy.py`` says, and nothing else (W1).

Walked three ways, so that each wall is proven alone: with both up; with the views' filters taken away, where the
database must still keep the case's words; and as a role that the policies do not bind, where the views must. All three
are asked by every method that an address takes (but HEAD, of which below), a form being sent empty.

Not every kind of user of the policy walks every address. An address of a case, of a thing that is somebody's, or of a
list (``policy.LISTS``) is walked by all of them. Where no ground is asked for, kinds that differ by their ground alone
would ask the same again, so that fewer walk: of addresses that are for roles or for whoever has an account, one of each
role and those without one (``ONE_OF_EACH``, eleven); of one's own account and of pages open to everybody, five
(``OWN_ACCOUNT``); of Django's admin site, four (``NEAR_ADMIN``), of whom one is let send. HEAD, and the methods that an
address does not take, PUT among them, are tried by two (``TRIES_ALL``). With one wall alone only addresses near a case
are walked, by those from whom something is kept.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from pypdf import PdfReader

from knutpunkten.access import roles
from knutpunkten.access.roles import Permission, RoleRow
from knutpunkten.cases import access
from knutpunkten.cases.models import Party
from knutpunkten.organisations.models import Role
from tests.access.addresses import addresses, filled
from tests.access.matrix_world import ALL, LAST, World, canary, hidden_person, seeded_world
from tests.access.policy import (
    ADMIN,
    EVERYBODY,
    HIDDEN_FROM,
    KINDS,
    LISTS,
    OWN_LOGIN,
    POLICY,
    READERS,
    SIGNED_IN,
    Kind,
    Row,
)
from tests.access.policy import ALL as ALL_OF_IT
from tests.access.without_filters import take_away_the_filters

pytestmark = pytest.mark.slow("thousands of requests")
KIND = {kind.key: kind for kind in KINDS}
ONE_OF_EACH = (
    "signed_out",
    "closed",
    "left",
    "johan",
    "nadja",
    "karin",
    "elin",
    "bengt",
    "admin",
    "lotta",
    "participant",
)
OWN_ACCOUNT = ("signed_out", "closed", "left", "johan", "participant")
NEAR_ADMIN = ("signed_out", "karin", "bengt", "admin")
TRIES_ALL = ("signed_out", "johan")
ROW = {route: row for row in POLICY for route in row.routes.split()}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch, seeded_world(django_db_blocker, patch) as made:
        yield made


# The addresses.


def row_of(where: str, name: str | None) -> Row | None:
    return ADMIN if where.startswith("installningar/") else ROW.get(name or where.split(".")[0])


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    named = {name or where.split(".")[0] for where, name in walked() if not where.startswith("installningar/")}
    assert named == set(ROW)


def test_an_address_that_declares_nothing_is_noticed() -> None:
    """As in the test above: it has no row, and the architecture's own test asks for its gate."""
    assert row_of("hemligt/", "hidden") is None


@cache
def walked() -> list[tuple[str, str | None]]:
    return [(where, pattern.name) for where, pattern in addresses()]


# Signing in and out is for everybody, there too.
OF_ADMIN = {"login": {"open", "405"}, "logout": {"open", "405"}}

# Asking, and reading the answer.


def ask(client: Client, method: str, url: str) -> HttpResponse:
    """One request, and everything that it did undone: of a page that is only opened, that is its own row in the log, which stays."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with nullcontext() if method in ("GET", "HEAD") else rolled_back():
        response = client.generic(method, url, headers={"host": "testserver"})
        response.body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    client.cookies.load(cookies)
    return response


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def word(response: HttpResponse) -> str:
    """open, sign in, 403, 404, 405 or fault."""
    leads_to = response.headers.get("Location", "")
    if response.status_code == 401 or leads_to.startswith(("/logga-in/", "/installningar/login/")):
        return "sign in"
    if response.status_code in (403, 404, 405):
        return str(response.status_code)
    return "fault" if response.status_code >= 500 else "open"


def expected(kind: Kind, row: Row, route: str, method: str, is_hidden: bool = False) -> set[str]:
    """The words that the policy allows; *is_hidden*: the case's person is protected."""
    takes = method in row.methods.split()
    wrong = set() if takes else {"405"}
    if row.roles == EVERYBODY:
        return wrong or {"open", "sign in", "403", "404"}
    if row is ADMIN:
        return {"open", "403", "404", "405"} if kind.role == "ADM" else {"sign in", "403"} | OF_ADMIN.get(route, set())
    if kind.key in ("signed_out", "closed"):
        return {"sign in"} | wrong
    if row.roles == OWN_LOGIN:
        # How the account signs in is asked before the method.
        return wrong | {"403"} if wrong else {"open", "403", "404"}
    if row.roles == SIGNED_IN:
        return wrong or {"open"}
    if kind.role is None or kind.role not in row.roles.split():
        return {"403"} | wrong
    if not takes:
        return {"405"}
    if row.of_case and not kind.has_ground:
        return {"404"}
    answer = row.answer(kind.key, is_hidden)
    if row.own is not None and kind.key not in row.own.split():
        return {answer if is_hidden and row.hidden else "404"}
    return {answer}


def sung(response: Any) -> set[str]:
    """Of the case's words, those that the answer holds: categories, and *name*."""
    told = read(response.body)
    found = {category for category in ALL if canary(category) in told}
    return found | ({"name"} if LAST in told else set())


def overheard(response: Any, hears: set[str]) -> set[str]:
    """The words in the answer beside those that one *hears*. Papers take long to read: not for who may hear all of it."""
    return set() if hears >= {*ALL, "name"} else sung(response) - hears


@cache
def read(body: bytes) -> str:
    """What stands in an answer: a page as it was sent; a paper of ours page by page, its broken words and lines joined."""
    if not body.startswith(b"%PDF-1"):
        return body.decode(errors="replace")
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
    return "".join(said.replace("\u00ad", "").replace("-\n", "").split())


def may_hear(kind: Kind, sees: str | None) -> set[str]:
    return set() if sees is None else {*sees.split(), "name"}


def who_walks(row: Row, name: str | None) -> tuple[str, ...]:
    if near_a_case(row, name):
        return tuple(KIND)
    if row is ADMIN:
        return NEAR_ADMIN
    return OWN_ACCOUNT if row.roles in (EVERYBODY, OWN_LOGIN) else ONE_OF_EACH


Answer = tuple[str, str, Row, Any]


def walk(world: World, key: str, routes: Any = None, sends: bool = False) -> Iterator[Answer]:
    """(route, method, its row, the answer) for every address that *key* tries; *routes* chooses among them, to be read.

    *sends*: to be sent forms as well.
    """
    client = world.client(key)
    for where, name in walked():
        row = row_of(where, name)
        if row is None or key not in who_walks(row, name) or (routes and not routes(row, name)):
            continue
        read_only = (routes and not sends) or (row is ADMIN and key != "karin")
        methods = ["GET"] if read_only else [*row.methods.split()]
        if key in TRIES_ALL and not routes and row is not ADMIN:
            methods = ["GET", "HEAD", "POST", "PUT"]
        for method in methods:
            if method != "HEAD" or key in TRIES_ALL:
                yield name or where, method, row, ask(client, method, filled(where, world.arguments))


# The walks.


@pytest.mark.clause("W1")
@pytest.mark.parametrize("key", KIND)
def test_each_address_answers_as_the_policy_says(world: World, key: str) -> None:
    assert amiss(KIND[key], walk(world, key)) == []


def amiss(kind: Kind, answers: Iterable[Answer]) -> list[str]:
    """What the policy does not allow of *answers*, in words."""
    wrong = []
    for route, method, row, response in answers:
        if word(response) not in expected(kind, row, route, method):
            wrong.append(f"{method} {route}: {response.status_code}, and not {expected(kind, row, route, method)}")
        if heard := overheard(response, may_hear(kind, kind.sees) | row.shown(kind.key)):
            wrong.append(f"{method} {route} tells {sorted(heard)}")
    return wrong


def near_a_case(row: Row, name: str | None) -> bool:
    return row.of_case or row.own is not None or name in LISTS


# Those from whom at least something is kept.
STRANGERS = [kind.key for kind in KINDS if kind.role and kind.sees != ALL_OF_IT]


# Unfiltered, the first asks for a programme that the user does not have, and the others meet the tables' own constraints.
FAIL_UNFILTERED = ("week", "save_area", "begin_plan")


def fails(route: str, response: HttpResponse) -> bool:
    """A page that has failed has told nothing, whatever stands behind it."""
    return word(response) == "fault" and route not in FAIL_UNFILTERED


@pytest.mark.parametrize("key", [key for key in STRANGERS if KIND[key].by_unit != ALL_OF_IT])
def test_without_the_views_filters_the_database_still_refuses(world: World, key: str, no_filters: None) -> None:
    """The database knows units and categories; how a role narrows within a unit is the views' alone."""
    kind, told = KIND[key], []
    for route, method, row, response in walk(world, key, near_a_case, sends=True):
        if fails(route, response):
            told.append(f"{method} {route} fails")
        if heard := overheard(response, may_hear(kind, kind.by_unit) | row.shown(kind.key)):
            told.append(f"{method} {route} tells {sorted(heard)}")
    assert not told, "\n".join(told)


@pytest.mark.parametrize("key", STRANGERS)
def test_without_the_databases_policies_the_views_still_refuse(world: World, key: str, no_policies: None) -> None:
    assert amiss(KIND[key], walk(world, key, near_a_case, sends=True)) == []


# The protected person's case: a column of its own, for the addresses that name a case or might tell of one.


@pytest.fixture
def hidden(world: World) -> Iterator[None]:
    with hidden_person(world):
        yield


# Beside a case's own pages, those on which its name or its number could stand.
MIGHT_TELL = (
    "start",
    "cases",
    "statuses",
    "inbox",
    "queue",
    "week",
    "participants",
    "meetings",
    "to_hand_on",
    "session",
    "agenda",
    "remind_several",
)
MIGHT_TELL += ("protected_cases", "name_reader", "end_reader", "who_has_read")


def tells_of_cases(row: Row, name: str | None) -> bool:
    return row.of_case or name in MIGHT_TELL


def kind_where_hidden(key: str) -> Kind:
    """Who is not named has no ground, whatever their unit has."""
    kind = KIND[key]
    return kind if key in (*READERS, "participant") else replace(kind, sees=None, unit_sees=None)


def amiss_where_hidden(kind: Kind, answers: Iterable[Answer], sees: str | None, *, asks_word: bool) -> list[str]:
    """As ``amiss``; and no list names the person, to whomever."""
    wrong = []
    for route, method, row, response in answers:
        if asks_word and word(response) not in expected(kind, row, route, method, is_hidden=True):
            allowed = expected(kind, row, route, method, is_hidden=True)
            wrong.append(f"{method} {route}: {response.status_code}, and not {allowed}")
        if not asks_word and fails(route, response):
            wrong.append(f"{method} {route} fails")
        hears = may_hear(kind, sees) - ({"name"} if route in LISTS and kind.key in READERS else set())
        if heard := overheard(response, hears):
            wrong.append(f"{method} {route} tells {sorted(heard)}")
    return wrong


@pytest.mark.clause("W5")
@pytest.mark.parametrize("key", [*READERS, *HIDDEN_FROM])
def test_a_protected_persons_case_is_there_for_its_readers_alone(world: World, key: str, hidden: None) -> None:
    kind = kind_where_hidden(key)
    answers = walk(world, key, tells_of_cases, sends=True)
    assert amiss_where_hidden(kind, answers, kind.sees, asks_word=True) == []


@pytest.mark.parametrize("key", ["ulrika", "sara", "karin", "mats"])  # one of each unit: more it does not know
def test_the_database_alone_hides_a_protected_person(world: World, key: str, hidden: None, no_filters: None) -> None:
    kind = kind_where_hidden(key)
    assert amiss_where_hidden(kind, walk(world, key, tells_of_cases, sends=True), kind.by_unit, asks_word=False) == []


@pytest.mark.parametrize("key", ["ulrika", "sara", "karin", "peter", "disa"])
def test_the_views_alone_hide_a_protected_person(world: World, key: str, hidden: None, no_policies: None) -> None:
    kind = kind_where_hidden(key)
    assert amiss_where_hidden(kind, walk(world, key, tells_of_cases, sends=True), kind.sees, asks_word=True) == []


@pytest.fixture
def no_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question that the views ask is answered yes, wherever it has been imported."""
    take_away_the_filters(monkeypatch)


@pytest.fixture
def no_policies(world: World) -> Iterator[None]:
    """As the owner, whom no policy binds."""
    with connection.cursor() as cursor:
        cursor.execute("set role knutpunkten_owner")
        yield
        cursor.execute("set role knutpunkten_app")


# That it can fail: each wall is broken once, and the walk sees it.


def leaks(world: World, key: str, sees: str | None) -> bool:
    """Whether a page of a case tells *key* something that *sees* does not cover."""
    kind = KIND[key]
    return any(
        overheard(response, may_hear(kind, sees) | row.shown(kind.key))
        for _, _, row, response in walk(world, key, lambda row, name: name in ("case", "read_referral"))
    )


def test_a_role_that_is_given_too_much_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = RoleRow(Role.ASSOCIATION, "", frozenset({Permission.SEE_FIGURES, Permission.SEE_CASES}))
    monkeypatch.setitem(roles.ROLES, Role.ASSOCIATION, wide)
    answers = [
        word(response) in expected(KIND["bengt"], row, route, method)
        for route, method, row, response in walk(world, "bengt", lambda row, name: name == "cases")
    ]
    assert answers == [False]


def test_a_policy_that_lets_everybody_in_is_noticed_when_the_views_ask_nothing(world: World, no_filters: None) -> None:
    assert not leaks(world, "helena", None)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set role knutpunkten_owner")
        for table in ("cases_case", "people_person", "cases_party"):
            cursor.execute(f"alter policy app_select on {table} using (true)")
        cursor.execute("set role knutpunkten_app")
        assert leaks(world, "helena", None)
        transaction.set_rollback(True)


def test_a_view_that_forgets_the_ground_is_noticed_when_no_policy_binds(
    world: World, no_policies: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not leaks(world, "gun", None)
    monkeypatch.setattr(access, "is_ground_of", lambda *of: True)
    assert leaks(world, "gun", None)


def test_a_ground_that_asks_for_no_reader_is_noticed_when_the_views_ask_nothing(
    world: World, hidden: None, no_filters: None
) -> None:
    assert not leaks(world, "karin", None)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set role knutpunkten_owner")
        cursor.execute("update cases_party set is_protected = false where case_id = %s", [world.case.pk])
        cursor.execute("set role knutpunkten_app")
        assert leaks(world, "karin", None)
        transaction.set_rollback(True)


def test_a_view_that_forgets_the_readers_is_noticed_when_no_policy_binds(
    world: World, hidden: None, no_policies: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not leaks(world, "karin", None)
    asks = access.is_ground_of

    def forgets(party: Party, *of: Any) -> bool:
        party.is_protected = False
        return asks(party, *of)

    monkeypatch.setattr(access, "is_ground_of", forgets)
    assert leaks(world, "karin", None)


PAPERS = {
    "referral_pdf": {"grund", "social", "halsa", "arbete", "arbetsmarknad", "name"},
    "consent_pdf": {"grund", "name"},
    "contract_pdf": {"planering", "name"},
    "plan_pdf": {"planering", "name"},
    "file": {"halsa"},
}


def test_the_words_are_there_to_be_heard(world: World) -> None:
    """Each category's word stands on some page that the caseworker opens: otherwise its silence proves nothing."""
    told = {route: sung(response) for route, _, _, response in walk(world, "johan", near_a_case)}
    assert set().union(*told.values()) == {*ALL, "name"}
    # On the papers too, and in what was enclosed.
    assert {route: told[route] for route in PAPERS} == PAPERS
