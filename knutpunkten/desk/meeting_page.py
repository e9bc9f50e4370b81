"""What meeting mode shows: the meeting with its agenda, and one case as far as the reader and the room may see it."""

import math
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Subquery
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.denials import deny
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Answer, Basis, Case, Category, Party, Section
from knutpunkten.cases.provenance import consent_from
from knutpunkten.cases.rules import categories_read
from knutpunkten.meetings.models import MET_ON, AgendaItem, Knowledge, Meeting
from knutpunkten.meetings.rules import (
    DECIDED,
    GIVEN,
    KNOWN_CATEGORIES,
    day_ahead,
    disclosed_in,
    group_of,
    latest_decision,
    living_parties,
    meetings_of,
    present_at,
)
from knutpunkten.meetings.shown import Row, agenda_rows, by_purpose, cases_seen, hindrance
from knutpunkten.organisations.models import Agency, Membership, Unit
from knutpunkten.referrals.rules import referred_by, sections_read, whose
from knutpunkten.routine.facts import facts_for
from knutpunkten.ui.enumerations import enumeration

Purpose, Outcome = AgendaItem.Purpose, AgendaItem.Outcome
BEFORE, AFTER = timedelta(minutes=15), timedelta(hours=1)  # around the meeting, while time is counted


@dataclass(frozen=True)
class Person:
    """Somebody present. A guest has neither account nor unit: *name* says whom they stand for too."""

    name: str
    user_id: UUID | None = None
    unit_id: UUID | None = None


