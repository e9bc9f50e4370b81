"""The timetable and who takes part in it: questions only (L4, L6, L7, S3, L1)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.activities.models import Attendance, Enrolment, Placement, Session
from knutpunkten.cases.amendments import amendments
from knutpunkten.cases.models import Amendment, Basis, Case, Category, Level, State
from knutpunkten.cases.rules import living_grounds
from knutpunkten.first_meeting.models import FirstMeeting
from knutpunkten.organisations.models import Membership, Role, User
from knutpunkten.organisations.swedish_order import sort_key
from knutpunkten.questions.remembered import remembered

MINUTES_IN_HOUR = 60

ABSENT_IN_A_ROW = 3
WEEKS_LOOKED_BACK = 6
YEARS_TO_LOOK = 10


def team_cases(who: Who, today: date) -> QuerySet[Case]:
    """The programme's cases whose planning the *team* may read under a living consent.

    Not narrowed to a supervisor's own: whoever leads a session marks everybody who is enrolled, so
    the ground is the team unit's. Elsewhere a supervisor sees their own cases (``cases.rules.visible_to``).
    """
    if who.hat is None or who.role not in (Role.COORDINATOR, Role.SUPERVISOR):
        return Case.objects.none()
    grounds = living_grounds(who, today).filter(
        case=OuterRef("pk"), basis=Basis.CONSENT, level__gte=Level.TEXT, categories__contains=[Category.PLANNING]
    )
    return Case.objects.filter(Exists(grounds), programme=who.programme_id).select_related("person")


def taking_part_in(monday: date) -> Q:
    """Of cases: those taking part in the week of *monday*, and still when it was over."""
    over_at = timezone.make_aware(datetime.combine(monday + timedelta(weeks=1), time()))
    return Q(started_on__lte=monday + timedelta(days=4)) & (Q(state=State.ACTIVE) | Q(closed_at__gte=over_at))


def with_agreed_hours(cases: QuerySet[Case]) -> QuerySet[Case]:
    """*cases*, each with ``agreed_hours``: a week's hours as agreed at the first meeting, None if not yet."""
    held = FirstMeeting.objects.filter(case=OuterRef("pk"), held_on__isnull=False).order_by("-held_on")
    return cases.annotate(agreed_hours=Subquery(held.values("weekly_hours")[:1]))


def enrollable(who: Who, today: date) -> list[Case]:
    """Those who can be planned for a session: taking part now. One statement, in Swedish order."""
    return in_swedish_order(team_cases(who, today).filter(state=State.ACTIVE))


def in_swedish_order(cases: Iterable[Case]) -> list[Case]:
    return sorted(cases, key=lambda case: (sort_key(case.called), str(case.pk)))


