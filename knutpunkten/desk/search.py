"""Search by number or name: through POST, so that neither stands in an address or a log."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.audit.actions import record_each
from knutpunkten.cases.models import Case
from knutpunkten.cases.rules import followed, visible_to
from knutpunkten.desk.lists import KEPT, name_of
from knutpunkten.desk.words import state_words
from knutpunkten.ui.fields import SpokenErrors

AT_MOST = 20
# The unit's people are many more than those one's role shows: looked through before the role narrows them.
PEOPLE = 300


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
        context["rows"] = [
            {"case": c, "name": name_of(c), "state": state_words(c) if c.pk in follows else KEPT} for c in rows
        ]
    return render(request, "desk/search.html", context)


def found(request: Request, wanted: str) -> list[Case]:
    """The cases one may see whose person or number matches, at most twenty; three statements."""
    with connection.cursor() as cursor:
        cursor.execute("select person_id from search_people(%s, %s)", [wanted, PEOPLE])
        people = [row[0] for row in cursor.fetchall()]
    seen = visible_to(request.who, timezone.localdate()).select_related("person", "programme")
    by_number = list(seen.filter(number__in={wanted, wanted.upper()})[:1])
    by_person = list(seen.filter(person__in=people).order_by("-created_at")[:AT_MOST])
    order = {person: index for index, person in enumerate(people)}
    others = sorted((c for c in by_person if c not in by_number), key=lambda c: order[c.person_id])
    return (by_number + others)[:AT_MOST]
