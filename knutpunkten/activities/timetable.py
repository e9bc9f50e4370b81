"""The pages that make the timetable: a session, and who is planned for it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.activities import actions
from knutpunkten.activities.forms import EnrolForm, SessionForm
from knutpunkten.activities.models import Session
from knutpunkten.activities.rules import enrollable, enrolled_in, monday_of, staff_of, week_text
from knutpunkten.activities.views import session_for, to_session
from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Programme
from knutpunkten.ui.dates import weekday_iso


@allowed(Permission.TAKE_ATTENDANCE)
def new_session(request: Request) -> HttpResponse:
    """Plan a session; ``?v=2026-47`` says in which week one stood."""
    now = timezone.now()
    today = timezone.localdate(now)
    session = Session(programme=Programme.objects.get(pk=request.who.programme_id))
    form = session_form(request, session, today, {"on_date": first_day(request, today), "part": Session.Part.EARLY})
    if request.method == "POST" and form.is_valid():
        actions.save_session(form.fill(session), by=request.who, at=now)
        messages.success(request, f"{session.theme} är planerat. Välj vilka som ska vara med.")
        warn_of_the_past(request, session, today)
        return to_own_page(session)
    return render(request, "activities/new_session.html", {"form": form, "week": request.GET.get("v", "")})


def warn_of_the_past(request: Request, session: Session, today: date) -> None:
    """A session that has been is entered afterwards too, for its attendance: said, and not refused."""
    if session.on_date < today:
        messages.warning(
            request, f"Passet ligger bakåt i tiden: {weekday_iso(session.on_date)}. Ändra dagen om det blev fel."
        )


def first_day(request: Request, today: date) -> date:
    """The day a new session is proposed for: today in this week, otherwise the week's Monday."""
    monday = monday_of(request.GET.get("v", ""), today)
    return today if monday <= today < monday + timedelta(days=5) else monday


def session_form(
    request: Request,
    session: Session,
    today: date,
    initial: dict[str, Any],
    planned: Sequence[Case] = (),
    others: int = 0,
) -> SessionForm:
    typed = request.POST if request.method == "POST" else None
    staff = staff_of(request.who.programme_id, today)
    return SessionForm(typed, initial=initial, staff=staff, session=session, planned=planned, others=others)


def to_own_page(session: Session) -> HttpResponse:
    return redirect("session", session_id=session.pk)


@allowed(Permission.TAKE_ATTENDANCE)
def session(request: Request, session_id: UUID) -> HttpResponse:
    """Change a session, and choose who is planned for it."""
    now = timezone.now()
    today = timezone.localdate(now)
    shown = session_for(request, session_id)
    if request.method == "POST":
        shown = as_it_is_now(request, shown)
    enrol = enrol_form(request, shown, today, None)
    planned = [enrol.among[pk] for pk in enrol.initial["cases"]]
    form = session_form(request, shown, today, SessionForm.initial_of(shown), planned, enrol.others)
    if request.method == "POST" and form.is_valid():
        if not form.is_news:
            messages.info(request, "Inget ändrades.")
            return to_session(shown)
        actions.save_session(form.fill(shown), by=request.who, at=now)
        messages.success(request, f"{shown.theme} är ändrat.")
        if "on_date" in form.changed_data:
            warn_of_the_past(request, shown, today)
        return to_session(shown)
    return session_page(request, shown, form, enrol, today)


def as_it_is_now(request: Request, shown: Session) -> Session:
    """The session, once whoever is changing it just now is done."""
    actions.lock(shown.pk)
    return session_for(request, shown.pk)


def enrol_form(request: Request, shown: Session, today: date, typed: Any) -> EnrolForm:
    """The choice among those taking part; others already planned keep their places but are not named."""
    among: list[Case] = enrollable(request.who, today)
    planned = enrolled_in([shown]).get(shown.pk, set())
    named = {case.pk for case in among}
    initial = {"cases": [str(pk) for pk in planned & named]}
    return EnrolForm(typed, initial=initial, session=shown, among=among, others=len(planned - named) + shown.unseen)  # type: ignore[attr-defined]


def session_page(request: Request, shown: Session, form: SessionForm, enrol: EnrolForm, today: date) -> HttpResponse:
    monday = shown.on_date - timedelta(days=shown.on_date.weekday())
    context = {"session": shown, "form": form, "enrol": enrol, "week": week_text(monday), "today": today}
    return render(request, "activities/session.html", context)


@allowed(Permission.TAKE_ATTENDANCE)
def enrol(request: Request, session_id: UUID) -> HttpResponse:
    """Plan the chosen participants for the session, and only them. Who comes back here is led to the session."""
    now = timezone.now()
    today = timezone.localdate(now)
    shown = session_for(request, session_id)
    if request.method != "POST":
        return to_own_page(shown)
    shown = as_it_is_now(request, shown)
    form = enrol_form(request, shown, today, request.POST)
    if not form.is_valid():
        plain = SessionForm(
            initial=SessionForm.initial_of(shown), staff=staff_of(shown.programme_id, today), session=shown
        )
        return session_page(request, shown, plain, form, today)
    chosen = form.cleaned_data["cases"]
    try:
        actions.enrol(shown.pk, chosen, among=list(form.among.values()), by=request.who, at=now)
    except actions.Cancelled:
        messages.error(request, "Passet är inställt. Ta upp det igen innan du planerar in någon.")
    else:
        messages.success(request, f"{len(chosen)} är planerade till {shown.theme}.")
    return to_session(shown)


@allowed(Permission.TAKE_ATTENDANCE)
@require_POST
def cancel(request: Request, session_id: UUID) -> HttpResponse:
    """Cancel the session."""
    shown = session_for(request, session_id)
    try:
        actions.cancel_session(shown.pk, by=request.who, at=timezone.now())
    except actions.Recorded:
        messages.error(request, "Passet har varit: närvaron är ifylld. Det kan inte ställas in.")
    else:
        messages.success(request, f"{shown.theme} är inställt. Säg till dem som skulle vara med.")
    return to_session(shown)


@allowed(Permission.TAKE_ATTENDANCE)
@require_POST
def restore(request: Request, session_id: UUID) -> HttpResponse:
    """Take a cancelled session up again."""
    shown = session_for(request, session_id)
    actions.restore_session(shown.pk, by=request.who, at=timezone.now())
    messages.success(request, f"{shown.theme} är planerat igen.")
    return to_session(shown)
