"""Who writes mapping and plan, while a consent holds; and how a page that saves itself is answered."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.plans.shown import guides, may_write

AT_REST = "Inget sparades: samtycket gäller inte längre. Teamets arbete vilar tills ett nytt är påskrivet."


class AtRest(Exception):
    """No consent holds for the team: nothing more is written (W1)."""


def writing[**P](view: Callable[Concatenate[Request, UUID, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that writes in the plan. Where the consent is gone it says so, on the case's page."""

    @wraps(view)
    def says_when_at_rest(request: Request, case_id: UUID, *of: P.args, **more: P.kwargs) -> HttpResponse:
        try:
            return view(request, case_id, *of, **more)
        except AtRest:
            messages.warning(request, AT_REST)
            return redirect("case", case_id=case_id)

    return says_when_at_rest


def unsaved(request: Request, form: forms.Form, page: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to words that came after the consent was gone: the *page* with them, and that they were not saved."""
    if is_autosave(request):
        return render(request, "plans/saved.html", {"error": AT_REST}, status=422)
    form.add_error(None, AT_REST)
    return page()


def guided(request: Request, case_id: UUID, read: str, *, also_at_rest: bool = False) -> OpenCase:
    """The case of the supervisor who works with the person now; a 404 before the start and after the end.

    Raises ``AtRest`` while no consent holds, for ``writing`` to say.
    """
    opened = case_for(request, case_id, Permission.GUIDE, read=read)
    if not guides(opened):
        raise Http404
    if not also_at_rest and not may_write(opened):
        raise AtRest
    return opened


def is_autosave(request: Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def saved(request: Request, form: forms.Form, at: datetime) -> HttpResponse:
    """The answer to an autosave: when it was saved, or the first sentence of what to do (422)."""
    error = next((str(errors[0]) for errors in form.errors.values()), "")
    return render(request, "plans/saved.html", {"at": at, "error": error}, status=422 if error else 200)
