"""The same page on paper, in forced colours, in the dark, narrow and with wider spacing."""

import io
import re
from datetime import date

import pytest
from django.template import Context, Template
from django.utils import timezone
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.conftest import ROOT

MENU = [("Start", "/", True), ("Ärenden", "/arenden/", False)]


def colour(page: Page, selector: str, of: str = "backgroundColor") -> str:
    found: str = page.eval_on_selector(selector, f"one => getComputedStyle(one).{of}")
    return found


def test_paper_has_the_words_and_nothing_one_presses(site):
    site.page.emulate_media(media="print")
    page = site.show_components()
    for pressed in (".top", ".crumbs", ".ds-button", ".round", ".chips", ".card:has(.attendance)", ".rail", ".command"):
        assert page.locator(pressed).count(), f"nothing to look for at {pressed}"
        assert page.locator(f"{pressed}:visible").count() == 0, pressed
    bar = page.locator(".person-bar")
    assert "Leif Sandqvist" in bar.inner_text()
    assert "19780411-2394" in bar.inner_text()
    assert colour(page, ".person-bar", "position") == "static"


COMMANDS = "Läs|Skriv|Jämför|Öppna|Ändra|Fyll i|Visa|Fortsätt|Påminn|Byt|Ta bort"


def test_no_link_that_is_a_mere_command_is_printed():
    """A link whose words tell what one does and nothing else: on paper nobody does it."""
    links = re.compile(rf"<a ([^>]*)>(?:\{{% icon [^%]*%\}})?(?:{COMMANDS})\\b")
    for template in sorted((ROOT / "knutpunkten").glob("*/templates/**/*.html")):
        for attributes in links.findall(template.read_text()):
            assert re.search('class="[^"]*(command|ds-button)', attributes), f"{template.name}: {attributes}"


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


def on_paper(page: Page) -> list[str]:
    """The printed pages, as text."""
    return [one.extract_text() for one in PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages]


def test_each_printed_page_says_that_it_is_sensitive_and_the_first_who_printed_it(site):
    first, *more = on_paper(site.show("<p>Leif Sandqvist</p>" * 80))
    assert more
    for page in (first, *more):
        assert "Innehåller känsliga uppgifter" in page
    assert f"Utskriven {timezone.localdate()} av Karin." in first
    bare = '{% extends "ui/base.html" %}{% block printed %}{% endblock %}{% block main %}Rutinen{% endblock %}'
    (page,) = on_paper(site.show_html(Template(bare).render(Context({"me": {"name": "Karin"}}))))
    assert "känsliga" not in page


def test_the_case_is_numbered_on_paper_though_the_way_to_it_is_left_out(site):
    bar = {"name": "Leif Sandqvist", "number": "197804112394", "case_number": "S-2026-087", "state": "Anmäld"}
    page = site.show("{% person_bar bar %}", bar=bar)
    assert not page.get_by_text("S-2026-087").is_visible()
    assert "Ärende S-2026-087" in on_paper(page)[0]


def test_a_goal_is_printed_with_its_first_sub_goal(site):
    cells = "<span>Delmål {}</span><span>Elin Strand</span><span>senast 2026-12-01</span><span class='row'>Klart</span>"
    rows = "".join(f"<li>{cells.format(n)}</li>" for n in range(1, 5))
    goal = (
        '<section class="card"><div class="goal-head"><div><p>Mål 1</p><h2>”Jag vill jobba igen”</h2><p>Varför</p></div>'
        '<div class="goal-scale"><div><p>Sedan start</p>{% sparkline scores %}</div>{% scale_shown 6 last=5 %}</div></div>'
        f'<div class="sub-goals"><ol class="thread">{rows}</ol></div></section>'
    )
    for lines in (14, 17, 19):
        for page in on_paper(site.show("<p>Ändrat</p>" * lines + goal, scores=[4, 5, 6])):
            assert ("Jag vill jobba igen" in page) == ("Delmål 1" in page), lines


