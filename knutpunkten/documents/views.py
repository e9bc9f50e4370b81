"""Enclosed files: fetched, enclosed and taken away, each with its own check of the ground."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.audit.actions import record
from knutpunkten.cases.access import case_for
from knutpunkten.documents.actions import NotThere, remove_file, store_file
from knutpunkten.documents.forms import FileForm
from knutpunkten.documents.rules import purpose_now, readable


@require_GET
@allowed(Permission.READ_PAPERS)
def file(request: Request, case_id: UUID, file_id: UUID) -> HttpResponse:
    """One file, always saved and never shown by the browser: its content is somebody else's."""
    opened = case_for(request, case_id, Permission.READ_PAPERS, read=None)
    found = readable(opened.case.pk, opened.who.holder, opened.reads, is_own=opened.is_own).filter(pk=file_id).first()
    if found is None:
        raise deny(request, case_id)
    record(
        "read_file",
        by=request.who,
        at=timezone.now(),
        case_id=case_id,
        person_id=opened.case.person_id,
        category=found.category,
        object_id=found.pk,
    )
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@allowed(Permission.WRITE_REFERRAL, Permission.SHARE_KNOWLEDGE)
def upload_file(request: Request, case_id: UUID) -> HttpResponse:
    """Enclose a file of one's own unit. Stored is not shared: disclosing is a step of the routine."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="files")
    if not opened.follows:
        raise deny(request, case_id, closed_meanwhile=True)
    about = {"category": request.GET.get("category", "")}
    form = FileForm(request.POST or None, request.FILES or None, initial=about)
    onward = safe_next(request, case_id)
    if request.method == "POST" and form.is_valid():
        stored = store_file(
            opened.case,
            form.cleaned_data["file"],
            purpose=purpose_now(opened.case, request.who),
            category=form.cleaned_data["category"],
            by=request.who,
            at=timezone.now(),
        )
        messages.success(request, "Filen är bifogad. Bara din enhet ser den tills ni lämnar ut den.")
        return HttpResponseRedirect(at_heading(onward, stored.category))
    context = {"opened": opened, "today": timezone.localdate(), "form": form, "next": onward}
    return render(request, "documents/upload.html", context)


@require_POST
@allowed(Permission.WRITE_REFERRAL, Permission.SHARE_KNOWLEDGE)
def remove(request: Request, case_id: UUID, file_id: UUID) -> HttpResponse:
    """Take away a file that nobody else has been given."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="files")
    try:
        remove_file(opened.case, file_id, by=request.who, at=timezone.now())
    except NotThere:
        raise deny(request, case_id) from None
    return HttpResponseRedirect(safe_next(request, case_id))


def at_heading(onward: str, category: str) -> str:
    """*onward*, which may lead to the heading of a category: to that of the file, if another was chosen for it."""
    page, _, heading = onward.partition("#")
    return f"{page}#k-{category}" if heading.startswith("k-") else onward


def safe_next(request: Request, case_id: UUID) -> str:
    """Where to go afterwards: an address here, otherwise the case."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("case", args=[case_id])
