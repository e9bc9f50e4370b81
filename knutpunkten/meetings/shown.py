"""The agenda as its reader may see it: a name where there is a ground, otherwise the case's number (steps.md)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef

from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case, Category, Level, Party, State, Status
from knutpunkten.cases.rules import followed, living, living_grounds, open_to, visible_to
from knutpunkten.meetings.models import AgendaItem, Attendee, Meeting
from knutpunkten.meetings.rules import DECIDED, asked, living_parties, meetings_after
from knutpunkten.meetings.timing import Slot, timetable
from knutpunkten.organisations.models import Membership, Programme, Role
from knutpunkten.organisations.swedish_order import sort_key
from knutpunkten.protection.rules import ToRead, living_readers, to_read
from knutpunkten.ui.enumerations import amount_in_words

TIMES = ("Ny", "Andra mötet", "Tredje mötet", "Fjärde mötet")


@dataclass(frozen=True)
class Answers:
    """How many of the asked parties have answered what they know, and the units that have not."""

    done: int
    of: int
    waits: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A line of the agenda. *case* only where the reader has a ground and the room may see it too.

    *unread*: where they have none for they are not named to read it: what their unit may know of that (W5).
    *without_consent*: where none holds for the team, and it knows that by the case's number (W3).
    """

    slot: Slot
    case: Case | None
    is_current: bool = False
    answers: Answers | None = None
    unread: ToRead | None = None
    without_consent: str = ""
    brought_by: Attendee | None = None  # when the meeting is held
    went_to: Meeting | None = None  # where it is taken up, put off from here

    @property
    def item(self) -> AgendaItem | None:
        return self.slot.item

    @property
    def is_settled(self) -> bool:
        return self.item is not None and self.item.outcome != AgendaItem.Outcome.WAITS and not self.lacks_advice

    @property
    def is_put_off(self) -> bool:
        return self.item is not None and self.item.is_put_off

    @property
    def lacks_advice(self) -> bool:
        """Whether a consultation is presented and its advice not written down: known where the case may be read."""
        return self.is_presented and self.case is not None and self.case.state == State.PRESENTED

    @property
    def is_presented(self) -> bool:
        return self.item is not None and self.item.outcome == AgendaItem.Outcome.ADVISED

    @property
    def name(self) -> str:
        """The person's name, or the case's number: without a ground, or where the identity is protected (W5)."""
        if self.item is None:
            return "Paus"
        return self.item.number if self.case is None else self.case.called

    @property
    def up_words(self) -> str:
        return f"Flytta upp {self.name}"

    @property
    def down_words(self) -> str:
        return f"Flytta ner {self.name}"

    @property
    def note(self) -> str:
        if self.item is None:
            return f"{self.slot.minutes} minuter"
        if self.lacks_advice:
            return "Presenterad, råd saknas"
        if self.is_presented and self.case is None:
            return "Presenterad"
        if self.case is None and self.item.outcome in DECIDED:
            return "Genomgånget"  # what the group gave is the case's state, which is not told by its number
        if self.is_settled:
            return self.item.get_outcome_display()
        if self.case is not None and (lacking := lacking_consent(self.case, self.case.party_units)):  # type: ignore[attr-defined]
            return f"{lacking}, kan inte tas upp"
        if self.case is not None and self.case.is_protected:
            return "Skyddade uppgifter"
        if self.item.purpose == AgendaItem.Purpose.CONSULT:
            return f"{self.case.caseworker.name} presenterar" if self.case else "Konsultation"
        if self.item.purpose == AgendaItem.Purpose.ANNOUNCE:
            return "Namn och nummer, inget mer"
        return TIMES[min(self.item.times_before, len(TIMES) - 1)]


def cases_seen(who: Who, items: Iterable[AgendaItem], today: date) -> dict[UUID, Case]:
    """The cases of *items* that *who* follows, each with ``party_units`` and ``named_readers_now``. At most two statements.

    A unit that is a party no longer sees the number, as anybody in the room without a ground (W1).
    """
    ids = [item.case_id for item in items]
    if not ids:
        return {}
    parties = Party.objects.filter(living(today), case=OuterRef("pk")).order_by("pk").values("unit")
    readers = living_readers(OuterRef("pk"), today).order_by("pk").values("user")
    cases = visible_to(who, today).filter(pk__in=ids)
    cases = cases.annotate(party_units=ArraySubquery(parties), named_readers_now=ArraySubquery(readers))
    found = {
        case.pk: case for case in cases.select_related("person", "caseworker", "referring_unit__agency", "programme")
    }
    follows = followed(found.values(), who, today)
    return {pk: case for pk, case in found.items() if pk in follows}


