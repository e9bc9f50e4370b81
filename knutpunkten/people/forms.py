"""Who the person is: asked before a case is begun, and confirmed with number and name together."""

from typing import Any

from django import forms

from knutpunkten.people.fields import IdentityNumberField
from knutpunkten.people.models import Person
from knutpunkten.ui.fields import SpokenErrors


class WhoForm(SpokenErrors, forms.Form):
    """Number and names. Without a number there must be a reason; the kind follows from the number."""

    number = IdentityNumberField(required=False)
    is_unknown = forms.BooleanField(label="Numret är okänt", required=False)
    unknown_reason = forms.CharField(
        label="Varför är numret okänt?",
        help_text="Till exempel: väntar på samordningsnummer.",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"data-with-tick": True}),
    )
    first_name = forms.CharField(label="Förnamn", max_length=80, error_messages={"required": "Skriv personens förnamn"})
    last_name = forms.CharField(
        label="Efternamn", max_length=80, error_messages={"required": "Skriv personens efternamn"}
    )
    protection = forms.ChoiceField(
        label="Har personen skyddade personuppgifter?",
        help_text="Då visas bara ärendets nummer för andra, och inga kontaktuppgifter sparas.",
        choices=Person.Protection.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": "Välj om personen har skyddade personuppgifter"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # On a shared computer the browser must not offer the last person's name.
        for name in ("first_name", "last_name"):
            self.fields[name].widget.attrs.update(autocomplete="off", spellcheck="false")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "number" in self.errors:
            return data
        if data.get("is_unknown"):
            if data.get("number"):
                self.add_error("is_unknown", "Ta bort numret, eller krysset för att det är okänt")
            self.add_missing("unknown_reason", "Skriv varför numret är okänt")
        else:
            self.add_missing("number", "Skriv personnumret eller samordningsnumret: ÅÅÅÅMMDD-NNNN")
        return data
