"""Study visits: the coordinator's calendar; for the agencies the free times, and what they have booked."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.notices.calendar_files import event_file
from knutpunkten.organisations.calendar import STOCKHOLM
from knutpunkten.ui.dates import weekday_iso
from knutpunkten.ui.enumerations import enumeration
from knutpunkten.visits import actions
from knutpunkten.visits.actions import VisitRefused
from knutpunkten.visits.forms import BookingForm, CallForm, MoveForm, ReportForm, TimeForm
from knutpunkten.visits.models import Booking, Slot
from knutpunkten.visits.rules import AHEAD, bookable, bookings_of, calendar, visiting, who_can_be_booked_for, with_seats

BEHIND = timedelta(weeks=4)


@allowed(Permission.BOOK_VISIT)
@require_safe
def visits(request: Request) -> HttpResponse:
    """The coordinator: every time with its bookings. Others: the free times, whom to call, one's own bookings."""
    now = timezone.now()
    context: dict[str, Any] = {"today": timezone.localdate(now), "now": now}
    if request.who.may(Permission.KEEP_VISITS):
        times = calendar(request.who.programme_id, now - BEHIND, now + AHEAD)
        ahead = [time for time in times if time.slot.ends_at > now]
        context |= {
            "ahead": ahead,
            "behind": [time for time in reversed(times) if time.slot.ends_at <= now and time.bookings],
            "to_confirm": sum(time.slot.state == Slot.State.TO_CONFIRM for time in ahead),
        }
        return render(request, "visits/calendar.html", context)
    coming, been = bookings_of(request.who, now)
    unit_id = request.who.unit_id
    programmes = visiting(with_seats(now, now + AHEAD, unit_id), context["today"], unit_id)
    context |= {"programmes": programmes, "ahead": coming, "behind": been}
    return render(request, "visits/visits.html", context)


@allowed(Permission.BOOK_VISIT)
def book_visit(request: Request) -> HttpResponse:
    """Book a time (S2). ``?tid=`` chooses it beforehand."""
    now = timezone.now()
    today, slots = timezone.localdate(now), bookable(now, now + AHEAD, request.who.unit_id)
    initial = {"slot": request.GET.get("tid", "")}
    own_phone: str = getattr(request.user, "phone", "")
    form: BookingForm
    if request.who.may(Permission.KEEP_VISITS) and request.who.programme_id:
        slots = of_programme(slots, request.who.programme_id)
        callers = who_can_be_booked_for(request.who.programme_id, today)
        form = CallForm(request.POST or None, slots=slots, callers=callers, own_phone=own_phone, initial=initial)
    else:
        form = BookingForm(request.POST or None, slots=slots, initial=initial | {"phone": own_phone})
    if request.method == "POST" and form.is_valid():
        answers = dict(form.cleaned_data)
        try:
            booked = actions.book(slot_id=UUID(answers.pop("slot")), by=request.who, at=now, **answers)
        except VisitRefused as refusal:
            form.add_error("slot", refusal.sentence)
        else:
            told = who_was_told([booked], request) or "Lägg in det i kalendern, så syns det där också."
            messages.success(request, f"Besöket är bokat. {told}")
            return HttpResponseRedirect(reverse("visits"))
    programmes = visiting(slots, today, request.who.unit_id)
    return render(request, "visits/book.html", {"form": form, "slots": slots, "programmes": programmes})


def of_programme(slots: list[Slot], programme_id: UUID | None) -> list[Slot]:
    return [slot for slot in slots if slot.programme_id == programme_id]


@allowed(Permission.BOOK_VISIT)
def change_visit_time(request: Request, booking_id: UUID) -> HttpResponse:
    """Another time for a booking of one's own unit, or (the coordinator) of the programme, which keeps all else."""
    booking, now = booking_or_404(request, booking_id), timezone.now()
    slots = of_programme(bookable(now, now + AHEAD, request.who.unit_id), booking.slot.programme_id)
    form = TimeForm(request.POST or None, slots=[slot for slot in slots if slot.pk != booking.slot_id])
    if request.method == "POST" and form.is_valid():
        to, shown = UUID(form.cleaned_data["slot"]), request.POST.get("shown", "")
        try:
            changed = actions.change_time(booking_id=booking_id, slot_id=to, shown=shown, by=request.who, at=now)
        except VisitRefused as refusal:
            form.add_error("slot", refusal.sentence)
        else:
            told = who_was_told([booking], request) or "Lägg in den nya tiden i kalendern, så ersätter den den gamla."
            messages.success(request, f"Besöket är flyttat till {weekday_iso(changed.slot.starts_at)}. {told}")
            return HttpResponseRedirect(reverse("visits"))
    is_own = booking.booked_by_id == request.who.user_id
    return render(request, "visits/change_time.html", {"form": form, "booking": booking, "is_own": is_own})


