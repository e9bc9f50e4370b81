"""A programme's settings, where they meet the meetings that are planned already."""

from collections.abc import Iterator

from django.contrib import admin
from django.utils import timezone

from knutpunkten.meetings.rules import SHOWN, planned_ahead
from knutpunkten.organisations.admin import made_already
from knutpunkten.organisations.models import Programme
from knutpunkten.queue.admin import PlacesAdmin

admin.site.unregister(Programme)

# What a meeting is made from; when things are handed in before it, and how long a consultation is, holds at once.
MADE_FROM = ("meeting_weekday", "meeting_week", "meeting_starts", "meeting_ends", "meeting_place")


@admin.register(Programme)
class MeetingsAdmin(PlacesAdmin):
    """Says of which meetings a change of the settings for them does not hold."""

    def told_of_made(self, programme: Programme, changed: set[str]) -> Iterator[str]:
        yield from super().told_of_made(programme, changed)
        planned = planned_ahead(programme.pk, timezone.now())
        if planned and not changed.isdisjoint(MADE_FROM):
            stay = meetings_that_stay(min(planned, SHOWN))
            yield made_already("möten som planeras", stay, "Ärendemöten", has_later=planned > SHOWN)


def meetings_that_stay(seen: int) -> str:
    if seen > 1:
        return f"{seen} ärendemöten är redan planerade och står kvar som de var."
    return "Ett ärendemöte är redan planerat och står kvar som det var."
