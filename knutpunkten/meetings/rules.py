"""Questions about case meetings: which are ahead, what stands on the agenda and when, who has answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case, Category, Party
from knutpunkten.cases.rules import consented, holds, living
from knutpunkten.meetings.models import HELD_EARLY, AgendaItem, Attendee, Decision, Knowledge, Meeting, MeetingQuerySet
from knutpunkten.organisations.calendar import mark, meeting_days
from knutpunkten.organisations.models import Membership, Programme, Role
from knutpunkten.questions.remembered import remembered
from knutpunkten.ui.dates import weekday_iso

Purpose, Outcome = AgendaItem.Purpose, AgendaItem.Outcome
DECIDED = (Outcome.PLACE, Outcome.QUEUE, Outcome.RETURN)
SHOWN = 12  # meetings ahead in the list of them, and as many held
GIVEN = (*DECIDED, Outcome.ADVISED)  # what the group gives: a besked, or advice

# What a unit may know something about: the identity stands in the referral, the planning comes later.
KNOWN_CATEGORIES = (Category.SOCIAL, Category.HEALTH, Category.WORK, Category.LABOUR)


@dataclass(frozen=True)
class AgendaFacts:
    """What the routine asks of the meeting a case stands undecided on."""

    caseworker_present: bool
    before_cases: bool  # no collaboration case has been decided there yet (K5)
    consultations_left: int  # those to be taken before the first case is decided (K5)
    begins_on: date | None  # the meeting's day, while it lies ahead; None once it has come, or the group met before it


def agenda_facts(cases: Iterable[Case], today: date) -> dict[UUID, AgendaFacts]:
    """For the cases that stand undecided on an agenda, to be decided or consulted. At most one statement."""
    caseworkers = {case.pk: case.caseworker_id for case in cases}
    if not caseworkers:
        return {}
    return {
        item.case_id: AgendaFacts(
            caseworkers[item.case_id] in item.present,
            not item.has_begun_cases,
            # One that came when the cases had begun holds up nobody: it can only wait for the next meeting.
            0 if item.has_begun_cases else len(item.consultations),
            day_ahead(item.starts_at, item.began_on, today),
        )
        for item in undecided_of([*caseworkers], today)
    }


def day_ahead(starts_at: datetime, began_on: date | None, today: date) -> date | None:
    """The day of a meeting that begins at *starts_at*, unless it has come or the group met before it."""
    day = timezone.localdate(starts_at)
    return day if began_on is None and day > today else None


@remembered
def undecided_of(case_ids: list[UUID], today: date) -> QuerySet[Any]:
    """The items on which the cases wait, with the meeting's times, whether it ``has_begun_cases`` and who is ``present``.

    And the ``consultations`` that wait there, as the asker sees them: one whose consent has ended, or whose person is
    protected from the asker, can be neither presented nor postponed, and would hold up the cases for ever.
    """
    decided = AgendaItem.objects.filter(meeting=OuterRef("meeting"), purpose=Purpose.DECIDE, outcome__in=DECIDED)
    present = Attendee.objects.here().filter(meeting=OuterRef("meeting")).order_by("pk").values("user")
    grounds = Party.objects.filter(living(today), case=OuterRef("case_id"), unit=OuterRef("meeting__programme__team"))
    consultations = AgendaItem.objects.filter(
        Exists(grounds), meeting=OuterRef("meeting"), purpose=Purpose.CONSULT, outcome=Outcome.WAITS
    )
    items = undecided().filter(case_id__among=case_ids)
    return items.annotate(
        consultations=ArraySubquery(consultations.order_by("pk").values("pk")),
        has_begun_cases=Exists(decided),
        present=ArraySubquery(present),
        starts_at=F("meeting__starts_at"),
        began_on=F("meeting__began_on"),
    ).order_by("meeting__starts_at")


def undecided() -> QuerySet[AgendaItem]:
    """Items that wait for what the meeting gives. An announcement waits for nothing."""
    return AgendaItem.objects.filter(purpose__in=(Purpose.DECIDE, Purpose.CONSULT), outcome=Outcome.WAITS)


def undecided_item(case: Case) -> AgendaItem | None:
    """Where the case stands undecided, with its meeting."""
    return undecided_items.first(case.pk)


@remembered
def undecided_items(case_id: UUID) -> QuerySet[AgendaItem]:
    return undecided().filter(case_id=case_id).select_related("meeting").order_by("-meeting__starts_at")[:1]


def planned_ahead(programme_id: UUID, at: datetime) -> int:
    """How many meetings of the programme's lie ahead and are to be held. One statement."""
    return Meeting.objects.filter(programme=programme_id).ahead(at).count()


def next_meeting(programme: Programme, at: datetime) -> Meeting | None:
    """The programme's next meeting that is not over at *at*."""
    return Meeting.objects.filter(programme=programme).ahead(at).first()


