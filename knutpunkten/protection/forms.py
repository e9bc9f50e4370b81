"""What is asked when somebody is named to read about a protected person, when a person becomes protected and when that is over."""

from datetime import date, timedelta
from typing import Any

from django import forms

from knutpunkten.organisations.models import Membership
from knutpunkten.organisations.rules import told_apart
from knutpunkten.people.models import Person
from knutpunkten.protection.models import WhyOver
from knutpunkten.ui.fields import ChoiceField, DateField, SpokenErrors

AT_MOST, SUGGESTED = timedelta(days=365), timedelta(days=182)
ONCE = timedelta(days=30)  # a case that is over is read for an errand
FOR_AN_ERRAND = "Till exempel: personen har begärt ut sina uppgifter, eller ärendet ska gallras."


class ReaderForm(SpokenErrors, forms.Form):
    """Who in the unit, until when, and why. At most a year: then somebody looks at it again.

    *is_over*: the case is closed or cancelled, and read for an errand.
    """

    user = ChoiceField(label="Vem ska läsa?", error_messages={"required": "Välj vem som ska läsa"})
    until = DateField(
        label="Till och med",
        help_text="Högst ett år. Därefter tar läsningen slut av sig själv.",
        error_messages={"required": "Skriv till och med vilken dag de får läsa"},
    )
    reason = forms.CharField(
        label="Varför just den läsaren?",
        help_text="Till exempel: är den som har kontakt med personen hos oss.",
        max_length=200,
        error_messages={"required": "Skriv varför just den läsaren behöver läsa"},
    )

    def __init__(self, *args: Any, people: list[Membership], today: date, is_over: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.too_far = f"Skriv en dag till och med {today + AT_MOST}: högst ett år åt gången"
        self.fields["until"].error_messages["far_ahead"] = self.too_far
        self.initial.setdefault("until", today + (ONCE if is_over else SUGGESTED))
        if is_over:
            self.fields["reason"].help_text = FOR_AN_ERRAND
        self.names = {str(user.pk): name for user, name in told_apart(m.user for m in people)}
        self.fields["user"].choices = [  # type: ignore[attr-defined]
            ("", "Välj …"),
            *((str(m.user_id), f"{self.names[str(m.user_id)]}, {m.get_role_display().lower()}") for m in people),
        ]

    def receipt(self, number: str) -> str:
        """Who is named, and until when: they read no more than the unit does, which can be nothing."""
        name, until = self.names[self.cleaned_data["user"]], self.cleaned_data["until"]
        return f"{name} är utsedd att läsa {number} till och med {until}, så långt ärendet är öppet för enheten."

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError("Skriv dagens datum eller ett senare")
        if until > self.today + AT_MOST:
            raise forms.ValidationError(self.too_far)
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


class ProtectionOverForm(SpokenErrors, forms.Form):
    """How one knows that the protection is over, and since when. It opens the case: so what was looked up is asked for."""

    why = forms.ChoiceField(
        label="Hur vet du att skyddet har upphört?",
        choices=WhyOver.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": "Välj hur du vet att skyddet har upphört"},
    )
    since = DateField(label="Vilken dag upphörde det?", help_text="Datum, till exempel 2026-09-15")
    has_looked = forms.BooleanField(
        label="Jag har slagit upp personen i folkbokföringen idag. Där finns inget skydd.",
        error_messages={"required": "Slå upp personen i folkbokföringen först, och kryssa i att du har gjort det"},
    )
    is_sure = forms.BooleanField(
        label="Jag vet att parterna i samtycket genast ser vem ärendet gäller",
        error_messages={"required": "Kryssa i att du vet vad som händer"},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since > self.today:
            raise forms.ValidationError("Skriv en dag som har varit. Skyddet gäller tills det har upphört.")
        return since
