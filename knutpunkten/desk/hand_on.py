"""Att lämna vidare: what those who have left, or leave soon, are responsible for, each to somebody who goes on (W3)."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.activities.actions import save_session
from knutpunkten.activities.rules import staff_of
from knutpunkten.audit.actions import record
from knutpunkten.cases.models import Case
from knutpunkten.desk.leavers import Leaver, leavers, sessions_without_leader
from knutpunkten.organisations.models import Role, User
from knutpunkten.organisations.rules import told_apart
from knutpunkten.protection.rules import readers_of
from knutpunkten.routine import engine, named
from knutpunkten.ui.enumerations import enumeration

NOT_TOGETHER = "Ärenden med skyddade uppgifter lämnas över ett i taget."
OVERTAKEN = "Någon hann före, så här står det nu."


@allowed(Permission.ATTEND_MEETING)
def to_hand_on(request: Request) -> HttpResponse:
    """The list, by person; a POST hands on one person's cases, what they are named for, or the sessions they led."""
    if request.method == "POST":
        what = request.POST.get("what", "cases")
        {"sessions": name_leaders, "named": hand_over_named}.get(what, hand_over_all)(request)
        return HttpResponseRedirect(reverse("to_hand_on"))
    today = timezone.localdate()
    found = leavers(request.who, today)
    sessions = sessions_without_leader(request.who, today)
    record("listed", by=request.who, at=timezone.now(), count=sum(one.count for one in found), what="to_hand_on")
    context = {
        "leavers": found,
        "sessions": sessions,
        "staff": told_apart(staff_of(request.who.programme_id, today)) if sessions else [],
        "step": "change_supervisor" if request.who.role == Role.COORDINATOR else "hand_on",
        "today": today,
    }
    return render(request, "desk/to_hand_on.html", context)


def chosen(request: Request, users: list[User], field: str = "to") -> User | None:
    return next((user for user in users if str(user.pk) == request.POST.get(field)), None)


def leaver_of(request: Request) -> Leaver | None:
    found = leavers(request.who, timezone.localdate())
    return next((one for one in found if str(one.user_id) == request.POST.get("from")), None)


def hand_over_all(request: Request) -> None:
    """Each case is a move of its own: what somebody else has moved meanwhile stays where it went.

    A protected person's case is not handed over among others, and the answer says that it is left (W5).
    """
    leaver = leaver_of(request)
    to = chosen(request, leaver.to) if leaver else None
    if leaver is None or to is None:
        messages.error(request, "Välj vem som tar över.")
        return
    is_supervisor = request.who.role == Role.COORDINATOR
    step, key = ("change_supervisor", "supervisor") if is_supervisor else ("hand_on", "colleague")
    moved = 0
    for case in leaver.together:
        try:
            engine.take(case.pk, step, by=request.who, at=timezone.now(), version=case.version, data={key: to.pk})
            moved += 1
        except engine.Refused:
            continue
    if not moved:
        messages.warning(request, f"Inget lämnades över. {NOT_TOGETHER if leaver.apart else OVERTAKEN}")
        return
    part = "handledare" if is_supervisor else "handläggare"
    cases = "ärende" if moved == 1 else "ärenden"
    words = f"{to.name} är nu {part} i {moved} {cases}, i stället för {leaver.name}."
    messages.success(request, f"{words} {left_words(leaver.apart)}".strip())


def left_words(cases: list[Case]) -> str:
    """Which *cases* were not handed over with the others; by number, for they are protected."""
    if not cases:
        return ""
    return f"{enumeration(case.number for case in cases)} är kvar: lämna över {'det' if len(cases) == 1 else 'dem'} för sig."


def hand_over_named(request: Request) -> None:
    """What somebody is named for in the cases that are ticked goes to the one chosen."""
    leaver = leaver_of(request)
    to = chosen(request, leaver.takers) if leaver else None
    ticked = {named.case.pk: named for named in leaver.named} if leaver else {}
    ticked = {pk: named for pk, named in ticked.items() if str(pk) in request.POST.getlist("case")}
    if to is None or not ticked:
        messages.error(request, "Välj vad som ska lämnas över, och vem som tar över.")
        return
    now = timezone.now()
    able = [one for one in ticked.values() if may_go_on(one.case, to, now)]
    handed = sum(named.hand_on(one.case, gone=one.gone, taker=to, by=request.who, at=now) for one in able)
    words = "en sak" if handed == 1 else f"{handed} saker"
    messages.success(request, f"{to.name} ansvarar nu för {words} i andras ärenden.")
    if len(able) < len(ticked):
        messages.warning(request, f"{to.name} är inte utsedd att läsa alla ärenden. De är kvar i listan.")


def may_go_on(case: Case, to: User, at: datetime) -> bool:
    """Of a protected person's case, only who is named to read it goes on (W5)."""
    return not case.is_protected or to.pk in readers_of(case.pk, at)


def name_leaders(request: Request) -> None:
    """New leaders for the sessions where one was chosen."""
    now = timezone.now()
    today = timezone.localdate(now)
    staff, named_for = staff_of(request.who.programme_id, today), 0
    for session in sessions_without_leader(request.who, today):
        leader = chosen(request, staff, f"leader-{session.pk}")
        if leader is not None:
            session.leader = leader
            save_session(session, by=request.who, at=now)
            named_for += 1
    if named_for:
        messages.success(request, f"{named_for} arbetspass har fått en ny ledare.")
    else:
        messages.error(request, "Välj en ledare för minst ett arbetspass.")
