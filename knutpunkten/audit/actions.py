"""Writing to the audit: one row, in the same transaction as what it tells of."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from knutpunkten.access.who import Who

# Every page writes one, so it is written plainly: building the same insert from the model costs as much as a query.
INSERT = """
insert into audit_entry (id, at, recorded_at, event, user_id, role, unit_id,
                         case_id, person_id, category, object_id, detail, address)
values (gen_random_uuid(), %s, clock_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::inet)
"""


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
    """Write that *by* did *event* (a word of ``audit.events``) at *at*. One statement, no read back.

    *detail* holds words from fixed lists, dates and counts, never what somebody wrote (W4).
    """
    whose = (by.user_id, by.role, by.unit_id)
    row = (at, event, *whose, case_id, person_id, category, object_id, json.dumps(detail), by.address)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)
