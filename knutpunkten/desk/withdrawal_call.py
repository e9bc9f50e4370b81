"""Ta emot ett återkallande: a person rings, and whoever answers may not even see that there is a case (W1)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.audit.actions import record
from knutpunkten.consents.models import Consent
from knutpunkten.people.fields import IdentityNumberField
from knutpunkten.ui.fields import SpokenErrors

# Settles whose turn it is in the cases whose consent fell; says of none which they are.
WITHDRAWN_JOB = "settle_withdrawn"
SAID = (
    "Har personen ett samtycke där din enhet är med är det taget tillbaka nu, och handläggaren får veta det. Är din enhet "
    "inte med är inget ändrat och ingen får veta något: be då personen ringa sin handläggare eller samordnaren."
)


class CallForm(SpokenErrors, forms.Form):
    number = IdentityNumberField()
    how = forms.ChoiceField(
        label="Hur fick du veta det?",
        widget=forms.RadioSelect,
        choices=[choice for choice in Consent.How.choices if choice[0] != Consent.How.PAGE],
        error_messages={"required": "Välj hur du fick veta det"},
    )
    taken_by = forms.CharField(
        label="Vem tog emot det?",
        max_length=120,
        error_messages={"required": "Skriv namnet på den som tog emot det"},
    )


@allowed(Permission.WITHDRAW_CONSENT)
def withdrawal_call(request: Request) -> HttpResponse:
    """The same answer whether there was anything to take back or not: the number alone must tell nothing."""
    initial: dict[str, Any] = {"taken_by": request.who.name}
    form = CallForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(
                "select withdraw_by_number(%s, %s, %s, %s, %s::inet)",
                [data["number"].digits, data["how"], data["taken_by"], now, request.who.address],
            )
        record("withdrawal_call", by=request.who, at=now, how=data["how"])
        app.configure_task(WITHDRAWN_JOB).defer()
        messages.success(request, SAID)
        return HttpResponseRedirect(reverse("start"))
    context = {
        "form": form,
        "heading": "Ta emot ett återkallande",
        "lead": (
            "Någon hör av sig och tar tillbaka hela sitt samtycke i ärenden där din enhet är med. "
            "Det räcker att du vet vem det är."
        ),
        "submit": "Ta tillbaka nu",
        "back_url": reverse("search"),
        "back_label": "Avbryt",
    }
    return render(request, "desk/withdrawal_call.html", context)
