"""Writing the timetable and attendance: each one transaction, audited."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from knutpunkten.access.who import Who
from knutpunkten.activities.models import Attendance, Enrolment, Placement, Session
from knutpunkten.activities.rules import sessions_of_week
from knutpunkten.audit.actions import record, record_each
from knutpunkten.cases.amendments import keep_amendment
from knutpunkten.cases.models import Amendment, Case, Category
from knutpunkten.organisations.calendar import is_working_day
from knutpunkten.questions.remembered import remembered


class Cancelled(Exception):
    """The session is cancelled: nobody can be marked or enrolled."""


class Recorded(Exception):
    """Attendance is filled in: the session took place."""


@dataclass(frozen=True)
class Mark:
    """What is marked for one participant: *minutes* of the session's, of one who came for a part; *why* of an absence."""

    came: str
    minutes: int = 0
    why: str = ""
    remark: str = ""


CAME = Mark(Attendance.Came.ALL)


@transaction.atomic
def save_session(session: Session, *, by: Who, at: datetime) -> None:
    """Save a new or changed session (L4). Raises ``IntegrityError`` for a room taken at that time."""
    event = "session_planned" if session._state.adding else "session_changed"
    session.save()
    record(event, by=by, at=at, object_id=session.pk, on=session.on_date.isoformat(), part=session.part)


@transaction.atomic
def cancel_session(session_id: UUID, *, by: Who, at: datetime) -> None:
    """Cancel a session that has not taken place. Raises ``Recorded``."""
    session = lock(session_id)
    if session.recorded_at is not None:
        raise Recorded
    session.cancelled_at = at
    session.save(update_fields=["cancelled_at"])
    record("session_cancelled", by=by, at=at, object_id=session.pk, on=session.on_date.isoformat(), part=session.part)


@transaction.atomic
def restore_session(session_id: UUID, *, by: Who, at: datetime) -> None:
    """Take a cancelled session up again."""
    session = lock(session_id)
    session.cancelled_at = None
    session.save(update_fields=["cancelled_at"])
    record("session_restored", by=by, at=at, object_id=session.pk, on=session.on_date.isoformat(), part=session.part)


def lock(session_id: UUID) -> Session:
    """The session, its row locked, so that two who fill in the same list come one after the other."""
    found = locked(session_id)
    if not found:
        raise Session.DoesNotExist
    return found[0]


@remembered
def locked(session_id: UUID) -> QuerySet[Session]:
    return (
        Session.objects.select_related("programme").select_for_update(of=("self",), no_key=True).filter(pk=session_id)
    )


@transaction.atomic
def enrol(session_id: UUID, cases: Iterable[Case], *, among: Collection[Case], by: Who, at: datetime) -> None:
    """Plan exactly *cases* of *among* for the session; who is not among them stays as they are.

    Raises ``Cancelled``.
    """
    assert by.unit_id is not None
    session = lock(session_id)
    if session.cancelled_at is not None:
        raise Cancelled
    wanted = {case.pk: case for case in cases}
    rows = {row.case_id: row for row in Enrolment.objects.filter(session=session, case__in=[c.pk for c in among])}
    added = [case for pk, case in wanted.items() if pk not in rows or rows[pk].removed_at is not None]
    removed = [case for case in among if case.pk in rows and rows[case.pk].removed_at is None and case.pk not in wanted]
    Enrolment.objects.filter(session=session, case__in=[case.pk for case in removed]).update(removed_at=at)
    back = [case.pk for case in added if case.pk in rows]
    Enrolment.objects.filter(session=session, case__in=back).update(removed_at=None)
    new = [Enrolment(session=session, case=case, author_unit_id=by.unit_id) for case in added if case.pk not in rows]
    Enrolment.objects.bulk_create(new)
    record_for_cases("enrolled", added, session, by=by, at=at)
    record_for_cases("unenrolled", removed, session, by=by, at=at)


@transaction.atomic
def mark_attendance(session_id: UUID, marks: Mapping[Case, Mark], *, by: Who, at: datetime) -> None:
    """Write who came (L4). A second marking of the same person replaces the first. Raises ``Cancelled``."""
    assert by.unit_id is not None
    assert by.user_id is not None
    session = lock(session_id)
    if session.cancelled_at is not None:
        raise Cancelled
    rows = [
        Attendance(
            session=session,
            case=case,
            author_unit_id=by.unit_id,
            came=mark.came,
            minutes=minutes_of(mark, session),
            why=mark.why if mark.came == Attendance.Came.ABSENT else "",
            remark=mark.remark,
            recorded_at=at,
            recorded_by_id=by.user_id,
        )
        for case, mark in marks.items()
    ]
    Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session", "case"],
        update_fields=["came", "minutes", "why", "remark", "recorded_at", "recorded_by"],
    )
    session.recorded_at = at
    session.save(update_fields=["recorded_at"])
    record_for_cases("attendance", marks, session, by=by, at=at)


def minutes_of(mark: Mark, session: Session) -> int:
    if mark.came == Attendance.Came.ALL:
        return session.minutes
    return mark.minutes if mark.came == Attendance.Came.PART else 0


