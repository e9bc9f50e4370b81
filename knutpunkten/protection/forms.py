"""What is asked when somebody is named to read about a protected person, and when a person becomes protected."""

from datetime import date, timedelta
from typing import Any

from django import forms

from knutpunkten.organisations.models import Membership
from knutpunkten.people.models import Person
from knutpunkten.ui.fields import ChoiceField, DateField, SpokenErrors

AT_MOST, SUGGESTED = timedelta(days=365), timedelta(days=182)


class ReaderForm(SpokenErrors, forms.Form):
    """Who in the unit, until when, and why. At most a year: then somebody looks at it again."""

    user = ChoiceField(label="Vem ska läsa?", error_messages={"required": "Välj vem som ska läsa"})
    until = DateField(label="Till och med", help_text="Högst ett år. Därefter tar läsningen slut av sig själv.")
    reason = forms.CharField(
        label="Varför just den personen?",
        help_text="Till exempel: är den som har kontakt med personen hos oss.",
        max_length=200,
        error_messages={"required": "Skriv varför personen behöver läsa"},
    )

    def __init__(self, *args: Any, people: list[Membership], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("until", today + SUGGESTED)
        self.fields["user"].choices = [  # type: ignore[attr-defined]
            ("", "Välj …"),
            *((str(m.user_id), f"{m.user.name}, {m.get_role_display().lower()}") for m in people),
        ]

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError("Skriv en dag som inte har varit")
        if until > self.today + AT_MOST:
            raise forms.ValidationError(f"Skriv en dag till och med {self.today + AT_MOST}: högst ett år åt gången")
        return until


class ProtectForm(SpokenErrors, forms.Form):
    """Which protection the person has got."""

    protection = forms.ChoiceField(
        label="Vilket skydd gäller?",
        choices=[c for c in Person.Protection.choices if c[0] != Person.Protection.NONE],
        widget=forms.RadioSelect(),
        error_messages={"required": "Välj vilket skydd personen har"},
    )
    is_sure = forms.BooleanField(
        label="Jag vet att alla andra än de ansvariga slutar se ärendet genast",
        error_messages={"required": "Kryssa i att du vet vad som händer"},
    )
