"""Planning, booking and reporting study visits. A booking carries no person (S2)."""

from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import Entry
from knutpunkten.notices.actions import OfDay, tell
from knutpunkten.organisations.calendar import STOCKHOLM, MarkedDay, Parity, visit_days
from knutpunkten.organisations.models import Membership, Programme, User
from knutpunkten.ui.dates import clock, weekday_iso
from knutpunkten.visits.models import MOVED_TO, Booking, Slot
from knutpunkten.visits.rules import free_seats

PARITY: dict[str, Parity] = {"odd": "odd", "even": "even", "all": "every"}


class VisitRefused(Exception):
    """The visit cannot be booked or changed so; ``sentence`` says why and what to do, in Swedish."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@transaction.atomic
def plan_slots(programme: Programme, until: date, at: datetime) -> int:
    """Make the times of the programme's rule from *at* to *until*; how many were new (S2, L8).

    A day that already has a time, also a cancelled or moved one, gets no second. On a holiday or an
    eve the time waits for the coordinator to confirm, cancel or move it: nothing is moved silently.
    """
    first = timezone.localdate(at)
    days = visit_days(first, until, programme.visit_weekday, PARITY[programme.visit_weeks])
    since = datetime.combine(first, time.min, STOCKHOLM)
    known = {
        timezone.localdate(s)
        for s in Slot.objects.filter(programme=programme, starts_at__gte=since).values_list("starts_at", flat=True)
    }
    slots = [slot_on(programme, day) for day in days if day.date not in known]
    new = [slot for slot in slots if slot.starts_at > at]
    Slot.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def slot_on(programme: Programme, day: MarkedDay) -> Slot:
    return Slot(
        programme=programme,
        starts_at=datetime.combine(day.date, programme.visit_starts, STOCKHOLM),
        ends_at=datetime.combine(day.date, programme.visit_ends, STOCKHOLM),
        seats=programme.visit_seats,
        state=Slot.State.OPEN if day.is_ordinary else Slot.State.TO_CONFIRM,
        reason=day.holiday or day.eve or "",
    )


@transaction.atomic
def book(
    *,
    slot_id: UUID,
    how_many: int,
    phone: str,
    by: Who,
    at: datetime,
    interpreter: str = "",
    accessibility: str = "",
    own_reference: str = "",
    caller: Membership | None = None,
) -> Booking:
    """Book *how_many* seats for the unit of *by*. Two who want the last seat: one gets it.

    *caller*: the caseworker for whom the coordinator books, after a call: it is theirs and their unit's, they are told,
    and the log says who wrote it down.

    Raises ``VisitRefused`` if the time is gone, closed or too full.
    """
    slot = lock_own(slot_id, by) if caller else lock(slot_id)
    take_seats(slot, how_many, at)
    unit_id, user_id = (caller.unit_id, caller.user_id) if caller else (by.unit_id, by.user_id)
    assert unit_id is not None
    assert user_id is not None
    booking = Booking(
        slot=slot,
        unit_id=unit_id,
        team_id=slot.programme.team_id,
        booked_by_id=user_id,
        booked_at=at,
        how_many=how_many,
        interpreter=interpreter,
        accessibility=accessibility,
        own_reference=own_reference,
        phone=phone,
    )
    booking.save(force_insert=True)
    tell({user_id} - {by.user_id}, event="visit_booked_for", case=OfDay(slot.starts_at), at=at)
    event = "visit_booked_for" if caller else "visit_booked"
    record(event, by=by, at=at, object_id=booking.pk, how_many=how_many)
    return booking


def take_seats(slot: Slot, how_many: int, at: datetime) -> None:
    """Raises ``VisitRefused`` if the locked time is gone, closed or too full."""
    if slot.state != Slot.State.OPEN or slot.starts_at <= at:
        raise VisitRefused("Den tiden går inte att boka längre. Välj en annan tid.")
    left = free_seats(slot)
    if how_many > left:
        raise VisitRefused(too_full(left))
    slot.taken += how_many
    slot.save(update_fields=["taken"])


def too_full(left: int) -> str:
    if left == 0:
        return "Någon annan hann före: tiden är full. Välj en annan tid, så är det klart."
    return (
        f"Det är {left} {'plats' if left == 1 else 'platser'} kvar den tiden. Boka för färre, eller välj en annan tid."
    )


@transaction.atomic
def change_time(*, booking_id: UUID, slot_id: UUID, shown: str, by: Who, at: datetime) -> Booking:
    """Move a booking to another of its programme's times, with all that it says; the seats of the old one are free at once.

    *shown*: the id of the time that it had on the page where another was chosen. Whoever made it is told, if it was another
    who moved it. Raises ``VisitRefused`` when the visit has begun, is off or was moved meanwhile, or the new time is gone,
    closed or too full.
    """
    had = Booking.objects.get(pk=booking_id).slot_id
    # In one order, whoever locks: two who change with each other would wait for each other.
    times = {pk: lock(pk) for pk in sorted({had, slot_id})}
    booking, new = locked_booking(booking_id), times[slot_id]
    if booking.cancelled_at is not None:
        raise VisitRefused("Bokningen är avbokad. Boka en ny tid i stället.")
    if booking.slot.starts_at <= at:
        raise VisitRefused("Besöket har redan börjat. Berätta i stället om någon kom.")
    if str(booking.slot_id) != shown:
        raise VisitRefused(moved_meanwhile(booking, by))
    if booking.slot_id != had or new.pk == had or new.programme_id != booking.slot.programme_id:
        raise VisitRefused("Välj en annan tid än den som är bokad.")
    take_seats(new, booking.how_many, at)
    give_back(booking)
    booking.slot = new
    booking.save(update_fields=["slot"])
    tell({booking.booked_by_id} - {by.user_id}, event="visit_moved", case=OfDay(new.starts_at), at=at)
    record("visit_time_changed", by=by, at=at, object_id=booking.pk, to=new.starts_at.isoformat())
    return booking


def moved_meanwhile(booking: Booking, by: Who) -> str:
    starts_at, mover = booking.slot.starts_at, mover_of(booking, by)
    moved = f"{mover.name} har flyttat besöket" if mover else "Besöket har flyttats"
    return f"{moved} till {weekday_iso(starts_at)} kl. {clock(starts_at)} medan du hade sidan öppen. Välj igen."


def mover_of(booking: Booking, by: Who) -> User | None:
    """Who gave the booking the time it has, if of the unit of *by*: of others' deeds the log shows them nothing."""
    # Through the unit's people: the log has no index by what was changed.
    moves = Entry.objects.filter(
        user_id__in=Membership.objects.filter(unit=by.unit_id).values("user_id"),
        at__gte=booking.booked_at,
        event="visit_time_changed",
        object_id=booking.pk,
        detail__to=booking.slot.starts_at.isoformat(),
    )
    latest = moves.order_by("-at").first()
    return User.objects.filter(pk=latest.user_id).first() if latest and latest.user_id else None


