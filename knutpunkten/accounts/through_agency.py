"""The way to the agency's own sign-in, and back."""

from collections.abc import Mapping
from secrets import compare_digest, token_urlsafe
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from requests import RequestException

from knutpunkten.access.gates import open_to_all
from knutpunkten.access.request import Request
from knutpunkten.accounts import events
from knutpunkten.accounts.agencies import WHY, Refused, let_in
from knutpunkten.accounts.id_token import vouched

NONCE = "nonce"


def refuse(request: HttpRequest, why: str) -> HttpResponse:
    """The page that says why one is not let in; the audit keeps the reason, and nobody's name."""
    events.failed(request, None, "agency", why)
    context = {
        "heading": "Du kommer inte in den här vägen",
        "text": WHY[why],
        "url": reverse("sign_in"),
        "label": "Till inloggningen",
    }
    return render(request, "ui/error.html", context, status=403)


class AgencyAdapter(DefaultSocialAccountAdapter):
    """No account is ever made here, and what goes wrong on the way is told on a page of ours."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, **of: Any) -> None:
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("sign_in")))
        away = isinstance(of.get("exception"), RequestException)
        raise ImmediateHttpResponse(refuse(request, "away" if away else "unclear"))


class ComingBack(OpenIDConnectOAuth2Adapter):
    """What the agency answered, and the sitting that begins of it."""

    state: dict[str, Any]

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **of: Any) -> Any:
        """Never returns: raises the response, whether somebody is let in or not."""
        try:
            claims = self.claims(app, token, of["response"])
            identity = let_in(app.provider_id, claims, app.settings["accepted"], timezone.now())
        except Refused as refused:
            raise ImmediateHttpResponse(refuse(request, refused.why)) from None
        record_authentication(request, identity.user, "socialaccount", provider=app.provider_id)
        login = Login(user=identity.user, redirect_url=self.state.get("next"))
        raise ImmediateHttpResponse(perform_login(request, login))

    def claims(self, app: Any, token: Any, response: dict[str, Any]) -> dict[str, Any]:
        """What the agency says of the person. The token that it vouches for wins, and both must be about the same one.

        How surely the person was known stands in the token or nowhere: the rest is told outside the signature.
        """
        if not response.get("id_token") or not {"issuer", "jwks_uri"} <= self.openid_config.keys():
            raise Refused("unclear")
        # django-allauth looks at no signature of a token that it has fetched itself.
        said = vouched(response["id_token"], self.keys(), issuer=self.openid_config["issuer"], audience=app.client_id)
        told = self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else {}
        if told and (not isinstance(told, dict) or told.get("sub") != said["sub"]):
            raise Refused("unclear")
        if not is_answer_to(self.state.get(NONCE, ""), said):
            raise Refused("another_try")
        return told | said | {"acr": said.get("acr")}

    def keys(self) -> dict[str, Any]:
        """The keys that the agency signs with now."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        return found


def is_answer_to(nonce: str, said: Mapping[str, Any]) -> bool:
    """Whether the token was made for this try: it repeats the word that we sent along, which is used once."""
    repeated = str(said.get(NONCE) or "").encode(errors="replace")
    return bool(nonce) and compare_digest(nonce.encode(), repeated)


class CallbackView(OAuth2CallbackView):
    adapter: ComingBack

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, response


@require_POST
@open_to_all
def go(request: Request, provider_id: str) -> HttpResponse:
    """On to the agency's own sign-in; it sends the person back to ``back``."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    try:
        provider = get_adapter().get_provider(request, provider=provider_id)
        # django-allauth sends none of its own. It stands in the session with the state, and goes when that is used.
        nonce = token_urlsafe()
        asked = provider.get_auth_params() | {NONCE: nonce}
        return provider.redirect(
            request, AuthProcess.LOGIN, next_url=wanted if safe else None, auth_params=asked, nonce=nonce
        )
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, OAuth2Error):
        return refuse(request, "away")


@open_to_all
def back(request: Request, provider_id: str) -> HttpResponse:
    """The agency has answered: who signs in, if anybody."""
    try:
        return CallbackView.adapter_view(ComingBack(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
