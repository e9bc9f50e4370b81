"""A protected person exists for their named readers, and for nobody else (W5): pages driven as each role."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Party
from knutpunkten.cases.rules import is_ground_of
from knutpunkten.documents.actions import store_file
from knutpunkten.documents.models import StoredFile
from knutpunkten.documents.uploads import check_upload
from knutpunkten.notices.models import Notice
from tests.builders import let_read
from tests.conftest import behind_the_wall
from tests.protection.conftest import NAME, NUMBER

pytestmark = pytest.mark.django_db

# Every kind of colleague: the caseworker's own, their representative, the coordinator, two supervisors, a party's
# representative and caseworker, another programme's coordinator, the association's.
COLLEAGUES = ("sara", "nadja", "karin", "elin", "peter", "mats", "ulrika", "agneta", "siv", "bengt")
# One of each kind: of those who differ by their unit alone, the first. The matrix walks the others, for what is answered.
OF_EACH_KIND = ("sara", "nadja", "karin", "elin", "mats", "bengt")
LISTS = ("start", "cases", "inbox", "queue", "week", "participants", "meetings", "who_has_read", "visits", "figures")


# What else stands in a case's address.
BESIDE: dict[str, tuple[Any, ...]] = {
    "step": ("announce", "disclose", "close"),
    "actor": ("caseworker",),
    "key": ("question",),
    "area": ("basic",),
    "part": ("report",),
    "lineage": (UUID(int=7),),
    "meeting_id": (UUID(int=7),),
    "unit_id": (UUID(int=7),),
    "reader_id": (UUID(int=7),),
    "file_id": (UUID(int=7),),
    "placement_id": (UUID(int=7),),
}


def addresses(patterns: list[Any] | None = None, before: tuple[str, ...] = ()) -> list[tuple[str, dict[str, Any]]]:
    """All addresses that lead to one case: name, and what stands in them beside its id."""
    found: list[tuple[str, dict[str, Any]]] = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        inside = (*before, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns, inside)
        elif isinstance(pattern, URLPattern) and "case_id" in inside:
            beside = [name for name in inside if name != "case_id"]
            samples = product(*(BESIDE[name] for name in beside))
            found += [(pattern.name or "", dict(zip(beside, sample, strict=True))) for sample in samples]
    return found


def answer(client: Client, address: tuple[str, dict[str, Any]], case_id: UUID, method: str = "get") -> tuple[int, str]:
    """Status and body, without what differs from request to request."""
    name, beside = address
    response = getattr(client, method)(reverse(name, kwargs={"case_id": case_id, **beside}))
    body = response.content.decode() if not response.streaming else ""
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|(nonce|data-token|data-sitting)="[^"]*"', "", body)
    return response.status_code, body.replace(str(case_id), "")


def lists_of(client: Client) -> dict[str, str]:
    """All lists that the role may open, and what search finds."""
    pages = {name: client.get(reverse(name)) for name in LISTS}
    opened = {name: page.content.decode() for name, page in pages.items() if page.status_code == 200}
    for state in ("alla", "avslutade"):
        opened[state] = client.get(reverse("cases"), {"lage": state}).content.decode()
    for wanted in (NAME, NAME.split()[1], NUMBER, NUMBER[2:], "KP-0417"):
        # The page repeats what was typed.
        opened[f"search {wanted}"] = client.post(reverse("search"), {"q": wanted}).content.decode().replace(wanted, "")
    return opened


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_no_page_of_the_case_answers_otherwise_than_for_a_case_that_is_not(
    name: str, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("active" if name == "elin" else "announced", supervisor=None)
    if name == "elin":  # she was the supervisor; her time has ended
        end_all(case, cast.elin)
    client = sign_in(getattr(cast, name))
    nothing = uuid4()
    for address in addresses():
        for method in ("get", "post") if name in ("sara", "karin") else ("get",):
            assert answer(client, address, case.pk, method) == answer(client, address, nothing, method), address


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", COLLEAGUES)
@pytest.mark.parametrize("state", ["announced", "active"])
def test_no_list_no_search_and_no_notice_tells_of_the_person(
    name: str, state: str, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case(state)
    if state == "active":
        end_all(case, cast.elin)
    user = getattr(cast, name)
    with behind_the_wall():
        Notice.objects.create(user=user, event="announce", case_id=case.pk, number=case.number, at=timezone.now())
    for where, page in lists_of(sign_in(user)).items():
        assert NAME.split()[1] not in page, where
        assert reverse("case", args=[case.pk]) not in page, where
        # By its number alone, and only to those who are asked to name who reads it.
        if where != "start" or name not in ("nadja", "mats", "ulrika", "karin"):
            assert case.number not in page, where


@pytest.mark.clause("W5")
def test_a_number_of_rows_or_news_tells_nothing_either(
    protected_case: Callable, make_case: Callable, cast: Any, sign_in: Callable
) -> None:
    make_case("announced")
    karin = sign_in(cast.karin)
    before = karin.get(reverse("cases")).content.decode()
    protected_case("announced")
    after = karin.get(reverse("cases")).content.decode()
    assert re.findall(r"\d+ ärenden|Ett ärende", after) == re.findall(r"\d+ ärenden|Ett ärende", before)


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", ["johan", "nadja", "karin", "mats", "elin"])
def test_a_named_reader_finds_the_case_by_name_and_number_and_opens_it(
    name: str, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("active", readers=[cast.nadja, cast.karin, cast.mats])
    client = sign_in(getattr(cast, name))
    for wanted in (NAME, "Qvarnström", NUMBER, "KP-0417"):
        page = client.post(reverse("search"), {"q": wanted}).content.decode()
        assert f'<a href="{reverse("case", args=[case.pk])}"><strong>KP-0417</strong></a></div>' in page, wanted
    assert case.number in client.get(reverse("cases")).content.decode()
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "<title>KP-0417 ·" in page
    assert '<h1 class="sr-only">KP-0417, samverkansärende</h1>' in page
    assert "Skyddade personuppgifter" in page
    assert "Johan Wik" in page


@pytest.mark.clause("W5")
def test_the_last_day_of_a_readers_time_is_the_last(protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = protected_case("announced")
    today = timezone.localdate()
    with behind_the_wall():
        let_read(case, cast.nadja, until=today)
        let_read(case, cast.mats, until=today - timedelta(days=1))
    assert sign_in(cast.nadja).get(reverse("case", args=[case.pk])).status_code == 200
    assert sign_in(cast.mats).get(reverse("case", args=[case.pk])).status_code == 404


@pytest.mark.clause("W5")
def test_a_reader_of_one_case_is_no_reader_of_the_persons_other(
    protected_case: Callable, make_case: Callable, hidden: Any, cast: Any, sign_in: Callable
) -> None:
    protected_case("announced", readers=[cast.nadja])
    other = make_case("announced", person=hidden, kind="consultation")
    assert sign_in(cast.nadja).get(reverse("case", args=[other.pk])).status_code == 404


@pytest.mark.clause("W5")
def test_the_person_always_sees_their_own(protected_case: Callable, hidden: Any, cast: Any, sign_in: Callable) -> None:
    from knutpunkten.organisations.models import User

    case = protected_case("active")
    with behind_the_wall():
        account = User.objects.create(email="vilhelmina@post.example", name="Vilhelmina")
        hidden.account = account
        hidden.save()
    page = sign_in(account).get(reverse("own_page"))
    assert page.status_code == 200
    assert "Elin" in page.content.decode()
    with acting_as(account) as who:
        own = Party.objects.get(case=case, unit=None)
        assert is_ground_of(own, who, timezone.localdate())
    end_all(case, cast.johan)
    assert sign_in(account).get(reverse("own_page")).status_code == 200


@pytest.mark.clause("W5")
def test_a_file_is_as_if_it_were_not(protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = protected_case("announced", readers=[cast.mats])
    now = timezone.now()
    with acting_as(cast.johan) as who:
        upload = check_upload(SimpleUploadedFile("intyg.pdf", b"%PDF-1.7 intyg %%EOF"))
        stored = store_file(case, upload, purpose=StoredFile.Purpose.INVESTIGATION, category="grund", by=who, at=now)
    assert sign_in(cast.johan).get(reverse("file", args=[case.pk, stored.pk])).status_code == 200
    for name in COLLEAGUES:
        client = sign_in(getattr(cast, name))
        found, nothing = (client.get(reverse("file", args=[case.pk, key])) for key in (stored.pk, uuid4()))
        assert found.status_code == nothing.status_code != 200, name
        assert "intyg" not in found.content.decode(), name


def end_all(case: Any, user: Any) -> None:
    """Their time is over, whoever named them."""
    from knutpunkten.protection.models import NamedReader

    with behind_the_wall():
        NamedReader.objects.filter(case=case.pk, user=user).update(ended_at=timezone.now())
