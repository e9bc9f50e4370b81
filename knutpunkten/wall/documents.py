"""The documents that are written from the code, so that they cannot tell another story than it does."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from knutpunkten.access.roles import ROLES, Permission
from knutpunkten.organisations.models import CaseKind
from knutpunkten.routine.diagram import diagram, steps
from knutpunkten.routine.table import TABLE
from knutpunkten.wall.history import KEPT, NOT_KEPT, when
from knutpunkten.wall.tables import APP_AND_WORKER, APP_ONLY, OPEN, PROTECTED, WORKER_ONLY

NOTE = "<!-- Written by `./dev docs` from the code. Change the code, not this file. -->"


def documents(root: Path) -> dict[Path, str]:
    """Each generated document's path and text; *root* is the checkout."""
    return {
        root / "docs" / "routine.md": "\n".join(routine(root / "tests")) + "\n",
        root / "docs" / "access.md": "\n".join(access()) + "\n",
    }


def routine(tests: Path) -> Iterator[str]:
    yield "# The routine"
    yield ""
    yield NOTE
    yield ""
    yield "Every step a case can take stands as one row in `knutpunkten/routine/table.py`. CW caseworker, REP"
    yield "representative of the referring unit, PR representative of another party, CO coordinator, SUP supervisor."
    for kind in CaseKind:
        yield ""
        yield f"## {kind.label}"
        yield ""
        yield from diagram(kind)
    yield ""
    yield "## Steps"
    yield ""
    yield from steps()
    yield ""
    yield "## Clauses"
    yield ""
    yield "| clause | steps | tests that prove it |"
    yield "|---|---|---|"
    proofs = proofs_in(tests)
    steps_of: dict[str, list[str]] = defaultdict(list)
    for step in TABLE:
        for clause in step.clauses:
            steps_of[clause].append(f"`{step.id}`")
    for clause in sorted({*proofs, *steps_of}, key=lambda c: ("SKLW".index(c[0]), int(c[1:]))):
        yield f"| {clause} | {', '.join(steps_of[clause]) or '–'} | {'; '.join(proofs[clause]) or '**open**'} |"


def proofs_in(tests: Path) -> dict[str, list[str]]:
    """Clause → names of the tests marked with it, read from the tests' source."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                for clause in marked(node):
                    found[clause].append(f"{path.relative_to(tests).as_posix()}: {node.name}")
    return found


def marked(node: ast.FunctionDef) -> list[str]:
    return [
        argument.value
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr == "clause"
        for argument in decorator.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def access() -> Iterator[str]:
    yield "# Who may do what"
    yield ""
    yield NOTE
    yield ""
    yield "A permission opens a kind of page (`knutpunkten/access/roles.py`). Whether a certain case opens is decided by"
    yield "its grounds, and which steps a role may take by the routine's table."
    yield ""
    yield f"| permission | {' | '.join(ROLES)} |"
    yield f"|---|{'---|' * len(ROLES)}"
    for permission in Permission:
        ticks = " | ".join("✓" if permission in row.permissions else "" for row in ROLES.values())
        yield f"| {permission.value} | {ticks} |"
    yield ""
    yield "# What the database itself enforces"
    yield ""
    yield "`living_ground` is the view of the grounds that the one who asks holds now (`knutpunkten/wall/functions.sql`)."
    yield ""
    yield "| table | read when | insert when | update when | delete when | worker |"
    yield "|---|---|---|---|---|---|"
    for rule in PROTECTED:
        cells = (rule.select, rule.insert, rule.update, rule.delete)
        shown = " | ".join(f"`{cell}`".replace("|", "\\|") if cell else "never" for cell in cells)
        yield f"| {rule.table} | {shown} | {rule.worker or '–'} |"
    yield ""
    yield "## What a row said before it was changed or removed"
    yield ""
    yield "Kept by the database itself in `cases_change` (`knutpunkten/wall/history.py`)."
    yield ""
    yield "| table | kept |"
    yield "|---|---|"
    yield from (f"| {table} | {when(table)} |" for table in KEPT)
    yield from (f"| {table} | not: {reason} |" for table, reason in NOT_KEPT.items())
    yield ""
    yield "## Tables without a policy, and why"
    yield ""
    yield "| table | reason | app | worker |"
    yield "|---|---|---|---|"
    for table, (reason, app, worker) in OPEN.items():
        yield f"| {table} | {reason} | {app or '–'} | {worker or '–'} |"
    yield ""
    yield "## Functions that go past the policies, each with its own check, and who may call them"
    yield ""
    yield "| function | app | worker |"
    yield "|---|---|---|"
    for names, app, worker in ((APP_ONLY, "✓", ""), (APP_AND_WORKER, "✓", "✓"), (WORKER_ONLY, "", "✓")):
        yield from (f"| `{name}` | {app} | {worker} |" for name in names)