@dataclass(frozen=True)
class Sitting:
    """A meeting as one reader sits in it. *cases*: those the reader has a ground for; *item*: the one shown."""

    meeting: Meeting
    later: list[Meeting]
    items: list[AgendaItem]
    cases: dict[UUID, Case]
    present: list[Person]
    group: list[Membership]
    who: Who
    item: AgendaItem | None
    own_screen: bool
    now: datetime
    rows: list[Row] = field(init=False)

    def __post_init__(self) -> None:
        named = {pk: case for pk, case in self.cases.items() if self.own_screen or self.is_for_the_room(case)}
        current = self.item.pk if self.item else None
        object.__setattr__(self, "rows", agenda_rows(self.meeting, self.items, named, current=current))

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def is_ahead(self) -> bool:
        """Whether the meeting has not begun: nothing is given before its day, unless the group meets earlier."""
        return day_ahead(self.meeting.starts_at, self.meeting.began_on, self.today) is not None

    @property
    def begins_early(self) -> bool:
        """Whether the group meets before the planned day; to be taken back until something is given."""
        if self.meeting.is_over:
            return False
        return self.meeting.began_on is not None and timezone.localdate(self.meeting.starts_at) > self.today

    @property
    def has_given(self) -> bool:
        return any(item.outcome in GIVEN for item in self.items)

    @property
    def has_moved_on(self) -> bool:
        """Whether all that was to be decided or consulted is taken up at another meeting, as when this one was called off."""
        due = [item for item in self.items if item.purpose != Purpose.ANNOUNCE]
        return bool(due) and all(item.is_put_off for item in due)

    @property
    def runs(self) -> bool:
        return self.who.may(Permission.RUN_MEETING)

    @property
    def is_alone(self) -> bool:
        """Whether the coordinator looks at a screen of their own, which the room must not see."""
        return self.runs and self.own_screen and self.item is not None

    def is_for_the_room(self, case: Case) -> bool:
        """Whether the room's screen may name *case*: not before it is noted who is there, nor with an outsider among them."""
        return bool(self.present) and not self.outsiders(case)

    def outsiders(self, case: Case) -> list[Person]:
        """Those in the room without a ground for *case*: whose unit is no party, and guests, who have none.

        A caseworker with a consultation of their own is there for the other cases too, until noted as gone. For a
        protected person's case, whoever is not named to read it has none either: that narrows a unit's ground (W5).
        """
        units, readers = case.party_units, case.named_readers_now  # type: ignore[attr-defined]
        return [
            person
            for person in self.present
            if person.unit_id not in units or (case.is_protected and person.user_id not in readers)
        ]

    def read_by_all(self, parties: list[Party]) -> frozenset[str]:
        """The categories that everybody in the room may read of a case, as those of its *parties* that they stand for (W1)."""
        units = {person.unit_id for person in self.present}
        return frozenset.intersection(
            *(categories_read([party for party in parties if party.unit_id == unit]) for unit in units)
        )

    # The way through the agenda.

    @property
    def stops(self) -> list[Row]:
        """What one goes through, in order: announcements only where nothing else is left to show of them."""
        return [row for row in self.rows if row.item is not None]

    @property
    def sections(self) -> list[tuple[str, str, list[Row]]]:
        return by_purpose(self.rows)

    @property
    def row(self) -> Row | None:
        return next((row for row in self.rows if row.is_current), None)

    def beside(self, step: int) -> Row | None:
        """The stop before (-1) or after (+1) the one shown."""
        stops = self.stops
        here = next((i for i, row in enumerate(stops) if row.is_current), None)
        if here is None or not 0 <= here + step < len(stops):
            return None
        return stops[here + step]

    @property
    def before(self) -> Row | None:
        return self.beside(-1)

    @property
    def after(self) -> Row | None:
        return self.beside(1)

    def waits(self, item: AgendaItem | None) -> bool:
        """Whether the reader can do something about the item: it is undecided, and they have a ground."""
        return item is not None and is_undecided(item) and item.case_id in self.cases

    @property
    def unseen(self) -> list[AgendaItem]:
        """What is undecided and the coordinator has no ground for: a meeting does not end while something is left on it."""
        left = [row.item for row in self.stops if row.item and is_undecided(row.item)] if self.runs else []
        return [item for item in left if item.case_id not in self.cases]

    @property
    def following(self) -> Meeting | None:
        """Where what is put off is taken up."""
        return next(iter(self.later), None)

    @property
    def first_waiting(self) -> AgendaItem | None:
        return next((row.item for row in self.rows if self.waits(row.item)), None)

    @property
    def next_waiting(self) -> AgendaItem | None:
        """The next one after the shown that waits, from the top again at the end.

        A consultation while one can still be presented: until the first case has its besked (K5).
        """
        rows = self.rows
        here = next((i for i, row in enumerate(rows) if row.is_current), -1)
        order = rows[here + 1 :] + rows[: max(here, 0)]
        waiting = [row.item for row in order if row.item and self.waits(row.item)]
        has_begun_cases = any(item.purpose == Purpose.DECIDE and item.outcome in DECIDED for item in self.items)
        consultations = [] if has_begun_cases else [item for item in waiting if item.purpose == Purpose.CONSULT]
        return next(iter(consultations or waiting), None)

    def is_settled(self, opened: OpenCase) -> bool:
        """Nothing is left to do here: the item has its outcome, and no advice waits to be written down."""
        assert self.item is not None
        if self.item.purpose == Purpose.ANNOUNCE:
            return True
        return self.item.outcome != Outcome.WAITS and opened.case.state != "presented"

    # Words and times.

    @property
    def counted(self) -> str:
        """Ärende 3 av 6."""
        if self.item is None:
            return ""
        same = [row for row in self.stops if row.item and row.item.purpose == self.item.purpose]
        number = next(i for i, row in enumerate(same, 1) if row.is_current)
        word = {"consult": "Konsultation", "decide": "Ärende", "announce": "Anmälan"}[self.item.purpose]
        return f"{word} {number} av {len(same)}"

    @property
    def is_now(self) -> bool:
        return self.meeting.starts_at - BEFORE <= self.now <= self.meeting.ends_at + AFTER

    @property
    def minutes_left(self) -> int:
        """Of the shown item's time, by the server's clock; shown during the meeting only."""
        if self.row is None:
            return 0
        return math.ceil((self.row.slot.ends_at - self.now).total_seconds() / 60)


