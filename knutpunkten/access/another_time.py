"""A form whose page was drawn before somebody signed in anew in the browser: nothing of it is done or kept."""

from django.http import HttpResponse
from django.shortcuts import render

from knutpunkten.access.request import Request
from knutpunkten.access.sent import written


def refused(request: Request, reason: str = "") -> HttpResponse:
    """What was sent is shown again to whoever sent it: whose it is, nobody knows any longer, so it waits for nobody."""
    response = render(request, "403_csrf.html", {"texts": written(request)}, status=403)
    response["Cache-Control"] = "no-store, private"
    return response
