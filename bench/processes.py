"""CPU time and memory of processes, read from /proc: nanoseconds and bytes."""

from pathlib import Path


def tree(root: int) -> set[int]:
    """*root* and everything below it, now."""
    found, edge = {root}, [root]
    while edge:
        pid = edge.pop()
        for task in Path(f"/proc/{pid}/task").glob("*"):
            try:
                children = {int(child) for child in (task / "children").read_text().split()}
            except OSError:
                continue
            edge += children - found
            found |= children
    return found


def cpu(pids: set[int]) -> int:
    """Nanoseconds on a processor since they began, of all threads that live."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*"):
            try:
                total += int((task / "schedstat").read_text().split()[0])
            except OSError:
                continue
    return total


def memory(pid: int) -> int:
    """The largest resident size so far, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
