"""The referral's pages: the task list, a part, checking before handing over, reading, printing."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase, case_for, note_read
from knutpunkten.cases.actions import Stale
from knutpunkten.consents.rules import draft_of, grounds_of, readings
from knutpunkten.documents.forms import FileForm
from knutpunkten.documents.pdf import render as pdf
from knutpunkten.documents.rules import files_read
from knutpunkten.referrals.actions import NotADraft, save_part
from knutpunkten.referrals.answers import form_of, read_parts
from knutpunkten.referrals.contact_rows import ContactsForm
from knutpunkten.referrals.left_out import left_out, read_by_nobody, team_lacks
from knutpunkten.referrals.paper import referral_paper
from knutpunkten.referrals.part_form import PartForm
from knutpunkten.referrals.rules import (
    Part,
    about,
    coordinators,
    hidden_categories,
    is_draft,
    is_draft_anew,
    next_meetings,
    next_part,
    nothing_enclosed,
    numbered,
    part_of,
    receiver_of,
    referred_by,
    representatives,
    sections_of,
    sections_read,
    sent_back,
    unfinished,
)
from knutpunkten.referrals.task_list import consent_state, task_list

LONGEST_KEPT = 20_000  # characters of one answer: more than any form takes, so that nothing typed is cut off


@allowed(Permission.WRITE_REFERRAL)
@require_safe
def referral(request: Request, case_id: UUID) -> HttpResponse:
    """The task list (drawing 4a)."""
    opened = case_for(request, case_id, Permission.WRITE_REFERRAL, read=None)
    case = opened.case
    if not is_draft(case):
        return HttpResponseRedirect(reverse("read_referral", args=[case_id]))
    note_read(request, opened, "referral", timezone.now())
    today = timezone.localdate()
    sections = sections_of(case)
    consent = consent_state(case, draft_of(case), grounds_of(opened.parties, today))
    people = representatives(case, today)
    files = files_read(opened)
    context = {
        **task_list(case, sections, consent, len(files), receiver_of(case, people, today).name),
        "opened": opened,
        "today": today,
        "saved_at": max((s.saved_at for s in sections.values()), default=None),
        "sent_back": sent_back(case, sections),
        "returned": sections.get("returned"),
        # Not before the consent that waits lets it be handed in.
        "meetings": next_meetings(case.programme, consent.opens_on or today),
        "representatives": people,
        "coordinators": coordinators(case.programme, today),
        "name": about("{name}", case),
    }
    return render(request, "referrals/referral.html", context)


@allowed(Permission.WRITE_REFERRAL)
def referral_part(request: Request, case_id: UUID, key: str) -> HttpResponse:
    """One part of the draft (drawing 4b): saved as one writes, also when something is left to mend."""
    opened = case_for(request, case_id, Permission.WRITE_REFERRAL, read="referral")
    if key == "files":
        return files_part(request, opened)
    part = part_of(opened.case, key)
    if part is None:
        raise Http404
    if not is_draft(opened.case):
        return no_draft(request, opened, part)
    if request.method == "POST":
        return save(request, opened, part, timezone.now())
    sections = sections_of(opened.case)
    form = form_of(part, opened.case, timezone.localdate(), sections, more=1 if "fler" in request.GET else 0)
    first = sections.get(part.pieces[0].key)
    return show(request, opened, part, form, first.version if first else 0, first.saved_at if first else None)


def save(request: Request, opened: OpenCase, part: Part, now: datetime) -> HttpResponse:
    """Save what was typed; then on to the next part, or say what is left to mend."""
    case, today = opened.case, timezone.localdate(now)
    form = form_of(part, case, today, {}, data=request.POST)
    typed = form.typed_without(row_to_remove(request)) if isinstance(form, ContactsForm) else form.typed()
    is_done = form.is_valid()
    if longest(typed) > LONGEST_KEPT:
        return unsaved(request, opened, part, form, "Texten är för lång för att sparas. Korta den.")
    try:
        sections = save_part(case, part, typed, is_done=is_done, by=request.who, at=now, seen=seen(request))
    except Stale as stale:
        return somebody_wrote(request, opened, part, typed, stale, today)
    except NotADraft:
        return no_draft(request, opened, part)
    version = sections[0].version
    if request.htmx:
        response = HttpResponse(render_to_string("referrals/saved.html", {"at": now}))
        response["X-Seen"] = str(version)
        return response
    here = reverse("referral_part", args=[case.pk, part.key])
    if "add" in request.POST:
        return HttpResponseRedirect(f"{here}?fler=1#rad-{len(typed['rows'])}")
    if "remove" in request.POST:
        return HttpResponseRedirect(f"{here}#rader")
    if "back" in request.POST or is_done:
        return HttpResponseRedirect(after(case, part if is_done and "back" not in request.POST else None))
    return show(request, opened, part, form, version, now)


def after(case: Any, part: Part | None) -> str:
    """The page after a finished part; the task list after the last, or when one goes back."""
    following = next_part(case, part) if part else None
    if following is None:
        return reverse("referral", args=[case.pk])
    return reverse("referral_part", args=[case.pk, following.key])


def seen(request: Request) -> int | None:
    given = request.POST.get("seen", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None


def row_to_remove(request: Request) -> int:
    given = request.POST.get("remove", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else -1


def longest(typed: dict[str, Any]) -> int:
    """The length of the longest text in what was typed."""
    texts = [v for v in typed.values() if isinstance(v, str)]
    texts += [
        v
        for rows in typed.values()
        if isinstance(rows, list)
        for row in rows
        if isinstance(row, dict)
        for v in row.values()
    ]
    return max(map(len, texts), default=0)


def show(
    request: Request,
    opened: OpenCase,
    part: Part,
    form: PartForm,
    version: int,
    saved_at: datetime | None,
    **more: Any,
) -> HttpResponse:
    case = opened.case
    parts = numbered(case)
    context = {
        "opened": opened,
        "today": timezone.localdate(),
        "part": part,
        "title": about(part.title, case),
        "name": about("{name}", case),
        "form": form,
        "seen": version,
        "saved_at": saved_at,
        "number": parts.index(part) + 1 if part in parts else None,
        "total": len(parts) + 3,
        **more,
    }
    template = "referrals/contacts.html" if isinstance(form, ContactsForm) else "referrals/part.html"
    return render(request, template, context)


def unsaved(request: Request, opened: OpenCase, part: Part, form: PartForm, sentence: str) -> HttpResponse:
    """Nothing was kept, and the page says so; what was typed stays in it."""
    if request.htmx:
        return HttpResponse(render_to_string("referrals/not_saved.html", {"sentence": sentence}), status=422)
    return show(request, opened, part, form, seen(request) or 0, None)


def somebody_wrote(
    request: Request, opened: OpenCase, part: Part, typed: dict[str, Any], stale: Stale, today: date
) -> HttpResponse:
    """A colleague saved meanwhile: both texts are shown, and the writer decides before anything is asked to be mended."""
    is_own = stale.now.saved_by_id == request.who.user_id
    told = "Du har skrivit här i ett annat fönster" if is_own else f"{stale.now.saved_by.name} har också skrivit här"
    sentence = f"{told}. Välj Spara och fortsätt för att se båda."
    if request.htmx:
        return HttpResponse(render_to_string("referrals/not_saved.html", {"sentence": sentence}), status=422)
    sections = sections_of(opened.case)
    theirs = read_parts(opened.case, today, sections, [])
    mine = next(read for read in theirs if read.part == part)
    first = sections[part.pieces[0].key]
    form = form_of(part, opened.case, today, {}, **typed)
    return show(request, opened, part, form, first.version, None, theirs=mine, their_section=first)


def no_draft(request: Request, opened: OpenCase, part: Part) -> HttpResponse:
    """Handed over meanwhile: what it says now, and why one cannot write here; with what was sent, which is not saved (409)."""
    if request.htmx:
        sentence = "Remissen är redan inlämnad, så det här sparades inte."
        return HttpResponse(render_to_string("referrals/not_saved.html", {"sentence": sentence}), status=422)
    if request.method == "POST":
        fields = form_of(part, opened.case, timezone.localdate(), {}).fields
        return whole_referral(request, opened, was_handed_over=True, fields=fields, status=409)
    return HttpResponseRedirect(f"{reverse('read_referral', args=[opened.case.pk])}?inlamnad=1")


def files_part(request: Request, opened: OpenCase) -> HttpResponse:
    """The investigations enclosed, and a form to enclose one more (S5)."""
    here = reverse("referral_part", args=[opened.case.pk, "files"])
    context = {
        "opened": opened,
        "today": timezone.localdate(),
        "files": files_read(opened),
        "form": FileForm(),
        "next": here,
        "number": len(numbered(opened.case)) + 2,
        "total": len(numbered(opened.case)) + 3,
        "may_write": is_draft(opened.case),
    }
    return render(request, "referrals/files.html", context)


@allowed(Permission.WRITE_REFERRAL)
@require_safe
def check_referral(request: Request, case_id: UUID) -> HttpResponse:
    """Check the answers, then hand over (S5, K3, L9)."""
    opened = case_for(request, case_id, Permission.WRITE_REFERRAL, read=None)
    case = opened.case
    if not is_draft(case):
        return HttpResponseRedirect(reverse("read_referral", args=[case_id]))
    note_read(request, opened, "referral", timezone.now())
    today = timezone.localdate()
    sections = sections_of(case)
    grounds = grounds_of(opened.parties, today)
    consent = consent_state(case, draft_of(case), grounds)
    receiver = receiver_of(case, representatives(case, today), today)
    lasting = [g for rows in grounds.values() for g in rows if g.lasts]
    living = [g for g in lasting if g.is_living]
    read, files = read_parts(case, today, sections, []), files_read(opened)
    written = [piece.category for part in read for piece in part.pieces if not piece.is_empty]
    context = {
        "opened": opened,
        "today": today,
        "read": read,
        "left_out": left_out(sections, [ground.unit.agency.name for ground in living]) if living else [],
        "team_lacks": team_lacks(case, living),
        "read_by_nobody": read_by_nobody(case, [*written, *(file.category for file in files)], lasting),
        "lacking": [
            (about(part.title, case), reverse("referral_part", args=[case_id, part.key]))
            for part in unfinished(case, {key for key, section in sections.items() if section.is_done})
        ],
        "consent": consent,
        "may_read": readings(lasting),
        "files": files,
        "step": step_of(case),
        "again": " igen" if is_draft_anew(case) else "",
        "receiver": receiver.name,
        "stand_in": receiver.stand_in,
        "name": about("{name}", case),
        "number": len(numbered(case)) + 3,
    }
    return render(request, "referrals/check.html", context)


def step_of(case: Any) -> str:
    """The step that hands this referral over: the routine's three ways (S5, K3, L10)."""
    if case.is_consultation:
        return "hand_over_consultation"
    return "hand_over" if case.programme.announces else "hand_over_directly"


