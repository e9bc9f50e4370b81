"""The demo's clock and calendar: stories told in the order things happened, up to now.

A story is a generator: it yields the moment at which it goes on, and acts when it is resumed.
All stories go forward together, so that places, queue and agendas are at every moment what they
would have been; what has not happened yet at *now* does not happen.
"""

import heapq
from collections import Counter
from collections.abc import Generator, Iterable
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from knutpunkten.demo.cast import Cast
from knutpunkten.meetings.models import Meeting
from knutpunkten.organisations.calendar import STOCKHOLM, add_working_days, is_working_day
from knutpunkten.organisations.models import Programme

Story = Generator[datetime, None, Any]
SEED = 20260312


class World:
    """Who is there, what day it is, and when the meetings are. ``chance`` is the same in every run."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast, self.now = cast, now
        self.today = now.astimezone(STOCKHOLM).date()
        self.chance = Random(SEED)  # noqa: S311 - it chooses who was away on a Monday, and guards nothing
        self.meetings: dict[Programme, list[Meeting]] = {}
        self.turns: Counter[tuple[str, Meeting]] = Counter()

    def learn_meetings(self) -> None:
        """Read the programmes' meetings, for ``meeting``."""
        for programme in (self.cast.knutpunkten, self.cast.lis):
            self.meetings[programme] = list(Meeting.objects.filter(programme=programme).order_by("starts_at"))

    def meeting(self, number: int, programme: Programme | None = None) -> Meeting:
        """A meeting counted from today: 1 the next, 0 the last one held, -1 the one before."""
        meetings = self.meetings[programme or self.cast.knutpunkten]
        held = sum(m.ends_at <= self.now for m in meetings)
        return meetings[held - 1 + number]

    def meeting_day(self, number: int, programme: Programme | None = None) -> date:
        return self.meeting(number, programme).starts_at.astimezone(STOCKHOLM).date()

    def turn_at(self, meeting: Meeting) -> datetime:
        """When the next case is decided at *meeting*: after the consultations, ten minutes each (K5)."""
        self.turns["case", meeting] += 1
        return meeting.starts_at + timedelta(minutes=30 + 10 * self.turns["case", meeting])

    def consultation_at(self, meeting: Meeting) -> datetime:
        """When the next consultation is presented at *meeting*: two at most, before all cases (K5)."""
        self.turns["consultation", meeting] += 1
        return meeting.starts_at + timedelta(minutes=13 * self.turns["consultation", meeting])

    def working_day(self, number: int, hour: int = 10, minute: int = 0) -> datetime:
        """A moment on the working day *number* from today: -1 the one before today, 2 the second after."""
        return moment(add_working_days(self.today, number), hour, minute)

    def tell(self, stories: Iterable[Story]) -> int:
        """Tell all *stories*, interleaved by time, up to now; how many acts there were."""
        order = count()
        waiting: list[tuple[datetime, int, Story]] = []
        for story in stories:
            begin(story, waiting, order)
        acts = 0
        while waiting and waiting[0][0] <= self.now:
            _, _, story = heapq.heappop(waiting)
            acts += 1
            begin(story, waiting, order)
        for _, _, story in waiting:
            story.close()
        return acts


def begin(story: Story, waiting: list[tuple[datetime, int, Story]], order: "count[int]") -> None:
    """Let a story go on to its next moment, and line it up there; a story that is told falls away."""
    try:
        at = next(story)
    except StopIteration:
        return
    heapq.heappush(waiting, (at, next(order), story))


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A clock time in Stockholm."""
    return datetime.combine(day, time(hour, minute), STOCKHOLM)


def day_of(at: datetime) -> date:
    return at.astimezone(STOCKHOLM).date()


def working_day_at(day: date) -> date:
    """*day*, or the working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def later(at: datetime, working_days: int, hour: int = 10, minute: int = 0) -> datetime:
    """So many working days after *at*, at a clock time."""
    return moment(add_working_days(day_of(at), working_days), hour, minute)
