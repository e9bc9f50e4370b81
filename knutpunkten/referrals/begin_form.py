"""The form that begins a referral: to which programme, of which kind, about whom, and how to reach them."""

from typing import Any

from django import forms

from knutpunkten.organisations.models import CaseKind, Programme
from knutpunkten.people.forms import WhoForm
from knutpunkten.people.models import Person
from knutpunkten.referrals.part_form import YES_NO, line
from knutpunkten.ui.fields import whole_phone_number

REACH = ("phone", "mail", "address", "language", "interpreter", "guardian")


class BeginForm(WhoForm):
    """Programme and kind, the person, and how to reach them."""

    programme = forms.ChoiceField(
        label="Vilken insats gäller det?",
        widget=forms.RadioSelect(),
        error_messages={"required": "Välj vilken insats det gäller"},
    )
    kind = forms.ChoiceField(
        label="Vad söker ni?",
        widget=forms.RadioSelect(),
        choices=(
            (CaseKind.COLLABORATION, "En plats (samverkansärende)"),
            (CaseKind.CONSULTATION, "Råd av gruppen, ingen plats (konsultation)"),
        ),
        error_messages={"required": "Välj vad ni söker"},
    )
    phone = line("Telefon", longest=30, inputmode="tel", autocomplete="off")
    mail = forms.EmailField(label="E-post", required=False, max_length=120)
    address = line("Adress", longest=200, autocomplete="off")
    language = line("Språk", "Det språk personen helst talar", longest=60)
    interpreter = forms.ChoiceField(
        label="Behövs tolk?", choices=YES_NO, required=False, widget=forms.RadioSelect(attrs={"data-columns": "inline"})
    )
    guardian = line("God man eller förvaltare, om det finns", "Namn, uppdrag och telefon", longest=160)

    def __init__(self, *args: Any, programmes: list[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programmes = {str(p.pk): p for p in programmes}
        self.fields["programme"].choices = [(key, p.name) for key, p in self.programmes.items()]  # type: ignore[attr-defined]
        if len(programmes) == 1:
            self.initial.setdefault("programme", str(programmes[0].pk))
        self.order_fields(
            ["programme", "kind", "number", "is_unknown", "unknown_reason", "first_name", "last_name", "protection"]
        )

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields under their headings, each with a word about them."""
        names = list(self.fields)
        return [
            ("Insats", "", [self[n] for n in names[:2]]),
            ("Personen", "", [self[n] for n in names[2:8]]),
            ("Så når ni personen", "Fyll i det ni vet. Resten kan ni skriva senare.", [self[n] for n in names[8:]]),
        ]

    def clean_phone(self) -> str:
        return whole_phone_number(self.cleaned_data["phone"])

    def case_data(self) -> dict[str, Any]:
        """What ``actions.begin_referral`` takes, but for who and when."""
        data = self.cleaned_data
        number = data["number"]
        return {
            "number": number.digits if number else None,
            "number_kind": number.kind if number else Person.Kind.UNKNOWN,
            "unknown_reason": "" if number else data["unknown_reason"],
            "first_name": data["first_name"],
            "last_name": data["last_name"],
            "protection": data["protection"],
            "programme": self.programmes[data["programme"]],
            "kind": CaseKind(data["kind"]),
            "reach": {name: data[name] for name in REACH},
        }
