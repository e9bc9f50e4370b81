"""A day or a clock time that is missing is asked for by what it is of: "Fyll i ”Börjar”" says nothing."""

from typing import Any

import pytest
from django import forms
from django.utils import timezone

from knutpunkten.meetings.forms import MeetingForm
from knutpunkten.meetings.models import Meeting
from knutpunkten.organisations.models import Programme
from knutpunkten.protection.forms import ReaderForm
from knutpunkten.visits.forms import MoveForm

MEETING = Meeting(programme=Programme(), starts_at=timezone.now(), ends_at=timezone.now(), place="")


@pytest.mark.parametrize(
    ("form", "sentences"),
    [
        (
            MeetingForm({}, programme=MEETING.programme, meeting=MEETING),
            {
                "day": "Skriv vilken dag mötet är",
                "starts": "Skriv när mötet börjar",
                "ends": "Skriv när mötet slutar",
            },
        ),
        (MoveForm({}), {"day": "Skriv vilken dag det blir i stället", "starts": "Skriv när besöket börjar"}),
    ],
)
def test_a_time_that_is_missing_is_asked_for_by_what_it_is_of(form: forms.Form, sentences: dict[str, Any]) -> None:
    assert {name: form.errors[name][0] for name in sentences} == sentences


def test_so_is_the_last_day_of_reading() -> None:
    until = ReaderForm.base_fields["until"]
    assert until.error_messages["required"] == "Skriv till och med vilken dag de får läsa"
