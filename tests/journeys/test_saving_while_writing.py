"""What is saved while one writes never stands in the way of what one sends."""

import pytest
from playwright.sync_api import APIResponse, Route, expect

from tests.journeys.deeds import Visitor

pytestmark = pytest.mark.slow("a real site and a real browser")


def test_one_who_sends_before_the_saving_has_answered_does_not_meet_their_own_words(onlooker: Visitor) -> None:
    page = onlooker.page
    held: list[tuple[Route, APIResponse]] = []

    def hold_saving(route: Route) -> None:
        if route.request.headers.get("hx-request"):
            held.append((route, route.fetch()))
        else:
            route.continue_()

    onlooker.step_in_as("Johan Wik")
    onlooker.open_task("Skriv klart remissen")
    onlooker.follow("Frågeställning")
    page.route("**/remiss/question/", hold_saving)
    with page.expect_request(lambda request: request.headers.get("hx-request") == "true"):
        page.get_by_label("Vilken är din fråga till gruppen?").fill("Vem kan prova ut arbetstakt")
    for _ in range(100):  # until the server has saved, while the page does not know it yet
        if not held:
            page.wait_for_timeout(50)
    page.get_by_label("Vilken är din fråga till gruppen?").press_sequentially(" med henne?")
    page.get_by_role("button", name="Spara och fortsätt").click()
    for route, answer in held:
        route.fulfill(response=answer)

    expect(page.get_by_role("heading", level=1)).to_contain_text("Remiss")
    onlooker.reads("Vem kan prova ut arbetstakt med henne?")
    onlooker.does_not_read("skrev också här")


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_under_the_finger_as_the_first_saving_is_told(onlooker: Visitor, width: int) -> None:
    page = onlooker.page
    page.set_viewport_size({"width": width, "height": 900})
    onlooker.step_in_as("Johan Wik")
    page.goto(f"{onlooker.origin}/arenden/?lage=draft")
    page.locator("main table a").first.click()
    draft = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"{onlooker.origin}/arenden/{draft}/samtycke/")
    party = page.locator("main form details").first
    if party.get_attribute("open") is None:
        party.locator("summary").first.click()
    box = party.locator("input[type=checkbox]").first
    box.hover()  # which waits until what has opened stands still
    before = box.bounding_box()
    box.click()
    expect(page.locator("[data-saved]")).to_contain_text("Sparat")
    assert box.bounding_box() == before
