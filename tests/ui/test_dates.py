"""Words about time: what stands on a tag, beside an event and in a sentence."""

import datetime as dt
import re

import pytest
from django.template import Context, Template

from knutpunkten.ui import dates

TUESDAY = dt.date(2026, 11, 17)


@pytest.mark.parametrize(
    ("due", "kind", "words"),
    [
        ("2026-11-08", "late", "Försenad 9 dagar"),
        ("2026-11-16", "late", "Försenad 1 dag"),
        ("2026-11-17", "soon", "Senast idag"),
        ("2026-11-18", "soon", "Senast imorgon"),
        ("2026-11-19", "later", "Senast tors 2026-11-19"),
        ("2026-11-20", "later", "Senast fre 2026-11-20"),
        ("2026-11-23", "later", "Senast mån 2026-11-23"),
        ("2026-11-24", "later", "Senast v. 48"),
        ("2026-12-29", "later", "Senast v. 53"),
        ("2027-01-05", "later", "Senast v. 1"),
        ("2027-05-16", "later", "Senast v. 19"),
        ("2027-05-31", "later", "Senast 2027-05-31"),
    ],
)
def test_a_deadline_is_said_from_today(due, kind, words):
    assert dates.deadline(dt.date.fromisoformat(due), TUESDAY) == (kind, words)


def test_a_deadline_given_as_a_moment_counts_by_the_day_in_stockholm():
    just_after_midnight = dt.datetime(2026, 11, 17, 23, 30, tzinfo=dt.UTC)
    assert dates.deadline(just_after_midnight, TUESDAY) == ("soon", "Senast imorgon")


def test_no_date_is_no_tag():
    assert render("{% deadline due today %}", due=None, today=TUESDAY) == ""


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (dt.datetime(2026, 11, 17, 7, 47, tzinfo=dt.UTC), "idag 08:47"),
        (dt.datetime(2026, 11, 16, 13, 5, tzinfo=dt.UTC), "igår 14:05"),
        (dt.datetime(2026, 11, 13, 13, 5, tzinfo=dt.UTC), "2026-11-13 14:05"),
        (dt.datetime(2026, 11, 16, 23, 5, tzinfo=dt.UTC), "idag 00:05"),
    ],
)
def test_a_moment_is_said_from_now(at, words):
    now = dt.datetime(2026, 11, 17, 9, 0, tzinfo=dt.UTC)
    assert dates.moment(at, now) == words


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ d|iso }}", '<time class="nowrap" datetime="2026-11-20">2026-11-20</time>'),
        ("{{ d|weekday_iso }}", '<time class="nowrap" datetime="2026-11-20">fre 2026-11-20</time>'),
        ("{{ d|long_date }}", '<time class="nowrap" datetime="2026-11-20">fredag 20 november</time>'),
        (
            "{{ d|in_words }}",
            '<time class="nowrap" datetime="2026-11-20">fredag 20 november</time>'
            ' <span class="meta"><time class="nowrap" datetime="2026-11-20">2026-11-20</time></span>',
        ),
        ("{{ d|week }}", '<span class="nowrap">v. 47</span>'),
        ("{{ dt|clock }}", '<span class="clock">10:42</span>'),
        ("{{ nothing|iso }}{{ nothing|moment }}{{ nothing|clock }}{{ nothing|week }}{{ nothing|in_words }}", ""),
    ],
)
def test_dates_never_break_over_a_line(template, expected):
    moment = dt.datetime(2026, 11, 20, 9, 42, tzinfo=dt.UTC)
    assert render(template, d=dt.date(2026, 11, 20), dt=moment, nothing=None) == expected


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (dt.datetime(2026, 11, 17, 7, 47, tzinfo=dt.UTC), "idag kl. 08:47"),
        (dt.datetime(2026, 11, 16, 13, 5, tzinfo=dt.UTC), "igår kl. 14:05"),
        (dt.datetime(2026, 11, 13, 13, 5, tzinfo=dt.UTC), "fredag 13 november kl. 14:05 2026-11-13"),
    ],
)
def test_a_moment_is_said_to_participants_in_words_with_the_date_beside(at, words):
    now = dt.datetime(2026, 11, 17, 9, 0, tzinfo=dt.UTC)
    assert re.sub("<[^>]+>", "", render("{{ at|moment_in_words:now }}", at=at, now=now)) == words


@pytest.mark.parametrize("day", [dt.date(2024, 12, 31), dt.date(2027, 1, 5)])
def test_weeks_are_iso_weeks(day):
    assert dates.week(day) == "v. 1"


@pytest.mark.parametrize("written", ["197804112394", "19780411-2394"])
def test_an_identity_number_is_never_broken_and_stands_left_to_right(written):
    assert render("{{ n|number }}", n=written) == '<bdi dir="ltr" class="nowrap">19780411-2394</bdi>'


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Leif Sandqvist", "LS"), ("Anna-Karin Ek Öst", "AÖ"), ("KP-0417", "KP"), ("Åsa", "ÅS"), ("", "?"), ("123", "?")],
)
def test_initials(name, letters):
    assert dates.initials(name) == letters


def test_dates_inside_a_text_are_kept_whole_and_the_rest_is_escaped():
    text = "Slutar 2026-11-30, <b>19780411-2386</b>"
    assert render("{{ t|unbroken }}", t=text) == (
        'Slutar <span class="nowrap">2026-11-30</span>, &lt;b&gt;<span class="nowrap">19780411-2386</span>&lt;/b&gt;'
    )


def test_a_month_inside_a_text_is_kept_whole():
    assert dates.unbroken("Inskriven sedan 2024-08") == [(False, "Inskriven sedan "), (True, "2024-08")]


def render(template: str, **context) -> str:
    return Template("{% load ui %}" + template).render(Context(context))
