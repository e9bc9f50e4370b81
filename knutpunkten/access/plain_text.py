"""What is pasted may hold signs that are no words: some turn what stands around them, others are boxes or not seen at all."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

# Unicode's marks that embed, override or isolate a direction. Words written from right to left do without them.
DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
# What once steered a teleprinter or a terminal; the null character is left for the form, which refuses it in words.
# Three of them part words: a word processor breaks its lines with them.
CONTROLS = {*range(1, 0x20), *range(0x7F, 0xA0)} - {ord(sign) for sign in "\t\n\r"}
PARTING = "\v\f\x85"
# Not seen: a text of them alone would count as written, and a name or a number that holds one as another.
UNSEEN = {
    *(0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF),  # where a word may be broken, a file's first mark and such
    *(0x200B, 0x200E, 0x200F, *range(0x2060, 0x2065)),  # zero-width space, marks beside words, word joiner
}
BLANK = "\u2800\u3164\uffa0"  # letters by their kind, that are drawn as nothing
PLAIN: dict[int, str | None] = dict.fromkeys((*DIRECTIONS, *CONTROLS, *UNSEEN)) | dict.fromkeys(
    map(ord, PARTING + BLANK), " "
)
# Persian and the languages of India part and join letters with these; beside no letter they are unseen as the others.
JOINERS = re.compile(r"(?<![^\s\d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\s\d])")


def plain(text: str) -> str:
    """*text* as it is seen: without what cannot be, or turns what stands around it."""
    return JOINERS.sub("", text.translate(PLAIN))


class PlainTextMiddleware:
    """Takes what is not seen, and what turns or steers the words, out of what a form sends, before any form or view has read it."""

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
            sent.setlist(name, [plain(value) for value in values])
        request.POST = sent  # type: ignore[assignment]  # a copy may be written in: nobody does
