"""`./dev demo`: everything Knutpunkten needs, in one terminal, with invented people."""

import hashlib
import os
import secrets
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import psycopg

from bringup import demo_database, stamp
from bringup.cluster import Cluster
from bringup.cores import on_one_core
from bringup.demo_database import DemoDatabase
from bringup.embedded import DATABASE, owner_url, prepare_embedded, start_embedded
from bringup.given_server import prepare_given
from bringup.lock import take_lock
from bringup.mail_sink import listening_socket
from bringup.supervisor import Supervisor, step
from bringup.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
PYTHON = Path(sys.executable)
MANAGE = ROOT / "manage.py"
OF_OTHER_CODE = "Världen i var/ är gjord av en annan version. Börja om med en ny: ./dev demo --fresh"


def run_demo(var: Path, *, fresh: bool, port: int) -> int:
    """Run the demo until Ctrl-C. `fresh` begins the world anew; `port` is tried first, then the next free one.

    Returns the exit code. Raises Trouble, also when the demo already runs on this `var`.
    """
    var.mkdir(mode=0o700, exist_ok=True)
    lock = take_lock(var / "demo.lock")
    if lock is None:
        raise Trouble("Demon körs redan i den här katalogen.")
    # Children hold this one too. After a crash they end by themselves, and the next start waits here until they have.
    family = take_lock(var / "demo-children.lock", patience=15)
    if family is None:
        raise Trouble("Något från förra gången stänger inte av sig: vänta en stund och försök igen.")
    port, claim = free_port(port)
    with claim, Supervisor(var / "log", keep_open=[family]) as supervisor:
        try:
            _bring_up(supervisor, var, fresh=fresh, port=port)
            supervisor.watch()
        except KeyboardInterrupt:
            print("\nStänger av …", flush=True)
    return 0


def _bring_up(supervisor: Supervisor, var: Path, *, fresh: bool, port: int) -> None:
    database = _database(supervisor, var, fresh=fresh)
    post = listening_socket()
    origin = f"http://127.0.0.1:{port}"
    env = _environment(var, database, origin=origin, smtp=f"127.0.0.1:{post.getsockname()[1]}")
    sink: list[str | Path] = [PYTHON, "-m", "bringup.mail_sink", str(post.fileno()), var / "post"]
    supervisor.start("Posten", sink, env, keep_open=[post.fileno()])
    post.close()
    collected = _begin_collecting(supervisor, var, env)
    _make_world(supervisor, database, env)
    collected()
    with step("Startar webben"):
        supervisor.start("Webben", _web(port), env)
        _wait_until_it_serves(supervisor, origin)
    # After the web, so that it does not compete with what the person waits for.
    supervisor.start("Bakgrundsjobben", [PYTHON, MANAGE, "worker"], env | {"KNUTPUNKTEN_ROLE": "worker"})
    print(f"Knutpunkten är igång. Stäng av med Ctrl-C.\n{origin}/", flush=True)


def _database(supervisor: Supervisor, var: Path, *, fresh: bool) -> DemoDatabase:
    if given := os.environ.get("DATABASE_URL"):
        if fresh:
            raise Trouble("--fresh tömmer bara demons egen databas: töm den i DATABASE_URL själv.")
        with step("Ser efter vad servern i DATABASE_URL har"):
            return DemoDatabase(prepare_given(given), separate_logins=False)
    with step("Startar PostgreSQL"):
        cluster = start_embedded(var / "postgres")
        supervisor.adopt("PostgreSQL", cluster.process, log=cluster.log, stop_with=signal.SIGINT)
    if fresh:
        _begin_anew(cluster, var)
    return DemoDatabase(owner_url(cluster), separate_logins=True, server=cluster.process.pid)


def _begin_anew(cluster: Cluster, var: Path) -> None:
    with step("Tar bort den gamla demon"):
        demo_database.drop(cluster.url("postgres", "postgres"), DATABASE)
        shutil.rmtree(var / "post", ignore_errors=True)
        prepare_embedded(cluster)


def _environment(var: Path, database: DemoDatabase, *, origin: str, smtp: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
        "KNUTPUNKTEN_DATABASE_URL": database.url,
        "KNUTPUNKTEN_ROLE": "app",
        "KNUTPUNKTEN_SEPARATE_LOGINS": "1" if database.separate_logins else "0",
        "KNUTPUNKTEN_DEMO": "1",
        "KNUTPUNKTEN_SECRET_KEY": _secret_key(var / "secret-key"),
        "KNUTPUNKTEN_STATIC": "built",
        "KNUTPUNKTEN_VAR": str(var),
        "KNUTPUNKTEN_ORIGIN": origin,
        "KNUTPUNKTEN_SMTP": smtp,
    }


