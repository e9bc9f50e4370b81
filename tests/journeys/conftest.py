"""Journeys: the real thing on a database of its own, driven by a real browser through links and buttons."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from bringup.children import start_child, stop_child
from bringup.mail_sink import listening_socket
from tests.conftest import NAME, ROOT, make_template, server
from tests.journeys.axe import BRING, Axe
from tests.journeys.deeds import Visitor
from tests.seeded import clone, drop, seeded_template

PYTHON = Path(sys.executable)


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder the site keeps its things in, with the static files as production serves them."""
    folder = tmp_path_factory.mktemp("journeys")
    environment = os.environ | {"KNUTPUNKTEN_VAR": str(folder), "KNUTPUNKTEN_STATIC": "built"}
    command = [PYTHON, ROOT / "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(command, env=environment, check=True)
    return folder


@pytest.fixture
def seeded_database() -> Iterator[str]:
    """The demo's world as it stands today, the test's own copy."""
    name = f"{NAME}_journey"
    clone(seeded_template(timezone.localdate()), name)
    yield name
    drop(name)


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The cast and the programmes, and no case at all."""
    name = f"{NAME}_journey"
    clone(make_template(), name)
    yield name
    drop(name)


@pytest.fixture(scope="session")
def web(var: Path) -> Iterator[Callable[[str], str]]:
    """``web(database)``: the address of the web on *database*, started the first time and kept.

    It goes on when its database is dropped and cloned anew between two tests: see ``access.hung_up``.
    """
    with ExitStack() as started:
        yield cache(lambda database: started.enter_context(web_on(var, database)))


@pytest.fixture
def start_site(var: Path, web: Callable[[str], str]) -> Iterator[Callable[..., str]]:
    """``start_site(database, has_worker=False)``: the address of the web on it, and the worker that the test waits for."""
    with ExitStack() as started:

        def start_site(database: str, *, has_worker: bool = False) -> str:
            origin = web(database)
            if has_worker:
                started.enter_context(worker_on(var, database, origin))
            return origin

        yield start_site


def environment(var: Path, database: str, role: str, origin: str, smtp: str = "127.0.0.1:25") -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "KNUTPUNKTEN_DATABASE_URL": server(database),
        "KNUTPUNKTEN_ROLE": role,
        "KNUTPUNKTEN_VAR": str(var),
        "KNUTPUNKTEN_STATIC": "built",
        "KNUTPUNKTEN_ORIGIN": origin,
        "KNUTPUNKTEN_SMTP": smtp,
    }


@contextmanager
def web_on(var: Path, database: str) -> Iterator[str]:
    """The web on *database*; its address."""
    with listening_socket() as free:
        origin = f"http://127.0.0.1:{free.getsockname()[1]}"
    web = start_child(web_command(origin), env=environment(var, database, "app", origin), cwd=ROOT)
    try:
        wait_until_it_serves(origin, web)
        yield origin
    finally:
        stop_child(web)


@contextmanager
def worker_on(var: Path, database: str, origin: str) -> Iterator[None]:
    """The worker on *database*, and a mail server that keeps what it sends."""
    shutil.rmtree(var / "post", ignore_errors=True)
    with listening_socket() as post:
        env = environment(var, database, "worker", origin, f"127.0.0.1:{post.getsockname()[1]}")
        sink = [PYTHON, "-m", "bringup.mail_sink", str(post.fileno()), var / "post"]
        started = [
            start_child(sink, env=env, cwd=ROOT, keep_open=[post.fileno()]),
            start_child([PYTHON, ROOT / "manage.py", "worker"], env=env, cwd=ROOT),
        ]
    try:
        yield
        assert all(child.poll() is None for child in started), "the worker or the mail server ended"
    finally:
        for child in reversed(started):
            stop_child(child)


def web_command(origin: str) -> list[str | Path]:
    """The web server as the demo starts it, with one worker."""
    return [
        *(PYTHON.with_name("granian"), "--interface", "wsgi", "bringup.demo_web:application"),
        *("--host", "127.0.0.1", "--port", origin.rpartition(":")[2], "--workers", "1", "--blocking-threads", "1"),
        *("--no-access-log", "--log-level", "warning", "--workers-kill-timeout", "3"),
    ]


def wait_until_it_serves(origin: str, web: subprocess.Popen[bytes], patience: float = 60.0) -> None:
    give_up_at = time.monotonic() + patience
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        assert web.poll() is None, "the web ended"
        try:
            opener.open(f"{origin}/kliv-in/", timeout=20).close()
            return
        except urllib.error.HTTPError:
            raise
        except OSError:
            assert time.monotonic() < give_up_at, "the web never served"
            time.sleep(0.1)


@pytest.fixture
def live_server_url(seeded_database: str, start_site: Callable[..., str]) -> str:
    """The address of the site with the demo's world, which the test may move on as it likes."""
    return start_site(seeded_database)


@pytest.fixture(scope="session")
def standing_site(web: Callable[[str], str]) -> Iterator[str]:
    """The address of a site with the demo's world for all who take no step there: who look, or write on a draft."""
    name = f"{NAME}_looked_at"
    clone(seeded_template(timezone.localdate()), name)
    yield web(name)
    drop(name)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console has complained of: asserted empty when the test is over."""
    return []


@pytest.fixture
def open_browser(browser: Browser, complaints: list[str]) -> Iterator[Callable[[], BrowserContext]]:
    """A browser of somebody's own, each time: no cookies, Swedish, a desk's width.

    It asks for less motion: what unfolds is there at once, and does not move on while it is clicked.
    """
    opened: list[BrowserContext] = []

    def open_browser() -> BrowserContext:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900},
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        context.add_init_script(BRING)
        context.on(
            "console",
            lambda said: (
                complaints.append(f"{said.page and said.page.url}: {said.text}") if said.type == "error" else None
            ),
        )
        context.on("weberror", lambda raised: complaints.append(str(raised.error)))
        opened.append(context)
        return context

    yield open_browser
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def context(open_browser: Callable[[], BrowserContext]) -> BrowserContext:
    return open_browser()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> Axe:
    """One that knows what those of the processes beside have seen."""
    own = tmp_path_factory.getbasetemp()
    return Axe((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "flawless")


@pytest.fixture
def visitor(page: Page, live_server_url: str, axe: Axe) -> Visitor:
    """A browser at the demo's world, where every page is looked at as one comes to it."""
    return Visitor(page, live_server_url, axe)


@pytest.fixture
def onlooker(page: Page, standing_site: str, axe: Axe) -> Visitor:
    """A visitor who takes no step: see ``standing_site``."""
    return Visitor(page, standing_site, axe)


def step_in(page: Page, origin: str, name: str) -> None:
    """Kliv in som *name*, from the demo's start."""
    page.goto(f"{origin}/kliv-in/")
    cards = page.locator(".role-card, .role-others li").filter(has_text=name)
    cards.get_by_role("button").first.click()
    page.wait_for_load_state()
