"""What the steps around the case meeting ask. Input only: whether a step is open is the engine's to say."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from knutpunkten.cases.forms import OralForm, StepForm, said_already
from knutpunkten.cases.models import Answer, Case
from knutpunkten.consultations.forms import AdviceForm
from knutpunkten.meetings.models import HELD_EARLY, Decision, Meeting, Notice
from knutpunkten.meetings.rules import (
    group_of,
    has_given,
    latest_decision,
    living_parties,
    meeting_words,
    meetings_after,
    planned_on,
    unanswered_parties,
    undecided_item,
)
from knutpunkten.meetings.shown import present_words
from knutpunkten.organisations.calendar import STOCKHOLM, free_day, mark
from knutpunkten.organisations.models import Programme
from knutpunkten.organisations.rules import without_representative
from knutpunkten.protection.rules import NAMED_ALONE, may_be_chosen
from knutpunkten.queue.rules import waiting_tickets
from knutpunkten.ui.fields import A_YEAR, WITHIN_A_YEAR, ChoiceField, DateField, SpokenErrors, TimeField

NOON = time(12)
NO_MEETING = "Inget möte är planerat så långt fram. Mötena planeras av insatsens inställningar, ett i månaden."


class MeetingField(forms.ModelChoiceField):
    """One of the programme's meetings ahead; which, is said when the case is known (``offer``)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Meeting.objects.none(), empty_label=None, **kwargs)
        self.error_messages["invalid_choice"] = "Välj ett av mötena i listan"
        self.error_messages["required"] = "Välj ett möte"

    def offer(self, meetings: list[Meeting]) -> None:
        """Let one of *meetings* be chosen, the first if nobody says otherwise. No statement until it is chosen."""
        self.queryset = Meeting.objects.filter(pk__in=[m.pk for m in meetings])
        self.choices = [(m.pk, meeting_words(m)) for m in meetings]
        self.initial = meetings[0].pk if meetings else None
        if not meetings:
            self.help_text = NO_MEETING


class AnnounceForm(SpokenErrors, OralForm):
    """Which meeting the case is announced at (S6), or the consultation presented at (K4)."""

    meeting = MeetingField(label="Vilket möte?")

    def prepare(self) -> None:
        field = self.fields["meeting"]
        assert isinstance(field, MeetingField)
        if self.case.is_consultation:
            field.help_text = "Handläggaren presenterar konsultationen själv på det mötet."
        elif self.case.programme.gathering_waits:
            field.help_text = "Där anmäls namn och personnummer, inget mer. Gruppen lämnar besked på mötet efter."
        else:
            field.help_text = "Gruppen lämnar besked på det mötet."
        field.offer(list(Meeting.objects.filter(programme=self.case.programme).from_today()[:6]))


class MeetingAdviceForm(AdviceForm):
    """The advice, with those who were noted as present filled in: to be put right, not written anew."""

    def prepare(self) -> None:
        if not self.is_bound:
            self.fields["present"].initial = present_words(self.case)


def responsible_people(case: Case, today: date) -> list[tuple[str, str]]:
    """Who can go on with the case: its caseworker, the coordinator, the parties' representatives.

    Of a protected person's, those of them who read it (W5). Two statements, then one more.
    """
    units = {party.unit_id for party in living_parties([case.pk], today)} | {case.programme.team_id}
    people = {str(case.caseworker_id): f"{case.caseworker.name}, handläggare"}
    for member in group_of(case.programme, today):
        if member.unit and member.unit_id in units:
            people.setdefault(str(member.user_id), f"{member.user.name}, {member.unit.full_name}")
    named = may_be_chosen(case, today)
    return [(user, name) for user, name in people.items() if named is None or UUID(user) in named]


class DecisionForm(SpokenErrors, StepForm):
    """What every decision asks: why, who goes on, by when."""

    reason = forms.CharField(
        label="Skäl, så att handläggaren förstår",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Skriv skälet, så att handläggaren förstår"},
    )
    responsible = ChoiceField(
        label="Ansvarig för nästa steg", error_messages={"required": "Välj vem som tar nästa steg"}
    )
    due_on = DateField(label="Senast", error_messages={"required": "Skriv ett datum när nästa steg ska vara taget"})

    def prepare(self) -> None:
        self.fields["reason"].label = f"Skäl, så att {self.case.caseworker.name} förstår"
        self.fields["responsible"].choices = [  # type: ignore[attr-defined]
            ("", "Välj …"),
            *responsible_people(self.case, self.who.today),
        ]
        if self.case.is_protected:
            self.fields["responsible"].help_text = NAMED_ALONE

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        # The group may have met before the planned day: then today is the meeting's.
        met_on = min(self.case.meeting_on or self.who.today, self.who.today)
        if day and day < met_on:
            raise forms.ValidationError(f"Välj ett datum från mötet och framåt: {met_on} eller senare")
        if day and day > met_on + A_YEAR:
            raise forms.ValidationError(WITHIN_A_YEAR)
        if day and day > met_on and (free := free_day(day)):
            raise forms.ValidationError(f"Välj en vardag: {day} är {free}")
        return day

    def clean_responsible(self) -> UUID | None:
        chosen = self.cleaned_data["responsible"]
        return UUID(chosen) if chosen else None


