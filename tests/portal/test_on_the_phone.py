"""The participant's pages on a phone: the places at the thumb, and targets that a thumb hits."""

import re

import pytest
from django.test import Client
from django.urls import reverse

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
