"""Names in Swedish order, by a key that sorts right byte by byte."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knutpunkten.organisations.swedish_order import sort_key

IN_ORDER = [
    "Abrahamsson",
    "Al-Amin",
    "Al-Zahra",
    "Alamin",
    "Andersson",
    "Anna Karin",
    "Anna-Lisa",
    "Annabel",
    "Essén",
    "von Essen",
    "Essenius",
    "Muhr",
    "Muller",
    "Myller",
    "Müllern",
    "Nordin",
    "O'Brien",
    "Obrist",
    "af Petersens",
    "Wahl",
    "Zorn",
    "Åberg",
    "Åström",
    "Älv",
    "Ærø",
    "Öberg",
    "Ørsted",
    "Östlund",
]


def in_byte_order(names):
    return sorted(names, key=lambda name: sort_key(name).encode())


def test_a_whole_list_in_swedish_order():
    assert in_byte_order(reversed(IN_ORDER)) == IN_ORDER


def same_place(one, other):
    return sort_key(one).split("\t")[0] == sort_key(other).split("\t")[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Linden", "LINDÉN"),
        ("Müller", "Myller"),
        ("Sørensen", "Sörensen"),
        ("Bæk", "Bäk"),
        ("O'Brien", "O’Brien"),
        ("O'Brien", "Obrien"),
        ("Al-Amin", "al amin"),
        ("von Essen", "Essen"),
        ("af Klint", "Klint"),
        ("Łukasz", "Lukasz"),
    ],
)
def test_names_that_share_a_place_are_still_told_apart(one, other):
    assert same_place(one, other)
    assert sort_key(one) != sort_key(other)


def test_a_person_called_only_von_keeps_the_name():
    assert sort_key("von").startswith("von\t")


def test_å_ä_ö_are_letters_of_their_own_however_they_are_encoded():
    assert in_byte_order(["Ö", "Ä", "Å", "Z", "A", "O"]) == ["A", "O", "Z", "Å", "Ä", "Ö"]
    assert sort_key(unicodedata.normalize("NFD", "Åsa Öberg")) == sort_key("Åsa Öberg")


def test_empty_and_unfamiliar_names_have_keys_too():
    assert in_byte_order(["محمد", "Ö", "", "Дмитрий", "-"]) == ["", "-", "Ö", "Дмитрий", "محمد"]


@given(name=st.text(max_size=30))
def test_every_name_has_a_key_that_ends_with_the_name(name):
    assert sort_key(name).endswith("\t" + unicodedata.normalize("NFC", name))


def test_signs_that_stand_for_letters_in_the_key_do_not_sort_as_letters():
    assert same_place("{Ann|", "Ann")


@given(one=st.text("abcåäöÅÄÖé -'", max_size=8), other=st.text("abcåäöÅÄÖé -'", max_size=8))
def test_different_names_never_share_a_key(one, other):
    same_name = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (sort_key(one) == sort_key(other)) == same_name


@given(names=st.lists(st.text("abzåäö ", min_size=1, max_size=6)))
def test_plain_swedish_words_follow_the_alphabet(names):
    alphabet = " abcdefghijklmnopqrstuvwxyzåäö"
    by_alphabet = sorted({" ".join(name.split()) for name in names}, key=lambda name: [alphabet.index(c) for c in name])
    assert in_byte_order(by_alphabet) == by_alphabet
