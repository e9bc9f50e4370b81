"""Running a command that needs a database: with a PostgreSQL of its own, kept between runs so that it starts fast."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bringup.children import die_with_parent
from bringup.embedded import owner_url, start_embedded
from bringup.supervisor import interrupt_on_signals

ROOT = Path(__file__).resolve().parent.parent


def database_environment(url: str, var: Path) -> dict[str, str]:
    """The environment of a command whose database is at the owner's address `url`."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "KNUTPUNKTEN_DATABASE_URL": url,
        "KNUTPUNKTEN_SEPARATE_LOGINS": "1",
        "KNUTPUNKTEN_SECRET_KEY": "signs the cookies of tests and checks, and of nothing else",
        "KNUTPUNKTEN_VAR": str(var),
    }


def side_by_side() -> tuple[str, ...]:
    """Every core works, the slow tests first, and who is done takes over from who is not.

    One process more than cores: a journey waits for browser, server and worker in turn, a fifth of the time for none.
    """
    return (f"--numprocesses={min((os.process_cpu_count() or 1) + 1, 4)}", "--dist=worksteal")


def run_tests(var: Path, arguments: Sequence[str]) -> int:
    """Run pytest with `arguments`, or every test side by side if there are none; returns its exit code."""
    command = [sys.executable, "-m", "pytest", *(arguments or side_by_side())]
    return _run_with_cluster(var, "test-postgres", command, durable=False)


def run_bench(var: Path, arguments: Sequence[str]) -> int:
    """Run the bench with `arguments`, on a database as durable as the real one; returns its exit code."""
    return _run_with_cluster(var, "bench-postgres", [sys.executable, "-m", "bench", *arguments], durable=True)


def run_docs(var: Path, arguments: Sequence[str]) -> int:
    """Write the generated documents anew; returns the exit code."""
    return _run_with_cluster(
        var, "check-postgres", [sys.executable, "manage.py", "generated_docs", *arguments], durable=False
    )


def _run_with_cluster(var: Path, place: str, command: Sequence[str], *, durable: bool) -> int:
    interrupt_on_signals()
    cluster = start_embedded(var / place, for_tests=True, durable=durable)
    try:
        return _run_here(command, database_environment(owner_url(cluster), var))
    finally:
        cluster.stop()


def _run_here(command: Sequence[str], env: dict[str, str]) -> int:
    """Run `command` at this terminal (a debugger and Ctrl-C reach it); returns its exit code."""
    parent = os.getpid()
    child = subprocess.Popen(command, env=env, cwd=ROOT, preexec_fn=lambda: die_with_parent(parent, signal.SIGTERM))
    try:
        code = child.wait()
    except KeyboardInterrupt as interrupt:
        # Ctrl-C reached the child too, and it is on its way out; another signal reached only us.
        if interrupt.args:
            child.terminate()
        code = child.wait()
    return code if code >= 0 else 128 - code