def sitting_for(request: Request, meeting_id: UUID, case_id: UUID | None, *, own_screen: bool) -> Sitting:
    """The meeting and what is around it: four statements. A 404 and a denial for those who are not of the group."""
    who, now = request.who, timezone.now()
    mine = meetings_of(who)
    this = mine.filter(pk=meeting_id).order_by()
    later = Q(starts_at__date__gt=Subquery(this.annotate(day=MET_ON).values("day")[:1]))
    meetings = list(
        mine.filter(Q(pk=meeting_id) | later, programme__in=this.values("programme"))
        .select_related("programme__team")
        .annotate(people=present_at())
        .order_by(Exact(F("pk"), meeting_id).desc(), "starts_at")[:5]
    )
    if not meetings or meetings[0].pk != meeting_id:
        raise deny(request, None)
    items = list(AgendaItem.objects.filter(meeting=meeting_id).exclude(outcome=Outcome.WITHDRAWN))
    return Sitting(
        meeting=meetings[0],
        later=[m for m in meetings[1:] if not m.is_over and m.ends_at > now],
        items=items,
        cases=cases_seen(who, items, timezone.localdate(now)),
        present=[Person(p["name"], UUID(p["user"]), UUID(p["unit"])) for p in meetings[0].people]
        + [Person(guest) for guest in meetings[0].guest_names],
        group=group_of(meetings[0].programme, timezone.localdate(now)),
        who=who,
        item=next((item for item in by_weight(items) if item.case_id == case_id), None),
        own_screen=own_screen,
        now=now,
    )


def is_undecided(item: AgendaItem) -> bool:
    return item.purpose != Purpose.ANNOUNCE and item.outcome == Outcome.WAITS


def by_weight(items: list[AgendaItem]) -> list[AgendaItem]:
    """A case that stands twice on one agenda is shown where it is decided."""
    return sorted(items, key=lambda item: item.purpose == Purpose.ANNOUNCE)


def case_context(opened: OpenCase, sitting: Sitting) -> dict[str, Any]:
    """The page's context for one case: on the room's screen nothing of it before it is noted who is there, or while one of
    them has no ground for it, and then what everybody there may read.
    """
    case = sitting.cases[opened.case.pk]
    by_number = not sitting.own_screen and not sitting.is_for_the_room(case)
    outsiders = sitting.outsiders(case) if by_number else []
    context: dict[str, Any] = {"sitting": sitting, "today": sitting.today, "opened": opened, "outsiders": outsiders}
    context |= {"by_number": by_number, "outsiders_words": enumeration(person.name for person in outsiders)}
    assert sitting.item is not None
    context["facts"] = None
    if sitting.runs and not sitting.is_settled(opened):
        context["facts"] = facts_for([opened.case], sitting.today)[opened.case.pk]
        parties = list(context["facts"].living)
    else:
        parties = living_parties([opened.case.pk], sitting.today)
    if by_number:
        return context
    if is_undecided(sitting.item):
        context["hindrance"] = hindrance(opened.case, {party.unit_id for party in parties})
    context["closed"] = why_closed(opened, parties)
    hidden = [c.label for c in KNOWN_CATEGORIES if c not in opened.reads] if opened.reads_text else []
    opened, context["not_for_all"] = as_on_the_screen(opened, sitting, parties)
    sections = sections_read(opened)
    context["referred_by"] = referred_by(opened.case, sections)
    if sitting.item.purpose == Purpose.ANNOUNCE:
        return context
    return (
        context
        | words_of(opened, sections)
        | {
            "cards": cards(opened, parties, sitting, is_whole=not context["not_for_all"]),
            "hidden": hidden,
            "given": latest_decision(opened.case) if sitting.is_settled(opened) else None,
        }
    )


def as_on_the_screen(opened: OpenCase, sitting: Sitting, parties: list[Party]) -> tuple[OpenCase, str]:
    """The case as its page may show it, and in words the categories that the reader reads and the room does not (0042)."""
    if sitting.own_screen:
        return opened, ""
    everybody = sitting.read_by_all(parties)
    withheld = [category for category in KNOWN_CATEGORIES if category in opened.reads - everybody]
    return replace(opened, reads=opened.reads & everybody), enumeration(c.label.lower() for c in withheld)


def why_closed(opened: OpenCase, parties: list[Party]) -> str:
    """Why the reader sees nothing of the texts. *parties*: those by a consent that holds."""
    if any(ground.basis == Basis.CONSENT for ground in opened.grounds):
        return "Remissen och det parterna vet öppnas när dagordningen är lagd."
    if parties:
        return "Din enhet är inte part i samtycket. Remissen och det parterna vet visas inte för dig."
    return "Samtycke saknas. Remissen och det parterna vet visas inte."


