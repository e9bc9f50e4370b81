"""The gate on top of every view: which permission opens the page."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission

View = Callable[..., HttpResponse]


def allowed(*permissions: Permission) -> Callable[[View], View]:
    """Opens the view to those whose hat has any of *permissions*; others sign in, or are told no (403)."""

    def gate(view: View) -> View:
        @wraps(view)
        def behind_gate(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.who.user_id is None:
                return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': request.path})}")
            if not any(request.who.may(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        behind_gate.permissions = frozenset(permissions)  # type: ignore[attr-defined]
        return behind_gate

    return gate


def signed_in(view: View) -> View:
    """Opens the view to everyone with an account, whatever the hat."""
    return allowed(*Permission)(view)


def with_an_account(view: View) -> View:
    """Opens the view to everyone with an account, also without any hat: whoever has left is told so."""

    @wraps(view)
    def behind_gate(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.who.user_id is None:
            return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': request.path})}")
        return view(request, *args, **kwargs)

    behind_gate.permissions = frozenset(Permission)  # type: ignore[attr-defined]
    return behind_gate


def open_to_all(view: View) -> View:
    """Says on purpose that a page needs no account."""
    view.permissions = None  # type: ignore[attr-defined]
    return view
