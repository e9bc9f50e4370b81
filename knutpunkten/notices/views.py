"""Nytt: what has happened in the cases one has a part in."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.notices import actions
from knutpunkten.notices.rules import as_news, notices_of

PER_PAGE = 30


@allowed(Permission.SEE_CASES)
@require_safe
def inbox(request: Request) -> HttpResponse:
    """One's notices, newest first."""
    today = timezone.localdate()
    page = Paginator(notices_of(request.who), PER_PAGE).get_page(request.GET.get("page"))
    news = as_news(list(page.object_list), request.who, today)
    has_unread = any(item.notice.read_at is None for item in news)
    return render(request, "notices/inbox.html", {"page": page, "news": news, "has_unread": has_unread, "today": today})


@allowed(Permission.SEE_CASES)
@require_POST
def mark_read(request: Request) -> HttpResponse:
    """Mark one's notices as read: the one named, or all."""
    try:
        ids = [UUID(value) for value in request.POST.getlist("notice")] or None
    except ValueError:
        ids = []
    count = actions.mark_read(request.who, timezone.now(), ids)
    if count == 0:
        messages.info(request, "Det fanns inget oläst att markera.")
    return HttpResponseRedirect(reverse("inbox"))
