"""Form fields that speak Swedish, and a mixin that makes every error say what to do."""

import datetime as dt
import re
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

# To give as ``error_messages={"far_ahead": HAS_BEEN}`` of a day that must have been: no day to come is offered instead.
HAS_BEEN = "Skriv en dag som har varit: den kan inte ligga framåt i tiden"
DATE_ERROR = "Skriv datumet som ÅÅÅÅ-MM-DD, till exempel 2026-09-15"
ROUGH_DATE_ERROR = "Skriv ett år, ett år och en månad, eller en hel dag: 2026, 2026-09 eller 2026-09-15"
# No day in the routine lies further off: what does is a slip of the hand, and calendars end.
FIRST_DAY = dt.date(1900, 1, 1)
YEARS_AHEAD = 20
# What somebody plans does not: 2036 is a slip of the hand.
A_YEAR, WITHIN_A_YEAR = dt.timedelta(days=365), "Skriv ett datum inom ett år"
# Nor does a service end later than this, counted from today; with a leap day among them.
THREE_YEARS = dt.timedelta(days=3 * 365 + 1)
TIME_ERROR = "Skriv klockslaget som TT:MM, till exempel 13:00"
SHORT = {"data-width": "short", "autocomplete": "off"}

# By the error's code: what to do, where neither the form nor the field has a sentence of its own.
# Django fills in %(limit_value)s and %(show_value)s; here the label, within quotes or as a word of the sentence.
WHAT_TO_DO = {
    "required": "Fyll i {quoted}",
    "max_length": "Korta {quoted}: högst %(limit_value)s tecken, nu %(show_value)s",
    "min_length": "Skriv mer i {quoted}: minst %(limit_value)s tecken",
    "max_value": "Skriv högst %(limit_value)s i {quoted}",
    "min_value": "Skriv minst %(limit_value)s i {quoted}",
    "null_characters_not_allowed": "Skriv om {quoted} utan dolda tecken",
}
WHAT_TO_DO_BY_FIELD: tuple[tuple[type[forms.Field], dict[str, str]], ...] = (
    (forms.BooleanField, {"required": "Kryssa i {quoted}"}),
    (forms.ChoiceField, {"required": "Välj {label}", "invalid_choice": "Välj ett av alternativen i {quoted}"}),
    (forms.MultipleChoiceField, {"invalid_list": "Välj bland alternativen i {quoted}"}),
    (forms.EmailField, {"invalid": "Skriv e-postadressen så här: namn@kommun.example"}),
    (forms.IntegerField, {"invalid": "Skriv ett helt tal i {quoted}, till exempel 12"}),
    (
        forms.FileField,
        {
            "required": "Välj en fil för {label}",
            "invalid": "Välj filen en gång till",
            "missing": "Välj filen en gång till",
            "empty": "Välj en fil som inte är tom",
            "max_length": "Ge filen ett kortare namn: högst %(max)d tecken, nu %(length)d",
        },
    ),
)


class DateField(forms.DateField):
    """A date written ÅÅÅÅ-MM-DD in a text field, since the browser's own may show a foreign format.

    Its eight digits alone do: a phone that offers digits has no sign between them. From 1900 to the end of the year
    twenty years on: every sum of days that a page makes of it is a date too.
    """

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={**SHORT, "inputmode": "numeric"}))
        kwargs.setdefault("error_messages", {}).setdefault("invalid", DATE_ERROR)
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        text = with_signs(value.strip()) if isinstance(value, str) else value
        # strptime takes 2026-9-5 as well; one way of writing is easier to read back.
        if isinstance(text, str) and text and len(text) != len("2026-09-15"):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if isinstance(text, str) and is_no_day(text):
            raise ValidationError(f"Kontrollera datumet: {text} finns inte", code="no_such_day")
        day = super().to_python(text)
        last = dt.date(timezone.localdate().year + YEARS_AHEAD, 12, 31)
        if day and day > last and "far_ahead" in self.error_messages:
            raise ValidationError(self.error_messages["far_ahead"], code="far_ahead")
        if day and day < FIRST_DAY and self.error_messages.get("far_ahead") == HAS_BEEN:
            raise ValidationError(f"Kontrollera året: dagen ska ha varit, tidigast {FIRST_DAY}", code="far_off")
        if day and not FIRST_DAY <= day <= last:
            raise ValidationError(f"Kontrollera året: skriv ett datum mellan {FIRST_DAY} och {last}", code="far_off")
        return day

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, dt.date) else value


def is_no_day(text: str) -> bool:
    """Whether *text* is written as a day that no calendar has: 2026-02-31."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return True
    return False


def with_signs(text: str) -> str:
    """A date's or a month's *text* as it is written here, where it was typed as its eight or six digits alone."""
    parts = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})?", text)
    return "-".join(filter(None, parts.groups())) if parts else text


def long_before(day: dt.date | None, begun_on: dt.date) -> str:
    """What to mend in a day that belongs to a referral begun on *begun_on*; empty if nothing."""
    is_far = day is not None and day < begun_on - A_YEAR
    return "Kontrollera året: det är mer än ett år innan remissen påbörjades" if is_far else ""


def wrong_planned_end(day: dt.date | None, today: dt.date) -> str:
    """What to mend in a service's planned end, by itself, wherever it is asked for; empty if nothing."""
    return "Planerat avslut är mer än tre år bort. Kontrollera året." if day and day > today + THREE_YEARS else ""


