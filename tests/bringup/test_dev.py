"""``./dev`` itself, before there is anything to run."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

NOBODY = pwd.getpwnam("nobody").pw_uid


@pytest.fixture
def checkout() -> Iterator[Path]:
    """Somebody else's: any user may read it, and no one but root write in it."""
    folder = Path(tempfile.mkdtemp())
    shutil.copy(ROOT / "dev", folder)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("made_before", [False, True])
def test_in_somebody_elses_checkout_it_says_so(checkout: Path, made_before: bool) -> None:
    if made_before:
        (checkout / "var").mkdir(mode=0o555)
    checkout.chmod(0o555)
    somebody = {"user": NOBODY} if os.geteuid() == 0 else {}
    ran = subprocess.run([checkout / "dev", "demo"], capture_output=True, text=True, **somebody)
    assert ran.returncode == 1
    assert ran.stderr.endswith(
        f"may not write in {checkout}: run ./dev as whoever owns it, or in a checkout of your own.\n"
    )
    assert ran.stderr.count("\n") == 1
