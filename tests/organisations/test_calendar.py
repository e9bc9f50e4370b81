"""Swedish working days and recurring days. The dates are the ones listed in the facts of the field."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knutpunkten.organisations.calendar import (
    THURSDAY,
    TUESDAY,
    add_working_days,
    eve_name,
    free_day,
    holiday_name,
    is_working_day,
    iso_week,
    local_today,
    meeting_days,
    nth_weekday_of_month,
    visit_days,
)

DATES = st.dates(datetime.date(2020, 1, 1), datetime.date(2040, 12, 31))


def day(iso):
    return datetime.date.fromisoformat(iso)


def iso(marked_days):
    return [str(marked.date) for marked in marked_days]


def test_odd_week_tuesdays_on_holidays_or_eves_are_exactly_the_known_ones():
    tuesdays = visit_days(day("2024-01-01"), day("2034-12-31"), TUESDAY, "odd")
    assert iso(marked for marked in tuesdays if not marked.is_ordinary) == [
        "2024-12-31",
        "2027-01-05",
        "2028-06-06",
        "2030-01-01",
        "2030-12-31",
        "2034-06-06",
    ]


@pytest.mark.parametrize(
    ("date", "why"),
    [
        ("2026-12-24", "julafton"),
        ("2026-12-25", "juldagen"),
        ("2027-05-06", "Kristi himmelsfärdsdag"),
        ("2028-06-06", "nationaldagen"),
        ("2026-11-28", "en lördag"),
        ("2026-11-29", "en söndag"),
        ("2027-01-05", ""),
        ("2026-11-30", ""),
    ],
)
def test_why_nobody_works_is_said_by_name(date, why):
    assert free_day(day(date)) == why


def test_week_53_and_week_1_are_both_odd():
    assert iso(visit_days(day("2026-12-15"), day("2027-01-20"), TUESDAY, "odd")) == [
        "2026-12-15",
        "2026-12-29",
        "2027-01-05",
        "2027-01-19",
    ]


def test_even_and_odd_weeks_share_out_every_week():
    first, last = day("2026-01-01"), day("2027-12-31")
    odd, even, every = (iso(visit_days(first, last, TUESDAY, parity)) for parity in ("odd", "even", "every"))
    assert sorted(odd + even) == every
    assert not set(odd) & set(even)


def test_a_visit_day_says_which_holiday_or_eve_it_is():
    (new_year,) = visit_days(day("2030-01-01"), day("2030-01-01"), TUESDAY, "odd")
    assert (new_year.holiday, new_year.eve) == ("Nyårsdagen", None)
    (epiphany_eve,) = visit_days(day("2027-01-05"), day("2027-01-05"), TUESDAY, "odd")
    assert (epiphany_eve.holiday, epiphany_eve.eve) == (None, "Trettondagsafton")


@pytest.mark.parametrize(
    ("date", "expected"), [("2024-12-31", (2025, 1)), ("2026-12-29", (2026, 53)), ("2027-01-01", (2026, 53))]
)
def test_the_week_belongs_to_its_iso_year(date, expected):
    assert iso_week(day(date)) == expected


@pytest.mark.parametrize("year", [2020, 2026, 2032, 2037])
def test_years_with_53_weeks(year):
    assert iso_week(datetime.date(year, 12, 31)) == (year, 53)
    assert iso_week(datetime.date(year + 1, 12, 31))[1] != 53


@pytest.mark.parametrize(
    ("date", "name"),
    [
        ("2026-06-19", "Midsommarafton"),
        ("2026-12-24", "Julafton"),
        ("2026-12-31", "Nyårsafton"),
    ],
)
def test_the_three_free_eves_are_no_working_days(date, name):
    assert eve_name(day(date)) == name
    assert holiday_name(day(date)) is None
    assert not is_working_day(day(date))


@pytest.mark.parametrize(
    ("date", "name"),
    [
        ("2027-01-05", "Trettondagsafton"),
        ("2026-04-02", "Skärtorsdagen"),
        ("2026-04-30", "Valborgsmässoafton"),
        ("2026-10-30", "Allhelgonaafton"),
    ],
)
def test_other_eves_are_named_but_worked(date, name):
    assert eve_name(day(date)) == name
    assert is_working_day(day(date))


@pytest.mark.parametrize("date", ["2026-11-21", "2026-11-22", "2026-01-06", "2026-05-14", "2026-06-06", "2026-12-25"])
def test_weekends_and_holidays_are_no_working_days(date):
    assert not is_working_day(day(date))


@pytest.mark.parametrize(
    ("date", "count", "expected"),
    [
        ("2026-11-17", 0, "2026-11-17"),
        ("2026-11-21", 0, "2026-11-21"),
        ("2026-11-17", 5, "2026-11-24"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-12-23", 1, "2026-12-28"),
        ("2026-12-23", 5, "2027-01-05"),
        ("2026-06-18", 1, "2026-06-22"),
        ("2026-11-19", -2, "2026-11-17"),
        ("2026-12-28", -1, "2026-12-23"),
    ],
)
def test_working_days_skip_weekends_holidays_and_free_eves(date, count, expected):
    assert add_working_days(day(date), count) == day(expected)


@given(start=DATES, count=st.integers(1, 60))
def test_a_deadline_is_a_working_day_that_many_working_days_away(start, count):
    end = add_working_days(start, count)
    assert is_working_day(end)
    after = (start + datetime.timedelta(days=n) for n in range(1, (end - start).days + 1))
    assert sum(map(is_working_day, after)) == count


def test_the_third_thursday_of_each_month():
    assert iso(meeting_days(day("2026-10-01"), day("2027-02-17"), THURSDAY, 3)) == [
        "2026-10-15",
        "2026-11-19",
        "2026-12-17",
        "2027-01-21",
    ]


def test_a_meeting_day_on_the_edge_of_the_period_counts():
    assert iso(meeting_days(day("2026-11-19"), day("2026-11-19"), THURSDAY, 3)) == ["2026-11-19"]
    assert meeting_days(day("2026-11-20"), day("2026-12-16"), THURSDAY, 3) == []


def test_months_without_a_fifth_thursday_have_no_meeting():
    assert nth_weekday_of_month(2026, 11, THURSDAY, 5) is None
    assert nth_weekday_of_month(2026, 12, THURSDAY, 5) == day("2026-12-31")
    assert iso(meeting_days(day("2026-11-01"), day("2026-12-31"), THURSDAY, 5)) == ["2026-12-31"]


def test_the_last_thursday_and_an_impossible_one():
    assert nth_weekday_of_month(2026, 11, THURSDAY, -1) == day("2026-11-26")
    with pytest.raises(ValueError, match="weekday"):
        nth_weekday_of_month(2026, 11, THURSDAY, 6)


@given(year=st.integers(2020, 2040), month=st.integers(1, 12), weekday=st.integers(0, 6), n=st.integers(1, 4))
def test_the_nth_weekday_is_that_weekday_in_its_seven_days(year, month, weekday, n):
    found = nth_weekday_of_month(year, month, weekday, n)
    assert (found.weekday(), found.month, (found.day - 1) // 7 + 1) == (weekday, month, n)


def test_today_is_the_date_in_sweden():
    utc = ZoneInfo("UTC")
    assert local_today(datetime.datetime(2026, 11, 17, 23, 30, tzinfo=utc)) == day("2026-11-18")
    assert local_today(datetime.datetime(2026, 7, 17, 21, 59, tzinfo=utc)) == day("2026-07-17")
    with pytest.raises(ValueError, match="aware"):
        local_today(datetime.datetime(2026, 11, 17, 12, 0))
