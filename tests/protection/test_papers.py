"""A protected person's documents and calendar file: to those who read the case, and without the person's name (W5)."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import icalendar
import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knutpunkten.closing.models import Closing
from knutpunkten.consents.models import Consent
from knutpunkten.consents.purpose import purpose_of
from knutpunkten.first_meeting.models import FirstMeeting
from knutpunkten.notices.calendar_files import event_file
from knutpunkten.plans.models import Goal, Plan, SubGoal
from tests.conftest import behind_the_wall
from tests.protection.conftest import NAME, NUMBER
from tests.protection.test_does_not_exist import COLLEAGUES, answer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PDFS = ("referral_pdf", "consent_pdf", "contract_pdf", "plan_pdf", "report_pdf")
CALENDAR = "first_meeting_ics"
# Everybody but those who read: the supervisor, and the one his unit has named. His colleague is not.
OTHERS = ("disa", *(name for name in COLLEAGUES if name not in ("elin", "mats")))
PLACE = "Hemma hos Vilhelmina, Hamngatan 3, Västervik"


def written(case: Any, cast: Any) -> Any:
    """Every document there is, and a first meeting to come."""
    at = timezone.now()
    team = {"case": case, "author_unit": case.programme.team}
    with behind_the_wall():
        FirstMeeting.objects.create(
            **team, starts_at=at + DAY, ends_at=at + DAY + timedelta(hours=1), place=PLACE,
            invited=[], booked_at=at, booked_by=cast.elin,
        )  # fmt: skip
        Plan.objects.create(
            **team, version=1, agreed_on=timezone.localdate(at), begun_at=at, begun_by=cast.elin, participation="Med",
            who_took_part="Elin Strand, handledare", next_follow_up_on=timezone.localdate(at + 5 * DAY),
        )  # fmt: skip
        Closing.objects.create(
            **team,
            is_planned=True,
            outcome="work",
            result="Bra",
            judgement="Klarar",
            saved_at=at,
            saved_by=cast.elin,
            handed_over_at=at,
        )
    return case


@pytest.fixture
def case(protected_case: Callable, cast: Any) -> Any:
    now = timezone.now()
    milestones = {"first_meeting_at": now + DAY, "plan_agreed_at": now, "mapped_at": now}
    return written(protected_case("active", readers=[cast.mats], **milestones), cast)


@pytest.fixture
def open_case(make_case: Callable, cast: Any) -> Any:
    """The same of somebody who is not protected."""
    now = timezone.now()
    return written(make_case("active", first_meeting_at=now + DAY, plan_agreed_at=now, mapped_at=now), cast)


def got(client: Client, name: str, case: Any) -> bytes:
    response = client.get(reverse(name, args=[case.pk]))
    assert response.status_code == 200, name
    return response.content


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


# Documents.


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", OTHERS)
def test_whoever_does_not_read_gets_no_document_and_no_calendar_file(
    name: str, case: Any, cast: Any, sign_in: Callable
) -> None:
    """As for a case that does not exist: status and body alike."""
    reads = sign_in(cast.johan)
    for document in (*PDFS, CALENDAR):
        assert got(reads, document, case)
    client = sign_in(getattr(cast, name))
    for document in (*PDFS, CALENDAR):
        found, nothing = answer(client, (document, {}), case.pk), answer(client, (document, {}), uuid4())
        assert found == nothing, document
        assert found[0] in (403, 404), document


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", ["johan", "elin", "mats"])
def test_no_document_names_the_person_nor_does_its_file_name(
    name: str, case: Any, cast: Any, sign_in: Callable
) -> None:
    client = sign_in(getattr(cast, name))
    for document in PDFS:
        response = client.get(reverse(document, args=[case.pk]))
        pages = pypdf.PdfReader(io.BytesIO(response.content))
        said = " ".join(page.extract_text() for page in pages.pages) + str(pages.metadata)
        said += response.headers["Content-Disposition"]
        assert case.number in said, document
        for personal in (*NAME.split(), NUMBER, NUMBER[2:8], f"{NUMBER[:8]}-{NUMBER[8:]}"):
            assert personal not in said, (document, personal)


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", ["johan", "elin", "mats"])
def test_the_consent_names_no_guardian_either(
    name: str, case: Any, open_case: Any, cast: Any, sign_in: Callable
) -> None:
    with behind_the_wall():
        Consent.objects.filter(case__in=[case, open_case]).update(guardian="Berit Sand, god man")
    client = sign_in(getattr(cast, name))
    of_protected, of_open = (words_of(got(client, "consent_pdf", one)) for one in (case, open_case))
    assert "Berit Sand" in of_open
    assert "god man" in of_protected
    assert not any(part in of_protected for part in ("Berit", "Sand"))


@pytest.mark.clause("W5")
def test_of_somebody_protected_since_the_consent_says_its_own_purpose_without_their_name(
    case: Any, cast: Any, sign_in: Callable
) -> None:
    johan, own = sign_in(cast.johan), purpose_of(case, case.first_name)
    with behind_the_wall():
        Consent.objects.filter(case=case).update(purpose=f"{own} Och råd.")
    page = " ".join(johan.get(reverse("consent", args=[case.pk]) + "?nytt=1").text.split())
    assert "Att personen ska få stöd" in words_of(got(johan, "consent_pdf", case))
    assert page.count(f"{purpose_of(case, 'personen')} Och råd.") == 2  # what was signed, and what is proposed anew
    assert "Vilhelmina ska" not in page


@pytest.mark.clause("W5")
@pytest.mark.parametrize("entry", [NAME, "Vilhelmina"])
def test_whoever_is_protected_since_stands_in_the_plan_as_the_person(
    entry: str, case: Any, open_case: Any, cast: Any, sign_in: Callable
) -> None:
    johan = sign_in(cast.johan)
    for one in (case, open_case):
        with behind_the_wall():
            planned(one, entry)
            Closing.objects.filter(case=one).update(met_on=timezone.localdate(), who_took_part=f"{entry}, deltagare")
    read = [got(johan, name, case) for name in ("plan_pdf", "report_pdf")]
    texts = [*map(words_of, read), johan.get(reverse("plan", args=[case.pk])).text]
    for text in texts:
        assert "Vilhelmina ring" not in text
        assert f"{entry}, deltagare" not in text
        assert "personen" in text
    assert words_of(got(johan, "plan_pdf", open_case)).count(entry) == 2  # another's name is as it was written


def planned(case: Any, responsible: str) -> None:
    plan = Plan.objects.get(case=case)
    Plan.objects.filter(pk=plan.pk).update(who_took_part=f"{responsible}, deltagare\nElin Strand, handledare")
    row = {"case": case, "author_unit": plan.author_unit, "position": 1}
    goal = Goal.objects.create(plan=plan, own_words="Ett jobb", **row)
    SubGoal.objects.create(goal=goal, what="Ring runt", responsible=responsible, due_on=plan.next_follow_up_on, **row)


# The calendar file, read by the standard alone (RFC 5545): folded lines, names, parameters and escaped text.


def lines_of(content: bytes) -> Iterator[str]:
    assert content.endswith(b"\r\n")
    folded = content.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 75 for line in folded)  # octets, not letters
    yield from content.removesuffix(b"\r\n").replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode().split("\r\n")


def as_a_calendar_reads(content: bytes) -> dict[str, str]:
    """The event's own properties: name (with parameters) → text."""
    inside: list[str] = []
    event: dict[str, str] = {}
    for line in lines_of(content):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            inside.append(value)
        elif name == "END":
            assert inside.pop() == value
        elif inside == ["VCALENDAR", "VEVENT"]:
            assert name.partition(";")[0] not in {key.partition(";")[0] for key in event}, f"twice: {name}"
            plain = value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
            event[name] = plain
    assert inside == []
    return event


