"""Who has left, or leaves soon, and what of theirs waits for somebody who goes on (W3): reading only."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse

from knutpunkten.access.who import Who
from knutpunkten.activities.models import Session
from knutpunkten.cases.models import CLOSED_STATES, Case
from knutpunkten.cases.rules import visible_to
from knutpunkten.desk.words import state_words
from knutpunkten.first_meeting.rules import supervisors_of
from knutpunkten.organisations.models import Membership, Role, User
from knutpunkten.organisations.rules import told_apart
from knutpunkten.routine.leaving import GUIDED, caseworkers_hat, colleagues, supervisors_hat
from knutpunkten.routine.named import (
    Gone,
    Named,
    gone_from,
    named_for,
    next_steps_naming,
    sub_goals_naming,
    takers,
)

# An end that is planned can be handed on this long before.
AHEAD = timedelta(days=30)
AT_MOST = 200
SESSIONS_AT_MOST = 40


@dataclass
class Leaver:
    """Somebody who has left, or leaves within 30 days, with what is theirs here. *ends_on* is None when it is over.

    *cases* are theirs as caseworker or supervisor; *named* is what they are responsible for in others' cases.
    """

    user_id: UUID
    name: str
    ends_on: date | None
    cases: list[Case] = field(default_factory=list)
    to: list[User] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    takers: list[User] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[Case, str, str]]:
        return [(case, case.called, state_words(case)) for case in self.cases]

    @property
    def together(self) -> list[Case]:
        """Those that are handed on at once."""
        return [case for case in self.cases if not case.is_protected]

    @property
    def apart(self) -> list[Case]:
        """Those that are handed on one at a time: whoever goes on must be named to read it (W5)."""
        return [case for case in self.cases if case.is_protected]

    @property
    def together_words(self) -> str:
        """Ärendet, alla 4; beside those handed on one at a time: det övriga ärendet, de 3 övriga."""
        many = len(self.together)
        if many == 1:
            return "det övriga ärendet" if self.apart else "ärendet"
        return f"de {many} övriga" if self.apart else f"alla {many}"

    @property
    def named_rows(self) -> list[tuple[Case, str, list[Named]]]:
        """What they are named for, case by case."""
        cases = {named.case.pk: named.case for named in self.named}
        return [(case, case.called, [n for n in self.named if n.case.pk == pk]) for pk, case in cases.items()]

    @property
    def choices(self) -> list[tuple[User, str]]:
        """Who can go on with the cases, by the name to choose them by."""
        return told_apart(self.to)

    @property
    def taker_choices(self) -> list[tuple[User, str]]:
        """The same for what they are named for."""
        return told_apart(self.takers)

    @property
    def count(self) -> int:
        return len(self.cases) + len(self.named)


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
    """Everybody of whom *who* hands something on, those who are gone first.

    Three statements, two more where somebody is gone, and one for each who can go on for one of them.
    """
    found: dict[UUID, Leaver] = {}
    cases = list(cases_to_hand_on(who, today).select_related("person", "programme").order_by("created_at")[:AT_MOST])
    ends = last_days({case.responsible_id for case in cases}, who, today)
    for case in cases:
        leaver = found.setdefault(
            case.responsible_id, Leaver(case.responsible_id, case.responsible_name, ends.get(case.responsible_id))
        )
        leaver.cases.append(case)
    for named in named_for(gone_from(who, today, today + AHEAD), who, today)[:AT_MOST]:
        gone = named.gone
        leaver = found.setdefault(gone.user_id, Leaver(gone.user_id, gone.name, gone.ends_on))
        leaver.named.append(named)
    for leaver in found.values():
        leaver.to = those_who_can(who, leaver.cases[0], leaver.user_id, today) if leaver.cases else []
        leaver.takers = takers(leaver.named[0].gone, who, today) if leaver.named else []
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
    """The programme's sessions ahead whose leader is not in the team that day. One statement, the coordinator's."""
    if who.role != Role.COORDINATOR:
        return []
    return list(
        leaderless(who, today)
        .select_related("leader", "programme")
        .order_by("on_date", "part", "pk")[:SESSIONS_AT_MOST]
    )


def leaderless(who: Who, today: date) -> QuerySet[Session]:
    begun = Q(starts_on__lte=OuterRef("on_date")) & (Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("on_date")))
    team = Membership.objects.filter(begun, unit=who.unit_id, user=OuterRef("leader"), user__is_active=True)
    ahead = Session.objects.filter(programme=who.programme_id, on_date__gte=today, cancelled_at__isnull=True)
    return ahead.filter(~Exists(team), leader__isnull=False)


def hand_on_tasks(who: Who, today: date) -> list[dict[str, Any]]:
    """Rows for "Väntar på dig": one for each who has left or leaves soon. None for other roles.

    One statement; another while somebody is gone.
    """
    gone = gone_from(who, today, today + AHEAD) if is_handing_on(who) else []
    if not gone:
        return []
    of_user, of_name = {one.user_id: one for one in gone}, {(one.unit_id, one.name): one for one in gone}
    waits: dict[UUID, Waits] = {}
    sessions: list[dict[str, Any]] = []
    for row in how_much(gone, who, today):
        if row["group"] == "sessions":
            sessions = [session_task(row["many"], row["earliest"])]
        elif one := of_user.get(row["whom"]) or of_name.get((row["of_unit"], row["called"])):
            waits.setdefault(one.user_id, Waits(one)).add(row["group"], row["many"], row["earliest"])
    return [one.task(today) for one in waits.values()] + sessions


def how_much(gone: list[Gone], who: Who, today: date) -> list[dict[str, Any]]:
    """How many cases, parts of others' cases and sessions wait, by whom they name. One statement."""
    out = [one for one in gone if one.is_out]
    # By name, for the index: to look through every case for the few that have lost theirs is slow.
    theirs = cases_to_hand_on(who, today).filter(responsible_id__in={one.user_id for one in gone})
    counts = [
        counted(theirs, "cases", "due_on", whom=F("responsible_id")),
        counted(next_steps_naming(out, who, today), "named", "due_on", whom=F("responsible")),
        counted(
            sub_goals_naming(out, who, today),
            "named",
            "due_on",
            of_unit=F("responsible_unit"),
            called=F("responsible"),
        ),
    ]
    if who.role == Role.COORDINATOR and any(one.unit_id == who.unit_id for one in out):
        counts.append(counted(leaderless(who, today), "sessions", "on_date"))
    return [row for row in counts[0].union(*counts[1:], all=True) if row["many"]]


