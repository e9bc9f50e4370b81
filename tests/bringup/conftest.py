"""A small checkout in a folder of its own: the real bring-up, with a Django of a few lines in place of Knutpunkten."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bringup.running_demo import Demo, processes_in, wait_until

ROOT = Path(__file__).resolve().parents[2]

# What the demo asks of manage.py, and no more: it notes each command, and `worker` stays.
MANAGE = """
import os, signal, sys
from pathlib import Path
command = sys.argv[1]
with open(Path(os.environ["KNUTPUNKTEN_VAR"], "commands"), "a") as notes:
    print(command, os.environ["KNUTPUNKTEN_ROLE"], file=notes)
if command == "collectstatic":
    Path(os.environ["KNUTPUNKTEN_VAR"], "static").mkdir(exist_ok=True)
if command == "migrate":
    import psycopg
    with psycopg.connect(os.environ["KNUTPUNKTEN_DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
if command == "worker":
    signal.pause()
"""
WSGI = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Hej"]
"""


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose cluster is made by the first test that starts it; nothing runs in it between tests."""
    here = tmp_path_factory.mktemp("checkout") / "Mina dokument" / "å % ä"  # as such a folder may well be called
    here.mkdir(parents=True)
    shutil.copytree(ROOT / "bringup", here / "bringup", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.lock", here)
    (here / "manage.py").write_text(MANAGE)
    (here / "config").mkdir()
    (here / "config/wsgi.py").write_text(WSGI)
    (here / "config/settings.py").touch()
    return here


@pytest.fixture
def start(checkout: Path) -> Iterator[Callable[..., Demo]]:
    """Starts the demo; whatever a test leaves running is stopped after it."""
    started: list[Demo] = []
    # Those that test side by side look for a free port from different ones: it is told whether a demo gets its own again.
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    own = ["--port", str(8000 + 100 * process)] if process else []

    def start_demo(*arguments: str, env: dict[str, str] | None = None) -> Demo:
        asked = arguments if "--port" in arguments else (*arguments, *own)
        started.append(Demo(checkout, *asked, env=env))
        return started[-1]

    yield start_demo
    for demo in started:
        if demo.process.poll() is None:
            demo.interrupt()
    wait_until(lambda: not processes_in(checkout))
