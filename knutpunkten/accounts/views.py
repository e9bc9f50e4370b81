"""Signing in and out, opening an account by invitation, and choosing the second factor."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account import views as account
from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from knutpunkten.access.gates import open_to_all, with_an_account
from knutpunkten.access.request import Request
from knutpunkten.access.sittings import is_half, seconds_left
from knutpunkten.accounts import events
from knutpunkten.accounts.actions import accept
from knutpunkten.accounts.adapters import password_was_given
from knutpunkten.accounts.factors import of_ones_own
from knutpunkten.accounts.forms import NewPasswordForm, OwnPasswordForm
from knutpunkten.accounts.half import with_password
from knutpunkten.accounts.rules import living
from knutpunkten.notices.links import invitation_in

BACKEND = "knutpunkten.accounts.backends.Backend"
WAITING = "invitation"


class SignInView(account.LoginView):
    template_name = "accounts/sign_in.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**more) | {"ended": "slut" in self.request.GET, "agencies": settings.AGENCIES}


with_allauth = SignInView.as_view()


def sign_in_policy() -> dict[str, Any]:
    """The page's content policy: its forms may also lead to the agencies' own sign-ins, and no other page's may."""
    servers = {f"{parts.scheme}://{parts.netloc}" for parts in (urlsplit(a["issuer"]) for a in settings.AGENCIES)}
    return settings.SECURE_CSP | {"form-action": [CSP.SELF, *sorted(servers)]}


@open_to_all
def sign_in(request: Request) -> HttpResponse:
    """E-mail and password, or a passkey. In the demo one steps in by choosing."""
    if settings.DEMO:
        return HttpResponseRedirect(f"{reverse('step_in')}?{request.GET.urlencode()}".rstrip("?"))
    if request.user.is_authenticated and is_half(request.session):
        return redirect("second_factor")
    return csp_override(sign_in_policy())(with_allauth)(request)


@require_POST
@open_to_all
def sign_out(request: Request) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(reverse("sign_in"))


@open_to_all
def closed(request: Request) -> HttpResponse:
    """The password was right, and the account is closed."""
    context = {
        "heading": "Kontot är stängt",
        "text": "Hör av dig till administratören om du behöver det i ditt arbete.",
        "url": reverse("sign_in"),
        "label": "Till inloggningen",
    }
    return render(request, "ui/error.html", context, status=403)


@require_POST
@with_an_account
def stay(request: Request) -> HttpResponse:
    """A click that says "I am still here": answers how many seconds the sitting lasts now."""
    return HttpResponse(str(seconds_left(request.session, timezone.now())), content_type="text/plain")


@open_to_all
@never_cache
def invitation(request: Request, token: str) -> HttpResponse:
    """The link of the mail. It goes on at once, so that it stands neither in the address nor in what is linked from."""
    found = invitation_in(token)
    request.session[WAITING] = str(found) if found else ""
    return redirect("open_account")


@sensitive_post_parameters()
@open_to_all
@never_cache
def open_account(request: Request) -> HttpResponse:
    """Whoever has come by a living link chooses a password, once. Every invitation leads to this address, so no answer is kept."""
    now = timezone.now()
    waiting = request.session.get(WAITING)
    found = living(waiting, now) if waiting else None
    if found is None:
        return dead_link(request)
    form = OwnPasswordForm(request.POST or None, user=found.user)
    if request.method == "POST" and form.is_valid():
        user = accept(found.pk, password=form.cleaned_data["password1"], at=now)
        if user is None:
            return dead_link(request)
        logout(request)  # nothing of whoever sat here before follows along
        login(request, user, backend=BACKEND)
        password_was_given(request, user)
        events.invitation_used(request, user)
        return redirect("second_factor")
    context = {"form": form, "email": found.user.email, "name": found.user.name, "invited_by": found.invited_by}
    return render(request, "accounts/open_account.html", context)


def dead_link(request: Request) -> HttpResponse:
    context = {"url": reverse("sign_in"), "label": "Till inloggningen"}
    return render(request, "accounts/dead_link.html", context, status=410)


@with_password
def second_factor(request: Request) -> HttpResponse:
    """Which second factor to add; the next pages are closed until there is one."""
    if not is_half(request.session):
        return redirect("start")
    return render(request, "accounts/second_factor.html")


@sensitive_post_parameters()
@with_an_account
@of_ones_own
def change_password(request: Request) -> HttpResponse:
    """A new password ends every other sitting of the account."""
    form = NewPasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)
        events.password_changed(request, form.user)
        return redirect("mfa_index")
    context = {"form": form, "heading": "Byt lösenord", "submit": "Byt lösenord", "back_url": reverse("mfa_index")}
    return render(request, "ui/form.html", context)
