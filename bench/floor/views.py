"""The floor page: five indexed queries and fifty rows in the product's own frame."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from bench.floor.models import Row


def floor(request: HttpRequest) -> HttpResponse:
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
