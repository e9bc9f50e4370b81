"""What was registered is changed afterwards, with a reason: what stood before stays to be read (S9, S12, L6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Amendment, Case, Category


@dataclass(frozen=True)
class Amended:
    """One change of what was registered: what was otherwise before, as ``(what, before, now)``, and why."""

    at: datetime
    by: str
    reason: str
    changes: list[tuple[str, str, str]]


def amendments(of: Amendment.Of, **which: Any) -> ArraySubquery:
    """For annotating what may be amended: how it has been, as ``amended`` reads it. *which*: one of several."""
    rows = Amendment.objects.filter(case=OuterRef("case"), of=of, **which).order_by("-amended_at")
    one = JSONObject(at="amended_at", by="amended_by__name", reason="reason", changes="changes")
    return ArraySubquery(rows.values(json=one))


def amended(row: Any, called: Mapping[str, str]) -> list[Amended]:
    """How what is annotated with ``amendments`` has been changed, the latest first; None has not been.

    *called*: what the reader is told of, by the field's name, as it is called where it is read.
    """
    return [as_amended(called, **one) for one in row.amendments] if row else []


def as_amended(called: Mapping[str, str], at: str, by: str, reason: str, changes: list[dict[str, str]]) -> Amended:
    said = [(called[one["name"]], one["before"], one["now"]) for one in changes if one["name"] in called]
    return Amended(datetime.fromisoformat(at), by, reason, said)


def value_in_words(value: Any) -> str:
    """A day, a number or a word as *changes* keep it; a dash for none."""
    return value.isoformat() if isinstance(value, date) else str(value or "–")


def keep_amendment(
    case: Case,
    *,
    of: Amendment.Of,
    category: Category,
    changes: list[dict[str, str]],
    why: str,
    by: Who,
    at: datetime,
    about: UUID | None = None,
) -> None:
    """Keep what stood before and what stands now (*changes*, as of ``Amendment``), who changed it and why.

    *about*: which one, of what a case may have several.
    """
    assert by.unit_id is not None
    assert by.user_id is not None
    Amendment.objects.create(
        case=case,
        author_unit_id=by.unit_id,
        of=of,
        about=about,
        category=category,
        reason=why,
        changes=changes,
        amended_at=at,
        amended_by_id=by.user_id,
    )
