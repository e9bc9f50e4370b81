"""What the participant's own page shows: under the person's own ground, and nothing else (W1, W4)."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case, Party, State
from knutpunkten.cases.rules import holds, visible_to
from knutpunkten.closing.models import Closing
from knutpunkten.closing.rules import closing_of, load_closings
from knutpunkten.documents.privacy_notice import notice_id_in_force
from knutpunkten.first_meeting.models import FirstMeeting
from knutpunkten.first_meeting.rules import PARTICIPANT, is_ahead, is_called_off
from knutpunkten.followup.models import FollowUp
from knutpunkten.followup.rules import follow_ups
from knutpunkten.organisations.models import Role, User
from knutpunkten.plans.models import Plan, SubGoal
from knutpunkten.plans.rules import OVER, PlannedGoal, goals_of, is_overdue, plan_in_force, readers_of_plan
from knutpunkten.plans.shown import agency_of
from knutpunkten.portal.words import (
    AT_REST,
    OFFERED,
    ROLES,
    THEMSELF,
    WHERE,
)
from knutpunkten.routine.table import STEPS
from knutpunkten.routine.withdrawal import begins_on, is_new_or_end, last_day
from knutpunkten.ui.dates import iso, long_date
from knutpunkten.ui.enumerations import enumeration

BETWEEN_NAMES = re.compile(r"(\s*[,\r\n]\s*| och )")


def own_cases(who: Who, today: date) -> list[Case]:
    """The person's own cases, those under way first, then the newest; each with its ``notice_id``, of the privacy notice
    in force. One statement.

    What somebody has only written, or asks the group about, never stands before a case in which one takes part, or took.
    """
    with_whose = visible_to(who, today).select_related(
        "person", "programme", "caseworker", "supervisor", "referring_unit__agency", "turn_user", "turn_unit__agency"
    )
    cases = with_whose.annotate(notice_id=notice_id_in_force("programme", today))
    return sorted(cases, key=how_near)


def how_near(case: Case) -> tuple[bool, bool, bool, bool, float]:
    is_written_alone = case.state == State.DRAFT or case.handed_over_at is None
    return (
        *(not case.is_open, is_written_alone, case.is_consultation, not case.has_started),
        -case.created_at.timestamp(),
    )


@dataclass(frozen=True)
class NextMeeting:
    """The meeting that comes next in a case: *starts_at* is None when only the day is agreed."""

    case: Case
    day: date
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    others: list[str]
    about: str

    @property
    def with_whom(self) -> str:
        return enumeration(self.others)

    @property
    def to_call(self) -> User:
        return to_call(self.case)[0]


def next_meetings(cases: Iterable[Case], grounds: Mapping[UUID, list[Party]], now: datetime) -> list[NextMeeting]:
    """What comes next in each of *cases*, the nearest first: the first meeting if it is ahead, otherwise the follow-up; none
    in a case that has ended. At most one statement.

    *grounds*: the consents', by case.
    """
    under_way = [case for case in cases if case.is_open]
    booked = first_meetings([case for case in under_way if is_ahead(case)], now)
    today = timezone.localdate(now)
    found = [
        as_first_meeting(case, booked[case.pk]) if case.pk in booked else as_follow_up(case, grounds[case.pk], today)
        for case in under_way
    ]
    return sorted(filter(None, found), key=lambda meeting: meeting.day)


def first_meetings(cases: list[Case], now: datetime) -> dict[UUID, FirstMeeting]:
    """Case → its first meeting that is ahead. One statement, none for no cases."""
    if not cases:
        return {}
    booked = FirstMeeting.objects.filter(case__in=cases, cancelled_at__isnull=True, ends_at__gte=now)
    return {meeting.case_id: meeting for meeting in booked.order_by("-starts_at")}


def as_first_meeting(case: Case, booked: FirstMeeting) -> NextMeeting:
    not_others = (None, "", PARTICIPANT["name"], case.person_name)
    return NextMeeting(
        case,
        timezone.localdate(booked.starts_at),
        booked.starts_at,
        booked.ends_at,
        booked.place,
        [guest["name"] for guest in booked.invited if guest.get("name") not in not_others],
        "Ditt första möte. Ni kommer överens om när du börjar och vad du ska göra.",
    )


def as_follow_up(case: Case, grounds: list[Party], today: date) -> NextMeeting | None:
    """The plan is what it is about: a caseworker who may not read it is not named there."""
    if case.follow_up_on is None or case.follow_up_on < today:
        return None
    reads_plan = case.referring_unit_id in readers_of_plan(g for g in grounds if holds(g, today))
    others = [user.name for user in (case.supervisor, case.caseworker if reads_plan else None) if user]
    about = "Ni pratar om din plan. Din handledare säger vilken tid."
    return NextMeeting(case, case.follow_up_on, None, None, case.programme.address, others, about)


def called_off(cases: Iterable[Case], now: datetime) -> Case | None:
    """The case that ended before its first meeting, until the day on which it would have been has passed."""
    today = timezone.localdate(now)
    ended = ((case, case.first_meeting_at) for case in cases if is_called_off(case))
    return next((case for case, starts_at in ended if starts_at and timezone.localdate(starts_at) >= today), None)


@dataclass(frozen=True)
class Where:
    """Where the case stands: the same next step, turn and day as everybody else in it sees (W2)."""

    state: str
    step: str
    who: str
    since: datetime | None
    due_on: date | None


def where(case: Case, *, rests: bool = False) -> Where:
    """*rests*: the team's work does, until a consent lets it go on."""
    step = STEPS.get(case.next_step)
    words = WHERE | (AT_REST if rests else {}) | ({State.QUEUED: OFFERED} if case.offered_at else {})
    asks = asks_for_consent(case)
    return Where(
        words.get(case.state, case.get_state_display()),  # type: ignore[call-overload]
        asks or (step.what if step and case.is_open else ""),
        turn_words(case) if step and case.is_open and not asks else "",
        case.turn_since,
        last_day(case),
    )