def unread_in(who: Who, items: Collection[AgendaItem], cases: dict[UUID, Case]) -> dict[UUID, ToRead]:
    """Of the *items* that are not among the *cases* seen: those in which the unit of *who* has a part, by number (W5).

    Nobody there reads the case, or others than *who* do. Whoever is named, and does not see it, is of a unit that is
    no party any more. At most one statement.
    """
    if all(item.case_id in cases for item in items):
        return {}
    own = [row for row in to_read(who) if row.names and row.unit_id == who.unit_id]
    return {row.case_id: row for row in own if row.waits or (row.readers and not row.is_read_by_asker)}


def without_consent_in(who: Who, items: Collection[AgendaItem], cases: Collection[UUID]) -> dict[UUID, str]:
    """Of the *items* that are not among the *cases* seen: what those wait for whose consent is gone, by number (W3).

    For the team, which knows that much of a case whatever the consent. At most one statement.
    """
    unseen = [item.case_id for item in items if item.case_id not in cases]
    if not unseen:
        return {}
    known = Status.objects.filter(open_to(who, "case_id"), case_id__in=unseen, next_step="sign_consent")
    return {one.case_id: renewal_words(one) for one in known}


def renewal_words(status: Status) -> str:
    """Whom the case waits for; a consent that is signed begins by itself."""
    return "väntar på handläggaren" if status.turn_role else f"det nya börjar gälla {status.due_on}"


def names_team(case: Case) -> bool:
    """Whether a consent holds for the programme's team: else the meeting cannot take *case* up. Of a case seen (``cases_seen``)."""
    return not lacking_consent(case, case.party_units)  # type: ignore[attr-defined]


def lacking_consent(case: Case, units: Collection[UUID | None]) -> str:
    """What lacks for the meeting to take *case* up, where a consent holds for *units*; empty where it holds for the team."""
    if not units:
        return "Samtycke saknas"
    return "" if case.programme.team_id in units else "Samtycket omfattar inte teamet"


def hindrance(case: Case, units: Collection[UUID | None]) -> str:
    """``lacking_consent`` in sentences, with until when."""
    lacking = lacking_consent(case, units)
    what = "konsultationen" if case.is_consultation else "ärendet"
    until = "innan det gör det" if units else "innan ett samtycke gäller"
    return f"{lacking}. Mötet kan inte ta upp {what} {until}." if lacking else ""


@dataclass(frozen=True)
class Presence:
    """Who was noted present, as far as the reader may know it: all of them, and by consultation whoever presented it.

    Also who left before the end.
    """

    known: list[Attendee]
    bringing: dict[UUID, Attendee]


def agenda_rows(
    meeting: Meeting,
    items: Iterable[AgendaItem],
    cases: dict[UUID, Case],
    *,
    current: UUID | None = None,
    answers: dict[UUID, Answers] | None = None,
    unread: dict[UUID, ToRead] | None = None,
    without_consent: dict[UUID, str] | None = None,
    presence: Presence | None = None,
    put_off: dict[UUID, Meeting] | None = None,
) -> list[Row]:
    """The meeting in order, with times. *cases* are those that may be named; *current* is an item."""
    return [
        Row(
            slot,
            cases.get(slot.item.case_id) if slot.item else None,
            slot.item is not None and slot.item.pk == current,
            answers.get(slot.item.case_id) if answers and slot.item else None,
            unread.get(slot.item.case_id) if unread and slot.item else None,
            without_consent.get(slot.item.case_id, "") if without_consent and slot.item else "",
            presence.bringing.get(slot.item.case_id) if presence and slot.item else None,
            put_off.get(slot.item.case_id) if put_off and slot.item else None,
        )
        for slot in timetable(meeting, items)
    ]


def put_off_to(meeting: Meeting, items: Iterable[AgendaItem]) -> dict[UUID, Meeting]:
    """By case of the *items* that were put off from *meeting*: the next one they stood on. At most one statement."""
    ids = [item.case_id for item in items if item.outcome == AgendaItem.Outcome.POSTPONED]
    if not ids:
        return {}
    later = AgendaItem.objects.filter(case_id__in=ids, meeting__in=meetings_after(meeting))
    standing = later.exclude(outcome=AgendaItem.Outcome.WITHDRAWN).select_related("meeting")
    return {item.case_id: item.meeting for item in standing.order_by("-meeting__starts_at")}


def presence_at(meeting: Meeting, items: Iterable[AgendaItem], cases: dict[UUID, Case]) -> Presence | None:
    """Who was at a meeting that is held; None for who sees no case of it. At most one statement.

    A caseworker came for their own consultation alone: who does not see it is not told of them either.
    """
    if not cases:
        return None
    group = Membership.objects.at(meeting.met_on).filter(
        user=OuterRef("user"), unit=OuterRef("unit"), role__in=(Role.REPRESENTATIVE, Role.COORDINATOR)
    )
    noted = Attendee.objects.filter(meeting=meeting).annotate(is_of_group=Exists(group))
    present = sorted(noted.select_related("user", "unit__agency"), key=lambda one: sort_key(one.user.name))
    by_user = {attendee.user_id: attendee for attendee in present}
    consultations = [item for item in items if item.purpose == AgendaItem.Purpose.CONSULT and item.case_id in cases]
    came = {item: one for item in consultations if (one := by_user.get(cases[item.case_id].caseworker_id))}
    known: list[Attendee] = [one for one in present if one.is_of_group or one in came.values()]
    advised = AgendaItem.Outcome.ADVISED  # of another it is not known whether they were still there
    return Presence(known, {item.case_id: one for item, one in came.items() if item.outcome == advised})


