"""The participant's pages on a phone: the places at the thumb, and targets that a thumb hits."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from knutpunkten.organisations.models import RoutineDocument
from tests.audit.test_reading_pages import grown
from tests.conftest import behind_the_wall
from tests.portal.test_own_page import amira
from tests.ui.conftest import site

pytestmark = pytest.mark.django_db
__all__ = ["amira", "site"]
PHONE = {"width": 390, "height": 844}


def shown(site, person, name, *args):
    client = Client()
    client.force_login(person.account)
    page = site.show_html(client.get(reverse(name, args=args)).text)
    page.set_viewport_size(PHONE)
    return page


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
    for page, way in ((own_page, ""), (reads, reverse("own_page"))):
        bar = page.partition('class="tabbar"')[2]
        for place in re.findall(rf'href="{way}#([^"]+)"', bar):
            assert f'id="{place}"' in own_page, place
    assert f'href="{reverse("own_reads")}" aria-current="page"' in reads


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
    "name", ["own_page", "own_reads", "contact_list", "routines", "routine_document", "hats", "accessibility"]
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
