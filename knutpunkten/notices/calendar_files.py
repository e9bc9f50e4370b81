"""Calendar files (.ics) for bookings. They travel by mail and lie in calendars others can open."""

import datetime

import icalendar
from icalendar.enums import CLASS, STATUS

from knutpunkten.organisations.calendar import STOCKHOLM

# Written out: the library's own lists every change from 1970 to 2038, with the spring ones an hour late.
_STOCKHOLM_RULES = """\
BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
TZNAME:CEST
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
_PRODUCT = "-//Knutpunkten//Bokningar//SV"


def event_file(
    uid: str,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime,
    summary: str,
    location: str,
    organiser_mail: str | None,
    sequence: int,
    *,
    cancelled: bool = False,
    stamped_at: datetime.datetime | None = None,
) -> bytes:
    """One event as a calendar file, UTF-8, times in Europe/Stockholm with their time zone enclosed.

    The same `uid` with a higher `sequence` moves an event already in a calendar; `cancelled` removes it.
    `summary` is neutral, such as "Möte, Knutpunkten": never a person's name (W1, W5).
    Times are aware. Raises ValueError for a naive time or an end that is not after its start.
    """
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise ValueError("event times must be aware")
    if ends_at <= starts_at:
        raise ValueError("an event must end after it starts")
    event = icalendar.Event.new(
        uid=uid,
        start=starts_at.astimezone(STOCKHOLM),
        end=ends_at.astimezone(STOCKHOLM),
        summary=summary,
        location=location or None,
        organizer=f"mailto:{organiser_mail}" if organiser_mail else None,
        sequence=sequence,
        stamp=stamped_at,
        classification=CLASS.PRIVATE,
        status=STATUS.CANCELLED if cancelled else STATUS.CONFIRMED,
    )
    # PUBLISH, not REQUEST: nobody is asked to answer, and no invited person's address is written down.
    calendar = icalendar.Calendar.new(
        uid=uid,
        prodid=_PRODUCT,
        language="sv",
        method="CANCEL" if cancelled else "PUBLISH",
        subcomponents=[icalendar.Timezone.from_ical(_STOCKHOLM_RULES), event],
    )
    return calendar.to_ical()