@pytest.mark.clause("W1", "S9")
def test_a_calendar_reads_the_first_meeting_and_nothing_of_the_person(
    open_case: Any, cast: Any, sign_in: Callable
) -> None:
    content = got(sign_in(cast.johan), CALENDAR, open_case)
    event = as_a_calendar_reads(content)
    starts = timezone.localtime(open_case.first_meeting_at)
    assert event["DTSTART;TZID=Europe/Stockholm"] == f"{starts:%Y%m%dT%H%M%S}"
    assert event["SUMMARY"] == "Möte, Knutpunkten"
    assert event["LOCATION"] == PLACE
    assert event["CLASS"] == "PRIVATE"
    number = open_case.person.number
    for personal in (open_case.first_name, open_case.last_name, number, number[2:], open_case.number):
        assert personal not in content.decode().replace("\r\n ", "")
    # Another reader of calendars finds the same.
    (read,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert {key.partition(";")[0] for key in event} == set(read)
    assert (str(read["SUMMARY"]), str(read["LOCATION"])) == (event["SUMMARY"], event["LOCATION"])


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", ["johan", "elin", "mats"])
def test_of_a_protected_person_the_calendar_has_the_time_and_no_place(
    name: str, case: Any, cast: Any, sign_in: Callable
) -> None:
    response = sign_in(getattr(cast, name)).get(reverse(CALENDAR, args=[case.pk]))
    event = as_a_calendar_reads(response.content)
    assert {key.partition(";")[0] for key in event} == {
        "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "CLASS", "STATUS"
    }  # fmt: skip
    assert event["SUMMARY"] == "Möte, Knutpunkten"
    said = response.content.decode().replace("\r\n ", "") + str(response.headers)
    for personal in (*NAME.split(), NUMBER, NUMBER[2:8], case.number, "Hamngatan", case.caseworker.name):
        assert personal not in said, personal


def test_a_line_that_is_folded_within_a_letter_is_read_whole() -> None:
    """The reader above unfolds octets before it reads letters, as the standard says."""
    place, now = "Övre gården, " * 12, timezone.now()
    content = event_file("a@b", now, now + DAY, "Möte", place, None, 0)
    assert as_a_calendar_reads(content)["LOCATION"] == place