@transaction.atomic
def cancel(*, booking_id: UUID, by: Who, at: datetime) -> Booking:
    """Call off a booking and give the seats back. Raises ``VisitRefused`` when it has begun or is already off.

    Whoever made it is told, if it was another who called it off: they and the person would come to no seats (W3).
    """
    booking = locked_booking(booking_id)
    if booking.cancelled_at is not None:
        raise VisitRefused("Bokningen är redan avbokad.")
    if booking.slot.starts_at <= at:
        raise VisitRefused("Besöket har redan börjat. Berätta i stället om någon kom.")
    booking.cancelled_at = at
    booking.save(update_fields=["cancelled_at"])
    give_back(booking)
    tell({booking.booked_by_id} - {by.user_id}, event="booking_called_off", case=OfDay(booking.slot.starts_at), at=at)
    record("visit_cancelled", by=by, at=at, object_id=booking.pk)
    return booking


@transaction.atomic
def report(*, booking_id: UUID, came: bool, wish: str, by: Who, at: datetime) -> Booking:
    """Write down whether they came and what the person decided (L8). Raises ``VisitRefused`` before the visit."""
    booking = locked_booking(booking_id)
    if booking.cancelled_at is not None:
        raise VisitRefused("Bokningen är avbokad. Det finns inget besök att berätta om.")
    if booking.slot.starts_at > at:
        raise VisitRefused("Besöket har inte varit än. Kom tillbaka efteråt.")
    booking.came, booking.wish = came, wish if came else ""
    booking.save(update_fields=["came", "wish"])
    record("visit_reported", by=by, at=at, object_id=booking.pk, came=came)
    return booking


