"""What is written about case meetings: the agenda, the meeting itself, what the group gives, and the besked.

The effects of the routine's steps take a ``Move``; the engine audits them and tells people.
What a unit knows is written in ``knowledge.py``.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from procrastinate.contrib.django import app

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.actions import ask_again, mark_answer, save_section
from knutpunkten.cases.models import Answer, Case, Category
from knutpunkten.cases.move import Move, TooLate
from knutpunkten.meetings.models import AgendaItem, Attendee, Decision, Meeting, Notice, names_in
from knutpunkten.meetings.rules import (
    has_given,
    latest_decision,
    meeting_words,
    undecided,
    undecided_item,
    waiting_where_it_went,
)
from knutpunkten.meetings.timing import in_order
from knutpunkten.notices.actions import tell
from knutpunkten.organisations.calendar import STOCKHOLM, meeting_days
from knutpunkten.organisations.models import Programme

Purpose, Outcome, Which = AgendaItem.Purpose, AgendaItem.Outcome, Decision.Which
CALLED_OFF = ("called_off_at", "called_off_by", "called_off_because")
PLANNED_AHEAD = timedelta(days=550)  # eighteen months
# The job stands above, in ``desk.jobs``: the cases that the coordinator does not see follow their meeting by it.
FOLLOW_JOB = "follow_meetings"


# The meetings.


class MeetingRefused(Exception):
    """The meeting cannot be changed so; ``sentence`` says why and what to do, in Swedish."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def plan_meetings(programme: Programme, until: date, at: datetime) -> int:
    """Make the programme's meetings from *at* to *until* by its rule; how many were made.

    Up to the last one planned nothing is made: a month without a meeting there is one that the coordinator moved it out
    of. A day that falls on a holiday is kept: nothing is moved silently, the list marks it and the coordinator decides.
    """
    today = timezone.localdate(at)
    days = meeting_days(today, until, programme.meeting_weekday, programme.meeting_week)
    last = Meeting.objects.filter(programme=programme).aggregate(last=Max("starts_at"))["last"]
    planned = month_of(timezone.localdate(last)) if last else None
    made = [
        Meeting(
            programme=programme,
            starts_at=datetime.combine(day.date, programme.meeting_starts, STOCKHOLM),
            ends_at=datetime.combine(day.date, programme.meeting_ends, STOCKHOLM),
            place=programme.meeting_place,
        )
        for day in days
        if planned is None or month_of(day.date) > planned
    ]
    Meeting.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def month_of(day: date) -> tuple[int, int]:
    return day.year, day.month


def lock_days_of(programme_id: UUID) -> None:
    """Whoever else plans, moves or takes back a meeting of the programme waits: of two, one gets the day."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(programme_id)])


def lock(meeting: Meeting) -> Meeting:
    """The meeting as it now stands, its row and its programme's days locked."""
    lock_days_of(meeting.programme_id)
    locked = Meeting.objects.select_for_update(no_key=True, of=("self",)).select_related("programme")
    return locked.get(pk=meeting.pk)


def lock_as_planned(meeting: Meeting, seen: str) -> Meeting:
    """The meeting to be changed by whoever saw it *as planned*, its row locked: of two, one does.

    Not against rows that point at it: a besked being given in one of its cases has that case, for which the change waits.
    """
    found = lock(meeting)
    if found.is_over:
        raise MeetingRefused(found.over_words)
    if seen not in ("", found.as_planned):
        raise MeetingRefused("Någon hann före: mötet är redan ändrat. Så här står det nu.")
    return found


@transaction.atomic
def plan_extra_meeting(
    programme: Programme, *, starts_at: datetime, ends_at: datetime, place: str, by: Who, at: datetime
) -> Meeting:
    """A meeting beside the rule's. It takes no month's place: the rule has made its own up to that day first."""
    day = timezone.localdate(starts_at)
    plan_meetings(programme, day.replace(day=monthrange(*month_of(day))[1]), at)
    made = Meeting.objects.create(programme=programme, starts_at=starts_at, ends_at=ends_at, place=place)
    record("plan_meeting", by=by, at=at, object_id=made.pk, on=day.isoformat())
    return made


@transaction.atomic
def change_meeting(
    meeting: Meeting, *, starts_at: datetime, ends_at: datetime, place: str, by: Who, at: datetime
) -> None:
    """Another day, time or place, chosen by the coordinator. What stands on it follows it (``follow_meeting``)."""
    if timezone.localdate(starts_at) != timezone.localdate(meeting.starts_at):
        meeting.began_on = None  # begun early by mistake, for nothing has been given there
    meeting.starts_at, meeting.ends_at, meeting.place = starts_at, ends_at, place
    meeting.save(update_fields=["starts_at", "ends_at", "place", "began_on"])
    record("change_meeting", by=by, at=at, object_id=meeting.pk, on=timezone.localdate(starts_at).isoformat())
    app.configure_task(FOLLOW_JOB).defer()


