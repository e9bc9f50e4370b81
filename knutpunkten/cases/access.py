"""Loading is authorising: a case comes with its ground, and the read is written down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from knutpunkten.access.denials import deny, had_it_open
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.traces import SAFE
from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.models import Basis, Case, Level, Party, State
from knutpunkten.cases.rules import categories_read, follows, is_ground_of, is_within_role, part_begins_on
from knutpunkten.organisations.models import Role
from knutpunkten.questions.remembered import remembered

# What every page of a case shows beside it.
AROUND = ("person", "programme", "referring_unit__agency", "caseworker", "supervisor")


@dataclass(frozen=True)
class OpenCase:
    """A case as one reader may see it: the case, its parties, their own grounds, and what these open.

    *parties* are all the case's grounds, with unit and agency, whomever they belong to: loaded once
    for the page, since the routine, the consent and the meeting each ask for them. Who no longer
    follows the case gets their own alone: which units have a part is itself about the person. They are
    told the day a part of their own begins (*begins_on*), if it is yet to.
    """

    case: Case
    parties: list[Party]
    grounds: list[Party]
    reads: frozenset[str]
    who: Who
    begins_on: date | None = None

    @property
    def categories(self) -> tuple[str, ...]:
        """What is read, in order, as a remembered question takes it."""
        return tuple(sorted(self.reads))

    @property
    def reads_text(self) -> bool:
        return any(ground.level >= Level.TEXT for ground in self.grounds)

    @property
    def opens_later(self) -> bool:
        """Whether a consent opens the referral to the reader once it stands on an agenda: so far they see name and number (S6)."""
        named = any(ground.basis == Basis.CONSENT for ground in self.grounds)
        is_referring = self.who.unit_id == self.case.referring_unit_id
        return self.case.state == State.ANNOUNCED and named and not self.reads_text and not is_referring

    @property
    def is_own(self) -> bool:
        """Whether the reader is the person whose case it is."""
        return self.who.role == Role.PARTICIPANT

    @property
    def follows(self) -> bool:
        """Whether the reader follows the case, or only keeps what their unit wrote in it (``cases.rules.follows``)."""
        return follows(self.case, self.grounds, self.who)

    @property
    def name(self) -> str:
        """What the case is called by those who see it (W5)."""
        return self.case.called


# What ends the name of a page that was opened and showed its reader nothing.
UNSEEN = "_unseen"


def case_for(
    request: Request,
    case_id: UUID,
    permission: Permission,
    *,
    read: str | None = "case",
    shows: Callable[[OpenCase], bool] | None = None,
) -> OpenCase:
    """The case if the hat has *permission* and there is a ground for it; otherwise a 404 and a denial.

    Writes to the audit that *read* (what was opened) was read: with the same transaction as the page, and of a form that
    is sent only if a page is its answer. None where the page says it itself: more closely, as a
    file does, or once it knows that it does not lead on to another. Where *shows* says that the page has nothing for the
    reader, it was opened and unseen. Three statements: the case with person and programme, the parties, the audit row.
    """
    at = timezone.now()
    opened = open_case(request.who, case_id, permission, at)
    if opened is None:
        raise deny(request, case_id, closed_meanwhile=had_it_open(case_id))
    if read is not None:
        note_read(request, opened, read, at, shows=shows is None or shows(opened))
    return opened


def note_read(request: Request, opened: OpenCase, what: str, at: datetime, *, shows: bool = True) -> None:
    """Write that *what* was read of the case; of a form that is sent, once a page is shown (``traces.write_shown``).

    Not *shows*: that it was opened, and showed nothing.
    """
    case, what = opened.case, what if shows else f"{what}{UNSEEN}"
    write = partial(record, "read", by=request.who, at=at, case_id=case.pk, person_id=case.person_id, what=what)
    if request.method in SAFE:
        write()
    else:
        request.unshown.append(write)


def open_case(
    who: Who,
    case_id: UUID,
    permission: Permission,
    at: datetime,
) -> OpenCase | None:
    """As ``case_for``, for those without a request; None where there is no ground. Nothing is written."""
    if not who.may(permission):
        return None
    today = timezone.localdate(at)
    case = case_asked_for.first(case_id)
    # Also where there is no case: what does not exist costs as much as what is not for you, and answers no sooner.
    parties = grounds_in(case_id)
    # As ``visible_to``, of rows that are loaded anyway.
    grounds = [party for party in parties if is_ground_of(party, who, today)]
    if case is None or not grounds or not is_within_role(case, who):
        return None
    known = parties if follows(case, grounds, who) else grounds
    return OpenCase(case, known, grounds, categories_read(grounds), who, part_begins_on(parties, who, today))


@remembered
def case_asked_for(case_id: UUID) -> QuerySet[Case]:
    """The case with that id, if the wall lets one see it, with what stands around it."""
    return Case.objects.select_related(*AROUND).filter(pk=case_id)


@remembered
def grounds_in(case_id: UUID) -> QuerySet[Party]:
    """All grounds of the case that the wall lets one see, with unit and agency."""
    return Party.objects.filter(case=case_id).select_related("unit__agency")
