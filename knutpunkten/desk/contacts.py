"""The contact list (S1, L9): to staff those of their own association's programmes; to a participant those who work with them, and their own programmes'.

Whoever refers nobody is shown each unit once, whatever the kind of case.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.access.request import Request
from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case
from knutpunkten.cases.rules import visible_to
from knutpunkten.organisations.models import Programme, Role, User
from knutpunkten.organisations.rules import contact_lists, own_programmes
from knutpunkten.organisations.views import for_every_account

REFER_NOBODY = (Role.ASSOCIATION, Role.REVIEWER, Role.ADMINISTRATOR)


@for_every_account
@require_safe
def contact_list(request: Request) -> HttpResponse:
    """Agency, unit, representatives: one list per programme and kind of case. Three statements, for a participant one more."""
    today = timezone.localdate()
    lists = contact_lists(today, programmes_for(request.who))
    context: dict[str, Any] = {"lists": lists}
    if request.who.role == Role.PARTICIPANT:
        cases = list(visible_to(request.who, today).select_related("supervisor", "caseworker"))
        theirs = {case.programme_id for case in cases}
        context = {
            "lists": [one.without_kinds() for one in lists if one.programme.pk in theirs],
            "near": near([case for case in cases if case.is_open]),
        }
    elif request.who.role in REFER_NOBODY:
        context = {"lists": [one.without_kinds() for one in lists], "refers_nobody": True}
    return render(request, "desk/contact_list.html", context)


def programmes_for(who: Who) -> QuerySet[Programme]:
    """Whose lists are asked for: all where the settings are kept, and of a participant, whose own are chosen from them."""
    if who.role in (Role.ADMINISTRATOR, Role.PARTICIPANT):
        return Programme.objects.all()
    return own_programmes(who.unit_id, who.hat.association_id if who.hat else None)


def near(cases: Collection[Case]) -> list[tuple[User, str]]:
    """Those who work with the person in *cases*, supervisor first, each once."""
    found: dict[User, str] = {}
    for case in cases:
        if case.supervisor is not None:
            found.setdefault(case.supervisor, "Din handledare")
    for case in cases:
        found.setdefault(case.caseworker, "Din handläggare")
    return list(found.items())
