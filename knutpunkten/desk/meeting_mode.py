"""Meeting mode: one case a screen, and what the group gives (S7, K5). What it shows stands in ``meeting_page``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.db.models.lookups import Exact
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from knutpunkten.access.denials import deny, had_it_open
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.models import Case
from knutpunkten.cases.move import TooLate
from knutpunkten.cases.rules import visible_to
from knutpunkten.desk.change_meeting import waiting_cases
from knutpunkten.desk.meeting_bar import STEP_OF, Bar, ConsultationBar, DecisionBar, fields_asked
from knutpunkten.desk.meeting_page import Sitting, case_context, sitting_for
from knutpunkten.meetings import actions
from knutpunkten.meetings.forms import MeetingAttendanceForm
from knutpunkten.meetings.gate import meeting_for
from knutpunkten.meetings.models import AgendaItem, Attendee, Meeting
from knutpunkten.meetings.rules import group_of, meeting_words
from knutpunkten.meetings.shown import cases_seen, unread_in, without_consent_in
from knutpunkten.protection.rules import ToRead
from knutpunkten.routine import engine
from knutpunkten.routine.table import STEPS
from knutpunkten.routine.views import is_stale, seen_version
from knutpunkten.ui.enumerations import enumeration

GIVEN = {
    "admit": "plats",
    "queue": "kö",
    "return": "återremiss",
    "postpone": "nästa möte",
    "present": "presenterad",
}
NO_LATER = "Det finns inget senare möte att ta upp ärendet på. Utse läsare, eller planera ett möte till."
OWN_SCREEN = "?skarm=egen"  # of a case's page: the coordinator looks at it on a screen of their own


@allowed(Permission.ATTEND_MEETING)
@require_safe
def meeting_of_case(request: Request, case_id: UUID) -> HttpResponse:
    """From a case to meeting mode of the meeting it stands on, the latest if several."""
    if not visible_to(request.who, timezone.localdate()).filter(pk=case_id).exists():
        raise deny(request, case_id)
    items = AgendaItem.objects.filter(case_id=case_id).exclude(purpose=AgendaItem.Purpose.ANNOUNCE)
    waits_first = Exact(F("outcome"), AgendaItem.Outcome.WAITS).desc()
    # Where it waits, before where it has been: a meeting called off can lie later than the one its cases went to.
    item = items.exclude(outcome=AgendaItem.Outcome.WITHDRAWN).order_by(waits_first, "-meeting__starts_at").first()
    if item is None:
        messages.info(request, "Ärendet står inte på någon dagordning.")
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    return HttpResponseRedirect(reverse("meeting_case", args=[item.meeting_id, case_id]))


@allowed(Permission.ATTEND_MEETING)
@require_safe
def meeting_mode(request: Request, meeting_id: UUID) -> HttpResponse:
    """The first item that waits; when none does, what the meeting gave, and its end."""
    sitting = sitting_for(request, meeting_id, None, own_screen=is_own_screen(request))
    waiting = sitting.first_waiting
    if waiting is not None:
        return HttpResponseRedirect(reverse("meeting_case", args=[meeting_id, waiting.case_id]))
    left = left_in(request, sitting)
    return render(request, "desk/meeting_mode_end.html", {"sitting": sitting, "today": sitting.today, "left": left})


def left_in(request: Request, sitting: Sitting) -> list[tuple[AgendaItem, ToRead | None, str]]:
    """What is left that the coordinator does not see, each with what their unit may know of it. At most two statements."""
    if sitting.meeting.is_over:
        return []
    return why_unseen(request.who, sitting.unseen, sitting.cases)


def why_unseen(
    who: Who, items: Sequence[AgendaItem], cases: dict[UUID, Case]
) -> list[tuple[AgendaItem, ToRead | None, str]]:
    """Each of *items* not among the *cases* seen: whom the unit may name to read it, and what it waits for without a consent."""
    unread, without_consent = unread_in(who, items, cases), without_consent_in(who, items, cases)
    return [(item, unread.get(item.case_id), without_consent.get(item.case_id, "")) for item in items]


@allowed(Permission.ATTEND_MEETING)
def meeting_case(request: Request, meeting_id: UUID, case_id: UUID) -> HttpResponse:
    """One case of the meeting. Without a ground: its number, and nothing more."""
    sitting = sitting_for(request, meeting_id, case_id, own_screen=is_own_screen(request))
    if sitting.item is None:
        raise deny(request, case_id)
    if case_id not in sitting.cases:
        return unseen_case(request, sitting, sitting.item)
    opened = case_for(request, case_id, Permission.ATTEND_MEETING, read="meeting")
    context = case_context(opened, sitting)
    if sitting.runs and not sitting.is_settled(opened):
        bar = bar_for(opened, sitting, context, request)
        if request.method == "POST":
            answer = decide(request, sitting, opened, bar)
            if answer is not None:
                return answer
        context["bar"] = bar
        # The bar names caseworker and parties. What somebody just typed is shown again all the same.
        context["hides_bar"] = context["by_number"] and request.method == "GET"
    elif request.method == "POST":
        context |= {"is_too_late": True, "chosen": chosen_in(request), "fields": fields_asked(sitting.item)}
    return render(request, "desk/meeting_mode.html", context, status=409 if "is_too_late" in context else 200)


def unseen_case(request: Request, sitting: Sitting, item: AgendaItem) -> HttpResponse:
    """The case by its number, and why. Sent from a page where it was open a while ago: that nothing is saved, with the words."""
    [(_, unread, without_consent)] = why_unseen(request.who, [item], sitting.cases)
    context = {"sitting": sitting, "today": sitting.today, "unread": unread, "without_consent": without_consent}
    if request.method != "POST":
        return render(request, "desk/meeting_mode.html", context)
    denial = deny(request, item.case_id)
    if not had_it_open(item.case_id):
        raise denial
    context |= {"is_closed_meanwhile": True, "chosen": chosen_in(request), "fields": fields_asked(item)}
    return render(request, "desk/meeting_mode.html", context, status=409)


def chosen_in(request: Request) -> str:
    """The besked that was chosen in what was sent; empty if none was."""
    return GIVEN.get(STEP_OF.get(request.POST.get("decision", ""), ""), "")


def bar_for(opened: OpenCase, sitting: Sitting, context: dict, request: Request) -> Bar:
    kind = ConsultationBar if opened.case.is_consultation else DecisionBar
    return kind(opened, sitting, context["facts"], request.POST if request.method == "POST" else None)


def decide(request: Request, sitting: Sitting, opened: OpenCase, bar: Bar) -> HttpResponse | None:
    """Take the chosen step; None when the page is to be shown again with what to mend."""
    step = STEP_OF.get(request.POST.get("decision", ""))
    form = bar.step_form(step)
    if step is None or (form is not None and not form.is_valid()):
        if step and is_stale(request, opened, STEPS[step]):
            bar.overtake(step, opened.case)
        return None
    now = timezone.now()
    data = form.cleaned_data if isinstance(form, Form) else {}
    try:
        engine.take(opened.case.pk, step, by=request.who, at=now, version=seen_version(request), data=data)
    except engine.Overtaken as overtaken:
        bar.overtake(step, overtaken.case)
        return None
    except engine.NotYet as refusal:
        bar.refuse(refusal.choice)
        return None
    except engine.NotYours:
        raise deny(request, opened.case.pk, closed_meanwhile=True) from None
    messages.success(request, receipt(step, sitting.cases[opened.case.pk], sitting))
    return HttpResponseRedirect(where_to(sitting, opened, step))


def receipt(step: str, case: Case, sitting: Sitting) -> str:
    """What was given; as the room may read it where the next page is on its screen, which after a presentation it is not."""
    if step != "present" and sitting.runs and not sitting.is_for_the_room(case):
        return f"{case.number}: genomgånget."
    if step == "close_consultation":
        return f"Råden om {case.called} är skickade till handläggaren."
    return f"{case.called}: {GIVEN[step]}. {STEPS[step].receipt}"


def where_to(sitting: Sitting, opened: OpenCase, step: str) -> str:
    """The next item that waits; after a presentation the same page, where the advice is written down."""
    meeting_id = sitting.meeting.pk
    if step == "present":
        return reverse("meeting_case", args=[meeting_id, opened.case.pk]) + (OWN_SCREEN if sitting.is_alone else "")
    following = sitting.next_waiting
    if following is None:
        return reverse("meeting_mode", args=[meeting_id])
    return reverse("meeting_case", args=[meeting_id, following.case_id])


@require_POST
@allowed(Permission.RUN_MEETING)
def set_agenda(request: Request, meeting_id: UUID) -> HttpResponse:
    """Set the agenda: each case on it that the coordinator sees opens to its parties (S7)."""
    meeting = meeting_for(request, meeting_id, Permission.RUN_MEETING)
    now = timezone.now()
    if meeting.is_over:
        messages.info(request, meeting.over_words)
        return HttpResponseRedirect(reverse("agenda", args=[meeting_id]))
    left = put_up(request, meeting, now)
    actions.fix_agenda(meeting, by=request.who, at=now)
    messages.success(request, "Dagordningen är lagd. Parterna kan läsa remisserna.")
    for number in left:
        messages.warning(request, f"{number} kunde inte sättas upp: något har hänt i ärendet.")
    return HttpResponseRedirect(reverse("agenda", args=[meeting_id]))


def put_up(request: Request, meeting: Meeting, now: datetime) -> list[str]:
    """Take the step ``set_agenda`` for each case that is not up yet; the numbers of those that refused."""
    waits = AgendaItem.objects.filter(
        meeting=meeting, purpose=AgendaItem.Purpose.DECIDE, outcome=AgendaItem.Outcome.WAITS
    )
    left = []
    for case in cases_seen(request.who, waits, timezone.localdate(now)).values():
        if case.on_agenda_at is not None:
            continue
        try:
            engine.take(case.pk, "set_agenda", by=request.who, at=now)
        except engine.Refused:
            left.append(case.number)
    return left


@allowed(Permission.RUN_MEETING)
def attendance(request: Request, meeting_id: UUID) -> HttpResponse:
    """Who of the group is here, and the caseworkers who present their consultations (K5)."""
    meeting = meeting_for(request, meeting_id, Permission.RUN_MEETING)
    if meeting.is_over:
        messages.info(request, meeting.over_words)
        return HttpResponseRedirect(reverse("agenda", args=[meeting_id]))
    today = timezone.localdate()
    people = may_attend(request, meeting)
    here = [str(user) for user in Attendee.objects.here().filter(meeting=meeting).values_list("user", flat=True)]
    asked: dict[str, Any] = {"people": people, "has_left": bool(meeting.guests_left)}
    guests = {"guests": meeting.guests, "guests_left": meeting.guests_left}
    form = MeetingAttendanceForm(**asked, initial={"present": here, **guests})
    if "everybody" in request.POST:
        typed = {name: request.POST.get(name, "") for name in guests}
        everybody = {"present": [*people], **typed}
        form = MeetingAttendanceForm(**asked, initial=everybody)  # to unmark whoever is missing, then saved
    elif request.method == "POST":
        form = MeetingAttendanceForm(request.POST, **asked)
        if form.is_valid():
            present = {UUID(user): people[user][1] for user in form.cleaned_data["present"]}
            guests = {name: form.cleaned_data.get(name, "") for name in guests}
            actions.note_attendance(meeting, present=present, **guests, by=request.who, at=timezone.now())
            messages.success(request, f"{len(present) + len(meeting.guest_names)} närvarande.")
            return HttpResponseRedirect(reverse("meeting_mode", args=[meeting_id]))
    context = {"meeting": meeting, "form": form, "today": today}
    return render(request, "desk/meeting_mode_attendance.html", context)


def may_attend(request: Request, meeting: Meeting) -> dict[str, tuple[str, UUID]]:
    """By account, the words on the list and the unit they stand for."""
    today = timezone.localdate()
    people: dict[str, tuple[str, UUID]] = {}
    consultations = AgendaItem.objects.filter(meeting=meeting, purpose=AgendaItem.Purpose.CONSULT)
    for case in cases_seen(request.who, consultations, today).values():
        words = f"{case.caseworker.name}, presenterar sin konsultation"
        people[str(case.caseworker_id)] = (words, case.referring_unit_id)
    for member in group_of(meeting.programme, today):
        assert member.unit is not None
        people.setdefault(str(member.user_id), (f"{member.user.name}, {member.unit.full_name}", member.unit.pk))
    return people


@require_POST
@allowed(Permission.RUN_MEETING)
def begin_meeting(request: Request, meeting_id: UUID) -> HttpResponse:
    """The group meets before the planned day; or it was a mistake, until something has been given."""
    meeting = meeting_for(request, meeting_id, Permission.RUN_MEETING)
    is_undone = request.POST.get("way") == "undo"
    begin = actions.begin_as_planned if is_undone else actions.begin_early
    if not meeting.is_over:
        now = timezone.now()
        begin(meeting, by=request.who, at=now)
        if is_undone and not meeting.has_begun(now):
            messages.info(request, "Mötet börjar på sin planerade dag. Ingen är noterad som närvarande längre.")
        for case in waiting_cases(meeting, request.who, now):
            engine.meets_on(case.pk, meeting.met_on, at=now)
    return HttpResponseRedirect(where_one_was(request, meeting_id))


@require_POST
@allowed(Permission.RUN_MEETING)
def end_meeting(request: Request, meeting_id: UUID) -> HttpResponse:
    """The meeting is over, when each item the coordinator sees has got what it waited for."""
    sitting = sitting_for(request, meeting_id, None, own_screen=True)
    waiting = sitting.first_waiting
    if sitting.meeting.is_over:
        messages.info(request, sitting.meeting.over_words)
        return HttpResponseRedirect(reverse("agenda", args=[meeting_id]))
    if sitting.is_ahead:
        messages.warning(request, "Mötet har inte börjat. Börja det först, om ni träffas idag.")
        return HttpResponseRedirect(reverse("meeting_mode", args=[meeting_id]))
    if waiting is not None:
        messages.warning(
            request, "Det finns punkter kvar. Lämna besked eller ta upp dem på nästa möte, så kan du avsluta."
        )
        return HttpResponseRedirect(reverse("meeting_case", args=[meeting_id, waiting.case_id]))
    if sitting.unseen:
        numbers = enumeration(item.number for item in sitting.unseen)
        messages.warning(request, f"{numbers} är kvar, så mötet kan inte avslutas än.")
        return HttpResponseRedirect(reverse("meeting_mode", args=[meeting_id]))
    actions.hold_meeting(sitting.meeting, by=request.who, at=timezone.now())
    messages.success(request, "Mötet är avslutat. Representanterna lämnar besked till handläggarna.")
    return HttpResponseRedirect(reverse("agenda", args=[meeting_id]))


@require_POST
@allowed(Permission.RUN_MEETING)
def take_up_later(request: Request, meeting_id: UUID) -> HttpResponse:
    """What is left and the coordinator does not see is taken up at the next meeting, by its number."""
    sitting = sitting_for(request, meeting_id, None, own_screen=True)
    item = next((item for item in sitting.unseen if str(item.case_id) == request.POST.get("case")), None)
    if item is None or sitting.meeting.is_over:
        messages.info(request, "Punkten är inte kvar här längre. Så här står det nu.")
    elif sitting.following is None:
        messages.warning(request, NO_LATER)
    else:
        try:
            actions.take_up_later(item, sitting.following, by=request.who, at=timezone.now())
        except TooLate:
            messages.warning(request, "Någon hann före. Så här står det nu.")
        else:
            messages.success(request, f"{item.number} tas upp på mötet {meeting_words(sitting.following)}.")
    return HttpResponseRedirect(reverse("meeting_mode", args=[meeting_id]))


def where_one_was(request: Request, meeting_id: UUID) -> str:
    """The case from whose page it was sent, or the first item that waits."""
    try:
        return reverse("meeting_case", args=[meeting_id, UUID(request.POST.get("case", ""))])
    except ValueError:
        return reverse("meeting_mode", args=[meeting_id])


def is_own_screen(request: Request) -> bool:
    """Representatives look at screens of their own; the coordinator's is the room's unless they say otherwise of one case."""
    return not request.who.may(Permission.RUN_MEETING) or request.GET.get("skarm") == "egen"