@remembered
def meetings_on(programme_id: UUID, day: date) -> QuerySet[Meeting]:
    """The programme's meeting to be held that is planned for that day, or began on it: one row or none."""
    that_day = Meeting.objects.filter(Q(starts_at__date=day) | Q(began_on=day), programme=programme_id)
    return that_day.to_be_held().order_by("starts_at")[:1]


def has_given(meeting: Meeting) -> bool:
    """Whether the group has given a besked or advice there: from then on the meeting has been, on the day it was."""
    return AgendaItem.objects.filter(meeting=meeting, outcome__in=GIVEN).exists()


def planned_on(programme: Programme, day: date) -> MeetingQuerySet:
    """The programme's meetings on *day*, but for those called off: one held before its planned day counts on the day it was."""
    that_day = Q(HELD_EARLY, began_on=day) | Q(~HELD_EARLY, starts_at__date=day)
    return Meeting.objects.filter(that_day, programme=programme).exclude(state=Meeting.State.CALLED_OFF)


def is_by_rule(meeting: Meeting) -> bool:
    """Whether the programme's settings give the meeting its day, as they now are. Otherwise somebody chose it."""
    day, programme = meeting.planned_on, meeting.programme
    return bool(meeting_days(day, day, programme.meeting_weekday, programme.meeting_week))


def meeting_after_this(meeting: Meeting, at: datetime) -> Meeting | None:
    """Where what stands on *meeting* goes if it is called off: the programme's next one after it."""
    return meetings_after(meeting).ahead(at).first()


def waiting_where_it_went(meeting: Meeting, at: datetime) -> QuerySet[AgendaItem]:
    """What was on *meeting* when it was called off and waits at the one it went to, which lies ahead of *at*.

    What was put off by itself before that has been up once more there; what has left a later meeting was up, or taken off.
    """
    elsewhere = AgendaItem.objects.filter(case_id=OuterRef("case_id"), purpose=OuterRef("purpose"))
    elsewhere = elsewhere.filter(meeting__programme=meeting.programme_id).exclude(meeting=meeting)
    waits = elsewhere.filter(
        outcome=Outcome.WAITS,
        times_before=OuterRef("times_before"),
        meeting__starts_at__gt=at,
        meeting__began_on__isnull=True,
    )
    left = elsewhere.filter(meeting__starts_at__gt=meeting.starts_at).exclude(outcome=Outcome.WAITS)
    went = AgendaItem.objects.filter(meeting=meeting, outcome=Outcome.POSTPONED)
    return went.filter(Exists(waits), ~Exists(left.exclude(meeting__state=Meeting.State.CALLED_OFF)))


def meetings_after(meeting: Meeting) -> MeetingQuerySet:
    """The programme's meetings on days after the one on which the group meets: a meeting held early may have some before its planned day."""
    later = Meeting.objects.filter(programme=meeting.programme_id, starts_at__date__gt=meeting.met_on)
    return later.exclude(pk=meeting.pk)


def programmes_met_by(who: Who) -> QuerySet[Programme]:
    """The programmes whose case meetings *who* is of: the coordinator's own, a representative's by the contact list."""
    if who.role == Role.COORDINATOR:
        own = who.programme_id
        return Programme.objects.filter(pk=own) if own else Programme.objects.none()
    if who.role == Role.REPRESENTATIVE:
        return Programme.objects.filter(contacts__unit=who.unit_id).distinct()
    return Programme.objects.none()


def meetings_of(who: Who) -> MeetingQuerySet:
    """The meetings *who* is of. Carries nobody; the cases on the agenda are opened by their own grounds."""
    return Meeting.objects.filter(programme__in=programmes_met_by(who))


def meeting_words(meeting: Meeting) -> str:
    """tors 2026-11-19 kl. 09:00, and the holiday or eve it falls on."""
    starts = timezone.localtime(meeting.starts_at)
    day = mark(starts.date())
    holiday = day.holiday or day.eve
    return f"{weekday_iso(starts)} kl. {starts:%H:%M}{f' ({holiday})' if holiday else ''}"


def group_of(programme: Programme, today: date) -> list[Membership]:
    """The collaboration team: the listed units' representatives and the coordinator. One statement."""
    return members_of_group(programme.pk, today)


@remembered
def members_of_group(programme_id: UUID, today: date) -> QuerySet[Membership]:
    listed = Q(role=Role.REPRESENTATIVE, unit__contacts__programme=programme_id)
    return (
        Membership.objects.at(today)
        .filter(listed | Q(role=Role.COORDINATOR, programme=programme_id))
        .select_related("user", "unit__agency")
        .order_by("unit__agency__name", "unit__name", "user__name")
        .distinct()
    )


