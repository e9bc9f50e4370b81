"""Swedish alphabetical order as a stored key, since the database sorts by bytes (C collation).

Keys compare as byte strings of UTF-8, which in Python is the same as comparing the strings.
"""

import unicodedata
from functools import lru_cache

from django.db.models import F, Func, Value
from django.db.models.functions import Lower

# The three last letters of the alphabet take the three bytes after z: å ä ö become { | }.
_LAST_LETTERS = {"å": "{", "ä": "|", "ö": "}"}
# Letters that Swedish lists sort as another letter, and that do not come apart into letter and accent.
_SORTED_AS = _LAST_LETTERS | {
    "æ": "|",
    "ø": "}",
    "œ": "}",
    "ő": "}",
    "ü": "y",
    "ű": "y",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ı": "i",
    "ł": "l",
    "þ": "th",
    "ß": "ss",
}
_APOSTROPHES = "'’‘ʼ´`"
# Swedish usage sorts "von Essen" under E (and shows it as it is).
_PARTICLES = {"af", "av", "von"}


def sort_key(name: str) -> str:
    """A key such that byte order gives Swedish order: a–z, å, ä, ö; é as e, ü as y, æ as ä, ø as ö.

    Case and apostrophes do not count, a hyphen counts as a space, shorter before longer, and leading
    "von", "af", "av" are passed over. Names that sort alike still get different keys.
    """
    words = "".join(_letter_key(letter) for letter in _letters(name)).split()
    while len(words) > 1 and words[0] in _PARTICLES:
        words = words[1:]
    # A tab sorts before the space between words, so the tie-break never outranks a further word.
    return " ".join(words) + "\t" + unicodedata.normalize("NFC", name)


def swedish(path: str) -> Func:
    """SQL: what a short list that has no stored key is ordered by, with å ä ö last and large letters as small."""
    return Func(Lower(F(path)), Value("ÅÄÖåäöÉéÜü"), Value("{|}{|}eeyy"), function="translate")


def _letters(name: str) -> str:
    lowered = unicodedata.normalize("NFC", name).lower()
    return unicodedata.normalize("NFC", lowered)


@lru_cache(maxsize=1024)  # the letters of names: a list asks for the same few of them hundreds of times
def _letter_key(letter: str) -> str:
    if letter in _SORTED_AS:
        return _SORTED_AS[letter]
    if letter in _APOSTROPHES:
        return ""
    decomposed = unicodedata.normalize("NFD", letter)
    plain, accents = decomposed[0], decomposed[1:]
    if unicodedata.category(plain)[0] == "M":
        return ""
    if not plain.isalnum():
        return " "
    # Two accents, as in ǟ: the first one made the letter, the rest is emphasis.
    composed = unicodedata.normalize("NFC", plain + accents[0]) if accents else plain
    return _SORTED_AS.get(composed, plain)
