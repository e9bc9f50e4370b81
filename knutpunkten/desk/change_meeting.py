"""An extra meeting is planned; one gets another day, time or place, or is called off, or is held after all.

What stands on it goes with it, and those told of it are told.
"""

from collections import Counter
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case, State
from knutpunkten.cases.move import TooLate
from knutpunkten.meetings import actions
from knutpunkten.meetings.actions import MeetingRefused, lock, lock_as_planned, lock_days_of
from knutpunkten.meetings.forms import HAS_GIVEN, MEETS_THEN, CallOffForm, MeetingForm
from knutpunkten.meetings.gate import meeting_for
from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.meetings.rules import (
    group_of,
    has_given,
    meeting_after_this,
    meeting_words,
    planned_on,
    programmes_met_by,
    undecided,
)
from knutpunkten.meetings.shown import cases_seen
from knutpunkten.notices.actions import OfDay, tell
from knutpunkten.organisations.models import Membership, Programme
from knutpunkten.routine import engine
from knutpunkten.ui.dates import weekday_iso
from knutpunkten.ui.enumerations import amount_in_words

NO_NEXT = "Det finns inget senare möte att ta upp ärendena på. Flytta mötet till en annan dag, eller planera ett möte till först."
OVERTAKEN = "Något har hänt i ett av ärendena under tiden, så inget är ändrat. Se dagordningen och försök igen."


@allowed(Permission.RUN_MEETING)
def new_meeting(request: Request) -> HttpResponse:
    """A meeting more than the programme's rule gives."""
    programme = programmes_met_by(request.who).first()
    if programme is None:
        raise deny(request, None)
    form = MeetingForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid():
        try:
            made = plan(programme, form.cleaned_data, by=request.who, at=timezone.now())
        except MeetingRefused as refusal:
            messages.warning(request, refusal.sentence)
            return HttpResponseRedirect(reverse("meetings"))
        messages.success(request, "Mötet är planerat. De som ska vara med har fått veta det.")
        return HttpResponseRedirect(reverse("agenda", args=[made.pk]))
    context = {
        "form": form,
        "heading": "Planera ett möte till",
        "here": "Planera ett möte till",
        "lead": "Ett ärendemöte utöver dem som insatsens inställningar ger. De som ska vara med får veta det.",
        "submit": "Planera mötet",
        "back_url": reverse("meetings"),
    }
    return render(request, "desk/meeting_form.html", context)


@allowed(Permission.RUN_MEETING)
def change_meeting(request: Request, meeting_id: UUID) -> HttpResponse:
    """Another day, time or place for the meeting."""
    meeting = meeting_for(request, meeting_id, Permission.RUN_MEETING)
    form = MeetingForm(request.POST or None, programme=meeting.programme, meeting=meeting)
    if meeting.is_over:
        return refused(request, meeting, meeting.over_words)
    if request.method == "POST" and form.is_valid():
        try:
            is_changed = move(meeting, form.cleaned_data, by=request.who, at=timezone.now())
        except MeetingRefused as refusal:
            return refused(request, meeting, refusal.sentence)
        if is_changed:
            messages.success(request, "Mötet är ändrat. De som ska vara med har fått veta det.")
        else:
            messages.info(request, "Inget är ändrat.")
        return HttpResponseRedirect(reverse("agenda", args=[meeting_id]))
    context = {
        "form": form,
        "meeting": meeting,
        "here": "Ändra mötet",
        "heading": f"Ändra mötet {weekday_iso(timezone.localtime(meeting.starts_at))}",
        "lead": "Det som står på dagordningen följer med till den nya dagen. De som ska vara med får veta det.",
        "back_url": reverse("agenda", args=[meeting_id]),
    }
    return render(request, "desk/meeting_form.html", context)


@allowed(Permission.RUN_MEETING)
def call_off_meeting(request: Request, meeting_id: UUID) -> HttpResponse:
    """The meeting will not be: what stands on it is taken up at the next one."""
    meeting = meeting_for(request, meeting_id, Permission.RUN_MEETING)
    now = timezone.now()
    has_items, following = is_waited_for(meeting), meeting_after_this(meeting, now)
    why_not = why_not_off(meeting, has_items=has_items, following=following)
    if why_not:
        return refused(request, meeting, why_not)
    form = CallOffForm(request.POST if request.method == "POST" else None, meeting=meeting, has_items=has_items)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            call_off(meeting, reason=data.get("reason", ""), seen=data["seen"], by=request.who, at=now)
        except MeetingRefused as refusal:
            return refused(request, meeting, refusal.sentence)
        went_to = (
            f" Det som stod på dagordningen tas upp {meeting_words(following)}." if has_items and following else ""
        )
        messages.success(request, f"Mötet är inställt. De som skulle vara med har fått veta det.{went_to}")
        return HttpResponseRedirect(reverse("agenda", args=[meeting_id]))
    context = {
        "form": form,
        "meeting": meeting,
        "here": "Ställ in mötet",
        "heading": f"Ställ in mötet {weekday_iso(timezone.localtime(meeting.starts_at))}",
        "lead": f"Det som står på dagordningen tas upp på nästa möte, {meeting_words(following)}."
        if has_items and following
        else "Inget väntar på dagordningen.",
        "submit": "Ställ in mötet",
        "back_url": reverse("agenda", args=[meeting_id]),
    }
    return render(request, "desk/meeting_form.html", context)


