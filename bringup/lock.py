"""File locks. A lock is held by a living process, so nothing a crash leaves behind can be mistaken for it."""

import fcntl
import os
import time
from pathlib import Path


def take_lock(path: Path, *, patience: float = 0.0) -> int | None:
    """Take the exclusive lock on `path`, waiting at most `patience` seconds.

    Returns the open file descriptor that holds it (close it to let go), or None when somebody else has it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    give_up_at = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= give_up_at:
                os.close(descriptor)
                return None
            time.sleep(0.05)
