"""The forms of mapping and plan: they validate input only."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone

from knutpunkten.cases.forms import StepForm
from knutpunkten.organisations.models import Unit
from knutpunkten.plans.models import SubGoal
from knutpunkten.plans.rules import OVER, PlannedGoal, wrong_days
from knutpunkten.ui.fields import THREE_YEARS, ChoiceField, DateField, SpokenErrors
from knutpunkten.ui.seen import SeenForm

ZERO_TO_TEN = [(str(n), str(n)) for n in range(11)]
LONG = 5000
TOO_FAR = "Kontrollera året: det är mer än tre år bort"


class ScoreField(forms.TypedChoiceField):
    """0–10, or no answer."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.RadioSelect(attrs={"data-columns": "inline"}))
        kwargs.setdefault("error_messages", {"invalid_choice": "Välj ett tal från 0 till 10"})
        super().__init__(choices=ZERO_TO_TEN, coerce=int, empty_value=None, required=False, **kwargs)


def long_text(label: str, rows: int = 3, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": rows, "data-width": "full"}), **kwargs
    )


class AreaForm(SpokenErrors, SeenForm, forms.Form):
    """One area of the mapping. Everything may be empty: it is saved while it is written."""

    own_words = long_text("Egna ord", required=False)
    staff_words = long_text("Det vi ser", required=False)
    resources = long_text("Resurser", 2, required=False, help_text="Det som fungerar och går att bygga på")
    obstacles = long_text("Hinder", 2, required=False, help_text="Det som står i vägen just nu")
    score = ScoreField(label="Var är du nu?")


class GoalRows(SeenForm, forms.Form):
    """The fields of every goal, and of every sub-goal that is not over; the fields bear the rows' ids."""

    def __init__(self, *args: Any, goals: Iterable[PlannedGoal], units: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goals = list(goals)
        self.called: dict[str, str] = {}  # each field as it is told of apart from its row
        choices = [(str(unit.pk), unit.full_name) for unit in units]
        for number, planned in enumerate(self.goals, start=1):
            goal = planned.goal
            self._add(f"Mål {number}", goal, goal_fields(number, is_new=not goal.scores))
            for place, sub_goal in enumerate(planned.sub_goals, start=1):
                if sub_goal.state not in OVER:  # what was done, or was not to be done, is not rewritten afterwards
                    fields = sub_goal_fields(f"{number}.{place}", choices)
                    self._add(f"Delmål {number}.{place}", sub_goal, fields)

    def add_error(self, field: str | None, error: Any) -> None:
        """Of a day, which sub-goal's it is: in the list of errors they would all read the same."""
        if field and isinstance(self.fields[field], DateField):
            sentences = ValidationError(error).messages
            error = [f"{self.called[field]}: {sentence[0].lower()}{sentence[1:]}" for sentence in sentences]
        super().add_error(field, error)

    def label_of(self, field: BoundField) -> str:
        return self.called[field.name]

    def _add(self, called: str, row: Any, fields: dict[str, forms.Field]) -> None:
        for name, field in fields.items():
            field.initial = getattr(row, name)
            self.fields[f"{name}-{row.pk}"] = field
            label = str(field.label)
            self.called[f"{name}-{row.pk}"] = (
                label if label.startswith(called) else f"{called}, {label[0].lower()}{label[1:]}"
            )


class PlanForm(SpokenErrors, GoalRows):
    """Every goal of the plan being written and every sub-goal that is not over, as one form.

    Everything may be empty: what lacks is said before the plan is agreed.
    """

    def __init__(self, *args: Any, started_on: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.started_on = started_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for planned in self.goals:
            for sub_goal in planned.sub_goals:
                self._check_days(f"from_on-{sub_goal.pk}", f"due_on-{sub_goal.pk}", data)
        return data

    def _check_days(self, start_name: str, end_name: str, data: dict[str, Any]) -> None:
        """A sub-goal lies within the time the person takes part, and ends after it starts."""
        start, end = data.get(start_name), data.get(end_name)
        for name, day in ((start_name, start), (end_name, end)):
            if day and day > timezone.localdate() + THREE_YEARS:
                self.add_error(name, TOO_FAR)
        if end and self.started_on and end < self.started_on:
            self.add_error(end_name, f"Skriv en dag från och med starten, {self.started_on}")
        elif start and end and end < start:
            self.add_error(end_name, "Skriv ett slutdatum som inte är före startdatumet")
        if start_name in self.errors or end_name in self.errors:
            # Saved meanwhile, one of the two might not go with the other as it was.
            data.pop(start_name, None)
            data.pop(end_name, None)

    def words(self) -> dict[UUID, dict[str, Any]]:
        """What was written, by row. A row with an error keeps what it had in that field, so half a date loses nothing."""
        found: dict[UUID, dict[str, Any]] = {}
        for name, value in self.cleaned_data.items():
            field, _, row_id = name.partition("-")
            if row_id not in self.changed:
                continue
            if field == "responsible_unit_id":
                value = UUID(value) if value else None
            found.setdefault(UUID(row_id), {})[field] = value
        return found

    def rows(self) -> list[dict[str, Any]]:
        """The goals with their fields, bound, for the page."""
        return [
            {
                "goal": planned.goal,
                "fields": self._fields(planned.goal.pk),
                "sub_goals": [{"sub_goal": s, "fields": self._fields(s.pk)} for s in planned.sub_goals],
            }
            for planned in self.goals
        ]

    def _fields(self, row_id: UUID) -> dict[str, Any]:
        end = f"-{row_id}"
        return {name.removesuffix(end): self[name] for name in self.fields if name.endswith(end)}


def goal_fields(number: int, *, is_new: bool) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        "own_words": forms.CharField(
            label=f"Mål {number}, med egna ord",
            max_length=300,
            required=False,
            widget=forms.TextInput(attrs={"data-width": "full", "autocomplete": "off"}),
        ),
        "why": forms.CharField(
            label="Varför är det viktigt?",
            max_length=500,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2, "data-width": "full"}),
        ),
    }
    if is_new:
        # Later answers belong to the follow-ups, where they are compared with the last.
        fields["score"] = ScoreField(label="Var är du nu?")
    return fields


