"""Which hat is on."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from knutpunkten.access.gates import with_an_account
from knutpunkten.access.other_hat import HAT_KEY
from knutpunkten.access.request import Request
from knutpunkten.access.who import Hat
from knutpunkten.organisations.models import Membership, Role


@with_an_account
def hats(request: Request) -> HttpResponse:
    """Which roles one has, and which is on. A hat that has ended or is another's changes nothing.

    Who has none yet, an invited one before the first day, reads which begin and when.
    """
    if request.method == "POST":
        chosen = request.POST.get("hat", "")
        if any(hat.key == chosen for hat in request.who.hats):
            request.session[HAT_KEY] = chosen
        wanted = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
        return HttpResponseRedirect(wanted if wanted and safe else reverse("start"))
    context: dict[str, Any] = {"hats": request.who.hats, "current": request.who.hat}
    if not request.who.hats:
        context["coming"] = coming_hats(request.who.user_id, timezone.localdate())
    return render(request, "desk/hats.html", context)


def coming_hats(user_id: UUID | None, today: date) -> list[tuple[Hat, date]]:
    """The hats that are yet to begin, and when; the first first. One statement."""
    later = Membership.objects.filter(user=user_id, starts_on__gt=today).order_by("starts_on", "pk")
    return [
        (
            Hat(
                one.pk,
                Role(one.role),
                unit=one.unit.name if one.unit else "",
                agency=one.unit.agency.name if one.unit else "",
                programme_id=one.programme_id,
                programme=one.programme.name if one.programme else "",
            ),
            one.starts_on,
        )
        for one in later.select_related("unit__agency", "programme")
    ]
