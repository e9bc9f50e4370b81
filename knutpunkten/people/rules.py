"""What a person is called on screen before there is a case about them. Pure."""

from knutpunkten.people.models import Person
from knutpunkten.people.numbers import IdentityNumber


def kind_word(number: IdentityNumber | None) -> str:
    """The kind of number in the words of the screen; "Okänt nummer" where there is none."""
    return Person.Kind(number.kind if number else Person.Kind.UNKNOWN).label
