"""Dates, times, numbers and names as they stand on the screen. Nothing here knows what day it is."""

import datetime as dt
import re

from django.utils import timezone

WEEKDAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")
LONG_WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
# Further away than this a date is said by its week, and further than half a year by its date again:
# a week number alone would then be taken for this year's.
DAYS_SAID_BY_DATE = 6
DAYS_SAID_BY_WEEK = 180


def local_date(value: dt.date) -> dt.date:
    """Return the date in Stockholm of a date or an aware moment."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def iso(value: dt.date) -> str:
    """2026-11-20."""
    return local_date(value).isoformat()


def weekday_iso(value: dt.date) -> str:
    """fre 2026-11-20."""
    day = local_date(value)
    return f"{WEEKDAYS[day.weekday()]} {day.isoformat()}"


def long_date(value: dt.date) -> str:
    """torsdag 26 november, for those who read little Swedish; the ISO date stands beside it."""
    day = local_date(value)
    return f"{LONG_WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def month_and_year(value: dt.date) -> str:
    """november 2026."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def week(value: dt.date) -> str:
    """v. 47, by ISO week."""
    return f"v. {local_date(value).isocalendar().week}"


def clock(value: dt.datetime | dt.time) -> str:
    """10:42, in Stockholm if the moment is aware."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value.strftime("%H:%M")


def moment(value: dt.datetime, now: dt.datetime) -> str:
    """idag 08:47, igår 14:05 or 2026-11-13 14:05."""
    day, today = local_date(value), local_date(now)
    near = {today: "idag", today - dt.timedelta(days=1): "igår"}
    return f"{near.get(day, day.isoformat())} {clock(value)}"


def moment_in_words(value: dt.datetime, now: dt.datetime) -> str:
    """idag kl. 08:47, igår kl. 14:05 or fredag 13 november kl. 14:05; the ISO date stands beside the last."""
    day, _, at = moment(value, now).partition(" ")
    return f"{long_date(value) if day == iso(value) else day} kl. {at}"


def midnight(day: dt.date) -> dt.datetime:
    """The moment at which *day* begins."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def deadline(due: dt.date, today: dt.date) -> tuple[str, str]:
    """Return the kind of tag (late, soon, later) and its words for something due on a day."""
    day = local_date(due)
    days = (day - local_date(today)).days
    if days < 0:
        return "late", f"Försenad {-days} {'dag' if days == -1 else 'dagar'}"
    if days <= 1:
        return "soon", f"Senast {('idag', 'imorgon')[days]}"
    if days <= DAYS_SAID_BY_DATE:
        return "later", f"Senast {weekday_iso(day)}"
    if days <= DAYS_SAID_BY_WEEK:
        return "later", f"Senast {week(day)}"
    return "later", f"Senast {iso(day)}"


def number(value: str) -> str:
    """Return a 12-digit identity number as ÅÅÅÅMMDD-NNNN; anything else as it is."""
    match = re.fullmatch(r"(\d{8})[-+]?(\w{4})", str(value))
    return f"{match[1]}-{match[2]}" if match else str(value)


def unbroken(text: str) -> list[tuple[bool, str]]:
    """Split a text into parts, each with whether it must not break over a line: dates and identity numbers."""
    parts = re.split(r"(\b\d{4}-\d{2}(?:-\d{2})?\b|\b\d{8}-\w{4}\b|\b\d{2}:\d{2}–\d{2}:\d{2}\b)", str(text))
    return [(i % 2 == 1, part) for i, part in enumerate(parts) if part]


def initials(name: str) -> str:
    """LS for Leif Sandqvist, KP for KP-0417; the first and the last name count."""
    words = [word for word in re.split(r"\s+", str(name).strip()) if word[:1].isalpha()]
    if not words:
        return "?"
    letters = words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]
    return letters.upper()