def sub_goal_fields(number: str, units: list[tuple[str, str]]) -> dict[str, forms.Field]:
    return {
        "what": forms.CharField(
            label=f"Delmål {number}",
            max_length=300,
            required=False,
            widget=forms.TextInput(attrs={"data-width": "full", "autocomplete": "off"}),
        ),
        "responsible": forms.CharField(
            label="Vem ansvarar?", max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
        ),
        "responsible_unit_id": ChoiceField(
            label="Från vilken myndighet?",
            choices=units,
            empty_label="Ingen, eller någon annan",
            required=False,
            error_messages={"invalid_choice": "Välj en av parterna i samtycket"},
        ),
        "from_on": DateField(label="Från", required=False, error_messages={"far_ahead": TOO_FAR}),
        "due_on": DateField(label="Klart senast", required=False, error_messages={"far_ahead": TOO_FAR}),
        "follow_up": forms.CharField(
            label="Hur och när följs det upp?",
            max_length=300,
            required=False,
            widget=forms.TextInput(attrs={"data-width": "full", "autocomplete": "off"}),
        ),
    }


class AgreeForm(SpokenErrors, StepForm):
    """How the person took part, who else did, when, and when it is followed up (S14, L5)."""

    participation = long_text("Hur har personen varit med och tagit fram planen?")
    who_took_part = long_text("Vilka var med?", 2, help_text="En på varje rad: namn, roll")
    agreed_on = DateField(label="Överenskommen den")
    next_follow_up_on = DateField(label="Nästa uppföljning")
    planned_end_on = DateField(label="Planerat avslut", required=False, help_text="Om ni vet det redan nu")

    def prepare(self) -> None:
        who = self.case.name_in_text
        self.fields["participation"].label = f"Hur har {who} varit med och tagit fram planen?"
        self.fields["participation"].error_messages["required"] = (
            f"Beskriv hur {who} har varit med och tagit fram planen"
        )
        self.fields["who_took_part"].error_messages["required"] = "Skriv vilka som var med när ni kom överens"
        self.fields["agreed_on"].error_messages["required"] = "Skriv vilken dag ni kom överens om planen"
        self.fields["next_follow_up_on"].error_messages["required"] = "Skriv vilken dag planen ska följas upp"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        fields = {"met_on": "agreed_on", "next_on": "next_follow_up_on", "planned_end_on": "planned_end_on"}
        days = {day: data.get(name) for day, name in fields.items()}
        for day, sentence in wrong_days(self.case, **days, today=timezone.localdate()).items():
            self.add_error(fields[day], sentence)
        return data


class MarkForm(SpokenErrors, forms.Form):
    """A sub-goal's state. *done_on* comes with the undo of a mark, to give back the day it had."""

    state = forms.ChoiceField(choices=SubGoal.State.choices)
    done_on = DateField(required=False)
