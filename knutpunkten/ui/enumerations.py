"""Several things in one sentence, and how many they are."""

from collections.abc import Iterable

NUMBER_WORDS = ("Ingen", "En", "Två", "Tre", "Fyra", "Fem", "Sex", "Sju", "Åtta", "Nio", "Tio")


def enumeration(words: Iterable[str]) -> str:
    """ "A", "A och B", "A, B och C"; empty for none."""
    *before, last = [*words] or [""]
    return f"{', '.join(before)} och {last}" if before else last


def amount_in_words(amount: int) -> str:
    """Ingen, En, Två and so on to Tio; 11 and more in figures."""
    return NUMBER_WORDS[amount] if amount < len(NUMBER_WORDS) else str(amount)
