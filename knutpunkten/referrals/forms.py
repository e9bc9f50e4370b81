"""The forms of the referral's parts, and of the steps that send back and cancel. Validate input only."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from knutpunkten.cases.forms import OralForm, StepForm
from knutpunkten.cases.models import Case, State
from knutpunkten.organisations.models import Agency, Programme
from knutpunkten.organisations.swedish_order import sort_key
from knutpunkten.people.numbers import age_on, birth_date
from knutpunkten.referrals.conditions import is_of_age, is_open_with_enough
from knutpunkten.referrals.part_form import YES_NO, PartForm, choice, line, text
from knutpunkten.referrals.reason import read_by, reason_shared
from knutpunkten.referrals.rules import representatives
from knutpunkten.ui.enumerations import enumeration
from knutpunkten.ui.fields import (
    HAS_BEEN,
    ChoiceField,
    DateField,
    RoughDateField,
    SpokenErrors,
    first_day,
    long_before,
    whole_phone_number,
)
from knutpunkten.visits.models import Booking

MEANS = [
    (word, word)
    for word in (
        "Försörjningsstöd",
        "Sjukpenning",
        "Aktivitetsstöd",
        "Sjukersättning",
        "A-kassa",
        "Lön",
        "Studiestöd",
        "Annat",
    )
]
ADDICTIONS = [("alcohol", "Alkohol"), ("drugs", "Droger"), ("gaming", "Dataspel"), ("gambling", "Spel om pengar")]
HOWS = [("phone", "I telefon"), ("meeting", "Vid ett möte"), ("writing", "Skriftligt")]


class PersonForm(PartForm):
    """How to reach the person. A protected person's address and phone are not kept here (W5)."""

    phone = line("Telefon", longest=30, inputmode="tel", autocomplete="off")
    mail = forms.EmailField(label="E-post", required=False, max_length=120)
    address = line("Adress", longest=200, autocomplete="off")
    language = line("Språk", "Det språk {name} helst talar", longest=60)
    interpreter = forms.ChoiceField(
        label="Behövs tolk?",
        choices=YES_NO,
        required=False,
        widget=forms.RadioSelect(attrs={"data-columns": "inline"}),
    )
    guardian = line("God man eller förvaltare, om det finns", "Namn, uppdrag och telefon", longest=160)

    def prepare(self) -> None:
        if self.case.is_protected:
            for name in ("phone", "mail", "address"):
                del self.fields[name]

    def clean_phone(self) -> str:
        return whole_phone_number(self.cleaned_data["phone"])


class TalkForm(PartForm):
    """S1: the talk with one's own representative, about history and motive."""

    with_whom = line(
        "Vem pratade du med?", "Din representant i gruppen", missing="Skriv vem du pratade med", required=True
    )
    on = DateField(
        label="Vilken dag?",
        help_text="Datum, till exempel 2026-09-15",
        error_messages={"required": "Skriv vilken dag ni pratade: ÅÅÅÅ-MM-DD", "far_ahead": HAS_BEEN},
    )
    how = choice("Hur?", HOWS, "Välj hur ni pratade")

    def prepare(self) -> None:
        if not self.is_bound and not self.is_read and not self.initial.get("with_whom"):
            self.initial["with_whom"] = next((user.name for user in representatives(self.case, self.today)), "")

    def clean_on(self) -> date:
        on = not_ahead(self.cleaned_data["on"], self.today)
        if sentence := long_before(on, timezone.localdate(self.case.created_at)):
            raise forms.ValidationError(sentence)
        return on


class AdviceForm(TalkForm):
    """K1: the talk *may* be had: empty is a whole answer, half is not."""

    def prepare(self) -> None:
        for field in self.fields.values():
            field.required = self.is_bound and any(self.typed().values())


