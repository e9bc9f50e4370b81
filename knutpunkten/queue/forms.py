"""What the steps of the queue ask."""

from django import forms

from knutpunkten.cases.forms import StepForm
from knutpunkten.organisations.models import Role
from knutpunkten.queue.rules import passes_others
from knutpunkten.ui.fields import SpokenErrors


class OfferForm(SpokenErrors, StepForm):
    """Nothing for the first in the queue; for another, why it goes before those who came first (S8)."""

    out_of_order_reason = forms.CharField(
        label="Varför går ärendet före i kön?",
        help_text="Det finns någon som har väntat längre. Skriv skälet så att det går att förstå efteråt.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Skriv varför ärendet går före den som står först i kön"},
    )

    def prepare(self) -> None:
        if not passes_others(self.case, self.who.today):
            del self.fields["out_of_order_reason"]


class TakeBackForm(SpokenErrors, StepForm):
    """Why an open offer is taken back; the case stands where it stood in the queue (S8)."""

    reason = forms.CharField(
        label="Varför tas erbjudandet tillbaka?",
        help_text="Skälet läses i det här ärendet. Skriv inget om den som får platsen.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Skriv varför erbjudandet tas tillbaka, så att handläggaren förstår"},
    )


READ_BY = "Teamet och de parter som får del av grunduppgifterna läser det du skriver. Skriv inget om hälsa."


class DeclineForm(SpokenErrors, StepForm):
    """Why the place is declined; the case stands last in the queue after that."""

    reason = forms.CharField(
        label="Varför passar platsen inte?",
        help_text=f"{READ_BY} Ärendet står kvar i kön, sist. Vill personen inte ha någon plats alls avbryter du ärendet i stället.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Skriv kort varför platsen inte passar nu"},
    )

    def prepare(self) -> None:
        if self.who.role == Role.COORDINATOR:
            said = "Tiden att svara har gått ut. Skriv vad du vet och vem du har talat med."
            self.fields["reason"].help_text = f"{said} {READ_BY}"
