"""The browser's back button: to a page as it stands now, never to a question about sending a form again."""

import pytest
from playwright.sync_api import expect

from tests.journeys.deeds import Visitor

pytestmark = pytest.mark.slow("a real site and a real browser: the back button is the browser's own")


def test_back_to_a_form_that_was_refused_is_the_form_afresh(onlooker: Visitor) -> None:
    onlooker.step_in_as("Johan Wik")
    onlooker.menu("Studiebesök")
    onlooker.follow("Boka studiebesök")
    onlooker.press("Boka")
    onlooker.reads("behöver ändras")
    onlooker.menu("Kontaktlista")
    onlooker.page.go_back()
    expect(onlooker.page.get_by_role("heading", level=1)).to_have_text("Boka studiebesök")
    onlooker.does_not_read("behöver ändras")


def test_back_from_a_case_that_was_searched_for_is_the_search_page(onlooker: Visitor) -> None:
    onlooker.step_in_as("Johan Wik")
    onlooker.page.get_by_role("searchbox").first.fill("Amira Haddad")
    onlooker.page.keyboard.press("Enter")
    onlooker.follow("Amira Haddad")
    onlooker.page.go_back()
    expect(onlooker.page.get_by_role("heading", level=1)).to_have_text("Sök person")
