"""Questions about study visits: which times are free, who takes bookings, what a unit has booked (S2, L8)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q

from knutpunkten.access.who import Who
from knutpunkten.organisations.models import Membership, Programme, Role, User
from knutpunkten.organisations.rules import coordinators_of_all, own_programmes
from knutpunkten.visits.models import Booking, Slot

# How far ahead the pages show times.
AHEAD = timedelta(weeks=13)


@dataclass
class Visiting:
    """A programme as those who book see it: who takes bookings, and the free times ahead."""

    programme: Programme
    coordinators: list[User] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


def free_seats(slot: Slot) -> int:
    return slot.seats - slot.taken


def bookable(at: datetime, until: datetime, unit_id: UUID | None) -> list[Slot]:
    """The times one can book from *at* to *until*, earliest first, in the programmes of the unit's association."""
    return [slot for slot in with_seats(at, until, unit_id) if slot.state == Slot.State.OPEN]


def with_seats(at: datetime, until: datetime, unit_id: UUID | None) -> list[Slot]:
    """The same, and those on a holiday or an eve, which wait for the coordinator. One statement."""
    slots = Slot.objects.filter(starts_at__gt=at, starts_at__lt=until, taken__lt=F("seats"))
    slots = slots.exclude(state=Slot.State.CANCELLED).filter(programme__in=own_programmes(unit_id))
    return list(slots.select_related("programme").order_by("starts_at", "programme__name"))


def visiting(slots: Iterable[Slot], today: date, unit_id: UUID | None) -> list[Visiting]:
    """The programmes of the unit's association with their times and the coordinators who take bookings. Two statements."""
    by_programme: dict[UUID, list[Slot]] = defaultdict(list)
    for slot in slots:
        by_programme[slot.programme_id].append(slot)
    coordinators = coordinators_of_all(today)
    return [
        Visiting(programme, coordinators.get(programme.pk, []), by_programme[programme.pk])
        for programme in own_programmes(unit_id).order_by("name")
    ]


def bookings_of(who: Who, at: datetime) -> tuple[list[Booking], list[Booking]]:
    """The unit's own bookings: those ahead, and those behind that came to something, newest first."""
    own = Booking.objects.filter(unit=who.unit_id, cancelled_at__isnull=True).select_related(
        "slot__programme", "booked_by"
    )
    found = list(own.order_by("-slot__starts_at")[:60])
    ahead = [b for b in reversed(found) if b.slot.ends_at > at]
    return ahead, [b for b in found if b.slot.ends_at <= at]


def made_ahead(programme_id: UUID, at: datetime, until: datetime) -> tuple[int, int, int]:
    """How many times ahead, not cancelled, the coordinator sees as in ``calendar``; how many of them are booked; and how
    many lie farther on. One statement."""
    ahead = Slot.objects.filter(programme=programme_id, starts_at__gt=at).exclude(state=Slot.State.CANCELLED)
    shown = shown_till(until)
    found = ahead.aggregate(
        seen=Count("pk", filter=shown), booked=Count("pk", filter=Q(taken__gt=0)), later=Count("pk", filter=~shown)
    )
    return found["seen"], found["booked"], found["later"]


def shown_till(until: datetime) -> Q:
    """The times that the coordinator's page shows: those before *until*, and after it what is booked."""
    return Q(starts_at__lt=until) | Q(taken__gt=0)


def who_can_be_booked_for(programme_id: UUID, today: date) -> list[Membership]:
    """The caseworkers of the units that can be parties in the programme, by name. One statement."""
    hats = Membership.objects.at(today).filter(role=Role.CASEWORKER, user__is_active=True)
    near = hats.filter(unit__agency__association__programme=programme_id)
    return list(near.select_related("user", "unit__agency").order_by("user__name", "unit__name", "pk"))


@dataclass(frozen=True)
class Booked:
    """A time with the bookings that hold, and those that were called off, or fell with the time."""

    slot: Slot
    bookings: list[Booking]
    called_off: list[Booking]


def calendar(programme_id: UUID, since: datetime, until: datetime) -> list[Booked]:
    """The programme's times in order, each with its bookings; after *until* those that are booked. Two statements."""
    slots = list(
        Slot.objects.filter(shown_till(until), programme=programme_id, starts_at__gte=since).order_by("starts_at")
    )
    bookings = (
        Booking.objects.filter(slot__in=[s.pk for s in slots])
        .select_related("unit__agency", "booked_by")
        .order_by("booked_at")
    )
    holding: dict[UUID, list[Booking]] = defaultdict(list)
    called_off: dict[UUID, list[Booking]] = defaultdict(list)
    for booking in bookings:
        (holding if booking.cancelled_at is None else called_off)[booking.slot_id].append(booking)
    return [Booked(slot, holding[slot.pk], called_off[slot.pk]) for slot in slots]