@transaction.atomic
def fix_agenda(meeting: Meeting, *, by: Who, at: datetime) -> None:
    """The agenda is set. Putting each case up on it is a step of the routine, which the desk takes."""
    meeting.state = Meeting.State.AGENDA
    meeting.save(update_fields=["state"])
    record("fix_agenda", by=by, at=at, object_id=meeting.pk)


@transaction.atomic
def move_item(item: AgendaItem, *, up: bool, by: Who, at: datetime) -> None:
    """Take the item before or after its neighbour of the same purpose; consultations stay first (K5).

    What is put off is no neighbour: it has left the agenda, and keeps its line only to tell where it went.
    """
    rows = list(AgendaItem.objects.select_for_update().filter(meeting=item.meeting_id))
    ordered = in_order(rows)
    movable = [n for n, row in enumerate(ordered) if row.purpose == item.purpose and not row.is_put_off]
    here = next((n for n in movable if ordered[n].pk == item.pk), None)
    beside = [n for n in movable if here is not None and (n < here if up else n > here)]
    if here is not None and beside:
        there = beside[-1] if up else beside[0]
        ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, row in enumerate(ordered):
        row.position = position
    AgendaItem.objects.bulk_update(ordered, ["position"])
    record("order_agenda", by=by, at=at, object_id=item.meeting_id)


@transaction.atomic
def note_attendance(
    meeting: Meeting, *, present: dict[UUID, UUID], guests: str = "", guests_left: str = "", by: Who, at: datetime
) -> None:
    """Who is at the meeting now: account and the unit they stand for, and *guests*, one a line.

    Who is there no more has left, and was there: before the meeting has begun they have not been.
    *guests_left*: those of them who are known to have.
    """
    left = names_in(guests_left) + (meeting.guest_names if meeting.has_begun(at) else [])
    gone = Attendee.objects.filter(meeting=meeting).exclude(user__in=list(present))
    if meeting.has_begun(at):
        gone.here().update(left_at=at)
    else:
        gone.delete()
    Attendee.objects.bulk_create(
        [Attendee(meeting=meeting, user_id=user, unit_id=unit) for user, unit in present.items()],
        update_conflicts=True,  # whoever had left is back
        unique_fields=["meeting", "user"],
        update_fields=["left_at"],
    )
    meeting.guests = guests
    meeting.guests_left = "\n".join(dict.fromkeys(name for name in left if name not in meeting.guest_names))
    meeting.save(update_fields=["guests", "guests_left"])
    guest_count = len(meeting.guest_names)
    record("note_attendance", by=by, at=at, object_id=meeting.pk, present=len(present), guests=guest_count)


@transaction.atomic
def begin_early(meeting: Meeting, *, by: Who, at: datetime) -> None:
    """The group meets today, before the planned day: what it gives is given from now. One that has begun began then."""
    if not meeting.has_begun(at):
        meeting.began_on = timezone.localdate(at)
        meeting.save(update_fields=["began_on"])
        record("begin_meeting", by=by, at=at, object_id=meeting.pk)


@transaction.atomic
def begin_as_planned(meeting: Meeting, *, by: Who, at: datetime) -> None:
    """It was a mistake: the meeting begins on its day, and before that nobody has been there.

    What it has given stands, and so does its beginning then.
    """
    if meeting.began_on is not None and not has_given(meeting):
        meeting.began_on = None
        if not meeting.has_begun(at):
            Attendee.objects.filter(meeting=meeting).delete()
            meeting.guests = meeting.guests_left = ""
        meeting.save(update_fields=["began_on", "guests", "guests_left"])
        record("begin_meeting", by=by, at=at, object_id=meeting.pk, undone=True)


@transaction.atomic
def hold_meeting(meeting: Meeting, *, by: Who, at: datetime) -> None:
    """The meeting is over: what was announced there counts as announced."""
    meeting.state = Meeting.State.HELD
    meeting.save(update_fields=["state"])
    announced = AgendaItem.objects.filter(meeting=meeting, purpose=Purpose.ANNOUNCE, outcome=Outcome.WAITS)
    announced.update(outcome=Outcome.ANNOUNCED)
    record("hold_meeting", by=by, at=at, object_id=meeting.pk)


