"""The gate on top of every view: which permission opens the page."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission

View = Callable[..., HttpResponse]


def sign_in_url(request: HttpRequest, page: str = "") -> str:
    """Where to sign in (or *page*), with the way back: to the page itself, also from what only takes forms."""
    wanted = request.get_full_path() if request.method == "GET" else came_from(request)
    query = {"next": wanted} if wanted not in ("", "/") else {}
    if getattr(request, "sitting_ended", False):
        query["slut"] = "1"
    return f"{page or reverse('sign_in')}?{urlencode(query)}" if query else page or reverse("sign_in")


def came_from(request: HttpRequest) -> str:
    """The page of ours with the form; empty if the browser does not say, or says what is no address."""
    try:
        page = urlsplit(request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return ""
    return page.path if page.netloc == request.get_host() else ""


def to_sign_in(request: Request) -> HttpResponse:
    """The way to the sign-in page. A part of a page that asks for itself takes the whole page there."""
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": sign_in_url(request)})
    return HttpResponseRedirect(sign_in_url(request))


def allowed(*permissions: Permission) -> Callable[[View], View]:
    """Opens the view to those whose hat has any of *permissions*; others sign in, or are told no (403)."""

    def gate(view: View) -> View:
        @wraps(view)
        def behind_gate(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.who.user_id is None:
                return to_sign_in(request)
            if not any(request.who.may(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        behind_gate.permissions = frozenset(permissions)  # type: ignore[attr-defined]
        return behind_gate

    return gate


def with_an_account(view: View) -> View:
    """Opens the view to everyone with an account, also without any hat: whoever has left is told so."""

    @wraps(view)
    def behind_gate(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.who.user_id is None:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    behind_gate.permissions = frozenset(Permission)  # type: ignore[attr-defined]
    behind_gate.for_any_hat = True  # type: ignore[attr-defined]
    return behind_gate


def open_to_all(view: View) -> View:
    """Says on purpose that a page needs no account."""
    view.permissions = None  # type: ignore[attr-defined]
    return view


def before_second_factor(view: View) -> bool:
    """Whether *view* opens to who has given a password only: the pages where the second is given, and open ones."""
    return getattr(view, "before_second_factor", False) or getattr(view, "permissions", frozenset()) is None


def is_for_any_hat(view: View) -> bool:
    """Whether *view* does the same whatever the hat: the account's own pages, and open ones."""
    return getattr(view, "for_any_hat", False) or getattr(view, "permissions", frozenset()) is None
