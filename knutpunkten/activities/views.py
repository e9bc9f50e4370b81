"""Veckan: the timetable, attendance, and the participants."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.activities import actions
from knutpunkten.activities.actions import Mark
from knutpunkten.activities.forms import CAME, AttendanceForm
from knutpunkten.activities.models import Attendance, Session
from knutpunkten.activities.participants import participants_of
from knutpunkten.activities.rules import enrollable, monday_of, week_text, with_unseen
from knutpunkten.activities.week import Week, chosen_session, grid, load_week, person_by_person, url_of
from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Programme

SECONDS_TO_UNDO = 10
# Somebody who presses at the last moment, over a slow line, shall still be heard.
SECONDS_TO_UNDO_AT_MOST = 60
PER_PAGE = 50


@allowed(Permission.TAKE_ATTENDANCE)
@require_safe
def week(request: Request) -> HttpResponse:
    """The week's sessions, the chosen one's attendance, and each person's hours (L4, L6, L7, S3)."""
    now = timezone.now()
    today = timezone.localdate(now)
    shown = week_for(request, monday_of(request.GET.get("v", ""), today), now)
    chosen = chosen_session(shown, request.GET.get("pass", ""))
    form = None
    if chosen is not None:
        marked = shown.marked.get(chosen.pk, {})
        form = AttendanceForm(session=chosen, cases=shown.listed(chosen), marked=marked, by=request.who)
        actions.note_remarks_read(form.cases, marked, by=request.who, at=now)
    return week_page(request, shown, chosen, form, now)


def week_for(request: Request, monday: date, now: datetime) -> Week:
    programme = Programme.objects.get(pk=request.who.programme_id)
    return load_week(request.who, monday, now, programme)


def week_page(
    request: Request, shown: Week, chosen: Session | None, form: AttendanceForm | None, now: datetime
) -> HttpResponse:
    people = person_by_person(shown, request.who)
    context: dict[str, Any] = {
        "week": shown,
        "grid": grid(shown, chosen),
        "chosen": chosen,
        "form": form,
        "rows": form.rows() if form else [],
        "options": CAME,
        "others": shown.others(chosen) if chosen else 0,
        "unseen": shown.unseen(chosen) if chosen else 0,
        "has_begun": chosen is not None and shown.has_begun(chosen),
        "came": shown.came(chosen) if chosen else 0,
        "people": people,
        "missing_thrice": [person for person in people if person.case.pk in shown.absent],
        "without_leader": [
            s for s in shown.sessions if s.leader is None and s.cancelled_at is None and s.on_date >= shown.today
        ],
        "undo": undoable(request, chosen, shown, now),
        "friday": shown.monday + timedelta(days=4),
        "previous": week_text(shown.monday - timedelta(weeks=1)),
        "next": week_text(shown.monday + timedelta(weeks=1)),
        "this": week_text(shown.monday),
        "today": shown.today,
    }
    return render(request, "activities/week.html", context)


def undoable(request: Request, chosen: Session | None, shown: Week, now: datetime) -> dict[str, Any] | None:
    """What was marked just now, if it is so lately that it can be taken back."""
    marked_at = moment_of(request.GET.get("nyss", ""))
    if chosen is None or marked_at is None or not timedelta() <= now - marked_at < timedelta(seconds=SECONDS_TO_UNDO):
        return None
    rows = [row for row in shown.marked.get(chosen.pk, {}).values() if row.recorded_at == marked_at]
    came = sum(row.came == Attendance.Came.ALL for row in rows)
    return {"count": len(rows), "came": came, "at": marked_at.isoformat(), "seconds": SECONDS_TO_UNDO} if rows else None


def moment_of(text: str) -> datetime | None:
    """An aware moment as ``isoformat`` writes it; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def session_for(request: Request, session_id: UUID) -> Session:
    """The session, if it belongs to the programme of one's hat; otherwise a 404 and a denial."""
    found = with_unseen(Session.objects.select_related("leader", "programme")).filter(
        pk=session_id, programme=request.who.programme_id
    )
    session = found.first()
    if session is None:
        raise deny(request, None)
    return session


def to_session(session: Session, marked_at: datetime | None = None) -> HttpResponseRedirect:
    """Back to the week with the session chosen."""
    if marked_at is None:
        return HttpResponseRedirect(url_of(session))
    moment = marked_at.astimezone(timezone.get_default_timezone()).isoformat().replace("+", "%2B")
    return HttpResponseRedirect(url_of(session, f"&nyss={moment}"))


