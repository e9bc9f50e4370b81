"""The start page's right side: next meeting, places, next visit."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.meetings.rules import GIVEN, answered_of_asked, answers_at, meetings_of, undecided
from knutpunkten.organisations.models import CaseKind, Role
from knutpunkten.questions.remembered import remembered
from knutpunkten.queue.models import Place, Ticket
from knutpunkten.queue.rules import count_of_places, may_be_offered
from knutpunkten.visits.models import Slot

PROGRAMMES_A_DAY = 4  # meetings on one day that the start page names
FIRST_IN_LINE = 3  # of the queue that the start page names
# A day that needs a word from the coordinator is asked about this long before.
SLOTS_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class InLine:
    """One who waits in the queue: their case, where one may see whose ticket it is, and when they came."""

    case_id: UUID | None
    since: datetime


def aside(who: Who, now: datetime) -> dict[str, Any]:
    """What stands beside the work list; at most three statements, for the coordinator, and one more while a place is free.

    Nothing for a supervisor, who neither hands in nor sits in the group.
    """
    made: dict[str, Any] = {"several": who.programme_id is None}
    if who.role == Role.SUPERVISOR:
        return made
    ahead = list(meetings_ahead(who, now, timezone.localdate(now)))
    if ahead:
        made |= meeting_card(who, ahead[0])
        made["same_day"] = [m for m in ahead[1:] if m.met_on == ahead[0].met_on]
        made |= next_in_time(ahead, timezone.localdate(now))
    if who.may(Permission.KEEP_QUEUE) and who.programme_id:
        made["places"], made["in_line"] = places_card(who.programme_id)
        made["places"]["to_ask"] = to_ask(who.programme_id, made["places"], who.today)
    if who.may(Permission.RUN_MEETING) and who.programme_id:
        slots = coming_visits(who.programme_id, now, now + SLOTS_AHEAD)
        made["visit"] = next((slot for slot in slots if slot.state == Slot.State.OPEN), None)
        made["to_confirm"] = [slot for slot in slots if slot.state == Slot.State.TO_CONFIRM and slot.starts_at >= now]
    else:
        made["visit"] = next_visits.first(who, now)
    return made


@remembered
def next_visits(who: Who, now: datetime) -> QuerySet[Any]:
    """The next time for a study visit, with ``programme_name``: one row or none."""
    slots = Slot.objects.filter(ends_at__gte=now, state=Slot.State.OPEN)
    if who.programme_id:
        slots = slots.filter(programme=who.programme_id)
    return slots.annotate(programme_name=F("programme__name")).order_by("starts_at", "programme_name")[:1]


@remembered
def coming_visits(programme_id: UUID, now: datetime, then: datetime) -> QuerySet[Any]:
    """The programme's times for study visits until *then*, those to be confirmed too, with ``programme_name``."""
    states = (Slot.State.OPEN, Slot.State.TO_CONFIRM)
    slots = Slot.objects.filter(programme=programme_id, state__in=states, ends_at__gte=now, starts_at__lt=then)
    return slots.annotate(programme_name=F("programme__name")).order_by("starts_at")


@remembered
def meetings_ahead(who: Who, now: datetime, today: date) -> QuerySet[Any]:
    """The next meetings of one's programme, for the agencies of every one, with ``handin_days`` and ``programme_name``.

    For those who attend, with how many of each kind are left to take up, and how many are ``given`` a besked or advice.

    For the one who runs them the first has ``answers`` of the parties (``meetings.rules.answers_at``).
    """
    meetings = meetings_of(who) if who.may(Permission.ATTEND_MEETING) else Meeting.objects.all()
    meetings = meetings.ahead(now).annotate(
        handin_days=F("programme__handin_days"), programme_name=F("programme__name")
    )
    if who.may(Permission.ATTEND_MEETING):
        meetings = meetings.annotate(
            consultations=taken_up(CaseKind.CONSULTATION),
            collaborations=taken_up(CaseKind.COLLABORATION),
            given=counted(AgendaItem.objects.filter(outcome__in=GIVEN)),
        )
    if who.may(Permission.RUN_MEETING):
        first = Meeting.objects.ahead(now).filter(programme=OuterRef("programme")).values("pk")[:1]
        meetings = meetings.annotate(answers=Case(When(pk=Subquery(first), then=answers_at(today))))
    if who.programme_id:
        meetings = meetings.filter(programme=who.programme_id)
    return meetings[:PROGRAMMES_A_DAY]


