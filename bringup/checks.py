"""`./dev check`: everything that can be said of the code without running its tests, two checks at a time."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bringup.children import start_child, stop_child
from bringup.embedded import owner_url, start_embedded
from bringup.supervisor import interrupt_on_signals
from bringup.weaknesses import NOT_ASKED
from bringup.with_cluster import ROOT, database_environment

AT_ONCE = 2
BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")


@dataclass(frozen=True)
class Check:
    """A command that ends with 0 when all is well. `role` is the database role it needs, if it reads the database."""

    name: str
    command: Sequence[str | Path]
    role: str = "app"


@dataclass
class Running:
    """A check on its way, with what it has written so far."""

    check: Check
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    began: float


# The slowest first, so that the short ones fill the other core meanwhile.
CHECKS = (
    Check("types", (BIN / "mypy",)),
    Check("style", (BIN / "ruff", "check", "--output-format", "concise", ".")),
    Check("format", (BIN / "ruff", "format", "--check", "--output-format", "concise", ".")),
    Check("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run"), role="owner"),
    Check("settings", (*MANAGE, "check", "--fail-level", "WARNING")),
    Check("known weaknesses", (sys.executable, "-m", "bringup.weaknesses")),
    Check("layers", (BIN / "lint-imports", "--no-cache")),
    Check("templates", (BIN / "djlint", "knutpunkten", "--lint", "--quiet")),
    *(
        Check("generated documents", (*MANAGE, "generated_docs", "--check"), role="owner")
        for _ in ROOT.glob("knutpunkten/*/management/commands/generated_docs.py")
    ),
)


def run_checks(var: Path) -> int:
    """Run every check, print each with its time and what the failing ones say. Returns 1 if any failed."""
    interrupt_on_signals()
    began = time.monotonic()
    cluster = start_embedded(var / "check-postgres", for_tests=True, durable=False)
    try:
        failed, unasked = _run_all(CHECKS, database_environment(owner_url(cluster), var))
    except KeyboardInterrupt:
        return 130
    finally:
        cluster.stop()
    verdict = f"failed: {', '.join(failed)}" if failed else "all is well"
    if unasked:
        verdict += f", but nobody could be asked about {', '.join(unasked)}"
    print(f"{verdict} ({time.monotonic() - began:.1f} s)")
    return 1 if failed else 0


def _run_all(checks: Sequence[Check], env: dict[str, str]) -> tuple[list[str], list[str]]:
    """Run `checks`, a few at a time; returns the names of those that failed, and of those that could not ask."""
    waiting, running, failed, unasked = list(checks), list[Running](), list[str](), list[str]()
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                running.append(_start(waiting.pop(0), env))
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            for done in [one for one in running if one.process.poll() is not None]:
                running.remove(done)
                if not _report(done):
                    (unasked if done.process.returncode == NOT_ASKED else failed).append(done.check.name)
    finally:
        for one in running:
            stop_child(one.process)
    return failed, unasked


def _start(check: Check, env: dict[str, str]) -> Running:
    output = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the check runs
    child = start_child(check.command, env=env | {"KNUTPUNKTEN_ROLE": check.role}, output=output, cwd=ROOT)
    return Running(check, child, output, time.monotonic())


def _report(done: Running) -> bool:
    """Print how `done` went; its output only when it failed. Returns whether it went well."""
    well = done.process.returncode == 0
    word = "ok    " if well else "------" if done.process.returncode == NOT_ASKED else "FAILED"
    print(f"{word} {done.check.name:<20} {time.monotonic() - done.began:5.1f} s", flush=True)
    if not well:
        done.output.seek(0)
        print(done.output.read().decode(errors="replace").rstrip(), flush=True)
    done.output.close()
    return well
