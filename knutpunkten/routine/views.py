"""One view for every move, and the withdrawal, which is no move."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.forms import Field
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.sent import written
from knutpunkten.audit.models import Entry
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.forms import StepForm
from knutpunkten.cases.models import Party
from knutpunkten.cases.overtaken import overtaken as page_overtaken
from knutpunkten.cases.rules import can_be_withdrawn, visible_to
from knutpunkten.closing.views import closing_page
from knutpunkten.consents.rules import may_read
from knutpunkten.consents.views import consent_page, may_write
from knutpunkten.followup.views import follow_up_page
from knutpunkten.meetings.knowledge_views import knowledge_page
from knutpunkten.meetings.shown import knows_others, units_known_to_all
from knutpunkten.organisations.models import Unit, User
from knutpunkten.plans.mapping_views import mapping_page
from knutpunkten.plans.views import plan_page_of
from knutpunkten.routine import engine
from knutpunkten.routine.event_words import EVENTS
from knutpunkten.routine.facts import Facts, facts_for
from knutpunkten.routine.forms import WHOLE, WithdrawForm
from knutpunkten.routine.need_rows import need_rows
from knutpunkten.routine.rules import Choice, choice
from knutpunkten.routine.step import Step, plays
from knutpunkten.routine.table import STEPS
from knutpunkten.routine.withdrawal import meaning, meaning_of_part
from knutpunkten.ui.enumerations import enumeration
from knutpunkten.ui.forms import is_overtaken
from knutpunkten.ui.forms import overtaken as changed_meanwhile

# How far back a stale page looks for its own step.
MANY = 20

# What somebody wrote stays theirs, and with it whose case it is.
ONLY_OWN = "De det gäller ser nu bara det de själva har skrivit."

# Pages where a step is taken in the midst of what it is about: where it was refused, the page itself is drawn again,
# with the form as it was sent if the step has one.
DRAWN_AGAIN: dict[str, Callable[..., HttpResponse]] = {
    "consent": consent_page,
    "knowledge": knowledge_page,
    "mapping": mapping_page,
    "plan": plan_page_of,
    "follow_up": follow_up_page,
    "closing": closing_page,
}


@allowed(Permission.SEE_CASES)
def step(request: Request, case_id: UUID, step: str) -> HttpResponse:
    """A step's page: what it asks, what is missing and who mends it; a POST takes it."""
    row = STEPS.get(step)
    if row is None:
        raise Http404
    now = timezone.now()
    is_sent = request.method == "POST"
    if is_sent and row.form is None and taken_at_once(request, case_id, row, now):
        return after(request, row, case_id)
    opened = case_for(request, case_id, Permission.SEE_CASES, read="step")
    facts = facts_asked_for(opened, row, timezone.localdate(now))
    actors = plays(request.who, opened.case, facts)
    if not actors & frozenset(row.actors):
        # As if it were not there: nobody was first, it is another's to take.
        raise deny(request, case_id, closed_meanwhile=not opened.follows)
    found = choice(step, facts, actors)
    if found is None:
        return overtaken(request, opened, row)
    if row.is_elsewhere or (row.page in DRAWN_AGAIN and not is_sent):
        return redirect(row.page, case_id)
    form = form_of(request, row, opened)
    instead = [STEPS[other] for other in row.instead if is_open(choice(other, facts, actors))]
    if is_sent:
        return sent(request, opened, found, form, instead, now)
    return own_page(request, opened, found, form, instead)


def facts_asked_for(opened: OpenCase, row: Step, today: date) -> Facts:
    """What the step rests on, and those that may be chosen instead of it."""
    kinds = row.rests_on.union(*(STEPS[other].rests_on for other in row.instead))
    case = opened.case
    return facts_for([case], today, role=opened.who.role, kinds=kinds, loaded=opened.parties)[case.pk]


def sent(
    request: Request, opened: OpenCase, found: Choice, form: StepForm | None, instead: list[Step], at: datetime
) -> HttpResponse:
    """A step that one might take, as it was sent: taken, or its page with why it was not."""
    row, case_id = found.step, opened.case.pk
    is_right = form is None or form.is_valid()
    stale = is_stale(request, opened, row)
    fields = form.fields if form else None
    if stale and is_taken_since(request, opened, row):
        return overtaken(request, opened, row, fields)
    if stale:
        say_what_has_happened(request, opened, form)
    elif is_right:
        data = form.cleaned_data if form else {}
        try:
            engine.take(case_id, row.id, by=request.who, at=at, version=seen_version(request), data=data)
        except engine.Overtaken:
            return overtaken(request, opened, row, fields)
        except engine.NotYet as refusal:
            found = refusal.choice
        except engine.NotYours:
            raise deny(request, case_id, closed_meanwhile=True) from None
        else:
            return after(request, row, case_id, form.receipt if form else "")
    page = drawn_again(request, opened, found, form, instead)
    if stale:
        page.status_code = 409
    return page


