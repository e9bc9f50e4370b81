from typing import Any

from django import forms

from knutpunkten.people.fields import IdentityNumberField
from knutpunkten.people.numbers import holds_number
from knutpunkten.review.models import Outcome, Why
from knutpunkten.ui.fields import ChoiceField, SpokenErrors


class LookUpForm(SpokenErrors, forms.Form):
    """Whose log, and why it is looked at."""

    number = IdentityNumberField()
    why = forms.ChoiceField(
        label="Varför söker du?",
        help_text="Skälet skrivs i loggen.",
        choices=Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj varför du söker"},
    )


class ReviewForm(SpokenErrors, forms.Form):
    """What the reviewer found. To close it a conclusion is asked for, and words where it is not simply right."""

    outcome = ChoiceField(label="Vad kom du fram till?", choices=Outcome.choices, required=False)
    comment = forms.CharField(
        label="Kommentar",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "Korta kommentaren: högst %(limit_value)s tecken, nu %(show_value)s"},
        help_text="Vem du har frågat och vad svaret blev. Skriv inget om personen.",
    )

    def clean_comment(self) -> str:
        comment: str = self.cleaned_data["comment"]
        if holds_number(comment):  # what is saved can never be taken away again
            raise forms.ValidationError("Ta bort personnumret. Kommentaren ska inte säga vem det gäller.")
        return comment

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "close" in self.data:
            self.add_missing("outcome", "Välj vad du kom fram till innan du avslutar")
            if data.get("outcome") == Outcome.ASKED:
                self.add_error("outcome", "Välj vad svaret blev innan du avslutar. Väntar du på det: spara så länge")
            if data.get("outcome") not in (None, "", Outcome.RIGHT):
                self.add_missing("comment", "Skriv vem du har frågat och vad svaret blev")
        elif not (data.get("outcome") or data.get("comment") or self.errors):
            self.add_error(
                "outcome", "Det finns inget att spara än. Välj hur långt du har kommit, eller skriv en kommentar"
            )
        return data
