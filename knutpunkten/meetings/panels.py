"""The meeting's part of the case page: the besked, and what the parties have disclosed."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Answer, Basis, Category, State
from knutpunkten.cases.panel import Panel
from knutpunkten.cases.rules import holds
from knutpunkten.documents.models import StoredFile
from knutpunkten.documents.rules import files_read
from knutpunkten.meetings.models import AgendaItem, Decision, Knowledge, Notice
from knutpunkten.meetings.rules import KNOWN_CATEGORIES, asked, hand_ins, meetings_on
from knutpunkten.meetings.shown import hindrance, knows_others
from knutpunkten.organisations.models import Unit
from knutpunkten.questions.remembered import remembered
from knutpunkten.queue.rules import accepted_offer


def besked_panel(opened: OpenCase, today: date) -> Panel | None:
    """When the group meets, what it gave and why, and whether the caseworker has been told. One statement.

    One more for the caseworker who is to present a consultation, and has no agenda to read where and when on (K5).
    """
    if opened.case.announced_at is None:
        return None
    reads, unit_id = Category.BASIC in opened.reads, opened.who.unit_id
    decisions = [row for row in besked_in(opened.case.pk) if reads or row.author_unit_id == unit_id]
    given = next((row for row in decisions if row.which != Decision.Which.LATER), None)
    meets_on = opened.case.meeting_on if opened.case.state == State.ANNOUNCED else None
    presents = opened.who.user_id == opened.case.caseworker_id and opened.case.is_consultation
    meeting = meetings_on.first(opened.case.programme_id, meets_on) if meets_on and presents else None
    came_up = decisions or opened.case.decision or opened.case.presented_at
    if not came_up and not opened.case.is_open:
        return None  # ended before the meeting took it up: nothing is to come
    living = {p.unit_id for p in opened.parties if p.basis == Basis.CONSENT and holds(p, today)}
    context = {
        "given": given,
        "notice": notice_of(opened, given, reads=reads),
        "postponed": put_off(decisions),
        "is_hidden": bool(opened.case.decision) and given is None,
        "is_consultation": opened.case.is_consultation,
        "presented_at": opened.case.presented_at,
        "meets_on": meeting.met_on if meeting else meets_on,
        "hindrance": hindrance(opened.case, living) if opened.follows else "",
        "presents_at": meeting,
    }
    return Panel("besked", "meetings/besked_panel.html", context)


def notice_of(opened: OpenCase, given: Decision | None, *, reads: bool) -> Notice | None:
    """The besked as it was told the caseworker, to who reads the case; what one's own unit told stands also where
    the group's decision does not (W1). One statement more then."""
    if reads or not opened.case.notice_given_at:
        return getattr(given, "notice", None)
    own = Notice.objects.filter(case=opened.case, author_unit=opened.who.unit_id).select_related("given_by")
    return own.order_by("-given_at").first()


@remembered
def besked_in(case_id: UUID) -> QuerySet[Decision]:
    """What the group has decided in the case, the latest first, each with the besked on it.

    And when the place was offered that the case took, as far as the wall shows (``offered_at``). Not that it was put off
    from a meeting where it is taken up all the same, for that was called off by mistake.
    """
    offered = accepted_offer(OuterRef("case")).values("offered_at")
    given = Decision.objects.filter(case=case_id).annotate(offered_at=Subquery(offered)).order_by("-decided_at")
    back = AgendaItem.objects.filter(meeting=OuterRef("meeting"), case_id=OuterRef("case"))
    back = back.exclude(purpose=AgendaItem.Purpose.ANNOUNCE).exclude(outcome=AgendaItem.Outcome.POSTPONED)
    given = given.exclude(Exists(back), which=Decision.Which.LATER)
    return given.select_related("meeting", "responsible", "decided_by", "notice__given_by")


def put_off(decisions: list[Decision]) -> list[Decision]:
    """From which meetings the case was put off, of *decisions*, the latest first: once from each, for the latest reason."""
    later = [row for row in decisions if row.which == Decision.Which.LATER]
    latest = {row.meeting_id: row for row in reversed(later)}
    return [row for row in later if latest[row.meeting_id] is row]


@dataclass(frozen=True)
class Told:
    """What one unit knows of one category: the text, and the files with it. One's own files may wait for a text."""

    unit: Unit
    row: Knowledge | None
    files: list[StoredFile]

    @property
    def is_disclosed(self) -> bool:
        return self.row is not None and self.row.disclosed_at is not None