def words_of(opened: OpenCase, sections: dict[str, Section]) -> dict[str, Any]:
    """Own words, question, will and hours, as far as the reader may read them."""
    own, question = sections.get("own_words"), sections.get("question")
    name = opened.case.name_in_text
    source = f"{whose(name)[:1].upper()}{whose(name)[1:]} egna ord, {timezone.localdate(own.saved_at)}" if own else ""
    return {
        "own_words": own.data.get("words", "") if own else "",
        "own_words_source": source,
        "will": own.data.get("will", "") if own else "",
        "hours": own.data.get("hours") if own else None,
        "question": question.data.get("question", "") if question else "",
    }


def cards(opened: OpenCase, parties: list[Party], sitting: Sitting, *, is_whole: bool) -> list[dict[str, Any]]:
    """One card per party, then one per unit that is none any more and has disclosed something to the case, then one per
    agency of the programme that has no part. The referring unit's is first. One statement.

    Not *is_whole*: some of what the reader may read is kept from the room, and the referral is not led to.
    """
    case, own_unit_id = opened.case, opened.who.unit_id
    rows = disclosed_in(case, opened.reads, own_unit_id)
    answers: dict[Unit, str | None] = {}
    for party in parties:
        answers.setdefault(party.unit, party.answer)  # type: ignore[arg-type]
    for unit in (case.referring_unit, *(row.author_unit for row in rows)):
        answers.setdefault(unit, None)
    units = [unit for unit in answers if unit.pk != case.programme.team_id]
    units.sort(key=lambda unit: unit != case.referring_unit)
    words = NO_ANSWER if is_whole else NO_ANSWER | NOT_FOR_ALL

    def unread(unit: Unit) -> str:
        own = unit.pk == own_unit_id and answers[unit] == Answer.NOT_KNOWN
        return NOT_KNOWN_HERE if own else words[answers[unit] or ""]

    made = [
        card(unit, answers[unit], [row for row in rows if row.author_unit == unit], opened.parties, unread(unit))
        for unit in units
    ]
    if case.referring_unit in units:  # first, and not asked: the referral is its word
        read = ("Läs remissen", reverse("read_referral", args=[case.pk]))
        made[0] |= {"answer": "Det enheten vet står i remissen."} | ({"more": read} if is_whole else {})
    taking_part = {unit.agency_id for unit in units}
    others: dict[UUID, Agency] = {}
    for member in sitting.group:
        if member.unit and member.unit.agency_id not in taking_part and member.unit_id != case.programme.team_id:
            others[member.unit.agency_id] = member.unit.agency
    return made + [{"mark": a.mark, "kind": a.kind, "name": a.name, "party": False} for a in others.values()]


NOT_KNOWN_HERE = "Inte aktuell hos er."
NO_ANSWER = {
    Answer.NOT_KNOWN: "Inte aktuell där.",
    Answer.ABSENT: "Har inte svarat. Det är noterat.",
    Answer.DISCLOSED: "Har lämnat uppgifter som inte delas med dig.",
    "": "Har inte lämnat några uppgifter än.",
}
NOT_FOR_ALL = {Answer.DISCLOSED: "Har lämnat uppgifter som inte delas med alla här."}  # on the room's screen


def card(unit: Unit, answer: str | None, rows: list[Knowledge], parties: list[Party], unread: str) -> dict[str, Any]:
    """What one unit knows, by category; what it can contribute; who disclosed it, and when. *answer*: None of no party.

    *unread*: what is said where nothing of it is read.
    """
    latest = rows_in_time(rows)[-1] if rows else None
    return {
        "mark": unit.agency.mark,
        "kind": unit.agency.kind,
        "name": unit.full_name,
        "is_former": answer is None,
        "sections": [(Category(row.category).label, lines(row.text)) for row in rows],
        "can_contribute": "\n".join(row.can_contribute for row in rows if row.can_contribute),
        "disclosed_by": latest.disclosed_by.name if latest and latest.disclosed_by else "",
        "disclosed_on": latest.disclosed_at if latest else None,
        "consent_from": consent_from(parties, latest.disclosed_at, latest.disclosed_under)
        if latest and latest.disclosed_at
        else None,
        "answer": unread,
    }


def lines(text: str) -> list[str]:
    return [line.strip(" -•\t") for line in text.splitlines() if line.strip(" -•\t")]


def rows_in_time(rows: list[Knowledge]) -> list[Knowledge]:
    """Disclosed rows, the latest last."""
    return sorted(rows, key=lambda row: (row.disclosed_at is not None, row.disclosed_at))
