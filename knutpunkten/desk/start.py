"""The start page: what waits for me first, then what waits for others, then news (ux.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from knutpunkten.access.gates import with_an_account
from knutpunkten.access.request import Request
from knutpunkten.access.who import Who
from knutpunkten.cases.actions import due_date_order
from knutpunkten.cases.called import Named, names_of
from knutpunkten.cases.models import SAID_OF_IT, Section, State, Turn
from knutpunkten.cases.rules import open_to, within_role
from knutpunkten.desk import consent_ends
from knutpunkten.desk.behind import behind
from knutpunkten.desk.late_sub_goals import late_lists
from knutpunkten.desk.leavers import hand_on_tasks, is_handing_on
from knutpunkten.desk.programme_tasks import programme_tasks
from knutpunkten.desk.protected import reader_tasks, readers_awaited
from knutpunkten.desk.start_aside import aside
from knutpunkten.desk.turn_names import waited_for_at_once, with_names
from knutpunkten.desk.unfilled_sessions import unfilled_lists
from knutpunkten.desk.words import and_more, whose
from knutpunkten.notices.rules import latest_notices, meeting_in, words_for
from knutpunkten.organisations.models import Role
from knutpunkten.protection.rules import to_read
from knutpunkten.questions.remembered import remembered
from knutpunkten.routine.leaving import HANDING_ON
from knutpunkten.routine.table import STEPS

AT_MOST = 10
LACKING = 120  # so much of what is lacking stands on the start page; the referral says it all
UNSEEN = Named("Ett ärende")
CLOSING_AHEAD = timedelta(days=30)
# The meeting's steps are one task for the coordinator, not one per case: the meeting's card has it.
AT_THE_MEETING = ("admit", "present")

ELSEWHERE = {
    Role.ASSOCIATION: "figures",
    Role.ADMINISTRATOR: "admin:index",
    Role.REVIEWER: "log_review",
    Role.PARTICIPANT: "own_page",
}


@with_an_account
@require_safe
def start(request: Request) -> HttpResponse:
    who: Who = request.who
    if who.hat is None:
        return HttpResponseRedirect(reverse("hats"))
    if who.hat.role in ELSEWHERE:
        return HttpResponseRedirect(reverse(ELSEWHERE[who.hat.role]))
    now = timezone.now()
    beside = aside(who, now)
    lists = lists_of(who, now, beside)
    context = {
        "today": timezone.localdate(now),
        "greeting": greeting(now),
        "first_name": who.name.partition(" ")[0],
        "tasks": lists.tasks,
        "has_more": lists.has_more,
        "waiting": lists.waiting[:AT_MOST],
        "more_wait": lists.more_wait,
        "news": lists.news,
        "in_line": lists.in_line,
        "can_remind": lists.can_remind,
    }
    return render(request, "desk/start.html", beside | context)


@dataclass(frozen=True)
class Lists:
    """What the start page lists, the most urgent first: what waits for oneself, for others, and what has happened.

    *can_remind*: whether there is anybody among the others whom ``remind.awaited_of`` lists: of a sub-goal one reminds from the plan.
    *in_line*: who stands first in the queue, the days they have waited, and their case.
    """

    tasks: list[dict[str, Any]]
    has_more: bool
    waiting: list[dict[str, Any]]
    more_wait: bool
    can_remind: bool
    news: list[dict[str, Any]]
    in_line: list[tuple[Named, int, UUID | None]]


def lists_of(who: Who, now: datetime, beside: dict[str, Any]) -> Lists:
    """The start page's lists for *who*; *beside*: what stands beside them (``start_aside.aside``).

    At most seven statements, beside what tasks without a case ask.
    """
    today = timezone.localdate(now)
    mine = first_of_mine(who, today, today + CLOSING_AHEAD)
    others = first_of_others(who, today)
    news = latest_notices(who)
    # Of a case that asks for a new consent already, that is the one row.
    asks = {turn.case_id for turn in (*mine, *others) if turn.step == "sign_consent"}
    ending = [one for one in consent_ends.ending(who, today) if one.case_id not in asks]
    late, unfilled = behind(who, today)
    line = beside.get("in_line", [])
    named: tuple[Any, ...] = (*mine, *others, *news, *ending, *late, *line)
    names = names_of({row.case_id for row in named if row.case_id}, who, today)
    sent_back = sent_back_in(mine)
    read = to_read(who)
    tasks = [
        *(task(turn, names, sent_back) for turn in mine[:AT_MOST]),
        *programme_tasks(who, now, beside),
        *hand_on_tasks(who, today),
        *reader_tasks(read, today),
    ]
    awaited = [waiting(turn, names) for turn in others[:AT_MOST]] + readers_awaited(read, today)
    for mine_of_it, others_of_it in (
        consent_ends.renewal_lists(ending, names, who),
        late_lists(late, names, who),
        unfilled_lists(unfilled, who),
    ):
        tasks += mine_of_it
        awaited += others_of_it
    return Lists(
        tasks=sorted(tasks, key=by_due),
        has_more=len(mine) > AT_MOST,
        waiting=sorted(awaited, key=by_due),
        more_wait=len(others) > AT_MOST or len(awaited) > AT_MOST,
        can_remind=any(turn.case_id in names for turn in others),
        news=[news_row(one, names, who) for one in news],
        in_line=[
            (names.get(one.case_id, UNSEEN), (today - timezone.localdate(one.since)).days, one.case_id) for one in line
        ],
    )


def news_row(notice: Any, names: dict[UUID, Named], who: Who) -> dict[str, Any]:
    """A notice as the start page shows it, under the name of its case; one about no case has its own."""
    case_id = notice.case_id
    return {
        "at": notice.at,
        "name": names.get(case_id, Named(notice.number)) if case_id else Named(notice.called),
        "text": words_for(notice, names.get(case_id)).what,
        "case_id": case_id,
        "meeting_id": meeting_in(notice, who),
    }


def by_due(row: dict[str, Any]) -> date:
    """The most urgent first, what has no date last."""
    return row["due"] or date.max


@remembered
def first_of_mine(who: Who, today: date, far: date) -> QuerySet[Turn]:
    return turns_until(who, today, far)[: AT_MOST + 1]


def sent_back_in(turns: Iterable[Turn]) -> dict[UUID, dict[str, Any]]:
    """By case, of the drafts that wait to be handed in: who sent the referral back, and what is asked. One statement or none."""
    drafts = sorted({turn.case_id for turn in turns if turn.step.startswith("hand_over")})
    return {row["case_id"]: row for row in words_sent_back(drafts)} if drafts else {}


@remembered
def words_sent_back(case_ids: list[UUID]) -> QuerySet[Section, Any]:
    """By the representative or the group, since the draft is one again: what was lacking before that has been mended."""
    words = Section.objects.filter(case__among=case_ids, key__in=SAID_OF_IT, case__state=State.DRAFT)
    by = Coalesce(KeyTextTransform("orally_by", "data"), F("saved_by__name"), output_field=TextField())
    lacking = Coalesce(KeyTextTransform("lacking", "data"), KeyTextTransform("what_would_change_it", "data"))
    since = words.filter(saved_at__gte=F("case__state_since"))
    return since.order_by().values("case_id", by=by, lacking=lacking, met_on=KeyTextTransform("meeting_on", "data"))


def turns_until(who: Who, today: date, far: date) -> QuerySet[Turn]:
    """What waits for the one who asks, the most urgent first (W3); an end planned for later than *far* waits for nobody yet.

    What a meeting passed over waits by itself again.
    """
    mine = Q(role=who.role)
    if who.role == Role.CASEWORKER:  # named to answer for their unit, where the person is protected (W5)
        mine |= Q(role=Role.REPRESENTATIVE, is_protected=True) & ~Q(case__referring_unit=who.unit_id)
    turns = Turn.objects.filter(mine, Q(user__isnull=True) | Q(user=who.user_id), open_to(who), unit=who.unit_id)
    at_the_meeting = Q(step__in=AT_THE_MEETING) & (Q(due_on__isnull=True) | Q(due_on__gte=today))
    if is_handing_on(who):
        turns = turns.exclude(step__in=HANDING_ON)  # one row for each who left, not one for each case
    far_ahead = Q(step="close", due_on__gt=far)
    return turns.exclude(at_the_meeting).exclude(far_ahead).order_by(due_date_order(), "since")


@remembered
def first_of_others(who: Who, today: date) -> QuerySet[Turn]:
    turns = with_names(others_turns(who, today), today)
    return turns.annotate(many=waited_for_at_once("case", "step"))[: AT_MOST + 1]


def others_turns(who: Who, today: date) -> QuerySet[Turn]:
    """What waits for somebody else in the cases one keeps together: the foremost turn of each, or the next after one's own.

    The coordinator has every overdue one too, and those where only the status is open (W3).
    """
    kept, own = Q(case__supervisor=who.user_id), Q(role=who.role)
    if who.role == Role.CASEWORKER:
        kept, own = Q(case__caseworker=who.user_id), Q(user=who.user_id)
    elif who.role == Role.COORDINATOR:
        kept = Q(programme=who.programme_id)
    elif who.role == Role.REPRESENTATIVE:
        kept = within_role(who, "case__") & Q(case__referring_unit=who.unit_id)
        own &= Q(unit=who.unit_id)
    after_own = Q(Exists(Turn.objects.filter(own, case=OuterRef("case"), position=0)), position=1)
    listed = Q(position=0) | after_own
    if who.role == Role.COORDINATOR:
        listed |= Q(due_on__lt=today)
    turns = Turn.objects.filter(listed, kept, open_to(who)).exclude(own)
    return turns.select_related("unit__agency").order_by(due_date_order(), "since")


def task(turn: Turn, names: dict[UUID, Named], sent_back: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    """A row of "Väntar på dig"."""
    step = STEPS[turn.step]
    named = names.get(turn.case_id, Named(turn.number))
    url = reverse("case", args=[turn.case_id])
    since = timezone.localdate(turn.since).isoformat()
    title, why = f"{step.what}: {named.name}", f"{turn.number}, sedan {since}."
    said = sent_back.get(turn.case_id) if turn.step.startswith("hand_over") else None
    if said:
        title = f"Komplettera remissen: {named.name}"
        group = f"Gruppen gav återremiss på mötet {said['met_on']}"
        who = group if said["met_on"] else f"{said['by']} skickade tillbaka den {since}"
        why = f"{turn.number}. {who}: {Truncator(said['lacking']).chars(LACKING)}"
    return {
        "title": title,
        "url": url,
        "why": why,
        "due": turn.due_on,
        "action": {"label": step.verb, "url": step_url(turn)},
    }


def step_url(turn: Turn) -> str:
    """Straight to where the step is taken."""
    page = STEPS[turn.step].page
    if turn.step.startswith("hand_over"):
        page = "referral"
    return reverse(page, args=[turn.case_id]) if page else reverse("step", args=[turn.case_id, turn.step])


def waiting(turn: Any, names: dict[UUID, Named]) -> dict[str, Any]:
    """A row of "Väntar på andra"."""
    return {
        "named": names.get(turn.case_id, Named(turn.number)),
        "case_id": turn.case_id,
        "what": STEPS[turn.step].what,
        "who": and_more(whose(turn), turn.many),
        "mark": turn.unit.agency.mark,
        "kind": turn.unit.agency.kind,
        "due": turn.due_on,
    }


def greeting(now: datetime) -> str:
    hour = timezone.localtime(now).hour
    return "God morgon" if hour < 10 else "Hej" if hour < 18 else "God kväll"
