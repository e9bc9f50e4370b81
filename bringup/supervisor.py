"""Several processes as one: they start in order, stop in the other order, and the end of any is the end of all."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bringup.children import start_child, stop_child
from bringup.trouble import Trouble


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print `what` as it begins and the seconds it took when it is done."""
    print(f"{what} … ", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} s".replace(".", ","), flush=True)


@dataclass(frozen=True)
class Begun:
    """A child that ends by itself: `wait` waits for that."""

    pid: int
    wait: Callable[[], None]


class Supervisor:
    """Use as a context: leaving it, for whatever reason, stops every child. SIGTERM and SIGHUP leave it as Ctrl-C does.

    `keep_open` are descriptors every child inherits; the output of each that it starts goes to `logs/<name>.log`.
    """

    def __init__(self, logs: Path, keep_open: Sequence[int] = ()) -> None:
        self.logs = logs
        self.keep_open = keep_open
        self.children: list[tuple[str, subprocess.Popen[bytes], int]] = []
        self.logs_elsewhere: dict[str, Path] = {}

    def __enter__(self) -> "Supervisor":
        self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        interrupt_on_signals()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything half stopped
        for _, child, with_signal in reversed(self.children):
            stop_child(child, with_signal=with_signal)

    def adopt(self, name: str, child: subprocess.Popen[bytes], *, log: Path, stop_with: int = signal.SIGTERM) -> None:
        """Count `child`, started elsewhere and writing to `log`, as one of ours; `stop_with` is what ends it well."""
        self.children.append((name, child, stop_with))
        self.logs_elsewhere[name] = log

    def start(
        self, name: str, command: Sequence[str | Path], env: Mapping[str, str], *, keep_open: Sequence[int] = ()
    ) -> None:
        """Start a child that is meant to run until we stop."""
        with self._log(name).open("wb") as output:
            child = start_child(command, env=env, output=output, keep_open=[*self.keep_open, *keep_open])
        self.children.append((name, child, signal.SIGTERM))

    def run(self, name: str, command: Sequence[str | Path], env: Mapping[str, str]) -> None:
        """Run a child to its end. Raises Trouble, and shows what it wrote, when it fails."""
        self.begin(name, command, env).wait()

    def begin(
        self, name: str, command: Sequence[str | Path], env: Mapping[str, str], *, keep_open: Sequence[int] = ()
    ) -> "Begun":
        """Start a child that ends by itself; answers what waits for that. Waiting raises Trouble as ``run`` does."""
        with self._log(name).open("wb") as output:
            child = start_child(command, env=env, output=output, keep_open=[*self.keep_open, *keep_open])
        begun = (name, child, signal.SIGTERM)
        self.children.append(begun)

        def finish() -> None:
            if child.wait() != 0:
                sys.stderr.write(self._log(name).read_text(errors="replace"))
                raise Trouble(f"{name} gick inte att köra.")
            self.children.remove(begun)

        return Begun(child.pid, finish)

    def ended(self) -> str | None:
        """The name of a child that has ended, if any has."""
        return next((name for name, child, _ in self.children if child.poll() is not None), None)

    def watch(self) -> None:
        """Wait until some child ends. Raises Trouble that names it."""
        while not (name := self.ended()):
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        raise Trouble(f"{name} slutade oväntat, så allt är stoppat: se {self._log(name)}.")

    def _log(self, name: str) -> Path:
        return self.logs_elsewhere.get(name, self.logs / f"{name}.log")


def interrupt_on_signals() -> None:
    """Make SIGTERM and SIGHUP end this process the way Ctrl-C does, so that what it started is stopped.

    The KeyboardInterrupt then carries the signal's number, which that of Ctrl-C does not.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background job begins with it ignored
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt(number)
