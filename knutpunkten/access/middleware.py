"""The innermost middleware: one transaction per request, in which the database knows who asks."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from knutpunkten.access.denials import write_denials
from knutpunkten.access.request import Request
from knutpunkten.access.who import begin_as

HAT_KEY = "hat"


class WallMiddleware:
    """Opens the transaction, calls ``begin_as``, and rolls back on exceptions and on status 500 and above.

    No browser keeps what somebody signed in has seen: the back button asks again, and is answered as
    things stand then, also when a consent is withdrawn or another sits at the screen (W1).

    A denial raises, so what the view wrote is rolled back; the audit row of the denial itself is
    written in a second transaction.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.denials = []
        with transaction.atomic():
            user = request.user
            request.who = begin_as(
                user.pk if user.is_authenticated and user.is_active else None,
                getattr(user, "name", ""),
                request.session.get(HAT_KEY),
                address=request.META.get("REMOTE_ADDR"),
            )
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "raised", False):
                transaction.set_rollback(True)
        if request.who.user_id is not None:
            response.headers.setdefault("Cache-Control", "no-store, private")
        if request.denials:
            with transaction.atomic():
                begin_as(request.who.user_id, hat_id=str(request.who.hat.id) if request.who.hat else None)
                write_denials(request.who, request.denials)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        request.raised = True
