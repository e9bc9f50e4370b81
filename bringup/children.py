"""Starting child processes that never outlive the one who started them."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec should not be opening libraries.
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, with_signal: int) -> None:
    """Ask the kernel to send this process `with_signal` when `parent` dies.

    Call it in the child, after any change of user, which would clear it.
    """
    _libc.prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before we could ask
        os.kill(os.getpid(), signal.SIGKILL)


def start_child(
    command: Sequence[str | Path],
    *,
    if_orphaned: int = signal.SIGTERM,
    become: Callable[[], None] | None = None,
    env: Mapping[str, str] | None = None,
    output: int | IO[Any] | None = None,
    keep_open: Sequence[int] = (),
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, tied to this process.

    `become` runs in the child first (a change of user). `output` receives both stdout and stderr.
    `keep_open` are file descriptors the child inherits.
    """
    parent = os.getpid()

    def in_the_child() -> None:
        if become:
            become()
        die_with_parent(parent, if_orphaned)

    return subprocess.Popen(
        [str(part) for part in command],
        start_new_session=True,
        preexec_fn=in_the_child,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        pass_fds=keep_open,
    )


def stop_child(child: subprocess.Popen[bytes], *, with_signal: int = signal.SIGTERM, patience: float = 10.0) -> None:
    """Ask `child` to end, wait `patience` seconds, then end it by force, and with it whatever it left behind."""
    if child.poll() is None:
        child.send_signal(with_signal)
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
