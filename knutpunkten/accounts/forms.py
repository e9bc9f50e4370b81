"""The forms of signing in, with our own words."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from knutpunkten.accounts.rules import sealed_by_another_key
from knutpunkten.organisations.models import User
from knutpunkten.ui.fields import SpokenErrors

CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "data-width": "short"}


def password(label: str, kind: str, help_text: str = "", missing: str = "") -> forms.CharField:
    """A password's field; *kind* tells the browser's keeper of passwords whether it is the old or a new one."""
    widget = forms.PasswordInput(attrs={"autocomplete": f"{kind}-password"})
    said = {"required": missing} if missing else None
    return forms.CharField(label=label, strip=False, widget=widget, help_text=help_text, error_messages=said)


class SignInForm(SpokenErrors, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label="E-postadress", widget=forms.EmailInput(attrs={"autocomplete": "username"})
        )
        self.fields["password"] = password("Lösenord", "current")
        self.order_fields(["login", "password"])


class PasswordAgainForm(SpokenErrors, account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password("Lösenord", "current")


LONG = "Minst 12 tecken. Några ord i rad är lätta att minnas."


class OwnPasswordForm(SpokenErrors, forms.Form):
    """A password of one's own, typed twice."""

    password1 = password("Nytt lösenord", "new", LONG)
    password2 = password("Samma lösenord en gång till", "new", missing="Skriv samma lösenord en gång till")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self) -> str:
        chosen: str = self.cleaned_data["password1"]
        validate_password(chosen, self.user)
        return chosen

    def clean_password2(self) -> str:
        again: str = self.cleaned_data["password2"]
        if "password1" in self.cleaned_data and again != self.cleaned_data["password1"]:
            raise ValidationError("Skriv samma lösenord i båda rutorna")
        return again


class NewPasswordForm(OwnPasswordForm):
    """To change it one gives the one that holds."""

    oldpassword = password("Lösenordet du har nu", "current")
    field_order = ("oldpassword", "password1", "password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)

    def clean_oldpassword(self) -> str:
        held: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, held):
            raise ValidationError("Fel lösenord. Pröva en gång till.")
        return held

    def save(self) -> None:
        self.user.set_password(self.cleaned_data["password1"])
        self.user.save(update_fields=["password"])


OUTLIVED = "Dina koder gäller inte längre. Använd en passernyckel, eller be administratören om en ny inbjudan."


def code(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, widget=forms.TextInput(CODE))


def own_code() -> forms.CharField:
    """The code of the app, or one of the recovery codes."""
    return code("Kod", "Ur din app, eller en av dina reservkoder.")


class OwnCode(SpokenErrors):
    """Where no code of *user* can be right any more, the error says what to do instead."""

    user: User

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())  # type: ignore[misc]  # a form's, which this stands before
        except ValidationError as refused:
            if refused.code == "incorrect_code" and sealed_by_another_key(self.user):
                raise ValidationError(OUTLIVED) from None
            raise


class CodeForm(OwnCode, mfa.AuthenticateForm):
    code = own_code()


class CodeAgainForm(OwnCode, mfa.ReauthenticateForm):
    code = own_code()


class FirstCodeForm(SpokenErrors, totp.ActivateTOTPForm):
    code = code("Koden som appen visar")


class PasskeyForm(SpokenErrors, webauthn.AddWebAuthnForm):
    """A passkey that signs in by itself: it has to ask for a finger, a face or a code of its own."""

    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput)
    name = forms.CharField(
        label="Kalla den",
        max_length=60,
        required=False,
        help_text="Så att du känner igen den, till exempel Jobbdatorn.",
    )
