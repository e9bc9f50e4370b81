"""What is known against the packages: told, or said in plain words that nobody could be asked."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from bringup.weaknesses import NOT_ASKED, locked, main

LOCK = "# a note\nalpha==1.0 \\\n    --hash=sha256:00\nbeta[more]==2.1 \\\n    --hash=sha256:00\n"
KNOWN = {"id": "TEST-2026-1", "summary": "Reads what it should not.", "fixed_in": ["2.2"], "withdrawn": None}


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[str]]]:
    """``index({"/pypi/…": answer})``: a package index that tells that; the list of what it has been asked."""
    asked: list[str] = []
    pages: dict[str, Any] = {}

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if self.path in pages else 404)
            self.end_headers()
            self.wfile.write(json.dumps(pages.get(self.path)).encode())

        def log_message(self, *of: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple/")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield lambda of: (pages.update(of), asked)[1]
    server.shutdown()
    server.server_close()


def run(folder: Path) -> int:
    (folder / "lock").write_text(LOCK)
    return main(folder / "lock", folder / "kept")


def pages(*against_beta: dict[str, Any]) -> dict[str, Any]:
    return {
        "/pypi/alpha/1.0/json": {"vulnerabilities": []},
        "/pypi/beta/2.1/json": {"vulnerabilities": list(against_beta)},
    }


def test_each_package_of_the_lock_is_asked_about() -> None:
    assert locked(LOCK) == [("alpha", "1.0"), ("beta", "2.1")]


def test_a_known_weakness_is_told_with_what_mends_it(index: Any, tmp_path: Path, capsys: Any) -> None:
    index(pages(KNOWN))
    assert run(tmp_path) == 1
    assert capsys.readouterr().out == "beta 2.1: TEST-2026-1, mended in 2.2. Reads what it should not.\n"
    assert run(tmp_path) == 1  # nothing is kept of it


def test_without_any_it_is_well_and_not_asked_again_that_day(index: Any, tmp_path: Path) -> None:
    asked = index(pages({**KNOWN, "withdrawn": "2026-02-01"}))
    assert [run(tmp_path), run(tmp_path)] == [0, 0]
    assert sorted(asked) == ["/pypi/alpha/1.0/json", "/pypi/beta/2.1/json"]


def test_an_index_that_does_not_tell_is_no_all_clear(index: Any, tmp_path: Path, capsys: Any) -> None:
    asked = index({})
    assert run(tmp_path) == NOT_ASKED
    assert capsys.readouterr().out == "Not asked: the package index answers 404 about alpha.\n"
    assert len(asked) == 1
    index({"/pypi/alpha/1.0/json": {"info": {}}})
    assert run(tmp_path) == NOT_ASKED


def test_nor_is_one_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.delenv("UV_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert run(tmp_path) == NOT_ASKED
    assert "does not answer" in capsys.readouterr().out
