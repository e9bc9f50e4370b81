"""The answer to a page that something else in the case has overtaken while it was open."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from knutpunkten.access.request import Request
from knutpunkten.cases.access import OpenCase


def overtaken(
    request: Request,
    opened: OpenCase,
    said: str,
    texts: list[tuple[str, str]],
    template: str = "cases/overtaken.html",
    **more: Any,
) -> HttpResponse:
    """Nothing was written (409): *said* why, and the *texts* that were sent, by their labels, to be copied."""
    context = {"opened": opened, "today": timezone.localdate(), "said": said, "texts": texts, **more}
    return render(request, template, context, status=409)


def led_on(
    request: Request, opened: OpenCase, said: str, texts: list[tuple[str, str]], to: str = "case"
) -> HttpResponse:
    """As ``overtaken``; where there is nothing to copy, to the page *to* of the case, which says why."""
    if texts:
        return overtaken(request, opened, said, texts)
    messages.warning(request, said)
    return redirect(to, opened.case.pk)
