"""What the steps from a place to the start ask. Validate input only."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from knutpunkten.cases.forms import StepForm
from knutpunkten.documents.forms import ScanField
from knutpunkten.first_meeting.models import FirstMeeting
from knutpunkten.first_meeting.rules import (
    PARTICIPANT,
    PRIVACY_GIVEN,
    WEEKDAYS,
    Around,
    a_year_after,
    around,
    meeting_of,
    supervisors_of,
)
from knutpunkten.organisations.calendar import add_working_days, free_day
from knutpunkten.organisations.rules import told_apart
from knutpunkten.protection.rules import NAMED_ALONE
from knutpunkten.ui.fields import (
    A_YEAR,
    WITHIN_A_YEAR,
    DateField,
    SpokenErrors,
    TimeField,
    long_before,
    wrong_planned_end,
)

MOST_HOURS_A_DAY = 8
NOBODY_TOLD = (
    "Mötet är bokat. Ingen av de inbjudna har konto: hör av dig till dem själv. Skriv ut kontraktet till mötet."
)
NOT_YET = "Skriv ett datum som inte ligger i framtiden"


NO_SUPERVISOR = "Insatsen har ingen handledare med konto. Be administratören lägga till den som ska bli det."
NO_OTHER = "Insatsen har ingen annan handledare med konto. Be administratören lägga till den som ska ta över."
READS_FROM_NOW = "Den du väljer får läsa ärendet från och med nu."  # named by the database itself (W5)


class AllocateForm(SpokenErrors, StepForm):
    """Which of the programme's supervisors; each with how many they have, so that one can be fair.

    Where the case has one already, another than they.
    """

    supervisor = forms.TypedChoiceField(
        label="Vem blir handledare?",
        coerce=UUID,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj en handledare", "invalid_choice": "Välj en handledare i listan"},
    )

    def prepare(self) -> None:
        now = self.case.supervisor
        found = [one for one in supervisors_of(self.case.programme, timezone.localdate()) if one.user != now]
        named = dict(told_apart([*(one.user for one in found), *([now] if now else [])]))
        self.fields["supervisor"].choices = [  # type: ignore[attr-defined]
            (str(one.user.pk), f"{named[one.user]}, har {one.cases or 'inga'} deltagare nu") for one in found
        ]
        said = [f"Nu: {named[now]}."] if now else []
        if not found:
            said.append(NO_OTHER if now else NO_SUPERVISOR)
        elif self.case.is_protected:
            said.append(READS_FROM_NOW)
        self.fields["supervisor"].help_text = " ".join(said)


class ServiceDecisionForm(SpokenErrors, StepForm):
    """The decision on the service: the caseworker's own, taken in their own authority (S12)."""

    may_be_over = False  # one that no longer holds is no ground to begin on
    decided_on = DateField(
        label="När togs beslutet?",
        help_text="Datum, till exempel 2026-11-16",
        error_messages={"required": "Skriv vilket datum beslutet togs"},
    )
    by_whom = forms.CharField(
        label="Vem tog beslutet?", max_length=120, error_messages={"required": "Skriv namnet på den som tog beslutet"}
    )
    own_reference = forms.CharField(
        label="Er egen beteckning",
        help_text="Diarienummer eller annan beteckning hos er.",
        max_length=60,
        error_messages={"required": "Skriv er egen beteckning på beslutet"},
    )
    until = DateField(
        label="Gäller till och med", help_text="Lämna tomt om beslutet inte har något slut.", required=False
    )

    def prepare(self) -> None:
        self.fields["by_whom"].initial = self.who.name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        refuse_future(self, "decided_on", data.get("decided_on"))
        if sentence := long_before(data.get("decided_on"), timezone.localdate(self.case.created_at)):
            refuse(self, "decided_on", sentence)
        decided, until = data.get("decided_on"), data.get("until")
        if decided and until and until < decided:
            self.add_error("until", "Skriv ett slutdatum som inte ligger före beslutet")
        elif until and until < self.who.today and not self.may_be_over:
            self.add_error("until", f"Kontrollera slutdatumet: beslutet gällde till {until}")
        return data


