"""The forms of work training and internships: where, when and how much; and that it ended. Validate input only (L6)."""

from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst

from knutpunkten.activities.models import WHERE, Placement
from knutpunkten.cases.amendments import value_in_words
from knutpunkten.first_meeting.forms import MOST_HOURS_A_DAY
from knutpunkten.first_meeting.rules import WEEKDAYS, days_in_words
from knutpunkten.ui.fields import DateField, SpokenErrors


class PlacementForm(SpokenErrors, forms.ModelForm):
    """One placement, new or changed."""

    kind = forms.ChoiceField(
        label="Vad är det?",
        choices=Placement.Kind.choices,
        widget=forms.RadioSelect(attrs={"data-columns": "inline"}),
        error_messages={"required": "Välj arbetsträning eller praktik"},
    )
    setting = forms.ChoiceField(
        label="Intern eller extern?",
        choices=Placement.Setting.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": "Välj om den är intern eller extern"},
    )
    place = forms.CharField(
        label="Var?",
        help_text="Arbetsplatsen eller verksamheten, till exempel Skolköket på Ringeltaube",
        max_length=120,
        error_messages={"required": "Skriv var det är"},
    )
    contact = forms.CharField(label="Kontakt på platsen", help_text="Frivilligt. Namn", max_length=120, required=False)
    contact_phone = forms.CharField(
        label="Kontaktens telefon",
        help_text="Frivilligt.",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    from_on = DateField(label="Från och med", error_messages={"required": "Skriv vilken dag det börjar"})
    until_on = DateField(
        label="Till och med", error_messages={"required": "Skriv till och med vilken dag det är tänkt"}
    )
    weekly_hours = forms.IntegerField(
        label="Hur många timmar i veckan?",
        min_value=1,
        max_value=40,
        widget=forms.TextInput(attrs={"data-width": "short", "inputmode": "numeric"}),
        error_messages={
            "required": "Skriv hur många timmar i veckan",
            "invalid": "Skriv hela timmar, till exempel 8",
        },
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="Vilka dagar?",
        choices=[(str(number), capfirst(name)) for number, name in enumerate(WEEKDAYS)],
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"data-columns": "inline"}),
        error_messages={"required": "Kryssa i minst en dag"},
    )

    why_changed = forms.CharField(
        label="Varför ändras det?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Skriv varför det ändras"},
    )

    class Meta:
        model = Placement
        fields = ("kind", "setting", *WHERE, "from_on", "until_on", "weekly_hours", "weekdays")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["why_changed"]
        if self.instance.case.is_protected:
            for name in WHERE:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begins, ends, started_on = data.get("from_on"), data.get("until_on"), self.instance.case.started_on
        if begins and ends and ends < begins:
            self.add_error("until_on", "Skriv en dag efter den då det börjar")
        if begins and started_on and begins < started_on:
            self.add_error("from_on", f"Skriv en dag från och med {started_on}, då insatsen började")
        if not self.instance._state.adding and not self.errors and not self.changes():
            self.add_error(None, "Ingenting är ändrat. Ändra det som är fel, eller gå tillbaka till ärendet")
        hours, days = data.get("weekly_hours"), data.get("weekdays") or ()
        if hours and days and hours > MOST_HOURS_A_DAY * len(days):
            on = "en dag" if len(days) == 1 else f"{len(days)} dagar"
            self.add_error("weekly_hours", f"{hours} timmar ryms inte på {on} i veckan. Ändra timmarna eller dagarna")
        return data

    def changes(self) -> list[dict[str, str]]:
        """What is otherwise than before, in words; without the reason."""
        names = [name for name in self.changed_data if name != "why_changed"]
        return [
            {"name": name, "before": in_words(name, self.initial[name]), "now": in_words(name, self.cleaned_data[name])}
            for name in names
        ]


def in_words(name: str, value: Any) -> str:
    """A field's value as it is read; a dash for none."""
    if name == "weekdays":
        return days_in_words(value)
    if name in ("kind", "setting"):
        return str(dict(PlacementForm.base_fields[name].choices)[value])  # type: ignore[attr-defined]
    return value_in_words(value)


class EndPlacementForm(SpokenErrors, forms.Form):
    """That a placement ended before its time, and why."""

    ended_on = DateField(label="Sista dagen", error_messages={"required": "Skriv vilken dag som blev den sista"})
    why = forms.CharField(
        label="Varför slutar det i förtid?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Skriv varför det slutar i förtid"},
    )

    def __init__(self, *args: Any, placement: Placement, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.placement, self.today = placement, today
        if placement.from_on > today:
            self.fields["ended_on"].help_text = "En dag före den första betyder att det aldrig blev av."

    def clean_ended_on(self) -> date:
        day: date = self.cleaned_data["ended_on"]
        if day > self.today:
            raise forms.ValidationError(
                "Skriv en dag som har varit, eller dagens. Slutar det senare ändrar du slutdagen"
            )
        if day >= self.placement.until_on:
            raise forms.ValidationError(f"Skriv en dag före {self.placement.until_on}, då det ändå slutar")
        return day
