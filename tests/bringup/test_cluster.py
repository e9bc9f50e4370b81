"""The embedded PostgreSQL: made whole or not at all, one at a time, reached by nobody else."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from bringup import unprivileged
from bringup.cluster import LONGEST_SOCKET_PATH, SOCKET_NAME, start_cluster
from bringup.database_roles import OWNER
from bringup.embedded import owner_url, start_embedded
from bringup.lock import take_lock
from bringup.trouble import Trouble

pytestmark = pytest.mark.slow("starts PostgreSQL")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    running = start_embedded(tmp_path_factory.mktemp("cluster"))
    yield running
    running.stop()


def test_a_half_made_cluster_is_made_again(tmp_path):
    half = tmp_path / "data.half-made"
    half.mkdir(mode=0o700)
    (half / "PG_VERSION").write_text("18\n")
    running = start_cluster(tmp_path)
    try:
        with psycopg.connect(running.url("postgres", "postgres")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert not half.exists()
    finally:
        running.stop()


def test_it_listens_on_a_private_socket_only(cluster):
    assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    with psycopg.connect(owner_url(cluster)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_swedish_letters_are_kept_and_upper_cased(cluster):
    with psycopg.connect(owner_url(cluster)) as connection:
        assert connection.execute("SELECT upper('åäö')").fetchone() == ("ÅÄÖ",)


def test_the_roles_have_no_power_over_the_wall(cluster):
    with psycopg.connect(owner_url(cluster)) as connection:
        roles = connection.execute(
            "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'knutpunkten%'"
            " AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole) ORDER BY 1"
        ).fetchall()
    assert roles == [
        ("knutpunkten_app", True),
        ("knutpunkten_owner", True),
        ("knutpunkten_search", False),
        ("knutpunkten_worker", True),
    ]


@pytest.mark.parametrize("role", ["knutpunkten_app", "knutpunkten_worker"])
def test_neither_app_nor_worker_may_become_the_owner(cluster, role):
    with (
        psycopg.connect(cluster.url(role, "knutpunkten")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"SET ROLE {OWNER}")


def test_the_extensions_are_there(cluster):
    with psycopg.connect(owner_url(cluster)) as connection:
        names = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    assert {"btree_gist", "pg_trgm"} <= names


def test_a_folder_in_use_is_left_alone(cluster, monkeypatch):
    monkeypatch.setattr("bringup.cluster.PATIENCE", 0)
    with pytest.raises(Trouble, match="används redan"):
        start_cluster(cluster.data.parent)
    with psycopg.connect(owner_url(cluster)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("name", ["lång" * 20, "Svensson, Anna"])
def test_a_path_too_long_or_with_a_comma_gets_its_socket_in_a_short_private_folder(tmp_path, name):
    deep = tmp_path / name / "postgres"
    running = start_cluster(deep, durable=False)
    try:
        assert len(os.fsencode(running.sockets / SOCKET_NAME)) <= LONGEST_SOCKET_PATH
        assert stat.S_IMODE(running.sockets.stat().st_mode) == 0o700
    finally:
        running.stop()
        running.sockets.rmdir()


@pytest.fixture
def open_to_all(monkeypatch):
    """A folder any user may pass through, as /var/lib is; a test's own is for its user only."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    monkeypatch.setattr(unprivileged, "OPEN_TO_ALL", folder)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes nobody")
def test_where_namespaces_are_refused_it_runs_as_nobody(tmp_path, open_to_all, monkeypatch):
    monkeypatch.setattr(unprivileged, "_namespaces_allowed", lambda: False)
    for _ in range(2):  # once from nothing, once with everything there
        running = start_cluster(tmp_path)
        try:
            assert running.data.is_relative_to(open_to_all)
            assert Path(f"/proc/{running.process.pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        finally:
            running.stop()


def test_a_lock_ends_with_the_process_that_held_it(tmp_path):
    path = tmp_path / "lock"
    code = f"from pathlib import Path; from bringup.lock import take_lock; take_lock(Path({str(path)!r})); print('har'); input()"
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "har\n"
    assert take_lock(path) is None
    holder.kill()
    holder.communicate()
    descriptor = take_lock(path)
    assert descriptor is not None
    os.close(descriptor)
