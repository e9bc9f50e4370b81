"""Questions about the start: who can be given the case, who is around it, what was booked and agreed (S9, L11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.text import capfirst

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.amendments import amendments
from knutpunkten.cases.models import Amendment, Case, Category, Party, State
from knutpunkten.cases.rules import living
from knutpunkten.first_meeting.models import FirstMeeting, ServiceDecision, Signature
from knutpunkten.organisations.models import Membership, Programme, Role, User
from knutpunkten.protection.rules import may_be_chosen
from knutpunkten.questions.remembered import remembered
from knutpunkten.ui.enumerations import enumeration

# Always invited, and never by name (W5).
PARTICIPANT: dict[str, str | None] = {"name": "Deltagaren", "role": "deltagare", "user": None}
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag")


# What may be changed, as it is called where the change is read. The keys are the fields of the forms.
OF_DECISION = {
    "decided_on": "Beslutet togs",
    "by_whom": "Beslutet togs av",
    "own_reference": "Beteckning",
    "until": "Gäller till och med",
}
OF_MEETING = {
    "held_on": "Mötet hölls",
    "starts_on": "Startdatum",
    "planned_end_on": "Planerat avslut",
    "weekly_hours": "Timmar i veckan",
    "fewer_hours_reason": "Färre timmar för att",
    "weekdays": "Dagar",
    "content": "Innehåll",
    "contract_on": "Kontraktet påskrivet",
    "contract_witness": "Kontraktet bevittnat av",
    "contract_scan": "Kontraktet, inskannat",
    "privacy_given": "Dataskyddsinformationen",
    "privacy_on": "Informationen lämnad",
    "privacy_witness": "Informationen lämnad av",
    "privacy_scan": "Informationen, inskannad",
}
PRIVACY_GIVEN = {"signed": "Påskriven", "informed": "Informerad, ville inte skriva under"}
CALLED = {**OF_DECISION, **OF_MEETING}


@dataclass(frozen=True)
class Supervisor:
    """Somebody of the programme team, and how many they work with now."""

    user: User
    cases: int


def supervisors_of(programme: Programme, today: date) -> list[Supervisor]:
    """The programme's supervisors who go on being so, by name, each with how many allocated and active cases. Two statements."""
    members = Membership.objects.going_on(today).filter(role=Role.SUPERVISOR, programme=programme, user__is_active=True)
    users = [m.user for m in members.select_related("user").order_by("user__name")]
    counted = (
        Case.objects.filter(programme=programme, state__in=(State.ALLOCATED, State.ACTIVE), supervisor__in=users)
        .order_by()
        .values("supervisor")
        .annotate(cases=Count("pk"))
    )
    cases = {row["supervisor"]: row["cases"] for row in counted}
    return [Supervisor(user, cases.get(user.pk, 0)) for user in users]


@dataclass(frozen=True)
class Around:
    """Somebody known around the case who can be invited to its first meeting."""

    user_id: UUID
    name: str
    role: str
    where: str
    is_expected: bool  # the caseworker and the supervisor always come (S9)


def around(case: Case, today: date) -> list[Around]:
    """The caseworker, the supervisor and the representatives of the living consent's parties.

    Of a protected person's case, those of them who read it (W5). Three statements, then one more.
    """
    units = Party.objects.filter(living(today), case=case).values_list("unit", flat=True)
    expected = Q(user=case.caseworker_id, role=Role.CASEWORKER, unit=case.referring_unit_id) | Q(
        user=case.supervisor_id, role=Role.SUPERVISOR, programme=case.programme_id
    )
    members = (
        Membership.objects.at(today)
        .filter(expected | Q(role=Role.REPRESENTATIVE, unit__in=list(units)), user__is_active=True)
        .select_related("user", "unit__agency")
        .order_by("user__name")
    )
    named = may_be_chosen(case, today)
    found = {m.user_id: as_around(m) for m in members if named is None or m.user_id in named}
    return sorted(found.values(), key=lambda one: not one.is_expected)


def as_around(member: Membership) -> Around:
    assert member.unit is not None
    is_expected = member.role != Role.REPRESENTATIVE
    role = Role(member.role).label.lower()
    return Around(member.user_id, member.user.name, role, member.unit.full_name, is_expected)


def may_read_planning(opened: OpenCase) -> bool:
    """Whether the meeting's contents are for the reader: a ground names *planering*, or their unit wrote it."""
    return Category.PLANNING in opened.reads or opened.who.unit_id == opened.case.programme.team_id


