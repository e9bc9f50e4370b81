"""Beginning a referral: first who it is about, shown and confirmed, then a draft whose turn is the writer's.

Stands on the desk because it asks the routine whose turn a new draft is.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import CaseKind
from knutpunkten.organisations.rules import own_programmes
from knutpunkten.people.rules import kind_word
from knutpunkten.referrals.actions import AlreadyBegun, begin_referral
from knutpunkten.referrals.begin_form import BeginForm
from knutpunkten.referrals.rules import WHEREABOUTS, known_otherwise
from knutpunkten.routine import engine
from knutpunkten.ui.enumerations import enumeration

KINDS = {"samverkan": CaseKind.COLLABORATION, "konsultation": CaseKind.CONSULTATION}


@allowed(Permission.WRITE_REFERRAL)
def new_referral(request: Request) -> HttpResponse:
    """Asks who it is about; shows number and name together; begins the draft when they are confirmed."""
    # Another association's could be named in no consent: only its own units can be parties there.
    programmes = list(own_programmes(request.who.unit_id).order_by("name"))
    if request.method != "POST":
        kind = KINDS.get(request.GET.get("slag", ""), CaseKind.COLLABORATION)
        return ask(request, BeginForm(programmes=programmes, initial={"kind": kind}))
    form = BeginForm(request.POST, programmes=programmes)
    if not form.is_valid() or "change" in request.POST:
        return ask(
            request, form if "change" not in request.POST else BeginForm(programmes=programmes, initial=typed(form))
        )
    if "confirm" not in request.POST:
        return confirm(request, form)
    if not request.POST.get("is_checked"):
        return confirm(request, form, missing="Kontrollera numret mot namnet och kryssa i rutan")
    return begin(request, form)


def ask(request: Request, form: BeginForm, already: Case | None = None) -> HttpResponse:
    return render(request, "desk/new_referral.html", {"form": form, "already": already})


def typed(form: BeginForm) -> Mapping[str, Any]:
    """What was typed, to be changed: without errors shown, for nothing is wrong."""
    return {name: form[name].value() for name in form.fields}


def confirm(request: Request, form: BeginForm, missing: str = "") -> HttpResponse:
    """Number and name together: the wrong number typed and unnoticed is a known harm."""
    data = form.cleaned_data
    name, number = f"{data['first_name']} {data['last_name']}", data["number"].digits if data["number"] else ""
    context = {
        "form": form,
        "missing": missing,
        "name": name,
        "number": number,
        "otherwise": known_otherwise(request.who, number, name, timezone.localdate()) if number else None,
        "kind_word": kind_word(data["number"]),
        "born": data["number"].birth_date if data["number"] else None,
    }
    return render(request, "desk/confirm_person.html", context)


def begin(request: Request, form: BeginForm) -> HttpResponse:
    now = timezone.now()
    try:
        case = begin_referral(**form.case_data(), by=request.who, at=now)
    except AlreadyBegun as already:
        return ask(request, form, already.case)
    engine.begin(case, at=now)
    if lost := not_kept(form, case):
        messages.warning(request, f"{lost} sparades inte, för att personen är skyddad.")
    return HttpResponseRedirect(reverse("referral", args=[case.pk]))


def not_kept(form: BeginForm, case: Case) -> str:
    """What was typed of a protected person's whereabouts, which are kept nowhere (W5): "Telefon och adress"."""
    typed_of = [str(form[name].label) for name in WHEREABOUTS if form.cleaned_data[name]] if case.is_protected else []
    return enumeration(label if number == 0 else label.lower() for number, label in enumerate(typed_of))
