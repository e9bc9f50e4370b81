"""The papers for the first meeting, and its time for one's calendar."""

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.documents.pdf import render as render_pdf
from knutpunkten.first_meeting.contract import contract_data
from knutpunkten.first_meeting.models import FirstMeeting
from knutpunkten.first_meeting.rules import may_read_planning, meeting_of
from knutpunkten.notices.calendar_files import event_file


@allowed(Permission.SEE_CASES)
@require_safe
def contract_pdf(request: Request, case_id: UUID) -> HttpResponse:
    """Contract and privacy notice to sign, or as they were signed (S9)."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="contract")
    if not may_read_planning(opened):
        raise deny(request, case_id)
    if opened.case.supervisor_id is None:
        raise Http404
    content = render_pdf("kontrakt", contract_data(opened, timezone.localdate()))
    return download(content, "application/pdf", f"kontrakt-{opened.case.number}.pdf")


@allowed(Permission.SEE_CASES)
@require_safe
def first_meeting_ics(request: Request, case_id: UUID) -> HttpResponse:
    """The first meeting for one's calendar: when and where, never about whom (W1, W5)."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="first_meeting")
    case = opened.case
    if case.first_meeting_at is None or not case.is_open or not opened.reads_text:
        raise Http404
    meeting = meeting_of(case) if may_read_planning(opened) else None
    now = timezone.now()
    content = event_file(
        uid=f"forsta-mote-{case.pk}@knutpunkten",
        starts_at=case.first_meeting_at,
        ends_at=meeting.ends_at if meeting else case.first_meeting_at + timedelta(hours=1),
        summary=f"Möte, {case.programme.name}",
        location=location(opened, meeting),
        organiser_mail=None,
        # The case's version grows with every move: a later file replaces an earlier one.
        sequence=case.version,
        stamped_at=now,
    )
    return download(content, "text/calendar; charset=utf-8", "mote.ics")


def location(opened: OpenCase, meeting: FirstMeeting | None) -> str:
    """Where it is. Of a protected person nothing: others open one's calendar, and the place was typed (W5)."""
    if opened.case.is_protected:
        return ""
    return meeting.place if meeting else opened.case.programme.address


def download(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
