"""What every step's form is given: the case it is about and who fills it in."""

from typing import Any

from django import forms

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case


class StepForm(forms.Form):
    """A step's own questions. Validates input only; whether the step is open is the engine's to say."""

    def __init__(self, *args: Any, case: Case, who: Who, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.who = case, who
        self.prepare()

    def prepare(self) -> None:
        """Set choices, labels and hints that depend on the case."""