class BookForm(SpokenErrors, StepForm):
    """When, where and with whom. The participant is always invited (S9)."""

    day = DateField(
        label="Dag",
        error_messages={"required": "Skriv vilken dag mötet är"},
    )
    starts = TimeField(
        label="Börjar", help_text="Klockslag, till exempel 09:00", error_messages={"required": "Skriv när mötet börjar"}
    )
    ends = TimeField(
        label="Slutar", help_text="Klockslag, till exempel 10:00", error_messages={"required": "Skriv när mötet slutar"}
    )
    place = forms.CharField(label="Plats", max_length=200, error_messages={"required": "Skriv var ni ses"})
    known = forms.MultipleChoiceField(
        label="Vilka bjuds in, förutom deltagaren?",
        help_text="De som redan finns runt ärendet.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Välj bland dem som finns runt ärendet"},
    )
    others = forms.CharField(
        label="Andra som bjuds in",
        help_text="En på varje rad: namn, roll. Till exempel: Berit Sand, god man.",
        max_length=1000,
        required=False,
        strip=False,  # a line is called by its number, so the empty ones before it count
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def prepare(self) -> None:
        self.around: list[Around] = around(self.case, timezone.localdate())
        self.fields["day"].help_text = f"Datum, till exempel {add_working_days(self.who.today, 5)}"
        self.fields["known"].choices = [  # type: ignore[attr-defined]
            (str(one.user_id), f"{one.name}, {one.role}, {one.where}") for one in self.around
        ]
        self.fields["known"].initial = [str(one.user_id) for one in self.around if one.is_expected]
        if self.case.is_protected:
            self.fields["known"].help_text = NAMED_ALONE
        self.fields["place"].initial = self.case.programme.address
        booked = meeting_of(self.case) if self.case.first_meeting_at else None
        if booked is not None:
            self._show_booked(booked)

    def _show_booked(self, booked: FirstMeeting) -> None:
        """A meeting that is moved begins with what was booked."""
        starts, ends = timezone.localtime(booked.starts_at), timezone.localtime(booked.ends_at)
        shown = {
            "day": starts.date(),
            "starts": starts.time(),
            "ends": ends.time(),
            "place": booked.place,
            "known": [guest["user"] for guest in booked.invited if guest["user"]],
            "others": "\n".join(
                ", ".join(filter(None, (guest["name"], guest["role"])))
                for guest in booked.invited
                if not guest["user"] and guest != PARTICIPANT
            ),
        }
        self.initial.update(shown)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends, day = data.get("starts"), data.get("ends"), data.get("day")
        if starts and ends and ends <= starts:
            self.add_error("ends", "Skriv ett klockslag som är senare än när mötet börjar")
        if day and day < self.who.today:
            self.add_error("day", "Skriv dagens datum eller ett senare")
        elif day and day > self.who.today + A_YEAR:
            self.add_error("day", WITHIN_A_YEAR)
        elif day and day > self.who.today and (free := free_day(day)):  # a meeting today is no slip of the hand
            self.add_error("day", f"Välj en vardag: {day} är {free}")
        if starts and day == self.who.today and starts < timezone.localtime().time():
            self.add_error("starts", "Klockslaget har redan varit idag. Skriv ett senare, eller en annan dag")
        data["invited"] = self.invited(data.get("known", [])) + self.guests(data.get("others", ""))
        return data

    @property
    def receipt(self) -> str:
        """Who is told by the system is told so; where nobody is, that whoever booked has it to do."""
        accounts = {one["user"] for one in self.cleaned_data["invited"]} - {None, str(self.who.user_id)}
        return "" if accounts else NOBODY_TOLD

    def invited(self, known: list[str]) -> list[dict[str, Any]]:
        """Those invited as the meeting keeps them: name, role, and the account's id or None."""
        chosen = [one for one in self.around if str(one.user_id) in known]
        return [{"name": one.name, "role": f"{one.role}, {one.where}", "user": str(one.user_id)} for one in chosen]

    def guests(self, others: str) -> list[dict[str, Any]]:
        """Those invited by a line of their own, who have no account. A line of nothing but commas is none."""
        rows = []
        for number, line in enumerate(others.splitlines(), start=1):
            name, *role = (part.strip() for part in line.split(","))
            if name:
                rows.append({"name": name, "role": ", ".join(filter(None, role)), "user": None})
            elif any(role):
                self.add_error("others", f"Skriv ett namn på rad {number}")
        return rows


class HoldForm(SpokenErrors, StepForm):
    """What was agreed at the first meeting, and what was signed there (S9, L11)."""

    held_on = DateField(label="När hölls mötet?", error_messages={"required": "Skriv vilken dag mötet hölls"})
    starts_on = DateField(
        label="Startdatum",
        error_messages={"required": "Skriv vilken dag insatsen startar"},
    )
    planned_end_on = DateField(
        label="Planerat avslut",
        help_text="Lämna tomt för tolv månader efter starten. Det går att ändra sedan.",
        required=False,
    )
    weekly_hours = forms.IntegerField(
        label="Timmar i veckan",
        min_value=1,
        max_value=40,
        widget=forms.TextInput(attrs={"data-width": "short", "inputmode": "numeric"}),
        error_messages={
            "required": "Skriv hur många timmar i veckan",
            "invalid": "Skriv hela timmar, till exempel 10",
        },
    )
    fewer_hours_reason = forms.CharField(
        label="Varför färre timmar?",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="Vilka dagar?",
        choices=[(str(number), name.capitalize()) for number, name in enumerate(WEEKDAYS)],
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"data-columns": "inline"}),
        error_messages={"required": "Kryssa i minst en dag"},
    )
    content = forms.CharField(
        label="Vad ska personen göra?",
        help_text="Innehåll och upplägg, som ni kom överens om.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Skriv vad ni kom överens om att personen ska göra"},
    )
    contract_on = DateField(
        label="Kontraktet påskrivet den",
        help_text="Dagen som står vid underskriften.",
        error_messages={
            "required": "Skriv vilken dag kontraktet skrevs på. Vill personen vänta bokar ni ett nytt möte."
        },
    )
    contract_witness = forms.CharField(
        label="Vem såg att kontraktet skrevs på?",
        help_text="Namnet på den som var med, till exempel du själv.",
        max_length=120,
        error_messages={"required": "Skriv namnet på den som bevittnade kontraktet"},
    )
    contract_scan = ScanField(
        label="Kontraktet, inskannat", help_text="Frivilligt. PDF eller bild, högst 10 MB.", required=False
    )
    privacy_given = forms.ChoiceField(
        label="Dataskyddsinformationen",
        choices=list(PRIVACY_GIVEN.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur dataskyddsinformationen lämnades"},
    )
    privacy_on = DateField(
        label="Informationen lämnad den",
        help_text="Dagen då personen fick den och ni gick igenom den.",
        error_messages={"required": "Skriv vilken dag dataskyddsinformationen lämnades"},
    )
    privacy_witness = forms.CharField(
        label="Vem lämnade informationen?",
        help_text="Namnet på den som lämnade den, till exempel du själv.",
        max_length=120,
        error_messages={"required": "Skriv vem som lämnade informationen"},
    )
    privacy_scan = ScanField(
        label="Informationen, inskannad", help_text="Frivilligt. PDF eller bild, högst 10 MB.", required=False
    )

    def prepare(self) -> None:
        least = self.case.programme.least_hours
        self.fields["starts_on"].help_text = f"Första dagen, till exempel {add_working_days(self.who.today, 10)}"
        self.fields["weekly_hours"].help_text = f"Minst {least} timmar, eller ett skäl."
        self.fields["fewer_hours_reason"].help_text = f"Fylls i om det är mindre än {least} timmar i veckan."
        meeting_at = self.case.first_meeting_at
        # Where they met before the day they had agreed on, that day has not been.
        self.fields["held_on"].initial = min(timezone.localdate(meeting_at), self.who.today) if meeting_at else None
        # That something was signed, when and before whom, nobody says but the one who writes it.

    def clean_planned_end_on(self) -> date | None:
        day: date | None = self.cleaned_data["planned_end_on"]
        if sentence := wrong_planned_end(day, self.who.today):
            raise forms.ValidationError(sentence)
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("held_on", "contract_on", "privacy_on"):
            refuse_future(self, name, data.get(name))
        least, hours = self.case.programme.least_hours, data.get("weekly_hours")
        if hours is not None and hours < least:
            self.add_missing(
                "fewer_hours_reason", f"Skriv varför det blir mindre än {least} timmar i veckan, eller ändra timmarna"
            )
        days = data.get("weekdays") or ()
        if hours is not None and days and hours > MOST_HOURS_A_DAY * len(days):
            on = "en dag" if len(days) == 1 else f"{len(days)} dagar"
            self.add_error("weekly_hours", f"{hours} timmar ryms inte på {on} i veckan. Ändra timmarna eller dagarna")
        held, starts, ends = data.get("held_on"), data.get("starts_on"), data.get("planned_end_on")
        self.refuse_far_off(held, starts)
        self.refuse_other_day(starts, days)
        for name in ("contract_on", "privacy_on"):
            self.refuse_before_referral(name, data.get(name))
        if starts and ends and ends <= starts:
            self.add_error("planned_end_on", f"Skriv ett avslut efter starten, till exempel {a_year_after(starts)}")
        return data

    def refuse_far_off(self, held: date | None, starts: date | None) -> None:
        """The meeting is not before there was a supervisor to hold it, and the start within a year after the meeting."""
        since = self.case.allocated_at and timezone.localdate(self.case.allocated_at)
        if held and since and held < since:
            self.add_error("held_on", f"Kontrollera när mötet hölls: handledaren utsågs {since}")
        met = held or since
        if met and starts and starts < met:
            self.add_error("starts_on", "Skriv ett startdatum som inte ligger före mötet")
        elif starts and starts > (held or self.who.today) + A_YEAR:
            self.add_error("starts_on", "Startdatum är mer än ett år efter mötet. Kontrollera året.")

    def refuse_other_day(self, starts: date | None, weekdays: Collection[int]) -> None:
        """The start is on one of the days agreed. Not judged anew of who has started, and then gets other days."""
        has_been = self.case.has_started and starts == self.case.started_on
        if not starts or not weekdays or has_been:
            return
        free = free_day(starts)
        is_right = starts == self.who.today if free else starts.weekday() in weekdays  # today is no slip of the hand
        if not is_right and "starts_on" not in self.errors:
            called = free or f"en {WEEKDAYS[starts.weekday()]}"
            self.add_error("starts_on", f"Välj en av dagarna ni kom överens om: {starts} är {called}")

    def refuse_before_referral(self, name: str, day: date | None) -> None:
        """Nothing is signed with the team before somebody thought of the service."""
        referred = timezone.localdate(self.case.created_at)
        if day and day < referred:
            refuse(self, name, f"Skriv en dag från och med remissen, {referred}")


def refuse_future(form: StepForm, name: str, day: date | None) -> None:
    """A thing that has been done was not done tomorrow."""
    if day and day > timezone.localdate():
        refuse(form, name, NOT_YET)


def refuse(form: StepForm, name: str, sentence: str) -> None:
    """Say *sentence* of the field by its name: there are several dates on one form, and the summary must say which."""
    form.add_error(name, f"{str(form.fields[name].label).rstrip('?')}: {sentence[0].lower()}{sentence[1:]}")
