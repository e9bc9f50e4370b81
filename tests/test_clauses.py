"""The table of clauses counts what drives a page, and nothing else."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.clauses import ClauseTable


def run(table: ClauseTable, *, marks: tuple[str, ...], fixtures: tuple[str, ...] = (), pages: int = 0) -> None:
    """As pytest runs a test: *pages* are asked for in it."""
    item: Any = SimpleNamespace(iter_markers=lambda name: [SimpleNamespace(args=marks)], fixturenames=fixtures)
    running = table.pytest_runtest_call(item)
    next(running)
    for _ in range(pages):
        table.count_page()
    with pytest.raises(StopIteration):
        next(running)


def test_a_marked_test_that_asks_for_no_page_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="asks for no page"):
        run(ClauseTable(), marks=("W1",))


def test_nor_does_what_the_test_before_it_asked_for_count() -> None:
    table = ClauseTable()
    run(table, marks=("W1",), pages=1)
    with pytest.raises(pytest.fail.Exception, match="asks for no page"):
        run(table, marks=("W1",))


@pytest.mark.parametrize(
    "how", [{"marks": ("W1",), "pages": 1}, {"marks": ("W1",), "fixtures": ("browser",)}, {"marks": ()}]
)
def test_a_page_a_browser_or_no_mark_is_right(how: dict[str, Any]) -> None:
    run(ClauseTable(), **how)