@allowed(Permission.WRITE_REFERRAL)
@require_safe
def referral_receipt(request: Request, case_id: UUID) -> HttpResponse:
    """It is handed over: to whom, and what happens now."""
    opened = case_for(request, case_id, Permission.WRITE_REFERRAL, read=None)
    if is_draft(opened.case):
        return HttpResponseRedirect(reverse("referral", args=[case_id]))
    note_read(request, opened, "referral", timezone.now())
    today = timezone.localdate()
    receiver = receiver_of(opened.case, representatives(opened.case, today), today)
    context = {
        "opened": opened,
        "today": today,
        "receiver": receiver.name,
        "stand_in": receiver.stand_in,
        "meetings": next_meetings(opened.case.programme, today),
    }
    return render(request, "referrals/receipt.html", context)


@allowed(Permission.SEE_CASES)
@require_safe
def read_referral(request: Request, case_id: UUID) -> HttpResponse:
    """The whole referral as its reader may see it; headings stand also where nothing is shared (W1)."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read=None)
    return whole_referral(request, opened, was_handed_over="inlamnad" in request.GET)


def whole_referral(request: Request, opened: OpenCase, *, status: int = 200, **more: Any) -> HttpResponse:
    now = timezone.now()
    today, sections, files = timezone.localdate(now), sections_read(opened), files_read(opened)
    # Who is no party any more sees their own files, and of the rest not even who wrote it (W1).
    note_read(request, opened, "referral", now, shows=bool(files) or (opened.follows and bool(sections)))
    context = {
        "opened": opened,
        "today": today,
        "referred_by": referred_by(opened.case, sections),
        "read": read_parts(opened.case, today, sections, hidden_categories(opened)) if opened.follows else [],
        "files": files,
        "nothing_enclosed": nothing_enclosed(opened),
        "is_draft": is_draft(opened.case),
    }
    return render(request, "referrals/read.html", context | more, status=status)


@allowed(Permission.READ_PAPERS)
@require_safe
def referral_pdf(request: Request, case_id: UUID) -> HttpResponse:
    """The referral on paper, with what the reader may see."""
    opened = case_for(request, case_id, Permission.READ_PAPERS, read=None)
    if not opened.follows:
        raise deny(request, case_id, closed_meanwhile=True)
    if opened.is_own and opened.case.handed_over_at is None:
        raise deny(request, case_id)
    if opened.opens_later:
        return HttpResponseRedirect(reverse("read_referral", args=[case_id]))
    now = timezone.now()
    today, sections, files = timezone.localdate(now), sections_read(opened), files_read(opened)
    note_read(request, opened, "referral_pdf", now, shows=bool(sections or files))
    read = read_parts(opened.case, today, sections, hidden_categories(opened))
    name, data = referral_paper(opened, read, files, today)
    response = HttpResponse(pdf(name, data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}-{opened.case.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