NOBODY = {
    "whom": Cast(Value(None), UUIDField()),
    "of_unit": Cast(Value(None), UUIDField()),
    "called": Cast(Value(""), TextField()),
}


def counted(rows: QuerySet[Any], group: str, on: str, **by: Any) -> Any:
    """How many *rows* there are *by* the one they name, and their first day: the same columns whatever is counted."""
    columns = {"group": Cast(Value(group), TextField()), **NOBODY, **by}
    return rows.order_by().values(**columns).annotate(many=Count("pk"), earliest=Min(on))


@dataclass
class Waits:
    """How much of one person's waits to be handed on."""

    of: Gone
    cases: int = 0
    named: int = 0
    due_on: date | None = None  # the first of their cases' own days, which each case tells too

    def add(self, group: str, many: int, earliest: date | None) -> None:
        if group == "cases":
            self.cases, self.due_on = self.cases + many, earliest
        self.named += many if group == "named" else 0

    def task(self, today: date) -> dict[str, Any]:
        url = reverse("to_hand_on")
        parts = [f"{self.cases} {'ärende' if self.cases == 1 else 'ärenden'}"] if self.cases else []
        if self.named:
            parts.append(f"{self.named} {'sak' if self.named == 1 else 'saker'} i andras ärenden")
        return {
            "title": f"Lämna vidare det som {self.of.name} ansvarar för",
            "url": url,
            "why": f"{' och '.join(parts)} behöver någon som tar över.",
            "due": None if self.of.ends_on else self.due_on or today,
            "action": {"label": "Lämna över", "url": url},
        }


def session_task(number: int, first: date) -> dict[str, Any]:
    """That sessions lack a leader."""
    url = reverse("to_hand_on")
    return {
        "title": "Utse nya ledare för arbetspass",
        "url": f"{url}#pass",
        "why": f"{number} arbetspass har en ledare som inte är kvar.",
        "due": first,
        "action": {"label": "Utse", "url": f"{url}#pass"},
    }
