"""What is asked after a consultation (steps.md, "close"; facts.md: consultations are documented too)."""

from django import forms

from knutpunkten.cases.forms import StepForm
from knutpunkten.ui.fields import SpokenErrors


class AdviceForm(SpokenErrors, StepForm):
    """In the order of what its caseworker waits for, at the meeting as after it."""

    advised = forms.CharField(
        label="Vad gav gruppen för råd?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Skickas till handläggaren när du sparar.",
        error_messages={"required": "Skriv vilka råd gruppen gav"},
    )
    given = forms.CharField(
        label="Vilka uppgifter lämnades?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kort: vem berättade om vad.",
        error_messages={"required": "Skriv vilka uppgifter som lämnades, eller att inga lämnades"},
    )
    present = forms.CharField(
        label="Vilka var med?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Namn och enhet.",
        error_messages={"required": "Skriv vilka som var med"},
    )
