"""The main road: nobody knows of Majken Öberg yet, and in the end Johan reads her final report."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from tests.journeys import road_to_a_place as before
from tests.journeys.passing_time import days_pass
from tests.journeys.traveller import Traveller
from tests.seeded import manage

pytestmark = pytest.mark.slow("a whole case through a real site and a real browser, and axe-core on each page")

FIRST_NIGHT = "from django.utils import timezone; from knutpunkten.desk.jobs import settle; settle(timezone.now())"


@pytest.fixture
def planned_database(empty_database: str) -> str:
    """The cast, and what the worker's first night makes: meetings, visit times and places. No case."""
    manage("shell", "-v", "0", "-c", FIRST_NIGHT, database=empty_database, role="worker")
    return empty_database


def test_the_road(planned_database: str, start_site: Callable[[str], str], page: Page, axe) -> None:
    at = Traveller(page, start_site(planned_database), axe)
    days = before.book_visit(at)
    days_pass(planned_database, days + 1)
    before.report_visit(at)
    before.begin_referral(at)
    before.write_referral(at)
    paper = before.write_consent(at)
    before.sign_consent(at)
    before.enclose_file(at)
    number, referral = before.hand_over(at)
    assert number.endswith(f"{timezone.localdate():%Y}-001")
    days = before.announce(at)
