"""The withdrawal's form: the one thing the routine asks that is not a step."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms

from knutpunkten.consents.models import Consent
from knutpunkten.ui.fields import SpokenErrors

WHOLE = "whole"


class LastingParts(forms.MultipleChoiceField):
    """Parts to choose among. Those in *gone* were taken back since the page was opened: nobody needs to choose anew."""

    gone: Collection[str] = ()

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if one not in self.gone]


class WithdrawForm(SpokenErrors, forms.Form):
    """What is withdrawn, how the person said so, and who took it (W1: by phone too)."""

    what = LastingParts(
        label="Vad tas tillbaka?",
        help_text="Kryssa i hela samtycket, eller en eller flera parter. Är hela samtycket ikryssat gäller det alla parter.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Välj om hela samtycket tas tillbaka, eller för vilka parter"},
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

    def __init__(self, *args: Any, parties: list[tuple[str, str]], gone: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = self.fields["what"]
        assert isinstance(what, LastingParts)
        what.choices, what.gone = [(WHOLE, "Hela samtycket"), *parties], gone
        if not parties:
            what.help_text = "Din enhet är inte part nu. Hela samtycket gäller alla som är det."

    @property
    def units(self) -> list[UUID] | None:
        """The units whose part is taken back, once the form is valid; None for the whole."""
        chosen = self.cleaned_data["what"]
        return None if WHOLE in chosen else [UUID(one) for one in chosen]