@transaction.atomic
def undo_marks(session_id: UUID, *, marked_at: datetime, by: Who, at: datetime) -> int:
    """Take back what *by* marked at *marked_at*; answer for how many. The rows stay, unmarked."""
    session = lock(session_id)
    rows = Attendance.objects.filter(session=session, recorded_at=marked_at, recorded_by=by.user_id)
    cases = list(Case.objects.filter(pk__in=rows.values("case")))
    count = rows.update(came=Attendance.Came.UNMARKED, minutes=0, why="", remark="", recorded_at=at)
    still = Attendance.objects.filter(session=session).exclude(came=Attendance.Came.UNMARKED).exists()
    if not still:
        session.recorded_at = None
        session.save(update_fields=["recorded_at"])
    record_for_cases("attendance_undone", cases, session, by=by, at=at)
    return count


def record_for_cases(event: str, cases: Iterable[Case], session: Session, *, by: Who, at: datetime) -> None:
    """One audit row per case, so that each person can see it in theirs (W4)."""
    about = [(case.pk, case.person_id) for case in cases]
    detail = {"on": session.on_date.isoformat(), "part": session.part}
    record_each(event, about, by=by, at=at, category=Category.PLANNING, object_id=session.pk, **detail)


def note_remarks_read(cases: Iterable[Case], marked: Mapping[UUID, Attendance], *, by: Who, at: datetime) -> None:
    """Write that *by* reads what somebody else noted of why one of *cases* was away: it says more than who comes (W4)."""
    noted = [case for case in cases if (row := marked.get(case.pk)) and (row.why or row.remark)]
    read = [(case.pk, case.person_id) for case in noted if marked[case.pk].recorded_by_id != by.user_id]
    record_each("read", read, by=by, at=at, category=Category.PLANNING, what="attendance")


@transaction.atomic
def plan_placement(placement: Placement, *, by: Who, at: datetime) -> None:
    """Write a new placement (L6)."""
    assert by.unit_id is not None
    placement.author_unit_id = by.unit_id
    about = write_placement(placement, by=by, at=at)
    record("placement_planned", by=by, at=at, case_id=placement.case_id, **about)


@transaction.atomic
def change_placement(placement: Placement, *, why: str, changes: list[dict[str, str]], by: Who, at: datetime) -> None:
    """Write a changed placement, and beside it what stood before and why: *changes* as of ``Amendment`` (L6)."""
    about = write_placement(placement, by=by, at=at)
    record("placement_changed", by=by, at=at, case_id=placement.case_id, **about)
    keep_amendment(
        placement.case,
        of=Amendment.Of.PLACEMENT,
        about=placement.pk,
        category=Category.PLANNING,
        changes=changes,
        why=why,
        by=by,
        at=at,
    )


@transaction.atomic
def end_placement(placement: Placement, *, ended_on: date, why: str, by: Who, at: datetime) -> None:
    """End a placement before its time, or say that it never began (L6)."""
    placement.ended_on, placement.why_ended = ended_on, why
    about = write_placement(placement, by=by, at=at)
    record("placement_ended", by=by, at=at, case_id=placement.case_id, **about)


def write_placement(placement: Placement, *, by: Who, at: datetime) -> dict[str, Any]:
    """Save it; what the audit says of it beside its case."""
    assert by.user_id is not None
    placement.recorded_by_id, placement.recorded_at = by.user_id, at
    placement.save()
    return {
        "person_id": placement.case.person_id,
        "category": Category.PLANNING,
        "object_id": placement.pk,
        "kind": placement.kind,
    }


@transaction.atomic
def copy_week(programme_id: UUID, monday: date, *, among: Collection[Case], by: Who, at: datetime) -> int:
    """Plan the week of *monday* as the week before: its sessions, and those of *among* enrolled in them.

    Leaves out days off, and sessions that were cancelled or already stand there. Answers how many were made.
    """
    assert by.unit_id is not None
    week = timedelta(weeks=1)
    taken = {(s.on_date, s.part, s.room) for s in sessions_of_week(programme_id, monday)}
    made: dict[UUID, Session] = {}
    for old in sessions_of_week(programme_id, monday - week):
        day = old.on_date + week
        if old.cancelled_at is None and is_working_day(day) and (day, old.part, old.room) not in taken:
            made[old.pk] = Session(
                programme_id=programme_id,
                on_date=day,
                part=old.part,
                theme=old.theme,
                leader=old.leader,
                room=old.room,
                places=old.places,
            )
    Session.objects.bulk_create(made.values())
    rows = Enrolment.objects.filter(session__in=made, case__in=[c.pk for c in among], removed_at__isnull=True)
    Enrolment.objects.bulk_create(
        Enrolment(session=made[row.session_id], case_id=row.case_id, author_unit_id=by.unit_id) for row in rows
    )
    record("week_copied", by=by, at=at, object_id=programme_id, on=monday.isoformat(), sessions=len(made))
    return len(made)
