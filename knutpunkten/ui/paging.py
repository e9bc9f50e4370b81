"""A page of a list that nobody counts, by its number or, where the list has no end, by its place or days in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.utils import timezone

from knutpunkten.ui.dates import midnight


@dataclass(frozen=True)
class OpenPage:
    """What ``{% pagination %}`` needs of a page when only this one was asked for: counting asks the wall of every row."""

    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1


def page_number(text: str | None) -> int:
    """The page that an address asks for: 1 for what is no page."""
    return int(text) if text and text.isdecimal() and 0 < int(text) < 10_000 else 1


# What an address asks for: what came after a place in the list, or before it.
NEWER, OLDER = "nyare", "aldre"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TimePage:
    """A page of a list in order of time, the latest first: *rows*, and the sealed places that lead on, empty at an end."""

    rows: list[Any]
    newer: str
    older: str
    is_first: bool
    is_by_time: bool = True


def page_by_time(
    found: QuerySet[Any], asked: Mapping[str, Any], per_page: int, *, by_whole_hours: bool = False
) -> TimePage:
    """The page of *found* (rows with ``at`` and ``id``) that an address's query asks for. One statement, the same for every page.

    It begins where another page ended, and not after so many rows: by index the thousandth costs as much as the
    first, and a row that has come meanwhile moves none. The latest for what is no place, or one made by hand.

    *by_whole_hours*: so many rows, and what is left of the last one's hour, up to ``REST_OF_HOUR``. Rows of an hour that
    are shown as one, with how many they are, are counted whole only so. One statement more where the list goes on.
    """
    older_than, newer_than = place_in(asked.get(OLDER)), place_in(asked.get(NEWER))
    if older_than is not None:
        return page_of(found.filter(before(*older_than)), per_page, newer=True, by_whole_hours=by_whole_hours)
    if newer_than is not None:
        ahead = found.filter(after(*newer_than))
        return turned(page_of(ahead, per_page, newer=True, by_whole_hours=by_whole_hours, is_forward=True))
    return page_of(found, per_page, newer=False, by_whole_hours=by_whole_hours)


def page_of(
    found: QuerySet[Any], per_page: int, *, newer: bool, by_whole_hours: bool = False, is_forward: bool = False
) -> TimePage:
    """The latest rows of *found*; *is_forward*: the earliest. *newer*: whether there are any before them."""
    rows = list(found.order_by(*(FORWARD if is_forward else BACK))[: per_page + 1])
    shown, goes_on = rows[:per_page], len(rows) > per_page
    if goes_on and by_whole_hours:
        rest, goes_on = rest_of_hour(found, shown[-1], is_forward=is_forward)
        shown += rest
    return TimePage(
        shown,
        newer=sealed(shown[0]) if newer and shown else "",
        older=sealed(shown[-1]) if goes_on else "",
        is_first=not newer,
    )


BACK, FORWARD = ("-at", "-id"), ("at", "id")
HOUR = timedelta(hours=1)
# A page is no longer than this beside its own rows, however much an hour holds: that hour goes on on the next.
REST_OF_HOUR = 150


def rest_of_hour(found: QuerySet[Any], last: Any, *, is_forward: bool) -> tuple[list[Any], bool]:
    """The rows that follow *last* within its hour, and whether there are any beyond it. One statement."""
    begins = hour_of(last.at)
    if is_forward:
        within, beyond = found.filter(after(last.at, last.pk), at__lt=begins + HOUR), Q(at__gte=begins + HOUR)
    else:
        within, beyond = found.filter(before(last.at, last.pk), at__gte=begins), Q(at__lt=begins)
    further = found.filter(beyond).order_by(*(FORWARD if is_forward else BACK))[:1]
    within = within.order_by(*(FORWARD if is_forward else BACK))[: REST_OF_HOUR + 1]
    rows = sorted(within.union(further, all=True), key=lambda row: (row.at, row.pk), reverse=not is_forward)
    rest = [row for row in rows if hour_of(row.at) == begins][:REST_OF_HOUR]
    return rest, len(rest) < len(rows)


def hour_of(at: datetime) -> datetime:
    """The full hour before *at*."""
    return at.replace(minute=0, second=0, microsecond=0)


def turned(page: TimePage) -> TimePage:
    """A page that was read backwards, the latest first."""
    return TimePage(page.rows[::-1], newer=page.older, older=page.newer, is_first=False)


# The first half by itself is what an index knows.
def before(at: datetime, pk: UUID) -> Q:
    return Q(at__lte=at) & (Q(at__lt=at) | Q(pk__lt=pk))


def after(at: datetime, pk: UUID) -> Q:
    return Q(at__gte=at) & (Q(at__gt=at) | Q(pk__gt=pk))


def signer() -> Signer:
    return Signer(sep=".", salt="a place in a list by time")


def sealed(row: Any) -> str:
    """A row's place: its moment and its id, which says nothing of anybody, signed so that no other can be asked for."""
    return signer().sign(f"{(row.at - EPOCH) // timedelta(microseconds=1)}-{row.pk.hex}")


