"""The consent's two forms: what it says, and that it was signed. Validate input only."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from knutpunkten.cases.forms import StepForm
from knutpunkten.cases.models import Case
from knutpunkten.consents.models import Consent
from knutpunkten.consents.rules import CHOSEN, Named, colour, draft_of, last_day, named_in, names_nobody_else
from knutpunkten.documents.uploads import CheckedUpload, UploadRefused, check_upload
from knutpunkten.organisations.models import Unit
from knutpunkten.ui.fields import DateField, SpokenErrors

PREFIX = "unit_"
INCLUDED = "grund"
NOBODY = "Kryssa i minst en part utöver er egen enhet"


class ConsentForm(SpokenErrors, forms.Form):
    """Which units share what, and until when. One field per unit: nothing ticked is no party."""

    purpose = forms.CharField(
        label="Vad ska samtycket användas till?",
        help_text="Skriv så att personen känner igen sig. Texten står på papperet som skrivs på.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Skriv vad samtycket ska användas till"},
    )
    valid_from = DateField(
        label="Gäller från",
        help_text="Datum, till exempel 2026-09-15",
        error_messages={"required": "Skriv från vilken dag samtycket gäller: ÅÅÅÅ-MM-DD"},
    )
    valid_until = DateField(
        label="Gäller till och med",
        help_text="Högst tolv månader. Kortare går bra.",
        error_messages={"required": "Skriv till vilken dag samtycket gäller: ÅÅÅÅ-MM-DD"},
    )
    guardian = forms.CharField(
        label="God man eller förvaltare, om det finns",
        help_text="Namn och uppdrag, till exempel Berit Sand, god man",
        max_length=120,
        required=False,
    )

    def __init__(self, *args: Any, case: Case, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.units = case, units
        for unit in units:
            self.fields[f"{PREFIX}{unit.pk}"] = categories_field(unit, always=unit.pk == case.referring_unit_id)

    def unit_rows(self) -> list[dict[str, Any]]:
        """Each unit with its boxes, for the page: open where something is ticked or wrong, and always the team."""
        rows = []
        for unit in self.units:
            field = self[f"{PREFIX}{unit.pk}"]
            is_open = bool(field.value() or field.errors) or unit.pk == self.case.programme.team_id
            rows.append({"unit": unit, "field": field, "colour": colour(unit), "is_open": is_open})
        return rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", "Skriv ett slutdatum som inte ligger före startdatumet")
        elif first and last and last > last_day(first):
            self.add_error("valid_until", f"Skriv senast {last_day(first)}: ett samtycke gäller högst tolv månader")
        return data

    def named(self) -> list[Named]:
        """The units that were ticked, with their categories."""
        chosen = {u.pk: self.cleaned_data.get(f"{PREFIX}{u.pk}") or [] for u in self.units}
        return [Named(unit, tuple(boxes)) for unit, boxes in chosen.items() if boxes]

    def refuse_nobody(self) -> bool:
        """Say so where nobody but one's own unit is ticked; not asked while it saves itself, half written."""
        nobody = names_nobody_else(self.case, self.named())
        if nobody:
            self.add_error(f"{PREFIX}{self.units[0].pk}", NOBODY)
        return nobody


def categories_field(unit: Unit, *, always: bool) -> forms.MultipleChoiceField:
    included = "Ingår alltid, för att ni skriver remissen" if always else "Får del av grunduppgifter"
    return forms.MultipleChoiceField(
        label=f"Vad får {unit.name} dela?",
        choices=[(INCLUDED, included), *((c.value, c.label) for c in CHOSEN)],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-columns": "2"}),
        error_messages={
            "invalid_choice": f"Välj bland rutorna för {unit.full_name}",
            "invalid_list": f"Välj bland rutorna för {unit.full_name}",
        },
    )


def initial_consent(case: Case, before: Consent | None, today: date) -> dict[str, Any]:
    """What the page begins with: the consent written before, or a year from *today* and its purpose."""
    person = "personen" if case.person.is_protected else case.person.first_name
    initial: dict[str, Any] = {
        "purpose": before.purpose if before else purpose_of(case, person),
        "guardian": before.guardian if before else "",
        "valid_from": before.valid_from if before and before.signed_on is None else today,
        "valid_until": before.valid_until if before and before.signed_on is None else last_day(today),
        f"{PREFIX}{case.referring_unit_id}": [INCLUDED],
    }
    for named in named_in(before) if before else ():
        initial[f"{PREFIX}{named.unit_id}"] = list(named.categories)
    return initial


def purpose_of(case: Case, person: str) -> str:
    if case.is_consultation:
        return (
            f"Att {person} och handläggaren ska få råd från flera myndigheter vid ett möte hos {case.programme.name}."
        )
    return (
        f"Att {person} ska få stöd från flera myndigheter på vägen mot arbete eller studier, "
        f"genom {case.programme.name}, utan att behöva börja om hos var och en."
    )


class SignForm(SpokenErrors, StepForm):
    """The step *sign_consent*: the paper was signed, when and before whom, and perhaps a scan of it."""

    signed_on = DateField(
        label="Vilken dag skrevs papperet på?",
        help_text="Datum, till exempel 2026-09-15",
        error_messages={"required": "Skriv vilken dag papperet skrevs på: ÅÅÅÅ-MM-DD"},
    )
    witness = forms.CharField(
        label="Vem bevittnade?",
        help_text="För- och efternamn",
        max_length=120,
        error_messages={"required": "Skriv vem som bevittnade underskriften"},
    )
    has_notice = forms.BooleanField(
        label="Dataskyddsinformationen är lämnad och påskriven",
        error_messages={"required": "Lämna dataskyddsinformationen först och kryssa sedan i rutan"},
    )
    scan = forms.FileField(
        label="Inskannat papper",
        help_text="Valfritt. PDF eller bild, högst 10 MB. Originalet förvarar ni.",
        required=False,
    )

    def clean_signed_on(self) -> date:
        signed_on: date = self.cleaned_data["signed_on"]
        if signed_on > timezone.localdate():
            raise ValidationError("Skriv den dag papperet skrevs på: den kan inte ligga framåt i tiden")
        return signed_on

    def clean_scan(self) -> CheckedUpload | None:
        scan = self.cleaned_data.get("scan")
        if not scan:
            return None
        try:
            return check_upload(scan)
        except UploadRefused as refused:
            raise ValidationError(refused.sentence) from refused

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        consent = draft_of(self.case)
        signed_on = data.get("signed_on")
        if consent is None:
            raise ValidationError("Skriv samtycket först: vilka parter, vilka uppgifter och till när.")
        if names_nobody_else(self.case, named_in(consent)):
            raise ValidationError(f"{NOBODY}, och spara samtycket.")
        if signed_on and consent.valid_until < signed_on:
            raise ValidationError(
                f"Samtycket gällde till {consent.valid_until}. Skriv ett nytt med ett senare slutdatum."
            )
        return data
