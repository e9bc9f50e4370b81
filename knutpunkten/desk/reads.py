"""Who has read what (W4): the reads in the cases one has a ground for, per case."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case
from knutpunkten.cases.rules import visible_to
from knutpunkten.organisations.models import Unit, User

LATEST = 50
WORDS = {
    "case": "ärendet",
    "step": "ett steg i ärendet",
    "events": "händelserna",
    "consent": "samtycket",
    "referral": "remissen",
    "plan": "planen",
    "mapping": "kartläggningen",
    "knowledge": "uppgifterna från parterna",
    "meeting": "ärendet på mötet",
    "closing": "slutdokumentationen",
    "file": "en bilaga",
}


@allowed(Permission.SEE_CASES, Permission.SEE_OWN)
def who_has_read(request: Request) -> HttpResponse:
    """The latest reads; a participant finds theirs on their own page. Four statements."""
    if request.who.may(Permission.SEE_OWN):
        return HttpResponseRedirect(f"{reverse('own_page')}#vem-har-sett")
    seen = visible_to(request.who, timezone.localdate())
    entries = list(Entry.objects.filter(event="read", case_id__in=seen.values("pk")).order_by("-at")[:LATEST])
    cases = Case.objects.select_related("person").in_bulk({e.case_id for e in entries if e.case_id})
    users = User.objects.in_bulk({e.user_id for e in entries if e.user_id})
    units = Unit.objects.select_related("agency").in_bulk({e.unit_id for e in entries if e.unit_id})
    rows = [
        {
            "at": e.at,
            "who": users[e.user_id].name if e.user_id in users else "Knutpunkten",
            "unit": units[e.unit_id].full_name if e.unit_id in units else "",
            "what": WORDS.get(str(e.detail.get("what")), "ärendet"),
            "case": cases[e.case_id],
            "name": cases[e.case_id].number if cases[e.case_id].person.is_protected else cases[e.case_id].person.name,
        }
        for e in entries
        if e.case_id in cases
    ]
    return render(request, "desk/who_has_read.html", {"rows": rows})
