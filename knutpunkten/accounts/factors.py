"""The second factors: adding, showing, taking away. Django-allauth's pages, with our templates and our audit."""

from functools import wraps
from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy

from knutpunkten.access.gates import View, open_to_all, with_an_account
from knutpunkten.access.request import Request
from knutpunkten.access.sittings import give_second_factor
from knutpunkten.accounts import events
from knutpunkten.accounts.half import with_password

INDEX = reverse_lazy("mfa_index")


class AddApp(totp.ActivateTOTPView):
    template_name = "accounts/add_app.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        give_second_factor(self.request.session, "totp")
        events.factor_added(self.request, form.user, "totp")
        return response


class AddPasskey(webauthn.AddWebAuthnView):
    template_name = "accounts/add_passkey.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        give_second_factor(self.request.session, "webauthn")
        events.factor_added(self.request, form.user, "webauthn")
        return response


class RemoveApp(totp.DeactivateTOTPView):
    template_name = "accounts/remove_factor.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        events.factor_removed(self.request, self.authenticator.user, "totp")
        return response


class RemovePasskey(webauthn.RemoveWebAuthnView):
    """The last second factor cannot be taken away: the next page would be closed."""

    template_name = "accounts/remove_factor.html"
    success_url = INDEX

    def form_valid(self, form: Any) -> HttpResponse:
        passkey = self.get_object()
        if not get_adapter().can_delete_authenticator(passkey):
            form.add_error(None, get_adapter().error_messages["cannot_delete_authenticator"])
            return self.render_to_response(self.get_context_data(form=form))
        response = super().form_valid(form)
        events.factor_removed(self.request, passkey.user, "webauthn")
        return response


class NewCodes(codes.GenerateRecoveryCodesView):
    template_name = "accounts/new_codes.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        events.factor_added(self.request, form.user, "recovery_codes")
        return response


def of_ones_own(view: View) -> View:
    """Opens *view* to an account with a password of its own. Who comes through their agency alone adds nothing beside it.

    What the agency lets in, the agency shuts out: a passkey of ours would go on opening the account after that.
    """

    @wraps(view)
    def behind_gate(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            context = {"url": INDEX, "label": "Till Min inloggning"}
            return render(request, "accounts/through_agency_only.html", context, status=403)
        return view(request, *args, **kwargs)

    return behind_gate


# While signing in.
give_code = open_to_all(base.AuthenticateView.as_view(template_name="accounts/give_code.html"))
passkey_sign_in = open_to_all(webauthn.LoginWebAuthnView.as_view())

# With a password given, and perhaps no more.
add_app = with_password(of_ones_own(AddApp.as_view()))
add_passkey = with_password(of_ones_own(AddPasskey.as_view()))
show_codes = with_password(of_ones_own(codes.ViewRecoveryCodesView.as_view(template_name="accounts/codes.html")))
again = with_password(of_ones_own(ReauthenticateView.as_view(template_name="accounts/again.html")))

# Signed in.
index = with_an_account(base.IndexView.as_view(template_name="accounts/index.html"))
again_by_code = with_an_account(base.ReauthenticateView.as_view(template_name="accounts/again.html"))
again_by_passkey = with_an_account(
    webauthn.ReauthenticateWebAuthnView.as_view(template_name="accounts/again_by_passkey.html")
)
remove_app = with_an_account(RemoveApp.as_view())
remove_passkey = with_an_account(RemovePasskey.as_view())
new_codes = with_an_account(of_ones_own(NewCodes.as_view()))
