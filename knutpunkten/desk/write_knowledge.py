"""Writing what my unit knows, at one's own pace: disclosed by a step of the routine, and taken back here (S6, W1)."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase, case_for, note_read
from knutpunkten.cases.actions import one_at_a_time
from knutpunkten.cases.models import Category
from knutpunkten.documents.actions import NotThere, remove_file
from knutpunkten.meetings.knowledge import Known, Outcome, take_back, write_knowledge
from knutpunkten.meetings.knowledge_form import STILL_DISCLOSED, UNCHANGED, AnswerForm
from knutpunkten.meetings.knowledge_views import (
    amended,
    is_open_to_answers,
    is_told,
    knowledge_page,
    shows_the_parties,
)
from knutpunkten.meetings.rules import KNOWN_CATEGORIES
from knutpunkten.routine.engine import ask_anew
from knutpunkten.ui.enumerations import enumeration
from knutpunkten.ui.templatetags.ui import saved_at


@allowed(Permission.SHARE_KNOWLEDGE)
def knowledge(request: Request, case_id: UUID) -> HttpResponse:
    """Write and save here; the buttons that answer send the same fields to the step ``disclose``."""
    opened, now = case_for(request, case_id, Permission.SHARE_KNOWLEDGE, read=None), timezone.now()
    # Who is no party any more is shown what their own unit wrote, and no more.
    what = "knowledge" if shows_the_parties(opened) and opened.follows else "own_knowledge"
    note_read(request, opened, what, now, shows=what != "knowledge" or is_told(opened))
    if request.method == "POST" and is_open_to_answers(opened):
        return save(request, opened, now)
    if request.method == "POST" and request.htmx:
        return not_saved("Här går det inte att skriva längre, så det är inte sparat. Kopiera det du vill ha kvar.")
    return knowledge_page(request, opened)


def save(request: Request, opened: OpenCase, now: datetime) -> HttpResponse:
    """Save what was typed, and go on to where the button leads; or say what is left to mend."""
    one_at_a_time(opened.case)
    form = AnswerForm(request.POST, case=opened.case, who=request.who)
    form.full_clean()
    written = to_save(request, form)
    outcome = write_knowledge(opened.case, written, by=request.who, at=now)
    if outcome.taken_back:
        outcome.is_asked_anew = ask_anew(opened.case.pk, by=request.who, at=now)
    wrong = {name for name in form.errors if name.startswith(("text_", "can_", NON_FIELD_ERRORS))}
    if request.htmx:
        return saved_while_writing(form, wrong, written, now)
    if not wrong:
        return saved(request, opened, form, outcome, now)
    for name in [name for name in form.errors if name not in wrong]:
        del form.errors[name]
    return knowledge_page(request, opened, form, written)


def to_save(request: Request, form: AnswerForm) -> dict[str, Known]:
    """Nothing where something must be read first. What is disclosed is amended by a button, never while one writes."""
    if form.overwritten:
        return {}
    known: dict[str, Known] = form.cleaned_data["known"]
    return {c: words for c, words in known.items() if not request.htmx or not form.is_disclosed(c)}


def saved_while_writing(form: AnswerForm, wrong: set[str], written: dict[str, Known], now: datetime) -> HttpResponse:
    """That it is saved, or why not; with what the writer has seen after it, unless there is something to read first."""
    if form.overwritten:
        why = form.errors[f"text_{form.overwritten[0]}"][0]
        return not_saved(f"{why}. Välj Spara utan att lämna ut för att se båda.")
    if form.unasked:
        response = not_saved(f"{form.non_field_errors()[0]}. Kopiera det du vill ha kvar.")
    elif wrong:
        response = not_saved("Korta texten för att den ska sparas.")
    elif form.cleaned_data["known"].keys() - written.keys():
        response = not_saved("Det du ändrar är redan utlämnat. Välj Spara utan att lämna ut för att spara det.")
    else:
        response = HttpResponse(saved_at(now))
    response["X-Seen"] = form.seen_when_saved(written)
    return response


def not_saved(sentence: str) -> HttpResponse:
    return HttpResponse(render_to_string("referrals/not_saved.html", {"sentence": sentence}), status=422)


def saved(request: Request, opened: OpenCase, form: AnswerForm, outcome: Outcome, at: datetime) -> HttpResponse:
    """What is written is saved: now to where a file is enclosed, or back, where what was taken away or back is gone."""
    here = reverse("knowledge", args=[opened.case.pk])
    as_left = f"{here}?{urlencode({'ikryssat': ','.join(request.POST.getlist('share'))})}"
    if (category := request.POST.get("attach")) in KNOWN_CATEGORIES:
        asked = urlencode({"category": category, "next": f"{as_left}#k-{category}"})
        return HttpResponseRedirect(f"{reverse('upload_file', args=[opened.case.pk])}?{asked}")
    if "remove" in request.POST:
        try:
            remove_file(opened.case, UUID(request.POST["remove"]), by=request.who, at=at)
        except (ValueError, NotThere):
            messages.info(request, "Filen var redan borttagen eller utlämnad.")
        else:
            messages.success(request, "Filen är borttagen.")
        return HttpResponseRedirect(as_left)
    if (category := request.POST.get("take_back")) in KNOWN_CATEGORIES:
        take_back(opened.case, category, by=request.who, at=at)
        outcome.is_asked_anew |= ask_anew(opened.case.pk, by=request.who, at=at)
        said = f"Tillbakataget. {not_read(category)}"
    else:
        said = saved_words(form, outcome)
    messages.success(request, f"{said} Gruppen väntar på ert svar igen." if outcome.is_asked_anew else said)
    return HttpResponseRedirect(here)


def saved_words(form: AnswerForm, outcome: Outcome) -> str:
    """What saving meant for who reads it: nothing, unless something that was disclosed is now another text."""
    if outcome.taken_back:
        return f"Sparat. {not_read(*outcome.taken_back)}"
    if amended(form):
        return f"Sparat. {STILL_DISCLOSED}" if outcome.is_changed else UNCHANGED
    return "Sparat. Ingen annan läser det förrän ni lämnar ut det."


def not_read(*categories: str) -> str:
    about = enumeration(Category(category).label.lower() for category in categories)
    return f"Det ni hade lämnat ut om {about} läser ingen annan förrän ni lämnar ut det igen."
