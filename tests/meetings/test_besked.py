"""The besked: the representative tells the caseworker, who confirms it (S7, S13)."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.meetings.models import Decision, Notice
from knutpunkten.organisations.calendar import STOCKHOLM
from knutpunkten.queue.models import Offer, Place
from tests.builders import settle
from tests.conftest import behind_the_wall, signed_in
from tests.meetings.conftest import deciding
from tests.meetings.pages import decide, fresh, page, put, take
from tests.standing import standing


@standing
def returned(up, cast, meeting):
    decision = deciding(cast, meeting)
    decide(signed_in(cast.karin), meeting, up, "return", **decision, what_would_change_it="Att intyget kommer")
    return up


def notices(case) -> list[Notice]:
    with behind_the_wall():
        return list(Notice.objects.filter(case=case))


@pytest.mark.clause("S7", "S13")
def test_the_representative_tells_the_caseworker_who_confirms(returned, nadja, johan, cast):
    asked = nadja.get(page("step", returned, "give_notice")).text
    assert "Gruppen har återremitterat ärendet." in asked
    assert "Att intyget kommer" in asked
    take(nadja, returned, "give_notice", text="Återremiss. Vi behöver intyget först.", how="phone")
    assert fresh(returned).notice_given_at is not None
    text = johan.get(page("case", returned)).text
    assert "Återremiss. Vi behöver intyget först." in text
    assert "Bekräfta beskedet" in text
    take(johan, returned, "confirm_notice")
    assert fresh(returned).notice_confirmed_at is not None
    assert notices(returned)[0].confirmed_by_id == cast.johan.pk
    assert "Bekräftat" in nadja.get(page("case", returned)).text


@pytest.mark.clause("S13")
def test_only_the_referring_units_representative_gives_it(returned, mats, karin, johan):
    for other in (mats, karin, johan):
        take(other, returned, "give_notice", text="x", how="phone")
    assert not notices(returned)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"text": ""}, "Skriv beskedet: plats, kö eller återremiss, och varför"),
        ({"text": "x" * 4001}, "högst 4000 tecken"),
        ({"how": "duva"}, "Välj"),
        ({"given_on": "17/11"}, "Skriv datumet som ÅÅÅÅ-MM-DD"),
        ({"given_on": "2020-01-01"}, "Beskedet kan inte ha lämnats före mötet"),
        ({"given_on": (timezone.localdate() + timedelta(days=1)).isoformat()}, "Dagen ligger framåt i tiden."),
        ({"given_time": "13:30"}, "Skriv också vilken dag beskedet lämnades"),
        ({"given_time": "25:99"}, "Skriv klockslaget som TT:MM"),
    ],
)
def test_a_besked_that_cannot_be_taken_says_what_to_do(returned, nadja, typed, says):
    answer = take(nadja, returned, "give_notice", **{"text": "Återremiss.", "how": "phone", **typed})
    assert says in answer.text
    assert not notices(returned)
    assert fresh(returned).notice_given_at is None


def test_a_besked_is_not_given_earlier_in_the_day_than_what_it_tells_of(returned, nadja):
    decided = datetime.combine(timezone.localdate() - timedelta(days=1), time(14, 30), STOCKHOLM)
    with behind_the_wall():
        Decision.objects.filter(case=returned).update(decided_at=decided)
    told = {"text": "Återremiss.", "how": "phone", "given_on": decided.date().isoformat()}
    answer = take(nadja, returned, "give_notice", **told, given_time="14:29")
    assert "Gruppens besked antecknades kl. 14:30 den dagen. Skriv en tid efter det" in answer.text
    assert not notices(returned)
    take(nadja, returned, "give_notice", **told)
    assert fresh(returned).notice_given_at == decided


@pytest.mark.clause("S7")
def test_a_second_decision_waits_for_a_besked_of_its_own(returned, nadja, johan, karin, ahead, meeting, decision):
    take(nadja, returned, "give_notice", text="Återremiss.", how="here")
    take(johan, returned, "confirm_notice")
    case = fresh(returned)
    assert case.notice_confirmed_at is not None
    # The case comes back to a later meeting; how it got there belongs to other stages.
    with behind_the_wall():
        case.state, case.announced_at = "announced", timezone.now() - timedelta(days=1)
        settle(case, timezone.now())
    put(case, ahead[1])
    karin.post(page("set_agenda", ahead[1]))
    karin.post(page("begin_meeting", ahead[1]))
    decide(karin, ahead[1], case, "queue", **{**decision, "due_on": timezone.localdate(ahead[1].starts_at).isoformat()})
    assert fresh(case).notice_given_at is None
    take(nadja, case, "give_notice", text="Kö.", how="here")
    assert len(notices(case)) == 2


@pytest.mark.clause("S7", "W3")
def test_a_besked_that_was_never_given_is_waited_for_after_the_start_too(up, nadja, johan, cast, meeting):
    decide(signed_in(cast.karin), meeting, up, "place", **deciding(cast, meeting))
    take(signed_in(cast.karin), up, "allocate", supervisor=str(cast.elin.pk))
    case, today = fresh(up), timezone.localdate()
    with behind_the_wall():
        case.first_meeting_held_on = case.contract_on = case.privacy_on = case.service_decision_on = today
        case.started_on = today
        settle(case, timezone.now())
    take(signed_in(cast.elin), case, "start")
    assert fresh(case).state == "active"

    assert "Lämna besked till handläggaren" in nadja.get(page("start")).text
    for client in (nadja, johan):
        assert "Inte än. Representanten lämnar beskedet." in client.get(page("case", case)).text
    take(nadja, case, "give_notice", text="Plats från måndag.", how="phone")
    assert "Bekräfta beskedet" in johan.get(page("start")).text
    assert "Plats från måndag." in johan.get(page("case", case)).text
    take(johan, case, "confirm_notice")
    assert fresh(case).notice_confirmed_at is not None
    for client in (nadja, johan):
        assert "eskedet" not in client.get(page("start")).text
    assert "Plats från måndag." not in johan.get(page("case", case)).text  # what led here is behind, as for the others


@pytest.mark.clause("W1")
def test_a_party_without_a_living_consent_reads_no_besked(returned, nadja, johan, mats, decision):
    assert decision["reason"] in mats.get(page("case", returned)).text
    johan.post(page("withdraw_consent", returned), {"what": "whole", "how": "phone", "taken_by": "Johan Wik"})
    assert mats.get(page("case", returned)).status_code == 404
    answer = take(nadja, returned, "give_notice", text="Återremiss.", how="phone")
    assert "Din enhet ser inte gruppens besked längre." in answer.text
    assert not notices(returned)


@pytest.mark.clause("W1")
def test_the_besked_stays_with_the_unit_that_told_it_when_the_consent_is_gone(returned, nadja, johan, karin):
    take(nadja, returned, "give_notice", text="Återremiss. Ring mig.", how="here")
    johan.post(page("withdraw_consent", returned), {"what": "whole", "how": "phone", "taken_by": "Johan Wik"})
    for client in (nadja, johan):
        seen = client.get(page("case", returned)).text
        assert "Återremiss. Ring mig." in seen
        assert "Att intyget kommer" not in seen
    assert "Återremiss. Ring mig." not in karin.get(page("case", returned)).text


def test_a_page_that_is_stale_says_so_also_where_what_was_sent_is_wrong(returned, nadja):
    """Drawn again with its errors it would be taken for one that had seen what happened since."""
    sent = {"version": fresh(returned).version - 1, "text": "", "how": "phone"}
    answer = nadja.post(page("step", returned, "give_notice"), sent)
    assert answer.status_code == 409
    assert "Ärendet har ändrats" in answer.text


def test_the_besked_says_when_the_place_was_offered_and_when_it_was_taken(up, johan, karin, cast, meeting):
    decide(karin, meeting, up, "queue", **deciding(cast, meeting))
    case, now = fresh(up), timezone.now()
    with behind_the_wall():
        offered = {"offered_at": now - timedelta(days=5), "answer": "accepted", "answered_at": now}
        place = Place.objects.create(programme=case.programme, number=99, since=now)
        Offer.objects.create(
            case=case, place=place, author_unit=case.programme.team, answer_by=timezone.localdate(), **offered
        )
        case.state, case.placed_at = "placed", now
        settle(case, now)
    text = strip_tags(johan.get(page("case", case)).text)
    assert f"Erbjuden {timezone.localdate(offered['offered_at'])}, ja {timezone.localdate(now)}" in text


@pytest.mark.clause("W1", "S7")
def test_a_team_that_is_no_party_reads_when_the_besked_was_given_and_not_that_it_waits(
    returned, nadja, johan, karin, cast
):
    take(nadja, returned, "give_notice", text="Återremiss.", how="here")
    take(johan, returned, "confirm_notice")
    call = {"what": str(cast.knutpunkten.team_id), "how": "phone", "taken_by": "Johan Wik"}
    johan.post(page("withdraw_consent", returned), call)
    seen = karin.get(page("case", returned)).text
    assert f"{timezone.localdate()}. Bekräftat {timezone.localdate()}" in strip_tags(seen)
    assert "Inte än. Representanten lämnar beskedet." not in seen