@transaction.atomic
def call_off_meeting(meeting: Meeting, following: Meeting | None, *, reason: str, by: Who, at: datetime) -> None:
    """The meeting will not be, for *reason*. Each case's move to the *following* one is a step, which the desk takes.

    What is left is announced only, or a case that the coordinator does not see: its row alone goes there.
    """
    left = AgendaItem.objects.filter(meeting=meeting, outcome=Outcome.WAITS)
    if following is not None:
        carry_over(list(left.order_by("position")), following, was_up=False)
    left.update(outcome=Outcome.POSTPONED)
    meeting.state, meeting.began_on = Meeting.State.CALLED_OFF, None
    meeting.called_off_at, meeting.called_off_by_id, meeting.called_off_because = at, by.user_id, reason
    meeting.save(update_fields=["state", "began_on", *CALLED_OFF])
    record("call_off_meeting", by=by, at=at, object_id=meeting.pk)
    app.configure_task(FOLLOW_JOB).defer()


@transaction.atomic
def restore_meeting(meeting: Meeting, *, by: Who, at: datetime) -> int:
    """Called off by mistake, it will be after all; how many items come back to it, from where they went and still wait.

    Each case's new day is a step, which the desk takes.
    """
    meeting.state = Meeting.State.PLANNED
    meeting.called_off_at, meeting.called_off_by_id, meeting.called_off_because = None, None, ""
    meeting.save(update_fields=["state", *CALLED_OFF])
    back = bring_back(list(waiting_where_it_went(meeting, at)))
    record("restore_meeting", by=by, at=at, object_id=meeting.pk, back=back)
    app.configure_task(FOLLOW_JOB).defer()
    return back


def bring_back(items: list[AgendaItem]) -> int:
    """Let *items* wait where they stand, and nowhere else; how many they are."""
    for item in items:
        waits = AgendaItem.objects.filter(case_id=item.case_id, purpose=item.purpose, outcome=Outcome.WAITS)
        waits.update(outcome=Outcome.WITHDRAWN)
        item.outcome = Outcome.WAITS
        item.save(update_fields=["outcome"])
    return len(items)


@transaction.atomic
def take_up_later(item: AgendaItem, following: Meeting, *, by: Who, at: datetime) -> None:
    """Put off to the *following* meeting, by number, a case that the coordinator does not see. ``TooLate`` if it is settled.

    No step, which takes somebody who reads the case; nor a reason, which would be about it.
    """
    if not undecided().filter(pk=item.pk).update(outcome=Outcome.POSTPONED):
        raise TooLate
    carry_over([item], following)
    record("take_up_later", by=by, at=at, object_id=item.meeting_id)
    app.configure_task(FOLLOW_JOB).defer()


def carry_over(items: list[AgendaItem], meeting: Meeting, *, was_up: bool = True) -> None:
    """Stand *items* on *meeting* too. What is decided there is not announced there as well: its parties know of it already.

    A meeting that will not be is none that they were up at (*was_up*).
    """
    decided = AgendaItem.objects.filter(meeting=meeting, purpose=Purpose.DECIDE, outcome=Outcome.WAITS)
    taken_up = set(decided.values_list("case_id", flat=True))
    for item in items:
        if item.purpose != Purpose.ANNOUNCE:
            put_row(item.case_id, item.number, item.kind, meeting, item.purpose, item.times_before + was_up)
        elif item.case_id not in taken_up:
            put_row(item.case_id, item.number, item.kind, meeting, item.purpose, item.times_before)


# On the agenda, and off it.


# Nobody moves the meeting or calls it off meanwhile, and who came second puts nothing on one that will not be.
PUT = """
with m as (
  select id, starts_at from meetings_meeting where id = %s and not state = any(%s) for share
), put as (
  insert into meetings_agendaitem (id, meeting_id, case_id, number, kind, purpose, times_before, outcome, position)
  select gen_random_uuid(), m.id, %s, %s, %s, %s, %s, %s,
         coalesce((select max(position) + 1 from meetings_agendaitem i where i.meeting_id = m.id), 0)
    from m
  on conflict (meeting_id, case_id, purpose) do update
     set number = excluded.number, kind = excluded.kind, times_before = excluded.times_before,
         outcome = excluded.outcome, position = excluded.position
)
select starts_at from m
"""