@allowed(Permission.TAKE_ATTENDANCE)
def attendance(request: Request, session_id: UUID) -> HttpResponse:
    """Save who came, of those one has filled in. "Alla kom" marks those not marked at all, and only that can be undone, for ten seconds.

    Who comes back here, to what was refused, is led to the session.
    """
    now = timezone.now()
    session = session_for(request, session_id)
    if request.method != "POST":
        return to_session(session)
    actions.lock(session.pk)
    shown = week_for(request, session.on_date - timedelta(days=session.on_date.weekday()), now)
    if not shown.has_begun(session):
        messages.error(request, "Närvaron fylls i när passet har börjat.")
        return to_session(session)
    listed, marked = shown.listed(session), shown.marked.get(session.pk, {})
    unmarked = [case for case in listed if not request.POST.get(f"came-{case.pk}") and case.pk not in marked]
    all_came = unmarked if "all" in request.POST else []
    typed = with_all_come(request.POST, all_came)
    form = AttendanceForm(typed, session=session, cases=listed, marked=marked, by=request.who)
    if not form.is_valid():
        actions.note_remarks_read(form.read_now(), marked, by=request.who, at=now)
        return week_page(request, shown, session, form, now)
    marks = form.marks()
    if not marks:
        messages.info(request, "Ingen är markerad än. Välj Kom, Delvis eller Kom inte, eller tryck på Alla kom.")
        return to_session(session)
    rest = {case: mark for case, mark in marks.items() if case in all_came}
    chosen = {case: mark for case, mark in marks.items() if case not in rest and str(case.pk) in form.changed}
    if not chosen and not rest:
        everybody = "" if len(marks) < len(listed) else " Alla var redan ifyllda."
        messages.info(request, f"Inget ändrades.{everybody}")
        return to_session(session)
    try:
        return saved(request, session, chosen, rest, now)
    except actions.Cancelled:
        form.add_error(None, "Passet är inställt. Ta upp det igen om det ändå blev av.")
        return week_page(request, shown, session, form, now)


def with_all_come(sent: QueryDict, all_came: list[Case]) -> QueryDict:
    """What was *sent*, with that each of those came whom "Alla kom" marks."""
    typed = sent.copy()
    for case in all_came:
        typed[f"came-{case.pk}"] = Attendance.Came.ALL
    return typed


def saved(
    request: Request, session: Session, chosen: dict[Case, Mark], rest: dict[Case, Mark], now: datetime
) -> HttpResponse:
    """Write who came: the *chosen* one by one, and the *rest* whom "Alla kom" marked, which can be undone.

    Raises ``actions.Cancelled``.
    """
    if chosen:
        actions.mark_attendance(session.pk, chosen, by=request.who, at=now)
    if rest:
        # At a moment of its own: by it what "Alla kom" wrote is told from what was chosen for each.
        now = timezone.now()
        actions.mark_attendance(session.pk, rest, by=request.who, at=now)
        return to_session(session, now)
    messages.success(request, f"Närvaron för {session.theme} är sparad.")
    return to_session(session)


@allowed(Permission.TAKE_ATTENDANCE)
@require_POST
def undo(request: Request, session_id: UUID) -> HttpResponse:
    """Take back what one marked just now."""
    now = timezone.now()
    session = session_for(request, session_id)
    marked_at = moment_of(request.POST.get("at", ""))
    count = 0
    if marked_at is not None and timedelta() <= now - marked_at < timedelta(seconds=SECONDS_TO_UNDO_AT_MOST):
        count = actions.undo_marks(session.pk, marked_at=marked_at, by=request.who, at=now)
    if count:
        messages.success(request, "Ångrat. De som markerades med Alla kom är omarkerade igen.")
    else:
        messages.info(request, "Det gick inte att ångra längre. Ändra i listan och spara.")
    return to_session(session)


@allowed(Permission.TAKE_ATTENDANCE)
@require_POST
def copy_week(request: Request) -> HttpResponse:
    """Plan a week as the one before it."""
    now = timezone.now()
    today = timezone.localdate(now)
    monday = monday_of(request.POST.get("v", ""), today)
    among = enrollable(request.who, today)
    made = actions.copy_week(request.who.programme_id, monday, among=among, by=request.who, at=now)
    if made:
        messages.success(request, f"{made} arbetspass är planerade som veckan före. Röda dagar är utelämnade.")
    else:
        messages.info(request, "Det fanns inga arbetspass att kopiera från veckan före.")
    return HttpResponseRedirect(f"{reverse('week')}?v={week_text(monday)}")


@allowed(Permission.TAKE_ATTENDANCE)
@require_safe
def participants(request: Request) -> HttpResponse:
    """The participants: a supervisor's own, or all of the programme's for its coordinator."""
    today = timezone.localdate()
    rows = participants_of(request.who, today)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "activities/participants.html", {"page": page, "today": today})