class RoughDateField(forms.CharField):
    """A day as nearly as one knows it: ÅÅÅÅ, ÅÅÅÅ-MM or ÅÅÅÅ-MM-DD. Cleans to the text, as that is written."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={**SHORT, "inputmode": "numeric"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = with_signs(super().to_python(value) or "")
        if text:
            first_day(text, far_ahead=str(self.error_messages.get("far_ahead", "")))
        return text


def first_day(text: str, *, far_ahead: str = "") -> dt.date:
    """The first day that *text* of a ``RoughDateField`` may mean. Raises ``ValidationError``, which says how to write it."""
    day = DateField(error_messages={"invalid": ROUGH_DATE_ERROR, **({"far_ahead": far_ahead} if far_ahead else {})})
    whole = f"{text}-01-01"[:10] if len(text) in (4, 7) else text
    if whole != text and is_no_day(whole):
        raise ValidationError(ROUGH_DATE_ERROR, code="invalid")
    found = day.to_python(whole)
    assert found is not None, "there is a text"
    return found


class TimeField(forms.TimeField):
    """A clock time written TT:MM, 24-hour; with a point for the colon, or its digits alone, as a date's."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={**SHORT, "inputmode": "numeric"}))
        kwargs.setdefault("error_messages", {}).setdefault("invalid", TIME_ERROR)
        super().__init__(input_formats=["%H:%M", "%H.%M"], **kwargs)

    def to_python(self, value: Any) -> dt.time | None:
        digits = re.fullmatch(r"\s*([0-9]{1,2})([0-9]{2})?\s*", value) if isinstance(value, str) else None
        return super().to_python(f"{digits[1]}:{digits[2] or '00'}" if digits else value)

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, dt.time) else value


LEAST_DIGITS = 7  # of a phone number with its area


def whole_phone_number(text: str) -> str:
    """*text* of a phone number, as it is written, or none. Raises ``ValidationError`` where digits are missing."""
    if text and not is_phone_number(text):
        raise ValidationError("Skriv hela telefonnumret, till exempel 070-174 06 20")
    return text


def is_phone_number(text: str) -> bool:
    return len(re.sub(r"\D", "", text)) >= LEAST_DIGITS


class ChoiceField(forms.ChoiceField):
    """A select that starts with an empty "Välj …" when nothing is chosen, so that nothing is chosen by accident."""

    def __init__(self, *, choices: Any = (), empty_label: str | None = "Välj …", **kwargs: Any) -> None:
        if empty_label is not None and not callable(choices):
            choices = [("", empty_label), *choices]
        super().__init__(choices=choices, **kwargs)


class SpokenErrors(forms.BaseForm):
    """A form whose errors all say what to do. Stands before `forms.Form` or `forms.ModelForm`.

    A sentence the form gives in `error_messages` always wins over the ones here. A text that is too long
    is told so: the browser's own limit would cut off what one pastes, and say nothing.
    """

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = SpokenFields(self.fields)

    def add_missing(self, name: str, sentence: str) -> None:
        """Say that *name* must be filled in after all, for what was answered elsewhere; not of what is there to mend."""
        if name in self.fields and not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, sentence)


class SpokenFields(dict[str, forms.Field]):
    """A form's fields, each given its sentences as it comes: those that a form adds for each person or goal, too."""

    def __init__(self, fields: dict[str, forms.Field]) -> None:
        super().__init__()
        self.update(fields)

    def update(self, fields: dict[str, forms.Field]) -> None:  # type: ignore[override]  # a dict's own passes __setitem__ by
        for name, field in fields.items():
            self[name] = field

    def __setitem__(self, name: str, field: forms.Field) -> None:
        _speak(field, str(field.label or name.replace("_", " ")))
        field.widget.attrs.pop("maxlength", None)
        super().__setitem__(name, field)


def _speak(field: forms.Field, label: str) -> None:
    kind: Any = type(field)  # the stubs do not take a field's class as a key
    defaults = _default_messages(kind)
    for code, sentence in _sentences(kind).items():
        # A field that was given a sentence of its own keeps it.
        if field.error_messages.get(code) is defaults.get(code):
            field.error_messages[code] = sentence.format(label=_in_sentence(label), quoted=f"”{label}”")


@cache
def _sentences(kind: type[forms.Field]) -> dict[str, str]:
    """What to do, by the error's code, for fields of a class."""
    sentences = dict(WHAT_TO_DO)
    for some, special in WHAT_TO_DO_BY_FIELD:
        if issubclass(kind, some):
            sentences.update(special)
    return sentences


@cache
def _default_messages(kind: type[forms.Field]) -> dict[str, Any]:
    """Django's own messages of a field class, which the fields share until one is given another."""
    defaults: dict[str, Any] = {}
    for ancestor in reversed(kind.__mro__):
        defaults.update(getattr(ancestor, "default_error_messages", {}))
    return defaults


def _in_sentence(label: str) -> str:
    """The label as a word of a sentence: within quotes if it is a question or long, else with a small letter."""
    if label.endswith(("?", ".", "!")) or len(label.split()) > 3:
        return f"”{label}”"
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