class VisitForm(PartForm):
    """S2, L8: the study visit, or why it was not made."""

    made = choice("Har {name} varit på studiebesök?", YES_NO, "Välj om {name} har varit på studiebesök")
    booking = ChoiceField(label="Enhetens bokade besök", help_text="Välj ett, eller skriv dagen nedan.", required=False)
    on = DateField(
        label="Vilken dag?",
        help_text="Datum, till exempel 2026-09-15",
        required=False,
        error_messages={"far_ahead": HAS_BEEN},
    )
    wish = forms.ChoiceField(
        label="Vad ville {name} efter besöket?",
        choices=Booking.Wish.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"data-columns": "inline"}),
    )
    changed_mind = text("Om {name} inte ville ansöka: har hen ändrat sig? När och hur?", required=False, rows=2)
    reason = text("Om ni inte har varit där: varför?", required=False, rows=2)

    def prepare(self) -> None:
        if self.is_read:
            self.fields["booking"].label = self.fields["on"].label
            return
        days = visits_booked(self.case)
        if days:
            self.fields["booking"].choices = [("", "Välj …"), *((d.isoformat(), d.isoformat()) for d in days)]  # type: ignore[attr-defined]
        else:
            del self.fields["booking"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("made") == "yes":
            if not data.get("on") and not data.get("booking") and "on" not in self.errors:
                self.add_error("on", "Skriv vilken dag besöket var")
            elif data.get("on") and data["on"] > self.today:
                self.add_error("on", "Skriv en dag som har varit: ett kommande besök är inte gjort än")
            elif data.get("on") and data.get("booking") not in (None, "", data["on"].isoformat()):
                self.add_error("on", f"Du har valt besöket {data['booking']}. Ta bort dagen här, eller valet ovanför")
            self.add_missing("wish", "Välj vad {name} ville efter besöket")
            if data.get("wish") == Booking.Wish.NOT:
                self.add_missing(
                    "changed_mind", "Efter besöket ville {name} inte ansöka. Har hen ändrat sig? Skriv när och hur"
                )
        elif data.get("made") == "no":
            self.add_missing("reason", "Skriv varför ni söker utan studiebesök")
        return data


def visits_booked(case: Case) -> list[date]:
    """The days when the referring unit had a visit booked with the programme that has begun, the latest first. One statement.

    Not where it is written that nobody came: that visit was not made.
    """
    booked = Booking.objects.filter(unit=case.referring_unit_id, slot__programme=case.programme_id, cancelled_at=None)
    begun = booked.exclude(came=False).filter(slot__starts_at__lte=timezone.now())
    moments = begun.order_by("-slot__starts_at").values_list("slot__starts_at", flat=True)[:12]
    return list(dict.fromkeys(timezone.localdate(moment) for moment in moments))


def not_ahead(day: date, today: date) -> date:
    if day > today:
        raise forms.ValidationError(HAS_BEEN)
    return day


class VoiceForm(PartForm):
    """K2: the person's own words."""

    words = text(
        "Vad vill {name} själv?",
        "Skriv med {whose} egna ord, som {name} säger det. De står först i remissen.",
        missing="Skriv vad {name} själv vill, med {whose} egna ord",
        rows=4,
    )


class OwnWordsForm(VoiceForm):
    """S3, L1: the person's own will, and the hours they are ready for."""

    will = text(
        "Hur märks det att {name} själv vill delta?",
        "Till exempel: bad själv om att få söka efter studiebesöket.",
        missing="Skriv hur det märks att {name} själv vill delta",
        rows=2,
    )
    hours = forms.IntegerField(
        label="Hur många timmar i veckan är {name} redo för?",
        min_value=0,
        max_value=40,
        widget=forms.TextInput(attrs={"data-width": "short", "inputmode": "numeric"}),
        error_messages={"required": "Skriv hur många timmar i veckan {name} är redo för"},
    )
    hours_reason = text("Om det är färre: varför söker ni ändå?", required=False, rows=2)

    def prepare(self) -> None:
        self.fields["hours"].help_text = f"Insatsen räknar med minst {self.case.programme.least_hours} timmar."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        hours = data.get("hours")
        if hours is not None and hours < self.case.programme.least_hours:
            self.add_missing(
                "hours_reason", f"Skriv varför ni söker med färre än {self.case.programme.least_hours} timmar"
            )
        return data


def agencies(programme: Programme) -> list[tuple[str, str]]:
    """The authorities of the association, by name: what one can be *aktuell* with. One statement."""
    found = Agency.objects.filter(association=programme.association_id).exclude(kind=Agency.Kind.PROGRAMME)
    return [(name, name) for name in sorted(found.values_list("name", flat=True), key=sort_key)]


class TargetGroupForm(PartForm):
    """L1: each criterion is answered; an unmet one needs a reason, and never blocks."""

    age = forms.IntegerField(
        label="Hur gammal är {name}?",
        help_text="Åldern syns inte i numret.",
        min_value=0,
        max_value=120,
        widget=forms.TextInput(attrs={"data-width": "short", "inputmode": "numeric"}),
    )
    age_reason = text("", missing="Skriv varför {name} söker utanför åldrarna", rows=2, required=False)
    has_addiction = choice("Har {name} ett pågående beroende?", YES_NO, "Välj om det finns ett pågående beroende")
    addictions = forms.MultipleChoiceField(
        label="Av vad?",
        choices=ADDICTIONS,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-columns": "2"}),
    )
    addiction_reason = text("Om ja: varför söker ni ändå?", "Till exempel pågående behandling.", required=False, rows=2)
    open_with = forms.MultipleChoiceField(
        label="Vilka myndigheter är {name} aktuell hos just nu?",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-columns": "2"}),
    )
    open_reason = text("Om det är färre än två: vilka fler behövs, och varför?", required=False, rows=2)
    need = text(
        "Vad behöver myndigheterna göra tillsammans?",
        missing="Skriv vad myndigheterna behöver göra tillsammans",
    )

    @property
    def age_now(self) -> int | None:
        """Whole years from the number; None where the number is unknown."""
        number = self.case.person.number
        return age_on(number, self.today) if number else None

    def given(self) -> list[tuple[str, str]]:
        return [("Ålder", f"{self.age_now} år")] if self.age_now is not None else []

    def prepare(self) -> None:
        programme = self.case.programme
        span = f"{programme.youngest}–{programme.oldest} år"
        if not self.is_read:
            self.fields["open_with"].choices = agencies(programme)  # type: ignore[attr-defined]
        if self.age_now is not None:
            del self.fields["age"]
        if self.age_now is not None and is_of_age(programme, self.age_now):
            del self.fields["age_reason"]
        elif self.age_now is not None:
            self.fields["age_reason"].required = True
            self.fields[
                "age_reason"
            ].label = f"{{Whose}} ålder är {self.age_now} år, insatsen är för {span}. Varför söker ni ändå?"
        else:
            self.fields["age_reason"].label = f"Om åldern är utanför {span}: varför söker ni ändå?"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        age = data.get("age")
        if age is not None and not is_of_age(self.case.programme, age):
            self.add_missing("age_reason", "Skriv varför {name} söker utanför åldrarna")
        if data.get("has_addiction") == "yes":
            self.add_missing("addictions", "Välj vad beroendet gäller")
            self.add_missing("addiction_reason", "Skriv varför ni söker trots ett pågående beroende")
        elif data.get("has_addiction") == "no" and data.get("addictions"):
            self.add_error("addictions", ticked_beside_no(data["addictions"]))
        if not is_open_with_enough(data.get("open_with")):
            self.add_missing("open_reason", "Skriv vilka fler myndigheter som behövs, och varför")
        return data


def ticked_beside_no(addictions: list[str]) -> str:
    named = enumeration(label for value, label in ADDICTIONS if value in addictions)
    ticks = "krysset" if len(addictions) == 1 else "kryssen"
    return f"Du svarade nej men kryssade i {named}. Ta bort {ticks} eller ändra svaret."


NEVER_WHERE = "Skriv aldrig var personen bor, arbetar eller går i skola."


class SituationForm(PartForm):
    """S4: the present situation, known possibilities and obstacles, what has been tried."""

    works = text(
        "Vad fungerar bra?",
        "Styrkor, intressen och det som ger energi.",
        missing="Beskriv vad som fungerar bra för {name}",
    )
    living = text(
        "Hur ser livet ut just nu?",
        "Boende, familj, ekonomi, vardag.",
        missing="Beskriv hur {whose} liv ser ut just nu",
    )
    hinders = text(
        "Vad hindrar arbete just nu?",
        "Skriv det som har betydelse för stödet, inte hela historien.",
        missing="Beskriv vad som hindrar {name} att arbeta just nu",
    )
    possibilities = text(
        "Vilka möjligheter finns till arbete eller studier?",
        "Det {name} kan, vill pröva eller har nära till.",
        missing="Beskriv vilka möjligheter som finns för {name}",
    )
    tried = text(
        "Vad är prövat tidigare?",
        "Arbete, praktik, utbildning, insatser: vad gick bra och vad gick inte?",
        missing="Beskriv vad som är prövat tidigare, eller skriv att inget är prövat",
    )
    means = forms.MultipleChoiceField(
        label="Hur försörjer sig {name} idag?",
        help_text="Välj allt som stämmer.",
        choices=MEANS,
        widget=forms.CheckboxSelectMultiple(attrs={"data-columns": "2"}),
        error_messages={"required": "Välj hur {name} försörjer sig idag"},
    )
    since = RoughDateField(
        label="Sedan när?",
        help_text="Ungefär går bra: 2026, 2026-09 eller 2026-09-15.",
        error_messages={
            "required": "Skriv ungefär sedan när {name} har försörjt sig så: ett år räcker, till exempel 2026",
            "far_ahead": HAS_BEEN,
        },
    )

    def prepare(self) -> None:
        if self.case.is_protected:
            self.fields["living"].help_text = f"Familj, ekonomi, vardag. {NEVER_WHERE}"

    def clean_since(self) -> str:
        since: str = self.cleaned_data["since"]
        not_ahead(first_day(since), self.today)
        number = self.case.person.number
        born = birth_date(number).isoformat()[: len(since)] if number else ""  # as nearly as the day itself is known
        if since < born:
            raise forms.ValidationError(
                f"Personen är född {born}. Kontrollera {'året' if len(born) == 4 else 'dagen'}."
            )
        return since


class PresentForm(PartForm):
    """K2: the present situation, as the group needs it to give advice."""

    living = text(
        "Hur ser det ut just nu?",
        "Vardag, försörjning och vad som görs.",
        missing="Beskriv hur det ser ut just nu",
        rows=5,
    )
    health = text("Hälsa, om det har betydelse för frågan", "Valfritt.", required=False)

    def prepare(self) -> None:
        if self.case.is_protected:
            self.fields["living"].help_text = f"Vardag, försörjning och vad som görs. {NEVER_WHERE}"


class QuestionForm(PartForm):
    """S4: a clear question."""

    question = text(
        "Vilken är din fråga till gruppen?",
        "En mening räcker ofta. Vad ska gruppen svara på?",
        missing="Skriv frågan du vill att gruppen ska svara på",
        rows=4,
    )

    def prepare(self) -> None:
        if self.case.is_protected:
            self.fields["question"].help_text = f"{self.fields['question'].help_text} Skriv aldrig personens namn."

    def clean_question(self) -> str:
        """Of a protected person the question stands under the case's number, in the meeting room and on paper (W5)."""
        question: str = self.cleaned_data["question"]
        if self.case.is_protected and is_named_in(question, self.case.person_name):
            raise forms.ValidationError("Skriv frågan utan personens namn. Skriv till exempel ”personen”.")
        return question


def is_named_in(text: str, name: str) -> bool:
    """Whether any part of *name* stands in *text*, also as a genitive. As it is spelled: Bo is called Bo, and may bo kvar."""
    return any(re.search(rf"\b{re.escape(part)}(s|:s)?\b", text) for part in re.split(r"[\s-]+", name) if len(part) > 1)


class SendBackForm(SpokenErrors, OralForm):
    """What is lacking, to the caseworker (S13)."""

    lacking = forms.CharField(
        label="Vad behöver handläggaren ändra eller lägga till?",
        help_text="Bara handläggarens enhet läser det här.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Skriv vad handläggaren behöver ändra eller lägga till"},
    )

    @property
    def receipt(self) -> str:
        """Who has it now; whoever sent it back does not see it until it is handed in again."""
        away = " Ärendet är borta från dagordningen." if self.case.state == State.ANNOUNCED else ""
        return f"Remissen är tillbaka hos {self.case.caseworker.name}, som ser vad du skrev.{away}"


class CancelForm(SpokenErrors, StepForm):
    """Why the case ends here, and whose wish it was (S12)."""

    WISHES = (
        ("person", "Personens egen önskan"),
        ("unit", "Vår enhets bedömning"),
        ("together", "Gemensamt"),
        ("other", "Annat, till exempel flytt"),
    )

    wish = forms.ChoiceField(
        label="Vems önskan är det?",
        choices=WISHES,
        widget=forms.RadioSelect(),
        error_messages={"required": "Välj vems önskan det är"},
    )
    why = forms.CharField(
        label="Varför avbryts ärendet?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Skriv varför ärendet avbryts"},
    )

    def prepare(self) -> None:
        """Who reads it is said before it is sent: giving it out is the writer's own act."""
        self.fields["why"].help_text = read_by(reason_shared(self.case, self.who.unit_id, timezone.localdate()))
