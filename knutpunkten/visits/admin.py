"""A programme's settings, where they meet the times for study visits that are made already."""

from typing import Any

from django.contrib.messages import warning
from django.http import HttpRequest
from django.utils import timezone

from knutpunkten.organisations.admin import TIMES
from knutpunkten.organisations.models import Programme
from knutpunkten.visits.rules import made_ahead


class TellsOfVisitTimes:
    """Before a ``ProgrammeAdmin``: says of which times a change of the settings for study visits does not hold."""

    def save_model(self, request: HttpRequest, obj: Programme, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        if change and not set(TIMES).isdisjoint(form.changed_data):
            made, booked = made_ahead(obj.pk, timezone.now())
            if made:
                warning(request, times_that_stay(made, booked))


def times_that_stay(made: int, booked: int) -> str:
    """How many times ahead are as they were made, how many of them are booked, and where they are changed."""
    times = "En tid för studiebesök är redan utlagd och står kvar som den var"
    if made > 1:
        times = f"{made} tider för studiebesök är redan utlagda och står kvar som de var"
    bookings = (
        f"{booked or 'ingen'} av dem har bokningar" if made > 1 else f"den har {'' if booked else 'inga '}bokningar"
    )
    return (
        f"Ändringen gäller tider som läggs ut från och med nu. {times}; {bookings}. "
        "Samordnaren flyttar eller ställer in dem under Studiebesök."
    )
