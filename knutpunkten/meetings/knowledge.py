"""What a unit knows (S6): writing it shares nothing; disclosing it is the unit's own decision, under a consent (W1)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import UNSHARED, record
from knutpunkten.cases.actions import mark_answer
from knutpunkten.cases.models import Answer, Case, Party
from knutpunkten.cases.move import Move, TooLate
from knutpunkten.cases.rules import holds
from knutpunkten.documents.actions import disclose_with_text, take_back_with_text
from knutpunkten.meetings.models import Knowledge
from knutpunkten.meetings.rules import receivers, written_by
from knutpunkten.referrals.actions import SAME_SITTING
from knutpunkten.ui.seen import sign


@dataclass(frozen=True)
class Known:
    """What somebody wrote about one category."""

    text: str
    can_contribute: str

    @property
    def sign(self) -> str:
        return sign(asdict(self))


@dataclass(frozen=True)
class Heading:
    """One category as a page sent it, by signs: of what it showed there, of what stands, and of the words in its boxes."""

    shown: str
    standing: str
    typed: str
    is_given: bool  # whether it is to be disclosed now

    @property
    def is_changed(self) -> bool:
        """Whether other words were typed than were shown, and than stand."""
        return self.typed not in (words_in(self.shown), words_in(self.standing))

    @property
    def is_news(self) -> bool:
        """Whether something else stands than was shown, and nothing was done with it here."""
        return self.standing != self.shown and not self.is_changed and not self.is_given

    @property
    def is_overtaken(self) -> bool:
        """Whether something stands that was not shown, and would be written over, or disclosed unread."""
        is_unread = self.is_given and self.typed != words_in(self.standing)
        return self.standing != self.shown and (self.is_changed or is_unread)

    @property
    def is_only_taken_back(self) -> bool:
        """Whether what stands is what was shown, but for being disclosed no more."""
        return self.standing == words_in(self.shown) != self.shown


@dataclass
class Outcome:
    """What came of saving: whether anything is new, whether a sitting began with it, what is disclosed no more, and
    whether the unit is asked again for that: it was all it had answered with."""

    is_changed: bool = False
    is_begun: bool = False
    taken_back: list[str] = field(default_factory=list)
    is_asked_anew: bool = False


def shown_in(row: Knowledge | None) -> str:
    """A sign for what a page shows of a category: its words, and since when they are disclosed."""
    if row is None:
        return ""
    words = known_in(row).sign
    return f"{words}@{row.disclosed_at.isoformat()}" if row.disclosed_at else words


def words_in(shown: str) -> str:
    """The part of such a sign that is of the words."""
    return shown.partition("@")[0]


def known_in(row: Knowledge) -> Known:
    return Known(row.text, row.can_contribute)


def is_same(row: Knowledge, now: Known) -> bool:
    return known_in(row).sign == now.sign


@transaction.atomic
def write_knowledge(case: Case, known: dict[str, Known], *, by: Who, at: datetime) -> Outcome:
    """As ``save_knowledge``, and in the audit once a sitting, for the writing unit's eyes (W4)."""
    outcome = save_knowledge(case, known, by=by, at=at)
    if outcome.is_begun:
        record("knowledge_saved", by=by, at=at, case_id=case.pk, person_id=case.person_id, category=UNSHARED)
    return outcome


@transaction.atomic
def save_knowledge(
    case: Case, known: dict[str, Known], *, by: Who, at: datetime, seen: Mapping[str, str] | None = None
) -> Outcome:
    """Write what the unit of *by* knows, by category. Nobody else reads it before it is disclosed.

    A sitting begins with something that is not disclosed, unless it goes on from a while ago. A text that was disclosed and is now another is no longer disclosed, nor are the files that stood with it: the
    others must not read, under an old disclosure, something the unit has not decided to give them. Raises ``TooLate``
    if one of them stands otherwise than *seen*, the signs of what its writer was shown, and loses nothing.
    """
    outcome = Outcome()
    rows = {row.category: row for row in written_by(case.pk, by.unit_id)}
    for category, now in known.items():
        row = rows.get(category) or Knowledge(case=case, author_unit_id=by.unit_id, category=category)
        if is_same(row, now):
            continue
        if seen is not None and shown_in(rows.get(category)) != seen.get(category, ""):
            raise TooLate
        if row.disclosed_at is not None:
            record("amend_knowledge", by=by, at=at, case_id=case.pk, person_id=case.person_id, category=category)
            take_back_with_text(case, category, by=by)
            outcome.taken_back.append(category)
        elif category not in rows or row.written_by_id != by.user_id or at - row.written_at > SAME_SITTING:
            outcome.is_begun = True
        outcome.is_changed = True
        row.text, row.can_contribute = now.text, now.can_contribute
        row.written_at, row.written_by_id = at, by.user_id
        row.disclosed_at = row.disclosed_by = row.disclosed_under = None
        row.save()
    return outcome


@transaction.atomic
def take_back(case: Case, category: str, *, by: Who, at: datetime) -> None:
    """The unit of *by* no longer gives out what it knows of *category*. The text and its files stay, its own again."""
    given = Knowledge.objects.filter(case=case, author_unit=by.unit_id, category=category, disclosed_at__isnull=False)
    if given.update(disclosed_at=None, disclosed_by=None, disclosed_under=None):
        take_back_with_text(case, category, by=by)
        record("knowledge_taken_back", by=by, at=at, case_id=case.pk, person_id=case.person_id, category=category)


def answer_for_unit(move: Move) -> None:
    """Effect: the unit answers what it knows: some of it disclosed, or "inte aktuell hos oss" (S6, W1).

    *data*: ``known`` {category: Known} is saved first, over what was ``seen``; ``share`` names the categories to
    disclose, and ``given`` is put there: those of which something was.
    """
    save_knowledge(move.case, move.data["known"], by=move.by, at=move.at, seen=move.data.get("seen"))
    if move.data["answer"] == Answer.DISCLOSED:
        move.data["given"] = disclose(move, move.data["share"])
    mark_answer(move, move.by.unit_id, move.data["answer"])
    move.detail["answer"] = move.data["answer"]


def disclose(move: Move, categories: list[str]) -> list[str]:
    """Mark each category's text and files as given out by whom, when, under which consent; one audit row per category.

    Answers the categories of which something was given out. Files go with a text, or are added to one that is disclosed already: it tells the others what they open. The engine writes the first category's audit row, with the step itself.
    """
    parties = [party for party in move.parties if holds(party, move.today)]
    given = []
    for category in categories:
        consent = covering_consent(parties, category, move.by.unit_id)
        texts = Knowledge.objects.filter(case=move.case, author_unit=move.by.unit_id, category=category)
        if consent is None or not texts.exclude(text="").exists():
            continue
        new = texts.filter(disclosed_at__isnull=True).update(
            disclosed_at=move.at, disclosed_by=move.by.user_id, disclosed_under=consent
        )
        if disclose_with_text(move, category, consent) + new:
            given.append(category)
    move.category = given[0] if given else ""
    for category in given[1:]:
        record(
            move.step,
            by=move.by,
            at=move.at,
            case_id=move.case.pk,
            person_id=move.case.person_id,
            category=category,
            answer=Answer.DISCLOSED,
        )
    return given


def covering_consent(parties: list[Party], category: str, unit_id: UUID | None) -> UUID | None:
    """The newest living consent that lets somebody else read *category*; None where none does."""
    covering = receivers(parties, category, unit_id)
    return max(covering, key=lambda party: party.valid_from).consent_id if covering else None
