"""The start page: what waits for one, also what belongs to the programme and to no single case."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from knutpunkten.cases.models import Party
from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.queue.actions import set_places
from knutpunkten.queue.models import Ticket, Waiting
from knutpunkten.routine import engine
from knutpunkten.visits.models import Slot
from tests.builders import make_person
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


def meeting_in(cast: Any, days: int, case: Any) -> Meeting:
    starts_at = timezone.now() + timedelta(days=days)
    meeting = Meeting.objects.create(
        programme=cast.knutpunkten, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), place="Stadshuset"
    )
    AgendaItem.objects.create(
        meeting=meeting, case_id=case.pk, number=case.number, kind=case.kind, purpose="decide", position=1
    )
    return meeting


@pytest.mark.clause("W3")
def test_the_coordinator_is_asked_for_the_agenda_when_the_time_to_hand_in_is_over(make_case, cast, sign_in) -> None:
    case = make_case("announced")
    with behind_the_wall():
        meeting = meeting_in(cast, 5, case)
    start = sign_in(cast.karin).get("/").text
    assert "Lägg fast dagordningen" in start
    assert "Ett ärende, inga konsultationer." in start
    with behind_the_wall():
        Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.AGENDA)
    assert "Lägg fast dagordningen" not in sign_in(cast.karin).get("/").text


def test_the_agenda_is_not_asked_for_while_referrals_may_still_come(make_case, cast, sign_in) -> None:
    case = make_case("announced")
    with behind_the_wall():
        meeting_in(cast, 30, case)
    assert "Lägg fast dagordningen" not in sign_in(cast.karin).get("/").text


@pytest.mark.clause("S8")
def test_a_free_place_with_somebody_waiting_is_on_the_coordinators_list(make_case, cast, sign_in) -> None:
    with behind_the_wall():
        set_places(cast.knutpunkten, timezone.now())
    assert "Erbjud en ledig plats" not in sign_in(cast.karin).get("/").text
    case = make_case("queued")
    with behind_the_wall():
        ticket = Ticket.objects.create(programme=cast.knutpunkten, since=timezone.now(), order_at=timezone.now())
        Waiting.objects.create(ticket=ticket, case=case, author_unit=cast.knutpunkten.team)
    start = sign_in(cast.karin).get("/").text
    assert "Erbjud en ledig plats" in start
    assert "En väntar på en plats." in start
    assert "Erbjud en ledig plats" not in sign_in(cast.elin).get("/").text
    with behind_the_wall():
        case.parties.filter(basis="consent", unit=cast.knutpunkten.team).update(withdrawn_at=timezone.now())
    assert "Erbjud en ledig plats" not in sign_in(cast.karin).get("/").text


@pytest.mark.clause("S2")
def test_a_visit_on_an_eve_waits_for_the_coordinators_word(cast, sign_in) -> None:
    starts_at = timezone.now() + timedelta(days=20)
    with behind_the_wall():
        Slot.objects.create(
            programme=cast.knutpunkten,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            seats=6,
            state=Slot.State.TO_CONFIRM,
            reason="Trettondagsafton",
        )
    page = sign_in(cast.karin).get("/").text
    assert f"Bekräfta tiden för studiebesök v. {timezone.localdate(starts_at).isocalendar().week}" in page
    assert "är trettondagsafton" in page


@pytest.mark.parametrize(
    ("state", "passed", "verb"),
    [
        ("draft", [], "Skriv"),
        ("returned", ["decided_at", "notice_given_at"], "Bekräfta"),
        ("placed", ["decided_at", "notice_given_at", "notice_confirmed_at"], "Registrera"),
    ],
)
def test_a_row_says_what_one_does(make_case, cast, sign_in, state, passed, verb) -> None:
    make_case(state, **dict.fromkeys(passed, timezone.now()))
    assert buttons(sign_in(cast.johan).get("/").text, "work-do") == [verb]


@pytest.mark.clause("W2", "W3")
def test_a_case_that_waits_for_the_meeting_waits_on_its_caseworkers_page_too(make_case, cast, sign_in) -> None:
    """Whoever runs the meeting has it on the agenda; to those of the unit that refers it would seem forgotten."""
    two_parties = {"Försörjningsstöd": ["grund"], "Knutpunktsteamet": ["grund"]}
    case = make_case("announced", parties=two_parties, meeting_on=timezone.localdate() + timedelta(days=9))
    told = f'<a href="/arenden/{case.pk}/">{case.person_name}</a>'
    assert told in others(sign_in(cast.johan).get("/").text)
    assert told in others(sign_in(cast.nadja).get("/").text)
    assert told not in others(sign_in(cast.karin).get("/").text)


def test_what_another_does_beside_ones_own_waits_for_others_too(make_case, cast, sign_in) -> None:
    now = timezone.now()
    case = make_case("placed", decided_at=now, notice_given_at=now, notice_confirmed_at=now)
    with behind_the_wall():
        engine.refresh(case.pk, at=now)
    page = sign_in(cast.karin).get("/").text
    assert f"Utse handledare: {case.person_name}" in page
    assert "Beslut om insats" in others(page)
    assert "Utse handledare" in others(sign_in(cast.johan).get("/").text)


def others(page: str) -> str:
    """The part "Väntar på andra"."""
    return page.partition('aria-labelledby="vantar-pa-andra"')[2].partition("</section>")[0]


def test_one_button_is_filled_whether_something_waits_or_not(make_case, cast, sign_in) -> None:
    assert filled(sign_in(cast.johan).get("/").text) == ["Ny remiss"]
    make_case("draft")
    make_case("draft")
    assert filled(sign_in(cast.johan).get("/").text) == ["Skriv"]


def test_ten_of_more_are_not_called_all(make_case, cast, sign_in) -> None:
    make_case("draft")
    assert 'Väntar på dig <span class="count">1</span>' in sign_in(cast.johan).get("/").text
    for _ in range(10):
        make_case("draft")
    page = sign_in(cast.johan).get("/").text
    assert 'Väntar på dig <span class="count">' not in page
    assert "Här står de tio som har mest bråttom." in page


@pytest.mark.clause("S8")
def test_start_and_queue_tell_the_same_of_those_who_stand_in_line(cast, sign_in) -> None:
    now = timezone.now()
    client = sign_in(cast.karin)
    assert all("Ingen står i kön." in client.get(url).text for url in ("/", "/ko/"))
    with behind_the_wall():
        for state in ("offered", "waiting", "waiting", "left"):
            Ticket.objects.create(programme=cast.knutpunkten, since=now, order_at=now, state=state)
    told = "3 står i kön: 1 har fått ett erbjudande, 2 väntar på en plats."
    assert all(told in client.get(url).text for url in ("/", "/ko/"))
    queue = client.get("/ko/").text
    assert 'Har fått ett erbjudande <span class="count quiet">1</span>' in queue
    assert 'Väntar på en plats <span class="count quiet">2</span>' in queue


@pytest.mark.clause("W1", "S8")
def test_who_stands_first_in_the_queue_is_named_to_who_may_see_them(make_case, cast, sign_in) -> None:
    now = timezone.now()
    for days, name, parties in ((0, "Fjärde", None), (9, "Andra", {}), (30, "Första", None), (5, "Tredje", None)):
        with behind_the_wall():
            person = make_person(name, "Öberg")
        case = make_case("queued", person=person, parties=parties)
        with behind_the_wall():
            since = now - timedelta(days=days)
            ticket = Ticket.objects.create(programme=cast.knutpunkten, since=since, order_at=since)
            Waiting.objects.create(ticket=ticket, case=case, author_unit=case.referring_unit)
    card = sign_in(cast.karin).get("/").text.partition('id="platser"')[2].partition("</section>")[0]
    line = [words_of(row) for row in re.findall(r"<li>(.*?)</li>", card, re.DOTALL)]
    assert line == ["1 Första Öberg 30 dagar i kö", "2 Ett ärende 9 dagar i kö", "3 Tredje Öberg 5 dagar i kö"]
    assert "I kö sedan idag" in sign_in(cast.karin).get("/ko/").text


def test_when_the_next_meeting_takes_no_more_the_caseworker_reads_which_does(make_case, cast, sign_in) -> None:
    case, johan = make_case("announced"), sign_in(cast.johan)
    with behind_the_wall():
        meeting_in(cast, 1, case)
    told = words_of(johan.get("/").text)
    assert "Tiden att lämna in har gått ut." in told
    assert "Lämna in senast" not in told
    with behind_the_wall():
        later = meeting_in(cast, 40, case)
    last = timezone.localdate(later.starts_at) - timedelta(days=cast.knutpunkten.handin_days)
    assert f"lämnar du in senast {last}" in words_of(johan.get("/").text)
    with behind_the_wall():
        Meeting.objects.filter(pk=later.pk).update(began_on=timezone.localdate())
        same_day = {"starts_at": later.starts_at, "ends_at": later.ends_at, "place": "Stadshuset"}
        Meeting.objects.create(programme=cast.lis, **same_day)
    told = words_of(johan.get("/").text)
    assert "före den planerade dagen:" in told, "the group meets now"
    assert "Tiden att lämna in har gått ut." in told
    assert "Samma dag" not in told


@pytest.mark.clause("S6")
def test_the_meetings_card_tells_who_runs_it_how_many_have_answered(make_case, cast, sign_in) -> None:
    case, other = make_case("announced"), make_case("announced")
    today, asked = timezone.localdate(), {"case": case, "unit": cast.unit("Arbetsförmedlingen")}
    with behind_the_wall():
        meeting = meeting_in(cast, 5, case)
        place = {"meeting": meeting, "kind": other.kind, "purpose": "decide", "position": 2}
        AgendaItem.objects.create(case_id=other.pk, number=other.number, **place)
        party = Party.objects.get(**asked)
        again(party)  # its consent is renewed
        again(party, unit=cast.unit("Försäkringskassan"), valid_until=today - timedelta(days=1))
    karin = sign_in(cast.karin)
    assert handed_in(karin) == "0 av 2"
    for unit, said in (("Arbetsförmedlingen", "0 av 2"), ("Öppenpsykiatrin", "1 av 2")):
        with behind_the_wall():
            Party.objects.filter(case=case, unit=cast.unit(unit)).update(answer="not_known")
        assert handed_in(karin) == said
    with behind_the_wall():  # silent at one meeting, and asked anew under the consent that came after
        party = Party.objects.filter(**asked).earliest("pk")
        Party.objects.filter(**asked).update(answer="absent")
        again(party, valid_from=today, answer="")
    assert handed_in(karin) == "0 av 2"
    assert handed_in(sign_in(cast.mats)) == ""


def again(party: Party, **changes: Any) -> None:
    """One more ground like *party*, under another consent."""
    for name, value in {"pk": uuid4(), "consent_id": uuid4(), **changes}.items():
        setattr(party, name, value)
    party.save(force_insert=True)


def test_the_next_meeting_is_one_to_come_and_counts_what_it_takes_up(make_case, cast, sign_in) -> None:
    case, announced = make_case("announced"), make_case("announced")
    with behind_the_wall():
        Meeting.objects.all().delete()
        past, ahead = meeting_in(cast, -3, case), meeting_in(cast, 5, case)
        item = {"number": announced.number, "kind": announced.kind, "purpose": "announce", "position": 2}
        AgendaItem.objects.create(meeting=ahead, case_id=announced.pk, **item)
        gone = {"number": "S-1", "kind": "collaboration", "purpose": "decide", "position": 3, "outcome": "withdrawn"}
        AgendaItem.objects.create(meeting=ahead, case_id=uuid4(), **gone)
    page = sign_in(cast.karin).get("/").text
    assert f"/{ahead.pk}/" in page
    assert f"/{past.pk}/" not in page
    assert "<dt>Ärenden</dt><dd>1</dd>" in page


def handed_in(client: Any) -> str:
    """What the meeting's card says of those asked what they know."""
    return words_of(client.get("/").text.partition("<dt>Uppgifter inlämnade</dt><dd>")[2].partition("</dd>")[0])


def buttons(page: str, within: str) -> list[str]:
    return [words_of(found) for found in re.findall(rf'<div class="{within}">(.*?)</div>', page, re.DOTALL)]


def filled(page: str) -> list[str]:
    """The words of the filled buttons, but the one on the meeting's own card."""
    page = re.sub(r'<section class="card teal".*?</section>', "", page, flags=re.DOTALL)
    found = re.findall(r'<(?:a|button) class="ds-button"([^>]*)>(.*?)</(?:a|button)>', page, re.DOTALL)
    return [words_of(words) for attributes, words in found if "data-variant" not in attributes]


def words_of(html: str) -> str:
    """The words one sees."""
    seen = re.sub(r'<span class="sr-only">.*?</span>', "", html)
    return " ".join(re.sub(r"<[^>]+>", " ", seen).split())
