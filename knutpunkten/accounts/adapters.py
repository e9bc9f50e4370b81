"""Where django-allauth asks us: who may, what is said, what is kept."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from knutpunkten.access.address import client_address
from knutpunkten.access.sittings import give_second_factor
from knutpunkten.accounts import events, kept, sealing
from knutpunkten.accounts.actions import put_away_outlived
from knutpunkten.organisations.models import User

WRONG = "Fel e-postadress eller lösenord. Pröva en gång till."
TOO_MANY = "För många försök. Vänta fem minuter och pröva igen."
WRONG_CODE = "Koden stämmer inte. Skriv den som visas nu."


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the administrator alone, and every mail goes through our own outbox."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "incorrect_password": "Fel lösenord. Pröva en gång till.",
        "enter_current_password": "Fel lösenord. Pröva en gång till.",
        "incorrect_code": WRONG_CODE,
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise AssertionError("mail goes through the outbox")

    def add_message(self, request: HttpRequest, level: int, *of: Any, message: str | None = None, **more: Any) -> None:
        """Only what went wrong is told: that one is signed in one sees."""
        if message:
            super().add_message(request, level, message=message)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address as the audit's: the visitor's, also behind a proxy of ours."""
        return client_address(request.META) or "unknown"

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("start")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def get_login_stages(self) -> list[str]:
        return ["knutpunkten.accounts.stages.SecondFactorStage"]

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email", "")).lower()
        events.failed(request, User.objects.filter(email=email).first(), "password")

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether *password* is the one of *user*, counted among the attempts to sign in."""
        again = self.authenticate(context.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk

    def post_login(self, request: HttpRequest, user: Any, **of: Any) -> HttpResponse:
        """What has been shown besides the password stands in the session, where every page looks for it."""
        response = super().post_login(request, user, **of)
        kinds = [kind for record in get_authentication_records(request, user) if (kind := factor_of(record))]
        if kinds:
            give_second_factor(request.session, kinds[-1])
            for kind in put_away_outlived(user):
                events.factor_removed(request, user, kind)
        else:
            password_was_given(request, user)
        events.signed_in(request, user, kinds[-1] if kinds else "")
        kept.remember(request, user)
        return response


def password_was_given(request: HttpRequest, user: Any) -> None:
    """Who has just given the password is not asked for it again when adding the second factor."""
    record_authentication(request, user, "password", reauthenticated=True)


def factor_of(record: dict[str, Any]) -> str:
    """The second factor that a step of signing in amounts to, if any: an agency's own sign-in is one by itself."""
    if record["method"] == "socialaccount":
        return "agency"
    return record.get("type", "") if record["method"] == "mfa" else ""


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": "Lägg till ett annat sätt först. Utan ett andra steg går det inte att logga in.",
    }

    def encrypt(self, text: str) -> str:
        return sealing.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """The last one stays: without it the next page would be closed."""
        others = type(authenticator).objects.filter(user=authenticator.user_id).exclude(pk=authenticator.pk)
        return others.exclude(type="recovery_codes").exists()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return "Passernyckel"
