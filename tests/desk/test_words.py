"""Whatever happens in a case is told in words: no event stands on a timeline or among the news by its code."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

import knutpunkten
from knutpunkten.audit.models import Entry
from knutpunkten.desk.words import event_words
from knutpunkten.notices.words import WORDS
from knutpunkten.routine.event_words import EVENTS
from knutpunkten.routine.table import STEPS

PACKAGE = Path(knutpunkten.__file__).parent
# Written about many cases at once, or left out of every timeline: nobody reads them as what happened in a case.
NOT_IN_A_STORY = {"denied"}


@cache
def nodes() -> list[ast.AST]:
    """All of the product's code."""
    return [node for path in sorted(PACKAGE.rglob("*.py")) for node in ast.walk(ast.parse(path.read_text()))]


def calls(name: str) -> Iterator[ast.Call]:
    """Every call of *name* in the product's code."""
    return (node for node in nodes() if is_call(node, name))


def is_call(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name


def words_in(node: ast.AST) -> set[str]:
    """The texts that the expression may become: itself, or either side of an ``if``."""
    return {child.value for child in ast.walk(node) if isinstance(child, ast.Constant) and isinstance(child.value, str)}


@cache
def audited_in_a_case() -> set[str]:
    """The events written with a case's id, also where a name was given to the event first."""
    found = set()
    for function in nodes():
        if isinstance(function, ast.FunctionDef):
            inside = list(ast.walk(function))
            named = {a.targets[0].id: a.value for a in inside if is_naming(a)}  # type: ignore[attr-defined]
            for call in inside:
                each = is_call(call, "record_each") or is_call(call, "record_file")
                if each or (is_call(call, "record") and any(k.arg == "case_id" for k in call.keywords)):
                    event = call.args[0]
                    found |= words_in(named.get(getattr(event, "id", ""), event))
    return found


def is_naming(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)


def test_every_event_of_a_case_is_told_in_words() -> None:
    found = audited_in_a_case()
    assert {"withdrawn", "mapping_disclosed", "read_file"} <= found  # the search finds what it looks for
    assert sorted((found | set(STEPS)) - NOT_IN_A_STORY - set(EVENTS)) == []


def test_every_notice_says_what_happened() -> None:
    told = set()
    for call in calls("tell"):
        told |= {word for keyword in call.keywords if keyword.arg == "event" for word in words_in(keyword.value)}
    assert {"withdrawn", "remind"} <= told
    assert sorted((told | {step.id for step in STEPS.values() if step.tells}) - set(WORDS)) == []


def test_no_words_are_left_for_what_cannot_happen() -> None:
    attended = {"enrolled", "unenrolled", "attendance", "attendance_undone"}  # written many rows at a time
    assert sorted(set(EVENTS) - audited_in_a_case() - set(STEPS) - attended) == []


def test_a_sub_goal_that_was_marked_is_told_with_how_far_it_has_come() -> None:
    entry = Entry(event="sub_goal_marked", detail={"state": "under_way"})
    assert event_words(entry) == "markerade ett delmål: pågår"
    assert event_words(entry, None, "Boka tid") == "markerade delmålet ”Boka tid”: pågår"
    assert event_words(Entry(event="sub_goal_marked")) == "markerade ett delmål"
