"""What one has typed and not sent: kept for the one who typed it, and given back in the same form until it is sent."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from knutpunkten.access.gates import with_an_account
from knutpunkten.access.request import Request
from knutpunkten.access.sittings import KEPT, seconds_left
from knutpunkten.access.who import NOBODY, Who, begin_as
from knutpunkten.accounts.models import KeptWords
from knutpunkten.cases.models import Case, Party
from knutpunkten.cases.rules import living
from knutpunkten.organisations.models import Membership, User

# A working week away, and the weekends around it.
KEPT_FOR = timedelta(days=14)
LONGEST_PATH = 300
MOST_FIELDS = 300
# Of one form, in bytes: many times the longest filled to the brim. And how many forms of one account, the newest.
LARGEST = 256 * 1024
MOST_FORMS = 20
# What no column holds: the null character, and half a pair of what stands for one character.
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
# The address of a form of a case.
OF_A_CASE = re.compile("/arenden/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")


class SentMiddleware:
    """What is sent needs no keeping. Only a form that was answered with where to go next is done: whatever stops it shows a page.

    No statements of its own where nothing was kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        response = self.get_response(request)
        is_done = request.method == "POST" and response.status_code == HTTPStatus.FOUND
        if is_done and request.who.user_id and (address := sent_to(request)):
            throw_away(request, address)
        return response


def sent_to(request: Request) -> str | None:
    """The address under which the form that was sent is kept, with what it asks of it if the form does; None if it is not."""
    kept = request.session.get(KEPT, ())
    return next((one for one in (request.get_full_path(), request.path) if one in kept), None)


@require_POST
@with_an_account
def keep(request: Request) -> HttpResponse:
    """Keep what is typed in a form, before it is sent; no field at all throws away what was kept of it.

    Answers how many seconds the sitting lasts now.
    """
    path, fields, at = path_in(request), fields_in(request), timezone.now()
    if fields:
        own = KeptWords.objects.filter(user_id=request.who.user_id)
        own.update_or_create(path=path, defaults={"user_id": request.who.user_id, "fields": fields, "kept_at": at})
        own.filter(pk__in=own.order_by("-kept_at", "pk").values("pk")[MOST_FORMS:]).delete()
        note(request, path)
    else:
        throw_away(request, path)
    return HttpResponse(str(seconds_left(request.session, at)), content_type="text/plain")


def note(request: HttpRequest, path: str) -> None:
    """In the session it stands which forms have words that wait, so that no page has to ask the database."""
    noted = request.session.get(KEPT, [])
    if path not in noted:
        request.session[KEPT] = [*noted, path][-MOST_FORMS:]


def throw_away(request: Request, path: str) -> None:
    KeptWords.objects.filter(user_id=request.who.user_id, path=path).delete()
    forget_note(request, path)


def forget_note(request: HttpRequest, path: str) -> None:
    noted = request.session.get(KEPT, [])
    if path in noted:
        request.session[KEPT] = [other for other in noted if other != path]


def path_in(request: HttpRequest) -> str:
    """The address that the form is sent to; raises ``BadRequest`` for anything else."""
    path = request.POST.get("path", "")
    if not path.startswith("/") or len(path) > LONGEST_PATH or UNKEEPABLE.search(path):
        raise BadRequest
    return path


def fields_in(request: HttpRequest) -> list[list[str]]:
    """Each field's name and value, as they can be kept; raises ``BadRequest`` for anything else, and for too much."""
    said = request.POST.get("fields", "")
    try:
        fields = json.loads(said) if len(said.encode()) <= LARGEST else None
    except (ValueError, RecursionError):
        raise BadRequest from None
    if not isinstance(fields, list) or len(fields) > MOST_FIELDS:
        raise BadRequest
    if not all(isinstance(pair, list) and len(pair) == 2 and all(isinstance(x, str) for x in pair) for pair in fields):
        raise BadRequest
    return [[UNKEEPABLE.sub("\ufffd", x) for x in pair] for pair in fields]


@require_POST
@with_an_account
def give_back(request: Request) -> HttpResponse:
    """One's own words for a form, which stay until it is sent, and how many seconds old; an empty list where there are none."""
    path = path_in(request)
    kept = KeptWords.objects.filter(user_id=request.who.user_id, path=path).first()
    if kept is None:
        forget_note(request, path)
        return JsonResponse({"fields": []})
    note(request, path)
    return JsonResponse({"fields": kept.fields, "seconds": (timezone.now() - kept.kept_at).total_seconds()})


def remember(request: HttpRequest, user: User) -> None:
    """*user* has signed in: which forms have words of theirs is noted in the session."""
    before: Who = getattr(request, "who", NOBODY)
    with transaction.atomic():
        begin_as(user.pk)
        paths = list(KeptWords.objects.filter(user=user).order_by("path").values_list("path", flat=True))
        begin_as(before.user_id, hat_id=before.hat.key if before.hat else None)
    if paths:
        request.session[KEPT] = paths


def forget(at: datetime) -> int:
    """Delete what nobody has come back for in two weeks, and what can be sent no longer; answers how many."""
    is_old = Q(kept_at__lt=at - KEPT_FOR)
    deleted, _ = KeptWords.objects.filter(is_old | Q(pk__in=unsendable(at))).delete()
    return deleted


def unsendable(at: datetime) -> list[UUID]:
    """Words of a case that has been closed since, or that no unit of whoever typed them has a part in. Four statements."""
    rows = KeptWords.objects.order_by("pk").values_list("pk", "user_id", "path", "kept_at")
    typed = [
        (pk, user_id, UUID(of[1]), kept_at) for pk, user_id, path, kept_at in rows if (of := OF_A_CASE.match(path))
    ]
    today = timezone.localdate(at)
    cases = Case.objects.select_related("programme").in_bulk({case_id for _, _, case_id, _ in typed})
    parts = set(Party.objects.filter(living(today), case__in=cases).values_list("case_id", "unit_id"))
    for case in cases.values():
        parts |= {(case.pk, case.referring_unit_id), (case.pk, case.programme.team_id)}
    units: dict[UUID, set[UUID | None]] = {}
    for user_id, unit_id in Membership.objects.at(today).values_list("user_id", "unit_id"):
        units.setdefault(user_id, set()).add(unit_id)
    return [
        pk
        for pk, user_id, case_id, kept_at in typed
        if (of_case := cases.get(case_id))
        and (
            (not of_case.is_open and of_case.state_since > kept_at)
            or not any((case_id, unit_id) in parts for unit_id in units.get(user_id, ()))
        )
    ]
