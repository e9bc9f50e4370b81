"""Every role's start page, and every link of its menu and footer: there, without complaint, and accessible."""

import re

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import step_in

pytestmark = pytest.mark.slow("a real site and a real browser, and axe-core on each page")

ROLES = (
    ("Karin Hallgren", "/"),
    ("Elin Strand", "/"),
    ("Johan Wik", "/"),
    ("Ulrika Fors", "/"),
    ("Amira Haddad", "/min-sida/"),
    ("Bengt Lund", "/siffror/"),
    ("Ada Minnhagen", "/installningar/"),
    ("Lotta Brink", "/loggkontroll/"),
)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_demos_start_shows_a_card_for_each_role(standing_site, page, axe, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{standing_site}/")

    assert page.get_by_role("heading", level=1).inner_text() == "Kliv in som …"
    assert page.locator(".role-card").count() == 6
    assert "sex ärenden och två konsultationer" in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out"
    axe(page)


def test_each_role_reaches_every_page_of_its_menu_and_footer(standing_site, page, axe, complaints):
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for name, start in ROLES:
        step_in(page, standing_site, name)
        assert page.url == standing_site + start, f"{name} starts elsewhere"
        for url in [start, *links(page)]:
            answer = page.request.get(standing_site + url)
            found = (url, titles(answer.text()))
            if answer.status != 200:
                complaints.append(f"{name}: {url} answers {answer.status}")
            elif found not in seen:
                seen.add(found)
                page.goto(standing_site + url)
                complaints += axe.look(page)
                complaints += too_narrow(page)
    # What the pages and their console complained of is asserted, all of it, when the browser is closed.


def titles(page: str) -> tuple[str, ...]:
    """What a page is called, and the headings of its parts: the same for several roles, it is shown and looked at once."""
    return tuple(re.findall(r"<(?:title|h1|h2)[^>]*>(.*?)</", page, flags=re.S))


def too_narrow(page: Page) -> list[str]:
    """A page whose words a column of the grid has squeezed, while there is room beside it."""
    wide = page.evaluate("document.querySelector('main > .content')?.getBoundingClientRect().width ?? innerWidth")
    return [f"{page.url}: its words stand {wide:.0f} wide"] if wide < 480 else []


def links(page: Page) -> list[str]:
    """The addresses in menu, account and footer, each once."""
    found = page.locator(".top a, header a, nav a, footer a, .tabbar a").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    return [url for url in dict.fromkeys(found) if url.startswith("/")]
