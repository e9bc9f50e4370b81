"""The main road: nobody knows of Majken Öberg yet, and in the end Johan reads her final report.

The database holds the cast and what the worker's first night plans, and no case. Everybody goes by
links and buttons from their own start page. The server's clock stands still for the few moments a
journey takes, so where days go by in the story everything written moves back instead.
"""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from tests.conftest import server
from tests.journeys import road_to_a_place as before
from tests.journeys import road_to_the_report as after
from tests.journeys.axe import Axe
from tests.journeys.passing_time import days_pass, the_minute_is_over
from tests.journeys.traveller import Traveller, day_in
from tests.seeded import manage

pytestmark = pytest.mark.slow("a whole case through a real site and a real browser, and axe-core on each page")

FIRST_NIGHT = (
    "from django.utils import timezone; from knutpunkten.desk.jobs import settle;"
    " from knutpunkten.review.jobs import draw_reviews; settle(timezone.now()); draw_reviews(0)"
)
TOLD = ("nadja@myndighet", "mats@myndighet", "ulrika@myndighet", "helena@myndighet", "johan@myndighet")


@pytest.fixture
def planned_database(empty_database: str) -> str:
    """The cast, and what the worker's first night makes: meetings, visit times, places, last month's review. No case."""
    manage("shell", "-v", "0", "-c", FIRST_NIGHT, database=empty_database, role="worker")
    return empty_database


@pytest.fixture
def at(planned_database: str, start_site: Callable[..., str], page: Page, axe: Axe, complaints: list[str]):
    """The browser the story is told in. What axe finds is asserted with the console's complaints, all at once."""
    return Traveller(
        page, start_site(planned_database, has_worker=True), lambda shown: complaints.extend(axe.look(shown))
    )


@pytest.mark.clause("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S9", "S10", "S11", "S12", "S14", "W3")
def test_a_case_travels_from_a_study_visit_to_the_final_report(at: Traveller, planned_database: str) -> None:
    the_person_visits_and_applies(at, planned_database)
    the_group_admits_her_to_a_place(at, planned_database)
    she_begins(at)
    she_takes_part_and_moves_on(at, planned_database)
    those_who_were_told_got_mail(at, planned_database)


def the_person_visits_and_applies(at: Traveller, database: str) -> None:
    days_pass(database, before.book_visit(at) + 1)
    before.report_visit(at)

    before.find_representative(at)
    before.begin_referral(at)
    before.write_referral(at)
    at.follow("Samtycke")
    consent = before.write_consent(at)
    assert_says(consent, before.PERSON, before.NUMBER, "Öppenpsykiatrin", "Fysisk och psykisk hälsa", day_in(300))
    before.sign_consent(at)
    before.enclose_file(at)

    number, referral = before.hand_over(at)
    assert number == f"S-{timezone.localdate():%Y}-001"
    assert_says(
        referral, before.PERSON, before.OWN_WORDS, before.QUESTION, "Nadja Berg", "Disa Moberg", "arbetsprovning"
    )


def the_group_admits_her_to_a_place(at: Traveller, database: str) -> None:
    days = before.announce(at)
    before.tell_what_we_know(at, "Ulrika Fors", "Fysisk och psykisk hälsa", before.HEALTH_KNOWN, "Kan följa sömnen.")
    before.tell_what_we_know(at, "Mats Lindahl", "Arbetsmarknad", before.LABOUR_KNOWN, "Kan ordna arbetsprövning.")
    before.say_not_known_here(at, "Helena Ros")

    days_pass(database, days)
    before.set_agenda(at)
    before.admit_to_a_place(at)
    before.give_notice(at)
    before.confirm_notice(at)


def she_begins(at: Traveller) -> None:
    after.register_decision(at)
    after.allocate(at)
    contract = after.book_first_meeting(at)
    assert_says(contract, "Kontrakt", before.PERSON, "Elin Strand", "Så behandlas dina personuppgifter")
    after.hold_first_meeting(at)
    after.start(at)

    after.map_needs(at)
    after.write_plan(at)
    plan = after.agree_plan(at)
    assert_says(plan, after.GOAL, after.FIRST_STEP, after.SECOND_STEP, "Mats Lindahl", day_in(14))


def she_takes_part_and_moves_on(at: Traveller, database: str) -> None:
    days_pass(database, 14)
    after.come_to_a_session(at)
    after.follow_up(at)
    after.close(at)
    report = after.read_report(at)
    assert_says(
        report, after.LAST_WORDS, after.RESULT, after.JUDGEMENT, "Närmare egen försörjning än förut", after.ONWARD
    )


def those_who_were_told_got_mail(at: Traveller, database: str) -> None:
    """The worker sends what waits, and nothing in it tells of whom."""
    the_minute_is_over(server(database))
    at.page.get_by_role("link", name="Demons post").last.click()
    for reader in (*TOLD, "karin@knutpunkten", "elin@knutpunkten"):
        while not at.page.get_by_text(f"Till {reader}").count():
            at.page.reload()
    at.arrive()
    at.does_not_read(before.PERSON, before.NUMBER, f"S-{timezone.localdate():%Y}-001")


def assert_says(paper: str, *words: str) -> None:
    """The paper says this, wherever its lines and words are broken."""
    joined = "".join(paper.replace("\u00ad", "").replace("- ", "").split())
    for word in words:
        assert "".join(word.replace("- ", "").split()) in joined, f"{word!r} is not on the paper"
