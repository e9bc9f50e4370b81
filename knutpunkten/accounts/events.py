"""What of signing in stands in the audit (W4), and how it comes there. No address that a stranger typed."""

from typing import Any

from allauth.mfa import signals
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from knutpunkten.access.address import client_address
from knutpunkten.access.who import NOBODY, Who, begin_as
from knutpunkten.audit.actions import record
from knutpunkten.organisations.models import User


def listen() -> None:
    """A wrong code has no other place to be heard of than django-allauth's signal."""
    signals.authentication_failed.connect(wrong_code, dispatch_uid="audit_wrong_code")


def write(request: HttpRequest, user: User | None, event: str, **of: Any) -> None:
    """Write that *user* did *event*. The page may run as nobody: the row is written as them, and the page goes on."""
    before: Who = getattr(request, "who", NOBODY)
    address = client_address(request.META)
    with transaction.atomic():
        by = begin_as(user.pk, user.name, address=address) if user else begin_as(None, address=address)
        record(event, by=by, at=timezone.now(), **of)
        before.written.extend(by.written)
        begin_as(before.user_id, hat_id=before.hat.key if before.hat else None)


def signed_in(request: HttpRequest, user: User, factor: str) -> None:
    write(request, user, "signed_in", factor=factor or "none")


def failed(request: HttpRequest, user: User | None, how: str, why: str = "wrong") -> None:
    """Somebody was not let in as *user*, or as nobody we know: it was not them, so they stand as what it was about."""
    write(request, None, "sign_in_failed", object_id=user.pk if user else None, how=how, why=why)


def invitation_used(request: HttpRequest, user: User) -> None:
    write(request, user, "invitation_used", object_id=user.pk)


def factor_added(request: HttpRequest, user: User, factor: str) -> None:
    write(request, user, "second_factor_added", factor=factor)


def factor_removed(request: HttpRequest, user: User, factor: str) -> None:
    write(request, user, "second_factor_removed", factor=factor)


def password_changed(request: HttpRequest, user: User) -> None:
    write(request, user, "password_changed")


def wrong_code(sender: Any, request: HttpRequest, user: User, authenticator: Any, **of: Any) -> None:
    failed(request, user, str(authenticator.type))
