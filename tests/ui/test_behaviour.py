"""What the pages do by themselves, in a real browser, under the content policy of production."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import unquote_plus

import pytest
from django.template.loader import get_template
from playwright.sync_api import Page, expect

from knutpunkten.desk.meeting_bar import BarForm
from knutpunkten.people.forms import WhoForm
from knutpunkten.review.forms import LookUpForm
from tests.ui.conftest import BASE, SAVED


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for the test's own side to notice something the browser did."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never happened")


AUTOSAVED = '<form method="post" data-autosave="/utkast/" data-warn-unsaved>{% saved_at None %}<textarea name="t"></textarea></form>'


BOX = '<form method="post"><textarea class="ds-input" name="t" rows="{}">{}</textarea></form>'
FULL = "e => e.scrollHeight <= e.clientHeight"


@pytest.mark.parametrize("rows", [2, 5])
def test_a_box_shows_all_that_stands_in_it_and_is_as_high_as_it_says(site, rows):
    page = site.show(BOX.format(rows, "Amira\nElin, handledare\nJohan, handläggare\nHelena, representant"))
    box = page.locator("textarea")
    assert box.evaluate(FULL)
    box.press_sequentially("\nen till\noch en")
    assert box.evaluate(FULL)
    box.fill("")
    assert box.evaluate("e => e.clientHeight / parseFloat(getComputedStyle(e).lineHeight)") > rows


def test_why_the_number_is_unknown_is_asked_of_whoever_says_that_it_is(site):
    page = site.show("{{ form }}", form=WhoForm())
    why, tick = page.get_by_label("Varför är numret okänt?"), page.get_by_label("Numret är okänt")
    expect(why).to_be_hidden()
    tick.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(why).to_be_focused()
    tick.uncheck()
    expect(why).to_be_hidden()


def test_ctrl_k_goes_to_the_search_box(site):
    page = site.show("<h1>Start</h1>")
    search = page.locator(".top-end > .search input[name=q]")
    before = search.bounding_box()
    page.keyboard.press("Control+k")
    expect(search).to_be_focused()
    assert search.bounding_box() == before, "nothing in the header moves"


def test_a_page_that_offers_it_is_printed(site):
    page = site.show('<button type="button" data-print>{% icon "printer-small" %}Skriv ut</button>')
    page.evaluate("window.print = () => document.body.dataset.printed = ''")
    page.get_by_role("button", name="Skriv ut").click()
    expect(page.locator("body[data-printed]")).to_have_count(1)


def test_ctrl_k_opens_the_menu_on_a_phone(site):
    page = site.show("<h1>Start</h1>", menu=[("Start", "/", True)])
    page.set_viewport_size({"width": 390, "height": 844})
    page.keyboard.press("Control+k")
    expect(page.locator(".menu-phone input[name=q]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".menu-phone")).not_to_have_attribute("open", "")


def test_a_draft_is_saved_after_a_second_of_rest(site):
    site.answer = (200, '<p data-saved>Sparat 10:42</p><ul id="lacking" data-fresh><li>Ett delmål</li></ul>')
    page = site.show(f'{AUTOSAVED}<ul id="lacking" data-fresh><li>Ett mål</li></ul>')
    page.locator("textarea").fill("Vill jobba igen")
    expect(page.locator("[data-saved]")).to_have_text("Sparat 10:42")
    expect(page.locator("#lacking")).to_have_text("Ett delmål")
    [(path, body, headers)] = site.posts
    assert path == "/utkast/"
    assert "Vill jobba igen" in body
    assert headers["hx-request"] == "true"


@pytest.mark.parametrize(
    ("status", "says"),
    [(503, "Texten finns kvar här, och vi försöker igen."), (404, "Det här är inte öppet för dig längre.")],
)
def test_a_draft_that_could_not_be_saved_says_so_and_keeps_the_text(site, status, says):
    site.answer = (status, "")
    page = site.show(AUTOSAVED)
    page.locator("textarea").fill("Vill jobba igen")
    expect(page.locator("[data-saved]")).to_contain_text(says)
    expect(page.locator("textarea")).to_have_value("Vill jobba igen")
    site.complaints.clear()  # of the answer


def test_the_last_words_before_leaving_are_saved_too(site):
    page = site.show(AUTOSAVED)
    page.locator("textarea").fill("Sista orden")
    # The event alone: what is sent while a page goes away is out of the test's reach.
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    until(page, lambda: bool(site.posts))
    assert "Sista orden" in site.posts[0][1]


def test_a_draft_that_was_refused_elsewhere_is_saved_though_nobody_types(site):
    site.answer = (200, "<p data-saved>Sparat 10:42</p>")
    page = site.show(AUTOSAVED.replace("<form", "<form data-unsaved").replace("></textarea", ">Klistrat</textarea"))
    expect(page.locator("[data-saved]")).to_have_text("Sparat 10:42")
    [(path, body, headers)] = site.posts
    assert path == "/utkast/"
    assert "Klistrat" in body
    assert headers["x-sitting"] == "by itself"


@pytest.mark.parametrize("sent", ["Spara arbete", "Lämna ut"])
def test_what_was_just_typed_in_another_form_is_saved_before_the_page_is_sent(site, sent):
    area = '<form method="post" action="/{0}/" data-autosave="/utkast/{0}/"><textarea name="t"></textarea><button>Spara {0}</button></form>'
    more = '<form method="post" action="/lamna-ut/" data-once><button>Lämna ut</button></form>'
    page = site.show("{% saved_at None %}" + area.format("basic") + area.format("arbete") + more)
    page.locator("textarea").first.fill("Bor hos sin syster")
    page.get_by_role("button", name=sent).click()
    until(page, lambda: len(site.posts) > 1)
    (first, words, _), (second, *_) = site.posts[:2]
    assert (first, second) == ("/utkast/basic/", {"Spara arbete": "/arbete/", "Lämna ut": "/lamna-ut/"}[sent])
    assert "Bor hos sin syster" in words


@pytest.mark.parametrize("drawn", ["data-autosave='/utkast/'", "data-warn-unsaved data-refused='5'"])
def test_what_rests_on_the_saved_is_not_sent_past_words_that_were_refused(site, drawn):
    site.answer = (422, "<p data-saved>Inte sparat. Korta texten.</p>")
    boxes = '{% saved_at None %}<input type="hidden" name="seen" value="7"><textarea name="t"></textarea>'
    area = f'<form method="post" action="/omrade/" {drawn}>{boxes}</form>'
    done = '<form method="post" action="/klar/" data-once data-rests-on-saved><button>Klar</button></form>'
    page = site.show(area + done)
    page.locator("textarea").fill("Bor hos sin syster")
    page.get_by_role("button", name="Klar").click()
    until(page, lambda: any(path == "/omrade/" for path, *_ in site.posts))
    assert "/klar/" not in [path for path, *_ in site.posts]
    assert "Bor+hos+sin+syster" in site.posts[-1][1]
    if "data-refused" in drawn:
        assert "seen=5" in site.posts[-1][1], "what another has saved is shown once more, not written over"
    site.complaints.clear()  # of the answer 422


def test_leaving_with_unsaved_text_asks_first(site):
    page = site.show('<form method="post" data-warn-unsaved><textarea name="t"></textarea></form>')
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("textarea").press_sequentially("x")
    page.goto(BASE + "/annan/")
    assert asked == ["beforeunload"]


REFUSED = '<p class="saved failed" data-saved role="status">Inte sparat. Du har bytt roll.</p>'


def test_what_the_server_refused_to_save_stays_is_not_left_unasked_and_is_saved_when_one_comes_back(site):
    site.answer = (422, REFUSED)
    page = site.show(AUTOSAVED.replace(" data-warn-unsaved", ""))
    page.locator("textarea").fill("Vill jobba igen")
    expect(page.locator("[data-saved]")).to_have_text("Inte sparat. Du har bytt roll.")
    expect(page.locator("textarea")).to_have_value("Vill jobba igen")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.href = '/annan/'")
    until(page, lambda: bool(asked))
    assert asked == ["beforeunload"]
    # In another tab the role is put on again.
    site.answer = (200, SAVED)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-saved]")).to_have_text("Sparat 10:42")
    assert "Vill jobba igen" in site.posts[-1][1]
    site.complaints.clear()  # of the answer 422
    page.goto(BASE + "/annan/")
    assert asked == ["beforeunload"]


def test_a_double_click_sends_once(site):
    site.answer = (204, "")
    page = site.show('<form method="post" action="/skicka/" data-once><button class="ds-button">Skicka</button></form>')
    page.locator("button", has_text="Skicka").dblclick()
    until(page, lambda: bool(site.posts))
    expect(page.locator("button", has_text="Skicka")).to_be_disabled()
    assert len(site.posts) == 1


def test_a_form_already_sent_is_not_sent_again_until_one_comes_back_to_it(site):
    page = site.show('<form method="post" action="/skicka/" data-once><button>Skicka</button></form>')
    page.evaluate("""() => {
        window.sent = 0;
        document.addEventListener("submit", (event) => { window.sent += !event.defaultPrevented; event.preventDefault(); });
    }""")
    send = "document.querySelector('form[data-once]').requestSubmit()"
    page.evaluate(f"{send}; {send}")
    assert page.evaluate("window.sent") == 1
    page.evaluate("dispatchEvent(new Event('pageshow'))")
    page.evaluate(send)
    assert page.evaluate("window.sent") == 2


def test_meeting_keys_choose_and_move_but_never_while_one_types(site):
    main = '{% decision_choices "decision" choices "" %}<input aria-label="Skäl" name="reason"><a rel="next" href="#nasta">Nästa</a>'
    page = site.show(main, "ui/meeting.html", choices=[("place", "Plats", "", True), ("queue", "Kö", "", True)])
    page.keyboard.press("2")
    expect(page.locator("input[value=queue]")).to_be_checked()
    page.locator("input[name=reason]").press_sequentially("1j")
    expect(page.locator("input[value=queue]")).to_be_checked()
    assert "#nasta" not in page.url
    page.locator("input[value=queue]").focus()
    page.keyboard.press("j")
    assert page.url.endswith("#nasta")


def test_undo_counts_down_and_goes_away(site):
    page = site.show(
        '<div class="undo" data-undo="1" role="status"><span>Klart</span><button type="button">Ångra</button></div>'
    )
    expect(page.locator(".undo button")).to_have_text("Ångra, 1 s")
    expect(page.locator(".undo")).to_have_count(0)


def test_htmx_swaps_under_the_policy_and_adds_no_style(site):
    page = site.show('<button type="button" hx-post="/x/" hx-target="#svar">Hämta</button><div id="svar"></div>')
    page.locator("button", has_text="Hämta").click()
    expect(page.locator("#svar")).to_have_text("Sparat 10:42")
    assert page.evaluate("document.adoptedStyleSheets.length") == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_of_components_is_as_wide_as_the_screen(site, width):
    site.page.set_viewport_size({"width": width, "height": 900})
    page = site.show_components()
    assert page.evaluate("document.documentElement.scrollWidth") == width


BROAD = """<h1>Tillgänglighetsredogörelse</h1>
<section class="card"><header class="card-head"><h2>Konsultationsremissens</h2></header>
<ul class="rows"><li><a href="/">Ändra det som kom fram på första mötet</a></li></ul></section>
<p class="participant"><time>onsdag 23 september kl. 11:00</time></p>
<p class="participant" id="stop">Klart, <span class="meta"><time>2026-11-10</time></span>. Ansvarig: du.</p>
<div class="actions"><button class="ds-button" type="button">Ändra det som kom fram på första mötet</button></div>
<fieldset class="segmented"><label>Ej påbörjat</label><label>Pågår</label><label>Klart</label><label>Utgår</label></fieldset>"""

# Where the line has room for the day, and not for the full stop after it.
STOP_BELOW_ITS_DAY = """(() => {
  const line = document.getElementById("stop"), day = line.querySelector("time"), stop = document.createRange();
  line.style.inlineSize = `${day.getBoundingClientRect().right - line.getBoundingClientRect().left + 1}px`;
  stop.setStart(line.lastChild, 0);
  stop.setEnd(line.lastChild, 1);
  const below = stop.getBoundingClientRect().top >= day.getBoundingClientRect().bottom;
  line.style.inlineSize = "";
  return below;
})()"""


def test_text_twice_as_large_breaks_and_the_page_is_as_wide_as_the_phone(site):
    """WCAG 1.4.4: the text alone."""
    site.page.set_viewport_size({"width": 390, "height": 844})
    page = site.show(BROAD)
    assert page.evaluate(STOP_BELOW_ITS_DAY) is False
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    broad = "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth)"
    assert page.evaluate(f"{broad}.map(one => one.outerHTML)") == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


SIX_COLUMNS = """<section class="card"><div class="flush"><table class="ds-table compact stack">
<thead><tr><th>Person</th><th>Ärende</th><th>Läge</th><th>Nästa steg</th><th>Vems tur</th><th class="end">När</th></tr></thead>
<tbody><tr><th scope="row"><a href="/">Anna-Karin Sandqvist</a> {% tag "protected" "Skyddade uppgifter" %}</th>
<td data-label="Ärende" class="nowrap">S-2026-021</td><td data-label="Läge">{% tag "state" "Återremiss" %}</td>
<td data-label="Nästa steg">Presentera på ärendemötet</td><td data-label="Vems tur">{% turn True "" %}</td>
<td data-label="När" class="end">{% tag "later" "Senast tors 2026-12-03" %}</td></tr></tbody></table></div></section>"""


@pytest.mark.parametrize("beside", [False, True])
def test_no_column_of_a_table_is_cut_off_between_a_phone_and_a_desk(site, beside):
    """Alone, and in a card beside another. What does not fit stacks; what fits stays a table."""
    page = site.show(f'<div class="cols-2">{SIX_COLUMNS * 2}</div>' if beside else SIX_COLUMNS)
    for width in (641, 720, 800, 900, 960, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide, room = page.evaluate(
            "[document.querySelector('table').offsetWidth, document.querySelector('.flush').clientWidth]"
        )
        assert wide <= room, width
    stacked = page.evaluate("getComputedStyle(document.querySelector('table')).display") == "block"
    assert stacked == beside


SITTING = {"left": 1800, "warned": 120, "last": False, "stay_url": "/stanna/", "ended_url": "/logga-in/"}


def test_two_minutes_before_the_end_one_is_asked_and_a_press_makes_it_longer(site):
    site.page.clock.install()
    site.answer = (200, "1800")
    page = site.show("<h1>Start</h1>", session_time=SITTING, csrf_token="en-nyckel")
    page.clock.run_for(1_670_000)
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.clock.run_for(20_000)
    expect(page.get_by_role("dialog", name="Är du kvar?")).to_contain_text("Två minuter kvar")
    expect(page.get_by_role("button", name="Jag är kvar")).to_be_focused()
    page.clock.run_for(60_000)
    expect(page.get_by_role("dialog")).to_contain_text("En minut kvar")
    page.get_by_role("button", name="Jag är kvar").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    [(path, _, headers)] = site.posts
    assert (path, headers["x-csrftoken"]) == ("/stanna/", "en-nyckel")
    page.clock.run_for(1_600_000)
    assert page.url == f"{BASE}/"


def test_at_the_end_the_page_is_left_for_the_sign_in_with_the_way_back(site):
    site.page.clock.install()
    page = site.show("<h1>Start</h1>", session_time=SITTING)
    page.clock.run_for(1_801_000)
    page.wait_for_url(f"{BASE}/logga-in/?next=%2F&slut=1")


def test_the_tenth_hour_cannot_be_made_longer(site):
    site.page.clock.install()
    page = site.show("<h1>Start</h1>", session_time=SITTING | {"left": 60, "last": True})
    page.get_by_role("button", name="Jag förstår").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.clock.run_for(61_000)
    page.wait_for_url(f"{BASE}/logga-in/**")


KEPT = SITTING | {"keep_url": "/behall/", "give_back_url": "/lamna-tillbaka/"}
TYPING = """<form method="post"><textarea name="reason"></textarea><input type="radio" name="way" value="phone" id="p">
<input type="radio" name="way" value="mail" id="m"><input type="hidden" name="seen" value="7"></form>"""


def test_what_is_typed_is_kept_after_a_while_of_rest_and_counts_as_a_click(site):
    site.page.clock.install()
    site.answer = (200, "1800")
    page = site.show(TYPING, session_time=KEPT, csrf_token="en-nyckel")
    page.locator("textarea").fill("Halva meningen")
    page.locator("#p").check()
    page.clock.run_for(21_000)
    until(page, lambda: bool(site.posts))
    [(path, body, headers)] = site.posts
    assert (path, headers["x-sitting"]) == ("/behall/", "click")
    assert "Halva+meningen" in body
    assert "phone" in body
    assert '["seen","7"]' in unquote_plus(body), "over what it was written goes with it"


def test_words_that_wait_on_the_page_make_the_sitting_no_longer(site):
    """Who leaves a half-written form at an unlocked screen is signed out like anybody else."""
    site.page.clock.install()
    site.answer = (200, "1800")
    page = site.show(TYPING, session_time=KEPT, csrf_token="en-nyckel")
    page.locator("textarea").fill("Halva meningen")
    page.clock.run_for(21_000)
    until(page, lambda: bool(site.posts))
    page.clock.run_for(1_690_000)
    expect(page.get_by_role("dialog", name="Är du kvar?")).to_be_visible()
    page.clock.run_for(121_000)
    page.wait_for_url(f"{BASE}/logga-in/?next=%2F&slut=1")
    assert len(site.posts) == 1, "what is kept already is not kept again"


def test_at_the_end_the_page_is_left_without_asking_when_its_words_are_kept(site):
    """A question that nobody is there to answer would let the page stand on the screen."""
    site.page.clock.install()
    site.answer = (200, "1800")
    form = TYPING.replace("<form", "<form data-warn-unsaved")
    page = site.show(form, session_time=KEPT, csrf_token="en-nyckel")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("textarea").press_sequentially("Halva meningen")
    page.clock.run_for(21_000)
    expect(page.locator("form[data-kept]")).to_have_count(1)
    page.clock.run_for(1_801_000)
    page.wait_for_url(f"{BASE}/logga-in/**")
    assert asked == []


def test_what_could_not_be_kept_is_kept_at_the_warning_and_that_is_no_click(site):
    site.page.clock.install()
    site.answer = (503, "")
    page = site.show(TYPING, session_time=KEPT, csrf_token="en-nyckel")
    page.locator("textarea").fill("Halva meningen")
    page.clock.run_for(21_000)
    until(page, lambda: bool(site.posts))
    site.answer = (200, "110")
    page.clock.run_for(1_670_000)
    until(page, lambda: len(site.posts) == 2)
    _, body, headers = site.posts[1]
    assert "Halva+meningen" in body
    assert headers["x-sitting"] == "by itself"
    expect(page.get_by_role("dialog", name="Är du kvar?")).to_be_visible()
    page.clock.run_for(111_000)
    page.wait_for_url(f"{BASE}/logga-in/**")


def test_a_draft_that_is_sent_once_more_by_itself_makes_the_sitting_no_longer(site):
    site.page.clock.install()
    site.answer = (503, "")
    page = site.show(AUTOSAVED, session_time=KEPT, csrf_token="en-nyckel")
    page.locator("textarea").fill("Vill jobba igen")
    page.clock.run_for(1_100)
    until(page, lambda: bool(site.posts))
    expect(page.locator("[data-saved]")).to_contain_text("Texten finns kvar här")
    site.answer, site.seconds_left = (200, SAVED), "1700"
    page.clock.run_for(10_100)
    expect(page.locator("[data-saved]")).to_have_text("Sparat 10:42")
    assert [headers["x-sitting"] for _, _, headers in site.posts] == ["click", "by itself"]
    page.clock.run_for(1_595_000)
    expect(page.get_by_role("dialog", name="Är du kvar?")).to_be_visible()


def test_what_is_sent_at_once_is_never_kept(site):
    page = site.show(TYPING, session_time=KEPT, csrf_token="en-nyckel")
    page.locator("textarea").fill("Hela meningen")
    page.locator("form:has(textarea)").evaluate("form => form.requestSubmit()")
    expect(page.get_by_text("Sparat 10:42")).to_be_visible()
    assert [path for path, _, _ in site.posts] == ["/"]


def test_whoever_writes_on_without_a_rest_is_kept_too(site):
    site.page.clock.install()
    site.answer = (200, "1800")
    page = site.show(TYPING, session_time=KEPT, csrf_token="en-nyckel")
    for n in range(6):
        page.locator("textarea").press_sequentially(f"{n} ")
        page.clock.run_for(1_000)
    until(page, lambda: bool(site.posts))
    assert "0+1+2+3+4" in site.posts[0][1]


def test_the_last_words_before_leaving_are_kept_too(site):
    page = site.show(TYPING, session_time=KEPT, csrf_token="en-nyckel")
    page.locator("textarea").fill("Sista orden")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    until(page, lambda: bool(site.posts))
    assert "Sista+orden" in site.posts[0][1]


def test_every_form_of_a_page_is_kept_by_where_it_is_sent(site):
    page = site.show(
        TYPING.replace("<form", '<form action="/rad/"') + TYPING.replace("<form", '<form action="/skjut-upp/?fran=4"'),
        session_time=KEPT,
        csrf_token="en-nyckel",
    )
    page.locator("textarea").first.fill("Ett råd")
    page.locator("textarea").last.fill("En orsak")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    until(page, lambda: len(site.posts) == 2)
    (_, advice, _), (_, reason, _) = site.posts
    assert "path=%2Frad%2F&" in advice
    assert "path=%2Fskjut-upp%2F%3Ffran%3D4&" in reason, "and what is asked there: it may be another form"
    assert "En+orsak" in reason


def test_what_one_searches_for_is_kept_nowhere(site):
    page = site.show("<h1>Start</h1>", session_time=KEPT, csrf_token="en-nyckel")
    page.locator(".top-end > .search input[name=q]").fill("Leif Sandqvist")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(200)
    assert site.posts == []


def test_an_identity_number_is_kept_nowhere_and_that_is_said_when_the_rest_comes_back(site):
    site.answer = (200, '{"fields": [["number", "198201012386"], ["first_name", "Leif"]]}')
    form = '<form method="post">{% form_fields form %}</form>'
    page = site.show(form, form=WhoForm(), session_time=KEPT | {"words_wait": ["/"]}, csrf_token="en-nyckel")
    expect(page.get_by_role("status").filter(has_text="Personnumret är inte med")).to_be_visible()
    expect(page.locator("[name=first_name]")).to_have_value("Leif")
    expect(page.locator("[name=number]")).to_have_value("")
    site.posts.clear()
    page.locator("[name=number]").fill("19850101-2382")
    page.locator("[name=last_name]").fill("Sandqvist")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    until(page, lambda: bool(site.posts))
    [(path, body, _)] = site.posts
    assert path == "/behall/"
    assert "Sandqvist" in body
    assert "2382" not in body


def test_whom_the_reviewer_looks_up_and_why_is_kept_nowhere(site):
    """Answered with a page: what was refused before would be filled in beside the answer about another."""
    form = LookUpForm({"number": "198501012383", "why": "asked"})
    context = {"form": form, "session_time": KEPT | {"words_wait": ["/"]}, "csrf_token": "en-nyckel"}
    page = site.show_html(get_template("review/look_up.html").render(context))
    assert page.locator("#errors").count() == 1
    page.get_by_label("Personnummer").fill("19850101-2382")
    page.get_by_label("Någon som företräder personen").check()
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(200)
    assert site.posts == []


def test_what_is_typed_elsewhere_on_the_page_is_kept_before_one_signs_out(site):
    """Signed out, one could keep nothing; and whoever signs in next is another."""
    out = '<form method="post" action="/ut/"><button>Logga ut nu</button></form>'
    page = site.show(TYPING + out, session_time=KEPT, csrf_token="en-nyckel")
    page.locator("textarea").fill("Halva meningen")
    page.get_by_role("button", name="Logga ut nu").click()
    until(page, lambda: len(site.posts) == 2)
    assert [path for path, *_ in site.posts] == ["/behall/", "/ut/"]


def test_what_is_sent_to_be_asked_about_is_kept_until_it_is_confirmed(site):
    form = TYPING.replace("<form", "<form data-asks-again").replace("</form>", "<button>Fortsätt</button></form>")
    page = site.show(form, session_time=KEPT, csrf_token="en-nyckel")
    page.locator("textarea").fill("Halva meningen")
    page.get_by_role("button", name="Fortsätt").click()
    until(page, lambda: len(site.posts) == 2)
    assert [path for path, *_ in site.posts] == ["/behall/", "/"]


def test_what_cannot_be_kept_stops_nothing_else(site):
    site.answer = (503, "")
    out = '<form method="post" action="/ut/"><button>Logga ut nu</button></form>'
    page = site.show(TYPING + out, session_time=KEPT, csrf_token="en-nyckel")
    page.locator("textarea").fill("Halva meningen")
    page.get_by_role("button", name="Logga ut nu").click()
    until(page, lambda: "/ut/" in [path for path, *_ in site.posts])


def test_what_comes_back_to_be_mended_is_kept_at_once_and_that_is_no_click(site):
    page = site.show('<div id="errors" tabindex="-1"></div>' + TYPING, session_time=KEPT, csrf_token="en-nyckel")
    until(page, lambda: bool(site.posts))
    path, _, headers = site.posts[0]
    assert (path, headers["x-sitting"]) == ("/behall/", "by itself")


ELSEWHERE = """<form method="post" action="/uppgifter/"><textarea name="t">N1 + J1</textarea>
<input type="checkbox" name="share" value="arbete" checked><input type="hidden" name="seen" value="8">
<button formaction="/">Lämna ut</button></form>"""


def test_what_comes_back_to_be_mended_from_a_button_s_own_address_gives_way_to_no_older_words(site):
    site.answer = (200, '{"fields": [["t", "J1"], ["refused", "7"]], "seconds": 1}')
    context = {"session_time": KEPT | {"words_wait": ["/uppgifter/"]}, "csrf_token": "en-nyckel"}
    page = site.show('<div id="errors" tabindex="-1"></div>' + ELSEWHERE, **context)
    until(page, lambda: bool(site.posts))
    [(path, body, _)] = site.posts
    assert path == "/behall/", "it is kept itself, and the older words are not asked for"
    assert '["t","N1 + J1"],["share","arbete"],["seen","8"]' in unquote_plus(body)


def test_older_words_are_let_go_when_newer_are_sent_to_a_button_s_own_address(site):
    site.answer = (200, '{"fields": [["t", "J1"]], "seconds": 1}')
    context = {"session_time": KEPT | {"words_wait": ["/uppgifter/"]}, "csrf_token": "en-nyckel"}
    page = site.show(ELSEWHERE, **context)
    expect(page.locator("textarea")).to_have_value("J1")
    page.locator("textarea").fill("J1 och mer")
    page.get_by_role("button", name="Lämna ut").click()
    until(page, lambda: len(site.posts) == 3)
    assert any("fields=%5B%5D" in body for path, body, _ in site.posts if path == "/behall/")


def test_words_that_have_no_box_any_more_are_shown_to_be_copied_and_not_said_to_be_back(site):
    fields = '[["t", "N1 + J1"], ["halsa", "Sover\\nbättre nu"], ["arbete", "Utlämnat av Nadja"], ["share", "halsa"], ["share", "arbete"]]'
    site.answer = (200, f'{{"fields": {fields}, "seconds": 1}}')
    form = ELSEWHERE.replace("<button", "<p>Utlämnat<br>av Nadja</p><button")
    page = site.show(form, session_time=KEPT | {"words_wait": ["/uppgifter/"]}, csrf_token="en-nyckel")
    expect(page.get_by_role("status").filter(has_text="har ingen ruta här nu")).to_be_visible()
    expect(page.locator(".written")).to_have_text(["Sover bättre nu"])
    assert page.get_by_text("är tillbaka").count() == 0


def test_what_was_typed_is_given_back_with_a_word_about_it(site):
    site.answer = (200, '{"fields": [["reason", "Halva meningen"], ["way", "mail"], ["seen", "7"]]}')
    page = site.show(TYPING, session_time=KEPT | {"words_wait": ["/elsewhere/", "/"]}, csrf_token="en-nyckel")
    expect(page.get_by_role("status").filter(has_text="är tillbaka")).to_contain_text("Läs igenom och skicka.")
    expect(page.locator("textarea")).to_have_value("Halva meningen")
    expect(page.locator("#m")).to_be_checked()
    expect(page.locator("[name=seen]")).to_have_value("7")


def test_what_is_given_back_over_what_another_has_saved_since_says_so(site):
    site.answer = (200, '{"fields": [["reason", "Halva meningen"], ["seen", "6"]]}')
    page = site.show(TYPING, session_time=KEPT | {"words_wait": ["/"]}, csrf_token="en-nyckel")
    expect(page.get_by_role("status").filter(has_text="Något annat har sparats här sedan dess.")).to_be_visible()
    expect(page.locator("[name=seen]")).to_have_value("6")


def test_what_is_given_back_late_takes_the_place_of_no_newer_answer(site):
    site.answer = (200, '{"fields": []}')
    page = site.show(TYPING, session_time=KEPT, csrf_token="en-nyckel")
    asked = []
    page.route("**/lamna-tillbaka/", lambda route: asked.append(route))
    page.reload()
    until(page, lambda: asked)
    page.locator("#m").check()
    asked[0].fulfill(status=200, body='{"fields": [["reason", "Hon ringde"], ["way", "phone"]]}')
    expect(page.locator("textarea")).to_have_value("Hon ringde")
    expect(page.locator("#m")).to_be_checked()


def test_what_was_given_back_can_be_thrown_away(site):
    site.answer = (200, '{"fields": [["reason", "Halva meningen"]]}')
    page = site.show(TYPING, session_time=KEPT | {"words_wait": ["/"]}, csrf_token="en-nyckel")
    page.get_by_role("button", name="Släng det").click()
    until(page, lambda: len(site.posts) > 1)
    path, body, _ = site.posts[1]
    assert path == "/behall/"
    assert "fields=%5B%5D" in body


def test_a_page_loaded_anew_asks_though_it_does_not_say_that_words_wait(site):
    """It is drawn while the last words are on their way."""
    site.answer = (200, '{"fields": [["reason", "Sista orden"]]}')
    page = site.show(TYPING, session_time=KEPT, csrf_token="en-nyckel")
    page.reload()
    expect(page.locator("textarea")).to_have_value("Sista orden")


def test_the_last_words_of_a_draft_stand_in_the_page_loaded_anew_though_it_was_drawn_before_them(site):
    page = site.show(AUTOSAVED, session_time=KEPT, csrf_token="en-nyckel")
    page.locator("textarea").fill("Sista orden")
    page.evaluate("dispatchEvent(new Event('beforeunload'))")
    until(page, lambda: bool(site.posts))
    path, body, _ = site.posts[0]
    assert path == "/behall/", "before the next page is asked for"
    assert "Sista+orden" in body
    site.answer = (200, '{"fields": [["t", "Sista orden"]], "seconds": 1}')
    page.reload()
    expect(page.locator("textarea")).to_have_value("Sista orden")
    until(page, lambda: site.posts[-1][0] == "/behall/" and "fields=%5B%5D" in site.posts[-1][1])
    *_, (path, body, _), _ = site.posts
    assert path == "/utkast/", "they are saved, and then kept no longer"
    assert "Sista orden" in body
    assert page.get_by_text("är tillbaka").count() == 0


def test_older_words_of_a_draft_are_let_go_when_it_has_saved_the_newer(site):
    site.answer = (200, '{"fields": []}')
    form = '<div id="errors" tabindex="-1"></div>' + AUTOSAVED.replace("></textarea>", ">För långt</textarea>")
    page = site.show(form, session_time=KEPT, csrf_token="en-nyckel")
    expect(page.locator("form[data-kept]")).to_have_count(1)
    page.locator("textarea").fill("Kort")
    until(page, lambda: site.posts[-1][0] == "/behall/" and "fields=%5B%5D" in site.posts[-1][1])
    assert "Kort" in site.posts[-2][1]


def test_words_that_a_draft_has_saved_since_take_the_place_of_nothing(site):
    """A colleague may have written on in it."""
    site.answer = (200, '{"fields": [["t", "Igår"]], "seconds": 90000}')
    page = site.show(AUTOSAVED, session_time=KEPT | {"words_wait": ["/"]}, csrf_token="en-nyckel")
    until(page, lambda: len(site.posts) == 2)
    assert "fields=%5B%5D" in site.posts[1][1]
    expect(page.locator("textarea")).to_have_value("")


SEEN = '<input type="hidden" name="seen" value="8">'


def test_refused_words_come_back_beside_what_another_has_saved_and_are_not_saved_over_it(site):
    site.answer = (200, '{"fields": [["t", "Nadjas ord"], ["refused", "7"]], "seconds": 90000}')
    form = AUTOSAVED.replace(" data-warn-unsaved", "").replace("></textarea>", f">Johans ord</textarea>{SEEN}")
    page = site.show(form, session_time=KEPT | {"words_wait": ["/"]}, csrf_token="en-nyckel")
    saving = []
    page.route(
        "**/utkast/", lambda route, request: (saving.append(request.post_data), route.fulfill(status=422, body=REFUSED))
    )
    expect(page.get_by_role("status").filter(has_text="Något annat har sparats sedan dess")).to_be_visible()
    expect(page.locator("textarea")).to_have_value("Nadjas ord")
    until(page, lambda: bool(saving))
    assert re.search(r'name="seen"\s+7\s', saving[0]), "the server refuses what was written over something else"
    expect(page.locator("[data-saved]")).to_contain_text("Inte sparat")
    site.answer = (200, '{"fields": []}')
    page.get_by_role("button", name="Släng det").click()
    expect(page.locator("textarea")).to_have_value("Johans ord")
    assert len(saving) == 1
    site.complaints.clear()  # of the answer 422


def test_a_page_that_shows_both_texts_keeps_its_own_as_refused(site):
    form = TYPING.replace("<form", '<form data-warn-unsaved data-refused="5"')
    site.show(form, session_time=KEPT, csrf_token="en-nyckel")
    until(site.page, lambda: bool(site.posts))
    [(path, body, _)] = site.posts
    assert path == "/behall/"
    assert '["refused","5"]' in unquote_plus(body)


def test_words_of_another_form_are_not_asked_for(site):
    page = site.show(TYPING, session_time=KEPT | {"words_wait": ["/elsewhere/"]}, csrf_token="en-nyckel")
    expect(page.locator("textarea")).to_have_value("")
    page.wait_for_timeout(200)
    assert site.posts == []


@pytest.mark.parametrize("beside", ["field-row", "cols-2"])
def test_the_bar_of_a_field_to_mend_lies_over_no_other_field(site, beside):
    field = '<div class="field ds-field{}"><label class="ds-label">Dag</label><input class="ds-input"></div>'
    page = site.show(f'<div class="{beside}">{field.format("")}{field.format(" wrong")}</div>')
    before, wrong = (page.locator(".field").nth(n).bounding_box() for n in (0, 1))
    bar = page.locator(".wrong").evaluate("e => parseFloat(getComputedStyle(e, '::before').insetInlineStart)")
    assert wrong["x"] + bar >= before["x"] + before["width"]


TABBAR = '<nav class="tabbar"><ul><li><a href="/">Hem</a></li></ul></nav>'
LINKS = "".join(f'<p class="card"><a href="/{n}/">Ring {n}</a></p>' for n in range(12))


def test_what_one_tabs_to_is_never_under_the_bar_that_stays_below(site):
    page = site.show(f"{LINKS}{{% endblock %}}{{% block footer %}}{TABBAR}")
    page.set_viewport_size({"width": 640, "height": 450})
    bar = page.locator(".tabbar")
    for n in range(12):
        page.locator(f'a[href="/{n}/"]').focus()
        focused, stays = page.locator(f'a[href="/{n}/"]').bounding_box(), bar.bounding_box()
        assert focused["y"] + focused["height"] <= stays["y"] + 1, f"Ring {n} is hidden"
    page.set_viewport_size({"width": 320, "height": 256})
    assert bar.evaluate("one => getComputedStyle(one).position") == "static", "enlarged, it takes too much"


# How far outside an element its frame reaches.
RING = "e => parseFloat(getComputedStyle(e).outlineWidth) + parseFloat(getComputedStyle(e).outlineOffset)"


def test_in_the_meeting_one_tabs_downwards_on_a_phone(site):
    main = (
        '<a href="/remiss/">Läs remissen</a>{% endblock %}{% block rail %}<ol><li><a href="/nasta/">Nästa</a></li></ol>'
    )
    page = site.show(main, frame="ui/meeting.html")
    page.set_viewport_size({"width": 390, "height": 844})
    tops = [link.bounding_box()["y"] for link in page.locator(".layout-meeting a").all()]
    assert tops == sorted(tops)
    page.set_viewport_size({"width": 1280, "height": 900})
    rail, case = page.locator(".rail").bounding_box(), page.locator("main").bounding_box()
    assert (rail["x"], rail["y"]) == (0, case["y"]), "beside the case, not below it"
    for link in (page.locator(".rail a"), page.locator(".ds-skip-link")):
        link.focus()
        assert link.bounding_box()["x"] >= link.evaluate(RING), "the frame of what has focus is not cut off"


DECIDING = '<h1>Leif Sandqvist</h1>{% endblock %}{% block decision %}{% include "desk/meeting_mode_decision.html" %}'
FOUR = [
    ("place", "Plats", "", True),
    ("queue", "Kö", "", True),
    ("return", "Återremiss", "", True),
    ("later", "Nästa möte", "", True),
]


@pytest.mark.parametrize(("width", "is_taken_there"), [(1280, False), (390, True)])
def test_pressing_a_choice_brings_what_it_asks_into_view(site, width, is_taken_there):
    bar = SimpleNamespace(form=BarForm(), choices=FOUR)
    page = site.show(DECIDING.replace("</h1>", "</h1>" + "<p>Ord</p>" * 60, 1), frame="ui/meeting.html", bar=bar)
    page.set_viewport_size({"width": width, "height": 844})
    page.locator(".choices [value=queue]").click()
    expect(page.locator("[name=reason]")).to_be_in_viewport(ratio=1)
    assert page.locator("[name=reason]").evaluate("e => e === document.activeElement") == is_taken_there


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ("place", "passed_over_reason"),
        ("queue", "reason"),
        ("later", "meeting"),
    ],
)
def test_what_a_choice_alone_asks_comes_next_after_it_for_eye_and_tab(site, choice, field, width):
    bar = SimpleNamespace(form=BarForm(), choices=FOUR, asks_why_before=True)
    page = site.show(DECIDING, frame="ui/meeting.html", bar=bar)
    page.set_viewport_size({"width": width, "height": 900})
    page.locator(f".choices [value={choice}]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator(f"[name={field}]")).to_be_focused()
    asked, reason = (page.locator(f"[name={name}]").bounding_box() for name in (field, "reason"))
    assert (asked["y"], asked["x"]) <= (reason["y"], reason["x"])


@pytest.mark.parametrize("width", [1280, 390])
def test_a_return_asks_why_and_then_what_would_change_it_for_eye_and_tab(site, width):
    page = site.show(DECIDING, frame="ui/meeting.html", bar=SimpleNamespace(form=BarForm(), choices=FOUR))
    page.set_viewport_size({"width": width, "height": 900})
    page.locator(".choices [value=return]").focus()
    page.keyboard.press("Space")
    places = []
    for field in ("reason", "what_would_change_it", "responsible"):
        page.keyboard.press("Tab")
        expect(page.locator(f"[name={field}]")).to_be_focused()
        place = page.locator(f"[name={field}]").bounding_box()
        places.append((place["y"], place["x"]))
    assert places == sorted(places)