def _secret_key(path: Path) -> str:
    """The key that signs the demo's sessions, made the first time."""
    if not path.exists():
        half = path.with_name("secret-key.half")
        half.unlink(missing_ok=True)
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        half.rename(path)
    return path.read_text()


def _begin_collecting(supervisor: Supervisor, var: Path, env: Mapping[str, str]) -> Callable[[], None]:
    """Collect style sheets and pictures, if they have changed, while the database is made; answers what waits for it."""
    made_from, collected = stamp.static_fingerprint(ROOT), var / "static" / ".made-from"
    if collected.exists() and collected.read_text() == made_from:
        return lambda: None
    shutil.rmtree(var / "static", ignore_errors=True)
    collecting = supervisor.begin("collectstatic", [PYTHON, MANAGE, "collectstatic", "--noinput"], env)

    def finish() -> None:
        with step("Samlar stilmallar och bilder"):
            collecting.wait()
            collected.write_text(made_from)

    return finish


def _make_world(supervisor: Supervisor, database: DemoDatabase, env: Mapping[str, str]) -> None:
    """Migrate and seed, unless this database already holds the world that this code makes."""
    # The wall is raised with the key that the web shows it: another key, and it must be raised anew.
    key = hashlib.sha256(env["KNUTPUNKTEN_SECRET_KEY"].encode()).hexdigest()[:8]
    made_from = f"{stamp.world_fingerprint(ROOT)}-{key}"
    if demo_database.is_made_from(database.url, made_from):
        return
    had_another = demo_database.holds_a_world(database.url)
    try:
        _migrate_and_seed(supervisor, database, env)
    except Trouble as trouble:
        raise Trouble(f"{trouble} {OF_OTHER_CODE}") if had_another else trouble from None
    with psycopg.connect(database.url) as connection:
        demo_database.set_mark(connection, made_from)


def _migrate_and_seed(supervisor: Supervisor, database: DemoDatabase, env: Mapping[str, str]) -> None:
    # It loads all there is to load while the tables are made, and begins at the word.
    hears, says = os.pipe()
    seed = supervisor.begin(
        "seed_demo", [PYTHON, MANAGE, "seed_demo", "--at-word-from", str(hears)], env, keep_open=[hears]
    )
    os.close(hears)
    with step("Lägger upp databasens tabeller"):
        supervisor.run("migrate", [PYTHON, MANAGE, "migrate", "--skip-checks"], {**env, "KNUTPUNKTEN_ROLE": "owner"})
    with step("Lägger in de påhittade personerna"), on_one_core(seed.pid, database.server):
        # Where it has failed already nobody hears the word, and waiting for its end tells why.
        with open(says, "wb", buffering=0) as word, suppress(BrokenPipeError):
            word.write(b".")
        seed.wait()


def _web(port: int) -> list[str | Path]:
    return [
        *(PYTHON.with_name("granian"), "--interface", "wsgi", "bringup.demo_web:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "1"),
        *("--no-access-log", "--log-level", "warning", "--workers-kill-timeout", "3"),
    ]


def free_port(first: int) -> tuple[int, socket.socket]:
    """The first port from *first* that nobody has, and the claim on it: nobody else takes it while that is open.

    The web listens long after the port is chosen: two demos begun at once would choose the same, and share it.
    """
    for port in range(first, 65_536):
        claim = socket.socket()
        # A port merely waiting out its last connection is free.
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            claim.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        # From now on only who asks to share it, as the web does, of the same user.
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        return port, claim
    raise Trouble(f"Ingen port från {first} och uppåt är ledig.")


def _wait_until_it_serves(supervisor: Supervisor, origin: str, patience: float = 60.0) -> None:
    give_up_at = time.monotonic() + patience
    while time.monotonic() < give_up_at:
        if supervisor.ended():
            supervisor.watch()
        try:
            # No proxy for our own machine, whatever the environment says.
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{origin}/", timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            raise Trouble(f"Webben svarade {error.code}: se var/log/Webben.log.") from None
        except OSError:
            time.sleep(0.05)
    raise Trouble("Webben svarade inte: se var/log/Webben.log.")
