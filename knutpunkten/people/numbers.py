"""Identity numbers: what people type, what is stored, what is shown.

Stored: twelve digits, ÅÅÅÅMMDDNNNN, no separator. Shown: ÅÅÅÅMMDD-NNNN. A coordination
number (samordningsnummer) has 60 added to its day. Everything here is pure: `today` is given.
"""

import datetime
import re
from dataclasses import dataclass
from typing import Literal

from personnummer import personnummer

Kind = Literal["personnummer", "samordningsnummer"]

_COORDINATION_DAYS = 60
_OLDEST_POSSIBLE_AGE = 150
# Dashes and spaces that word processors and web pages put where people typed the plain ones.
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_INTERIM = re.compile(r"(?:[0-9]{6}|[0-9]{8})([TRSUWXJKLMNP])[0-9]{3}")
_PLUS_BEFORE_LAST_FOUR = re.compile(r"\+[0-9]{4}$")
# Ten or twelve digits as identity numbers are written; a phone number begins with a nought.
_IN_A_TEXT = re.compile(r"(?<!\d)(19|20)?[1-9\d]\d{5}[-+ ]?\d{4}(?!\d)")


class WrongNumber(ValueError):
    """What was typed is not an identity number; `sentence` tells the user what to do, in Swedish."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, order=True)
class IdentityNumber:
    """A checked number: `digits` is twelve digits, checksum and date valid when it was made."""

    digits: str

    @property
    def kind(self) -> Kind:
        return kind_of(self.digits)

    @property
    def birth_date(self) -> datetime.date:
        return birth_date(self.digits)

    def __str__(self) -> str:
        return show_number(self.digits)


def parse_number(typed: str, *, today: datetime.date) -> IdentityNumber:
    """The number a person typed: 10 or 12 digits, with or without - + and spaces.

    Ten digits name the person who is under 100 on `today`; a + before the last four says
    the one who turns, or has turned, 100. Raises WrongNumber with a sentence for the screen.
    """
    compact = _DASHES.sub("-", "".join(typed.split())).upper()
    if not compact:
        raise WrongNumber("Skriv personnumret eller samordningsnumret, till exempel ÅÅÅÅMMDD-NNNN.")
    digits = _digits_only(compact)
    if len(digits) == 10:
        digits = _with_century(digits, compact, today)
    elif len(digits) != 12:
        raise WrongNumber(f"Numret ska ha tio eller tolv siffror, du har skrivit {len(digits)}. Skriv ÅÅÅÅMMDD-NNNN.")
    _check_birth_date(digits, today)
    if not personnummer.valid(digits):
        raise WrongNumber("Kontrollera siffrorna: numret stämmer inte.")
    return IdentityNumber(digits)


def show_number(digits: str) -> str:
    """Twelve stored digits as ÅÅÅÅMMDD-NNNN."""
    return f"{digits[:8]}-{digits[8:]}"


def kind_of(digits: str) -> Kind:
    """Whether twelve stored digits are a personal or a coordination number."""
    return "samordningsnummer" if int(digits[6:8]) > _COORDINATION_DAYS else "personnummer"


def birth_date(digits: str) -> datetime.date:
    """The birth date in twelve stored digits. Raises ValueError where there is no such day."""
    day = int(digits[6:8])
    if day > _COORDINATION_DAYS:
        day -= _COORDINATION_DAYS
    return datetime.date(int(digits[:4]), int(digits[4:6]), day)


def age_on(digits: str, day: datetime.date) -> int:
    """Whole years lived on `day` (L1: 18 to 65). Someone born on 29 February has birthday on 1 March."""
    born = birth_date(digits)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def holds_number(text: str) -> bool:
    """Whether somewhere in *text* stands what looks like an identity number, valid or not."""
    return _IN_A_TEXT.search(text) is not None


def _digits_only(compact: str) -> str:
    interim = _INTERIM.fullmatch(compact.replace("-", "").replace("+", ""))
    if interim:
        raise WrongNumber(
            f"Det här är ett tillfälligt nummer (bokstaven {interim[1]}). "
            "Registrera personen med ”okänt nummer” och skriv varför."
        )
    digits = compact.replace("-", "")
    if _PLUS_BEFORE_LAST_FOUR.search(digits):
        digits = digits.replace("+", "", 1)
    if not re.fullmatch("[0-9]+", digits):
        raise WrongNumber("Skriv personnumret med siffror, till exempel 19121212-1212.")
    return digits


def _with_century(digits: str, compact: str, today: datetime.date) -> str:
    year = today.year - (today.year - int(digits[:2])) % 100
    if "+" in compact:
        year -= 100
    elif "-" not in compact and _is_future(f"{year}{digits[2:]}", today):
        # Without a separator nothing says the person is under 100, so the past is the better guess.
        year -= 100
    return f"{year}{digits[2:]}"


def _is_future(digits: str, today: datetime.date) -> bool:
    try:
        return birth_date(digits) > today
    except ValueError:
        return False


def _check_birth_date(digits: str, today: datetime.date) -> None:
    try:
        born = birth_date(digits)
    except ValueError:
        raise WrongNumber("Födelsedatumet i numret finns inte. Kontrollera år, månad och dag.") from None
    if born > today:
        raise WrongNumber("Födelsedatumet ligger framåt i tiden. Kontrollera siffrorna, skriv gärna alla tolv.")
    if today.year - born.year > _OLDEST_POSSIBLE_AGE:
        raise WrongNumber("Födelseåret kan inte stämma. Kontrollera de fyra första siffrorna.")
