"""Att lämna vidare: the cases of those who have left, or leave soon, each to a colleague who goes on (W3)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Exists, F, Max, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.activities.models import Session
from knutpunkten.audit.actions import record
from knutpunkten.cases.models import CLOSED_STATES, Case
from knutpunkten.cases.rules import visible_to
from knutpunkten.desk.lists import name_of
from knutpunkten.desk.words import state_words
from knutpunkten.first_meeting.rules import supervisors_of
from knutpunkten.organisations.models import Membership, Role, User
from knutpunkten.routine import engine
from knutpunkten.routine.leaving import GUIDED, caseworkers_hat, colleagues, supervisors_hat

# An end that is planned can be handed on this long before.
AHEAD = timedelta(days=30)
AT_MOST = 200


@dataclass
class Leaver:
    """Somebody who has left, or leaves within 30 days, with what is theirs here. *ends_on* is None when it is over."""

    user_id: UUID
    name: str
    ends_on: date | None
    cases: list[Case] = field(default_factory=list)
    to: list[User] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[Case, str, str]]:
        return [(case, name_of(case), state_words(case)) for case in self.cases]


def is_handing_on(who: Who) -> bool:
    """Whether *who* hands on: a representative for the unit's caseworkers, a coordinator for the supervisors."""
    return who.role in (Role.REPRESENTATIVE, Role.COORDINATOR)


def cases_to_hand_on(who: Who, today: date) -> QuerySet[Any]:
    """The cases *who* hands on, with ``responsible_id`` and ``responsible_name``: whose hat is not on in 30 days."""
    then = today + AHEAD
    seen = visible_to(who, today).exclude(state__in=CLOSED_STATES)
    if who.role == Role.COORDINATOR:
        theirs = seen.filter(~Exists(supervisors_hat(then)), state__in=GUIDED)
        return theirs.annotate(responsible_id=F("supervisor"), responsible_name=F("supervisor__name"))
    theirs = seen.filter(~Exists(caseworkers_hat(then)), referring_unit=who.unit_id)
    return theirs.annotate(responsible_id=F("caseworker"), responsible_name=F("caseworker__name"))


def leavers(who: Who, today: date) -> list[Leaver]:
    """Everybody whose cases *who* hands on, those who are gone first. Four statements."""
    cases = list(cases_to_hand_on(who, today).select_related("person", "programme").order_by("created_at")[:AT_MOST])
    ends = last_days({case.responsible_id for case in cases}, who, today)
    found: dict[UUID, Leaver] = {}
    for case in cases:
        leaver = found.setdefault(
            case.responsible_id, Leaver(case.responsible_id, case.responsible_name, ends.get(case.responsible_id))
        )
        leaver.cases.append(case)
    for leaver in found.values():
        leaver.to = those_who_can(who, leaver.cases[0], leaver.user_id, today)
    return sorted(found.values(), key=lambda one: (one.ends_on or date.min, one.name))


def last_days(users: set[UUID], who: Who, today: date) -> dict[UUID, date]:
    """The last day of those who still have their hat. One statement."""
    role = Role.SUPERVISOR if who.role == Role.COORDINATOR else Role.CASEWORKER
    hats = Membership.objects.at(today).filter(user__in=users, role=role, unit=who.unit_id, user__is_active=True)
    ends = hats.values("user").annotate(last=Max("ends_on")).values_list("user", "last")
    return {user: last for user, last in ends if last}


def those_who_can(who: Who, case: Case, leaver: UUID, today: date) -> list[User]:
    if who.role == Role.COORDINATOR:
        return [one.user for one in supervisors_of(case.programme, today) if one.user.pk != leaver]
    return colleagues(case, today, but=[leaver])


def sessions_without_leader(who: Who, today: date) -> list[Session]:
    """The programme's sessions ahead whose leader is not in the team any more. One statement, the coordinator's."""
    if who.role != Role.COORDINATOR:
        return []
    team = Membership.objects.at(today).filter(unit=who.unit_id, user__is_active=True)
    ahead = Session.objects.filter(programme=who.programme_id, on_date__gte=today, cancelled_at__isnull=True)
    ahead = ahead.filter(leader__isnull=False).exclude(leader__in=team.values("user")).select_related("leader")
    return list(ahead.order_by("on_date", "part")[:20])


@allowed(Permission.ATTEND_MEETING)
def to_hand_on(request: Request) -> HttpResponse:
    """The list, by person; a POST hands all of one person's cases to the colleague chosen."""
    today = timezone.localdate()
    found = leavers(request.who, today)
    if request.method == "POST":
        hand_over_all(request, found)
        return HttpResponseRedirect(reverse("to_hand_on"))
    record("listed", by=request.who, at=timezone.now(), count=sum(len(one.cases) for one in found), what="to_hand_on")
    context = {
        "leavers": found,
        "sessions": sessions_without_leader(request.who, today),
        "step": "change_supervisor" if request.who.role == Role.COORDINATOR else "hand_on",
        "today": today,
    }
    return render(request, "desk/to_hand_on.html", context)


def hand_over_all(request: Request, found: list[Leaver]) -> None:
    """Each case is a move of its own: what somebody else has moved meanwhile stays where it went."""
    leaver = next((one for one in found if str(one.user_id) == request.POST.get("from")), None)
    to = next((user for user in (leaver.to if leaver else ()) if str(user.pk) == request.POST.get("to")), None)
    if leaver is None or to is None:
        messages.error(request, "Välj vem som tar över.")
        return
    is_supervisor = request.who.role == Role.COORDINATOR
    step, key = ("change_supervisor", "supervisor") if is_supervisor else ("hand_on", "colleague")
    moved = 0
    for case in leaver.cases:
        if case.is_protected:
            continue  # one at a time: whoever goes on must be named to read it (W5)
        try:
            engine.take(case.pk, step, by=request.who, at=timezone.now(), version=case.version, data={key: to.pk})
            moved += 1
        except engine.Refused:
            continue
    messages.success(request, f"{to.name} har tagit över {moved} {'ärende' if moved == 1 else 'ärenden'}.")


def hand_on_tasks(who: Who, today: date) -> list[dict[str, Any]]:
    """Rows for "Väntar på dig": one for each who has left or leaves soon. One statement, none for other roles."""
    if not is_handing_on(who):
        return []
    hat = supervisors_hat(today) if who.role == Role.COORDINATOR else caseworkers_hat(today)
    counted = cases_to_hand_on(who, today).order_by().annotate(is_here=Exists(hat))
    rows = counted.values("responsible_id", "responsible_name", "is_here").annotate(number=Count("pk"))
    url = reverse("to_hand_on")
    return [
        {
            "title": f"Lämna vidare det som {row['responsible_name']} ansvarar för",
            "url": url,
            "why": f"{row['number']} {'ärende' if row['number'] == 1 else 'ärenden'} behöver någon som tar över.",
            "due": None if row["is_here"] else today,
            "action": {"label": "Lämna över", "url": url},
        }
        for row in rows
    ]