@require_POST
@allowed(Permission.RUN_MEETING)
def restore_meeting(request: Request, meeting_id: UUID) -> HttpResponse:
    """It was called off by mistake: it will be after all."""
    meeting = meeting_for(request, meeting_id, Permission.RUN_MEETING)
    try:
        back = restore(meeting, by=request.who, at=timezone.now())
    except MeetingRefused as refusal:
        return refused(request, meeting, refusal.sentence)
    messages.success(request, f"Mötet blir av. De som ska vara med har fått veta det.{back_words(back)}")
    return HttpResponseRedirect(reverse("agenda", args=[meeting_id]))


def back_words(back: int) -> str:
    """What has come back to the agenda of a meeting that will be after all, in a sentence of its own."""
    if not back:
        return ""
    items = "punkt" if back == 1 else "punkter"
    return f" {amount_in_words(back)} {items} är tillbaka på dagordningen. Lägg fast den igen, om den var lagd."


def refused(request: Request, meeting: Meeting, sentence: str) -> HttpResponse:
    messages.warning(request, sentence)
    return HttpResponseRedirect(reverse("agenda", args=[meeting.pk]))


def is_waited_for(meeting: Meeting) -> bool:
    """Whether anything stands on the meeting that has not got what it waits for."""
    return AgendaItem.objects.filter(meeting=meeting, outcome=AgendaItem.Outcome.WAITS).exists()


def why_not_off(meeting: Meeting, *, has_items: bool, following: Meeting | None) -> str:
    """Why the meeting cannot be called off, in a sentence; empty if it can."""
    if meeting.is_over:
        return meeting.over_words
    if has_given(meeting):
        return HAS_GIVEN
    return NO_NEXT if has_items and following is None else ""


@transaction.atomic
def plan(programme: Programme, data: dict, *, by: Who, at: datetime) -> Meeting:
    """An extra meeting on the day, time and place of *data* (``MeetingForm``'s). Raises ``MeetingRefused``: nothing is written."""
    lock_days_of(programme.pk)
    starts_at = data["starts_at"]
    if planned_on(programme, timezone.localdate(starts_at)).exists():
        raise MeetingRefused(f"{MEETS_THEN}.")
    made = actions.plan_extra_meeting(
        programme, starts_at=starts_at, ends_at=data["ends_at"], place=data["place"], by=by, at=at
    )
    tell_group(group_told(made, at), made, "meeting_planned", [], by=by, at=at)
    return made


@transaction.atomic
def restore(meeting: Meeting, *, by: Who, at: datetime) -> int:
    """A meeting that was called off will be after all; how many items come back to it. Raises ``MeetingRefused``: nothing is written."""
    meeting = lock(meeting)
    if not meeting.is_called_off:
        raise MeetingRefused("Mötet är inte inställt. Så här står det nu.")
    if not meeting.may_be_restored(at):
        raise MeetingRefused("Mötets tid har varit. Planera ett möte till i stället.")
    if planned_on(meeting.programme, meeting.planned_on).exists():
        raise MeetingRefused("Insatsen har redan ett annat möte den dagen.")
    back = actions.restore_meeting(meeting, by=by, at=at)
    group = group_told(meeting, at)
    cases = [case for case in waiting_cases(meeting, by, at) if case.meeting_on != meeting.planned_on]
    for case in cases:
        take(case, "move_meeting", {"is_restored": True}, group=group, by=by, at=at)
    tell_group(group, meeting, "meeting_restored", cases, by=by, at=at)
    return back


