"""The decision bar: the group's four choices for a case; presented, then advice, for a consultation."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Case, Level
from knutpunkten.cases.rules import level_for
from knutpunkten.desk.meeting_page import Sitting
from knutpunkten.meetings.forms import MeetingAdviceForm, MeetingField, PostponeForm, QueueForm
from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.meetings.rules import meeting_words
from knutpunkten.meetings.shown import Row
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.protection.rules import may_be_chosen
from knutpunkten.routine.facts import Facts, facts_for
from knutpunkten.routine.needs import CONSULTATIONS_FIRST
from knutpunkten.routine.rules import Choice, choice
from knutpunkten.routine.step import plays
from knutpunkten.routine.table import STEPS
from knutpunkten.ui.fields import ChoiceField, DateField

# The value of each choice, and the step it takes.
STEP_OF = {
    "place": "admit",
    "queue": "queue",
    "return": "return",
    "later": "postpone",
    "presented": "present",
    "advice": "close_consultation",
}


class BarForm(forms.Form):
    """All the fields of the four choices; which of them are asked depends on the choice. Checks nothing itself.

    In the order in which the bar shows them, for the summary of what is wrong stands in the same.
    """

    passed_over_reason = forms.CharField(
        label="Varför före kön?", required=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    meeting = MeetingField(label="Till vilket möte?", required=False)
    reason = forms.CharField(
        label="Skäl, så att handläggaren förstår", required=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    what_would_change_it = forms.CharField(
        label="Vad skulle ändra det?", required=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    responsible = ChoiceField(label="Ansvarig för nästa steg", required=False)
    due_on = DateField(label="Senast", required=False)


class LaterForm(forms.Form):
    """To a later meeting: the fields of ``PostponeForm``, which checks them."""

    reason = forms.CharField(label="Varför skjuts det upp?", required=False, widget=forms.Textarea(attrs={"rows": 1}))
    meeting = MeetingField(label="Till vilket möte?", required=False)

    def __init__(self, later: list[Meeting]) -> None:
        super().__init__(initial={"meeting": later[0].pk if later else None})
        self.fields["meeting"].widget.choices = meeting_choices(later)


def meeting_choices(meetings: list[Meeting]) -> list[tuple[str, str]]:
    return [(str(meeting.pk), meeting_words(meeting)) for meeting in meetings]


OVERTAKEN = "Något har ändrats i ärendet sedan du öppnade sidan. Läs igenom det och spara igen"


def fields_asked(item: AgendaItem) -> Mapping[str, forms.Field]:
    """What the bar asks of such an *item*: where there is none any more, what was typed in it is told under its labels."""
    if item.purpose == AgendaItem.Purpose.CONSULT:
        return LaterForm.base_fields | MeetingAdviceForm.base_fields
    return BarForm.base_fields


class Bar:
    """What the coordinator can do with the shown item now. *data* is what was posted, if anything."""

    def __init__(self, opened: OpenCase, sitting: Sitting, facts: Facts, data: QueryDict | None) -> None:
        self.opened, self.sitting, self.facts, self.data = opened, sitting, facts, data
        self.actors = plays(opened.who, opened.case, facts)
        self.chosen = data.get("decision", "") if data is not None else ""
        self.missing: list[str] = []
        self.error, self.is_overtaken = "", False
        self.prepare()

    def prepare(self) -> None:
        """Make the forms the bar shows."""

    def step_form(self, step: str | None) -> forms.Form | None:
        """The step's own form with what was posted, whose errors are shown in the bar; None if it asks nothing."""
        raise NotImplementedError

    def lacking(self, step: str) -> list[str]:
        """The sentences that say what is missing before *step*."""
        found = choice(step, self.facts, self.actors)
        return [lack.sentence for lack in found.missing] if found else []

    def overtake(self, step: str, case: Case) -> None:
        """Somebody was first, in the *case* as it stands now or in another that took the last place: what was typed stays."""
        self.facts = facts_for([case], self.sitting.today)[case.pk]
        found = choice(step, self.facts, self.actors)
        if found is not None and found.missing:
            self.refuse(found)
        else:
            self.error, self.is_overtaken = OVERTAKEN, True

    def refuse(self, refused: Choice) -> None:
        """The step lacks something: said as what was wrong with the press, and no longer beside it."""
        self.error = " ".join(lack.sentence for lack in refused.missing)
        self.missing = []

    @property
    def unanswered(self) -> list[tuple[str, str]]:
        """The parties whose answer is waited for: the coordinator may note that it has not come."""
        return [(str(party.unit_id), party.unit.full_name) for party in self.facts.unanswered if party.unit]


