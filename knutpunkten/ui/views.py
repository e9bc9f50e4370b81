"""The page that shows every component, in the demo only."""

import datetime as dt

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from knutpunkten.ui import samples
from knutpunkten.ui.templatetags import ui


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Every component with content that looks like the real thing."""
    context = {name.lower(): getattr(samples, name) for name in dir(samples) if name.isupper()}
    context["form"] = samples.PresentSituation(samples.FILLED)
    context["page"] = Paginator(range(60), 20).page(2)
    context["long_ago"] = dt.date(2026, 11, 26)
    return render(request, "ui/components.html", context)


@require_POST
def saved(request: HttpRequest) -> HttpResponse:
    """Answer the autosave of the page of components, which keeps nothing."""
    return HttpResponse(ui.saved_at(timezone.now()))


# The gate lives in a package above this one; this is how it marks what is open to all.
components.permissions = saved.permissions = None  # type: ignore[attr-defined]
