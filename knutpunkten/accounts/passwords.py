"""What a password may not be. The checks are Django's, and one of our own; the sentences say what to do."""

from typing import Any

from django.contrib.auth import password_validation as checks
from django.core.exceptions import ValidationError

from knutpunkten.accounts.guessable import is_guessable

FEWEST_SIGNS = 5  # different ones

# By the field's own word.
ALIKE = {
    "e-post": "Lösenordet liknar din e-postadress. Välj ett annat.",
    "namn": "Lösenordet liknar ditt namn. Välj ett annat.",
}


class UnlikeTheHolder(checks.UserAttributeSimilarityValidator):
    def validate(self, password: str, user: Any = None) -> None:
        try:
            super().validate(password, user)
        except ValidationError as alike:
            raise ValidationError(ALIKE[(alike.params or {})["verbose_name"]], code=alike.code) from None


class LongEnough(checks.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return "Skriv ett lösenord med minst %(min_length)d tecken"


class Uncommon(checks.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "Lösenordet är ett av de vanligaste. Välj ett annat."


class NotDigitsAlone(checks.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "Välj något annat än bara siffror"


class NotOneSignAgain:
    """A long row of one sign, or of a few, is as long as it should be and stands on no list."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(password.casefold())) < FEWEST_SIGNS:
            raise ValidationError(self.get_help_text(), code="password_one_sign")

    def get_help_text(self) -> str:
        return f"Skriv minst {FEWEST_SIGNS} olika tecken"


class NotGuessable:
    """Django's list of the most common is English; this is what is guessed first here."""

    def validate(self, password: str, user: Any = None) -> None:
        if is_guessable(password, user):
            raise ValidationError(self.get_help_text(), code="password_guessable")

    def get_help_text(self) -> str:
        return (
            "Lösenordet är lätt att gissa: en årstid, ett namn, en arbetsplats eller tangenter i rad."
            " Skriv hellre några ord som inte hör ihop."
        )
