"""What every part of the referral is made of: how a question is asked, and that what was typed is kept."""

from datetime import date
from typing import Any

from django import forms

from knutpunkten.cases.models import Case
from knutpunkten.referrals.rules import about
from knutpunkten.ui.fields import DateField, RoughDateField, SpokenErrors, with_signs

LONGEST = 4000  # characters of a text
YES_NO = [("yes", "Ja"), ("no", "Nej")]


def text(label: str, hint: str = "", *, missing: str = "", rows: int = 3, required: bool = True) -> forms.CharField:
    """A question answered in one's own words; *missing* says what to do when it is empty."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing} if missing else {},
    )


def line(
    label: str, hint: str = "", *, missing: str = "", longest: int = 120, required: bool = False, **attrs: str
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=longest,
        required=required,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"required": missing} if missing else {},
    )


def choice(label: str, choices: list[tuple[str, str]], missing: str, *, inline: bool = True) -> forms.ChoiceField:
    widget = forms.RadioSelect(attrs={"data-columns": "inline"} if inline else {})
    return forms.ChoiceField(label=label, choices=choices, widget=widget, error_messages={"required": missing})


class PartForm(SpokenErrors, forms.Form):
    """One part of the referral. Labels, hints and errors may hold ``{name}``: the person's first name.

    What is kept is what was typed (``typed``), also where something is left to mend; of a day, as a day is written.
    """

    def __init__(self, *args: Any, case: Case, today: date, is_read: bool = False, **kwargs: Any) -> None:
        self.case, self.today = case, today
        self.is_read = is_read  # only to put answers in words: then nothing is looked up
        super().__init__(*args, **kwargs)
        self.prepare()
        for field in self.fields.values():
            field.label = about(str(field.label), case)
            field.help_text = about(str(field.help_text), case)
            field.error_messages = {code: about(str(words), case) for code, words in field.error_messages.items()}

    def prepare(self) -> None:
        """Set choices and take away what does not concern this case."""

    def given(self) -> list[tuple[str, str]]:
        """What is known without asking, to show beside the answers."""
        return []

    def typed(self) -> dict[str, Any]:
        """What was typed, field by field: a text, or a list of texts for boxes."""
        return {name: self.typed_in(name) for name in self.fields}

    def typed_in(self, name: str) -> Any:
        value = self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        if isinstance(value, list):
            return [without_nul(item) for item in value]
        text = without_nul(value or "")
        return with_signs(text.strip()) if isinstance(self.fields[name], DateField | RoughDateField) else text

    def add_missing(self, name: str, sentence: str) -> None:
        super().add_missing(name, about(sentence, self.case))


def without_nul(value: str) -> str:
    """The database keeps any character but this one; the form's own check has told the writer of it."""
    return value.replace("\x00", "")
