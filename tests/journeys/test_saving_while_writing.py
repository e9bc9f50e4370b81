"""What is saved while one writes never stands in the way of what one sends."""

from pathlib import Path

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


def test_a_file_added_while_one_writes_takes_no_words_away(onlooker: Visitor, tmp_path: Path) -> None:
    intyg = tmp_path / "Intyg.pdf"
    intyg.write_bytes(b"%PDF-1.7 ett intyg")
    page = onlooker.page
    onlooker.step_in_as("Mats Lindahl")
    page.goto(f"{onlooker.origin}/arenden/?lage=announced")
    page.locator("main table a").first.click()
    case = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"{onlooker.origin}/arenden/{case}/uppgifter/")
    part = page.get_by_role("region", name="Tidigare arbete")
    part.get_by_label("Vad vet ni?").fill("Praktik på lager")
    onlooker.press("Bifoga en fil om tidigare arbete")
    page.get_by_label("Fil", exact=True).set_input_files(intyg)
    onlooker.press("Bifoga")
    expect(part.get_by_label("Vad vet ni?")).to_have_value("Praktik på lager")
    expect(part.get_by_role("link", name="Intyg.pdf")).to_be_visible()
    part.get_by_label("Vad vet ni?").fill("Praktik på lager, och truckkort")
    onlooker.press("Ta bort Intyg.pdf")
    expect(part.get_by_label("Vad vet ni?")).to_have_value("Praktik på lager, och truckkort")
    expect(part.get_by_role("link", name="Intyg.pdf")).to_have_count(0)
