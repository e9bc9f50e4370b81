"""A programme's settings, where they meet the times for study visits that are made already."""

from collections.abc import Iterator

from django.utils import timezone

from knutpunkten.organisations.admin import TIMES, ProgrammeAdmin, made_already
from knutpunkten.organisations.models import Programme
from knutpunkten.visits.rules import AHEAD, made_ahead


class TellsOfVisitTimes(ProgrammeAdmin):
    """Says of which times a change of the settings for study visits does not hold."""

    def told_of_made(self, programme: Programme, changed: set[str]) -> Iterator[str]:
        yield from super().told_of_made(programme, changed)
        now = timezone.now()
        seen, booked, later = made_ahead(programme.pk, now, now + AHEAD)
        if seen + later and not changed.isdisjoint(TIMES):
            yield made_already("tider som läggs ut", times_that_stay(seen, booked), "Studiebesök", has_later=later > 0)


def times_that_stay(seen: int, booked: int) -> str:
    """How many times ahead are as they were made, and how many of them are booked."""
    if seen > 1:
        bookings = f"{booked or 'ingen'} av dem har bokningar"
        return f"{seen} tider för studiebesök är redan utlagda och står kvar som de var; {bookings}."
    bookings = f"den har {'' if booked else 'inga '}bokningar"
    return f"En tid för studiebesök är redan utlagd och står kvar som den var; {bookings}." if seen else ""
