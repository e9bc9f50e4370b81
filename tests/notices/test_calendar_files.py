"""Calendar files read back by the library that calendars' own readers resemble."""

import datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest

from knutpunkten.notices.calendar_files import event_file

UTC = datetime.UTC
STOCKHOLM = ZoneInfo("Europe/Stockholm")
START = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
END = datetime.datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def made(**changes):
    wanted = {
        "uid": "7d1c@knutpunkten.example",
        "starts_at": START,
        "ends_at": END,
        "summary": "Möte, Knutpunkten",
        "location": "Storgatan 1, Västervik",
        "organiser_mail": "samordnare@knutpunkten.example",
        "sequence": 0,
        "stamped_at": datetime.datetime(2026, 11, 17, 8, 0, tzinfo=UTC),
    }
    return event_file(**(wanted | changes))


def event_in(content):
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event


def test_the_event_says_when_where_and_nothing_more():
    event = event_in(made())
    assert (event["SUMMARY"], event["LOCATION"]) == ("Möte, Knutpunkten", "Storgatan 1, Västervik")
    assert event["ORGANIZER"] == "mailto:samordnare@knutpunkten.example"
    assert set(event) == {
        "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "ORGANIZER", "SEQUENCE", "CLASS", "STATUS"
    }  # fmt: skip


def test_times_are_swedish_and_bring_their_time_zone():
    content = made()
    assert b"DTSTART;TZID=Europe/Stockholm:20261124T130000" in content
    assert b"DTEND;TZID=Europe/Stockholm:20261124T140000" in content
    assert [str(zone["TZID"]) for zone in icalendar.Calendar.from_ical(content).walk("VTIMEZONE")] == [
        "Europe/Stockholm"
    ]


def test_the_enclosed_time_zone_changes_when_sweden_does():
    (zone,) = icalendar.Calendar.from_ical(made()).walk("VTIMEZONE")
    enclosed = zone.to_tz(lookup_tzid=False)
    for number in range(365 * 8):
        for hour in (1, 4):  # before and after the change; the hour between is there twice, or not at all
            moment = datetime.datetime(2024, 1, 1, hour) + datetime.timedelta(days=number)
            assert moment.replace(tzinfo=enclosed).utcoffset() == moment.replace(tzinfo=STOCKHOLM).utcoffset(), moment


def test_summer_time_is_kept():
    summer = datetime.datetime(2026, 6, 16, 11, 0, tzinfo=UTC)
    event = event_in(made(starts_at=summer, ends_at=summer + datetime.timedelta(hours=1)))
    assert event.start.astimezone(STOCKHOLM).hour == 13
    assert event.start == summer


def test_a_moved_event_keeps_its_uid_and_counts_up():
    assert event_in(made(sequence=3))["SEQUENCE"] == 3
    assert event_in(made(sequence=3))["UID"] == event_in(made())["UID"]


def test_a_cancelled_event_says_so_twice():
    content = made(cancelled=True, sequence=1)
    assert icalendar.Calendar.from_ical(content)["METHOD"] == "CANCEL"
    assert event_in(content)["STATUS"] == "CANCELLED"


def test_without_organiser_and_place_neither_is_written():
    event = event_in(made(organiser_mail=None, location=""))
    assert "ORGANIZER" not in event
    assert "LOCATION" not in event


def test_the_calendar_entry_is_private():
    assert event_in(made())["CLASS"] == "PRIVATE"


def test_text_cannot_smuggle_lines_into_the_file():
    content = made(location="Rum 1\r\nATTENDEE:mailto:nyfiken@obehorig.example;,")
    assert "ATTENDEE" not in event_in(content)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_the_file_is_the_same_each_time():
    assert made() == made()


@pytest.mark.parametrize("changes", [{"ends_at": START}, {"starts_at": START.replace(tzinfo=None)}])
def test_impossible_times_are_refused(changes):
    with pytest.raises(ValueError, match="event"):
        made(**changes)
