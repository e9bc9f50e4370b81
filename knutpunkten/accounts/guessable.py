"""The words that people here make a password of when they are asked for a new one: what a guesser tries first.

Django's list of common passwords is English. A password is guessed when all its letters are such words, whatever
digits and marks stand around them ("Sommar2026!"); a word of one's own among them is enough to make it another.
"""

import re
from collections.abc import Iterable

from knutpunkten.organisations.models import User
from knutpunkten.ui.dates import LONG_WEEKDAYS, MONTHS

SHORTEST = 3  # letters of a name that count: "Li" and "i" stand in too much
RUN = 4  # keys or letters in a row
ROWS = ("qwertyuiopå", "asdfghjklöä", "zxcvbnm", "abcdefghijklmnopqrstuvwxyzåäö")
SAID = [
    "vår",
    "våren",
    "sommar",
    "sommaren",
    "höst",
    "hösten",
    "vinter",
    "vintern",
    *MONTHS,
    *LONG_WEEKDAYS,
    *(f"{day}en" for day in LONG_WEEKDAYS),
    "lösenord",
    "lösenordet",
    "lösen",
    "hemlig",
    "hemligt",
    "hemligheten",
    "välkommen",
    "välkomna",
    "inloggning",
    "logga",
    "in",
    "mitt",
    "min",
    "nytt",
    "ny",
    "det",
    "är",
    "hej",
    "hejsan",
    "hallå",
    "sesam",
    "öppna",
    "test",
    "testar",
    "byt",
    "sverige",
    "semester",
    "jul",
    "julen",
    "påsk",
    "påsken",
    "midsommar",
    "admin",
    "administratör",
    "handläggare",
    "representant",
    "samordnare",
    "handledare",
    "granskare",
    "användare",
    "konto",
    "jobb",
    "jobbet",
    "arbete",
    "knutpunkten",
    "knutpunkt",
    "kommun",
    "kommunen",
    "region",
    "regionen",
    "samordningsförbund",
    "samordningsförbundet",
    "arbetsförmedlingen",
    "försäkringskassan",
]


def plain(words: str) -> str:
    """In small letters, without the dots and rings that some leave out."""
    return words.casefold().translate(str.maketrans("åäöéü", "aaoeu"))


def runs() -> Iterable[str]:
    for row in ROWS:
        for keys in (row, row[::-1]):
            yield from (keys[i:j] for i in range(len(keys)) for j in range(i + RUN, len(keys) + 1))


EVERYBODYS = frozenset(map(plain, (*SAID, *runs())))


def words_about(user: User) -> frozenset[str]:
    """What the holder, and where they work, is called. One statement."""
    said = [user.name, user.email]
    for role in user.memberships.select_related("unit__agency", "programme", "association"):
        said += [str(part) for part in (role.unit, role.programme, role.association) if part]
    return frozenset(word for word in re.findall(r"[^\W\d_]+", plain(" ".join(said))) if len(word) >= SHORTEST)


def is_made_of(letters: str, words: frozenset[str]) -> bool:
    """Whether *letters* are nothing but *words*, one after another."""
    reached = {0}
    for start in range(len(letters)):
        if start in reached:
            reached |= {start + len(word) for word in words if letters.startswith(word, start)}
    return len(letters) in reached


def is_guessable(password: str, user: User | None) -> bool:
    letters = re.sub(r"[\W\d_]", "", plain(password))
    own = words_about(user) if user and not user._state.adding else frozenset()
    return bool(letters) and is_made_of(letters, EVERYBODYS | own)