def put_on_agenda(move: Move) -> None:
    """Effect: announced at the chosen meeting; decided there or, if gathering waits, at the one after (S6, K4)."""
    meeting: Meeting = move.data["meeting"]
    if move.case.is_consultation:
        put_up(move, meeting, Purpose.CONSULT)
    elif move.case.programme.gathering_waits:
        put_item(move.case, meeting, Purpose.ANNOUNCE)
        put_up(move, meeting_after(meeting, move), Purpose.DECIDE)
    else:
        put_up(move, meeting, Purpose.DECIDE)
    move.detail["announced_at"] = timezone.localdate(meeting.starts_at).isoformat()


def put_on_next_agenda(move: Move) -> None:
    """Effect: on the first meeting that leaves the days for handing in; nothing is announced apart (L10)."""
    first_day = move.today + timedelta(days=move.case.programme.handin_days)
    put_up(move, meeting_from(move, first_day), Purpose.DECIDE)


def put_up(move: Move, meeting: Meeting, purpose: str) -> None:
    """Put the case up to be decided or consulted; everybody is asked anew what they know."""
    put_item(move.case, meeting, purpose)
    move.case.meeting_on = timezone.localdate(meeting.starts_at)
    move.case.on_agenda_at = None
    ask_again(move, move.parties)
    move.detail["meeting"] = move.case.meeting_on.isoformat()


def put_item(case: Case, meeting: Meeting, purpose: str, times_before: int = 0) -> None:
    """Last among the meeting's items; a row withdrawn earlier comes to life again. One statement."""
    put_row(case.pk, case.number, case.kind, meeting, purpose, times_before)


def put_row(case_id: UUID, number: str, kind: str, meeting: Meeting, purpose: str, times_before: int) -> None:
    """``put_item`` of a case by its number. *meeting* has its day as it now stands; ``TooLate`` if it is over."""
    row: list[Any] = [case_id, number, kind, purpose, times_before, Outcome.WAITS]
    with connection.cursor() as cursor:
        cursor.execute(PUT, [meeting.pk, [*Meeting.OVER], *row])
        found = cursor.fetchone()
    if found is None:
        raise TooLate
    meeting.starts_at = found[0]


def meeting_after(meeting: Meeting, move: Move) -> Meeting:
    """The programme's meeting after *meeting*."""
    return meeting_from(move, timezone.localdate(meeting.starts_at) + timedelta(days=1))


def meeting_from(move: Move, day: date) -> Meeting:
    """The first meeting on or after *day*; planned now if nobody has planned so far ahead."""
    later = Meeting.objects.filter(programme=move.case.programme, starts_at__date__gte=day).to_be_put_on()
    found = later.order_by("starts_at").first()
    if found is None:
        plan_meetings(move.case.programme, day + PLANNED_AHEAD, move.at)
        found = later.order_by("starts_at").first()
    assert found is not None, "a meeting rule gives one a month"
    return found


def leave_agenda(move: Move) -> None:
    """Effect: off every agenda where the case still waits (sent back, cancelled)."""
    AgendaItem.objects.filter(case_id=move.case.pk, outcome=Outcome.WAITS).update(outcome=Outcome.WITHDRAWN)
    move.case.meeting_on = move.case.on_agenda_at = None


def set_on_agenda(move: Move) -> None:
    """Effect: from now the parties read the referral (S7)."""
    move.case.on_agenda_at = move.case.on_agenda_at or move.at


def note_unanswered(move: Move) -> None:
    """Effect: the coordinator notes who has not answered, so that the meeting can go on without it (S6).

    Or, for a unit without an account, that the person is not known there.
    """
    answer = move.data.get("answer") or Answer.ABSENT
    for unit_id in move.data["units"]:
        mark_answer(move, unit_id, answer)
    move.detail |= {"units": len(move.data["units"]), "answer": answer}


# What the group gives.


def decide_place(move: Move) -> None:
    """Effect: admitted to a place (S7)."""
    decide(move, Which.PLACE)


def decide_queue(move: Move) -> None:
    """Effect: admitted to the queue for a place (S7, S8)."""
    decide(move, Which.QUEUE)


def decide_return(move: Move) -> None:
    """Effect: returned, with what would change it (S7)."""
    decide(move, Which.RETURN)


def decide(move: Move, which: str) -> None:
    """Write what the group gave and take the case off the agenda; a besked is to be given anew.

    Who goes on is told, for the next step is on no list of theirs: it was chosen among those who have a part (W3).
    """
    item = waiting_item(move)
    responsible_id = write_decision(move, item.meeting, which).responsible_id
    if responsible_id not in (None, move.by.user_id):
        tell([responsible_id], event="named_responsible", case=move.case, at=move.at)
    item.outcome = which
    item.save(update_fields=["outcome"])
    move.case.decision, move.case.decided_at = which, move.at
    move.case.notice_given_at = move.case.notice_confirmed_at = None
    move.detail["meeting"] = item.meeting.met_on.isoformat()


