"""An offered place is given to another: taken back from the one and offered to the other, both or neither (S8)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.models import Case
from knutpunkten.cases.rules import visible_to
from knutpunkten.queue.forms import OfferForm, TakeBackForm
from knutpunkten.queue.models import Ticket
from knutpunkten.queue.rules import line_of, may_be_offered
from knutpunkten.routine import engine
from knutpunkten.routine.facts import facts_for
from knutpunkten.routine.rules import choice
from knutpunkten.routine.step import plays
from knutpunkten.routine.table import STEPS
from knutpunkten.routine.views import is_stale, overtaken, seen_version
from knutpunkten.ui.dates import number
from knutpunkten.ui.fields import ChoiceField

STEP = STEPS["take_back_offer"]


class OfferAnotherForm(TakeBackForm):
    """To whom the place goes instead, and the reason of each: the one case's is not read in the other."""

    to = ChoiceField(
        label="Vem ska få erbjudandet?", error_messages={"required": "Välj vem som ska få erbjudandet i stället"}
    )
    out_of_order_reason = forms.CharField(
        label=OfferForm.base_fields["out_of_order_reason"].label,
        help_text="Skälet läses i det ärende som får erbjudandet.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Skriv varför det ärendet går före"},
    )
    field_order = ("to", "out_of_order_reason", "reason")

    def __init__(self, *args: Any, waiting: list[tuple[int, Case]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(case.pk), f"{place}. {said(case)}") for place, case in waiting]
        self.fields["to"].choices = [("", "Välj …"), *named]  # type: ignore[attr-defined]

    def clean_to(self) -> UUID:
        return UUID(self.cleaned_data["to"])


def said(case: Case) -> str:
    """Anneli Kvist, 19680102-9288: two may have nearly the same name. Of a protected person the case's number."""
    digits = case.person.number
    return case.called if case.is_protected or not digits else f"{case.called}, {number(digits)}"


@allowed(Permission.KEEP_QUEUE)
def offer_another(request: Request, case_id: UUID) -> HttpResponse:
    """The coordinator chooses another than the one who has the offer, with a reason (S8)."""
    opened = case_for(request, case_id, Permission.KEEP_QUEUE, read="step")
    now = timezone.now()
    facts = facts_for([opened.case], request.who.today, role=request.who.role, kinds=(), loaded=opened.parties)
    actors = plays(request.who, opened.case, facts[case_id])
    if not actors & frozenset(STEP.actors):
        raise deny(request, case_id, closed_meanwhile=not opened.follows)
    if choice(STEP.id, facts[case_id], actors) is None:
        return overtaken(request, opened, STEP, OfferAnotherForm.base_fields)
    waiting = others_in_line(request, opened.case)
    form = OfferAnotherForm(request.POST or None, case=opened.case, who=request.who, waiting=waiting)
    if request.method == "POST" and form.is_valid():
        try:
            give_to_another(request, opened, form.cleaned_data, now)
        except engine.Refused:
            messages.warning(request, "Någon hann före. Ingenting är ändrat av dig. Så här står det nu.")
        else:
            messages.success(request, "Platsen är erbjuden i stället. Båda handläggarna har fått veta det.")
        return HttpResponseRedirect(reverse("queue"))
    if request.method == "POST" and is_stale(request, opened, STEP):
        return overtaken(request, opened, STEP, form.fields)
    context = {"opened": opened, "today": request.who.today, "form": form, "waiting": waiting}
    return render(request, "desk/offer_another.html", context)


def others_in_line(request: Request, case: Case) -> list[tuple[int, Case]]:
    """Those who may be offered the place, and whom the coordinator sees, with their number in the queue. Two statements."""
    line = [ticket for ticket in line_of(case.programme_id) if ticket.state == Ticket.State.WAITING]
    ids = {place: ticket.waiting.case_id for place, ticket in enumerate(line, 1) if hasattr(ticket, "waiting")}
    today = request.who.today
    asked = may_be_offered(case.programme_id, today).values("case")
    seen = visible_to(request.who, today).filter(pk__in=ids.values()).filter(pk__in=asked)
    found = {one.pk: one for one in seen.select_related("person")}
    return [(place, found[pk]) for place, pk in ids.items() if pk in found]


@transaction.atomic
def give_to_another(request: Request, opened: OpenCase, data: dict[str, Any], at: datetime) -> None:
    """Both steps, or neither. Raises ``engine.Refused``.

    Both cases are locked before a place is: whoever offers one locks its case first, too.
    """
    for case_id in sorted((opened.case.pk, data["to"])):
        engine.lock(case_id)
    taken = {"reason": data["reason"]}
    engine.take(opened.case.pk, STEP.id, by=request.who, at=at, version=seen_version(request), data=taken)
    given = {"out_of_order_reason": data["out_of_order_reason"]}
    engine.take(data["to"], "offer", by=request.who, at=at, data=given)
