"""What is typed about sessions and attendance."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.activities.actions import Mark
from knutpunkten.activities.models import Attendance, Session
from knutpunkten.activities.rules import at_once_with, left_for_example, minutes_attended, planned_elsewhere
from knutpunkten.cases.models import Case
from knutpunkten.organisations.calendar import add_working_days, free_day
from knutpunkten.organisations.limits import LONGEST_THEME
from knutpunkten.organisations.models import User
from knutpunkten.ui.fields import A_YEAR, WITHIN_A_YEAR, ChoiceField, DateField, SpokenErrors
from knutpunkten.ui.forms import overtaken
from knutpunkten.ui.seen import SeenForm, row_of

OTHER = "annat"
NOT_ON_THE_LIST = "Någon står inte på listan längre. Det du fyllde i om den personen är inte sparat"
FRIDAY = 4
CAME = (
    (Attendance.Came.ALL.value, "Kom"),
    (Attendance.Came.PART.value, "Delvis", "some"),
    (Attendance.Came.ABSENT.value, "Kom inte", "no"),
)


def not_begun(cases: Sequence[Case], day: date) -> str:
    """A sentence for each of *cases* that began after *day*: the list of who came would leave them out. Empty for none."""
    return " ".join(
        f"{case.called} började {case.started_on} och kan inte vara med {day}."
        for case in cases
        if case.started_on and case.started_on > day
    )


class SessionForm(SpokenErrors, SeenForm, forms.Form):
    """A session: when, theme, leader, room, places (steps.md, "Session")."""

    on_date = DateField(label="Datum")
    part = forms.ChoiceField(label="Arbetspass", widget=forms.RadioSelect(attrs={"data-columns": "inline"}))
    theme = ChoiceField(label="Tema")
    own_theme = forms.CharField(
        label="Eget tema",
        max_length=80,
        required=False,
        help_text="Om du valde Annat. Du kan också lägga till, till exempel ”tema 4”.",
    )
    leader = forms.ChoiceField(label="Ledare", required=False)
    room = forms.CharField(label="Rum", max_length=80, help_text="Till exempel Stora rummet, eller platsen ni besöker")
    places = forms.IntegerField(
        label="Platser",
        min_value=1,
        max_value=200,
        initial=12,
        widget=forms.TextInput(attrs={"data-width": "short", "inputmode": "numeric"}),
    )

    def __init__(
        self,
        *args: Any,
        staff: Sequence[User],
        session: Session,
        planned: Sequence[Case] = (),
        others: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.session, self.staff, self.planned = session, {str(user.pk): user for user in staff}, planned
        self.taken = len(planned) + others
        ahead = add_working_days(timezone.localdate(), 5)
        self.fields["on_date"].help_text = f"Måndag till fredag, till exempel {ahead}"
        if session.leader and str(session.leader_id) not in self.staff:
            self.staff[str(session.leader_id)] = session.leader
        self.choose("leader", [("", "Saknas än"), *((pk, user.name) for pk, user in self.staff.items())])
        times = ((part, Session(programme=session.programme, part=part).hours) for part in Session.Part)
        self.choose("part", [(str(part), hours) for part, hours in times])
        themes = [(theme, theme) for theme in session.programme.own_themes]
        self.choose("theme", [("", "Välj …"), *themes, (OTHER, "Annat, skriv själv")])

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @staticmethod
    def initial_of(session: Session) -> dict[str, Any]:
        """What the form shows of a session; a theme with an addition ("7TJUGO, tema 4") comes apart again."""
        themes = session.programme.own_themes
        known = next((t for t in themes if session.theme == t or session.theme.startswith(f"{t}, ")), "")
        return {
            "on_date": session.on_date,
            "part": session.part,
            "theme": known or OTHER,
            "own_theme": session.theme.removeprefix(known).removeprefix(", "),
            "leader": str(session.leader_id or ""),
            "room": session.room,
            "places": session.places,
        }

    def clean_on_date(self) -> date:
        day = self.cleaned_data["on_date"]
        if day.weekday() > FRIDAY:
            raise ValidationError("Välj en dag från måndag till fredag")
        if free := free_day(day):
            raise ValidationError(f"Välj en annan dag: den dagen är {free}")
        if day > timezone.localdate() + A_YEAR:
            raise ValidationError(WITHIN_A_YEAR)
        if too_early := not_begun(self.planned, day):
            raise ValidationError(too_early)
        return day

    def clean_places(self) -> int:
        places: int = self.cleaned_data["places"]
        if places < min(self.taken, self.session.places):
            raise ValidationError(f"Skriv minst {self.taken}: så många är planerade till passet")
        return places

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        theme, own = data.get("theme"), data.get("own_theme", "")
        if theme == OTHER:
            self.add_missing("own_theme", "Skriv temat, eller välj ett i listan")
        whole = own if theme == OTHER else ", ".join(filter(None, (theme, own)))
        if len(whole) > LONGEST_THEME:
            self.add_error(
                "own_theme", f"Korta temat: högst {LONGEST_THEME} tecken tillsammans med det du valde i listan"
            )
        data["whole_theme"] = whole
        self.check_room(data)
        self.check_leader(data)
        return data

    def check_room(self, data: dict[str, Any]) -> None:
        """A room has one session at a time."""
        if not all(data.get(name) for name in ("on_date", "part", "room")):
            return
        same = Session.objects.filter(
            programme=self.session.programme_id, on_date=data["on_date"], part=data["part"], room=data["room"]
        ).exclude(pk=self.session.pk)
        if same.exists():
            self.add_error("room", "Välj ett annat rum eller pass: där är redan ett arbetspass då")

    def check_leader(self, data: dict[str, Any]) -> None:
        """Nobody leads two sessions at a time."""
        if not all(data.get(name) for name in ("on_date", "part", "leader")) or self.session.cancelled_at is not None:
            return
        then = Session(pk=self.session.pk, programme=self.session.programme, on_date=data["on_date"], part=data["part"])
        other = next((other for other in at_once_with(then) if str(other.leader_id) == data["leader"]), None)
        if other is not None:
            self.add_error(
                "leader",
                f"Välj en annan ledare eller tid: {self.staff[data['leader']].name} leder redan {other.theme} {other.begins}",
            )

    def fill(self, session: Session) -> Session:
        """*session* with what was typed; not saved."""
        data = self.cleaned_data
        session.on_date, session.part = data["on_date"], data["part"]
        session.theme, session.room, session.places = data["whole_theme"], data["room"], data["places"]
        session.leader = self.staff.get(data["leader"])
        return session


class EnrolForm(SpokenErrors, SeenForm, forms.Form):
    """Who is planned for a session: no more than it has places for."""

    cases = forms.MultipleChoiceField(
        label="Vilka ska vara med?",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-columns": "2"}),
        error_messages={"invalid_choice": "Välj bland dem som står i listan"},
    )

    def __init__(self, *args: Any, session: Session, among: Sequence[Case], others: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session, self.others = session, others
        self.among = {str(case.pk): case for case in among}
        cases = self.fields["cases"]
        assert isinstance(cases, forms.MultipleChoiceField)
        cases.choices = [(pk, case.called) for pk, case in self.among.items()]

    def clean_cases(self) -> list[Case]:
        chosen = [self.among[pk] for pk in self.cleaned_data["cases"]]
        if len(chosen) + self.others > self.session.places:
            raise ValidationError(
                f"Ta bort några: passet har {self.session.places} platser och du har valt {len(chosen)}"
            )
        elsewhere = planned_elsewhere(chosen, self.session)
        busy = [
            f"{c.called} är redan med på {other.theme} {other.begins}" for c in chosen if (other := elsewhere.get(c.pk))
        ]
        if busy:
            raise ValidationError(f"{'. '.join(busy)}. Välj det ena passet")
        if too_early := not_begun(chosen, self.session.on_date):
            raise ValidationError(too_early)
        return chosen


def part_words(came: str | None, minutes: int) -> str:
    return f"{minutes} minuter" if came == Attendance.Came.PART else ""


class AttendanceForm(SpokenErrors, SeenForm, forms.Form):
    """Who came, for those on the list: all of it, a part, or not and why. Unmarked stays unmarked.

    *marked*: what is marked already, by case. *by*: who fills it in.
    """

    def __init__(
        self, *args: Any, session: Session, cases: Sequence[Case], marked: dict[UUID, Attendance], by: Who
    ) -> None:
        super().__init__(*args, initial=self.initial_of(marked))
        self.session, self.cases, self.marked, self.by = session, cases, marked, by
        for case in cases:
            self.add_fields(case)

    def add_fields(self, case: Case) -> None:
        name = case.called
        clock, minutes = left_for_example(self.session)
        self.fields[f"came-{case.pk}"] = forms.ChoiceField(
            label=name,
            choices=[(row[0], row[1]) for row in CAME],
            required=False,
            error_messages={"invalid_choice": f"Välj om {name} kom, var med en del eller inte kom"},
        )
        self.fields[f"part-{case.pk}"] = forms.CharField(
            label="Gick hem kl., eller minuter",
            required=False,
            widget=forms.TextInput(
                attrs={"placeholder": f"{clock} eller {minutes} minuter", "data-width": "full", "autocomplete": "off"}
            ),
        )
        self.fields[f"why-{case.pk}"] = ChoiceField(
            label="Varför?",
            choices=Attendance.Why.choices,
            required=False,
            error_messages={"invalid_choice": f"Välj varför {name} inte kom"},
        )
        self.fields[f"remark-{case.pk}"] = forms.CharField(
            label="Anmärkning",
            required=False,
            max_length=200,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={
                "max_length": f"Korta anmärkningen om {name}: högst %(limit_value)s tecken, nu %(show_value)s"
            },
        )

    @staticmethod
    def initial_of(rows: dict[Any, Attendance]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for pk, row in rows.items():
            found |= {f"came-{pk}": row.came, f"why-{pk}": row.why, f"remark-{pk}": row.remark}
            found[f"part-{pk}"] = part_words(row.came, row.minutes)
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for case in self.cases:
            self.check(case, data)
        return data

    def check(self, case: Case, data: dict[str, Any]) -> None:
        name, came = case.called, data.get(f"came-{case.pk}")
        minutes = minutes_attended(data.get(f"part-{case.pk}", ""), self.session)
        data[f"part-{case.pk}"] = part_words(came, minutes or 0)
        if came == Attendance.Came.ABSENT:
            self.add_missing(f"why-{case.pk}", f"Välj varför {name} inte kom")
        else:
            data[f"why-{case.pk}"] = ""
        if came == Attendance.Came.PART and minutes is None:
            clock, _ = left_for_example(self.session)
            self.add_error(
                f"part-{case.pk}",
                f"Skriv när {name} gick hem, till exempel {clock}, eller hur många minuter: mindre än {self.session.minutes}",
            )

    def say_overtaken(self, row: str) -> None:
        """Beside the name, what somebody has filled in there since the page was opened."""
        case = next((case for case in self.cases if str(case.pk) == row), None)
        if case is None:
            self.add_error(None, overtaken(NOT_ON_THE_LIST))
        else:
            self.add_error(f"came-{row}", overtaken(f"{self.told(case)}. Välj det som stämmer och spara"))

    def label_of(self, field: BoundField) -> str:
        """With whose it is: of each the same is asked."""
        name, label = str(self.fields[f"came-{row_of(field.name)}"].label), str(field.label)
        return name if label == name else f"{name}, {label[0].lower()}{label[1:]}"

    def told(self, case: Case) -> str:
        """Peter Ågren har fyllt i Jens Hult sedan du öppnade sidan: Kom inte, Sjuk."""
        now = self.marked.get(case.pk)
        if now is None:
            return f"{case.called} är inte ifylld längre: det ångrades efter att du öppnade sidan"
        is_own = now.recorded_by_id == self.by.user_id
        did = "Du har" if is_own else f"{now.recorded_by.name} har"
        where = "i ett annat fönster" if is_own else "sedan du öppnade sidan"
        came = next(label for value, label, *_ in CAME if value == now.came)
        words = (came, part_words(now.came, now.minutes), now.get_why_display(), now.remark)
        return f"{did} fyllt i {case.called} {where}: {', '.join(filter(None, words))}"

    def marks(self) -> dict[Case, Mark]:
        """What to write: only those who were marked."""
        return {case: self.mark_of(case) for case in self.cases if self.cleaned_data[f"came-{case.pk}"]}

    def read_now(self) -> list[Case]:
        """Those of whom the page tells what somebody else has filled in since it was opened."""
        return [case for case in self.cases if str(case.pk) in self.overtaken]

    def mark_of(self, case: Case) -> Mark:
        data = self.cleaned_data
        minutes = minutes_attended(data[f"part-{case.pk}"], self.session) or 0
        return Mark(data[f"came-{case.pk}"], minutes, data[f"why-{case.pk}"], data[f"remark-{case.pk}"])

    def rows(self) -> list[dict[str, Any]]:
        """The list as the page draws it: each person with their fields, and what is chosen."""
        return [
            {
                "name": case.called,
                "came": f"came-{case.pk}",
                "value": self[f"came-{case.pk}"].value() or "",
                "part": self[f"part-{case.pk}"],
                "why": self[f"why-{case.pk}"],
                "remark": self[f"remark-{case.pk}"],
                "wrong": self[f"came-{case.pk}"].errors,
            }
            for case in self.cases
        ]
