"""Writing to the audit: one row, in the same transaction as what it tells of."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from knutpunkten.access.who import Who
from knutpunkten.audit.models import READINGS

# That a unit has written or enclosed something not disclosed is its own affair: a category that no ground opens.
UNSHARED = "enhetens"

# Every page writes one, so it is written plainly: building the same insert from the model costs as much as a query.
INSERT = """
insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, hat_id, role, unit_id,
                         case_ref, person_ref, category, object_id, detail, address)
select gen_random_uuid(), %s, clock_timestamp(), %s, %s, %s, %s, %s, %s,
       audit_reference('case', about.case_id), audit_reference('person', about.person_id), %s, %s, %s::jsonb, %s::inet
"""
ONE = INSERT + "from (values (%s::uuid, %s::uuid)) as about (case_id, person_id)"
MANY = INSERT + "from unnest(%s::uuid[], %s::uuid[]) as about (case_id, person_id)"


def record(
    event: str,
    *,
    by: Who,
    at: datetime,
    case_id: UUID | None = None,
    person_id: UUID | None = None,
    category: str = "",
    object_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Write that *by* did *event* at *at*. One statement, no read back.

    *detail* holds words from fixed lists, dates and counts, never what somebody wrote (W4).
    """
    write(ONE, event, by, at, category, object_id, detail, (case_id, person_id))


def record_each(
    event: str,
    about: Iterable[tuple[UUID | None, UUID | None]],
    *,
    by: Who,
    at: datetime,
    category: str = "",
    object_id: UUID | None = None,
    **detail: Any,
) -> None:
    """The same for each (case, person) of *about*, so that each person finds it in theirs. One statement."""
    pairs = list(about)
    if pairs:
        subjects = ([case for case, _ in pairs], [person for _, person in pairs])
        write(MANY, event, by, at, category, object_id, detail, subjects)


def write(
    statement: str,
    event: str,
    by: Who,
    at: datetime,
    category: str,
    object_id: UUID | None,
    detail: dict[str, Any],
    about: tuple[Any, Any],
) -> None:
    whose = (by.user_id, by.hat.id if by.hat else None, by.role, by.unit_id)
    row = (at, event, event in READINGS, *whose, category, object_id, json.dumps(detail), by.address, *about)
    with connection.cursor() as cursor:
        cursor.execute(statement, row)
    by.written.append(event)
