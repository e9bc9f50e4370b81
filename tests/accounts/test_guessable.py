"""Passwords that are guessed here: what Django's English list of common ones does not know."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

pytestmark = pytest.mark.django_db
SENTENCE = "Lösenordet är lätt att gissa"


@pytest.mark.parametrize(
    "guessed",
    [
        "Sommaren2026!",
        "sommar2026sommar",
        "HÖSTEN-2026-!",
        "november2026",
        "fredagfredag1",
        "Lösenord2026!",
        "losenord123456",
        "Hemligt-lösenord-1",
        "Välkommen2026",
        "valkommen1234",
        "asdfghjklöä1",
        "äölkjhgfdsa1",
        "qwertyuiopå!",
        "1q2w3e4r5t6y7u",
        "Knutpunkten2026",
        "Försäkringskassan1",
        "Kommunen2026",
    ],
)
def test_what_many_choose_is_refused_with_digits_and_marks_around_it(cast, guessed):
    with pytest.raises(ValidationError, match=SENTENCE):
        validate_password(guessed, cast.karin)


def test_so_is_what_the_holder_and_their_workplace_are_called(cast):
    unit = cast.tove.memberships.get().unit.name
    for guessed in (f"{unit}2026!", f"{cast.tove.name.split()[0]}sommaren26"):
        with pytest.raises(ValidationError, match=SENTENCE):
            validate_password(guessed, cast.tove)
    validate_password(f"{unit}2026!", cast.karin)


@pytest.mark.parametrize("chosen", ["granit-moln-sju", "sommargardinkatt", "vår ko äter blixtlås", "qwerty-lampfot-88"])
def test_a_word_of_ones_own_is_enough(cast, chosen):
    validate_password(chosen, cast.karin)


@pytest.mark.parametrize("again", ["aaaaaaaaaaaaaaaa", "åÅåÅåÅåÅåÅåÅåÅ", "hahahahahahaha", "a1b2a1b2a1b2a1b2"])
def test_the_same_signs_again_and_again_are_refused(cast, again):
    with pytest.raises(ValidationError, match="Skriv minst 5 olika tecken"):
        validate_password(again, cast.karin)
