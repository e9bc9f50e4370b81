"""A move in the making: what the routine hands to each effect of a step."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case, Party


class TooLate(Exception):
    """An effect finds that somebody took the last of something meanwhile: nothing of the move is written."""


@dataclass
class Move:
    """One step being taken in one case, whose row is locked.

    An effect writes its stage's own rows and sets milestones on ``case``; the engine saves the
    case once, when all effects have run. *data* is the step's form, cleaned.
    """

    case: Case
    step: str
    by: Who
    at: datetime
    data: dict[str, Any]
    # What the audit and timeline may say of this move: words from fixed lists, dates, counts.
    detail: dict[str, Any] = field(default_factory=dict)
    category: str = ""
    # What those told of the move read of it beside its words, such as the day: nothing of anybody.
    about: str = ""
    # The consent's grounds, of which *case* has the row lock. An effect that changes what they are asked, or for how
    # long they have a part, changes these too: whose turn it is rests on them.
    parties: list[Party] = field(default_factory=list)

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)
