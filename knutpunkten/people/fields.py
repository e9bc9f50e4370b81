"""The form field for identity numbers."""

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from knutpunkten.people.numbers import IdentityNumber, WrongNumber, parse_number


class IdentityNumberField(forms.CharField):
    """Personnummer or samordningsnummer as typed; cleans to an IdentityNumber, or None if not required.

    On error the widget shows what was typed, untouched: only a checked number is ever reformatted.
    """

    def __init__(self, *, today: Callable[[], datetime.date] = timezone.localdate, **kwargs: Any) -> None:
        self.today = today
        kwargs.setdefault("label", "Personnummer eller samordningsnummer")
        kwargs.setdefault("help_text", "ÅÅÅÅMMDD-NNNN")
        kwargs.setdefault("error_messages", {"required": "Skriv personnumret eller samordningsnumret"})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> IdentityNumber | None:
        """The checked number. Raises ValidationError with the sentence of WrongNumber."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return parse_number(typed, today=self.today())
        except WrongNumber as wrong:
            raise ValidationError(wrong.sentence, code="wrong_number") from wrong

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        # On a shared computer the browser must not offer the last person's number, nor the page keep it while it is typed.
        return {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false", "data-unkept": True, **attrs}

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, IdentityNumber) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