def drawn_again(
    request: Request, opened: OpenCase, refused: Choice, form: StepForm | None, instead: list[Step]
) -> HttpResponse:
    """The page that a refused step was sent from, with the form as it was sent."""
    draw = DRAWN_AGAIN.get(refused.step.page)
    if draw is None:
        return own_page(request, opened, refused, form, instead)
    say_what_lacks(request, refused, form)
    return draw(request, opened, form) if form else draw(request, opened)


def own_page(
    request: Request, opened: OpenCase, taken: Choice, form: StepForm | None, instead: list[Step]
) -> HttpResponse:
    """The page of a step that stands on none of another's: *instead* are the others that may be chosen there."""
    row, today = taken.step, timezone.localdate()
    context = {
        "opened": opened,
        "today": today,
        "step": row,
        "step_label": row.label_in(opened.case),
        "choice": taken,
        "form": form,
        "needs": need_rows(taken, opened.case),
        "panel": row.shows(opened, today) if row.shows else None,
        "instead": instead,
    }
    return render(request, "routine/step.html", context)


def form_of(request: Request, row: Step, opened: OpenCase) -> StepForm | None:
    """What the step asks, with what was sent; None if it asks nothing."""
    if row.form is None:
        return None
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return row.form(*sent, case=opened.case, who=request.who)


def is_open(found: Choice | None) -> bool:
    return found is not None and found.is_open


def taken_at_once(request: Request, case_id: UUID, row: Step, at: datetime) -> bool:
    """Take a step that asks nothing: the engine itself asks who plays which part, and what the step needs.

    False if it refuses: then the page, which loads what it needs to say why, tries again.
    """
    try:
        engine.take(case_id, row.id, by=request.who, at=at, version=seen_version(request))
    except engine.Refused:
        return False
    return True


def say_what_lacks(request: Request, refused: Choice, form: StepForm | None) -> None:
    """Put what the step lacks first on its own page: in the form's summary, or as a message where it asks nothing."""
    for lack in refused.missing:
        if form is not None:
            form.add_error(None, lack.sentence)
        else:
            messages.warning(request, f"Det går inte än. {lack.sentence}")


def seen_version(request: Request) -> int | None:
    """The version of the case the user saw. A POST without one is taken as having seen the first."""
    try:
        return int(request.POST.get("version", ""))
    except ValueError:
        return 0


def is_stale(request: Request, opened: OpenCase, row: Step) -> bool:
    """Whether the case has changed since the page was opened, as ``engine.take`` asks.

    To ask before the form is drawn again: it says that what has happened until then was seen.
    """
    return row.minds_version and seen_version(request) != opened.case.version


def is_taken_since(request: Request, opened: OpenCase, row: Step) -> bool:
    """Whether what has happened since the page was opened is the step itself, or the other it is chosen instead of.

    A step that writes several rows in the log does so at one moment.
    """
    many = max(opened.case.version - (seen_version(request) or 0), 0)
    rows = engine.last_events(opened.case, limit=MANY)
    since = sorted({one.at for one in rows}, reverse=True)[:many]
    return any(one.event in (row.id, *row.instead) and one.at in since for one in rows)


def say_what_has_happened(request: Request, opened: OpenCase, form: StepForm | None) -> None:
    """The step is open still, and the case has changed: what was typed stays, to be sent by whoever has read that.

    Where the form itself says what has changed, it says what to do too.
    """
    if form is not None and is_overtaken(form):
        return
    told = happened(request, opened)
    last = f": {told[0][0]} {EVENTS.get(told[0][1].event, 'ändrade ärendet')}" if told else ""
    said = f"Ärendet har ändrats sedan du öppnade sidan{last}."
    again = "Läs igenom, och tryck igen om det fortfarande stämmer."
    if form is None:
        messages.warning(request, f"{said} {again}")
    else:
        file = " En fil väljer du igen." if request.FILES else ""
        said = f"{said} Det du skrev är kvar och inte sparat än. {again}{file}"
        form.add_error(None, changed_meanwhile(said))


def after(request: Request, row: Step, case_id: UUID, receipt: str = "") -> HttpResponse:
    """Where to go when a step was taken: where the page asked for, the case, or the start if one sees it no more."""
    messages.success(request, receipt or row.receipt or f"{row.label}: klart.")
    wanted = request.POST.get("next", "")
    sees_it = visible_to(request.who, timezone.localdate()).filter(pk=case_id).exists()
    leads_on = sees_it or str(case_id) not in wanted
    if wanted and leads_on and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return HttpResponseRedirect(wanted)
    return HttpResponseRedirect(reverse("case", args=[case_id]) if sees_it else reverse("start"))


