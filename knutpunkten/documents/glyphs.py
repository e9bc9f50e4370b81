"""Which characters the shipped fonts can draw, and text made of only those.

An archivable PDF must not hold a character without a glyph, and people paste what they like. So what
cannot be drawn is shown as □, and what would only confuse the reader (controls, text turned around) is dropped.
"""

import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
UNDRAWN = "□"

# A word this long is no word of Swedish: it may be broken anywhere, or it would run off the page.
_LONGEST_WORD = 36
_PIECE = 8
_ZERO_WIDTH_SPACE = "\u200b"
_JOINERS = "\u200c\u200d"  # these shape Arabic and Persian words
_LINE_ENDS = {"\r\n": "\n", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n\n"}


def drawable(text: str) -> str:
    """`text` with nothing in it that the fonts cannot draw: NFC, □ for the rest, endless words breakable."""
    for end, newline in _LINE_ENDS.items():
        text = text.replace(end, newline)
    kept = "".join(_drawn_as(character) for character in unicodedata.normalize("NFC", text))
    return "".join(_breakable(word) for word in _words(kept))


def has_undrawn(text: str) -> bool:
    """Whether a text from `drawable` holds a □, and so may have lost something."""
    return UNDRAWN in text


@cache
def covered() -> frozenset[int]:
    """Code points that at least one shipped font has a glyph for."""
    return frozenset().union(*(_code_points(path.read_bytes()) for path in FONTS.glob("*.ttf")))


def _drawn_as(character: str) -> str:
    if character in ("\n", *_JOINERS):
        return character
    if character == "\t" or unicodedata.category(character) == "Zs":
        return " " if character != "\u00a0" else character
    category = unicodedata.category(character)
    if category in ("Cc", "Cf") or 0xFE00 <= ord(character) <= 0xFE0F:
        return ""
    return character if category not in ("Cs", "Co", "Cn") and ord(character) in covered() else UNDRAWN


def _words(text: str) -> list[str]:
    words, word = [], ""
    for character in text:
        if character in " \n\u00a0":
            words += [word, character]
            word = ""
        else:
            word += character
    return [*words, word]


def _breakable(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return word
    return _ZERO_WIDTH_SPACE.join(word[start : start + _PIECE] for start in range(0, len(word), _PIECE))


def _code_points(font: bytes) -> set[int]:
    """Code points in an OpenType font's character map, from its Unicode subtables (formats 4 and 12)."""
    tables = struct.unpack(">H", font[4:6])[0]
    records = (struct.unpack(">4sLLL", font[12 + 16 * n : 28 + 16 * n]) for n in range(tables))
    (cmap,) = (font[offset:] for tag, _, offset, _ in records if tag == b"cmap")
    subtables = struct.unpack(">H", cmap[2:4])[0]
    offsets = {struct.unpack(">L", cmap[8 + 8 * n : 12 + 8 * n])[0] for n in range(subtables)}
    found: set[int] = set()
    for offset in offsets:
        subtable = cmap[offset:]
        match struct.unpack(">H", subtable[:2])[0]:
            case 4:
                found |= _in_segments(subtable)
            case 12:
                found |= _in_groups(subtable)
    return found


def _in_segments(subtable: bytes) -> set[int]:
    count = struct.unpack(">H", subtable[6:8])[0] // 2

    def array(place: int) -> tuple[int, ...]:
        start = 14 + place * count * 2 + (2 if place else 0)
        return struct.unpack(f">{count}H", subtable[start : start + count * 2])

    ends, starts, deltas, ranges = array(0), array(1), array(2), array(3)
    ranges_at = 14 + 3 * count * 2 + 2
    found = set()
    for n in range(count):
        for code in range(starts[n], ends[n] + 1):
            glyph = code + deltas[n]
            if ranges[n]:
                at = ranges_at + 2 * n + ranges[n] + 2 * (code - starts[n])
                glyph = struct.unpack(">H", subtable[at : at + 2])[0] if at + 2 <= len(subtable) else 0
            if glyph % 65536:
                found.add(code)
    return found


def _in_groups(subtable: bytes) -> set[int]:
    count = struct.unpack(">L", subtable[12:16])[0]
    groups = (struct.unpack(">LLL", subtable[16 + 12 * n : 28 + 12 * n]) for n in range(count))
    return {code for first, last, _ in groups for code in range(first, last + 1)}
