"""Signing in, signing out, and which hat is on."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from knutpunkten.access.gates import open_to_all, with_an_account
from knutpunkten.access.middleware import HAT_KEY
from knutpunkten.access.request import Request


@open_to_all
def sign_in(request: Request) -> HttpResponse:
    """In the demo one steps in by choosing; elsewhere the administrator's login opens the settings."""
    return HttpResponseRedirect(reverse("step_in") if settings.DEMO else reverse("admin:login"))


@require_POST
@open_to_all
def sign_out(request: Request) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(reverse("sign_in"))


@with_an_account
def hats(request: Request) -> HttpResponse:
    """Which roles one has, and which is on. A hat that has ended or is another's changes nothing."""
    if request.method == "POST":
        chosen = request.POST.get("hat", "")
        if any(hat.key == chosen for hat in request.who.hats):
            request.session[HAT_KEY] = chosen
        wanted = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
        return HttpResponseRedirect(wanted if wanted and safe else reverse("start"))
    return render(request, "desk/hats.html", {"hats": request.who.hats, "current": request.who.hat})
