"""What happens to everybody at once: case meetings, study visits, the mornings, and the post."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from knutpunkten.access.who import Who
from knutpunkten.activities.actions import Mark, enrol, mark_attendance, save_session
from knutpunkten.activities.models import Attendance, Session
from knutpunkten.activities.rules import team_cases
from knutpunkten.cases.models import Case, State
from knutpunkten.demo import acts
from knutpunkten.demo.world import Story, World, day_of, moment
from knutpunkten.meetings.actions import change_meeting, fix_agenda, hold_meeting, note_attendance, plan_meetings
from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.meetings.rules import group_of
from knutpunkten.notices.actions import mark_read
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.calendar import add_working_days, is_working_day
from knutpunkten.organisations.models import CaseKind, Programme, User
from knutpunkten.questions.remembered import remembered
from knutpunkten.queue.actions import set_places
from knutpunkten.visits.actions import book, plan_slots, report
from knutpunkten.visits.models import Booking, Slot

BEHIND, AHEAD = timedelta(days=545), timedelta(days=550)


# The year's frame.


def plan_ahead(world: World) -> None:
    """Meetings, visit times and places, as the nightly job makes them; then the meetings are known to the world."""
    beginning = world.now - BEHIND
    for programme in (world.cast.knutpunkten, world.cast.lis):
        acts.being(coordinator(world, programme), beginning)
        plan_meetings(programme, world.today + AHEAD, beginning)
        plan_slots(programme, world.today + AHEAD, beginning)
        set_places(programme, beginning)
    world.learn_meetings()
    move_last_meeting(world)
    world.learn_meetings()


def move_last_meeting(world: World) -> None:
    """LIS met two working days ago instead of on its usual Thursday: the coordinator moved the meeting."""
    meeting = world.meeting(0, world.cast.lis)
    agneta = world.cast.people["agneta"]
    at = meeting.starts_at - timedelta(days=60)
    day = add_working_days(world.today, -2)
    if day <= day_of(meeting.starts_at):
        return
    who = acts.being(agneta, at)
    starts, ends = moment(day, 9), moment(day, 11, 15)
    change_meeting(meeting, starts_at=starts, ends_at=ends, place=meeting.place, by=who, at=at)


def coordinator(world: World, programme: Programme) -> User:
    return world.cast.people["karin" if programme == world.cast.knutpunkten else "agneta"]


# Case meetings.


def meetings(world: World) -> list[Story]:
    """Every meeting up to the next one in each programme."""
    found = []
    for programme, rows in world.meetings.items():
        ahead = world.meeting(1, programme)
        found += [held(world, programme, meeting) for meeting in rows if meeting.starts_at <= ahead.starts_at]
    return found


def held(world: World, programme: Programme, meeting: Meeting) -> Story:
    """A meeting: the agenda set two days before (of the next one: yesterday), who came, and its end."""
    karin = coordinator(world, programme)
    fixed_at = moment(add_working_days(day_of(meeting.starts_at), -2), 15, 30)
    if meeting.ends_at > world.now:
        fixed_at = min(fixed_at, moment(add_working_days(world.today, -1), 15, 30))
    yield fixed_at
    if AgendaItem.objects.filter(meeting=meeting).exists():
        set_agenda(karin, meeting, fixed_at)
        yield meeting.starts_at
        who = acts.being(karin, meeting.starts_at)
        present = {m.user_id: m.unit_id for m in group_of(programme, day_of(meeting.starts_at)) if m.unit_id}
        present |= presenting(meeting)
        note_attendance(meeting, present=present, by=who, at=meeting.starts_at)
    yield meeting.ends_at
    who = acts.being(karin, meeting.ends_at)
    hold_meeting(meeting, by=who, at=meeting.ends_at)


def set_agenda(user: User, meeting: Meeting, at: datetime) -> None:
    """Each case that is to be decided is put up, and its parties read the referral (S7)."""
    waiting = AgendaItem.objects.filter(meeting=meeting, purpose=AgendaItem.Purpose.DECIDE, outcome="")
    who = acts.being(user, at)
    fix_agenda(meeting, by=who, at=at)
    ids = list(waiting.order_by("position").values_list("case_id", flat=True))
    cases = list(Case.objects.filter(pk__in=ids, state=State.ANNOUNCED).order_by("number"))
    for case in cases:
        acts.take(case, "set_agenda", user, at)


def presenting(meeting: Meeting) -> dict[UUID, UUID]:
    """The caseworkers who present their consultation, with their unit (K5)."""
    items = AgendaItem.objects.filter(meeting=meeting, kind=CaseKind.CONSULTATION, outcome="")
    cases = Case.objects.filter(pk__in=list(items.values_list("case_id", flat=True)))
    return {case.caseworker_id: case.referring_unit_id for case in cases}


# Study visits.

GUESTS = (  # who books, how many, what they need
    ("johan", 2, "", ""),
    ("sara", 1, "", "Hiss"),
    ("disa", 1, "arabiska", ""),
    ("kim", 1, "", ""),
    ("arvid", 2, "", "Lugnt rum vid behov"),
)


def visits(world: World) -> list[Story]:
    """The times of the last months and the next: booked, and reported after (S2, L8)."""
    acts.being(world.cast.karin, world.now)
    slots = Slot.objects.filter(programme=world.cast.knutpunkten, state=Slot.State.OPEN)
    since = slots.filter(starts_at__gt=world.now - timedelta(days=70)).order_by("starts_at")
    behind = [slot for slot in since if slot.starts_at <= world.now]
    ahead = [slot for slot in since if slot.starts_at > world.now][:2]
    return [visited(world, slot, n) for n, slot in enumerate([*behind, *ahead])]


def visited(world: World, slot: Slot, n: int) -> Story:
    booked: list[tuple[User, Booking]] = []
    at = min(slot.starts_at - timedelta(days=6, hours=3), moment(add_working_days(world.today, -1), 9))
    for k in range(1 + n % 3):
        key, how_many, interpreter, accessibility = GUESTS[(n + k) % len(GUESTS)]
        user = world.cast.people[key]
        at += timedelta(minutes=35)
        yield at
        who = acts.being(user, at)
        booking = book(
            slot_id=slot.pk,
            how_many=how_many,
            phone=user.phone,
            interpreter=interpreter,
            accessibility=accessibility,
            by=who,
            at=at,
        )
        booked.append((user, booking))
    after = slot.ends_at + timedelta(hours=1)
    for k, (user, booking) in enumerate(booked):
        yield after
        who = acts.being(user, after)
        # What Johan's guests said is what his referrals rest on.
        wish = (Booking.Wish.APPLY, Booking.Wish.THINKING, Booking.Wish.NOT)[
            0 if user == world.cast.people["johan"] else (n + k) % 3
        ]
        report(booking_id=booking.pk, came=(n + k) % 5 != 4, wish=wish, by=who, at=after)


# The mornings.

EARLY, LATE = Session.Part.EARLY, Session.Part.LATE
# For each programme, by weekday: part, theme, leader, room (L4, L7).
TIMETABLES = {
    "Knutpunkten": (
        ((EARLY, "Nätverk", "elin", "Stora rummet"), (LATE, "Rättigheter och skyldigheter", "peter", "Stora rummet")),
        ((EARLY, "7TJUGO, tema 4", "elin", "Stora rummet"), (LATE, "Jobbsök och vägledning", "peter", "Datasalen")),
        ((EARLY, "Medicinsk yoga", "ylva", "Rörelserummet"), (LATE, "7TJUGO, tema 5", "elin", "Stora rummet")),
        ((EARLY, "Styrketräning", "ylva", "Gymmet"), (LATE, "Studiebesök ute", "elin", "Återbruket")),
        (
            (EARLY, "Föreningar och fritid", "peter", "Stora rummet"),
            (LATE, "NADA och öronakupunktur", "ylva", "Vilrummet"),
        ),
    ),
    "Knutpunkten LIS": (
        ((EARLY, "Individuell planering", "olle", "Lilla salen"),),
        ((EARLY, "7TJUGO, tema 2", "olle", "Lilla salen"), (LATE, "Prova på", "olle", "Verkstaden")),
        ((LATE, "Jobbsök och vägledning", "olle", "Lilla salen"),),
        ((EARLY, "Nätverk", "olle", "Lilla salen"), (LATE, "Föreläsning", "olle", "Lilla salen")),
        (),
    ),
}
WEEKS_BEHIND, WEEKS_AHEAD = 2, 2
ABSENCES = (
    Mark(Attendance.Came.ABSENT, why=Attendance.Why.ILL, remark="Ringde själv"),
    Mark(Attendance.Came.ABSENT, why=Attendance.Why.NOTIFIED),
    Mark(Attendance.Came.PART, minutes=70, remark="Gick 09:10, läkarbesök"),
    Mark(Attendance.Came.ABSENT, why=Attendance.Why.UNNOTIFIED),
)
STAYS_AWAY = "Tobias Nygren"  # the last three times in a row, as the coordinator should notice


def mornings(world: World) -> list[Story]:
    """The timetable around this week, and who came on the days that have been."""
    return [timetabled(world, programme) for programme in (world.cast.knutpunkten, world.cast.lis)]


def timetabled(world: World, programme: Programme) -> Story:
    """A session at a time: planned ten days before with those who take part, and filled in when it is over."""
    monday = world.today - timedelta(days=world.today.weekday())
    first = monday - timedelta(weeks=WEEKS_BEHIND)
    # Sessions are planned when the cases stand as they do now, so the story is told in the morning of its last day.
    yield world.now - timedelta(minutes=5)
    days = [first + timedelta(days=n) for n in range(7 * (WEEKS_BEHIND + WEEKS_AHEAD))]
    for on in filter(is_working_day, days):
        among: list[Case] | None = None
        for part, theme, leader, room in TIMETABLES[programme.name][on.weekday()]:
            session = Session(
                programme=programme,
                on_date=on,
                part=part,
                theme=theme,
                leader=world.cast.people[leader],
                room=room,
                places=12,
            )
            who = acts.being(world.cast.people[leader], world.now - timedelta(minutes=3))
            among = taking_part(who, world.today, on) if among is None else among
            hold_session(world, session, among, who)


def hold_session(world: World, session: Session, among: Sequence[Case], who: Who) -> None:
    """Plan one session with those of *among* who are chosen, and mark who came if it has been."""
    planned_at = min(moment(session.on_date - timedelta(days=10), 14), world.now - timedelta(minutes=4))
    save_session(session, by=who, at=planned_at)
    enrol(session.pk, chosen(among, session), among=among, by=who, at=planned_at)
    over_at = moment(session.on_date, 12, 5)
    if over_at <= world.now:
        came = {case: marked(world, case, session) for case in chosen(among, session)}
        mark_attendance(session.pk, came, by=who, at=over_at)


@remembered
def taking_part(who: Who, today: date, on: date) -> QuerySet[Case]:
    """Those who have started by *on*, by name."""
    cases = team_cases(who, today).filter(state=State.ACTIVE, started_on__lte=on)
    return cases.order_by("sort_key", "number")


def chosen(cases: Sequence[Case], session: Session) -> list[Case]:
    """Who is planned for a session: two of three, so that a week holds some twelve hours for each."""
    weekday = session.on_date.weekday()
    late = session.part == LATE
    return [case for n, case in enumerate(cases) if (n + weekday * 2 + late) % 3 != 0]


def marked(world: World, case: Case, session: Session) -> Mark:
    days_ago = (world.today - session.on_date).days
    if case.person_name == STAYS_AWAY and days_ago <= 7:
        return ABSENCES[3]
    if world.chance.random() < 0.12:
        return ABSENCES[world.chance.randrange(len(ABSENCES))]
    return Mark(Attendance.Came.ALL)


# The post.


def read_old_news(world: World, before: datetime) -> None:
    """People have read what they were told before *before*; the rest is new to them."""
    for user in world.cast.people.values():
        who = acts.being(user, world.now)
        old = Notice.objects.filter(user=user.pk, read_at__isnull=True, at__lt=before)
        mark_read(who, before, list(old.values_list("pk", flat=True)))