def told(rows: list[Knowledge], files: list[StoredFile], category: str) -> list[Told]:
    """Of one category, in the order the texts were disclosed; one's own files without a text last."""
    by_unit: dict[UUID, list[StoredFile]] = {}
    for file in files:
        if file.category == category and file.purpose == StoredFile.Purpose.KNOWLEDGE:
            by_unit.setdefault(file.author_unit_id, []).append(file)
    texts = [
        Told(row.author_unit, row, by_unit.pop(row.author_unit_id, [])) for row in rows if row.category == category
    ]
    return texts + [Told(alone[0].author_unit, None, alone) for alone in by_unit.values()]


@remembered
def known_to(case_id: UUID, unit_id: UUID, *, reads: tuple[str, ...]) -> QuerySet[Knowledge]:
    """What is disclosed in the categories that are read, and what the unit has written itself, in the order disclosed (W1)."""
    shared = Q(disclosed_at__isnull=False, category__in=reads)
    found = Knowledge.objects.filter(shared | Q(author_unit=unit_id), case=case_id).exclude(text="", can_contribute="")
    return found.select_related("author_unit__agency", "disclosed_by").order_by("disclosed_at")


def knowledge_panel(opened: OpenCase, today: date, files: list[StoredFile] | None = None) -> Panel | None:
    """What the parties have disclosed, by category, as far as the reader's grounds go (W1). Two statements.

    *files*: what is enclosed with the case, where somebody has asked for it already.
    """
    if opened.case.announced_at is None:
        return None
    rows = known_to(opened.case.pk, opened.who.unit_id, reads=opened.categories)
    if files is None:
        files = files_read(opened, (StoredFile.Purpose.KNOWLEDGE,))
    waits = opened.case.state == State.ANNOUNCED and opened.follows
    context: dict[str, Any] = {
        "groups": [
            {
                "heading": category.label,
                "told": told(rows, files, category),
                "is_hidden": category not in opened.reads,
            }
            for category in KNOWN_CATEGORIES
        ],
        "is_closed": not opened.reads_text,
        "opens_later": waits and any(ground.basis == Basis.CONSENT for ground in opened.grounds),
        "is_referring": opened.who.unit_id == opened.case.referring_unit_id,
        "answers": answers(opened, today) if waits else [],
        "may_write": waits,
        "may_remove": opened.who.may(Permission.SHARE_KNOWLEDGE),
    }
    return Panel("uppgifter", "meetings/knowledge_panel.html", context)


def handed_in(opened: OpenCase) -> list[dict[str, Any]]:
    """What the parties disclosed to the meeting, a row each, and the headings that are not shared with the reader (W1).

    For where the texts themselves are a link away. One statement; nothing where no consent lets the reader read.
    """
    if not opened.reads_text:
        return []
    rows = hand_ins(opened.case.pk, opened.who.unit_id, reads=opened.categories)
    shown: list[dict[str, Any]] = []
    for category in KNOWN_CATEGORIES:
        shown += [{"heading": category.label, "row": row} for row in rows if row.category == category]
    hidden = [category for category in KNOWN_CATEGORIES if category not in opened.reads]
    return shown + [{"heading": category.label, "row": None} for category in hidden]


def answers(opened: OpenCase, today: date) -> list[tuple[str, str, str]]:
    """Each asked party with a tag: has answered, is not known there, or is waited for.

    A party that so far sees name and number alone reads of its own answer (S6).
    """
    tags = {
        Answer.DISCLOSED: ("done", "Har lämnat uppgifter"),
        Answer.NOT_KNOWN: ("done", "Inte aktuell där"),
        Answer.ABSENT: ("later", "Har inte svarat"),
        "": ("ongoing", "Samlar in"),
    }
    parties = asked([p for p in opened.parties if p.basis == Basis.CONSENT and holds(p, today)], opened.case)
    if not knows_others(opened.case, parties, opened.who):
        parties = [party for party in parties if party.unit_id == opened.who.unit_id]
    own_tags = {**tags, Answer.NOT_KNOWN: ("done", "Inte aktuell hos er")}
    return [
        (party.unit.full_name, *(own_tags if party.unit_id == opened.who.unit_id else tags)[party.answer])
        for party in parties
        if party.unit
    ]
