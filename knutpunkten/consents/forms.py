"""The consent's two forms: what it says, and that it was signed. Validate input only."""

from collections.abc import Container
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst

from knutpunkten.cases.access import grounds_in
from knutpunkten.cases.forms import StepForm
from knutpunkten.cases.models import Case
from knutpunkten.consents.mark import fingerprint, mark
from knutpunkten.consents.models import Consent
from knutpunkten.consents.purpose import purpose_of, purpose_shown
from knutpunkten.consents.rules import (
    CHOSEN,
    Named,
    TakenBack,
    begins_on,
    draft_of,
    guardian_in_referral,
    last_day,
    latest_beginning,
    named_in,
    names_nobody_else,
    taken_back_since,
)
from knutpunkten.documents.forms import ScanField
from knutpunkten.documents.privacy_notice import UNWRITTEN
from knutpunkten.organisations.models import Unit
from knutpunkten.ui.fields import HAS_BEEN, DateField, SpokenErrors
from knutpunkten.ui.forms import overtaken

PREFIX, FROM, UNTIL = "unit_", "from_", "until_"  # each followed by the unit's id
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

    def __init__(self, *args: Any, case: Case, units: list[Unit], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.units, self.today = case, units, today
        for unit in units:
            self.fields[f"{PREFIX}{unit.pk}"] = categories_field(unit, always=unit.pk == case.referring_unit_id)
            self.fields[f"{FROM}{unit.pk}"] = own_day_field(unit, "Från")
            self.fields[f"{UNTIL}{unit.pk}"] = own_day_field(unit, "Till och med")

    def unit_rows(self) -> list[dict[str, Any]]:
        """Each unit with its boxes, for the page: open where something is ticked or wrong, and always the team."""
        rows = []
        for unit in self.units:
            field = self[f"{PREFIX}{unit.pk}"]
            days = [self[f"{FROM}{unit.pk}"], self[f"{UNTIL}{unit.pk}"]]
            has_days = any(day.value() or day.errors for day in days)
            is_open = bool(field.value() or field.errors or has_days) or unit.pk == self.case.programme.team_id
            row = {"unit": unit, "field": field, "days": days}
            rows.append({**row, "is_open": is_open, "has_days": has_days})
        return rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and first > latest_beginning(self.today):
            self.add_error("valid_from", begins_too_late(self.today))
        if first and last and last < first:
            self.add_error("valid_until", "Skriv ett slutdatum som inte ligger före startdatumet")
        elif first and last and last > last_day(first):
            self.add_error("valid_until", f"Skriv senast {last_day(first)}: ett samtycke gäller högst tolv månader")
        elif last and last < self.today:
            self.add_error("valid_until", "Skriv ett slutdatum som inte har passerat")
        for unit in self.units:
            self.check_own_days(unit, data)
        return data

    def check_own_days(self, unit: Unit, data: dict[str, Any]) -> None:
        """A party's own time lies within the consent's, and is somebody's who is a party."""
        begins, ends = data.get(f"{FROM}{unit.pk}"), data.get(f"{UNTIL}{unit.pk}")
        first, last = data.get("valid_from"), data.get("valid_until")
        if (begins or ends) and not data.get(f"{PREFIX}{unit.pk}"):
            self.add_error(f"{PREFIX}{unit.pk}", f"Kryssa i vad {unit.full_name} får dela, eller ta bort datumen där")
        for name, day in ((f"{FROM}{unit.pk}", begins), (f"{UNTIL}{unit.pk}", ends)):
            if day and first and day < first:
                self.add_error(name, f"Skriv tidigast {first} för {unit.full_name}: då börjar samtycket gälla")
            elif day and last and day > last:
                self.add_error(name, f"Skriv senast {last} för {unit.full_name}: längre gäller inte samtycket")
        if begins and ends and ends < begins:
            sentence = f"Skriv ett slutdatum för {unit.full_name} som inte ligger före {begins}"
            self.add_error(f"{UNTIL}{unit.pk}", sentence)
        elif ends and ends < self.today and not self.has_error(f"{UNTIL}{unit.pk}"):
            self.add_error(f"{UNTIL}{unit.pk}", f"Skriv ett slutdatum för {unit.full_name} som inte har passerat")

    def named(self) -> list[Named]:
        """The units that were ticked, with their categories, and their own days where these differ from the consent's."""
        return [self.named_unit(unit) for unit in self.units if self.cleaned_data.get(f"{PREFIX}{unit.pk}")]

    def named_unit(self, unit: Unit) -> Named:
        data = self.cleaned_data
        begins, ends = data.get(f"{FROM}{unit.pk}"), data.get(f"{UNTIL}{unit.pk}")
        return Named(
            unit.pk,
            tuple(data[f"{PREFIX}{unit.pk}"]),
            begins if begins != data.get("valid_from") else None,
            ends if ends != data.get("valid_until") else None,
        )

    def untick(self, fell: TakenBack) -> None:
        """What the person took back since the page was opened is theirs to choose anew."""
        sent: Any = self.data  # as a browser sends it
        data = sent.copy()
        for one in filter(fell.holds, self.named()):
            always = [INCLUDED] if one.unit_id == self.case.referring_unit_id else []
            data.setlist(f"{PREFIX}{one.unit_id}", always)
            data[f"{FROM}{one.unit_id}"] = data[f"{UNTIL}{one.unit_id}"] = ""
        self.data = data
        again = f"Det är inte ikryssat längre. Gå igenom parterna med {self.case.name_in_text} och spara."
        self.add_error(None, overtaken(f"{said_of(fell, self.case)} {again}"))

    def refuse_nobody(self) -> bool:
        """Say so where nobody but one's own unit is ticked; not asked while it saves itself, half written."""
        is_unsure = any(self.has_error(f"{PREFIX}{unit.pk}") for unit in self.units)
        nobody = not is_unsure and names_nobody_else(self.case, self.named())
        if nobody:
            self.add_error(f"{PREFIX}{self.units[0].pk}", NOBODY)
        return nobody


def said_of(fell: TakenBack, case: Case) -> str:
    return f"{capfirst(case.name_in_text)} tog tillbaka {fell.words}."


def begins_too_late(signed: date) -> str:
    return (
        "Samtycket får börja gälla högst tre månader efter att det skrivs på. "
        f"Skriv senast {latest_beginning(signed)} som första dag."
    )


def categories_field(unit: Unit, *, always: bool) -> forms.MultipleChoiceField:
    included = (
        "Får alltid del av grunduppgifter, för att ni skriver remissen" if always else "Får del av grunduppgifter"
    )
    return forms.MultipleChoiceField(
        label=f"Vad får {unit.name} läsa?",
        choices=[(INCLUDED, included), *((c.value, c.label) for c in CHOSEN)],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-columns": "2"}),
        error_messages={
            "invalid_choice": f"Välj bland rutorna för {unit.full_name}",
            "invalid_list": f"Välj bland rutorna för {unit.full_name}",
        },
    )


def own_day_field(unit: Unit, label: str) -> DateField:
    """One end of a party's own time; its label stands under a legend that names the unit."""
    return DateField(
        label=label,
        required=False,
        error_messages={"invalid": f"Skriv datumet för {unit.full_name} som ÅÅÅÅ-MM-DD, till exempel 2026-09-15"},
    )


def initial_consent(case: Case, before: Consent | None, fallen: Container[UUID], today: date) -> dict[str, Any]:
    """What the page begins with: the consent written before, or a year from *today* and its purpose.

    *fallen*: the units whose part of *before* the person took back, or since it was written. They are the person's to choose anew.
    """
    draft = before if before and before.signed_on is None else None
    initial: dict[str, Any] = {
        "purpose": purpose_shown(before, case) if before else purpose_of(case, case.name_in_text),
        "guardian": before.guardian if before else guardian_in_referral(case),
        "valid_from": draft.valid_from if draft else today,
        "valid_until": draft.valid_until if draft else last_day(today),
        f"{PREFIX}{case.referring_unit_id}": [INCLUDED],
    }
    for named in named_in(before) if before else ():
        if named.unit_id not in fallen:
            initial |= as_written(named) if draft else proposed_anew(named, today)
    return initial


def as_written(named: Named) -> dict[str, Any]:
    """A party's fields, as its row of a consent says."""
    return {
        f"{PREFIX}{named.unit_id}": list(named.categories),
        f"{FROM}{named.unit_id}": named.valid_from,
        f"{UNTIL}{named.unit_id}": named.valid_until,
    }


def proposed_anew(named: Named, today: date) -> dict[str, Any]:
    """A party of a signed consent. One whose own time is over is not ticked anew: the person gave it no longer."""
    if named.valid_until and named.valid_until < today:
        return {}
    begins = named.valid_from if named.valid_from and named.valid_from > today else None
    return as_written(replace(named, valid_from=begins))


class SignForm(SpokenErrors, StepForm):
    """The step *sign_consent*: the paper was signed, when and before whom, and perhaps a scan of it.

    Cleans to ``consent``, too: the draft as it stood when its page was drawn, by the ``fingerprint`` the page sends along.
    """

    signed_on = DateField(
        label="Vilken dag skrevs papperet på?",
        help_text="Datum, till exempel 2026-09-15",
        error_messages={"required": "Skriv vilken dag papperet skrevs på: ÅÅÅÅ-MM-DD", "far_ahead": HAS_BEEN},
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
    scan = ScanField(
        label="Inskannat papper",
        help_text="Valfritt. PDF eller bild, högst 10 MB. Originalet förvarar ni.",
        required=False,
    )

    @property
    def receipt(self) -> str:
        day = begins_on(self.cleaned_data["consent"])
        if day > self.who.today:
            return f"Samtycket är registrerat. Det börjar gälla {day}."
        return "Samtycket är registrerat och gäller. De parter det namnger ser det som lämnas ut till dem."

    def clean_signed_on(self) -> date:
        signed_on: date = self.cleaned_data["signed_on"]
        if signed_on > timezone.localdate():
            raise ValidationError("Skriv den dag papperet skrevs på: den kan inte ligga framåt i tiden")
        if last_day(signed_on) < self.who.today:
            raise ValidationError(
                "Kontrollera året, eller skriv på ett nytt papper: det här vore mer än ett år gammalt"
            )
        return signed_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        consent = draft_of(self.case)
        signed_on = data.get("signed_on")
        if consent is None:
            raise ValidationError("Skriv samtycket först: vilka parter, vilka uppgifter och till när.")
        if self.data.get("fingerprint") != fingerprint(consent):
            raise overtaken(
                "Samtycket har ändrats sedan du öppnade sidan. "
                f"Skriv ut det igen och låt {self.case.name_in_text} skriva på det nya papperet."
            )
        if fell := taken_back_since(consent.saved_at, self.case, named_in(consent), grounds_in(self.case.pk)):
            raise overtaken(
                f"{said_of(fell, self.case)} Papperet skrevs före det. "
                f"Gå igenom parterna, spara och låt {self.case.name_in_text} skriva på det nya papperet."
            )
        if consent.notice_version == UNWRITTEN:
            raise ValidationError(
                "Dataskyddsinformationen finns inte än. Be en administratör lägga till den i inställningarna, "
                "spara sedan samtycket och skriv ut det igen."
            )
        if names_nobody_else(self.case, named_in(consent)):
            raise ValidationError(f"{NOBODY}, och spara samtycket.")
        if signed_on and consent.valid_until < signed_on:
            raise ValidationError(
                f"Samtycket gällde till {consent.valid_until}. Skriv ett nytt med ett senare slutdatum."
            )
        if signed_on and consent.valid_from > latest_beginning(signed_on):
            raise ValidationError(begins_too_late(signed_on))
        if signed_on:
            refuse_over_before(named_in(consent), signed_on)
            self.refuse_before_its_words(consent, signed_on)
        return {**data, "consent": consent}

    def refuse_before_its_words(self, consent: Consent, signed_on: date) -> None:
        """A paper with this mark was there from the day its words were saved: signed before that is another."""
        saved_on = timezone.localdate(consent.saved_at)
        if signed_on < saved_on:
            raise ValidationError(
                f"Texten på papperet med märket {mark(consent)} sparades {saved_on} och kan inte vara påskriven före det. "
                f"Rätta dagen, eller låt {self.case.name_in_text} skriva på det nya papperet."
            )


def refuse_over_before(named: list[Named], signed_on: date) -> None:
    """A party's own time must not be over before the consent was signed: it would never have been a party."""
    over = {one.unit_id: one.valid_until for one in named if one.valid_until and one.valid_until < signed_on}
    if over:
        unit = Unit.objects.select_related("agency").get(pk=next(iter(over)))
        raise ValidationError(
            f"{unit.full_name} skulle vara part till {over[unit.pk]}, före underskriften. "
            "Ändra tiden ovan, spara och skriv ut igen."
        )