def may_read_decision(opened: OpenCase) -> bool:
    """Whether the decision on the service is: a ground names *grund*, or their unit took it."""
    return Category.BASIC in opened.reads or opened.who.unit_id == opened.case.referring_unit_id


def may_read_papers(opened: OpenCase) -> bool:
    """Whether what was signed at the meeting is: a ground names *grund*, or their unit wrote it down."""
    return Category.BASIC in opened.reads or opened.who.unit_id == opened.case.programme.team_id


@dataclass(frozen=True)
class Papers:
    """What was signed at the first meeting, as the reader meets it: scans are for the unit that keeps the papers."""

    contract_scan: UUID | None = None
    privacy_scan: UUID | None = None
    is_only_informed: bool = False  # of the privacy notice: did not want to sign


def papers_of(opened: OpenCase, meeting: Any) -> Papers:
    """Told by *meeting*, where the reader has that; otherwise asked for, one statement."""
    case = opened.case
    if case.privacy_on is None or not may_read_papers(opened):
        return Papers()
    if meeting is None:
        privacy = signatures_of(case).get(Signature.What.PRIVACY)
        return Papers(is_only_informed=privacy is not None and not privacy.is_signed)
    keeps = opened.who.unit_id == meeting.author_unit_id
    contract_scan, privacy_scan = (meeting.contract_scan, meeting.privacy_scan) if keeps else (None, None)
    return Papers(contract_scan, privacy_scan, meeting.privacy_is_signed is False)


def meeting_of(case: Case) -> Any:
    """The case's first meeting as it is booked or was held, not those moved; None where there is none."""
    return max(meetings_booked(case.pk), key=lambda meeting: meeting.booked_at, default=None)


def is_called_off(case: Case) -> bool:
    """Whether the first meeting was still ahead when the case ended: nobody is to come to it."""
    starts_at, ended_at = case.first_meeting_at, case.closed_at
    return not case.is_open and not case.first_meeting_held_on and bool(starts_at and ended_at and starts_at > ended_at)


def is_ahead(case: Case) -> bool:
    """Whether the first meeting is booked and still to be held: not in a case that has ended."""
    return case.is_open and case.first_meeting_at is not None and case.first_meeting_held_on is None


@remembered
def meetings_booked(case_id: UUID) -> QuerySet[Any]:
    """With the ids of ``contract_scan`` and ``privacy_scan``, and whether ``privacy_is_signed``; None where there is none.

    And the ``amendments`` of what was registered.
    """
    booked = FirstMeeting.objects.filter(case=case_id, cancelled_at__isnull=True).select_related("booked_by")
    privacy = Signature.objects.filter(case=OuterRef("case"), what=Signature.What.PRIVACY)
    return booked.annotate(
        contract_scan=scan(Signature.What.CONTRACT),
        privacy_scan=scan(Signature.What.PRIVACY),
        privacy_is_signed=Subquery(privacy.values("is_signed")),
        amendments=amendments(Amendment.Of.FIRST_MEETING),
    )


def scan(what: Signature.What) -> Subquery:
    """For annotating meetings: the id of the scanned paper that the meeting's own unit kept."""
    kept = Signature.objects.filter(
        case=OuterRef("case"), what=what, scan__author_unit=OuterRef("author_unit"), scan__removed_at__isnull=True
    )
    return Subquery(kept.values("scan"))


def decision_of(case: Case) -> Any:
    """The decision on the service as it stands, with its ``amendments``; None where there is none."""
    return max(decisions_on_service(case.pk), key=lambda decision: decision.recorded_at, default=None)


@remembered
def decisions_on_service(case_id: UUID) -> QuerySet[Any]:
    decisions = ServiceDecision.objects.filter(case=case_id).select_related("recorded_by")
    return decisions.annotate(amendments=amendments(Amendment.Of.SERVICE_DECISION))


def signatures_of(case: Case) -> dict[str, Signature]:
    """Contract and privacy notice, by what was signed."""
    return {signature.what: signature for signature in Signature.objects.filter(case=case)}


def days_in_words(weekdays: Iterable[int]) -> str:
    """Måndag, tisdag och torsdag; empty for no days."""
    return capfirst(enumeration(WEEKDAYS[day] for day in sorted(weekdays)))


def a_year_after(day: date) -> date:
    """The same day next year: how long a place lasts where nothing else is agreed."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)
