"""What was registered is changed afterwards, with a reason, and what stood before stays to be read (S9, S12, L11)."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Amendment
from knutpunkten.documents.models import StoredFile
from knutpunkten.first_meeting.models import FirstMeeting, ServiceDecision, Signature
from knutpunkten.organisations.calendar import add_working_days, free_day
from tests import builders
from tests.builders import ALL
from tests.conftest import behind_the_wall, take_step
from tests.first_meeting.test_start import BOOKING, FREE, HELD, TODAY, a_scan, fresh, post, text, url
from tests.standing import standing

WHY = "Personen är sjuk veckan ut."
LATER = add_working_days(TODAY, 10)
DECIDED = {"decided_on": TODAY.isoformat(), "by_whom": "Johan Wik", "own_reference": "IFO 2026:118", "until": ""}


@standing
def held(cast):
    """The first meeting is held, to start in a week; Arbetsförmedlingen has no part in the planning."""
    parties = {"Försörjningsstöd": ALL, "Knutpunktsteamet": ALL, "Arbetsförmedlingen": ["grund", "arbetsmarknad"]}
    with behind_the_wall():
        case = builders.make_case(cast, "allocated", parties=parties, placed_at=timezone.now())
    take_step(case, "book_first_meeting", cast.elin, **BOOKING)
    take_step(case, "hold_first_meeting", cast.elin, **HELD)
    take_step(case, "service_decision", cast.johan, **DECIDED)
    return fresh(case)


def shown(client: Any, case: Any) -> str:
    return words_of(client.get(reverse("case", args=[case.pk])))


def words_of(response: Any) -> str:
    words = " ".join(re.sub(r"<[^>]+>", " ", text(response)).split())
    return re.sub(r" ([.,:])", r"\1", words)


def amend(client: Any, case: Any, **answers: Any) -> Any:
    return post(client, case, "amend_first_meeting", **{**HELD, "reason": WHY, **answers})


@pytest.mark.clause("S9", "L11")
def test_the_supervisor_changes_what_was_agreed_and_all_who_read_it_see_what_stood_before(cast, sign_in, held):
    elin = sign_in(cast.elin)
    assert "Ändra det som kom fram på första mötet" in shown(elin, held)
    page = text(elin.get(url(held, "amend_first_meeting")))
    for value in (HELD["starts_on"], "12", "Elin Strand"):
        assert f'value="{value}"' in page
    assert HELD["content"] in page

    answer = amend(elin, held, starts_on=LATER.isoformat(), planned_end_on="", weekly_hours="10")

    assert answer.status_code == 302
    case = fresh(held)
    assert (case.state, case.started_on) == ("allocated", LATER)
    assert case.planned_end_on == LATER.replace(year=LATER.year + 1)
    for user in (cast.elin, cast.johan):
        words = shown(sign_in(user), held)
        assert f"Start {LATER}, 10 timmar i veckan" in words
        assert f"Första mötet: ändrat {TODAY}" in words
        assert f"{TODAY}, Elin Strand. {WHY}" in words
        assert f"Startdatum {LATER} Förut: {HELD['starts_on']}" in words
        assert "Timmar i veckan 10 Förut: 12" in words
        assert "Innehåll" in words
        assert "Förut: 7TJUGO" not in words  # what stands as it did is not told as changed
    assert "Elin Strand ändrade det som kom fram på första mötet" in shown(sign_in(cast.johan), held)
    told = text(sign_in(cast.johan).get(reverse("inbox")))
    assert "Det som kom fram på första mötet är ändrat" in told
    with behind_the_wall():
        entry = Entry.objects.of_case(held.pk).get(event="amend_first_meeting")
    assert entry.detail["changed"] == ["starts_on", "planned_end_on", "weekly_hours"]


def test_of_two_windows_the_second_is_told_so_and_keeps_what_was_written(cast, sign_in, held):
    elin = sign_in(cast.elin)
    assert amend(elin, held, starts_on=LATER.isoformat(), planned_end_on="").status_code == 302
    answer = amend(elin, held, version=held.version, content="Snickeri varje <b>dag</b>", reason="Vi hade skrivit fel.")
    assert answer.status_code == 409
    _, written = text(answer).split("Det du skrev")
    for label, said in (
        ("Vad ska personen göra?", "Snickeri varje &lt;b&gt;dag&lt;/b&gt;"),
        ("Startdatum", HELD["starts_on"]),
        ("Varför ändras det?", "Vi hade skrivit fel."),
    ):
        assert f'<li class="written"><strong>{label}</strong><br>{said}</li>' in written
    assert "Det du skrev" not in text(elin.get(url(held, "hold_first_meeting")))


@pytest.mark.clause("W1")
def test_a_party_without_planning_reads_neither_what_stands_nor_what_stood(cast, sign_in, held):
    amend(sign_in(cast.elin), held, content="Snickeri varje dag")
    words = shown(sign_in(cast.mats), held)
    assert "Snickeri" not in words
    assert WHY not in words
    post(sign_in(cast.johan), held, "amend_service_decision", **{**DECIDED, "until": LATER, "reason": "Förlängt."})
    assert "Förlängt." in shown(sign_in(cast.mats), held)  # grund
    with acting_as(cast.mats):
        assert [row.of for row in Amendment.objects.all()] == ["service_decision"]


@pytest.mark.clause("S12")
@pytest.mark.parametrize("state", ["placed", "allocated", "active"])
def test_the_caseworker_changes_their_own_decision_also_after_the_start(state, cast, sign_in, make_case, take):
    case = make_case("allocated" if state == "active" else state, placed_at=timezone.now())
    take(case, "service_decision", cast.johan, **DECIDED)
    if state == "active":
        case = fresh(case)
        with behind_the_wall():
            case.state, case.state_since, case.started_on = "active", timezone.now(), TODAY
            builders.settle(case, timezone.now())
    johan = sign_in(cast.johan)
    assert "Ändra beslutet om insats" in shown(johan, case)
    assert 'value="IFO 2026:118"' in text(johan.get(url(case, "amend_service_decision")))
    yesterday = TODAY - timedelta(days=1)
    answers = {"decided_on": yesterday, "by_whom": "Eva Lind", "own_reference": "IFO 2026:119", "until": LATER}
    answer = post(johan, case, "amend_service_decision", **answers, reason="Fel diarienummer.")
    assert answer.status_code == 302
    assert fresh(case).service_decision_on == yesterday
    words = shown(johan, case)
    assert f"{yesterday}, Eva Lind. Beteckning IFO 2026:119. Gäller till {LATER}" in words
    assert "Fel diarienummer." in words
    assert "Beteckning IFO 2026:119 Förut: IFO 2026:118" in words
    assert f"Gäller till och med {LATER} Förut: –" in words
    with behind_the_wall():
        assert ServiceDecision.objects.count() == 1
    if state != "placed":
        assert "Beslutet om insats är ändrat" in text(sign_in(cast.elin).get(reverse("inbox")))


def test_nobody_else_changes_it_and_nobody_before_there_is_anything_to_change(cast, sign_in, held, make_case):
    for user in (cast.johan, cast.karin, cast.nadja, cast.mats):
        assert amend(sign_in(user), held, starts_on=LATER).status_code == 404
    for user in (cast.elin, cast.karin, cast.nadja, cast.mats):
        answer = post(sign_in(user), held, "amend_service_decision", **DECIDED, reason=WHY)
        assert answer.status_code == 404
    new = make_case("allocated")
    assert amend(sign_in(cast.elin), new).status_code == 409
    assert post(sign_in(cast.johan), new, "amend_service_decision", **DECIDED, reason=WHY).status_code == 409
    with behind_the_wall():
        assert not Amendment.objects.exists()


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"reason": ""}, "Skriv varför det ändras"),
        ({}, "Inget är ändrat. Skriv det som ska stå"),
        ({"weekly_hours": "8"}, "Skriv varför det blir mindre än 10 timmar"),
        ({"starts_on": (TODAY - timedelta(days=1)).isoformat()}, "inte ligger före mötet"),
        ({"starts_on": FREE.isoformat()}, f"Välj en av dagarna ni kom överens om: {FREE} är {free_day(FREE)}"),
        ({"privacy_on": "2020-01-01"}, "Informationen lämnad den: skriv en dag från och med remissen, "),
        ({"contract_on": ""}, "Skriv vilken dag kontraktet skrevs på"),
        ({"contract_on": LATER.isoformat()}, "inte ligger i framtiden"),
    ],
)
def test_what_the_start_needs_is_judged_as_when_it_was_registered(cast, sign_in, held, answers, sentence):
    page = amend(sign_in(cast.elin), held, **answers)
    assert page.status_code == 200
    assert sentence in words_of(page)
    with behind_the_wall():
        assert not Amendment.objects.exists()
    assert fresh(held).started_on.isoformat() == HELD["starts_on"]


@pytest.fixture
def begun(cast, held):
    """Started eight days ago, on the day agreed."""
    case = fresh(held)
    with behind_the_wall():
        day = TODAY - timedelta(days=8)
        days = {"first_meeting_held_on": day, "contract_on": day, "privacy_on": day, "service_decision_on": day}
        for name, value in {**days, "started_on": day, "state": "active"}.items():
            setattr(case, name, value)
        case.state_since = timezone.now() - timedelta(days=8)
        builders.settle(case, timezone.now())
        FirstMeeting.objects.filter(case=case).update(held_on=day, starts_on=day)
        Signature.objects.filter(case=case).update(on_date=day)
        ServiceDecision.objects.filter(case=case).update(decided_on=day)
    return fresh(case)


@pytest.mark.clause("S9", "S12")
@pytest.mark.parametrize("name", ["starts_on", "contract_on", "privacy_on"])
def test_what_an_active_case_stood_on_cannot_be_written_to_have_come_later(name, cast, sign_in, begun):
    day = TODAY - timedelta(days=8)
    stood = {**HELD, **dict.fromkeys(("held_on", "starts_on", "contract_on", "privacy_on"), day.isoformat())}
    elin = sign_in(cast.elin)
    page = post(elin, begun, "amend_first_meeting", **{**stood, name: TODAY.isoformat()}, reason=WHY)
    assert page.status_code == 200
    assert f"insatsen startades {day}, och då skulle det vara på plats" in words_of(page)
    johan = sign_in(cast.johan)
    page = post(johan, begun, "amend_service_decision", **DECIDED, reason=WHY)
    assert f"När togs beslutet: insatsen startades {day}" in words_of(page)
    # What broke nothing goes through, also other days than the one they started on.
    other = [str(one) for one in range(5) if one != day.weekday()]
    agreed = {**stood, "weekly_hours": "15", "weekdays": other}
    assert post(elin, begun, "amend_first_meeting", **agreed, reason=WHY).status_code == 302
    decided = {**DECIDED, "decided_on": (day - timedelta(days=1)).isoformat()}
    assert post(johan, begun, "amend_service_decision", **decided, reason=WHY).status_code == 302
    assert (fresh(begun).state, fresh(begun).started_on) == ("active", day)


def test_a_scan_is_added_afterwards_and_a_new_one_takes_its_place(cast, sign_in, held):
    elin = sign_in(cast.elin)
    assert amend(elin, held, contract_scan=a_scan("fel.pdf")).status_code == 302
    assert "Kontraktet, inskannat Ny inskanning Förut: –" in shown(elin, held)
    assert "Finns redan. Ett nytt ersätter det." in text(elin.get(url(held, "amend_first_meeting")))
    with behind_the_wall():
        wrong = StoredFile.objects.get(name="fel.pdf").pk
    assert amend(elin, held, contract_scan=a_scan("ratt.pdf")).status_code == 302
    assert "Kontraktet, inskannat Ny inskanning Förut: Inskannat" in shown(elin, held)
    with behind_the_wall():
        assert Signature.objects.get(what="contract").scan.name == "ratt.pdf"
    assert elin.get(reverse("file", args=[held.pk, wrong])).status_code == 404


def test_the_privacy_notice_was_signed_after_all(cast, sign_in, held):
    assert amend(sign_in(cast.elin), held, privacy_given="informed").status_code == 302
    words = shown(sign_in(cast.johan), held)
    assert "ville inte skriva under" in words
    assert "Dataskyddsinformationen Informerad, ville inte skriva under Förut: Påskriven" in words


def test_the_contract_on_paper_says_that_what_was_signed_has_changed(cast, sign_in, held):
    elin = sign_in(cast.elin)
    assert "ändrades" not in printed(elin, held)
    amend(elin, held, starts_on=LATER.isoformat())
    assert f"Uppgifterna i ärendet ändrades {TODAY}, efter mötet." in printed(elin, held)


def printed(client: Any, case: Any) -> str:
    answer = client.get(reverse("contract_pdf", args=[case.pk]))
    return " ".join("\n".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages).split())


def test_who_changed_what_is_only_added_to(cast, sign_in, held):
    amend(sign_in(cast.elin), held, starts_on=LATER.isoformat())
    for change in (lambda rows: rows.update(reason="Inget"), lambda rows: rows.delete()):
        with acting_as(cast.elin), pytest.raises(DatabaseError), transaction.atomic():
            change(Amendment.objects.all())


def test_two_changes_stand_the_latest_first(cast, sign_in, held):
    elin = sign_in(cast.elin)
    amend(elin, held, starts_on=LATER.isoformat())
    amend(elin, held, starts_on=LATER.isoformat(), weekly_hours="11", reason="Orkar inte mer.")
    words = shown(elin, held)
    assert f"ändrat {TODAY} och tidigare" in words
    assert words.index("Orkar inte mer.") < words.index(WHY)
