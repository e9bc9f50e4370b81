"""What no page could read is turned away before any of them, and before anybody asks who comes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

# Pages are read and forms are sent: nothing else is taken, not even by a page that forgets to say so.
TAKEN = ("GET", "HEAD", "POST")
# The null character, as it is or as an address writes it: the database takes it in no question.
NULLS = ("\0", "%00")


class DoorstepMiddleware:
    """Answers 405 to another method, and 400 to another alphabet than UTF-8 or an address with a null character.

    Django refuses such an alphabet only where a form is read, and then again on the page that says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in TAKEN:
            return HttpResponseNotAllowed(TAKEN)
        if not is_readable(request):
            return render(request, "400.html", status=400)
        return self.get_response(request)


def is_readable(request: HttpRequest) -> bool:
    if (request.encoding or "utf-8").lower() != "utf-8":
        return False
    return not any(null in request.path or null in request.META.get("QUERY_STRING", "") for null in NULLS)
