"""What every step's form is given: the case it is about and who fills it in."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import EMPTY_VALUES

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Role
from knutpunkten.ui.fields import DateField


class StepForm(forms.Form):
    """A step's own questions. Validates input only; whether the step is open is the engine's to say."""

    def __init__(self, *args: Any, case: Case, who: Who, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.who = case, who
        self.prepare()

    def prepare(self) -> None:
        """Set choices, labels and hints that depend on the case."""

    @property
    def receipt(self) -> str:
        """What to say when the step was taken, where it rests on what was answered; empty: what the step itself says."""
        return ""

    @property
    def lacks_answers(self) -> bool:
        """A question that must be answered has no answer to choose: there is nothing to send, and its hint says why."""
        chosen: list[Any] = [f for f in self.fields.values() if isinstance(f, forms.ChoiceField) and f.required]
        return any(all(value in EMPTY_VALUES for value, _ in field.choices) for field in chosen)

    @property
    def names_readers(self) -> bool:
        """Whether there is nobody to choose until a reader is named, and whoever asks may name one."""
        return False


class OralForm(StepForm):
    """A step that the coordinator also takes for a unit whose representative has no account: who said it, and when."""

    orally_by = forms.CharField(
        label="Muntligt av",
        help_text="Namnet på den som företräder enheten. Ingen där har ett konto.",
        max_length=100,
        error_messages={"required": "Skriv vem på enheten som sa det"},
    )
    orally_on = DateField(label="Vilken dag sades det?", error_messages={"required": "Skriv vilken dag det sades"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        oral = ("orally_by", "orally_on")
        if self.who.role == Role.COORDINATOR:
            self.order_fields([*(name for name in self.fields if name not in oral), *oral])
        else:
            for name in oral:
                del self.fields[name]

    def clean_orally_on(self) -> date | None:
        return said_already(self.cleaned_data["orally_on"], self.who.today)


def said_already(day: date | None, today: date) -> date | None:
    """The day if it has come; a form's error otherwise."""
    if day and day > today:
        raise forms.ValidationError("Dagen ligger framåt i tiden. Skriv dagen då det sades")
    return day