class QueueForm(DecisionForm):
    """Admitted to the queue (S7, S8)."""


class AdmitForm(DecisionForm):
    """Admitted to a place; past those who wait only with a written reason (S7, S8)."""

    passed_over_reason = forms.CharField(
        label="Varför före kön?",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def prepare(self) -> None:
        super().prepare()
        self.waiting = waiting_tickets({self.case.programme_id}).get(self.case.programme_id, 0)
        if not self.waiting:
            del self.fields["passed_over_reason"]
        else:
            others = "1 person väntar" if self.waiting == 1 else f"{self.waiting} personer väntar"
            field = self.fields["passed_over_reason"]
            field.required = True
            field.help_text = f"{others} på en plats. De går före om ni inte har ett skäl."
            field.error_messages["required"] = (
                "Skriv varför platsen inte går till den som väntat längst, eller anta till kön"
            )


class ReturnForm(DecisionForm):
    """Returned: why, and what would change it (S7, L10)."""

    what_would_change_it = forms.CharField(
        label="Vad skulle ändra det?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Skriv vad som skulle ändra gruppens besked"},
    )
    field_order = ("reason", "what_would_change_it", "responsible", "due_on")


class PostponeForm(SpokenErrors, StepForm):
    """To a later meeting: why, and which."""

    reason = forms.CharField(
        label="Varför skjuts det upp?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Skriv varför ärendet skjuts upp"},
    )
    meeting = MeetingField(label="Till vilket möte?")

    def prepare(self) -> None:
        item = undecided_item(self.case)
        any_day = Meeting.objects.filter(programme=self.case.programme)
        ahead = (meetings_after(item.meeting) if item else any_day).from_today()
        field = self.fields["meeting"]
        assert isinstance(field, MeetingField)
        field.offer(list(ahead[:4]))


