"""Working days, ISO weeks and recurring meeting days, as Sweden counts them. Pure: dates in, dates out.

Days are counted in working days (see steps.md). Study visits are on Tuesdays of odd ISO weeks (S2, L8);
the case meeting is, for instance, the third Thursday of the month. Nothing here moves a day that falls
on a holiday: it is marked, and the coordinator decides.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

Parity = Literal["odd", "even", "every"]

_DAY = datetime.timedelta(days=1)
_PUBLIC = holidays.country_holidays("SE", categories=("public",), language="sv")

# Nobody works on these, though only the annual leave act (1977:480, section 7) says so.
_FREE_EVES = holidays.country_holidays("SE", categories=("de_facto",), language="sv")


@dataclass(frozen=True)
class MarkedDay:
    """A day in a series, with what would speak against meeting on it, by name, or None."""

    date: datetime.date
    holiday: str | None
    eve: str | None

    @property
    def is_ordinary(self) -> bool:
        return self.holiday is None and self.eve is None


def local_today(at: datetime.datetime) -> datetime.date:
    """The date in Sweden at an aware moment. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("local_today needs an aware datetime")
    return at.astimezone(STOCKHOLM).date()


def holiday_name(day: datetime.date) -> str | None:
    """The public holiday on `day` by its Swedish name, or None. An ordinary Sunday is not one."""
    return _PUBLIC.get(day)


def eve_name(day: datetime.date) -> str | None:
    """The eve on `day`: one nobody works on, or one when many leave at noon, or None."""
    if day in _FREE_EVES:
        return _FREE_EVES[day]
    if holiday_name(day):
        return None
    return _short_eve_name(day)


def is_working_day(day: datetime.date) -> bool:
    """Monday to Friday, no holiday, nor midsommarafton, julafton, nyårsafton. Other eves are worked."""
    return day.weekday() < SATURDAY and day not in _PUBLIC and day not in _FREE_EVES


def free_day(day: datetime.date) -> str:
    """Why `day` is no working day, in a sentence: "juldagen", "en söndag". Empty for a working day."""
    if is_working_day(day):
        return ""
    name = holiday_name(day) or eve_name(day)
    if name is None:
        return "en lördag" if day.weekday() == SATURDAY else "en söndag"
    return name if name.startswith("Kristi ") else name.lower()


def add_working_days(day: datetime.date, count: int) -> datetime.date:
    """The working day `count` working days after `day` (before, if negative); `day` itself if 0.

    The turn came on `day`, which is not counted, be it a working day or not.
    """
    step = _DAY if count > 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def iso_week(day: datetime.date) -> tuple[int, int]:
    """ISO year and week: 2024-12-31 is (2025, 1). Name the week with its ISO year, not the calendar's."""
    year, week, _ = day.isocalendar()
    return year, week


def visit_days(first: datetime.date, last: datetime.date, weekday: int, parity: Parity) -> list[MarkedDay]:
    """Every `weekday` (0 = Monday) from `first` to `last` in odd, even or every ISO week, marked (S2, L8).

    Odd weeks are not every other week: week 53 and week 1 are both odd.
    """
    return [
        mark(day)
        for day in _days(first, last)
        if day.weekday() == weekday and (parity == "every" or (iso_week(day)[1] % 2 == 1) == (parity == "odd"))
    ]


def nth_weekday_of_month(year: int, month: int, weekday: int, n: int) -> datetime.date | None:
    """The n:th `weekday` (0 = Monday) of the month, n from 1; -1 is the last; None where there is no fifth.

    Raises ValueError for any other n.
    """
    if n not in (-1, 1, 2, 3, 4, 5):
        raise ValueError(f"no {n}:th weekday in a month")
    first = datetime.date(year, month, 1)
    day = first + _DAY * ((weekday - first.weekday()) % 7)
    found = [day + week * 7 * _DAY for week in range(5) if (day + week * 7 * _DAY).month == month]
    if n == -1:
        return found[-1]
    return found[n - 1] if n <= len(found) else None


def meeting_days(first: datetime.date, last: datetime.date, weekday: int, n: int) -> list[MarkedDay]:
    """The n:th `weekday` of each month, those that fall from `first` to `last`, marked."""
    candidates = (nth_weekday_of_month(year, month, weekday, n) for year, month in _months(first, last))
    return [mark(day) for day in candidates if day is not None and first <= day <= last]


def mark(day: datetime.date) -> MarkedDay:
    """`day` with the names of the holiday and eve on it."""
    return MarkedDay(day, holiday_name(day), eve_name(day))


def _short_eve_name(day: datetime.date) -> str | None:
    tomorrow = holiday_name(day + _DAY)
    match (day.month, day.day):
        case (1, 5):
            return "Trettondagsafton"
        case (4, 30):
            return "Valborgsmässoafton"
    return {
        "Långfredagen": "Skärtorsdagen",
        "Påskdagen": "Påskafton",
        "Pingstdagen": "Pingstafton",
        "Alla helgons dag": "Allhelgonaafton",
    }.get(tomorrow or "")


def _days(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    while first <= last:
        yield first
        first += _DAY


def _months(first: datetime.date, last: datetime.date) -> Iterator[tuple[int, int]]:
    for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield index // 12, index % 12 + 1