def present_at() -> ArraySubquery:
    """For annotating meetings: who is present, or was to the end, as ``[{user, name, unit}]``."""
    rows = Attendee.objects.here().filter(meeting=OuterRef("pk")).order_by("user__name")
    return ArraySubquery(rows.values(json=JSONObject(user="user_id", name="user__name", unit="unit_id")))


def living_parties(case_ids: Iterable[UUID], today: date) -> list[Party]:
    """The living consents' grounds in several cases, with unit and agency. One statement, none for no cases."""
    ids = list(case_ids)
    if not ids:
        return []
    living_ones = [party for party in consented(ids) if holds(party, today)]
    return sorted(living_ones, key=lambda p: (p.unit.agency.name, p.unit.name) if p.unit else ("", ""))


def asked(parties: Iterable[Party], case: Case) -> list[Party]:
    """The parties asked what they know: not the referring unit, nor the programme team. One row per unit (S6)."""
    own = (case.referring_unit_id, case.programme.team_id)
    by_unit = {party.unit_id: party for party in parties if party.case_id == case.pk and party.unit_id not in own}
    return list(by_unit.values())


def answers_at(today: date) -> ArraySubquery:
    """For annotating meetings: each party asked what it knows of what waits there, as ``[{case, unit, answer}]``.

    Those that ``asked`` has, of rows not loaded; a party with an old and a new consent stands there twice, the new one last.
    """
    waiting = undecided().filter(meeting=OuterRef(OuterRef("pk")))
    parties = Party.objects.filter(living(today), case__in=waiting.values("case_id"))
    others = parties.exclude(unit=F("case__referring_unit")).exclude(unit=F("case__programme__team"))
    one = JSONObject(case="case_id", unit="unit_id", answer="answer")
    return ArraySubquery(others.order_by("valid_from", "pk").values(json=one))


def answered_of_asked(rows: list[dict[str, str]]) -> tuple[int, int]:
    """Of ``answers_at``: in how many cases and consultations everybody asked has answered, and in how many somebody is (S6)."""
    answers = {(row["case"], row["unit"]): row["answer"] for row in rows}
    waits = {case for (case, _), answer in answers.items() if not answer}
    all_of_them = {case for case, _ in answers}
    return len(all_of_them - waits), len(all_of_them)


def unanswered_parties(case: Case, today: date) -> list[Party]:
    """The asked parties that have not answered. One statement."""
    return [party for party in asked(living_parties([case.pk], today), case) if not party.answer]


def receivers(parties: Iterable[Party], category: str, unit_id: UUID | None) -> list[Party]:
    """Whom a living consent lets read *category*, other than the unit that holds it. One row per unit."""
    by_unit = {p.unit_id: p for p in parties if category in p.categories and p.unit_id != unit_id}
    return list(by_unit.values())


@remembered
def written_by(case_id: UUID, unit_id: UUID) -> QuerySet[Knowledge]:
    """Every row of what a unit knows, also one that is empty again."""
    return Knowledge.objects.filter(case=case_id, author_unit=unit_id)


def gives_out(case: Case, unit_id: UUID | None) -> bool:
    """Whether anything of what a unit knows is disclosed. One statement."""
    rows = Knowledge.objects.filter(case=case, author_unit=unit_id, disclosed_at__isnull=False)
    return rows.exclude(text="").exists()


def disclosed_in(case: Case, reads: Iterable[str], unit_id: UUID | None) -> list[Knowledge]:
    """What has been disclosed to the case and one may read: by category, or because one's unit wrote it (W1).

    Two lines of defence: these conditions, and the wall's policy. One statement.
    """
    mine_or_shared = Q(category__in=list(reads)) | Q(author_unit=unit_id)
    rows = Knowledge.objects.filter(mine_or_shared, case=case, disclosed_at__isnull=False).exclude(text="")
    return list(rows.select_related("author_unit__agency", "disclosed_by").order_by("category", "disclosed_at"))


@remembered
def hand_ins(case_id: UUID, unit_id: UUID, *, reads: tuple[str, ...]) -> QuerySet[Any]:
    """Who disclosed what to the case and when, without its text: what one may read, as ``disclosed_in``; with ``by_name``."""
    mine_or_shared = Q(category__in=reads) | Q(author_unit=unit_id)
    rows = Knowledge.objects.filter(mine_or_shared, case=case_id, disclosed_at__isnull=False).exclude(text="")
    named = rows.annotate(by_name=F("disclosed_by__name"))
    return named.only("category", "disclosed_at").order_by("disclosed_at")


def latest_decision(case: Case) -> Decision | None:
    """What the group last gave in the case, postponing aside; None where there is none, or no ground to read it."""
    return decisions_of.first(case.pk)


@remembered
def decisions_of(case_id: UUID) -> QuerySet[Decision]:
    given = Decision.objects.filter(case=case_id).exclude(which=Decision.Which.LATER)
    return given.select_related("meeting", "responsible").order_by("-decided_at")[:1]