def present_words(case: Case) -> str:
    """Who was there when the consultation was presented, with their units, one a line. Two statements.

    Not whoever had left by then; of a guest who has, it is not known when.
    """
    advised = AgendaItem.objects.filter(case_id=case.pk, outcome=AgendaItem.Outcome.ADVISED).select_related("meeting")
    item = advised.order_by("-meeting__starts_at").first()
    presence = presence_at(item.meeting, [item], {case.pk: case}) if item else None
    if item is None or presence is None or case.presented_at is None:
        return ""
    heard = [one for one in presence.known if one.left_at is None or one.left_at >= case.presented_at]
    return "\n".join([*(f"{one.user.name}, {one.unit.full_name}" for one in heard), *item.meeting.guest_names])


def answers_in(cases: Iterable[Case], who: Who, today: date) -> dict[UUID, Answers]:
    """How far the gathering has come in each case that asks somebody (S6). At most one statement.

    A party that so far sees name and number alone reads of its own answer, and not which the others are.
    """
    cases = [case for case in cases if names_team(case)]
    parties = living_parties([case.pk for case in cases], today)
    found = {}
    for case in cases:
        rows = asked(parties, case)
        if not knows_others(case, rows, who):
            rows = [party for party in rows if party.unit_id == who.unit_id]
        waits = tuple(party.unit.full_name for party in rows if party.unit and not party.answer)
        if rows:
            found[case.pk] = Answers(len(rows) - len(waits), len(rows), waits)
    return found


def knows_others(case: Case, parties: Iterable[Party], who: Who) -> bool:
    """Whether *who* may know which the parties are: who runs the meeting, who refers, and a party that reads the text."""
    own = (party for party in parties if party.unit_id == who.unit_id)
    may = who.may(Permission.RUN_MEETING) or who.unit_id == case.referring_unit_id
    return may or any(party.level >= Level.TEXT and Category.BASIC in party.categories for party in own)


def reading_of_others(who: Who, today: date) -> Exists:
    """Of outer cases: whether *who* has a ground that tells which the parties are, as ``knows_others``."""
    grounds = living_grounds(who, today).filter(level__gte=Level.TEXT, categories__contains=[Category.BASIC])
    return Exists(grounds.filter(case=OuterRef("pk")))


def units_known_to_all(case: Case, who: Who) -> list[UUID]:
    """The units that whoever sees the case knows of: their own, the one that refers, and the team."""
    units = (who.unit_id, case.referring_unit_id, case.programme.team_id)
    return [unit_id for unit_id in units if unit_id is not None]


HEADINGS = (
    (AgendaItem.Purpose.CONSULT, "Konsultationer"),
    (AgendaItem.Purpose.DECIDE, "Ärenden"),
    (AgendaItem.Purpose.ANNOUNCE, "Anmälningar till nästa möte"),
)


def by_purpose(rows: Iterable[Row]) -> list[tuple[str, str, list[Row]]]:
    """The rows under the agenda's headings, those that have any. The pause stands among the cases."""
    rows = list(rows)
    groups = []
    for purpose, heading in HEADINGS:
        own = [row for row in rows if (row.item.purpose if row.item else AgendaItem.Purpose.DECIDE) == purpose]
        if own:
            groups.append((purpose.value, heading, own))
    return groups


def outermost(rows: Iterable[Row]) -> tuple[set[UUID], set[UUID]]:
    """Under each heading the items first and last among those that have an order: what is put off has left it."""
    groups = [[row.item.pk for row in own if row.item and not row.is_put_off] for _, _, own in by_purpose(rows)]
    return {own[0] for own in groups if own}, {own[-1] for own in groups if own}


def hand_in(programmes: Iterable[Programme]) -> list[str]:
    """When the parties' answers are wanted (S6), in a sentence; one for each programme where they differ."""
    by_name = {programme.name: working_days(programme.days_before_meeting) for programme in programmes}
    if len(set(by_name.values())) == 1:
        return [f"Uppgifter till mötet lämnas senast {next(iter(by_name.values()))} innan."]
    names = sorted(by_name, key=sort_key)
    return [f"Uppgifter till mötet i {name} lämnas senast {by_name[name]} innan." for name in names]


def working_days(days: int) -> str:
    """En arbetsdag, två arbetsdagar, 14 arbetsdagar."""
    return f"{amount_in_words(days).lower()} {'arbetsdag' if days == 1 else 'arbetsdagar'}"
