"""The consent's page: whom it names, the paper to sign, that it was signed; and the paper itself."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase, case_for, note_read
from knutpunkten.cases.forms import StepForm
from knutpunkten.cases.models import Case, Category, State
from knutpunkten.cases.rules import can_be_withdrawn
from knutpunkten.consents.actions import ChangedMeanwhile, write_consent
from knutpunkten.consents.forms import ConsentForm, SignForm, initial_consent, said_of
from knutpunkten.consents.mark import fingerprint, mark
from knutpunkten.consents.models import Consent
from knutpunkten.consents.paper import consent_paper, parties
from knutpunkten.consents.purpose import purpose_shown
from knutpunkten.consents.rules import (
    Ground,
    TakenBack,
    begins_on,
    consents_of,
    days_signed,
    draft_of,
    grounds_of,
    kept_beside,
    last_change,
    may_read,
    named_in,
    not_named,
    taken_back,
    taken_back_since,
    units_named,
    units_to_choose,
)
from knutpunkten.documents.pdf import render as pdf
from knutpunkten.organisations.rules import coordinators_of_all
from knutpunkten.ui.forms import overtaken


@allowed(Permission.SEE_CASES)
def consent(request: Request, case_id: UUID) -> HttpResponse:
    """Who may share what, until when; for the caseworker also to write a new one and have it signed (S4, K2, W1)."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read=None)
    now = timezone.now()
    is_empty = may_write(opened) and not days_signed(opened.case)
    note_read(request, opened, "consent_form" if is_empty else "consent", now, shows=may_read(opened))
    if not may_write(opened):
        return show(request, opened, None, None, timezone.localdate(now))
    if request.method == "POST":
        return save(request, opened, now)
    return consent_page(request, opened)


def consent_page(request: Request, opened: OpenCase, sign_form: StepForm | None = None) -> HttpResponse:
    """The page for whoever writes the consent: as it was saved, and with *sign_form* as it was sent, if it was refused."""
    today = timezone.localdate()
    consents = consents_of(opened.case)
    draft = draft_among(consents)
    before = draft or next(iter(consents), None)
    fallen: set[UUID] = set()
    if draft:
        fell = fell_since(opened, draft)
        fallen = {one.unit_id for one in named_in(draft) if fell and fell.holds(one)}
    elif before:
        fallen = taken_back(before, opened.parties)
    initial = initial_consent(opened.case, before, fallen, today)
    form = ConsentForm(case=opened.case, units=units_to_choose(opened.case), today=today, initial=initial)
    return show(request, opened, form, draft, today, consents, sign_form)


def draft_among(consents: list[Consent]) -> Consent | None:
    return next((one for one in consents if one.signed_on is None), None)


def fell_since(opened: OpenCase, draft: Consent) -> TakenBack | None:
    """What was taken back of the parts that *draft* names since it was saved: then it cannot be signed as it stands."""
    return taken_back_since(draft.saved_at, opened.case, named_in(draft), opened.parties)


def may_write(opened: OpenCase) -> bool:
    """Only the referring unit's caseworker writes the consent, in an open case."""
    return (
        opened.who.may(Permission.WRITE_REFERRAL)
        and opened.case.referring_unit_id == opened.who.unit_id
        and opened.case.is_open
    )


def save(request: Request, opened: OpenCase, now: datetime) -> HttpResponse:
    today = timezone.localdate(now)
    form = ConsentForm(request.POST, case=opened.case, units=units_to_choose(opened.case), today=today)
    draft = draft_among(consents_of(opened.case))
    is_valid = form.is_valid()
    if not request.htmx and form.refuse_nobody():  # also beside other errors: all is said at once
        is_valid = False
    if not is_valid:
        if request.htmx:
            return not_saved(str(next(iter(form.errors.values()))[0]))
        return show(request, opened, form, draft, today)
    data, seen = form.cleaned_data, parse_seen(request.POST.get("seen", ""))
    try:
        saved = write_consent(
            opened.case,
            parties=form.named(),
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            purpose=data["purpose"],
            guardian=data["guardian"],
            by=request.who,
            at=now,
            seen=seen,
        )
    except ChangedMeanwhile as changed:
        if request.htmx:
            return not_saved(why_unsaved(changed, opened.case))
        if changed.fell:
            form.untick(changed.fell)
        if changed.now:
            form.add_error(None, overtaken(said_by_colleague(changed.now)))
        return show(request, opened, form, draft_of(opened.case), today)
    if request.htmx:
        response = HttpResponse(render_to_string("consents/saved.html", {"at": now}))
        # What was taken back before the page was opened stays seen, also where nothing new was saved.
        response["X-Seen"] = max(saved.saved_at, seen or saved.saved_at).isoformat()
        return response
    return HttpResponseRedirect(f"{reverse('consent', args=[opened.case.pk])}#papperet")


