"""A page for who comes by an address that only takes what a form sends: back, reload, a saved address."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

TAKEN = ("GET", "HEAD", "POST")


class WrongMethodMiddleware:
    """Django has pages for 400, 403, 404 and 500, and answers 405 with nothing at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            page = render(request, "405.html", status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Pages are read and forms are sent: nothing else is taken, not even by a page that forgets to say so."""
        return None if request.method in TAKEN else HttpResponseNotAllowed(TAKEN)
