"""The participant's pages on a phone: the places at the thumb, and targets that a thumb hits."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from knutpunkten.organisations.models import RoutineDocument
from tests.audit.test_reading_pages import grown
from tests.conftest import behind_the_wall
from tests.portal.test_own_page import amira, with_plan
from tests.ui.conftest import BASE, site

pytestmark = pytest.mark.django_db
__all__ = ["amira", "site"]
PHONE = {"width": 390, "height": 844}


def shown(site, person, name, *args):
    client = Client()
    client.force_login(person.account)
    page = site.show_html(client.get(reverse(name, args=args)).text)
    page.set_viewport_size(PHONE)
    return page


def test_the_goal_in_ones_own_words_is_larger_than_what_stands_under_it(cast, amira, make_case, site):
    with_plan(make_case("active", person=amira, plan_agreed_at=timezone.now()), cast)
    page = shown(site, amira, "own_page")
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    text = page.get_by_text("Du deltar.").evaluate(size)
    assert page.get_by_role("heading", name="Jag vill jobba i ett kök igen").evaluate(size) > text


@pytest.mark.parametrize(("name", "place"), [("own_page", "Hem"), ("own_reads", "Vem har sett")])
def test_the_bar_at_the_thumb_marks_where_one_is(amira, make_case, site, name, place):
    make_case("active", person=amira)
    page = shown(site, amira, name)
    bar = page.get_by_role("navigation", name="Min sida")
    assert bar.get_by_role("link").all_inner_texts() == ["Hem", "Mina mål", "Samtycke", "Vem har sett"]
    [current] = bar.locator("[aria-current=page]").all()
    assert current.inner_text() == place
    other = bar.locator("a:not([aria-current])").first
    line = "one => getComputedStyle(one).borderBlockStartColor"
    assert current.evaluate(line) != other.evaluate(line)
    assert other.evaluate(line) == "rgba(0, 0, 0, 0)"


def test_every_place_leads_to_something_that_is_there(amira, make_case):
    make_case("active", person=amira)
    client = Client()
    client.force_login(amira.account)
    own_page, reads = client.get(reverse("own_page")).text, client.get(reverse("own_reads")).text
    for page in (own_page, reads):
        bar = page.partition('class="tabbar"')[2]
        places = re.findall(rf'href="{reverse("own_page")}#([^"]+)"', bar)
        assert len(places) >= 3
        for place in places:
            assert f'id="{place}"' in own_page, place
    assert f'href="{reverse("own_reads")}" aria-current="page"' in reads


@pytest.mark.parametrize("name", ["routines", "contact_list", "accessibility", "hats", "figures"])
def test_the_bar_is_there_on_every_page_and_marks_none_that_one_is_not_on(amira, make_case, name):
    make_case("active", person=amira)
    client = Client()
    client.force_login(amira.account)
    bar = client.get(reverse(name)).text.partition('class="tabbar"')[2].partition("</nav>")[0]
    assert re.findall(r"</svg>([^<]+)</a>", bar) == ["Hem", "Mina mål", "Samtycke", "Vem har sett"]
    assert "aria-current" not in bar


def test_there_is_no_bar_for_staff_nor_while_there_is_nothing_to_go_to(cast, amira, sign_in):
    client = Client()
    client.force_login(amira.account)
    assert "tabbar" not in client.get(reverse("own_page")).text
    assert "tabbar" not in sign_in(cast.johan).get(reverse("routines")).text


def test_the_bar_follows_where_one_jumps_and_reads(cast, amira, make_case, site):
    grown(make_case("active", person=amira), cast, 30, apart="1 day")
    page = shown(site, amira, "own_page")
    page.goto(BASE + reverse("own_page"))
    bar = page.get_by_role("navigation", name="Min sida")
    marked = bar.locator("[aria-current]")
    expect(marked).to_have_text("Hem")
    for place in ("Samtycke", "Vem har sett", "Mina mål", "Hem"):
        bar.get_by_role("link", name=place).click()
        expect(marked).to_have_text(place)
    page.locator("#vem-har-sett").evaluate("one => one.scrollIntoView()")
    expect(marked).to_have_text("Vem har sett")


# What is pressed and is lower or narrower than a thumb; and what is not asked to be more: links within a sentence.
TARGETS = """() => {
  const found = {small: [], within: []};
  for (const one of document.querySelectorAll("a, button, summary, input, select")) {
    if (!one.checkVisibility({visibilityProperty: true}) || one.matches(".ds-skip-link, [type=hidden]")) continue;
    const box = one.getBoundingClientRect(), words = one.innerText.trim();
    let block = one.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const isWithin = getComputedStyle(one).display === "inline" && block.innerText.trim() !== words;
    if (isWithin) found.within.push(words);
    else if (box.height < 43.9 || box.width < 43.9) found.small.push(`${words || one.outerHTML}: ${box.width} × ${box.height}`);
  }
  return found;
}"""


def routine(cast):
    with behind_the_wall():
        made = [
            RoutineDocument.objects.create(
                programme=cast.knutpunkten,
                which="guide",
                version=10 + n,
                on_date=date(2025, n, 1),
                by_whom="Styrgruppen",
                text="Så",
            )
            for n in (1, 2)
        ]
    return made[0].pk


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "name",
    ["own_page", "own_reads", "own_account", "contact_list", "routines", "routine_document", "hats", "accessibility"],
)
def test_what_the_participant_presses_is_as_large_as_a_thumb(cast, amira, make_case, site, name, width):
    grown(make_case("active", person=amira), cast, 130, apart="1 hour")
    shelved = routine(cast)
    page = shown(site, amira, name, *[shelved] * (name == "routine_document"))
    page.set_viewport_size({"width": width, "height": 844})
    if width == PHONE["width"]:
        page.locator(".menu-phone summary").click()
    found = page.evaluate(TARGETS)
    assert found["small"] == []
    if name in ("contact_list", "routines", "own_reads", "routine_document"):
        assert found["within"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_pages_of_staff_are_as_they_were(cast, sign_in, site):
    page = site.show_html(sign_in(cast.johan).get(reverse("contact_list")).text)
    page.set_viewport_size(PHONE)
    assert "large-targets" not in page.locator("body").get_attribute("class")
    assert page.locator(".foot a").first.bounding_box()["height"] < 24


def test_a_number_to_call_within_a_sentence_is_as_large_as_a_thumb(amira, make_case, site):
    make_case("active", person=amira)
    page = shown(site, amira, "own_page")
    numbers = page.locator("main p a[href^='tel:']")
    assert numbers.count() >= 2
    assert all(one.bounding_box()["height"] >= 43.9 for one in numbers.all())
    lines = "one => one.clientHeight / parseFloat(getComputedStyle(one).lineHeight)"
    for sentence in page.locator("main p:has(a.phone)").all():
        in_lines = sentence.evaluate(lines)
        assert abs(in_lines - round(in_lines)) < 0.05, "the lines stand as far apart with a number as without"


def test_a_link_with_a_day_in_it_has_one_line_under_it(amira, make_case, site):
    make_case("active", person=amira)
    page = shown(site, amira, "own_page")
    days = page.locator("main a time")
    assert days.count()
    assert {one.evaluate("one => getComputedStyle(one).display") for one in days.all()} == {"inline"}


def test_a_menu_without_pages_begins_with_who_one_is(amira, make_case, site):
    make_case("active", person=amira)
    page = shown(site, amira, "own_page")
    page.locator(".menu-phone summary").click()
    assert page.locator(".menu-phone nav").count() == 0
    assert page.locator(".pop-me").evaluate("one => getComputedStyle(one).borderBlockStartWidth") == "0px"


def test_a_phone_enlarged_twice_cuts_nothing(amira, make_case, site):
    make_case("active", person=amira, follow_up_on=date(2099, 9, 30))
    page = shown(site, amira, "own_page")
    page.set_viewport_size({"width": 195, "height": 422})
    for text in page.locator(".card.teal h2, .tabbar a").all():
        box = text.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 195, text.inner_text()
    assert page.locator(".card.teal h2").inner_text() == "Onsdag 30 september"
    assert page.locator(".card.teal h2").evaluate("one => one.scrollWidth <= one.clientWidth")
    numbers = page.locator("main p a.phone")
    assert {one.evaluate("one => one.getClientRects().length") for one in numbers.all()} == {1}
    assert page.evaluate("document.documentElement.scrollWidth") <= 195


def test_the_scale_that_is_shown_does_not_look_like_buttons(cast, amira, make_case, site):
    case = make_case("active", person=amira, plan_agreed_at=timezone.now())
    with_plan(case, cast)
    page = shown(site, amira, "own_page")
    for step in page.locator("span.scale-step").all():
        assert step.evaluate("one => getComputedStyle(one).backgroundColor") == "rgba(0, 0, 0, 0)"
        assert step.evaluate("one => getComputedStyle(one).borderRadius") == "0px"
    assert page.locator(".scale-words").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 16