@transaction.atomic
def confirm_slot(*, slot_id: UUID, by: Who, at: datetime) -> Slot:
    """Keep a time although it falls on a holiday or an eve, or open a cancelled one again."""
    slot = lock_own(slot_id, by)
    if slot.ends_at <= at:
        raise VisitRefused("Tiden har redan varit.")
    if slot.was_moved:
        slot.reason = ""
    slot.state = Slot.State.OPEN
    slot.save(update_fields=["state", "reason"])
    record("slot_confirmed", by=by, at=at, object_id=slot.pk)
    return slot


@transaction.atomic
def cancel_slot(*, slot_id: UUID, by: Who, at: datetime) -> list[Booking]:
    """Cancel a time; answers the bookings that fell with it. Those who made them are told."""
    slot = lock_own(slot_id, by)
    if slot.ends_at <= at:
        raise VisitRefused("Tiden har redan varit.")
    bookings = living_bookings(slot)
    Booking.objects.filter(pk__in=[b.pk for b in bookings]).update(cancelled_at=at)
    slot.state, slot.taken = Slot.State.CANCELLED, 0
    slot.save(update_fields=["state", "taken"])
    tell({b.booked_by_id for b in bookings} - {by.user_id}, event="visit_called_off", case=OfDay(slot.starts_at), at=at)
    record("slot_cancelled", by=by, at=at, object_id=slot.pk, bookings=len(bookings))
    return bookings


@transaction.atomic
def move_slot(*, slot_id: UUID, starts_at: datetime, by: Who, at: datetime) -> list[Booking]:
    """Move a time with its bookings to *starts_at*; the old one stays, cancelled, so that it is not planned again.

    Answers the bookings. Those who booked are told. Raises ``VisitRefused`` for a moment that has passed or already has a time.
    """
    old = lock_own(slot_id, by)
    if old.ends_at <= at:
        raise VisitRefused("Tiden har redan varit.")
    if old.state == Slot.State.CANCELLED:
        raise VisitRefused("Tiden är inställd. Öppna den igen innan du flyttar den.")
    if starts_at <= at:
        raise VisitRefused("Välj en tid som inte har varit.")
    if Slot.objects.filter(programme=old.programme_id, starts_at=starts_at).exists():
        raise VisitRefused("Det finns redan en tid då. Välj en annan.")
    new = Slot.objects.create(
        programme=old.programme,
        starts_at=starts_at,
        ends_at=starts_at + (old.ends_at - old.starts_at),
        seats=old.seats,
        taken=old.taken,
    )
    bookings = living_bookings(old)
    Booking.objects.filter(pk__in=[b.pk for b in bookings]).update(slot=new)
    tell({b.booked_by_id for b in bookings} - {by.user_id}, event="visit_moved", case=OfDay(starts_at), at=at)
    old.state, old.taken, old.reason = Slot.State.CANCELLED, 0, f"{MOVED_TO} {timezone.localdate(starts_at)}"
    old.save(update_fields=["state", "taken", "reason"])
    record("slot_moved", by=by, at=at, object_id=old.pk, to=starts_at.isoformat())
    return bookings


def lock(slot_id: UUID) -> Slot:
    """The time, its row locked. Raises ``VisitRefused`` for an unknown one."""
    slot = (
        Slot.objects.select_for_update(no_key=True, of=("self",)).select_related("programme").filter(pk=slot_id).first()
    )
    if slot is None:
        raise VisitRefused("Den tiden finns inte. Välj en annan tid.")
    return slot


def lock_own(slot_id: UUID, by: Who) -> Slot:
    """The time, locked, if it is the programme's of the one who keeps the calendar, and ahead or today."""
    slot = lock(slot_id)
    if by.hat is None or slot.programme_id != by.programme_id:
        raise VisitRefused("Den tiden hör till en annan insats.")
    return slot


def locked_booking(booking_id: UUID) -> Booking:
    """The booking with its time, both locked. Raises ``Booking.DoesNotExist`` for one the wall hides."""
    seen = Booking.objects.get(pk=booking_id)
    lock(seen.slot_id)
    return (
        Booking.objects.select_for_update(no_key=True, of=("self",))
        .select_related("slot__programme")
        .get(pk=booking_id)
    )


def living_bookings(slot: Slot) -> list[Booking]:
    return list(
        Booking.objects.filter(slot=slot, cancelled_at__isnull=True).select_related("booked_by", "unit__agency")
    )


def give_back(booking: Booking) -> None:
    slot = booking.slot
    slot.taken -= booking.how_many
    slot.save(update_fields=["taken"])
