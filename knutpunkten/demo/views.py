"""The demo's own pages: stepping in as somebody, and the mails that would have been sent."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from knutpunkten.access.gates import open_to_all
from knutpunkten.access.other_hat import HAT_KEY
from knutpunkten.access.request import Request
from knutpunkten.access.who import begin_as
from knutpunkten.accounts.kept import remember
from knutpunkten.demo.cards import agenda_words, cards, next_meeting
from knutpunkten.demo.cast import find_cast
from knutpunkten.demo.post import letters
from knutpunkten.organisations.models import Association, User

BACKEND = "django.contrib.auth.backends.ModelBackend"


@open_to_all
def step_in(request: Request) -> HttpResponse:
    """Kliv in som …: a card per role; choosing one signs in as that person, as a fresh session."""
    if request.method == "POST":
        return signed_in_as(request, request.POST.get("who", ""))
    now = timezone.now()
    shown, others = cards(now)
    context = {
        "next": request.GET.get("next", ""),
        "cards": shown,
        "others": others,
        "today": timezone.localdate(now),
        **meeting_ahead(now),
    }
    # The cards were asked as their own people; from here on the page is the visitor's again.
    hat = request.who.hat
    begin_as(request.who.user_id, request.who.name, str(hat.id) if hat else None)
    return render(request, "demo/step_in.html", context)


def signed_in_as(request: Request, wanted: str) -> HttpResponse:
    """Sign in as the account *wanted*; 404 for one that is not there."""
    try:
        user = User.objects.filter(pk=UUID(wanted), is_active=True).first()
    except ValueError:
        user = None
    if user is None:
        raise Http404
    logout(request)  # nothing of the one who stepped out follows along
    login(request, user, backend=BACKEND)
    request.session.pop(HAT_KEY, None)
    remember(request, user)
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return HttpResponseRedirect(wanted)
    return HttpResponseRedirect(reverse("start"))


def meeting_ahead(now: datetime) -> dict[str, object]:
    """Knutpunkten's next meeting and what it takes up; nothing before the world is made."""
    try:
        programme = find_cast().knutpunkten
    except Association.DoesNotExist:
        return {}
    meeting = next_meeting(programme.pk, now)
    return {"meeting": meeting, "agenda": agenda_words(meeting)} if meeting else {}


@open_to_all
def demo_post(request: Request) -> HttpResponse:
    """The mails the demo's own SMTP server has taken, newest first."""
    return render(request, "demo/post.html", {"letters": letters(settings.POST_DIRECTORY)})