def how_it_ended(case: Case) -> Closing | None:
    """The closing of a case that is closed, with its onward plan. At most two statements, none of a case under way."""
    if case.is_open:
        return None
    load_closings([case])
    closing = closing_of(case)
    return closing if closing and closing.handed_over_at else None


def asks_for_consent(case: Case) -> str:
    """The next step of a case that has lost its consent, as said to the person whose it was to give; else empty."""
    if case.next_step != "sign_consent" or not is_new_or_end(case):
        return ""
    if day := begins_on(case):
        return f"Samtycket du har skrivit på börjar gälla {long_date(day)} ({iso(day)})."
    return f"{case.caseworker.name} frågar om du vill ge ett nytt samtycke. Du bestämmer själv."


def turn_words(case: Case) -> str:
    """Whose turn it is, with a name where somebody has it."""
    role = ROLES.get(case.turn_role, "")  # type: ignore[call-overload]
    if case.turn_user is not None:
        return f"{case.turn_user.name}, {role}" if role else case.turn_user.name
    if case.turn_unit is not None and case.turn_role == Role.REPRESENTATIVE:
        return f"{role} för {case.turn_unit.full_name}"
    return role


@dataclass(frozen=True)
class OnTheWay:
    """A sub-goal, and who is responsible, as said to the person.

    *is_late*: it should have been done. *is_to_come*: its first day lies ahead.
    """

    row: SubGoal
    responsible: str
    is_late: bool
    is_to_come: bool


@dataclass(frozen=True)
class Goal:
    """A goal in the person's own words, why, where they are on it, all the sub-goals in time, and the one that comes now.

    None comes in a case that has ended.
    """

    words: str
    why: str
    scores: list[int]
    now: int | None
    last: int | None
    sub_goals: list[OnTheWay]
    next: OnTheWay | None


def goals_in_force(case: Case, grounds: Iterable[Party], today: date) -> tuple[Plan | None, list[Goal]]:
    """The plan in force and its goals. At most three statements, none before a plan is agreed."""
    if case.plan_agreed_at is None:
        return None, []
    plan = plan_in_force(case)
    if plan is None:
        return None, []
    parties = {ground.unit_id for ground in grounds if holds(ground, today)}
    return plan, [as_goal(planned, case, parties, today) for planned in goals_of([plan])[plan.pk]]


def as_goal(planned: PlannedGoal, case: Case, parties: Collection[UUID | None], today: date) -> Goal:
    sub_goals = [
        OnTheWay(
            row,
            responsible_words(row, case, parties),
            case.is_open and is_overdue(row, today),
            row.from_on is not None and row.from_on > today,
        )
        for row in planned.in_time
    ]
    # In time: what is over comes first, then the nearest day; what has begun before what is yet to.
    left = [one for one in sub_goals if case.is_open and one.row.state not in OVER]
    nearest = min(left, key=lambda one: one.is_to_come, default=None)
    goal = planned.goal
    return Goal(goal.own_words, goal.why, planned.scores, planned.now, planned.last, sub_goals, nearest)


def responsible_words(sub_goal: SubGoal, case: Case, parties: Collection[UUID | None]) -> str:
    """Who is responsible, as said to the person: "du" where it is they themself, under whichever name.

    Nobody for what another agency was to do, and has no part any more to do it in.
    """
    name = sub_goal.responsible.strip()
    if sub_goal.responsible_unit is None:
        return du_or_name(name, case)
    still = {*parties, case.referring_unit_id, case.programme.team_id}
    if case.is_open and sub_goal.state not in OVER and sub_goal.responsible_unit_id not in still:
        return "ingen just nu"
    return ", ".join(filter(None, (name, agency_of(sub_goal)[2])))


def took_part(met: Plan | FollowUp, case: Case) -> str:
    """Who was there, as said to the person: names one a line or with commas and "och", each perhaps with a role."""
    return "".join(du_or_name(part, case) for part in BETWEEN_NAMES.split(met.who_took_part.strip()))


def followed_up(case: Case) -> list[tuple[FollowUp, str]]:
    """The follow-ups, newest first, each with who was there. One statement, none before a plan is agreed."""
    if case.plan_agreed_at is None:
        return []
    return [(one, took_part(one, case)) for one in follow_ups(case)]


def du_or_name(name: str, case: Case) -> str:
    themself = {one.casefold() for one in (case.first_name, case.person_name, *THEMSELF)}
    return "du" if name.strip().casefold() in themself else name


def to_call(case: Case) -> tuple[User, str]:
    """Whom to call: the supervisor, and before there is one the caseworker."""
    if case.supervisor is not None:
        return case.supervisor, "Din handledare"
    return case.caseworker, "Din handläggare"
