"""docs/security.md names tests that exist: a threat whose proof is gone is a threat nothing stands against."""

import ast
import re

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
THREATS = (
    "curious colleague",
    "stolen session",
    "forgotten account",
    "SQL that is slipped in",
    "leaked backup",
    "malicious administrator",
    "careless export",
)


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_each_test_that_the_document_names_exists(path: str, name: str) -> None:
    functions = {
        node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)
    }
    assert name in functions


@pytest.mark.parametrize("threat", THREATS)
def test_each_threat_says_what_stands_against_it_what_does_not_and_what_shows_it(threat: str) -> None:
    part = next(part for part in TEXT.split("\n## ") if threat in part.partition("\n")[0])
    assert "*Against it*" in part
    assert "*Not*" in part
    assert re.search(r"`tests/[\w/]+\.py::\w+`", part)
