"""One run: the web as in production, then the floor, each page in turns."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.measure import Request, Server, Trio, figures, page_figures, send_block
from bench.processes import memory, tree
from bench.visitors import client_of, session_of
from knutpunkten.cases.models import Case
from knutpunkten.demo.cast import Cast, find_cast

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a" * 32
SEARCH = "/sok/"
# As people type: a whole name, the beginning of a surname, a letter wrong, a case's number, a first name that many have.
SOUGHT = ("Amira Almberg", "björkstr", "Skogkvist", "S-B-512", "åke")
# BEGIN, session, user, begin_as, the audit row, COMMIT: what every page has, whatever it shows.
FRAME = 6
# Requests a block: few, so that the floor and a page are measured at one moment.
REQUESTS, STEPS = 10, 5


def run(rounds: int) -> dict[str, Any]:
    """The floor's and the pages' figures, each page with and without wall and audit, and the largest worker in MB."""
    cast = find_cast()
    with (
        web("bench.floor.wsgi:application") as floor,
        web("config.wsgi:application") as product,
        web("bench.bare.wsgi:application") as bare,
    ):
        wanted = {name: cycle(requests) for name, requests in pages(cast).items()} | {"step": confirmations(cast)}
        counts = {name: statements(next(requests)) for name, requests in wanted.items()}
        ground = [Request("/golv/", session_of(cast.karin))] * (1 + REQUESTS)
        trios: dict[str, list[Trio]] = {name: [] for name in counts}
        for number in range(rounds + 1):
            for name, taken in trios.items():
                asked, asked_bare = block(wanted, name)
                trio = Trio(send_block(floor, ground), send_block(product, asked), send_block(bare, asked_bare))
                if number > 0:  # the first round fills the servers' caches
                    taken.append(trio)
        worker = max(memory(pid) for pid in tree(product.web)) / 1e6
    return {
        "floor": figures([trio.floor for taken in trios.values() for trio in taken], 5) | {"ratio": 1.0},
        "pages": {name: page_figures(taken, counts[name]) for name, taken in trios.items()},
        "worker_mb": round(worker, 1),
    }


def block(wanted: dict[str, Iterator[Request]], name: str) -> tuple[list[Request], list[Request]]:
    """The next requests for a page, and for it without the wall: the same, but a step can be taken only once."""
    if name == "step":
        return list(islice(wanted[name], 1 + STEPS)), list(islice(wanted[name], 1 + STEPS))
    same = list(islice(wanted[name], 1 + REQUESTS))
    return same, same


def pages(cast: Cast) -> dict[str, list[Request]]:
    """The pages that are read, and by whom."""
    karin = session_of(cast.karin)
    looking = f"{karin}; csrftoken={TOKEN}"
    return {
        "start page": [Request("/", karin)],
        "caseload": [Request("/arenden/", karin)],
        "case page": [Request(f"/arenden/{case}/", session_of(cast.elin)) for case in active_cases(cast.elin)],
        "who has read": [Request(f"/arenden/{active_cases(cast.elin)[0]}/vem-har-last/", session_of(cast.elin))],
        "search": [Request(SEARCH, looking, f"q={quote(typed)}", TOKEN) for typed in SOUGHT],
    }


def active_cases(supervisor: Any) -> list[Any]:
    return list(
        Case.objects.filter(supervisor=supervisor, state="active").order_by("number").values_list("pk", flat=True)[:50]
    )


def confirmations(cast: Cast) -> Iterator[Request]:
    """A caseworker confirms a besked, case after case: each is a step that can be taken once.

    Each in a session of its own, for the receipts that no page shows here would pile up in one.
    """
    cases = Case.objects.filter(
        programme=cast.knutpunkten, state__in=("placed", "queued"), notice_confirmed_at__isnull=True
    ).select_related("caseworker")
    for case in list(cases.order_by("caseworker", "number")):
        cookie = f"{session_of(case.caseworker)}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        yield Request(f"/arenden/{case.pk}/steg/confirm_notice/", cookie, f"version={case.version}", TOKEN, 302)


def statements(request: Request) -> int:
    """How many statements a page takes beside its frame: counted in this process, as the app role."""
    with as_app(), CaptureQueriesContext(connection) as captured:
        client = client_of(request)
        response = client.post(request.path, typed_in(request)) if request.body else client.get(request.path)
        if response.status_code != request.expects:
            raise RuntimeError(f"{request.path}: {response.status_code}")
    return counted(captured)


def typed_in(request: Request) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(request.body).items()}


def counted(captured: CaptureQueriesContext) -> int:
    return len([q for q in captured.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]) - FRAME


@contextmanager
def as_app() -> Iterator[None]:
    """This process as the app role, on the product's own middleware."""
    from django.test.utils import override_settings

    from config.settings import MIDDLEWARE

    with connection.cursor() as cursor:
        cursor.execute("set role knutpunkten_app")
    try:
        with override_settings(MIDDLEWARE=MIDDLEWARE, ROOT_URLCONF="config.urls"):
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("set role knutpunkten_owner")


@contextmanager
def web(application: str) -> Iterator[Server]:
    """Granian with one worker, as in production, on a free port."""
    port = free_port()
    settings = "bench.floor.settings" if "floor" in application else "config.settings"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": settings,
        "KNUTPUNKTEN_ROLE": "app",
        "KNUTPUNKTEN_SEPARATE_LOGINS": "1",
        "KNUTPUNKTEN_ORIGIN": f"http://127.0.0.1:{port}",
    }
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        application,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", "1", "--blocking-threads", "1", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_until_it_answers(port, "/golv/" if "floor" in application else "/kliv-in/")
        yield Server(port, process.pid, postmaster())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def postmaster() -> int:
    """The database's first process, by asking the database for this connection's own and going up."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        backend = cursor.fetchone()[0]
    for line in Path(f"/proc/{backend}/status").read_text().splitlines():
        if line.startswith("PPid:"):
            return int(line.split()[1])
    raise RuntimeError("the database runs on another machine; measure beside it")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(port: int, path: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            connection_to = HTTPConnection("127.0.0.1", port, timeout=5)
            connection_to.request("GET", path)
            connection_to.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")
