"""Measuring one page: CPU of web and database per request, time to answer, statements."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPConnection

from bench.processes import cpu, tree


@dataclass(frozen=True)
class Figures:
    """Of one page; milliseconds. *statements* beside the request's frame."""

    cpu_ms: float
    p50_ms: float
    p95_ms: float
    statements: int

    def row(self, floor: "Figures", bare: "Figures | None" = None) -> dict[str, float]:
        """As it is shown and kept. *wall*: what is dearer than *bare*, the same page without wall and audit."""
        return {
            "cpu_ms": round(self.cpu_ms, 2),
            "p50_ms": round(self.p50_ms, 2),
            "p95_ms": round(self.p95_ms, 2),
            "statements": self.statements,
            "ratio": round(self.cpu_ms / floor.cpu_ms, 2),
        } | ({"wall": round((self.cpu_ms - bare.cpu_ms) / floor.cpu_ms, 2)} if bare else {})


@dataclass(frozen=True)
class Request:
    """One request to send: the session that sends it, and what a POST carries."""

    path: str
    cookie: str
    body: str = ""
    token: str = ""
    expects: int = 200


@dataclass
class Server:
    """Where to send, and whose processor time counts: the web's processes and the database's."""

    port: int
    web: int
    postmaster: int

    def send(self, request: Request) -> float:
        """Milliseconds until the whole answer was read. Raises if the status is not the expected one."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": request.cookie, "Host": "127.0.0.1"}
        if request.body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": request.token}
        began = time.perf_counter()
        connection.request("POST" if request.body else "GET", request.path, request.body or None, headers)
        response = connection.getresponse()
        response.read()
        taken = (time.perf_counter() - began) * 1000
        connection.close()
        if response.status != request.expects:
            raise RuntimeError(f"{request.path}: {response.status}, expected {request.expects}")
        return taken

    def spent(self) -> int:
        return cpu(tree(self.web)) + cpu(tree(self.postmaster))


def measure(server: Server, requests: Iterable[Request], warm: int, statements: int) -> Figures:
    """Send *requests* one after another; the first *warm* are not counted."""
    requests = list(requests)
    for request in requests[:warm]:
        server.send(request)
    before = server.spent()
    times = [server.send(request) for request in requests[warm:]]
    spent = (server.spent() - before) / 1e6 / len(times)
    return Figures(spent, statistics.median(times), quantile(times, 0.95), statements)


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def in_turns(rounds: int, measures: dict[str, Callable[[], Figures]]) -> dict[str, Figures]:
    """Each measured *rounds* times, in turns, so that a noisy moment strikes all alike; the median by CPU."""
    found: dict[str, list[Figures]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, take in measures.items():
            found[name].append(take())
    return {name: sorted(rows, key=lambda f: f.cpu_ms)[len(rows) // 2] for name, rows in found.items()}
