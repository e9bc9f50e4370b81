"""The identity number field in a form."""

import datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError

from knutpunkten.people.fields import IdentityNumberField
from knutpunkten.people.numbers import IdentityNumber


def field(**kwargs):
    return IdentityNumberField(today=lambda: datetime.date(2026, 11, 17), **kwargs)


class PersonForm(forms.Form):
    number = field()


def test_it_cleans_to_the_checked_number():
    assert field().clean(" 780411-2386 ") == IdentityNumber("197804112386")


def test_a_wrong_number_is_told_in_its_own_sentence():
    with pytest.raises(ValidationError, match="Kontrollera siffrorna: numret stämmer inte"):
        field().clean("198707049996")


def test_an_empty_one_is_none_where_it_is_not_required():
    assert field(required=False).clean("") is None


def test_what_was_typed_stays_on_error():
    form = PersonForm({"number": "780411-238"})
    assert not form.is_valid()
    assert form["number"].value() == "780411-238"


def test_a_known_number_is_shown_with_its_dash_and_counts_as_unchanged():
    form = PersonForm({"number": "19780411-2386"}, initial={"number": IdentityNumber("197804112386")})
    assert PersonForm(initial={"number": IdentityNumber("197804112386")})["number"].value() == "19780411-2386"
    assert not form.has_changed()


def test_the_browser_neither_remembers_nor_spells_it():
    attrs = field().widget.attrs
    assert (attrs["autocomplete"], attrs["inputmode"]) == ("off", "numeric")
