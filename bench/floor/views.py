"""The floor page: five indexed queries and fifty rows, for somebody signed in, in the product's own frame."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from bench.floor.models import Row
from knutpunkten.access.request import Request
from knutpunkten.access.who import Hat, Who
from knutpunkten.organisations.models import Role

HAT = Hat(id=None, role=Role.COORDINATOR)


@login_required
def floor(request: Request) -> HttpResponse:
    # The menu and the account as on every page; which hat one wears is the wall's to say, so here it is a fixed one.
    request.who = Who(request.user.pk, request.user.name, HAT)
    group = 7
    rows = list(Row.objects.filter(group=group).order_by("-since")[:50])
    one = Row.objects.get(pk=rows[0].pk)
    newest = Row.objects.filter(group=group + 1).order_by("-since").first()
    few = list(Row.objects.filter(group=group + 2).order_by("-since")[:5])
    by_id = Row.objects.in_bulk([row.pk for row in rows[:10]])
    context = {
        "rows": rows,
        "one": one,
        "newest": newest,
        "few": few,
        "count": len(by_id),
        "today": timezone.localdate(),
    }
    return render(request, "floor/floor.html", context)