def overtaken(request: Request, opened: OpenCase, row: Step, fields: Mapping[str, Field] | None = None) -> HttpResponse:
    """Somebody was first, or it is already done: what happened, what was sent, and the way on. Nothing was written (409).

    *fields*: those of the form that was sent; where there is none any more, those that the step always asks.
    """
    if fields is None and row.form is not None:
        fields = row.form.base_fields
    said = f"”{row.label}” är redan gjort, eller går inte längre. Inget har sparats en gång till."
    texts, events = written(request, fields), happened(request, opened)
    return page_overtaken(request, opened, said, texts, "routine/overtaken.html", events=events)


def happened(request: Request, opened: OpenCase) -> list[tuple[str, Entry]]:
    """The latest of what has happened in the case, as far as one may know of it, with who did it (S6)."""
    rows = engine.last_events(opened.case)
    names = dict(User.objects.filter(pk__in={row.user_id for row in rows}).values_list("pk", "name"))
    knows_all = knows_others(opened.case, opened.parties, request.who)
    told = [row for row in rows if knows_all or row.unit_id in (None, *units_known_to_all(opened.case, opened.who))]
    return [(names.get(row.user_id, "Knutpunkten") if row.user_id else "Knutpunkten", row) for row in told]


@allowed(Permission.WITHDRAW_CONSENT)
def withdraw_consent(request: Request, case_id: UUID) -> HttpResponse:
    """The person withdraws consent, also by phone; whoever in the case takes the call writes it down (W1)."""
    opened = case_for(request, case_id, Permission.WITHDRAW_CONSENT, read="consent")
    if not opened.follows:
        # Whether a consent still holds is no longer theirs to know.
        raise deny(request, case_id, closed_meanwhile=True)
    now = timezone.now()
    today = timezone.localdate(now)
    lasts = any(can_be_withdrawn(p, today) for p in opened.parties)
    # Which units have a part is itself about the person: others than the readers of the consent choose their own, or all.
    known = [p for p in opened.parties if may_read(opened) or p.unit_id == request.who.unit_id]
    shown = [p for p in known if can_be_withdrawn(p, today)]
    named = {str(p.unit_id): p.unit.full_name for p in shown if p.unit}
    gone = {str(p.unit_id) for p in known if p.withdrawn_at} - {*named}
    form = WithdrawForm(
        request.POST or None, parties=list(named.items()), gone=gone, initial={"taken_by": request.who.name}
    )
    if request.method == "POST" and is_taken_back(request.POST.getlist("what"), gone, lasts=lasts):
        messages.info(request, f"Det var redan taget tillbaka. {ONLY_OWN}")
        return after_withdrawal(request, case_id, today)
    if request.method == "POST" and form.is_valid():
        try:
            engine.withdraw_consent(
                case_id,
                unit_ids=form.units,
                how=form.cleaned_data["how"],
                taken_by=form.cleaned_data["taken_by"],
                by=request.who,
                at=now,
            )
        except engine.NotYours:  # somebody else took the same call just now, and their own ground fell with it
            raise deny(request, case_id, closed_meanwhile=True) from None
        messages.success(request, f"{withdrawn_words(form.units, named)} {ONLY_OWN}")
        return after_withdrawal(request, case_id, today)
    context = {
        "opened": opened,
        "today": today,
        "form": form,
        "lasts": lasts,
        "may_write": may_write(opened),
        "meaning": meaning(opened.case, request.who, today),
        "parts": [
            (unit, meaning_of_part(opened.case, unit, request.who, opened.parties, today)) for unit in units_of(shown)
        ],
    }
    return render(request, "routine/withdraw.html", context)


def units_of(parties: list[Party]) -> list[Unit]:
    """Their units, once each, also where an old and a new consent stand side by side."""
    return list({p.unit_id: p.unit for p in parties if p.unit}.values())


def is_taken_back(what: list[str], gone: set[str], *, lasts: bool) -> bool:
    """Whether somebody else wrote it down first: there is nothing left of *what* the form asks for."""
    return bool(what) and all(one in gone or (one == WHOLE and not lasts) for one in what)


def withdrawn_words(units: list[UUID] | None, named: dict[str, str]) -> str:
    if units is None:
        return "Hela samtycket är taget tillbaka, för alla parter."
    return f"Samtycket är taget tillbaka för {enumeration(named[str(one)] for one in units)}."


def after_withdrawal(request: Request, case_id: UUID, today: date) -> HttpResponse:
    """To the case, or to the start page where one's own sight fell with it."""
    sees_it = visible_to(request.who, today).filter(pk=case_id).exists()
    return HttpResponseRedirect(reverse("case", args=[case_id]) if sees_it else reverse("start"))
