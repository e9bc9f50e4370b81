"""A week as its page shows it: the grid, the list of one session, and person by person."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.activities.models import Attendance, Placement, Session, times_in
from knutpunkten.activities.rules import (
    absent_in_a_row,
    attendance_in,
    enrolled_in,
    hours,
    in_swedish_order,
    placed_minutes,
    placed_words,
    placements_of_week,
    sessions_of_week,
    takes_part,
    taking_part_in,
    team_cases,
    week_text,
    with_agreed_hours,
)
from knutpunkten.cases.models import Case, State
from knutpunkten.cases.rules import visible_to
from knutpunkten.organisations.models import Programme, Role

DAYS = ("Mån", "Tis", "Ons", "Tors", "Fre")
PRESENCE = {Attendance.Came.ALL: "yes", Attendance.Came.PART: "part", Attendance.Came.ABSENT: "no"}


@dataclass
class Week:
    """Everything the page of a week needs. Six statements, whatever the number of people."""

    monday: date
    now: datetime
    programme: Programme
    sessions: list[Session] = field(default_factory=list)
    enrolled: dict[UUID, set[UUID]] = field(default_factory=dict)
    marked: dict[UUID, dict[UUID, Attendance]] = field(default_factory=dict)
    cases: dict[UUID, Case] = field(default_factory=dict)
    absent: set[UUID] = field(default_factory=set)
    placed: dict[UUID, list[Placement]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def has_begun(self, session: Session) -> bool:
        """Whether attendance can be filled in: nobody has come, or stayed away, before."""
        return session.starts_at <= self.now

    def listed(self, session: Session) -> list[Case]:
        """Those on the session's list, in Swedish order: planned and taking part, or marked already."""
        planned = self.enrolled.get(session.pk, set())
        marked = self.marked.get(session.pk, {})
        found = (self.cases[pk] for pk in planned | marked.keys() if pk in self.cases)
        return in_swedish_order(case for case in found if case.pk in marked or takes_part(case, session))

    def others(self, session: Session) -> int:
        """How many are planned whom the unit has no living consent to read about: a number, no names."""
        return len(self.enrolled.get(session.pk, set()) - self.cases.keys())

    def unseen(self, session: Session) -> int:
        """How many are planned whom one may not even know: a number, no names (W5)."""
        count: int = session.unseen  # type: ignore[attr-defined]
        return count

    def came(self, session: Session) -> int:
        """How many came, for all of it or a part."""
        rows = self.marked.get(session.pk, {}).values()
        return sum(row.came in (Attendance.Came.ALL, Attendance.Came.PART) for row in rows)


def load_week(who: Who, monday: date, now: datetime, programme: Programme) -> Week:
    """The week of the programme whose hat *who* wears."""
    today = timezone.localdate(now)
    sessions = sessions_of_week(programme.pk, monday)
    enrolled, marked = enrolled_in(sessions), attendance_in(sessions)
    placed = placements_of_week(monday, case__programme=programme.pk)
    on_lists = set[UUID]().union(*enrolled.values(), *(rows.keys() for rows in marked.values()))
    found = team_cases(who, today).filter(Q(pk__in=on_lists) | taking_part_in(monday))
    cases = {case.pk: case for case in with_agreed_hours(found).select_related("supervisor")}
    taking_part = [pk for pk, case in cases.items() if case.state == State.ACTIVE]
    absent = absent_in_a_row(taking_part, today)
    return Week(monday, now, programme, sessions, enrolled, marked, cases, absent, placed)


def chosen_session(week: Week, text: str) -> Session | None:
    """The session asked for; otherwise the first that waits for its attendance, or the next of today, or the last held."""
    asked = next((s for s in week.sessions if str(s.pk) == text), None)
    if asked is not None:
        return asked
    held = [s for s in week.sessions if week.has_begun(s) and s.cancelled_at is None and week.enrolled.get(s.pk)]
    waiting = [s for s in held if s.recorded_at is None]
    ahead = [s for s in week.sessions if not week.has_begun(s)]
    later_today = [s for s in ahead if s.on_date == week.today]
    return next(iter(waiting or later_today or held[-1:] or ahead), None)


