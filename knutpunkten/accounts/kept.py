"""What one had typed when the sitting ended: kept for the one who typed it, and given back on the same page."""

import json
import re
from datetime import datetime, timedelta

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from knutpunkten.access.gates import with_an_account
from knutpunkten.access.request import Request
from knutpunkten.access.sittings import KEPT, seconds_left
from knutpunkten.access.who import NOBODY, Who, begin_as
from knutpunkten.accounts.models import KeptWords
from knutpunkten.organisations.models import User

KEPT_FOR = timedelta(days=1)
LONGEST_PATH = 300
MOST_FIELDS = 300
# Of one page, in bytes: many times the longest form filled to the brim. And how many pages of one account, the newest.
LARGEST = 256 * 1024
MOST_PAGES = 20
# What no column holds: the null character, and half a pair of what stands for one character.
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


@require_POST
@with_an_account
def keep(request: Request) -> HttpResponse:
    """Keep what is typed in a page's form, before it is sent. Answers how many seconds the sitting lasts now."""
    path, fields, at = path_in(request), fields_in(request), timezone.now()
    own = KeptWords.objects.filter(user_id=request.who.user_id)
    own.update_or_create(path=path, defaults={"user_id": request.who.user_id, "fields": fields, "kept_at": at})
    own.filter(pk__in=own.order_by("-kept_at", "pk").values("pk")[MOST_PAGES:]).delete()
    return HttpResponse(str(seconds_left(request.session, at)), content_type="text/plain")


def path_in(request: HttpRequest) -> str:
    """The address of the page with the form; raises ``BadRequest`` for anything else."""
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
    """One's own words for a page, once; an empty list where there are none."""
    path = path_in(request)
    kept = KeptWords.objects.filter(user_id=request.who.user_id, path=path).first()
    if kept is not None:
        kept.delete()
    if path in request.session.get(KEPT, ()):
        request.session[KEPT] = [other for other in request.session[KEPT] if other != path]
    return JsonResponse({"fields": kept.fields if kept else []})


def remember(request: HttpRequest, user: User) -> None:
    """*user* has signed in: which pages have words of theirs is noted in the session, so that no page has to ask."""
    before: Who = getattr(request, "who", NOBODY)
    with transaction.atomic():
        begin_as(user.pk)
        paths = list(KeptWords.objects.filter(user=user).order_by("path").values_list("path", flat=True))
        begin_as(before.user_id, hat_id=before.hat.key if before.hat else None)
    if paths:
        request.session[KEPT] = paths


def forget(at: datetime) -> int:
    """Delete what nobody has come back for in a day; answers how many."""
    deleted, _ = KeptWords.objects.filter(kept_at__lt=at - KEPT_FOR).delete()
    return deleted