def with_unseen(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """*sessions*, each with ``unseen``: how many planned that one may not know, for they are protected (W5)."""
    return sessions.annotate(unseen=Func(F("pk"), function="planned_unseen", output_field=IntegerField()))


def sessions_of_week(programme_id: UUID, monday: date) -> list[Session]:
    """The programme's sessions Monday to Friday, with it, their leaders and ``unseen``. One statement."""
    of_week = Session.objects.filter(programme=programme_id, on_date__range=(monday, monday + timedelta(days=4)))
    found = with_unseen(of_week)
    return list(found.select_related("leader", "programme").order_by("on_date", "part", "room"))


def enrolled_in(sessions: Collection[Session]) -> dict[UUID, set[UUID]]:
    """Session → the cases planned for it, but for those that had ended when it began: their places are free again.

    One statement, none for no sessions.
    """
    found: dict[UUID, set[UUID]] = defaultdict(set)
    starts_at = {session.pk: session.starts_at for session in sessions}
    if starts_at:
        rows = Enrolment.objects.filter(session__in=starts_at, removed_at__isnull=True)
        for session_id, case_id, ended_at in rows.values_list("session", "case", "case__closed_at"):
            if ended_at is None or ended_at > starts_at[session_id]:
                found[session_id].add(case_id)
    return found


def at_once_with(session: Session) -> list[Session]:
    """The sessions, of any programme, held at the same time as some part of *session*; none cancelled. One statement."""
    starts, ends = session.times
    same_day = Session.objects.filter(on_date=session.on_date, cancelled_at__isnull=True).exclude(pk=session.pk)
    return [
        other
        for other in same_day.select_related("programme").order_by("part", "room")
        if other.times[0] < ends and starts < other.times[1]
    ]


def planned_elsewhere(cases: Iterable[Case], session: Session) -> dict[UUID, Session]:
    """Case → another session that it is planned for at the same time as *session*. Two statements at most."""
    others = {other.pk: other for other in at_once_with(session)}
    if not others:
        return {}
    rows = Enrolment.objects.filter(session__in=others, case__in=[case.pk for case in cases], removed_at__isnull=True)
    return {case_id: others[session_id] for case_id, session_id in rows.values_list("case", "session")}


def planned_for(cases: Collection[Case], first: date, last: date) -> QuerySet[Enrolment]:
    """What is planned for the person in those days, in those of their cases, in order, cancelled sessions too."""
    planned = Enrolment.objects.filter(case__in=cases, removed_at__isnull=True, session__on_date__range=(first, last))
    return planned.select_related("session__programme").order_by("session__on_date", "session__part", "session__room")


@remembered
def placements_in(case_id: UUID) -> QuerySet[Any]:
    """A case's work training and internships, the earliest first, each with its ``amendments`` (L6)."""
    found = Placement.objects.filter(case=case_id).select_related("recorded_by").order_by("from_on", "pk")
    return found.annotate(amendments=amendments(Amendment.Of.PLACEMENT, about=OuterRef("pk")))


def placements_between(first: date, last: date) -> QuerySet[Placement]:
    """Work training and internships that run on some day of those, in order (L6)."""
    to_on = Least(Coalesce("ended_on", "until_on"), TruncDate("case__closed_at"))
    running = Placement.objects.filter(from_on__lte=last).annotate(to_on=to_on).select_related("case")
    return running.filter(to_on__gte=first).order_by("from_on", "pk")


def placements_of_week(monday: date, **of: Any) -> dict[UUID, list[Placement]]:
    """Case → its placements that week, of the cases that *of* filters. One statement."""
    found: dict[UUID, list[Placement]] = defaultdict(list)
    for placement in placements_between(monday, monday + timedelta(days=4)).filter(**of):
        found[placement.case_id].append(placement)
    return found


def placed_minutes(placements: Iterable[Placement], monday: date) -> int:
    """What is planned beside the sessions. Nobody marks who came there, so it is planned time and no attendance."""
    return sum(placement.minutes_in(monday) for placement in placements)


def placed_words(placements: Iterable[Placement], monday: date) -> str:
    """Plus praktik 8 tim; empty without any."""
    found = [placement for placement in placements if placement.days_in(monday)]
    words = (f"{placement.get_kind_display().lower()} {hours(placement.minutes_in(monday))} tim" for placement in found)
    return ", ".join(f"plus {one}" for one in words)


def attendance_in(sessions: Collection[Session]) -> dict[UUID, dict[UUID, Attendance]]:
    """Session → case → what was marked. One statement, none for no sessions."""
    found: dict[UUID, dict[UUID, Attendance]] = defaultdict(dict)
    if sessions:
        rows = Attendance.objects.filter(session__in=[s.pk for s in sessions]).exclude(came=Attendance.Came.UNMARKED)
        for row in rows.select_related("recorded_by"):
            found[row.session_id][row.case_id] = row
    return found


def takes_part(case: Case, session: Session) -> bool:
    """Whether *case* is taking part when the session begins: started by its day, and not ended before it."""
    if case.started_on is None or case.started_on > session.on_date:
        return False
    return case.closed_at is None or case.closed_at > session.starts_at


def absent_in_a_row(case_ids: Collection[UUID], today: date) -> set[UUID]:
    """The cases that missed their last three sessions. One statement, none for no cases."""
    if not case_ids:
        return set()
    rows = (
        Attendance.objects.filter(
            case__in=case_ids, session__on_date__range=(today - timedelta(weeks=WEEKS_LOOKED_BACK), today)
        )
        .exclude(came=Attendance.Came.UNMARKED)
        .order_by("-session__on_date", "-session__part")
        .values_list("case", "came")
    )
    last: dict[UUID, list[str]] = defaultdict(list)
    for case_id, came in rows:
        if len(last[case_id]) < ABSENT_IN_A_ROW:
            last[case_id].append(came)
    return {case_id for case_id, came in last.items() if came == [Attendance.Came.ABSENT] * ABSENT_IN_A_ROW}


def minutes_of_week(case_ids: Collection[UUID], monday: date) -> dict[UUID, int]:
    """Case → minutes attended in the week. One statement, none for no cases."""
    if not case_ids:
        return {}
    rows = Attendance.objects.filter(
        case__in=case_ids,
        session__on_date__range=(monday, monday + timedelta(days=6)),
        session__cancelled_at__isnull=True,
    )
    return dict(rows.values_list("case").annotate(total=Sum("minutes")).order_by())


def staff_of(programme_id: UUID, today: date) -> list[User]:
    """Those who can lead a session: the programme's team on *today*. One statement."""
    members = Membership.objects.at(today).filter(
        programme=programme_id, role__in=[Role.COORDINATOR, Role.SUPERVISOR], user__is_active=True
    )
    return sorted({m.user for m in members.select_related("user")}, key=lambda user: sort_key(user.name))


def monday_of(text: str, today: date) -> date:
    """The Monday of the ISO week written 2026-47; this week's for anything else."""
    year, _, week = text.partition("-")
    this = today - timedelta(days=today.weekday())
    try:
        monday = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return this
    return monday if abs(monday.year - today.year) <= YEARS_TO_LOOK else this


def week_text(monday: date) -> str:
    """2026-47, by ISO year."""
    year, week, _ = monday.isocalendar()
    return f"{year}-{week:02d}"


def hours(minutes: int) -> str:
    """Hours with at most one decimal, as Swedes write it: 6, 3,7."""
    return f"{minutes / MINUTES_IN_HOUR:.1f}".removesuffix(".0").replace(".", ",")


def minutes_attended(text: str, session: Session) -> int | None:
    """Minutes from what was typed: "70", "70 minuter", or the time one left, "09:10". None for what is neither.

    Less than the session's own: all of it, or nothing, is said otherwise.
    """
    text = text.strip().replace(".", ":").removesuffix("minuter").strip()
    starts, _ = session.times
    try:
        if ":" in text:
            left = datetime.strptime(text, "%H:%M")  # noqa: DTZ007
            minutes = left.hour * MINUTES_IN_HOUR + left.minute - starts.hour * MINUTES_IN_HOUR - starts.minute
        else:
            minutes = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0
    except ValueError:
        return None
    return minutes if 0 < minutes < session.minutes else None


def left_for_example(session: Session) -> tuple[str, int]:
    """When somebody may have left it, 09:10, and after how many minutes: some two thirds of it, in whole tens."""
    minutes = session.minutes * 2 // 3
    minutes = minutes // 10 * 10 or minutes
    return f"{session.starts_at + timedelta(minutes=minutes):%H:%M}", minutes
