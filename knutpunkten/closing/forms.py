"""The parts of the closing, a form each (S11, S14, S0). They may be saved half-written where that makes sense."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from knutpunkten.cases.models import Case
from knutpunkten.closing.models import Closing
from knutpunkten.closing.rules import wrong_meeting_day, wrong_onward_day
from knutpunkten.plans.forms import long_text
from knutpunkten.ui.fields import ChoiceField, DateField, SpokenErrors
from knutpunkten.ui.seen import SeenForm

YES_NO = [("True", "Ja, som planerat"), ("False", "Nej, i förtid")]
NO_MEETING = [(why.value, f"Nej, personen {why.label.lower()}") for why in Closing.Exemption if why.value]
ELSEWHERE = "annan"
NO_PARTIES = (
    "Inget samtycke gäller nu, så det finns ingen part att välja. Skriv här nedanför var den som tar vid finns."
)
# Nobody carries on later than this, counted from today; with a leap day among them.
TWO_YEARS, TOO_FAR = timedelta(days=2 * 365 + 1), "Kontrollera året: det är mer än två år bort"


class MeetingForm(SpokenErrors, SeenForm, forms.Form):
    """The closing meeting, or why there was none."""

    is_planned = forms.TypedChoiceField(
        label="Avslutas insatsen som planerat?",
        choices=YES_NO,
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect(attrs={"data-columns": "inline"}),
        error_messages={
            "required": "Välj om insatsen avslutas som planerat eller i förtid. Är det i förtid, skriv också varför"
        },
    )
    early_reason = long_text("Varför i förtid?", 2, required=False, help_text="Bara om det är i förtid")
    met_on = DateField(label="När hölls avslutsmötet?", required=False)
    who_took_part = long_text("Vilka var med?", 3, required=False, help_text="En på varje rad: namn, roll")
    exemption = ChoiceField(
        label="Kunde ni träffas?",
        choices=NO_MEETING,
        empty_label="Ja, vi träffades",
        required=False,
        help_text="Bara om det inte gick att ha ett avslutsmöte",
        error_messages={"invalid_choice": "Välj varför det inte blev något möte"},
    )
    what_was_tried = long_text("Vad har ni prövat?", 2, required=False, help_text="Bara om det inte blev något möte")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("is_planned") is False:
            self.add_missing("early_reason", "Skriv varför insatsen avslutas i förtid")
        if data.get("exemption"):
            self.add_missing("what_was_tried", "Skriv vad ni har prövat innan ni avslutar utan möte")
        else:
            self.add_missing("met_on", "Skriv vilken dag avslutsmötet hölls")
            self.add_missing("who_took_part", "Skriv vilka som var med på avslutsmötet")
        if data.get("met_on") and data["met_on"] > timezone.localdate():
            self.add_error("met_on", "Skriv ett datum som har varit, eller dagens")
        elif sentence := wrong_meeting_day(self.case, data.get("met_on")):
            self.add_error("met_on", sentence)
        return data | self._what_does_not_apply(data)

    @staticmethod
    def _what_does_not_apply(data: dict[str, Any]) -> dict[str, Any]:
        """Emptied: why early of what was planned, the meeting there was none of, what was tried where there was one."""
        no_meeting = {"met_on": None, "who_took_part": ""}
        fallen = no_meeting if data.get("exemption") else {"what_was_tried": ""}
        return fallen | ({"early_reason": ""} if data.get("is_planned") else {})


class OutcomeForm(SpokenErrors, SeenForm, forms.Form):
    """What came of it: "fully" by work or studies is told from "more than before" (S0)."""

    outcome = forms.ChoiceField(
        label="Vad blev det?",
        choices=Closing.Outcome.choices,
        widget=forms.RadioSelect,
        help_text="Närmare egen försörjning räknas. Välj självförsörjande bara när det räcker helt.",
        error_messages={"required": "Välj vad det blev", "invalid_choice": "Välj ett av alternativen"},
    )
    other_outcome = forms.CharField(
        label="Vad blev det, om det blev annat?",
        max_length=200,
        required=False,
        help_text="En rad. Den står i slutdokumentationen, och räknas inte i statistiken.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("outcome") != Closing.Outcome.OTHER:
            return data | {"other_outcome": ""}
        self.add_missing("other_outcome", "Skriv på en rad vad det blev")
        return data


class ReportForm(SpokenErrors, SeenForm, forms.Form):
    """The final report (S14). Saved while it is written; what lacks is said before it is handed over."""

    own_words = long_text("Personens egna ord", 3, required=False, help_text="Så som personen själv ser på tiden här")
    result = long_text("Resultat", 5, required=False, help_text="Vad har ni gjort, och hur gick det?")
    judgement = long_text("Bedömning", 5, required=False, help_text="Hur ser du på möjligheterna framåt?")
    suggestions = long_text("Förslag på fortsatta insatser", 4, required=False)

    def __init__(self, *args: Any, is_autosaved: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_autosaved = is_autosaved

    def clean(self) -> dict[str, Any]:
        """To go on with nothing written is a slip of the hand; half-written it waits while the other parts are filled in."""
        data = super().clean() or self.cleaned_data
        if not (self.is_autosaved or self.errors or any(data.values())):
            self.add_error("result", "Skriv något i slutdokumentationen, eller gå tillbaka till avslutet")
        return data


class OnwardForm(SpokenErrors, SeenForm, forms.Form):
    """Who carries on, with what, from when (S11)."""

    receiver = forms.CharField(
        label="Vem tar vid?",
        max_length=120,
        help_text="En person med namn, som var med på mötet eller har sagt ja",
        error_messages={"required": "Skriv namnet på den som tar vid"},
    )
    receiver_unit_id = ChoiceField(
        label="Från vilken myndighet?",
        error_messages={
            "required": "Välj vilken myndighet den som tar vid kommer från, eller Någon annan",
            "invalid_choice": "Välj en av parterna i samtycket",
        },
    )
    elsewhere = forms.CharField(
        label="Var, och hur når man hen?",
        max_length=200,
        required=False,
        help_text="Bara om du valde Någon annan. En rad, som står i slutdokumentationen.",
    )
    what = long_text("Med vad?", 4, error_messages={"required": "Skriv vad den som tar vid ska göra"})
    from_on = DateField(
        label="Från och med", error_messages={"required": "Skriv vilken dag det börjar", "far_ahead": TOO_FAR}
    )

    def __init__(
        self,
        *args: Any,
        case: Case,
        met_on: date | None,
        units: list[tuple[str, str]],
        unread: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.met_on = case, met_on
        field = self.fields["receiver_unit_id"]
        assert isinstance(field, ChoiceField)
        field.choices = [("", "Välj …"), *units, (ELSEWHERE, "Någon annan")]
        field.help_text = unread if units else NO_PARTIES
        if not units:
            self.initial.setdefault("receiver_unit_id", ELSEWHERE)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "receiver_unit_id" not in data:
            return data
        if data["receiver_unit_id"] != ELSEWHERE:
            return data | {"receiver_unit_id": UUID(data["receiver_unit_id"]), "elsewhere": ""}
        self.add_missing("elsewhere", "Skriv på en rad var den som tar vid finns, och hur man når hen")
        return data | {"receiver_unit_id": None}

    def clean_from_on(self) -> date:
        from_on: date = self.cleaned_data["from_on"]
        if from_on > timezone.localdate() + TWO_YEARS:
            raise forms.ValidationError(TOO_FAR)
        if sentence := wrong_onward_day(self.case, self.met_on, from_on):
            raise forms.ValidationError(sentence)
        return from_on