def taken_up(kind: CaseKind) -> Coalesce:
    """How many of *kind* wait for the outer meeting to take them up: what is only announced does not."""
    return counted(undecided().filter(kind=kind))


def counted(items: QuerySet[AgendaItem]) -> Coalesce:
    """How many of *items* stand on the outer meeting's agenda."""
    of_meeting = items.filter(meeting=OuterRef("pk")).order_by().values("meeting")
    return Coalesce(Subquery(of_meeting.annotate(many=Count("pk")).values("many")), 0)


def meeting_card(who: Who, meeting: Any) -> dict[str, Any]:
    """The meeting, what it will take up, and the way there for those who attend; who has answered, for who runs it."""
    card: dict[str, Any] = {"meeting": meeting, "hand_in": last_day_to_hand_in(meeting)}
    if who.may(Permission.ATTEND_MEETING):
        card["meeting_counts"] = {"consultations": meeting.consultations, "cases": meeting.collaborations}
        card["meeting_url"] = reverse("agenda", args=[meeting.pk])
        prepares = who.may(Permission.RUN_MEETING) and not meeting.began_on
        card["meeting_verb"] = "Förbered mötet" if prepares else "Visa dagordningen"
    if who.may(Permission.RUN_MEETING):
        card["answered"], card["asked"] = answered_of_asked(meeting.answers)
    return card


def last_day_to_hand_in(meeting: Any) -> date:
    return meeting.met_on - timedelta(days=meeting.handin_days)


def next_in_time(ahead: list[Any], today: date) -> dict[str, Any]:
    """The first of the same programme's meetings *ahead* that one can still hand in to, where the next is not."""
    same = [meeting for meeting in ahead if meeting.programme_id == ahead[0].programme_id]
    found = next((meeting for meeting in same if last_day_to_hand_in(meeting) >= today), None)
    return {"next_in_time": found, "next_hand_in": last_day_to_hand_in(found)} if found else {}


def places_card(programme_id: Any) -> tuple[dict[str, int], list[InLine]]:
    """How many places are taken, offered, free, how many stand in the queue, counted across secrecy; and who stands first.

    One statement.
    """
    rows = list(places_and_tickets(programme_id))
    states = Counter((row["state"], row["what"]) for row in rows)
    taken, offered, unused = (
        states[state.value, "place"] for state in (Place.State.TAKEN, Place.State.OFFERED, Place.State.FREE)
    )
    setting = next((row["setting"] for row in rows if row["what"] == "place"), 0)
    asked, waiting = (states[state.value, "ticket"] for state in (Ticket.State.OFFERED, Ticket.State.WAITING))
    first = sorted((row for row in rows if row["what"] == "first"), key=lambda row: row["order"])
    in_queue = {"queue": asked + waiting, "asked": asked, "waiting": waiting}
    counts = count_of_places(setting, taken, offered, unused) | in_queue
    return counts, [InLine(row["whose"], row["came"]) for row in first]


def to_ask(programme_id: UUID, places: dict[str, int], today: date) -> int:
    """How many may be offered a place, while one is free and somebody waits (S8). At most one statement."""
    return may_be_offered(programme_id, today).count() if places["free"] and places["waiting"] else 0


@remembered
def places_and_tickets(programme_id: UUID) -> QuerySet[Any, Any]:
    """What each place of the programme, and each that stands in line for one, is now: *state* of "place" or "ticket".

    With each place the programme's *setting* of how many there are to be.

    And once more the "first" who wait without an offer, in *order*: *whose* case, where one may see that, and when it *came*.
    """
    places = Place.objects.filter(programme=programme_id).order_by()
    in_line = Ticket.objects.filter(programme=programme_id).exclude(state=Ticket.State.LEFT)
    first = in_line.filter(state=Ticket.State.WAITING).order_by("order_at", "pk")[:FIRST_IN_LINE]
    nobody, never = Cast(Value(None), UUIDField()), Cast(Value(None), DateTimeField())
    unsaid = Cast(Value(None), IntegerField())
    counted = [
        rows.order_by().values("state", what=Value(what), whose=nobody, came=never, order=never, setting=setting)
        for rows, what, setting in ((places, "place", F("programme__places")), (in_line, "ticket", unsaid))
    ]
    named = first.values(
        "state", what=Value("first"), whose=F("waiting__case_id"), came=F("since"), order=F("order_at"), setting=unsaid
    )
    return counted[0].union(counted[1], named, all=True).order_by()
