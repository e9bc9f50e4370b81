"""What a study visit asks. Before consent a booking carries no person, so the forms refuse one (S2)."""

from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from knutpunkten.organisations.calendar import free_day
from knutpunkten.organisations.models import Membership
from knutpunkten.people.numbers import holds_number
from knutpunkten.ui.dates import clock, week, weekday_iso
from knutpunkten.ui.fields import A_YEAR, WITHIN_A_YEAR, DateField, SpokenErrors, TimeField, whole_phone_number
from knutpunkten.visits.models import Booking, Slot

EARLIEST, LATEST = time(7), time(19)  # when a visit may begin


def carries_nobody(text: str) -> None:
    """Refuse text that holds what looks like an identity number."""
    if holds_number(text):
        raise ValidationError("Ta bort personnumret. En bokning ska inte säga vem som kommer.", code="person")


def about_nobody(**kwargs: Any) -> forms.CharField:
    """A text field of a booking, which says nothing of who comes."""
    return forms.CharField(required=False, validators=[carries_nobody], **kwargs)


class TimeForm(SpokenErrors, forms.Form):
    """Which of the free times."""

    slot = forms.ChoiceField(
        label="Vilken tid?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Välj en tid",
            "invalid_choice": "Den tiden går inte att boka längre. Välj en annan tid.",
        },
    )

    def __init__(self, *args: Any, slots: list[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].choices = [(str(slot.pk), slot_words(slot)) for slot in slots]  # type: ignore[attr-defined]


class BookingForm(TimeForm):
    """Which time, how many, and what they need."""

    how_many = forms.IntegerField(
        label="Hur många kommer?",
        help_text="Räkna med dig själv om du följer med.",
        min_value=1,
        max_value=50,
        widget=forms.TextInput(attrs={"data-width": "short", "inputmode": "numeric"}),
        error_messages={
            "required": "Skriv hur många som kommer",
            "invalid": "Skriv antalet med siffror, till exempel 2",
            "min_value": "Skriv minst 1",
        },
    )
    interpreter = about_nobody(
        label="Behövs tolk? Skriv vilket språk",
        help_text="Lämna tomt om det inte behövs.",
        max_length=60,
    )
    accessibility = about_nobody(
        label="Är det något vi ska tänka på?",
        help_text="Till exempel rullstol, hörslinga eller lugn miljö. Skriv inget namn.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    own_reference = about_nobody(
        label="Din egen referens",
        help_text="Så att du känner igen bokningen. Inget namn och inget personnummer.",
        max_length=60,
    )
    phone = forms.CharField(
        label="Ditt telefonnummer",
        help_text="Om något ändras ringer samordnaren dig.",
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": "Skriv ett telefonnummer där vi når dig"},
    )

    def clean_phone(self) -> str:
        return whole_phone_number(self.cleaned_data["phone"])


class CallForm(BookingForm):
    """The coordinator's: for whom, too, where somebody has called."""

    field_order = ("slot", "caller")

    caller = forms.ChoiceField(
        label="Vem bokar du åt?",
        help_text="Handläggaren står som den som har bokat, får veta det och kan ändra bokningen.",
        required=False,
        error_messages={"invalid_choice": "Välj en handläggare i listan"},
    )

    def __init__(self, *args: Any, callers: list[Membership], own_phone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_phone = own_phone
        self.callers = {str(hat.pk): hat for hat in callers}
        named = [(pk, f"{hat.user.name}, {hat.unit.full_name}") for pk, hat in self.callers.items() if hat.unit]
        self.fields["caller"].choices = [("", "Ingen annan, jag följer med själv"), *named]  # type: ignore[attr-defined]
        self.fields["how_many"].help_text = "Räkna med alla som följer med."
        self.fields["own_reference"].label = "Handläggarens egen referens"
        phone = self.fields["phone"]
        phone.required, phone.label = False, "Telefonnummer"
        phone.help_text = "Till den som följer med, om något ändras. Lämna tomt för numret i den personens konto."

    def clean_caller(self) -> Membership | None:
        return self.callers.get(self.cleaned_data["caller"])

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        return super().clean_phone() if typed else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        caller = cleaned.get("caller")
        if "caller" in cleaned and not cleaned.get("phone") and "phone" not in self.errors:
            cleaned["phone"] = caller.user.phone if caller else self.own_phone
        self.add_missing("phone", "Skriv ett telefonnummer till den som följer med")
        return cleaned


def slot_words(slot: Slot) -> str:
    """tis 2027-01-05 (v. 1) kl. 13:00–14:00, Knutpunkten: 4 av 6 platser kvar, trettondagsafton."""
    day = f"{weekday_iso(slot.starts_at)} ({week(slot.starts_at)})"
    hours = f"kl. {clock(slot.starts_at)}–{clock(slot.ends_at)}"
    return ", ".join(filter(None, (f"{day} {hours}", f"{slot.programme.name}: {slot.left_words}", slot.reason.lower())))


class ReportForm(SpokenErrors, forms.Form):
    """After the visit: came they, and what did the person decide? The decision is the person's own (L8)."""

    came = forms.TypedChoiceField(
        label="Kom de till besöket?",
        choices=[("yes", "Ja"), ("no", "Nej")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs={"data-columns": "inline"}),
        error_messages={"required": "Välj om de kom eller inte"},
    )
    wish = forms.ChoiceField(
        label="Vad har personen själv bestämt?",
        choices=Booking.Wish.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("came"):
            self.add_missing("wish", "Välj vad personen själv har bestämt, eller att personen vill fundera")
        return cleaned


class MoveForm(SpokenErrors, forms.Form):
    """To which day and hour a time is moved."""

    day = DateField(
        label="Ny dag",
        help_text="En vardag, till exempel 2027-01-07",
        error_messages={"required": "Skriv vilken dag det blir i stället"},
    )
    starts = TimeField(
        label="Börjar",
        help_text="Klockslag, till exempel 13:00",
        error_messages={"required": "Skriv när besöket börjar"},
    )

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if free := free_day(day):
            raise ValidationError(f"Välj en vardag: {day} är {free}")
        if day > timezone.localdate() + A_YEAR:
            raise ValidationError(WITHIN_A_YEAR)
        return day

    def clean_starts(self) -> time:
        starts: time = self.cleaned_data["starts"]
        if not EARLIEST <= starts <= LATEST:
            raise ValidationError(f"Välj en tid på dagen: {EARLIEST:%H:%M} till {LATEST:%H:%M}")
        return starts