class DecisionBar(Bar):
    """1 place, 2 queue, 3 return, 4 next meeting; reason, responsible, date."""

    template = "desk/meeting_mode_decision.html"

    def prepare(self) -> None:
        self.named = may_be_chosen(self.opened.case, self.sitting.today)
        self.form = BarForm(initial=self.suggestions())
        self.set_choices(self.form)
        self.missing = self.lacking("queue")

    @property
    def is_readable(self) -> bool:
        """Whether the parties have been able to read the referral: a besked on what nobody read is none (S7)."""
        return level_for(self.opened.case) == Level.TEXT

    @property
    def consultations(self) -> list[Row]:
        """Those to be taken, or postponed, before the case gets its besked; as the room may see them (K5)."""
        if not CONSULTATIONS_FIRST.missing(self.facts):
            return []
        waiting = [row for row in self.sitting.stops if self.sitting.waits(row.item)]
        return [row for row in waiting if row.item and row.item.purpose == AgendaItem.Purpose.CONSULT]

    @property
    def may_return(self) -> bool:
        return not self.lacking("return")

    def suggestions(self) -> dict[str, Any]:
        """The next step is the besked: the referring unit's representative, within the programme's days."""
        case = self.opened.case
        day = add_working_days(self.sitting.meeting.met_on, case.programme.days_notice)
        own = next((m for m in self.sitting.group if m.unit_id == case.referring_unit_id and self.may(m.user_id)), None)
        later = self.sitting.later[0].pk if self.sitting.later else None
        return {"due_on": day, "responsible": str(own.user_id) if own else "", "meeting": later}

    def may(self, user_id: UUID) -> bool:
        """Whether somebody may be given the next step: of a protected person's case, only who reads it (W5)."""
        return self.named is None or user_id in self.named

    def set_choices(self, form: BarForm) -> None:
        case = self.opened.case
        units = {party.unit_id for party in self.facts.living} | {case.programme.team_id}
        people = {str(case.caseworker_id): case.caseworker.name}
        for member in self.sitting.group:
            if member.unit_id in units and self.may(member.user_id):
                people.setdefault(str(member.user_id), member.user.name)
        form.fields["responsible"].choices = [("", "Välj …"), *people.items()]  # type: ignore[attr-defined]
        form.fields["reason"].label = f"Skäl, så att {case.caseworker.name} förstår"
        form.fields["meeting"].widget.choices = meeting_choices(self.sitting.later)
        if not self.facts.waiting_before:
            del form.fields["passed_over_reason"]

    @property
    def asks_why_before(self) -> bool:
        return "passed_over_reason" in self.form.fields

    @property
    def choices(self) -> list[tuple[str, str, str, bool]]:
        """The four choices with what is worth knowing before one presses, and whether each is open: full places are said."""
        free = self.facts.free_places
        return [
            ("place", "Plats", f"{free or 'ingen'} {'lediga' if free > 1 else 'ledig'}", free > 0),
            ("queue", "Kö", f"blir nr {self.facts.waiting_before + 1}", True),
            ("return", "Återremiss", "", True),
            ("later", "Nästa möte", "", True),
        ]

    def step_form(self, step: str | None) -> forms.Form | None:
        self.form = BarForm(self.data, initial=self.suggestions())
        self.set_choices(self.form)
        self.form.full_clean()
        self.form.errors.clear()
        if step not in ("admit", "queue", "return", "postpone"):
            self.error = "Välj gruppens besked: plats, kö, återremiss eller nästa möte"
            self.show_errors(QueueForm(self.data, case=self.opened.case, who=self.opened.who), ("reason",))
            return None
        if self.sitting.is_ahead and step != "postpone":
            self.refuse_before_its_day()
            return Refusing()
        before = CONSULTATIONS_FIRST.missing(self.facts)
        if before and step != "postpone":
            self.error, self.missing = before, []  # before asking why, by whom and when
            return Refusing()
        if not self.is_readable and step != "postpone":
            self.error = "Lägg fast dagordningen först. Då kan parterna läsa remissen före beskedet"
            return Refusing()
        if step == "admit" and not self.facts.free_places:
            self.error = " ".join(self.lacking(step))  # before asking why somebody is passed over
            return Refusing()
        kind = STEPS[step].form
        assert kind is not None
        form = kind(self.data, case=self.opened.case, who=self.opened.who)
        self.show_errors(form, form.errors)
        return form

    def show_errors(self, form: forms.Form, names: Iterable[str]) -> None:
        """Say in the bar what is wrong in the fields *names* of a step's own *form*."""
        for name in names:
            if name in form.errors:
                self.form.add_error(name if name in self.form.fields else None, form.errors[name])

    def refuse_before_its_day(self) -> None:
        day = timezone.localdate(self.sitting.meeting.starts_at)
        self.error, self.missing = f"Mötet är {day}. Välj ”Börja mötet idag” om ni träffas redan nu", []


class Refusing(forms.Form):
    """A form that never holds: what is wrong is said in the bar."""

    def is_valid(self) -> bool:
        return False


class ConsultationBar(Bar):
    """Presented by its caseworker, then the advice written down; or to another meeting (K5)."""

    template = "desk/meeting_mode_consultation.html"

    def prepare(self) -> None:
        self.is_presented = self.opened.case.state == "presented"
        common = {"case": self.opened.case, "who": self.opened.who}
        if self.is_presented:
            self.form: forms.Form = MeetingAdviceForm(**common)
            for field in self.form.fields.values():
                field.widget.attrs["rows"] = 2  # all three in view below the case
        else:
            self.form = LaterForm(self.sitting.later)
            self.missing = self.lacking("present")

    def step_form(self, step: str | None) -> forms.Form | None:
        common = {"case": self.opened.case, "who": self.opened.who}
        if step == "close_consultation" and self.is_presented:
            self.form = MeetingAdviceForm(self.data, **common)
            return self.form
        if step == "postpone" and not self.is_presented:
            self.form = PostponeForm(self.data, **common)
            return self.form
        if step == "present" and not self.is_presented:
            return None
        self.error = "Det här går inte att göra med konsultationen nu"
        return Refusing()
