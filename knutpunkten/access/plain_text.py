"""What is pasted may hold signs that are no words: some turn what stands around them, others are drawn as empty boxes."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

# Unicode's marks that embed, override or isolate a direction. Words written from right to left do without them.
DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
# What once steered a teleprinter or a terminal; the null character is left for the form, which refuses it in words.
# Three of them part words: a word processor breaks its lines with them.
CONTROLS = {*range(1, 0x20), *range(0x7F, 0xA0)} - {ord(sign) for sign in "\t\n\r"}
PARTING = "\v\f\x85"
PLAIN: dict[int, str | None] = dict.fromkeys((*DIRECTIONS, *CONTROLS)) | {ord(sign): " " for sign in PARTING}


class PlainTextMiddleware:
    """Takes the marks of direction and control out of what a form sends, before any form or view has read it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """As the view is found, when the check against forgery has read the form already."""
        if request.method != "POST":
            return
        sent = request.POST.copy()
        for name, values in request.POST.lists():
            sent.setlist(name, [value.translate(PLAIN) for value in values])
        request.POST = sent  # type: ignore[assignment]  # a copy may be written in: nobody does
