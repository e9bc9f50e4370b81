"""The same page on paper, in forced colours, in the dark, narrow and with wider spacing."""

import re

import pytest
from playwright.sync_api import Page

MENU = [("Start", "/", True), ("Ärenden", "/arenden/", False)]


def colour(page: Page, selector: str, of: str = "backgroundColor") -> str:
    found: str = page.eval_on_selector(selector, f"one => getComputedStyle(one).{of}")
    return found


def test_paper_has_the_words_and_nothing_one_presses(site):
    site.page.emulate_media(media="print")
    page = site.show_components()
    for pressed in (".top", ".crumbs", ".ds-button", ".round", ".chips", ".card:has(.attendance)", ".rail"):
        assert page.locator(pressed).count(), f"nothing to look for at {pressed}"
        assert page.locator(f"{pressed}:visible").count() == 0, pressed
    bar = page.locator(".person-bar")
    assert "Leif Sandqvist" in bar.inner_text()
    assert "19780411-2394" in bar.inner_text()
    assert colour(page, ".person-bar", "position") == "static"


def test_paper_is_white_also_for_who_works_in_the_dark(site):
    site.page.emulate_media(media="print", color_scheme="dark")
    page = site.show_components()
    for ground in ("body", ".card", ".card.teal", ".person-bar"):
        assert colour(page, ground) == "rgb(255, 255, 255)", ground
    assert colour(page, "h1", "color") == "rgb(0, 0, 0)"
    assert colour(page, ".card.teal h2", "color") == "rgb(0, 0, 0)"
    assert colour(page, ":root", "colorScheme") == "light"


def test_nothing_of_a_table_is_cut_on_paper(site):
    cells = ("Omar Saleh", '{% tag "state" "Anmäld" %}', "Presentera på ärendemötet", "Knutpunktsteamet")
    words = "".join(
        f"<td>{cell}</td>" for cell in (*cells, '{% agency "AF" "af" "Representanten, Arbetsförmedlingen" %}')
    )
    tag = '<td class="end">{% tag "later" "Senast tors 2026-11-26" %}</td>'
    site.page.emulate_media(media="print")
    page = site.show(
        f'<section class="card"><div class="flush"><table class="ds-table compact"><tr>{words}{tag}</tr></table></div></section>'
    )
    page.set_viewport_size({"width": 672, "height": 900})
    width, room = page.evaluate(
        "[document.querySelector('table').offsetWidth, document.querySelector('.card').offsetWidth]"
    )
    assert width <= room


def test_the_screen_is_dark_for_who_wants_it(site):
    site.page.emulate_media(color_scheme="dark")
    page = site.show("<h1>Start</h1>")
    assert colour(page, "body") == "rgb(18, 25, 28)"
    assert "dark" in colour(page, ":root", "colorScheme")


def test_forced_colours_still_tell_where_one_is_and_what_is_chosen(site):
    site.page.emulate_media(forced_colors="active")
    page = site.show_components()
    assert differs(page, ".place:not(.free, .offered)", ".place.free")
    assert differs(page, ".segmented label:has(:checked)", ".segmented label:not(:has(:checked))")
    assert differs(page, ".choices label:has(:checked)", ".choices label:not(:has(:checked))")
    assert differs(page, ".scale-step.now", ".scale-step.below")
    assert differs(page, ".steps .past .node", ".steps li:not(.past, .current) .node")
    assert colour(page, ".week .current", "outlineStyle") == "solid"
    assert colour(page, ".rail .current", "outlineStyle") == "solid"
    page = site.show("<h1>Start</h1>", menu=MENU)
    assert differs(page, ".menu a[aria-current]", ".menu a:not([aria-current])", "borderBottomColor")


def differs(page: Page, chosen: str, other: str, of: str = "backgroundColor") -> bool:
    return colour(page, chosen, of) != colour(page, other, of)


SPACED = """*, ::before, ::after { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""


@pytest.mark.parametrize("width", [1280, 320])
def test_the_frame_holds_when_the_reader_spaces_the_text(site, width):
    """WCAG 1.4.12, and 1.4.10 at 320 px."""
    menu = [
        (word, f"/{word}/", False) for word in ("Start", "Ärenden", "Ärendemöten", "Kö och platser", "Veckan", "Besök")
    ]
    site.page.set_viewport_size({"width": width, "height": 640})
    page = site.show("<h1>Start</h1>", menu=menu)
    # Not a style of the page, which the policy refuses: the reader's own.
    page.evaluate(
        "css => { const own = new CSSStyleSheet(); own.replaceSync(css); document.adoptedStyleSheets = [own]; }", SPACED
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_button_that_says_open_tells_what_it_opens(site):
    tasks = [{"title": "Utse handledare för Leif", "url": "/a/", "action": {"label": "Öppna", "url": "/a/"}}]
    page = site.show("{% work_list tasks None %}", tasks=tasks)
    assert page.get_by_role("link", name=re.compile("^Öppna ?: Utse handledare för Leif$")).count() == 1


def test_a_long_address_breaks_after_its_at_sign(site):
    page = site.show("{{ address|mail_link }}", address="<fornamn>@vastervik.example")
    assert page.locator("main a").get_attribute("href") == "mailto:<fornamn>@vastervik.example"
    assert "@<wbr>vastervik" in page.locator("main a").inner_html()