def waiting_item(move: Move) -> AgendaItem:
    """Where the case waits, or ``TooLate`` if somebody took it off the agenda meanwhile."""
    item = undecided_item(move.case)
    if item is None:
        raise TooLate
    return item


def write_decision(move: Move, meeting: Meeting, which: str) -> Decision:
    data: dict[str, Any] = move.data
    responsible = data.get("responsible") or None
    return Decision.objects.create(
        case=move.case,
        author_unit_id=move.by.unit_id,
        meeting=meeting,
        which=which,
        reason=data["reason"],
        what_would_change_it=data.get("what_would_change_it", ""),
        passed_over_reason=data.get("passed_over_reason", ""),
        responsible_id=responsible,
        due_on=data.get("due_on"),
        decided_at=move.at,
        decided_by_id=move.by.user_id,
    )


def postpone(move: Move) -> None:
    """Effect: to a later meeting, and why. Those who had not answered are asked again.

    Put off from a meeting that will not be (``is_called_off``), it has not been up there.
    """
    meeting: Meeting = move.data["meeting"]
    item = undecided_item(move.case)
    write_decision(move, item.meeting if item else meeting, Which.LATER)
    undecided().filter(case_id=move.case.pk).update(outcome=Outcome.POSTPONED)
    purpose = Purpose.CONSULT if move.case.is_consultation else Purpose.DECIDE
    was_up = not move.data.get("is_called_off")
    put_item(move.case, meeting, purpose, times_before=(item.times_before if item else 0) + was_up)
    move.case.meeting_on = timezone.localdate(meeting.starts_at)
    ask_again(move, [party for party in move.parties if party.answer == Answer.ABSENT])
    move.detail["meeting"] = move.case.meeting_on.isoformat()
    move.about = meeting_words(meeting)


def follow_meeting(move: Move) -> None:
    """Effect: the meeting where it waits has another day. Put off, it asks those again who had not answered.

    Or the meeting that was called off will be after all (``is_restored``), and the case is back there.
    """
    meeting = waiting_item(move).meeting
    day = timezone.localdate(meeting.starts_at)
    before = move.case.meeting_on
    if day == before:
        raise TooLate
    move.case.meeting_on = day
    if before is None or day > before:
        ask_again(move, [party for party in move.parties if party.answer == Answer.ABSENT])
    move.detail["meeting"] = day.isoformat()
    move.about = meeting_words(meeting)
    if move.data.get("is_restored"):
        move.detail["is_restored"] = True
    elif before is not None:
        move.detail["day_before"] = before.isoformat()


def take_off_as_advised(move: Move) -> None:
    """Effect: the consultation has been presented; its place on the agenda is settled (K5)."""
    item = waiting_item(move)
    item.outcome = Outcome.ADVISED
    item.save(update_fields=["outcome"])


# The besked.


def give_notice(move: Move) -> None:
    """Effect: the representative has told the caseworker what the group gave (S7, S13)."""
    decision = latest_decision(move.case)
    if decision is None:
        raise TooLate
    given_at = move.data["given_at"] or move.at
    Notice.objects.create(
        case=move.case,
        author_unit_id=move.by.unit_id,
        decision=decision,
        text=move.data["text"],
        how=move.data["how"],
        given_at=given_at,
        given_by_id=move.by.user_id,
    )
    move.case.notice_given_at = given_at
    move.detail["how"] = move.data["how"]


def confirm_notice(move: Move) -> None:
    """Effect: the caseworker confirms that the besked has arrived (S7)."""
    given = Notice.objects.filter(case=move.case, confirmed_at__isnull=True)
    given.update(confirmed_at=move.at, confirmed_by_id=move.by.user_id)
    move.case.notice_confirmed_at = move.at


def keep_return(move: Move) -> None:
    """Effect: what the group returned the referral for goes with it as it is taken up again, for its unit to answer (S7).

    A draft is the writing unit's own and opens no besked: what was told of it is kept in it. Nothing where nobody reads it.
    """
    returned = latest_decision(move.case)
    if returned is None:
        return
    words = {
        "meeting_on": returned.meeting.met_on.isoformat(),
        "reason": returned.reason,
        "what_would_change_it": returned.what_would_change_it,
    }
    save_section(move.case, "returned", Category.BASIC, words, is_done=True, by=move.by, at=move.at)
