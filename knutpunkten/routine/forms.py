"""The withdrawal's form: the one thing the routine asks that is not a step."""

from typing import Any

from django import forms

from knutpunkten.consents.models import Consent
from knutpunkten.ui.fields import SpokenErrors

WHOLE = "whole"


class WithdrawForm(SpokenErrors, forms.Form):
    """What is withdrawn, how the person said so, and who took it (W1: by phone too)."""

    what = forms.ChoiceField(
        label="Vad tas tillbaka?",
        widget=forms.RadioSelect,
        error_messages={"required": "Välj om hela samtycket eller en part tas tillbaka"},
    )
    how = forms.ChoiceField(
        label="Hur fick du veta det?",
        widget=forms.RadioSelect,
        choices=[c for c in Consent.How.choices if c[0] != Consent.How.PAGE],
        error_messages={"required": "Välj hur du fick veta det"},
    )
    taken_by = forms.CharField(
        label="Vem tog emot det?",
        max_length=120,
        error_messages={"required": "Skriv namnet på den som tog emot det"},
    )

    def __init__(self, *args: Any, parties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [(WHOLE, "Hela samtycket"), *((key, f"Bara {name}") for key, name in parties)]  # type: ignore[attr-defined]
