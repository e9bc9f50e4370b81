"""Measuring one page: CPU of web and database per request, time to answer, statements."""

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection

from bench.processes import cpu, tree


@dataclass(frozen=True)
class Block:
    """Some requests, one straight after another: milliseconds of CPU a request, and until each was answered."""

    cpu_ms: float
    times: list[float]


@dataclass(frozen=True)
class Trio:
    """Three blocks at one moment: the floor, a page, and *bare*, the same page without wall and audit."""

    floor: Block
    page: Block
    bare: Block

    @property
    def ratio(self) -> float:
        return self.page.cpu_ms / self.floor.cpu_ms

    @property
    def wall(self) -> float:
        return (self.page.cpu_ms - self.bare.cpu_ms) / self.floor.cpu_ms


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


def send_block(server: Server, requests: Iterable[Request]) -> Block:
    """Send *requests*; the first is not counted: it warms what the block before has cooled."""
    first, *counted = requests
    server.send(first)
    before = server.spent()
    times = [server.send(request) for request in counted]
    return Block((server.spent() - before) / 1e6 / len(times), times)


def figures(blocks: list[Block], statements: int) -> dict[str, float]:
    """As they are shown and kept: the median block's CPU, and how long the answers took. *statements* beside the frame."""
    times = [taken for block in blocks for taken in block.times]
    return {
        "cpu_ms": round(statistics.median(block.cpu_ms for block in blocks), 2),
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(quantile(times, 0.95), 2),
        "statements": statements,
    }


def page_figures(trios: list[Trio], statements: int) -> dict[str, float]:
    """With the ratio to the floor and what the wall adds: each taken at one moment, and the median of the moments.

    The machine's speed changes within minutes, and not alike for the floor and a page measured after it.
    """
    return figures([trio.page for trio in trios], statements) | {
        "ratio": round(statistics.median(trio.ratio for trio in trios), 2),
        "wall": round(statistics.median(trio.wall for trio in trios), 2),
    }


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
