"""The worker's jobs that move cases: the next in the queue is asked, and each day settles what has passed.

Each does what is due and nothing twice: a job that runs again finds nothing left to do.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from procrastinate.contrib.django import app

from knutpunkten.access.who import system
from knutpunkten.cases.models import CLOSED_STATES, Case, Party, State, Turn
from knutpunkten.cases.rules import living
from knutpunkten.desk import consent_ends
from knutpunkten.desk.withdrawal_call import WITHDRAWN_JOB
from knutpunkten.meetings.actions import FOLLOW_JOB, plan_meetings
from knutpunkten.meetings.rules import undecided
from knutpunkten.notices.actions import tell
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.leaving import LEAVING_JOB
from knutpunkten.organisations.models import Membership, Programme, Role
from knutpunkten.queue.actions import OFFER_JOB, set_places
from knutpunkten.queue.rules import free_places, next_to_offer
from knutpunkten.routine import engine, leaving
from knutpunkten.visits.actions import plan_slots

AHEAD = timedelta(days=550)  # about eighteen months
REMINDED_FOR = timedelta(days=14)  # an older one is the coordinator's to take up, not the mail's


@app.task(name=OFFER_JOB)
def offer_next_place(programme_id: str) -> None:
    """A place became free, or the setting gives more: ask those who stand first, as many as there are places (S8)."""
    offer_places(UUID(programme_id), timezone.now())


@app.periodic(cron="20 3 * * *")
@app.task(name="settle_day", lock="settle_day", queueing_lock="settle_day")
def settle_day(timestamp: int) -> None:
    """Each night. *timestamp* is the minute it was meant for; what is due is judged by the clock."""
    settle(timezone.now())


@app.task(name=WITHDRAWN_JOB)
def settle_withdrawn() -> None:
    """A consent was taken back by somebody who could not see the case: say whose turn it is now."""
    at = timezone.now()
    for case_id in to_refresh(at):
        engine.refresh(case_id, at=at)


@app.task(name=FOLLOW_JOB)
def settle_meetings() -> None:
    """A meeting has another day or is called off: what its coordinator does not see follows it at once."""
    follow_meetings(timezone.now())


@app.task(name=LEAVING_JOB)
def settle_leaving() -> None:
    """A membership has changed: what was theirs who left goes to whoever hands it on."""
    hand_to_those_who_hand_on(timezone.now())


def hand_to_those_who_hand_on(at: datetime) -> int:
    """Settle the cases whose caseworker or supervisor has left, or come back, and tell who hands on; how many."""
    found = leaving.to_settle(timezone.localdate(at))
    for case_id in found:
        with transaction.atomic():
            engine.refresh(case_id, at=at)
            for turn in Turn.objects.filter(case=case_id, step__in=leaving.HANDING_ON, since=at).select_related("case"):
                tell(waited_for(turn, at), event="to_hand_on", case=turn.case, at=at)
    return len(found)


def settle(at: datetime) -> None:
    """What a new day brings: turns that change, times ahead, free places, reminders, consents that end."""
    hand_to_those_who_hand_on(at)
    for case_id in to_refresh(at):
        engine.refresh(case_id, at=at)
    follow_meetings(at)
    until = timezone.localdate(at) + AHEAD
    for programme in Programme.objects.order_by("name"):
        plan_meetings(programme, until, at)
        plan_slots(programme, until, at)
        offer_places(programme.pk, at)
    remind(at)
    consent_ends.warn(at)


def follow_meetings(at: datetime) -> None:
    """A meeting was moved or called off, or a case put off from it, by a coordinator who does not see every case on it.

    Those follow too, each by itself. Not where the group has met before the planned day: that moves nothing.
    """
    item = undecided().filter(case_id=OuterRef("pk")).order_by("-meeting__starts_at")
    planned, began = (Subquery(item.values(day)[:1]) for day in ("meeting__starts_at__date", "meeting__began_on"))
    waiting = Case.objects.filter(state=State.ANNOUNCED).annotate(meets_on=planned, met_on=Coalesce(began, planned))
    left = waiting.filter(meets_on__isnull=False).exclude(meeting_on=F("meets_on")).exclude(meeting_on=F("met_on"))
    for case_id in left.order_by("created_at").values_list("pk", flat=True):
        try:
            engine.take(case_id, "move_meeting", by=system(), at=at)
        except engine.Refused:  # somebody was first
            continue


def offer_places(programme_id: UUID, at: datetime) -> int:
    """Offer every free place to the next in the queue; how many were offered. Each is its own transaction."""
    programme = Programme.objects.get(pk=programme_id)
    set_places(programme, at)
    offered = 0
    while free_places([programme_id]).get(programme_id, 0):
        case_id = next_to_offer(programme, timezone.localdate(at))
        if case_id is None:
            break
        try:
            engine.take(case_id, "offer", by=system(), at=at)
        except engine.Refused:  # somebody was first: what is left is seen anew by whoever comes next
            break
        offered += 1
    return offered


def to_refresh(at: datetime) -> list[UUID]:
    """The open cases whose turn a new day changes.

    A consent has run out, been taken back or begun, or one party's part in it, an offer is overdue, a unit has lost or got
    its representative's account.
    """
    today = timezone.localdate(at)
    told = Turn.objects.filter(case=OuterRef("pk"), step="accept", role=Role.COORDINATOR)
    grounds = Party.objects.filter(living(today), case=OuterRef("pk"))
    ran_out = Q(consent_until__lt=today, consent_lost_at__isnull=True)
    overdue = Q(offered_at__isnull=False, answer_by__lt=today) & ~Exists(told)
    begun = Q(consent_lost_at__isnull=False) & Exists(grounds)
    fell = Q(consent_until__gte=today, consent_lost_at__isnull=True) & ~Exists(grounds)
    found = Case.objects.exclude(state__in=CLOSED_STATES).filter(
        ran_out
        | overdue
        | begun
        | fell
        | team_changed(grounds)
        | asked_changed(grounds, today)
        | Exists(misplaced(today))
    )
    return list(found.order_by("created_at").values_list("pk", flat=True))


def team_changed(grounds: QuerySet[Party]) -> Q:
    """The team's own part has ended or begun, of which the turns do not know yet. *grounds*: the outer case's, living."""
    team = Exists(grounds.filter(unit=OuterRef("programme__team")))
    turns = Turn.objects.filter(case=OuterRef("pk"))
    renews = Q(next_step="sign_consent") | Exists(turns.filter(step="sign_consent"))
    # Where the caseworker has left, whoever hands the case on is waited for instead.
    knows = renews | Exists(turns.filter(step__in=leaving.HANDING_ON))
    stands = Q(handed_over_at__isnull=False, consent_lost_at__isnull=True) & ~Q(state__in=(State.DRAFT, State.RETURNED))
    return stands & Exists(grounds) & (~team & ~knows | team & renews)


def asked_changed(grounds: QuerySet[Party], today: date) -> Q:
    """A party's own time has begun or ended while the meeting waits for its answer, of which the turns do not know yet."""
    asked = Turn.objects.filter(case=OuterRef("case"), step="disclose", unit=OuterRef("unit"))
    manned = Membership.objects.at(today).filter(role=Role.REPRESENTATIVE, unit=OuterRef("unit"), user__is_active=True)
    others = grounds.exclude(unit=OuterRef("referring_unit")).exclude(unit=OuterRef("programme__team"))
    begun = others.filter(~Exists(asked), Exists(manned), answer="")
    parties = Party.objects.filter(living(today), case=OuterRef("case"), unit=OuterRef("unit"))
    over = Turn.objects.filter(~Exists(parties), case=OuterRef("pk"), step="disclose")
    renews = Q(next_step="sign_consent") | Exists(Turn.objects.filter(case=OuterRef("pk"), step="sign_consent"))
    waits = Q(state=State.ANNOUNCED, meeting_on__isnull=False) & ~renews
    return waits & (Exists(begun) | Exists(over))


