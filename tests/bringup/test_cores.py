"""Two processes that wait for each other share a core for a while."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from bringup.cores import on_one_core

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system does not let us say")


@pytest.fixture
def two() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes = [subprocess.Popen(["sleep", "60"]) for _ in range(2)]
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def test_meanwhile_they_share_a_core_and_afterwards_they_do_not(two: list[subprocess.Popen[bytes]]) -> None:
    pids = [process.pid for process in two]
    before = [os.sched_getaffinity(pid) for pid in pids]
    with on_one_core(*pids):
        meanwhile = [os.sched_getaffinity(pid) for pid in pids]
    assert meanwhile[0] == meanwhile[1]
    assert len(meanwhile[0]) == 1
    assert [os.sched_getaffinity(pid) for pid in pids] == before


def test_one_that_has_ended_is_no_trouble(two: list[subprocess.Popen[bytes]]) -> None:
    with on_one_core(*(process.pid for process in two)):
        two[0].kill()
        two[0].wait()


def test_one_alone_goes_where_it_likes(two: list[subprocess.Popen[bytes]]) -> None:
    before = os.sched_getaffinity(two[0].pid)
    with on_one_core(two[0].pid, None):
        assert os.sched_getaffinity(two[0].pid) == before
