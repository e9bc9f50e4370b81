"""What looks at each page that a journey visits does see: faults of several kinds, and the lack of what must be there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.axe import BRING, Axe

PAGE = '<!doctype html><html lang="sv"><head><title>Ett</title></head><body><main>{}</main></body></html>'


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One for all: each test writes it anew."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.add_init_script(BRING)
        yield context.new_page()


@pytest.fixture
def axe(tmp_path: Path) -> Axe:
    """One of the test's own: what is flawless without style sheets says nothing of the product's pages."""
    return Axe(tmp_path / "flawless")


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ('<h1>Ärende 7</h1><img src="x.png">', "image-alt"),
        ("<h1>Ärende 7</h1><button></button>", "button-name"),
        ("<h1>Ärende 7</h1><h4>Djupt ner</h4>", "heading-order"),
        ('<h1>Ärende 7</h1><input id="a">', "label"),
        ('<h1>Ärende 7</h1><p style="color: #aaa">Blekt</p>', "color-contrast"),
        ('<h1>Ärende 7</h1><p role="knapp">Spara</p>', "aria-roles"),
        ('<h1>Ärende 7</h1><p aria-grad="5">Ett</p>', "aria-valid-attr"),
        ('<h1>Ärende 7</h1><button aria-checked="true">Ja</button>', "aria-allowed-attr"),
        ('<h1>Ärende 7</h1><div role="checkbox" aria-label="Ja" tabindex="0"></div>', "aria-required-attr"),
        ('<h1>Ärende 7</h1><label>Namn<input autocomplete="namn"></label>', "autocomplete-valid"),
        ("<h1>Ärende 7</h1><li>Ett</li>", "listitem"),
        ('<h1>Ärende 7</h1><table><tr><td scope="col">Ett</td></tr></table>', "scope-attr-valid"),
        ('<h1>Ärende 7</h1><a href="#a" tabindex="3">Ett</a>', "tabindex"),
        (
            '<h1>Ärende 7</h1><p>Se <a href="#a" style="color: #222; text-decoration: none">här</a> nu</p>',
            "link-in-text",
        ),
        (
            '<h1>Ärende 7</h1><button style="font-size: 4px">a</button><button style="font-size: 4px">b</button>',
            "target-",
        ),
        ("<h1>Ärende 7</h1></main><p>Utanför</p>", "region"),
        ("<h1>Ärende 7</h1><ul><p>Ett</p></ul>", "list"),
        ("<p>Ärende 7</p>", "page-has-heading-one"),
    ],
)
def test_a_fault_is_seen_each_time(page: Page, axe: Axe, fault: str, rule: str) -> None:
    page.set_content(PAGE.format("<h1>Ärende 7</h1>"))
    axe(page)
    page.set_content(PAGE.format(fault))
    for _ in range(2):
        with pytest.raises(AssertionError, match=rule):
            axe(page)


def test_what_is_flawless_in_one_place_is_asked_of_anew_in_another(page: Page, axe: Axe) -> None:
    page.set_content(PAGE.format("<h1>Ärende 7</h1><p>Blekt</p>"))
    axe(page)
    page.set_content(PAGE.format('<h1>Ärende 7</h1><div style="color: #aaa"><p>Blekt</p></div>'))
    with pytest.raises(AssertionError, match="color-contrast"):
        axe(page)


def test_and_so_is_the_kind_of_a_page_with_a_fault(page: Page, axe: Axe) -> None:
    """Only what was flawless is left out: the fault beside it makes all of that page unknown."""
    pale = '<p class="pale" style="color: #aaa">Blekt</p>'
    page.set_content(PAGE.format(f"<h1>Ärende 7</h1>{pale}"))
    for _ in range(2):
        with pytest.raises(AssertionError, match="color-contrast"):
            axe(page)
    page.set_content(PAGE.format(f"<h1>Ärende 8, och mer</h1>{pale}"))
    with pytest.raises(AssertionError, match="color-contrast"):
        axe(page)


def test_what_one_has_seen_the_one_beside_knows(page: Page, axe: Axe, tmp_path: Path) -> None:
    beside = Axe(tmp_path / "flawless")
    page.set_content(PAGE.format("<h1>Ärende 7</h1>"))
    axe(page)
    (tmp_path / "flawless").open("ab").write(b"1280 pag")  # another is in the midst of writing
    beside.learn()
    axe.learn()
    assert beside.flawless == axe.flawless
    assert len(beside.flawless) == 1 + len(("body", "main", "h1"))


@pytest.mark.parametrize(
    ("flawless", "fault", "rule"),
    [
        ('<label for="a">Namn</label><input id="a">', '<label for="b">Namn</label><input id="a">', "label"),
        ("<button>Spara</button>", "<button> </button>", "button-name"),
        (
            '<ul><li><a href="#a">Ett</a></li></ul>',
            '<ul><li><a href="#a">Ett</a></li><li><a href="#a"></a></li></ul>',
            "link-name",
        ),
        (
            '<nav aria-label="Ett"><a href="#a">A</a></nav><nav aria-label="Två"><a href="#a">A</a></nav>',
            '<nav aria-label="Ett"><a href="#a">A</a></nav><nav aria-label="Ett"><a href="#a">A</a></nav>',
            "landmark-unique",
        ),
        (
            '<img src="x.png" alt="Ett hus"><a href="#a"><img src="x.png" alt="Hem"></a>',
            '<img src="x.png" alt="Ett hus"><a href="#a"><img src="x.png" alt=""></a>',
            "link-name",
        ),
    ],
)
def test_nothing_that_a_page_may_fail_by_is_taken_for_the_same(
    page: Page, axe: Axe, flawless: str, fault: str, rule: str
) -> None:
    page.set_content(PAGE.format(f"<h1>Ärende 7</h1>{flawless}"))
    axe(page)
    page.set_content(PAGE.format(f"<h1>Ärende 7</h1>{fault}"))
    with pytest.raises(AssertionError, match=rule):
        axe(page)


def test_a_page_with_other_words_and_more_rows_is_not_asked_about_again(page: Page, axe: Axe) -> None:
    page.set_content(PAGE.format("<h1>Ärende 7</h1><ul><li>Ett</li></ul>"))
    axe(page)
    page.evaluate("() => { axe.run = () => { throw new Error('asked') } }")
    page.set_content(PAGE.format("<h1>Ärende 12</h1><ul><li>Två</li><li>Tre</li></ul>"))
    axe(page)
    page.set_content(PAGE.format("<h1>Ärende 12</h1><ul><li>Två</li><li><b>Tre</b></li></ul>"))
    with pytest.raises(Exception, match="asked"):
        axe(page)
    page.goto("about:blank")  # and axe-core with it
