"""What the middleware itself writes in the audit: denials, and that a page was opened which wrote nothing more exact.

``audit`` stands above this package, so the row is plain SQL.
"""

import json
from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from knutpunkten.access.denials import Denial
from knutpunkten.access.request import Request
from knutpunkten.access.who import Who

SAFE = ("GET", "HEAD", "OPTIONS")
INSERT = """
insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, hat_id, role, unit_id, address,
                         case_ref, category, detail)
select gen_random_uuid(), %s, clock_timestamp(), %s, %s, %s, %s, %s, %s, %s::inet, audit_reference('case', %s), '', %s::jsonb
 where app_user() = %s
"""


def page_name(request: Request) -> str:
    """The address's own name, never what stands in it."""
    return (request.resolver_match.url_name or "") if request.resolver_match else ""


def write_denials(request: Request, denials: Iterable[Denial]) -> None:
    """One row per denial: of which page, for want of what, about which case."""
    for denial in denials:
        write("denied", request, denial.case_id, why=denial.why)


def write_shown(request: Request, response: HttpResponse) -> None:
    """That a sent form was answered with a page of the case, as one to mend: it was read. To save is not to read.

    What answers a page that saves itself, or leads on, shows nothing of it.
    """
    if request.unshown and response.content[:15].lower().startswith(b"<!doctype"):
        for write in request.unshown:
            write()


def write_opened(request: Request, response: HttpResponse) -> None:
    """That the page was shown ("opened"), or its form taken ("sent"), unless the page itself wrote what it was.

    So nothing that somebody signed in does is without its row, whatever a page forgets. One statement, or none.
    Nothing is written where another asks by now: in the demo, by stepping in as somebody else.
    """
    who = request.who
    if who.user_id is None or who.written:
        return
    if request.method in SAFE and response.status_code == 200:
        write("opened", request)
    elif request.method not in SAFE and response.status_code < 400:
        write("sent", request, None, **request.settled)


def write(event: str, request: Request, case_id: UUID | None = None, **detail: str) -> None:
    who: Who = request.who
    whose = (who.user_id, who.hat.id if who.hat else None, who.role, who.unit_id, who.address)
    said = json.dumps({"what": page_name(request), **detail})
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [timezone.now(), event, event == "opened", *whose, case_id, said, who.user_id])
