"""The two middlewares nearest the views that open anything: how long one is signed in, and the transaction in which the database knows who asks."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.address import client_address
from knutpunkten.access.denials import deny_role
from knutpunkten.access.gates import before_second_factor, sign_in_url
from knutpunkten.access.other_hat import HAT_KEY, stopped
from knutpunkten.access.request import Request
from knutpunkten.access.sittings import ASKS, BY_ITSELF, is_half, note_click, seconds_left
from knutpunkten.access.traces import write_denials, write_opened, write_shown
from knutpunkten.access.who import begin_as


class SittingMiddleware:
    """Ends what has lasted too long, and opens nothing to who has given a password only. No statements of its own.

    What a page sends by itself, with nobody there, is no click. A page that asks is told how many seconds are left.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            if seconds_left(request.session, now) <= 0:
                logout(request)
                request.sitting_ended = True  # type: ignore[attr-defined]
            elif request.headers.get(ASKS) != BY_ITSELF:
                note_click(request.session, now)
        response = self.get_response(request)
        if ASKS in request.headers and request.user.is_authenticated:
            response.headers[ASKS] = str(seconds_left(request.session, timezone.now()))
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.user.is_authenticated and is_half(request.session) and not before_second_factor(view):
            return HttpResponseRedirect(sign_in_url(request, reverse("second_factor")))
        return None


class WallMiddleware:
    """Opens the transaction, calls ``begin_as``, and rolls back on exceptions and on status 500 and above.

    No browser keeps what somebody signed in has seen: the back button asks again, and is answered as
    things stand then, also when a consent is withdrawn or another sits at the screen (W1).

    A denial raises, so what the view wrote is rolled back; the audit row of the denial itself is
    written in a second transaction. A page that wrote nothing in the audit is written down as opened (W4).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.denials, request.unshown, request.settled = [], [], {}
        with transaction.atomic():
            user = request.user
            is_in = user.is_authenticated and not is_half(request.session)
            request.who = begin_as(
                user.pk if is_in else None,
                getattr(user, "name", ""),
                request.session.get(HAT_KEY),
                address=client_address(request.META),
            )
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "raised", False):
                transaction.set_rollback(True)
            else:
                write_shown(request, response)
                write_opened(request, response)
        if request.who.user_id is not None:
            response.headers.setdefault("Cache-Control", "no-store, private")
        if request.denials:
            with transaction.atomic():
                was = request.who
                hat_id = was.hat.key if was.hat else None
                # Under the hat of now: one that has ended meanwhile writes nothing more.
                request.who = begin_as(was.user_id, was.name, hat_id, address=was.address)
                write_denials(request, request.denials)
        return response

    def process_view(self, request: Request, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Nothing that was meant under one hat is done under another."""
        return stopped(request, view)

    def process_exception(self, request: Request, exception: Exception) -> None:
        request.raised = True
        if isinstance(exception, PermissionDenied) and request.who.user_id is not None:
            deny_role(request)