def grid(week: Week, chosen: Session | None) -> dict[str, Any]:
    """The week for ``{% week_grid %}``: as many rows for a part of the morning as it has rooms in use."""
    days = [week.monday + timedelta(days=i) for i in range(len(DAYS))]
    rows: list[dict[str, Any]] = []
    before: time | None = None
    for part, (starts, ends) in times_in(week.programme).items():
        if before is not None and before < starts:
            rows.append({"break": f"{before:%H:%M}–{starts:%H:%M} Fika"})
        before = ends
        in_part: dict[date, list[Session]] = defaultdict(list)
        for session in week.sessions:
            if session.part == part:
                in_part[session.on_date].append(session)
        for n in range(max((len(found) for found in in_part.values()), default=1)):
            cells = [cell(week, in_part[day][n], chosen) if n < len(in_part[day]) else None for day in days]
            rows.append({"start": f"{starts:%H:%M}", "end": f"{ends:%H:%M}", "cells": cells})
    shown = [{"name": name, "date": day, "today": day == week.today} for name, day in zip(DAYS, days, strict=True)]
    return {"days": shown, "rows": rows}


def url_of(session: Session, more: str = "") -> str:
    """Its week with the session chosen; *more*: what else the query says."""
    monday = session.on_date - timedelta(days=session.on_date.weekday())
    return f"{reverse('week')}?v={week_text(monday)}&pass={session.pk}{more}#pass"


def cell(week: Week, session: Session, chosen: Session | None) -> dict[str, Any]:
    leader = session.leader.name if session.leader else "Ledare saknas"
    made: dict[str, Any] = {
        "title": session.theme,
        "lines": [leader, session.room],
        "url": url_of(session),
        "current": chosen is not None and chosen.pk == session.pk,
    }
    known = len(week.listed(session)) + week.others(session)
    if session.cancelled_at is not None:
        made["tag"] = ("locked", "Inställt")
    elif session.recorded_at is not None:
        came = week.came(session)
        made["tag"] = ("done" if came else "state", f"{came} av {known} kom")
    elif week.has_begun(session) and known:
        made["tag"] = ("soon", "Närvaro")
    else:
        planned = known + week.unseen(session)
        made["note"] = f"{planned} {'anmäld' if planned == 1 else 'anmälda'}"
    return made


@dataclass(frozen=True)
class PersonWeek:
    """One participant's week: a presence per part of each morning, and hours against what was agreed."""

    case: Case
    name: str
    opens: bool
    presences: list[tuple[str, bool]]  # kind, and whether it is today
    hours: str  # those that count, of those agreed
    beside: list[str]  # work training and internships, and whether too little is planned


def person_by_person(week: Week, who: Who) -> list[PersonWeek]:
    """Everybody in the week, in Swedish order. A supervisor's link opens their own cases only. One statement."""
    if not week.cases:
        return []
    opens = set(week.cases)
    if who.role == Role.SUPERVISOR:
        opens = set(visible_to(who, week.today).filter(pk__in=week.cases).values_list("pk", flat=True))
    return [person_week(week, case, case.pk in opens) for case in in_swedish_order(week.cases.values())]


def person_week(week: Week, case: Case, opens: bool) -> PersonWeek:
    """S3, L1: the hours that count are those attended; the planned ones, placements too, show whether they can be enough."""
    rows = [week.marked.get(s.pk, {}).get(case.pk) for s in week.sessions if s.cancelled_at is None]
    minutes = sum(row.minutes for row in rows if row)
    placements = week.placed.get(case.pk, [])
    planned = placed_minutes(placements, week.monday) + sum(
        s.minutes
        for s in week.sessions
        if case.pk in week.enrolled.get(s.pk, ()) and s.cancelled_at is None and takes_part(case, s)
    )
    agreed: int | None = case.agreed_hours  # type: ignore[attr-defined]
    agreed = week.programme.least_hours if agreed is None else agreed
    days = [week.monday + timedelta(days=i) for i in range(len(DAYS))]
    presences = [(presence(week, case, day, part), day == week.today) for day in days for part in Session.Part]
    lacks = case.is_open and planned < agreed * 60  # of a case that has ended nobody is to plan more
    beside = [placed_words(placements, week.monday), too_little(planned) if lacks else ""]
    of_agreed = f"{hours(minutes)} av {agreed} tim"
    return PersonWeek(case, case.called, opens, presences, of_agreed, [words for words in beside if words])


def too_little(planned: int) -> str:
    """How little is planned, in minutes."""
    return f"bara {hours(planned)} tim planerat" if planned else "inget planerat"


def presence(week: Week, case: Case, day: date, part: str) -> str:
    """How it went, or will go, in that part of that morning: yes, part, no, planned or none."""
    kinds = []
    for session in week.sessions:
        if (session.on_date, session.part) != (day, part) or session.cancelled_at is not None:
            continue
        row = week.marked.get(session.pk, {}).get(case.pk)
        if row is not None:
            kinds.append(PRESENCE[Attendance.Came(row.came)])
        elif case.pk in week.enrolled.get(session.pk, ()) and takes_part(case, session):
            kinds.append("planned")
    return next((kind for kind in ("yes", "part", "no", "planned") if kind in kinds), "none")
