"""All the person's known contacts with authorities (S4): as many rows as there are, in one form."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from knutpunkten.referrals.part_form import PartForm, line
from knutpunkten.ui.fields import is_phone_number

COLUMNS = ("agency", "unit", "name", "phone", "about")
MOST = 40  # rows; nobody has more, and a forged count would only fill the page


class ContactsForm(PartForm):
    """Rows of agency, unit, name, phone and about what. A row left empty is no row."""

    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.count = self.rows_asked()
        for number in range(self.count):
            self.fields.update(row_fields(number))
        if not self.is_bound:
            self.initial.update(self.first_rows())

    def rows_asked(self) -> int:
        given = self.data.get("rows", "") if self.is_bound else ""
        if given.isascii() and given.isdigit() and len(given) < 4:
            return min(int(given), MOST)
        wanted = self.initial.get("more", 0)
        return min(max(len(self.initial.get("rows") or []), 1) + wanted, MOST)

    def first_rows(self) -> dict[str, Any]:
        """The rows saved before; a new list begins with the caseworker's own unit."""
        saved = self.initial.get("rows") or [own_contact(self.case)]
        values = {f"{column}-{n}": row.get(column, "") for n, row in enumerate(saved) for column in COLUMNS}
        return {**values, "rows": self.count}

    def lines(self) -> list[tuple[int, list[BoundField]]]:
        """The rows for the page: number and fields."""
        return [(number, [self[f"{column}-{number}"] for column in COLUMNS]) for number in range(self.count)]

    def typed(self) -> dict[str, Any]:
        rows = [{column: self.typed_in(f"{column}-{n}") for column in COLUMNS} for n in range(self.count)]
        return {"rows": [row for row in rows if any(value.strip() for value in row.values())]}

    def typed_without(self, number: int) -> dict[str, Any]:
        """What was typed, but for one row."""
        kept = [n for n in range(self.count) if n != number]
        rows = [{column: self.typed_in(f"{column}-{n}") for column in COLUMNS} for n in kept]
        return {"rows": [row for row in rows if any(row.values())]}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        filled = 0
        for number in range(self.count):
            values = {column: data.get(f"{column}-{number}") for column in COLUMNS}
            if not any(values.values()):
                continue
            filled += 1
            self.add_missing(f"agency-{number}", f"Skriv vilken myndighet kontakt {number + 1} hör till")
            self.add_missing(f"about-{number}", f"Skriv vad kontakt {number + 1} gäller")
            if values["phone"] and not is_phone_number(values["phone"]):
                self.add_error(f"phone-{number}", f"Skriv hela telefonnumret i kontakt {number + 1}")
        if not filled and "agency-0" in self.fields:
            self.add_error("agency-0", "Skriv minst en kontakt med en myndighet")
        return data


def row_fields(number: int) -> dict[str, forms.Field]:
    fields = {
        "agency": line("Myndighet"),
        "unit": line("Enhet"),
        "name": line("Kontaktperson"),
        "phone": line("Telefon", longest=30),
        "about": line("Vad gäller det?", longest=300),
    }
    for field in fields.values():
        field.error_messages["max_length"] = f"Korta texten i kontakt {number + 1}: högst {field.max_length} tecken"
    return {f"{column}-{number}": field for column, field in fields.items()}


def own_contact(case: Any) -> dict[str, str]:
    """The caseworker themself: the one contact that is always known."""
    return {
        "agency": case.referring_unit.agency.name,
        "unit": case.referring_unit.name,
        "name": case.caseworker.name,
        "phone": case.caseworker.phone,
        "about": "",
    }
