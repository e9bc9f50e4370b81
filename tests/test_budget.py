"""What a page may cost: at most twelve statements beside the request's frame, and no more with ten times the rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.organisations.models import Membership
from knutpunkten.queue.actions import set_places
from knutpunkten.visits.actions import plan_slots
from tests import builders
from tests.conftest import behind_the_wall

LIMIT = 12
# Session, account, begin_as and the audit's row: what every page has, whatever it shows.
FRAME = (
    'from "django_session"',
    'from "organisations_user" where "organisations_user"."id"',
    "select begin_as(",
    "insert into audit_entry",
)
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")

# Page, whose, and which case it is about (by state), if any.
PAGES: list[tuple[str, str, str]] = [
    ("start", "karin", ""),
    ("start", "elin", ""),
    ("start", "johan", ""),
    ("start", "nadja", ""),
    ("cases", "karin", ""),
    ("cases", "johan", ""),
    ("cases", "mats", ""),
    ("cases", "elin", ""),
    ("meetings", "karin", ""),
    ("queue", "karin", ""),
    ("week", "elin", ""),
    ("participants", "elin", ""),
    ("visits", "karin", ""),
    ("book_visit", "johan", ""),
    ("inbox", "johan", ""),
    ("contact_list", "johan", ""),
    ("routines", "johan", ""),
    ("how_it_works", "johan", ""),
    ("who_has_read", "karin", ""),
    ("figures", "bengt", ""),
    ("figures", "karin", ""),
    *[
        ("case", "johan", state)
        for state in (
            "draft",
            "handed_over",
            "announced",
            "queued",
            "placed",
            "returned",
            "allocated",
            "active",
            "closed",
        )
    ],
    *[("case", "karin", state) for state in ("announced", "queued", "placed", "active")],
    ("case", "mats", "announced"),
    ("case", "elin", "active"),
    ("case", "nadja", "announced"),
    ("events", "johan", "active"),
    ("case_reads", "johan", "active"),
    ("referral", "johan", "draft"),
    ("check_referral", "johan", "draft"),
    ("read_referral", "karin", "placed"),
    ("consent", "johan", "draft"),
    ("withdraw_consent", "johan", "active"),
    ("knowledge", "mats", "announced"),
    ("mapping", "elin", "active"),
    ("plan", "elin", "active"),
    ("follow_up", "elin", "active"),
    ("closing", "elin", "active"),
]
STEPS = [
    ("hand_over", "johan", "draft"),
    ("announce", "nadja", "handed_over"),
    ("allocate", "karin", "placed"),
    ("start", "elin", "allocated"),
]


@pytest.fixture
def cases(make_case: Callable[..., Any], cast: Any) -> Callable[[int], dict[str, Any]]:
    """``cases(n)``: *n* cases in every state, meetings, places and visits; answers the first of each state."""

    def make(count: int) -> dict[str, Any]:
        with behind_the_wall():
            now = timezone.now()
            until = timezone.localdate() + timedelta(days=120)
            for programme in (cast.knutpunkten, cast.lis):
                plan_meetings(programme=programme, until=until, at=now)
                plan_slots(programme=programme, until=until, at=now)
                set_places(programme=programme, at=now)
        first = {}
        for state in (
            "draft",
            "handed_over",
            "announced",
            "queued",
            "placed",
            "returned",
            "allocated",
            "active",
            "closed",
        ):
            for n in range(count):
                case = make_case(state, person=person(n, state))
                first.setdefault(state, case)
        return first

    def person(n: int, state: str) -> Any:
        with behind_the_wall():
            return builders.make_person("Leif", f"Sandqvist {state} {n}")

    return make


def statements(client: Any, url: str) -> int:
    """How many statements the page takes beside its frame."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, f"{url}: {response.status_code}"
    sql = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(CONTROL)]
    return len([one for one in sql if not any(part in one.lower() for part in FRAME)])


def url_of(page: str, case: Any) -> str:
    return reverse(page, args=[case.pk]) if case else reverse(page)


@pytest.mark.slow("every page twice, the second time with ten times the rows")
@pytest.mark.django_db
def test_every_page_keeps_its_budget_with_ten_times_the_rows(cases: Any, cast: Any, sign_in: Any) -> None:
    def count_all(first: dict[str, Any]) -> dict[str, int]:
        found = {
            f"{page} ({name}, {state or '–'})": statements(sign_in(getattr(cast, name)), url_of(page, first.get(state)))
            for page, name, state in PAGES
        }
        for step, name, state in STEPS:
            url = reverse("step", args=[first[state].pk, step])
            found[f"step {step}"] = statements(sign_in(getattr(cast, name)), url)
        return found

    first = cases(2)
    count_all(first)  # leaves reads behind, so that no list is empty when it is counted
    few = count_all(first)
    over = {page: count for page, count in few.items() if count > LIMIT}
    assert over == {}
    many = count_all(cases(20))
    assert {page: (few[page], many[page]) for page in few if many[page] > max(few[page], 1) + 1} == {}
    assert {page: count for page, count in many.items() if count > LIMIT} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["karin", "nadja"])
def test_the_start_page_keeps_its_budget_while_somebody_has_left(
    name: str, cases: Any, cast: Any, sign_in: Any
) -> None:
    cases(1)
    gone = Membership.objects.filter(user__in=[cast.elin, cast.johan])
    gone.update(ends_on=timezone.localdate() - timedelta(days=1))
    client = sign_in(getattr(cast, name))
    assert "Lämna vidare" in client.get(reverse("start")).text
    assert statements(client, reverse("start")) <= LIMIT