def place_in(text: str | None) -> tuple[datetime, UUID] | None:
    """The place that *text* was made of; None for anything else."""
    try:
        moment, _, pk = signer().unsign(text or "").partition("-")
    except BadSignature:
        return None
    return EPOCH + timedelta(microseconds=int(moment)), UUID(pk)


@dataclass(frozen=True)
class DayPage:
    """A page of whole days, the rows of which are counted: *found* is not asked yet. Otherwise as ``TimePage``."""

    found: QuerySet[Any]
    newer: str
    older: str
    is_first: bool
    is_by_time: bool = True


def page_by_day(found: QuerySet[Any], asked: Mapping[str, Any], at_least: int, kinds: Sequence[Q] = (Q(),)) -> DayPage:
    """As ``page_by_time``, by whole days, so many that they have *at_least* that number of rows. At most two statements.

    Rows that are shown as one, with how many they are, are counted whole only so: a day cut in two is said twice, too low.
    *kinds*: the parts of *found*, where an index has each of them in order of time and not all together.
    """
    older_than, newer_than = midnight_in(asked.get(OLDER)), midnight_in(asked.get(NEWER))
    if newer_than is not None and older_than is None:
        ahead = found.filter(at__gte=newer_than)
        ends = min(days_of_row(ahead, "at", at_least, kinds, DAY), default=None)
        more = ends is not None and has_any(found.filter(at__gte=ends), kinds)
        shown = ahead.filter(at__lt=ends) if more else ahead
        return DayPage(shown, sealed_midnight(ends if more else None), sealed_midnight(newer_than), is_first=False)
    behind = found if older_than is None else found.filter(at__lt=older_than)
    begins = max(days_of_row(behind, "-at", at_least, kinds), default=None)
    more = begins is not None and has_any(found.filter(at__lt=begins), kinds)
    shown = behind.filter(at__gte=begins) if more else behind
    return DayPage(shown, sealed_midnight(older_than), sealed_midnight(begins if more else None), older_than is None)


def latest_days(found: QuerySet[Any], at_least: int, kinds: Sequence[Q] = (Q(),)) -> QuerySet[Any]:
    """The first page of ``page_by_day`` alone, without where it leads. One statement; the rows are not asked yet."""
    begins = max(days_of_row(found, "-at", at_least, kinds), default=None)
    return found if begins is None else found.filter(at__gte=begins)


DAY = timedelta(days=1)


def days_of_row(
    found: QuerySet[Any], order: str, number: int, kinds: Sequence[Q], further: timedelta = timedelta()
) -> list[datetime]:
    """For each kind that has so many rows, the midnight that begins the day of that row, or so much *further*. One statement."""
    rows = of_each(found.order_by(order), kinds, slice(number - 1, number))
    return [midnight(timezone.localdate(at) + further) for at in rows]


def has_any(found: QuerySet[Any], kinds: Sequence[Q]) -> bool:
    """Whether there is a row of any kind. One statement."""
    return bool(list(of_each(found.order_by(), kinds, slice(1))))


def of_each(found: QuerySet[Any], kinds: Sequence[Q], which: slice) -> QuerySet[Any, datetime]:
    """When *which* rows of each kind were, each kind looked for by its own index."""
    first, *rest = [found.filter(kind).values_list("at", flat=True)[which] for kind in kinds]
    return first.union(*rest, all=True) if rest else first


def day_signer() -> Signer:
    return Signer(sep=".", salt="a day in a list by day")


def sealed_midnight(at: datetime | None) -> str:
    return "" if at is None else day_signer().sign(timezone.localdate(at).isoformat())


def midnight_in(text: str | None) -> datetime | None:
    """The midnight that *text* was made of; None for anything else."""
    try:
        return midnight(date.fromisoformat(day_signer().unsign(text or "")))
    except BadSignature:
        return None
