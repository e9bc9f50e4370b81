"""The follow-up's form: the plan is its agenda, so its fields come from the plan (S10)."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone

from knutpunkten.cases.forms import StepForm
from knutpunkten.followup.rules import wrong_held_day
from knutpunkten.plans.changes import says_the_same
from knutpunkten.plans.forms import ScoreField, long_text
from knutpunkten.plans.models import Plan, SubGoal
from knutpunkten.plans.rules import (
    PlannedGoal,
    at_every_meeting,
    goals_of,
    lacking_in_plan,
    plan_being_written,
    plan_in_force,
    wrong_days,
)
from knutpunkten.ui.fields import DateField, SpokenErrors
from knutpunkten.ui.seen import SeenForm
from knutpunkten.ui.templatetags.ui import quoted


class FollowUpForm(SpokenErrors, SeenForm, StepForm):
    """Goal by goal: ``score_1``, ``words_1`` and, for its sub-goals, ``state-1_1``, numbered as they were written.

    How the sub-goals go stands saved, and is marked on the plan too: only what was chosen anew here is saved.
    """

    held_on = DateField(label="När träffades ni?")
    who_took_part = long_text("Vilka var med?", 2, help_text="En på varje rad: namn, roll")
    agreed = long_text("Vad kom ni överens om?", 4)
    next_on = DateField(label="Nästa uppföljning")
    planned_end_on = DateField(label="Planerat avslut", required=False)

    plan: Plan | None = None
    draft: Plan | None = None
    goals: list[PlannedGoal]

    @property
    def over(self) -> list[str]:
        return [name for name in self.fields if name.startswith("state-")]

    def prepare(self) -> None:
        self.plan, self.draft = plan_in_force(self.case), plan_being_written(self.case)
        goals = goals_of(plan for plan in (self.plan, self.draft) if plan)
        self.goals = goals[self.plan.pk] if self.plan else []
        if self.draft is not None and says_the_same(self.goals, goals[self.draft.pk]):
            self.draft = None  # begun, and nothing is rewritten yet: there is nothing to choose
        for number, planned in enumerate(self.goals, start=1):
            self._add_goal(number, planned)
        self.fields["who_took_part"].initial = at_every_meeting(self.case)
        if self.draft is not None:
            self._add_revision(self.draft)
        self.fields["held_on"].error_messages["required"] = "Skriv vilken dag ni träffades"
        self.fields["who_took_part"].error_messages["required"] = "Skriv vilka som var med på uppföljningen"
        self.fields["agreed"].error_messages["required"] = "Skriv vad ni kom överens om"
        self.fields["next_on"].error_messages["required"] = "Skriv vilken dag nästa uppföljning är"

    def _add_goal(self, number: int, planned: PlannedGoal) -> None:
        words = planned.goal.own_words
        self.fields[f"score_{number}"] = ScoreField(label=f"Var är du nu? Mål {number}: {quoted(words)}")
        self.fields[f"words_{number}"] = long_text(f"Hur har det gått med mål {number}?", 2, required=False)
        for place, sub_goal in enumerate(planned.sub_goals, start=1):
            self.fields[f"state-{number}_{place}"] = forms.ChoiceField(
                label=sub_goal.what,
                choices=SubGoal.State.choices,
                required=False,
                initial=sub_goal.state,
                error_messages={"invalid_choice": "Välj hur det går med delmålet"},
            )

    def _add_revision(self, draft: Plan) -> None:
        self.fields["plan"] = forms.ChoiceField(
            label="Vilken plan gäller efter mötet?",
            choices=[
                ("revised", f"Den omskrivna, version {draft.version}"),
                ("confirmed", "Den som gällde före mötet"),
            ],
            widget=forms.RadioSelect,
            initial="revised",
            error_messages={"required": "Välj vilken plan som gäller efter mötet"},
        )
        self.fields["participation"] = long_text("Hur har personen varit med och skrivit om planen?", 2, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["goals"] = [
            {
                "lineage": planned.goal.lineage,
                "goal": planned.goal.own_words,
                "score": data.get(f"score_{n}"),
                "words": data.get(f"words_{n}", ""),
            }
            for n, planned in enumerate(self.goals, start=1)
        ]
        data["marks"] = {
            sub_goal.lineage: (sub_goal.state, data[f"state-{n}_{place}"])
            for n, planned in enumerate(self.goals, start=1)
            for place, sub_goal in enumerate(planned.sub_goals, start=1)
            if f"{n}_{place}" in self.changed and data.get(f"state-{n}_{place}")
        }
        data["is_revised"] = self.draft is not None and data.get("plan") == "revised"
        data.setdefault("participation", "")
        self._check_dates(data)
        if data["is_revised"]:
            self._check_revision()
        return data

    def _check_dates(self, data: dict[str, Any]) -> None:
        fields = {"met_on": "held_on", "next_on": "next_on", "planned_end_on": "planned_end_on"}
        days = {day: data.get(name) for day, name in fields.items()}
        wrong = wrong_days(self.case, **days, today=timezone.localdate())
        held_on = data.get("held_on")
        if held_on and "met_on" not in wrong and (sentence := wrong_held_day(self.case, self.plan, held_on)):
            wrong["met_on"] = sentence
        for day, sentence in wrong.items():
            self.add_error(fields[day], sentence)

    def _check_revision(self) -> None:
        self.add_missing("participation", "Beskriv hur personen har varit med och skrivit om planen")
        for sentence in lacking_in_plan([self.case]).get(self.case.pk, ()):
            self.add_error("plan", f"{sentence} Skriv klart den, eller behåll planen som gällde.")

    def by_goal(self) -> list[dict[str, Any]]:
        """For the page: each goal with its fields, bound, and what to show beside them."""
        return [
            {
                "number": number,
                "planned": planned,
                "score": self[f"score_{number}"],
                "words": self[f"words_{number}"],
                "states": self._states(number, planned),
            }
            for number, planned in enumerate(self.goals, start=1)
        ]

    def _states(self, number: int, planned: PlannedGoal) -> list[tuple[SubGoal, BoundField]]:
        """In the order of the plan's page. A field keeps its number when a mark moves its sub-goal."""
        fields = {sub.pk: self[f"state-{number}_{place}"] for place, sub in enumerate(planned.sub_goals, start=1)}
        return [(sub_goal, fields[sub_goal.pk]) for sub_goal in planned.in_time]
