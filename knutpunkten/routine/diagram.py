"""The routine's table as a document: a diagram per kind of case, and every step with its needs."""

from collections.abc import Iterator

from knutpunkten.cases.models import CLOSED_STATES, State
from knutpunkten.organisations.models import CaseKind
from knutpunkten.routine.step import Actor, Step
from knutpunkten.routine.table import TABLE

WHO = {
    Actor.CW: "CW",
    Actor.REP: "REP",
    Actor.PR: "PR",
    Actor.CO: "CO",
    Actor.STAND_IN: "CO for a REP without an account",
    Actor.SUP: "SUP",
    Actor.SYSTEM: "system",
}


def diagram(kind: CaseKind) -> Iterator[str]:
    """A Mermaid state diagram of the steps that move a case of *kind*. Cancelling is left out: it is open everywhere."""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> draft"
    for step in TABLE:
        if kind not in step.kind or step.end in (None, State.CANCELLED):
            continue
        for start in step.start:
            yield f"    {start} --> {step.end}: {step.id}"
    for state in CLOSED_STATES:
        yield f"    {state} --> [*]"
    yield "```"


def steps() -> Iterator[str]:
    """The table itself, as rows of a document."""
    yield "| step | on the button | clauses | kind | from → to | who | needs |"
    yield "|---|---|---|---|---|---|---|"
    for step in TABLE:
        yield f"| {' | '.join(columns(step))} |"


def columns(step: Step) -> tuple[str, ...]:
    kinds = "both" if len(step.kind) == 2 else CaseKind(step.kind[0]).value
    start = "any open" if len(step.start) > 6 else ", ".join(step.start)
    needs = ", ".join(need.id for need in step.needs) or "–"
    end = step.end or "(stays)"
    return (
        f"`{step.id}`",
        step.label,
        ", ".join(step.clauses),
        kinds,
        f"{start} → {end}",
        ", ".join(WHO[actor] for actor in step.actors),
        needs,
    )
