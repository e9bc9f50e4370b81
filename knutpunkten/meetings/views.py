"""The meetings and their agendas, before the meeting. Meeting mode itself stands at the desk."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.meetings import actions
from knutpunkten.meetings.gate import meeting_for
from knutpunkten.meetings.models import MET_ON, AgendaItem, Meeting
from knutpunkten.meetings.rules import GIVEN, SHOWN, is_by_rule, meetings_of
from knutpunkten.meetings.shown import (
    agenda_rows,
    answers_in,
    by_purpose,
    cases_seen,
    hand_in,
    outermost,
    presence_at,
    put_off_to,
    unread_in,
    without_consent_in,
)
from knutpunkten.organisations.calendar import free_day, mark

GONE = (AgendaItem.Outcome.WITHDRAWN, AgendaItem.Outcome.POSTPONED)


@allowed(Permission.ATTEND_MEETING)
@require_safe
def meetings(request: Request) -> HttpResponse:
    """The group's meetings: the next first, those past, or held before the planned day, below.

    One that is called off keeps its place until its time has been: whoever looks for the day finds that it will not be.
    """
    now = timezone.now()
    # What was put off from a meeting not held, as when it was called off, stands on another's agenda alone.
    gone = Q(items__outcome=AgendaItem.Outcome.POSTPONED) & ~Q(state=Meeting.State.HELD)
    standing = ~Q(items__outcome=AgendaItem.Outcome.WITHDRAWN) & ~gone
    rows = (
        meetings_of(request.who)
        .select_related("programme")
        .annotate(
            cases=Count("items", filter=standing & Q(items__purpose=AgendaItem.Purpose.DECIDE)),
            consultations=Count("items", filter=standing & Q(items__purpose=AgendaItem.Purpose.CONSULT)),
            announcements=Count("items", filter=standing & Q(items__purpose=AgendaItem.Purpose.ANNOUNCE)),
        )
    )
    been = Q(ends_at__lte=now) | Q(state=Meeting.State.HELD)
    ahead = list(rows.exclude(been).order_by(MET_ON, "starts_at", "programme__name")[:SHOWN])
    past = list(rows.filter(been).order_by("-starts_at", "programme__name")[:SHOWN])
    to_be_held = [m for m in ahead if not m.is_called_off]
    # The same people sit in several groups, which may meet on one day: all that day's meetings stand first.
    next_day = [m for m in to_be_held if on_same_day(m, to_be_held[0])]
    context = {
        "next": [(meeting, holiday_by_rule(meeting)) for meeting in next_day],
        "ahead": [(meeting, holiday_on(meeting)) for meeting in ahead if meeting not in next_day],
        "past": past,
        "runs": request.who.may(Permission.RUN_MEETING),
        "today": timezone.localdate(now),
        "several": len({meeting.programme_id for meeting in ahead + past}) > 1,
        "hand_in": hand_in(meeting.programme for meeting in ahead + past),
    }
    return render(request, "meetings/meetings.html", context)


def on_same_day(one: Meeting, other: Meeting) -> bool:
    return one.met_on == other.met_on


def holiday_on(meeting: Meeting) -> str:
    """The holiday or eve the meeting falls on: nothing is moved silently, the coordinator decides (facts.md)."""
    day = mark(timezone.localdate(meeting.starts_at))
    return day.holiday or day.eve or ""


def holiday_by_rule(meeting: Meeting) -> str:
    """The same, where the settings chose the day: one that the coordinator chose, they have been asked about already."""
    return holiday_on(meeting) if is_by_rule(meeting) else ""


@allowed(Permission.ATTEND_MEETING)
@require_safe
def agenda(request: Request, meeting_id: UUID) -> HttpResponse:
    """One meeting's agenda: consultations first, times, who has answered; the coordinator orders and sets it.

    When it is held: what was given, and who was there.
    """
    meeting = meeting_for(request, meeting_id, Permission.ATTEND_MEETING)
    today = timezone.localdate()
    items = list(AgendaItem.objects.filter(meeting=meeting))
    cases = cases_seen(request.who, items, today)
    presence = presence_at(meeting, items, cases) if meeting.state == Meeting.State.HELD else None
    answers, unread = answers_in(cases.values(), request.who, today), unread_in(request.who, items, cases)
    runs = request.who.may(Permission.RUN_MEETING)
    rows = agenda_rows(
        meeting,
        items,
        cases,
        answers=answers,
        unread=unread,
        without_consent=without_consent_in(request.who, items, cases),
        presence=presence,
        put_off=put_off_to(meeting, [item for item in items if runs or item.case_id in cases]),
    )
    standing = [row for row in rows if row.item]
    waits = [
        row for row in standing if row.item and row.item.purpose == AgendaItem.Purpose.DECIDE and not row.is_settled
    ]
    firsts, lasts = outermost(rows)
    context = {
        "meeting": meeting,
        "today": today,
        "sections": by_purpose(rows),
        "is_empty": not standing,
        "has_agenda": not all(row.is_put_off for row in standing),
        "firsts": firsts,
        "lasts": lasts,
        "presence": presence,
        "runs": runs,
        "may_be_restored": meeting.may_be_restored(timezone.now()),
        "holiday": free_day(meeting.planned_on) if holiday_by_rule(meeting) and not meeting.is_over else "",
        "has_given": any(item.outcome in GIVEN for item in items),
        # Those whose referral the parties cannot read yet: before the agenda is set, or come to it since.
        "not_up": [row for row in waits if row.case and row.case.on_agenda_at is None],
        "late": [row for row in waits if row.answers and row.answers.waits],
    }
    return render(request, "meetings/agenda.html", context)


@require_POST
@allowed(Permission.RUN_MEETING)
def order_agenda(request: Request, meeting_id: UUID) -> HttpResponse:
    """Take one item up or down."""
    meeting = meeting_for(request, meeting_id, Permission.RUN_MEETING)
    try:
        item_id = UUID(request.POST.get("item", ""))
    except ValueError:
        raise deny(request, None) from None
    item = AgendaItem.objects.filter(meeting=meeting, pk=item_id).first()
    if meeting.is_over or item is None or item.outcome in GONE:
        messages.error(request, "Punkten står inte längre på dagordningen.")
    else:
        actions.move_item(item, up=request.POST.get("way") == "up", by=request.who, at=timezone.now())
    return HttpResponseRedirect(reverse("agenda", args=[meeting_id]))
