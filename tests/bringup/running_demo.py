"""The demo seen from outside: what it prints, and which processes run."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg

from bringup.children import die_with_parent


class Demo:
    """`python -m bringup demo` in a checkout, seen from outside: what it prints, and what runs."""

    def __init__(self, checkout: Path, *arguments: str, env: dict[str, str] | None = None) -> None:
        self.var = checkout / "var"
        parent = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bringup", "demo", *arguments],
            cwd=checkout,
            env={k: v for k, v in os.environ.items() if not k.startswith(("KNUTPUNKTEN", "DATABASE"))} | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(parent, signal.SIGTERM),  # also when the tests are killed
        )
        self.printed = ""

    def address(self) -> str:
        """Read what it prints up to the address it serves."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.printed += line
            if found := re.fullmatch(r"(http://127\.0\.0\.1:\d+)/\n", line):
                return found[1]
        raise AssertionError(f"it never served:\n{self.printed}")

    def ends(self) -> tuple[int, str]:
        """Wait for its end; the exit code and everything it printed."""
        rest, _ = self.process.communicate(timeout=30)
        return self.process.returncode, self.printed + rest

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C, and wait."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.ends()

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Run `statement` in the demo's database; its rows, if it has any."""
        url = f"postgresql://knutpunkten_owner@/knutpunkten?host={quote(str(self.var / 'postgres/socket'))}"
        with psycopg.connect(url) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def commands(self) -> list[str]:
        """The management commands that have run since the last time this was asked, each with its database role."""
        notes = self.var / "commands"
        said = notes.read_text().splitlines() if notes.exists() else []
        notes.unlink(missing_ok=True)
        return said


def processes_in(checkout: Path) -> list[int]:
    """Every living process that stands in or was started for `checkout`."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            whole = entry.joinpath("cmdline").read_bytes() + os.fsencode(entry.joinpath("cwd").readlink())
        except OSError:
            continue
        if os.fsencode(checkout) in whole:
            found.append(int(entry.name))
    return found


def wait_until(holds: Callable[[], object], patience: float = 15.0) -> None:
    """Wait for `holds`, looking often; fails after `patience` seconds."""
    give_up_at = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < give_up_at, "it never came to hold"
        time.sleep(0.02)
