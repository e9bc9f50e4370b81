"""What stands on every page a journey visits is looked at by axe: that it sees, and what it may pass over."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Axe

PAGE = '<!doctype html><html lang="sv"><head><title>Ett</title></head><body><main><h1>{}</h1>{}</main></body></html>'


def test_a_page_built_otherwise_is_looked_at_and_one_with_other_words_is_not(page: Page, tmp_path: Path) -> None:
    axe = Axe(tmp_path / "parts seen")
    page.set_content(PAGE.format("Ärende 12", "<p>Sedan 2026-11-17</p>"))
    axe(page)
    looked_at = len(axe.seen())
    page.set_content(PAGE.format("Ärende 7", "<p>Sedan 2026-10-01</p><p>Och mer</p>"))
    axe(page)
    assert len(axe.seen()) == looked_at
    for fault in ('<img src="x.png">', "<p>Ett</p><button></button>", "<h4>Djupt ner</h4>"):
        page.set_content(PAGE.format("Ärende 7", fault))
        for _ in range(2):
            with pytest.raises(AssertionError, match=r"image-alt|button-name|heading-order"):
                axe(page)


def test_a_page_that_lacks_what_one_before_it_had_is_looked_at(page: Page, tmp_path: Path) -> None:
    axe = Axe(tmp_path / "parts seen")
    page.set_content(PAGE.format("Ärende 12", '<label for="a">Namn</label><input id="a"><p>Mer</p>'))
    axe(page)
    page.set_content(PAGE.format("Ärende 12", '<input id="a"><p>Mer</p>'))
    with pytest.raises(AssertionError, match="label"):
        axe(page)
    page.set_content(PAGE.format("Ärende 12", "<p>Mer</p>").replace("<h1>Ärende 12</h1>", ""))
    with pytest.raises(AssertionError, match="page-has-heading-one"):
        axe(page)
