"""Search by number or name: through POST, so that neither stands in an address or a log."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record_each
from knutpunkten.cases.models import Case
from knutpunkten.cases.rules import followed, visible_to
from knutpunkten.desk.lists import KEPT
from knutpunkten.desk.words import state_words
from knutpunkten.people.numbers import WrongNumber, parse_number
from knutpunkten.questions.remembered import remembered
from knutpunkten.ui.fields import SpokenErrors

AT_MOST = 20
# The unit's cases are many more than those one's role shows: looked through before the role narrows them.
LOOKED_THROUGH = 300
SHORT_WORDS = "Två bokstäver söks bara som ett helt namn. Skriv fler, så hittas också namn som börjar så."
CASE_NUMBER = re.compile(r"([SK]-\d{4}-\d+)|(KP-\d+)", re.ASCII | re.IGNORECASE)
NOT_OPENED = "Kontrollera numret. Sökningen hittar bara ärenden som du får öppna."
WHOLE_NUMBER = re.compile(r"(\d{2})?\d{6}\s?[-+]?\s?\d{4}", re.ASCII)


class SearchForm(SpokenErrors, forms.Form):
    q = forms.CharField(
        label="Namn, personnummer eller ärendenummer",
        max_length=80,
        min_length=2,
        error_messages={
            "required": "Skriv ett namn, ett personnummer eller ett ärendenummer",
            "min_length": "Skriv minst två tecken",
        },
    )


@allowed(Permission.SEE_CASES)
def search(request: Request) -> HttpResponse:
    form = SearchForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "rows": None}
    if request.method == "POST" and form.is_valid():
        rows = found(request, form.cleaned_data["q"].strip())
        shown: list[tuple[UUID | None, UUID | None]] = [(case.pk, case.person_id) for case in rows]
        record_each("searched", shown or [(None, None)], by=request.who, at=timezone.now(), hits=len(rows))
        follows = followed(rows, request.who, timezone.localdate())
        context["at_most"] = AT_MOST
        context["fault"] = fault_in(form.cleaned_data["q"].strip(), is_found=bool(rows))
        context["rows"] = [
            {"case": c, "name": c.called, "state": state_words(c) if c.pk in follows else KEPT} for c in rows
        ]
    return render(request, "desk/search.html", context)


def fault_in(wanted: str, *, is_found: bool) -> str:
    """What to do with what was typed, if it has a short word, or is meant as a whole number that finds nothing; else empty."""
    if any(letters.isalpha() and len(letters) < 3 for letters in wanted.split()):
        return SHORT_WORDS
    if is_found:
        return ""
    if CASE_NUMBER.fullmatch(wanted):
        return NOT_OPENED
    if not WHOLE_NUMBER.fullmatch(wanted):
        return ""
    try:
        parse_number(wanted, today=timezone.localdate())
    except WrongNumber as wrong:
        return wrong.sentence
    return "Kontrollera siffrorna, eller sök på namnet."


def found(request: Request, wanted: str) -> list[Case]:
    """The cases one may see whose person or number matches, at most twenty; three statements."""
    with connection.cursor() as cursor:
        cursor.execute("select case_id from search_cases(%s, %s)", [wanted, LOOKED_THROUGH])
        hits = [row[0] for row in cursor.fetchall()]
    today = timezone.localdate()
    by_number = numbered(request.who, today, wanted, wanted.upper())
    by_person = about(request.who, today, hits) if hits else []
    order = {case_id: index for index, case_id in enumerate(hits)}
    others = sorted((c for c in by_person if c not in by_number), key=lambda c: order[c.pk])
    return (by_number + others)[:AT_MOST]


@remembered
def numbered(who: Who, today: date, number: str, in_capitals: str) -> QuerySet[Case]:
    """The case with that number, if one may see it."""
    seen = visible_to(who, today).select_related("person", "programme")
    return seen.filter(Q(number=number) | Q(number=in_capitals))[:1]


@remembered
def about(who: Who, today: date, hits: list[UUID]) -> QuerySet[Case]:
    """Those of the cases found that one may see as far as one's role reaches, the latest first."""
    seen = visible_to(who, today).select_related("person", "programme")
    return seen.filter(pk__among=hits).order_by("-created_at")[:AT_MOST]