@transaction.atomic
def move(meeting: Meeting, data: dict, *, by: Who, at: datetime) -> bool:
    """Give the meeting the day, time and place of *data* (``MeetingForm``'s); whether that is anything new, and so told.

    Raises ``MeetingRefused``: nothing is written.
    """
    meeting = lock_as_planned(meeting, data["seen"])
    starts_at = data["starts_at"]
    day = timezone.localdate(starts_at)
    day_before = meeting.planned_on
    has_new_day = day != day_before
    if has_new_day and has_given(meeting):
        raise MeetingRefused(HAS_GIVEN)
    if has_new_day and planned_on(meeting.programme, day).exists():
        raise MeetingRefused(f"{MEETS_THEN}.")
    if (starts_at, data["ends_at"], data["place"]) == (meeting.starts_at, meeting.ends_at, meeting.place):
        return False
    actions.change_meeting(meeting, starts_at=starts_at, ends_at=data["ends_at"], place=data["place"], by=by, at=at)
    cases = waiting_cases(meeting, by, at)
    group = group_told(meeting, at)
    if has_new_day:
        for case in cases:
            if case.meeting_on == day:
                continue  # the group had begun before the planned day, and that is the day it is moved to
            take(case, "move_meeting", {}, group=group, by=by, at=at)
        tell_group(group, meeting, "meeting_moved", cases, by=by, at=at, day_before=day_before)
    else:
        presenting = {case.caseworker_id for case in cases if case.is_consultation}
        told = {member.user_id for member in group} | presenting
        tell(told - {by.user_id}, event="meeting_changed", case=of_meeting(meeting), at=at)
    return True


@transaction.atomic
def call_off(meeting: Meeting, *, reason: str, seen: str, by: Who, at: datetime) -> None:
    """Call the meeting off; each case is put off to the next one. Raises ``MeetingRefused``: nothing is written."""
    meeting = lock_as_planned(meeting, seen)
    following = meeting_after_this(meeting, at)
    why_not = why_not_off(meeting, has_items=is_waited_for(meeting), following=following)
    if why_not:
        raise MeetingRefused(why_not)
    cases = waiting_cases(meeting, by, at)
    group = group_told(meeting, at)
    why = f"Mötet {timezone.localdate(meeting.starts_at)} är inställt. {reason}"
    for case in cases:
        data = {"meeting": following, "reason": why, "is_called_off": True}
        take(case, "postpone", data, group=group, by=by, at=at)
    try:
        actions.call_off_meeting(meeting, following, reason=reason, by=by, at=at)
    except TooLate:
        raise MeetingRefused(OVERTAKEN) from None
    tell_group(group, meeting, "meeting_called_off", cases, by=by, at=at)


def of_meeting(meeting: Meeting, day_before: date | None = None, own: int = 0) -> OfDay:
    """What a notice of the meeting says of it: whose it is, when, from which day it was moved, and with how many of one's cases."""
    when = meeting_words(meeting)
    if day_before:
        when = f"från {weekday_iso(day_before)} till {when}"
    if own:
        when = f"{when}, med {'ett' if own == 1 else amount_in_words(own).lower()} av era ärenden"
    return OfDay(meeting.starts_at, f"{meeting.programme.name}, {when}", meeting.pk)


def waiting_cases(meeting: Meeting, by: Who, at: datetime) -> list[Case]:
    """The cases that wait for what the meeting gives and that the coordinator sees; the others follow at night (``jobs``)."""
    items = undecided().filter(meeting=meeting)
    return [case for case in cases_seen(by, items, timezone.localdate(at)).values() if case.state == State.ANNOUNCED]


def take(case: Case, step: str, data: dict, *, group: list[Membership], by: Who, at: datetime) -> None:
    """The step in a case as it was seen: one that has moved since stops the whole change.

    The *group* is told once of the meeting and not of each case there; of a protected person's, its readers are (W5).
    """
    told = set() if case.is_protected else {member.user_id for member in group}
    try:
        engine.take(case.pk, step, by=by, at=at, version=case.version, data=data, told_otherwise=told)
    except engine.Refused:
        raise MeetingRefused(OVERTAKEN) from None


def group_told(meeting: Meeting, at: datetime) -> list[Membership]:
    """Who is told of the meeting. One statement."""
    return group_of(meeting.programme, timezone.localdate(at))


def tell_group(
    group: list[Membership],
    meeting: Meeting,
    event: str,
    cases: list[Case],
    *,
    by: Who,
    at: datetime,
    day_before: date | None = None,
) -> None:
    """Tell the *group* of the meeting, each with how many of *cases* their unit is a party of."""
    parts = Counter(unit for case in cases if not case.is_protected for unit in case.party_units)  # type: ignore[attr-defined]
    parts.pop(meeting.programme.team_id, None)
    own: dict[UUID, int] = {}
    for member in group:
        own[member.user_id] = max(own.get(member.user_id, 0), parts[member.unit_id])
    own.pop(by.user_id, None)
    for count in sorted({*own.values()}):
        told = [user for user, many in own.items() if many == count]
        tell(told, event=event, case=of_meeting(meeting, day_before, count), at=at)