def test_a_column_of_buttons_leaves_its_room_to_the_words_and_no_row_is_cut(site):
    move = '<form class="order"><button class="ds-button" data-size="sm">Upp</button></form>'
    rows = f'<tr><td>09:00</td><th scope="row">Omar Saleh</th><td class="moves">{move}</td></tr>' * 3
    site.page.emulate_media(media="print")
    page = site.show(f'<section class="card"><div class="flush"><table class="ds-table">{rows}</table></div></section>')
    assert page.locator(".moves:visible").count() == 0
    below = "document.querySelector('{}').getBoundingClientRect().bottom"
    assert page.evaluate(below.format("tr:last-child")) < page.evaluate(below.format(".card")) - 10


def test_a_long_label_and_a_long_theme_have_room_on_paper(site):
    days = [
        {"name": name, "date": date(2026, 11, 23 + n), "today": False}
        for n, name in enumerate(("Mån", "Tis", "Ons", "Tors", "Fre"))
    ]
    cell = {"title": "NADA och öronakupunktur", "lines": ["Ylva Sand"], "note": ""}
    week = {"days": days, "rows": [{"start": "08:00", "end": "09:50", "cells": [cell] * 5}]}
    site.page.set_viewport_size({"width": 672, "height": 900})
    site.page.emulate_media(media="print")
    page = site.show(
        '<dl class="summary"><div><dt>Dataskyddsinformation</dt><dd>Inte lämnad än</dd></div></dl>{% week_grid week %}',
        week=week,
    )
    assert page.eval_on_selector("dt", "dt => dt.scrollWidth <= dt.clientWidth")
    lines = """title => { const word = new Range(), text = title.firstChild; word.setStart(text, 10); word.setEnd(text, text.length);
               return new Set([...word.getClientRects()].map(box => box.top)).size }"""
    assert page.eval_on_selector(".week strong", lines) == 1


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
    assert differs(page, ".scale-step.last", ".scale-step.below", "borderInlineStartStyle")
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


def test_chips_have_room_for_a_finger_on_a_phone(site):
    site.page.set_viewport_size({"width": 390, "height": 844})
    page = site.show('{% chips years label="År" %}', years=[("2026", "?ar=2026", True), ("2025", "?ar=2025", False)])
    assert [chip.bounding_box()["height"] for chip in page.locator(".chip").all()] == [44, 44]


def test_figures_are_tables_in_one_column_on_paper_and_none_is_parted(site):
    site.page.emulate_media(media="print")
    drawn = '<table class="ds-table counts"><tr><td><svg class="bar"></svg>5</td></tr></table>'
    page = site.show(
        '<div class="programme-figures"><div class="cols-2">'
        + f'<section class="card">{drawn}</section>' * 2
        + "</div></div>"
    )
    first, second = (card.bounding_box() for card in page.locator(".card").all())
    assert first["x"] == second["x"]
    assert second["y"] >= first["y"] + first["height"]
    assert colour(page, ".card", "breakInside") == "avoid"
    assert page.locator(".bar:visible").count() == 0


def test_a_radio_button_in_focus_is_as_round_as_before(site):
    page = site.show('<input class="ds-input" type="radio" id="r"><input class="ds-input" type="checkbox" id="c">')
    for field in ("#r", "#c"):
        before = colour(page, field, "borderRadius")
        page.locator(field).focus()
        assert page.locator(f"{field}:focus-visible").count() == 1
        assert colour(page, field, "borderRadius") == before
    assert before != colour(page, "#r", "borderRadius"), "a box is no circle"


def test_what_the_own_menu_offers_stands_in_one_line(site):
    page = site.show("", account_url="/konto/", sign_out_url="/ut/", csrf_token="en-nyckel")
    page.locator(".me > summary").click()
    lefts = {
        page.locator(".me")
        .get_by_text(words, exact=True)
        .evaluate(
            "one => { const words = document.createRange(); words.selectNodeContents(one); return words.getBoundingClientRect().left }"
        )
        for words in ("Mitt konto", "Logga ut")
    }
    assert len(lefts) == 1