FOR_A_REPRESENTATIVE = ("announce", "announce_consultation", "give_notice")


def misplaced(today: date) -> QuerySet[Turn]:
    """The outer case's turns that wait for a representative who is gone, or for the coordinator though one has come."""
    manned = Membership.objects.at(today).filter(role=Role.REPRESENTATIVE, user__is_active=True)
    left = Q(role=Role.REPRESENTATIVE) & ~Exists(manned.filter(unit=OuterRef("unit")))
    came = Q(role=Role.COORDINATOR, step__in=FOR_A_REPRESENTATIVE) & Exists(
        manned.filter(unit=OuterRef("case__referring_unit"))
    )
    return Turn.objects.filter(left | came, case=OuterRef("pk"))


@transaction.atomic
def remind(at: datetime) -> int:
    """Remind everybody who is waited for when the day has passed, once for each turn (W3); how many were told."""
    today = timezone.localdate(at)
    late = Turn.objects.filter(due_on__lt=today, due_on__gte=today - REMINDED_FOR).select_related("case")
    told = 0
    for turn in late.order_by("due_on", "pk"):
        readers = waited_for(turn, at) - already_reminded(turn)
        tell(readers, event="reminder", case=turn.case, at=at)
        told += len(readers)
    return told


def waited_for(turn: Turn, at: datetime) -> set[UUID]:
    """The accounts a turn waits for: the one it names, or all with its role in its unit."""
    if turn.user_id:
        return {turn.user_id}
    members = Membership.objects.at(timezone.localdate(at)).filter(
        role=turn.role, unit=turn.unit_id, user__is_active=True
    )
    return set(members.values_list("user", flat=True))


def already_reminded(turn: Turn) -> set[UUID]:
    """Those who have been reminded of the case since the turn fell due."""
    assert turn.due_on is not None
    since = Notice.objects.filter(case_id=turn.case_id, event="reminder", at__date__gt=turn.due_on)
    return set(since.values_list("user", flat=True))