def why_unsaved(changed: ChangedMeanwhile, case: Case) -> str:
    """For the line of what is saved, on a page that stands as it was."""
    if changed.fell:
        return f"{said_of(changed.fell, case)} Välj Spara samtycket för att gå igenom parterna igen."
    assert changed.now is not None
    return said_by_colleague(changed.now)


def said_by_colleague(now: Consent) -> str:
    return f"{now.saved_by.name} har också ändrat samtycket. Spara igen om ditt ska gälla."


def not_saved(sentence: str) -> HttpResponse:
    return HttpResponse(render_to_string("consents/not_saved.html", {"sentence": sentence}), status=422)


def parse_seen(given: str) -> datetime | None:
    """The last change that the writer saw; None for nonsense."""
    try:
        moment = parse_datetime(given)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def show(
    request: Request,
    opened: OpenCase,
    form: ConsentForm | None,
    draft: Consent | None,
    today: date,
    consents: list[Consent] | None = None,
    sign_form: StepForm | None = None,
) -> HttpResponse:
    case = opened.case
    reads = may_read(opened)
    consents = consents_of(case) if consents is None and reads else consents or []
    grounds = grounds_of(opened.parties, today) if reads else {}
    signed = [(c, purpose_shown(c, case), begins_on(c), grounds.get(c.pk, [])) for c in consents if c.signed_on]
    all_grounds = [g for rows in grounds.values() for g in rows]
    is_living = any(g.is_living for g in all_grounds)
    here = reverse("consent", args=[case.pk])
    context = {
        "opened": opened,
        "today": today,
        "reads": reads,
        "form": form,
        "draft": draft,
        "seen": last_change(case, draft, opened.parties).isoformat(),
        "fell": fell_since(opened, draft) if draft and form else None,
        "signed": signed,
        "is_living": is_living,
        "is_drafting": form is not None and (bool(draft) or not is_living or "nytt" in request.GET or form.is_bound),
        "sign_form": sign_form or (SignForm(case=case, who=request.who) if draft and form else None),
        "registered": as_registered(case, draft, today) if draft and form else None,
        "lacks_team": draft and not has_team(case, draft, all_grounds),
        "not_named": not_named(draft, all_grounds) if draft and form else [],
        "kept": kept_beside(draft, all_grounds) if draft and form else [],
        "chosen_before": chosen_before(opened, consents) if form and not draft else [],
        "after_signing": reverse("referral", args=[case.pk]) if case.state == State.DRAFT else here,
        "name": case.name_in_text,
        "may_withdraw": any(can_be_withdrawn(p, today) for p in opened.parties)
        and request.who.may(Permission.WITHDRAW_CONSENT),
    }
    return render(request, "consents/consent.html", context)


def as_registered(case: Case, draft: Consent, today: date) -> dict[str, Any]:
    """What a signature would register, as it stands on the paper: to hold the paper beside."""
    rows = parties(case, draft, units_named(draft), {})
    days = draft.valid_from.isoformat(), draft.valid_until.isoformat()
    return {
        "mark": mark(draft),
        "fingerprint": fingerprint(draft),
        "parties": [(row, (row["from"], row["until"]) != days) for row in rows],
        "over": [row["unit"] or row["agency"] for row in rows if row["until"] < today.isoformat()],
    }


def chosen_before(opened: OpenCase, consents: list[Consent]) -> list[dict[str, Any]]:
    """What the newest consent gave and the person took back: no longer ticked, but to be read."""
    before = next(iter(consents), None)
    fallen = taken_back(before, opened.parties) if before else set()
    if before is None or not fallen:
        return []
    units = units_named(before)
    rows = [(units[one.unit_id], one.categories) for one in named_in(before) if one.unit_id in fallen]
    return [{"unit": unit, "categories": [c.label for c in Category if c in chosen]} for unit, chosen in rows]


def has_team(case: Case, draft: Consent, grounds: list[Ground]) -> bool:
    """Whether the programme's team is a party: by the consent being written, or one that holds already."""
    living = (ground.party.unit_id for ground in grounds if ground.is_living)
    return case.programme.team_id in {*living, *(one.unit_id for one in named_in(draft))}


@allowed(Permission.READ_PAPERS)
@require_safe
def consent_pdf(request: Request, case_id: UUID) -> HttpResponse:
    """The paper: the draft to sign on, or (``?samtycke=id``) one that was signed."""
    opened = case_for(request, case_id, Permission.READ_PAPERS, read="consent_pdf")
    consents = consents_of(opened.case) if may_read(opened) else []
    wanted = request.GET.get("samtycke")
    # A draft is its writers' until it is signed: the person is given it on paper.
    found = next((c for c in consents if wanted in (None, str(c.pk)) and (c.signed_on or not opened.is_own)), None)
    if found is None:
        raise Http404
    today = timezone.localdate()
    people = coordinators_of_all(today).get(opened.case.programme_id, [])
    data = consent_paper(opened, found, units_named(found), people[0] if people else None, today)
    response = HttpResponse(pdf("samtycke", data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="samtycke-{opened.case.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
