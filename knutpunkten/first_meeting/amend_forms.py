"""What changing what was registered asks: the same as when it was registered, and why. Validate input only."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from knutpunkten.cases.forms import StepForm
from knutpunkten.cases.models import State
from knutpunkten.first_meeting.amendments import changes, standing_decision, standing_meeting
from knutpunkten.first_meeting.forms import HoldForm, ServiceDecisionForm
from knutpunkten.first_meeting.rules import a_year_after


def why() -> forms.CharField:
    return forms.CharField(
        label="Varför ändras det?",
        help_text="Skälet och det som stod förut finns kvar i ärendet, för dem som läser det du ändrar.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Skriv varför det ändras"},
    )


class AmendDecisionForm(ServiceDecisionForm):
    """The decision on the service as it should have stood."""

    may_be_over = True  # it ended earlier than was thought
    reason = why()

    def prepare(self) -> None:
        self.standing = standing_decision(self.case)
        self.initial.update(self.standing)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        keep_what_start_needed(self, self.standing, data, ("decided_on",))
        return refuse_the_same(self, self.standing, data)


class AmendMeetingForm(HoldForm):
    """What was agreed and signed at the first meeting, as it should have stood; a scan may be added or replaced."""

    reason = why()

    def prepare(self) -> None:
        super().prepare()
        self.standing = standing_meeting(self.case)
        self.initial.update(self.standing)
        for name in ("contract_scan", "privacy_scan"):
            if self.initial.pop(name, False):
                self.fields[name].help_text = "Finns redan. Ett nytt ersätter det. PDF eller bild, högst 10 MB."

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("starts_on") and not data.get("planned_end_on"):
            data["planned_end_on"] = a_year_after(data["starts_on"])
        keep_what_start_needed(self, self.standing, data, ("held_on", "starts_on", "contract_on", "privacy_on"))
        return refuse_the_same(self, self.standing, data)


def keep_what_start_needed(
    form: StepForm, standing: Mapping[str, Any], data: Mapping[str, Any], days: tuple[str, ...]
) -> None:
    """What had to be there for the service to start cannot be written to have come later."""
    case = form.case
    if case.state != State.ACTIVE:
        return
    began = timezone.localdate(case.state_since)
    for name in days:
        day = data.get(name)
        if day and day != standing.get(name) and day > began:
            label = str(form.fields[name].label).rstrip("?")
            form.add_error(
                name,
                f"{label}: insatsen startades {began}, och då skulle det vara på plats. Skriv en dag till och med den",
            )


def refuse_the_same(form: StepForm, standing: Mapping[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    if not form.errors and not changes(standing, data):
        form.add_error(None, "Inget är ändrat. Skriv det som ska stå, eller gå tillbaka till ärendet")
    return data
