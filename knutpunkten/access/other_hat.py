"""A form drawn under one hat and sent under another: what was meant under the first is not done under the second.

Every form carries the hat that its page was drawn for (``ui.templatetags.sending``). It is asked here, before any view.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from knutpunkten.access.address import client_address
from knutpunkten.access.denials import Denial
from knutpunkten.access.gates import came_from, is_for_any_hat
from knutpunkten.access.request import Request
from knutpunkten.access.sent import DRAWN_FOR, PUT_ON, said, written
from knutpunkten.access.traces import SAFE
from knutpunkten.access.who import Hat, begin_as

# In the session: the hat that was chosen.
HAT_KEY = "hat"


def stopped(request: Request, view: Callable[..., Any]) -> HttpResponse | None:
    """What a form meant for another hat is answered (409, or 422 to what saves itself); None: go on.

    A chosen hat that has ended is told of, once. A page that is only read shows what the hat now on may see.
    """
    who = request.who
    if who.user_id is None:
        return None
    on = who.hat.key if who.hat else ""
    chosen = request.session.get(HAT_KEY, "")
    if chosen and chosen != on:
        del request.session[HAT_KEY]
    if request.method in SAFE or is_for_any_hat(view):
        if chosen not in ("", on):
            tell_of_the_end(request, who.hat)
        return None
    if (wanted := hat_of(request, request.POST.get(PUT_ON, ""))) is not None:
        put_on(request, wanted)
        return None
    meant = request.POST.get(DRAWN_FOR, chosen or on)
    return None if meant == on else refused(request, hat_of(request, meant))


def tell_of_the_end(request: Request, hat: Hat | None) -> None:
    now_on = f"Du har nu rollen {hat.words}." if hat else "Du har ingen annan roll."
    messages.warning(request, f"Rollen du hade har upphört. {now_on}")


def hat_of(request: Request, key: str) -> Hat | None:
    """The hat of *key*, if it is one of theirs who asks and holds today."""
    return next((hat for hat in request.who.hats if hat.key == key), None)


def put_on(request: Request, hat: Hat) -> None:
    """From here on the request is asked under *hat*, and so are those after it."""
    request.session[HAT_KEY] = hat.key
    who = request.who
    request.who = begin_as(who.user_id, who.name, hat.key, address=client_address(request.META))


def refused(request: Request, meant: Hat | None) -> HttpResponse:
    """Nothing is done, and what was typed is still there: on the page that saves itself, else here, to be sent anew."""
    found = request.resolver_match
    request.denials.append(Denial(found.kwargs.get("case_id") if found else None, "hat"))
    if request.htmx:
        words = render_to_string("access/not_saved.html", {"meant": meant, "on": request.who.hat})
        return HttpResponse(words, status=422)
    context: dict[str, Any] = {
        "meant": meant,
        "on": request.who.hat,
        "to": None if request.FILES else meant or request.who.hat,
        "fields": [(name, value) for name, values in said(request) for value in values],
        "texts": written(request),
        "page": came_from(request),
        "has_files": bool(request.FILES),
    }
    return render(request, "access/other_hat.html", context, status=409)
