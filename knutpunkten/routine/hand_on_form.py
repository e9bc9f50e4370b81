"""Who takes over a case, when its caseworker leaves or will be away."""

from uuid import UUID

from django import forms
from django.utils import timezone

from knutpunkten.access.roles import Permission
from knutpunkten.cases.forms import StepForm
from knutpunkten.organisations.rules import told_apart
from knutpunkten.protection.rules import readers_of
from knutpunkten.routine.leaving import colleagues
from knutpunkten.ui.fields import SpokenErrors

NOBODY_ELSE = "Ingen annan handläggare på enheten har konto. Be administratören lägga till den som ska ta över."
NOBODY_ELSE_NAMED = "Ingen annan handläggare är utsedd att läsa ärendet."
NAME_FIRST = f"{NOBODY_ELSE_NAMED} Utse den som ska ta över först."
ASK_FOR_READER = (
    f"{NOBODY_ELSE_NAMED} Be enhetens representant, eller samordnaren om enheten inte har någon, att utse den som ska ta "
    "över."
)
# Before that the representative knows of no referral.
WHEN_HANDED_OVER = f"{NOBODY_ELSE_NAMED} Enhetens representant kan utse någon först när remissen är inlämnad."


class HandOnForm(SpokenErrors, StepForm):
    """Who in the unit goes on as the case's caseworker. Of a protected person's case, only who is named to read it (W5)."""

    colleague = forms.TypedChoiceField(
        coerce=UUID,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj vem som tar över", "invalid_choice": "Välj någon i listan"},
    )

    def prepare(self) -> None:
        now = timezone.now()
        present = self.case.caseworker
        found = colleagues(self.case, timezone.localdate(now), but=[present.pk])
        # Among them all: one who may not be chosen, or whom they go on after, can have the same name too.
        names = dict(told_apart([*found, present]))
        self.instead_of = "dig" if present.pk == self.who.user_id else names[present]
        if self.case.is_protected:
            named = readers_of(self.case.pk, now)
            found = [user for user in found if user.pk in named]
        field = self.fields["colleague"]
        field.label = f"Vem blir handläggare i stället för {self.instead_of}?"
        field.choices = [(str(user.pk), names[user]) for user in found]  # type: ignore[attr-defined]
        if not found:
            field.help_text = self.whom_to_ask()

    def whom_to_ask(self) -> str:
        """What it takes that there is somebody to choose."""
        if not self.case.is_protected:
            return NOBODY_ELSE
        if self.names_readers:
            return NAME_FIRST
        return ASK_FOR_READER if self.case.handed_over_at else WHEN_HANDED_OVER

    @property
    def names_readers(self) -> bool:
        """Whether whoever finds nobody to choose may name the one who is to read, and so take over."""
        return self.case.is_protected and self.who.may(Permission.NAME_READERS)

    @property
    def receipt(self) -> str:
        """Who is caseworker now, and in whose place."""
        taker = dict(self.fields["colleague"].choices)[str(self.cleaned_data["colleague"])]  # type: ignore[attr-defined]
        return f"{taker} är nu handläggare i stället för {self.instead_of}, och har fått veta det."
