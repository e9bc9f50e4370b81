"""Which core a process runs on, where the system lets us say so."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def on_one_core(*pids: int | None) -> Iterator[None]:
    """Meanwhile the processes `pids`, and what they start, share one core; None stands for a process that is not ours.

    For two that wait for each other in turn ten thousand times: on two cores each would have to be woken from the
    core's sleep for every answer. Nothing happens with fewer than two, or where the system does not let us.
    """
    ours = [pid for pid in pids if pid is not None]
    if len(ours) < 2 or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before: dict[int, set[int]] = {}
    with suppress(OSError):
        before = {pid: os.sched_getaffinity(pid) for pid in ours}
        core = sorted(set.intersection(*before.values()))[-1:]
        for pid in ours if core else ():
            os.sched_setaffinity(pid, core)
    try:
        yield
    finally:
        for pid, cores in before.items():
            with suppress(OSError):  # it may have ended
                os.sched_setaffinity(pid, cores)
