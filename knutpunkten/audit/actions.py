"""Writing to the audit: one row, in the same transaction as what it tells of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from knutpunkten.access.who import Who
from knutpunkten.audit.models import Entry


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
    Entry.objects.bulk_create(
        [
            Entry(
                at=at,
                event=event,
                user_id=by.user_id,
                role=by.role,
                unit_id=by.unit_id,
                case_id=case_id,
                person_id=person_id,
                category=category,
                object_id=object_id,
                detail=detail,
                address=by.address,
            )
        ]
    )
