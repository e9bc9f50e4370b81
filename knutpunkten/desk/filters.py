"""What a list of cases is narrowed to, by state, by kind and to what is late."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from knutpunkten.cases.models import CLOSED_STATES, State
from knutpunkten.organisations.models import CaseKind

OPEN, ENDED, EVERY = "oppna", "avslutade", "alla"
# Who has a supervisor has a place as before: one word on the row, and one choice.
CHOICES = [(value, label) for value, label in State.choices if value != State.ALLOCATED]


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to: from the address, every value checked against its list."""

    state: str = OPEN
    kind: str = ""
    late: bool = False

    @classmethod
    def of(cls, asked: QueryDict) -> "Filters":
        state, kind = asked.get("lage", OPEN), asked.get("slag", "")
        return cls(
            state=state if state in (OPEN, ENDED, EVERY, *dict(CHOICES)) else OPEN,
            kind=kind if kind in CaseKind else "",
            late=asked.get("sena") == "1",
        )

    def narrow[Rows: QuerySet[Any]](self, rows: Rows, today: date) -> Rows:
        """Of cases, or of statuses, those that are meant."""
        if self.state == OPEN:
            rows = rows.exclude(state__in=CLOSED_STATES)
        elif self.state == ENDED:
            rows = rows.filter(state__in=CLOSED_STATES)
        elif self.state != EVERY:
            label = State(self.state).label
            rows = rows.filter(state__in=[state for state in State if state.label == label])
        if self.kind:
            rows = rows.filter(kind=self.kind)
        # What begins by itself is late to nobody.
        return rows.exclude(turn_role="").filter(due_on__lt=today) if self.late else rows

    def choices(self) -> dict[str, Any]:
        """What ``desk/filters.html`` draws: what may be chosen, and what is."""
        return {
            "filters": self,
            "groups": [(OPEN, "Öppna"), (ENDED, "Avslutade och avbrutna"), (EVERY, "Alla")],
            "states": CHOICES,
            "kinds": [("", "Alla slag"), *CaseKind.choices],
        }
