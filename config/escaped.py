"""The last answer: to what fails before Django's own pages for faults, or within them."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest

from config.loopback import Application
from knutpunkten.access.headers import HEADERS

log = logging.getLogger("django.request")
UNREADABLE = ("400 Bad Request", "Det som skickades gick inte att läsa. Gå tillbaka och försök igen.\n")
FAULT = ("500 Internal Server Error", "Något gick fel hos oss. Försök igen om en stund.\n")
# Django's middleware has not been here.
AROUND = HEADERS | {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store, private",
}


def nothing_escapes(application: Application) -> Application:
    """*application*, whose errors reach neither the visitor nor the server's own log, which would write their words."""

    def within(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except BadRequest:
            status, words = UNREADABLE
        except Exception:
            log.exception("Not even the page for faults could be shown")
            status, words = FAULT
        start_response(status, list(AROUND.items()))
        return [words.encode()]

    return within
