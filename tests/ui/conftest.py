"""Pages of one template in a real browser, under the content policy of production.

No server: each request of the browser is answered from the templates and the static files.
"""

import mimetypes
from collections.abc import Iterator

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from playwright.sync_api import Browser, Page, Request, Route

from knutpunkten.ui import samples

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SAVED = '<p class="saved" data-saved role="status">Sparat 10:42</p>'
BASE = "http://knutpunkten.example"


class Site:
    """A page of one template, and what the browser posted and said in its console."""

    def __init__(self, page: Page) -> None:
        self.page, self.posts, self.complaints, self.answer = page, [], [], (200, SAVED)
        self.seconds_left = "1800"  # as the server answers who asks
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def show(self, main: str, frame: str = "ui/base.html", **context) -> Page:
        source = f'{{% extends "{frame}" %}}{{% load ui %}}{{% block main %}}{main}{{% endblock %}}'
        html = Template(source).render(
            Context({"me": {"name": "Karin", "initials": "KH"}, "search_url": "/sok/", **context})
        )
        return self.show_html(html)

    def show_html(self, html: str) -> Page:
        self.page.route("**/*", lambda route, request: self.respond(route, request, html))
        self.page.goto(BASE + "/")
        return self.page

    def show_components(self) -> Page:
        """The page of every component, as /ui/ shows it."""
        context = {name.lower(): getattr(samples, name) for name in dir(samples) if name.isupper()}
        context |= {"form": samples.PresentSituation(samples.FILLED), "long_ago": samples.TODAY}
        return self.show_html(Template('{% include "ui/components.html" %}').render(Context(context)))

    def respond(self, route: Route, request: Request, html: str) -> None:
        path = request.url.removeprefix(BASE)
        if request.method == "POST":
            self.posts.append((path, request.post_data or "", request.headers))
            status, body = self.answer
            headers = {"Content-Type": "text/html; charset=utf-8", "X-Sitting": self.seconds_left}
            route.fulfill(status=status, body=body, headers=headers)
        elif path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            route.fulfill(path=found, content_type=mimetypes.guess_type(path)[0] or "font/woff2")
        else:
            headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(status=200, body=html, headers=headers)


@pytest.fixture
def site(browser: Browser) -> Iterator[Site]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    site = Site(context.new_page())
    yield site
    complaints = [c for c in site.complaints if "status of 503" not in c]
    # Whoever is still being answered is answered first: closing meanwhile would wait for ever.
    # What the page asks for after that goes nowhere, and what the browser says of it is not the page's.
    site.page.unroute_all(behavior="wait")
    context.close()
    assert complaints == []
