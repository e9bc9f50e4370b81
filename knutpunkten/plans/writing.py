"""How a page of mapping, plan or follow-up that saves itself is answered."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from knutpunkten.access.request import Request
from knutpunkten.activities.guiding import AT_REST
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.overtaken import led_on
from knutpunkten.ui.seen import CHANGED_SINCE, SeenForm


def unsaved(request: Request, form: forms.Form, page: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to words that came after the consent was gone: the *page* with them, and that they were not saved."""
    if is_autosave(request):
        return render(request, "plans/saved.html", {"error": AT_REST}, status=422)
    form.add_error(None, AT_REST)
    return page()


def too_late(request: Request, opened: OpenCase, form: SeenForm, said: str, to: str) -> HttpResponse:
    """The answer to words that nothing can be done with any more, as *said*; where there are none, the page *to*."""
    if is_autosave(request):
        return render(request, "plans/saved.html", {"error": f"Inte sparat. {said}"}, status=422)
    return led_on(request, opened, said, form.unsaved, to)


def is_autosave(request: Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def saved(request: Request, form: SeenForm, at: datetime, **now: Any) -> HttpResponse:
    """The answer to an autosave: when it was saved, or the first sentence of what to do (422).

    *now*: what was saved and how far it has come, which the page then says anew.
    """
    if form.overtaken:
        return render(request, "plans/saved.html", {"error": f"{CHANGED_SINCE}. Spara för att se båda."}, status=422)
    error = next((str(errors[0]) for errors in form.errors.values()), "")
    response = render(request, "plans/saved.html", {"at": at, "error": error, **now}, status=422 if error else 200)
    response["X-Seen"] = form.seen_when_saved
    return response