class UnansweredForm(SpokenErrors, StepForm):
    """Which parties have not answered what they know (S6); for one without an account, also what it says aloud.

    Only that the person is not known there can be noted for another authority: the coordinator never discloses for it.
    """

    units = forms.MultipleChoiceField(
        label="Vilka har inte svarat?",
        widget=forms.CheckboxSelectMultiple,
        help_text="Mötet kan då lämna besked utan deras uppgifter. De kan fortfarande svara före mötet.",
        error_messages={"required": "Kryssa i minst en enhet, eller gå tillbaka"},
    )
    answer = forms.ChoiceField(
        label="Vad noterar du?",
        choices=[(Answer.ABSENT, "De har inte svarat"), (Answer.NOT_KNOWN, "De säger: inte aktuell hos oss")],
        widget=forms.RadioSelect,
        required=False,
        initial=Answer.ABSENT,
    )
    orally_by = forms.CharField(label="Muntligt av", max_length=100, required=False)
    orally_on = DateField(label="Vilken dag sades det?", required=False)

    def prepare(self) -> None:
        rows = unanswered_parties(self.case, self.who.today)
        self.names = {p.unit_id: p.unit.full_name for p in rows if p.unit_id and p.unit}
        self.unrepresented = without_representative(self.names, self.who.today)
        units = self.fields["units"]
        units.choices = [(str(unit), name) for unit, name in self.names.items()]  # type: ignore[attr-defined]
        units.initial = [str(unit) for unit in self.names]
        if self.case.is_consultation:
            units.help_text = "Gruppen kan då ge råd utan deras uppgifter. De kan fortfarande svara före mötet."
        if self.unrepresented:
            spoken = ", ".join(name for unit, name in self.names.items() if unit in self.unrepresented)
            self.fields["answer"].help_text = f"Ingen har ett konto på {spoken}. Skriv vad de säger."
        else:
            for name in ("answer", "orally_by", "orally_on"):
                del self.fields[name]

    def clean_units(self) -> list[UUID]:
        return [UUID(unit) for unit in self.cleaned_data["units"]]

    def clean_orally_on(self) -> date | None:
        return said_already(self.cleaned_data["orally_on"], self.who.today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["answer"] = data.get("answer") or Answer.ABSENT
        if data["answer"] == Answer.NOT_KNOWN:
            self.check_said(data)
        else:
            data["orally_by"], data["orally_on"] = "", None
        return data

    def check_said(self, data: dict[str, Any]) -> None:
        """Who said it, and when; those with an account answer themselves."""
        answering = [self.names[unit] for unit in data.get("units", ()) if unit not in self.unrepresented]
        if answering:
            self.add_error("units", f"Kryssa ur {', '.join(answering)}: där svarar representanten själv")
        for name, missing in (
            ("orally_by", "Skriv vem på enheten som sa det"),
            ("orally_on", "Skriv vilken dag det sades"),
        ):
            self.add_missing(name, missing)


class NoticeForm(SpokenErrors, OralForm):
    """The besked to the caseworker: what was said, how and when (S7, S13)."""

    text = forms.CharField(
        label="Besked till handläggaren",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Skriv beskedet: plats, kö eller återremiss, och varför"},
    )
    how = forms.ChoiceField(
        label="Hur lämnas det?",
        choices=Notice.How.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur beskedet lämnas"},
    )
    given_on = DateField(label="Vilken dag?", required=False, help_text="Lämna tomt om det är nu.")
    given_time = TimeField(label="Vilken tid?", required=False, help_text="Till exempel 13:30.")

    def prepare(self) -> None:
        self.decision = latest_decision(self.case)
        self.fields["how"].initial = Notice.How.HERE
        if self.decision is not None:
            self.fields["text"].initial = suggested_notice(self.decision)

    @property
    def receipt(self) -> str:
        return f"Beskedet är lämnat. {self.case.caseworker.name} bekräftar när det har kommit fram."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.decision is None:
            raise forms.ValidationError(
                "Din enhet ser inte gruppens besked längre. Handläggaren behöver ett nytt samtycke först."
            )
        day, clock = data.get("given_on"), data.get("given_time")
        if clock and not day and "given_on" not in self.errors:
            self.add_error("given_on", "Skriv också vilken dag beskedet lämnades")
        elif day:
            self.check_day(day, clock)
        data["given_at"] = self.moment(day, clock) if day else None
        return data

    def moment(self, day: date, clock: time | None) -> datetime:
        """Without a time at noon, or when the group decided if that was later."""
        assert self.decision is not None
        if clock is None:
            return max(datetime.combine(day, NOON, STOCKHOLM), self.decision.decided_at)
        return datetime.combine(day, clock, STOCKHOLM)

    def check_day(self, day: date, clock: time | None) -> None:
        assert self.decision is not None
        decided = timezone.localtime(self.decision.decided_at)
        if day < decided.date():
            self.add_error("given_on", f"Beskedet kan inte ha lämnats före mötet {decided.date()}. Rätta dagen")
        elif clock and self.moment(day, clock) < decided.replace(second=0, microsecond=0):
            self.add_error(
                "given_time", f"Gruppens besked antecknades kl. {decided:%H:%M} den dagen. Skriv en tid efter det"
            )
        elif day > self.who.today:
            self.add_error(
                "given_on", "Dagen ligger framåt i tiden. Skriv dagen då beskedet lämnades, eller lämna tomt"
            )


def suggested_notice(decision: Decision) -> str:
    """A first wording of the besked, from what the group gave."""
    words = {
        Decision.Which.PLACE: "Gruppen har antagit ärendet till en plats.",
        Decision.Which.QUEUE: "Gruppen har antagit ärendet. Det står i kö till en plats och du får veta direkt när en erbjuds.",
        Decision.Which.RETURN: "Gruppen har återremitterat ärendet.",
    }
    parts = [words[Decision.Which(decision.which)], decision.reason]
    if decision.what_would_change_it:
        parts.append(f"Det här skulle ändra det: {decision.what_would_change_it}")
    return "\n\n".join(parts)


class MeetingAttendanceForm(SpokenErrors, forms.Form):
    """Who is at the meeting. *people*: by account, the words on the list first.

    *has_left*: whether guests have, who can be corrected.
    """

    present = forms.MultipleChoiceField(
        label="Vilka är här?", required=False, widget=forms.CheckboxSelectMultiple(attrs={"data-columns": "2"})
    )

    guests = forms.CharField(
        label="Andra som är här",
        help_text="En på varje rad: namn och vem hen företräder. En gäst är inte part, så rummets skärm visar bara "
        "ärendenummer medan hen är här.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    guests_left = forms.CharField(
        label="Andra som har gått",
        help_text="De står kvar bland dem som var med. Ta bort en rad som blev fel.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, people: dict[str, tuple[str, Any]], has_left: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].choices = [(user, words) for user, (words, _) in people.items()]  # type: ignore[attr-defined]
        if not has_left:
            del self.fields["guests_left"]


class MeetingForm(SpokenErrors, forms.Form):
    """A meeting's day, time and place: another for one that is planned, or, without *meeting*, those of an extra one.

    One that has given a besked keeps its day: it has been.
    """

    day = DateField(
        label="Dag",
        help_text="Datum, till exempel 2026-12-17",
        error_messages={"required": "Skriv vilken dag mötet är"},
    )
    starts = TimeField(label="Börjar", error_messages={"required": "Skriv när mötet börjar"})
    ends = TimeField(label="Slutar", error_messages={"required": "Skriv när mötet slutar"})
    place = forms.CharField(label="Plats", max_length=200)
    # Asked of a day nobody works, an eve, or a time that has been, alone: everybody is told of the new day as soon as it is
    # saved. It says which day it was given for, and lets no other through.
    is_sure = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("day", "is_sure")

    def __init__(self, *args: Any, programme: Programme, meeting: Meeting | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=as_it_stands(meeting) if meeting else as_usual(programme), **kwargs)
        self.programme, self.meeting = programme, meeting
        self.day_before = meeting.planned_on if meeting else None

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day == self.day_before:
            return day
        today = timezone.localdate()
        if self.meeting and has_given(self.meeting):
            raise forms.ValidationError(HAS_GIVEN)
        if day < today:
            raise forms.ValidationError("Välj en dag som inte har varit")
        if day > today + A_YEAR:
            raise forms.ValidationError(WITHIN_A_YEAR)
        if planned_on(self.programme, day).exists():
            raise forms.ValidationError(MEETS_THEN)
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day, starts, ends = data.get("day"), data.get("starts"), data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", "Mötet måste sluta efter att det börjar")
        elif day and starts and ends:
            data["starts_at"] = datetime.combine(day, starts, STOCKHOLM)
            data["ends_at"] = datetime.combine(day, ends, STOCKHOLM)
            if self.meeting is None and data["starts_at"] <= timezone.now():
                self.add_error("starts", "Välj en tid som inte har varit")
            taken = Meeting.objects.filter(programme=self.programme, starts_at=data["starts_at"]).exclude(HELD_EARLY)
            if taken.exclude(pk__in=[self.meeting.pk] if self.meeting else []).exists():
                self.add_error(
                    "starts", "Det står redan ett möte på den tiden, planerat eller inställt. Välj en annan tid"
                )
        free = free_day(day) or (mark(day).eve or "").lower() if day and day != self.day_before else ""
        if day and (free or self.has_begun(data.get("starts_at"))):
            self.ask_if_sure(day, free, data.get("starts_at"))
        return data

    def has_begun(self, starts_at: datetime | None) -> bool:
        """Whether a planned meeting that was to come gets a time that has been."""
        if self.meeting is None or starts_at is None:
            return False
        return starts_at <= timezone.now() < self.meeting.starts_at

    def ask_if_sure(self, day: date, free: str, starts_at: datetime | None) -> None:
        """The group may meet on a *free* day, or have met already, and is asked before anybody is told."""
        has_begun = self.has_begun(starts_at)
        what_of_it = [f"ska vara {day}, som är {free}"] if free else []
        what_of_it += [f"började {day} kl. {starts_at:%H:%M}"] if starts_at and has_begun else []
        is_sure = self.cleaned_data.get("is_sure") == day.isoformat()
        asked = self["is_sure"]  # made already, with the label the field had before the day was known
        asked.field.widget = forms.CheckboxInput({"value": day.isoformat()}, check_test=lambda _: is_sure)
        asked.label = f"Ja, mötet {' och '.join(what_of_it)}"
        if has_begun:
            self.order_fields(("day", "starts", "is_sure"))  # below what asks for it
        if is_sure:
            return
        if free:
            self.add_error("day", f"{day} är {free}. Välj en annan dag, eller kryssa i att mötet ska vara då")
        if has_begun:
            self.add_error("starts", "Mötet har redan börjat. Stämmer tiden? Rätta den, eller kryssa i att den stämmer")


def as_it_stands(meeting: Meeting) -> dict[str, Any]:
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    times = {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}
    return {**times, "place": meeting.place, "seen": meeting.as_planned}


def as_usual(programme: Programme) -> dict[str, Any]:
    """When and where the programme's meetings are, whatever the day."""
    return {"starts": programme.meeting_starts, "ends": programme.meeting_ends, "place": programme.meeting_place}


HAS_GIVEN = "Gruppen har redan lämnat besked eller råd på mötet. Då kan det varken flyttas eller ställas in."
MEETS_THEN = "Insatsen har redan ett möte den dagen. Välj en annan dag"


class CallOffForm(SpokenErrors, forms.Form):
    """Why a meeting is called off: asked where something stands on it, for those who wait for its besked."""

    reason = forms.CharField(
        label="Varför ställs mötet in?",
        help_text="Läses av gruppen på mötets sida, och i varje ärende som flyttas. Skriv inget om någons hälsa.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Skriv varför mötet ställs in"},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, meeting: Meeting, has_items: bool, **kwargs: Any) -> None:
        super().__init__(*args, initial={"seen": meeting.as_planned}, **kwargs)
        if not has_items:
            del self.fields["reason"]