@allowed(Permission.BOOK_VISIT)
def cancel_booking(request: Request, booking_id: UUID) -> HttpResponse:
    """Ask once, then call off a booking of one's own unit, or (the coordinator) of the programme."""
    booking = booking_or_404(request, booking_id)
    if request.method != "POST":
        is_own = booking.booked_by_id == request.who.user_id
        return render(request, "visits/cancel.html", {"booking": booking, "is_own": is_own})
    try:
        actions.cancel(booking_id=booking_id, by=request.who, at=timezone.now())
    except VisitRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        told = who_was_told([booking], request) or "Platserna är lediga för andra."
        messages.success(request, f"Besöket är avbokat. {told}")
    return HttpResponseRedirect(reverse("visits"))


@allowed(Permission.BOOK_VISIT)
def report_visit(request: Request, booking_id: UUID) -> HttpResponse:
    """After the visit: who came, and what the person decided themself (L8)."""
    booking = booking_or_404(request, booking_id)
    came = {True: "yes", False: "no", None: ""}[booking.came]
    form = ReportForm(request.POST or None, initial={"came": came, "wish": booking.wish})
    if request.method == "POST" and form.is_valid():
        try:
            actions.report(booking_id=booking_id, by=request.who, at=timezone.now(), **form.cleaned_data)
        except VisitRefused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Tack. Nu står det hur besöket gick.")
            return HttpResponseRedirect(reverse("visits"))
    return render(request, "visits/report.html", {"form": form, "booking": booking})


@allowed(Permission.BOOK_VISIT)
@require_safe
def visit_ics(request: Request, booking_id: UUID) -> HttpResponse:
    """The booking for one's calendar."""
    booking = booking_or_404(request, booking_id)
    now = timezone.now()
    slot = booking.slot
    content = event_file(
        uid=f"{booking.pk}@knutpunkten",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        summary=f"Studiebesök, {slot.programme.name}",
        location=slot.programme.address,
        organiser_mail=None,
        # Minutes since it was booked: a later file always replaces an earlier one, also after a move.
        sequence=int((now - booking.booked_at).total_seconds() // 60),
        cancelled=booking.cancelled_at is not None,
        stamped_at=now,
    )
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="studiebesok.ics"'},
    )


@allowed(Permission.KEEP_VISITS)
@require_POST
def confirm_slot(request: Request, slot_id: UUID) -> HttpResponse:
    """Keep a time that falls on a holiday or an eve, or open a cancelled one again."""
    try:
        actions.confirm_slot(slot_id=slot_id, by=request.who, at=timezone.now())
    except VisitRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Tiden är öppen för bokning.")
    return HttpResponseRedirect(reverse("visits"))


@allowed(Permission.KEEP_VISITS)
def cancel_slot(request: Request, slot_id: UUID) -> HttpResponse:
    """Ask once, with who has booked, then cancel a time and the bookings on it."""
    slot = slot_or_404(request, slot_id)
    if request.method != "POST":
        context = {"slot": slot, "bookings": actions.living_bookings(slot)}
        return render(request, "visits/cancel_slot.html", context)
    try:
        fell = actions.cancel_slot(slot_id=slot_id, by=request.who, at=timezone.now())
    except VisitRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"Tiden är inställd. {who_was_told(fell, request)}".strip())
    return HttpResponseRedirect(reverse("visits"))


def who_was_told(bookings: list[Booking], request: Request) -> str:
    """In a sentence: those who made *bookings*, but for the one who asks. Empty for nobody."""
    names = sorted({booking.booked_by.name for booking in bookings if booking.booked_by_id != request.who.user_id})
    return f"{enumeration(names)} har fått veta det." if names else ""


@allowed(Permission.KEEP_VISITS)
def move_slot(request: Request, slot_id: UUID) -> HttpResponse:
    """Move a time, with its bookings, to another day or hour."""
    slot = slot_or_404(request, slot_id)
    form = MoveForm(request.POST or None, initial={"starts": timezone.localtime(slot.starts_at).time()})
    if request.method == "POST" and form.is_valid():
        starts_at = datetime.combine(form.cleaned_data["day"], form.cleaned_data["starts"], STOCKHOLM)
        try:
            moved = actions.move_slot(slot_id=slot_id, starts_at=starts_at, by=request.who, at=timezone.now())
        except VisitRefused as refusal:
            form.add_error("day", refusal.sentence)
        else:
            moved_to = f"Tiden är flyttad till {weekday_iso(starts_at)}."
            messages.success(request, f"{moved_to} {who_was_told(moved, request)}".strip())
            return HttpResponseRedirect(reverse("visits"))
    return render(request, "visits/move.html", {"form": form, "slot": slot})


def slot_or_404(request: Request, slot_id: UUID) -> Slot:
    """The time, if it is one of the coordinator's own programme."""
    slot = Slot.objects.filter(pk=slot_id, programme=request.who.programme_id).select_related("programme").first()
    if slot is None:
        raise Http404
    return slot


def booking_or_404(request: Request, booking_id: UUID) -> Booking:
    """The booking, if it is one's unit's or one's programme's; the wall asks the same."""
    own = Q(unit=request.who.unit_id) | Q(team=request.who.unit_id)
    booking = (
        Booking.objects.select_related("slot__programme", "booked_by", "unit__agency")
        .filter(own, pk=booking_id)
        .first()
    )
    if booking is None:
        raise Http404
    return booking
