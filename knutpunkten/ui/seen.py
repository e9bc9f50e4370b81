"""What a form saves is a change of what its page showed: never of what has been saved elsewhere since."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from knutpunkten.ui.enumerations import enumeration

NOTHING = "Inget"
CHANGED_SINCE = "Någon annan har skrivit här sedan du öppnade sidan, eller du i ett annat fönster"


def sign(words: Mapping[str, Any]) -> str:
    """A sign for what stands in a row's fields; empty where nothing does. How lines break is no difference."""
    texts = {name: " ".join(said_in(value)) for name, value in sorted(words.items())}
    said = {name: text for name, text in texts.items() if text}
    return sha256(repr(said).encode()).hexdigest()[:16] if said else ""


def said_in(value: Any) -> list[str]:
    """The words of a field's *value*; of several choices each, in no order of their own."""
    if isinstance(value, list):
        return sorted(map(str, value))
    return [] if value is None else str(value).split()


def row_of(name: str) -> str:
    """The row that a field belongs to: what follows the hyphen in its *name*. A form without rows is one."""
    return name.partition("-")[2]


def signs(words: Mapping[str, Any]) -> dict[str, str]:
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, value in words.items():
        rows[row_of(name)][name] = value
    return {row: sign(fields) for row, fields in rows.items()}


def packed(shown: Mapping[str, str]) -> str:
    return ",".join(f"{row}:{said}" for row, said in shown.items())


class SeenForm(forms.BaseForm):
    """A form over what stands saved, its initial values, whose page sends ``seen`` back. Stands before ``forms.Form``.

    Each row is a change of its own: what was typed in one that has been saved elsewhere since is refused, and read first.
    Whoever asks for what stands has to wait for whoever is saving just then.
    """

    fields: dict[str, forms.Field]

    @cached_property
    def standing(self) -> dict[str, str]:
        return signs({name: self[name].initial for name in self.fields})

    @cached_property
    def shown(self) -> dict[str, str]:
        """What the page showed, by row; what stands, of a page that does not say."""
        if "seen" not in self.data:
            return self.standing
        parts = [part.partition(":") for part in self.data["seen"].split(",")]
        return {row: said for row, _, said in parts}

    @cached_property
    def typed(self) -> dict[str, str]:
        """Also in rows that the page showed and that have been taken away since."""
        gone = self.shown.keys() - self.standing.keys()
        lost = {name: self.data[name] for name in self.data if row_of(name) in gone}
        return signs(lost | {name: self[name].data for name in self.fields})

    @cached_property
    def written(self) -> dict[str, str]:
        """What stands once it is saved: a field that is wrong as it stood."""
        return signs({name: self.cleaned_data.get(name, self[name].initial) for name in self.fields})

    @cached_property
    def changed(self) -> set[str]:
        """The rows in which something else was typed than was shown, and than stands."""
        return {
            row
            for row, said in self.typed.items()
            if {said, self.written.get(row, said)}.isdisjoint((self.shown.get(row, ""), self.standing.get(row, "")))
        }

    @cached_property
    def overtaken(self) -> set[str]:
        """Those of the changed in which something else stands than was shown, and those that are there no more."""
        return {row for row in self.changed if self.standing.get(row) != self.shown.get(row, "")}

    @property
    def is_news(self) -> bool:
        """Whether there is something to save, and nothing to read before that."""
        return bool(self.changed) and not self.overtaken

    @property
    def has_lost(self) -> bool:
        """Whether something was typed in a row that is there no more: no field of the page shows it."""
        return not self.changed <= self.standing.keys()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's, for what is asked when all else is
        for row in self.overtaken:
            self.say_overtaken(row)

    def say_overtaken(self, row: str) -> None:
        if CHANGED_SINCE not in self.non_field_errors():
            self.add_error(None, CHANGED_SINCE)

    def read_first(self) -> list[tuple[str, str]]:
        """What stands in the fields of what was overtaken where something else was typed, by their labels."""
        fields = [self[name] for name in self.fields if row_of(name) in self.overtaken]
        return [
            (str(field.label), words_of(field))
            for field in fields
            if sign({"": field.data}) != sign({"": field.initial})
        ]

    @property
    def seen(self) -> str:
        """For the page to send back. What was refused because it had not been read is read now."""
        if not self.is_bound:
            return packed(self.standing)
        return packed(
            {row: said if row in self.overtaken else self.shown.get(row, "") for row, said in self.standing.items()}
        )

    @property
    def seen_when_saved(self) -> str:
        """The same once it is saved as one writes, for the page goes on from what was typed."""
        is_there = {row for row, said in self.typed.items() if said == self.standing.get(row)}
        return packed(self.shown | {row: said for row, said in self.written.items() if row in self.changed | is_there})


def words_of(field: BoundField) -> str:
    """What stands in *field*, as its page words it."""
    choices = {str(value): str(label) for value, label in getattr(field.field, "choices", ())}
    if isinstance(field.initial, list):
        return enumeration(label for value, label in choices.items() if value in field.initial) or NOTHING
    standing = "" if field.initial is None else str(field.initial)
    return choices.get(standing, standing) or NOTHING
