"""One PostgreSQL cluster in one folder, reached by a Unix socket only."""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from bringup import unprivileged
from bringup.children import start_child, stop_child
from bringup.lock import take_lock
from bringup.trouble import Trouble
from bringup.unprivileged import Runner, must_be_ours, postgres_runner, reachable

# A Unix socket's address must fit in the kernel's sockaddr_un, with its closing zero.
LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"

# Seconds for a crashed cluster to be gone before its folder counts as used by somebody else.
PATIENCE = 10

# No autovacuum either: its worker obeys none of our roles, and the database it is in could not be dropped.
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
# Nor does anybody follow what is written, or look at who does what.
FOR_TESTS |= {"wal_level": "minimal", "max_wal_senders": "0", "track_counts": "off", "update_process_title": "off"}


@dataclass
class Cluster:
    """A running cluster. `sockets` is the folder to name as host; `process` the postmaster."""

    data: Path
    sockets: Path
    process: subprocess.Popen[bytes]
    lock: int

    def url(self, user: str, database: str) -> str:
        """The address of `database` for `user`."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.sockets))}"

    @property
    def log(self) -> Path:
        """What PostgreSQL wrote since it was started."""
        return self.data.parent / "log"

    def stop(self) -> None:
        """Stop it, disconnecting whoever is connected (a fast shutdown)."""
        stop_child(self.process, with_signal=signal.SIGINT, patience=20)
        with suppress(OSError):
            os.close(self.lock)


def start_cluster(place: Path, *, durable: bool = True) -> Cluster:
    """Start the cluster kept in `place`, made first where there is none, and wait until it answers.

    `durable=False` trades safety on power loss for speed: for tests.
    Raises Trouble when it is already running or will not start.
    """
    runner = postgres_runner()
    place = _reachable_place(place.resolve(), runner)
    _private_folder(place, runner)
    lock = take_lock(place / "lock", patience=PATIENCE)
    if lock is None:
        raise Trouble(f"PostgreSQL i {place} används redan av någon annan.")
    data = place / "data"
    must_be_ours(data, runner)
    if not data.exists():
        _initdb(data, runner, lock)
    sockets = _socket_folder(place, runner)
    # The postmaster and its children inherit the lock: having it means that none of them lives,
    # so a process id left by a crash says nothing.
    for left in (data / "postmaster.pid", sockets / f"{SOCKET_NAME}.lock", sockets / SOCKET_NAME):
        left.unlink(missing_ok=True)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": "60",
        # What goes wrong is logged, but neither the statement nor the row it was about: they name people.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    } | ({} if durable else FOR_TESTS)
    with (place / "log").open("wb") as output:
        process = start_child(
            [runner.bin / "postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
            become=runner.become,
            if_orphaned=signal.SIGINT,
            output=output,
            keep_open=[lock],
            cwd=place,
        )
    cluster = Cluster(data, sockets, process, lock)
    try:
        _wait_until_it_answers(cluster)
    except BaseException:
        cluster.stop()
        raise
    return cluster


def _reachable_place(place: Path, runner: Runner) -> Path:
    if reachable(place, runner):
        return place
    return unprivileged.OPEN_TO_ALL / f"knutpunkten-{hashlib.sha256(str(place).encode()).hexdigest()[:12]}"


def _private_folder(folder: Path, runner: Runner) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), runner.owner):
        raise Trouble(f"{folder} ägs av en annan användare: kör som den användaren, eller ta bort katalogen.")
    if runner.owner != found.st_uid:
        os.chown(folder, runner.owner, -1)
    folder.chmod(0o700)


def _socket_folder(place: Path, runner: Runner) -> Path:
    folder = place / "socket"
    # Whoever connects takes a comma for the end of a folder's name, and what stands after it for another.
    if len(os.fsencode(folder / SOCKET_NAME)) > LONGEST_SOCKET_PATH or "," in str(folder):
        short = hashlib.sha256(str(place).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"knutpunkten-{runner.owner}-{short}"
    _private_folder(folder, runner)
    return folder


def _initdb(data: Path, runner: Runner, lock: int) -> None:
    """Make a cluster under another name and rename it when it is whole, so that a half-made one is never used."""
    half = data.with_name("data.half-made")
    if half.exists():
        shutil.rmtree(half)
    command: list[str | Path] = [
        *(runner.bin / "initdb", "-D", half, "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"),
    ]
    with (data.parent / "initdb.log").open("wb") as output:
        child = start_child(
            command,
            become=runner.become,
            if_orphaned=signal.SIGKILL,
            output=output,
            keep_open=[lock],
            cwd=data.parent,
        )
    try:
        made = child.wait()
    finally:
        stop_child(child, with_signal=signal.SIGINT)
    if made != 0:
        raise Trouble(f"PostgreSQL kunde inte skapa databaskatalogen: se {data.parent / 'initdb.log'}.")
    os.sync()
    half.rename(data)


def _wait_until_it_answers(cluster: Cluster, patience: float = 60.0) -> None:
    give_up_at = time.monotonic() + patience
    while True:
        try:
            psycopg.connect(cluster.url("postgres", "postgres")).close()
            return
        except psycopg.OperationalError:
            pass
        if cluster.process.poll() is not None or time.monotonic() > give_up_at:
            raise Trouble(f"PostgreSQL startade inte: se {cluster.log}.")
        time.sleep(0.02)
