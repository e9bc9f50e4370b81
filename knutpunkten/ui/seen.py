"""What a form saves is a change of what its page showed: never of what has been saved elsewhere since."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from knutpunkten.ui.enumerations import enumeration
from knutpunkten.ui.forms import choice_words, overtaken

NOTHING = "Inget"
CHANGED_SINCE = "Någon annan har skrivit här sedan du öppnade sidan, eller du i ett annat fönster"


def sign(words: Mapping[str, Any]) -> str:
    """A sign for what stands in a row's fields; empty where nothing does. Where lines break is a difference, how is not."""
    texts = {name: "\n".join(said_in(value)) for name, value in sorted(words.items())}
    said = {name: text for name, text in texts.items() if text}
    return sha256(repr(said).encode()).hexdigest()[:16] if said else ""


def said_in(value: Any) -> list[str]:
    """The lines of a field's *value*; of several choices each, in no order of their own."""
    if isinstance(value, list):
        return sorted(map(str, value))
    return [] if value is None else [line.strip() for line in str(value).strip().splitlines()]


def row_of(name: str) -> str:
    """The row that a field belongs to: what follows the hyphen in its *name*. A form without rows is one."""
    return name.partition("-")[2]


def signs(words: Mapping[str, Any]) -> dict[str, str]:
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, value in words.items():
        rows[row_of(name)][name] = value
    return {row: sign(fields) for row, fields in rows.items()}


def packed(signs: Mapping[str, str]) -> str:
    return ",".join(f"{row}:{said}" for row, said in signs.items())


def unpacked(seen: str) -> dict[str, str]:
    parts = [part.partition(":") for part in seen.split(",") if part]
    return {row: said for row, _, said in parts}


@dataclass(frozen=True)
class Row:
    """A row of a form that was sent, by the signs of what stands in it at each moment."""

    standing: str | None  # None where the row has been taken away
    shown: str  # by the page; empty of a row that it did not show
    typed: str
    written: str  # what stands once it is saved: in a field that is wrong, what stood

    @property
    def is_changed(self) -> bool:
        """Whether something else was typed than was shown, and than stands."""
        return {self.typed, self.written}.isdisjoint((self.shown, self.standing or ""))

    @property
    def is_overtaken(self) -> bool:
        """Whether it was changed where something else stands than was shown, or nothing any more."""
        return self.is_changed and self.standing != self.shown

    @property
    def read(self) -> str:
        """What its writer has read, when the page is drawn again: also what stands in the way."""
        return self.standing or "" if self.is_overtaken else self.shown

    @property
    def saved(self) -> str:
        """What its writer has read, once it is saved as one writes: their own words, for the page goes on from those."""
        return self.written if self.is_changed or self.typed == self.standing else self.shown


class SeenForm(forms.BaseForm):
    """A form over what stands saved, its initial values, whose page sends ``seen`` back. Stands before ``forms.Form``.

    Each row is a change of its own: what was typed in one that has been saved elsewhere since is refused, and read first.
    Whoever asks for what stands has to wait for whoever is saving just then.
    """

    fields: dict[str, forms.Field]

    @property
    def over(self) -> list[str]:
        """The names of the fields over what stands saved: all, where the form asks for nothing else."""
        return list(self.fields)

    @cached_property
    def standing(self) -> dict[str, str]:
        return signs({name: self[name].initial for name in self.over})

    @cached_property
    def sent(self) -> dict[str, Row]:
        """Every row that stands, and those that the page showed and that have been taken away since.

        A page that does not say what it showed is taken to have shown what stands.
        """
        shown = unpacked(self.data["seen"]) if "seen" in self.data else self.standing
        gone = shown.keys() - self.standing.keys()
        lost = {name: self.data[name] for name in self.data if row_of(name) in gone}
        typed = signs(lost | {name: self[name].data for name in self.over})
        written = typed | signs({name: self.cleaned_data.get(name, self[name].initial) for name in self.over})
        return {
            row: Row(self.standing.get(row), shown.get(row, ""), typed.get(row, ""), written.get(row, ""))
            for row in self.standing | shown
        }

    @cached_property
    def changed(self) -> set[str]:
        return {name for name, row in self.sent.items() if row.is_changed}

    @cached_property
    def overtaken(self) -> set[str]:
        return {name for name, row in self.sent.items() if row.is_overtaken}

    @property
    def is_news(self) -> bool:
        """Whether there is something to save, and nothing to read before that."""
        return bool(self.changed) and not self.overtaken

    @property
    def lost(self) -> list[tuple[str, str]]:
        """What was written, rather than chosen, in rows that are there no more, under no label: no field of the page shows it."""
        gone = self.changed - self.standing.keys()
        return [("", text) for name, text in self.data.items() if row_of(name) in gone and " " in text.strip()]

    @property
    def unsaved(self) -> list[tuple[str, str]]:
        """What was typed or chosen otherwise than it stands, by its labels, for whom nothing of it can be saved any more."""
        if not self.is_bound:
            return []
        self.is_valid()
        fields = [field for field in self.typed_otherwise(self.changed) if field.data]
        return [(self.label_of(field), words_of(field, field.data)) for field in fields] + self.lost

    def typed_otherwise(self, rows: set[str]) -> list[BoundField]:
        """The fields of *rows* where something else was typed than stands."""
        fields = [self[name] for name in self.over if row_of(name) in rows]
        return [field for field in fields if sign({"": field.data}) != sign({"": field.initial})]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's, for what is asked when all else is
        for row in self.overtaken:
            self.say_overtaken(row)

    def say_overtaken(self, row: str) -> None:
        if CHANGED_SINCE not in self.non_field_errors():
            self.add_error(None, overtaken(CHANGED_SINCE))

    def read_first(self) -> list[tuple[str, str]]:
        """What stands in the fields of what was overtaken where something else was typed, by their labels."""
        fields = self.typed_otherwise(self.overtaken)
        return [(self.label_of(field), words_of(field, field.initial)) for field in fields]

    def label_of(self, field: BoundField) -> str:
        return str(field.label)

    @property
    def seen(self) -> str:
        """For the page to send back."""
        if not self.is_bound:
            return packed(self.standing)
        return packed({name: row.read for name, row in self.sent.items() if name in self.standing})

    @property
    def seen_when_saved(self) -> str:
        return packed({name: row.saved for name, row in self.sent.items()})


def words_of(field: BoundField, value: Any) -> str:
    """What *value* says in *field*, as its page words it."""
    choices = choice_words(field.field)
    if isinstance(value, list):
        return enumeration(label for one, label in choices.items() if one in value) or NOTHING
    said = "" if value is None else str(value)
    return choices.get(said, said) or NOTHING
