"""Denied: the same 404 for what is not there and what is not for you, and a row in the audit."""

from uuid import UUID

from django.db import connection
from django.http import Http404
from django.utils import timezone

from knutpunkten.access.request import Request
from knutpunkten.access.who import Who

DENIED = """
insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, hat_id, role, unit_id, address,
                         case_ref, category, detail)
values (gen_random_uuid(), %s, clock_timestamp(), 'denied', false, %s, %s, %s, %s, %s::inet,
        audit_reference('case', %s), '', '{}')
"""


class NoGround(Http404):
    """There is no ground for what was asked. On screen: "Sidan finns inte, eller är inte för dig"."""


def deny(request: Request, case_id: UUID | None) -> NoGround:
    """Remember the denial for the audit; the caller raises what this returns."""
    request.denials.append(case_id)
    return NoGround()


def write_denials(who: Who, case_ids: list[UUID | None]) -> None:
    """Write one audit row per denial. ``audit`` stands above this package, so the row is plain SQL."""
    whose = (who.user_id, who.hat.id if who.hat else None, who.role, who.unit_id, who.address)
    with connection.cursor() as cursor:
        for case_id in case_ids:
            cursor.execute(DENIED, [timezone.now(), *whose, case_id])
