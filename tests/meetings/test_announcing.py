"""Announcing a case: name and number, no more; decided at the meeting after (S6, L10)."""

import re

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.access.who import system
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Basis, Level
from knutpunkten.cases.move import Move
from knutpunkten.meetings.actions import put_on_next_agenda
from knutpunkten.meetings.models import AgendaItem, Meeting
from tests.conftest import behind_the_wall
from tests.meetings.conftest import PARTIES
from tests.meetings.pages import decide, fresh, item_of, page, put, take


@pytest.mark.clause("S6", "S13")
def test_the_representative_announces_at_the_next_meeting_and_the_group_decides_at_the_one_after(
    make_case, ahead, nadja, mats
):
    case = make_case("handed_over", parties=PARTIES, level=Level.NOTHING)
    assert mats.get(page("case", case)).status_code == 404

    asked = nadja.get(page("step", case, "announce")).text
    assert "Där anmäls namn och personnummer, inget mer." in asked
    assert page("read_referral", case) in asked  # read before it is announced, or sent back
    assert "Handläggaren får veta vad som saknas" in asked
    Meeting.objects.filter(pk=ahead[0].pk).update(began_on=timezone.localdate())
    asked = nadja.get(page("step", case, "announce")).text
    assert str(ahead[0].pk) not in asked, "the group meets today, and the parties have had no days to answer"
    assert str(ahead[1].pk) in asked
    Meeting.objects.filter(pk=ahead[0].pk).update(began_on=None)
    take(nadja, case, "announce", meeting=ahead[0].pk)

    purposes = dict(AgendaItem.objects.filter(case_id=case.pk).values_list("meeting", "purpose"))
    assert purposes == {ahead[0].pk: "announce", ahead[1].pk: "decide"}
    assert fresh(case).meeting_on == timezone.localdate(ahead[1].starts_at)
    with behind_the_wall():
        name, number = case.person_name, case.person.number
    seen = mats.get(page("agenda", ahead[1])).text
    assert name in seen
    assert f"{number[:8]}-{number[8:]}" in seen


@pytest.mark.clause("S6")
def test_before_the_agenda_is_set_a_party_reads_name_and_number_and_nothing_of_the_referral(case, mats):
    text = mats.get(page("case", case)).text
    assert "Du ser namn och nummer." in text
    assert "Anmäls" not in mats.get(page("knowledge", case)).text


@pytest.mark.clause("W2", "S6")
def test_the_bar_says_how_many_are_waited_for_to_those_who_may_know_it(case, nadja, karin, mats, ulrika):
    case_page = page("case", case)
    assert re.search(r"Väntar på (Mats Lindahl|Ulrika Fors) och en till<", nadja.get(case_page).text)
    for listed in (page("cases"), page("start")):
        assert re.search(r">(Mats Lindahl|Ulrika Fors) och en till<", nadja.get(listed).text), "as in the bar"
    take(mats, case, "disclose", answer="not_known")
    assert "Väntar på Ulrika Fors<" in nadja.get(case_page).text
    assert all("och en till" not in mats.get(shown).text for shown in (case_page, page("cases"), page("start")))


@pytest.mark.clause("W1", "W4", "S6")
def test_a_party_that_sees_the_name_alone_reads_nowhere_which_the_others_are(case, karin, nadja, mats, ulrika, meeting):
    assert "En annan part är påmind." in ulrika.post(page("remind_actor", case, "party"), follow=True).text
    take(mats, case, "disclose", answer="not_known")
    ulrika.get(page("case", case))
    addresses = [page("who_has_read"), page("cases"), page("case", case), page("case_reads", case)]
    addresses += [page("events", case), page("events", case) + "?visa=last"]

    def told() -> set[str]:
        pages = {address: strip_tags(mats.get(address).text) for address in addresses}
        return {address for address, text in pages.items() if "Ulrika Fors" in text or "Öppenpsykiatrin" in text}

    assert told() == set()
    seen = strip_tags(mats.get(page("case", case)).text)
    assert seen.count("Väntar på en annan part") == 2  # in the bar and in the box
    assert "En annan part" in mats.get(page("cases")).text
    assert "Väntar på Ulrika Fors" in nadja.get(page("case", case)).text

    karin.post(page("set_agenda", meeting))
    ulrika.get(page("case", case))
    assert told() == {*addresses}


@pytest.mark.clause("W2")
def test_the_box_waits_for_as_many_as_the_bar(case, nadja):
    seen = strip_tags(nadja.get(page("case", case)).text)
    assert len(re.findall(r"Väntar på (?:Mats Lindahl|Ulrika Fors) och en till", seen)) == 2


@pytest.mark.clause("S6")
def test_a_referral_that_is_not_open_yet_says_when_and_leads_nowhere(case, mats, nadja, karin, meeting):
    link = page("read_referral", case)
    day = timezone.localdate(meeting.starts_at)
    text = mats.get(page("case", case)).text
    assert f"Remissen öppnas när ärendet står på dagordningen för mötet {day}." in strip_tags(text)
    assert "Grunduppgifter</strong> · Delas inte" not in text
    assert link not in text
    for address, opens in ((link, "Remissen"), (page("consent", case), "Samtycket")):
        shut = mats.get(address).text
        assert f"{opens} öppnas när ärendet står på dagordningen för mötet {day}." in strip_tags(shut)
        assert "Delas inte med er enhet" not in shut
    assert mats.get(page("referral_pdf", case)).url == link
    with behind_the_wall():
        read = {entry.detail["what"] for entry in Entry.objects.of_case(case.pk).filter(is_reading=True)}
    assert read == {"case", "referral_unseen", "consent_unseen"}
    assert "öppnas när ärendet" not in nadja.get(link).text
    own = nadja.get(page("case", case)).text
    assert link in own
    assert "Remissen öppnas" not in own
    assert "Det de andra lämnar ut ser du när ärendet står på dagordningen." in own
    assert "Du ser namn och nummer." not in own
    karin.post(page("set_agenda", meeting))
    assert link in mats.get(page("case", case)).text


def test_where_no_meeting_is_planned_the_page_says_so_and_has_nothing_to_send(make_case, cast, ahead, nadja):
    button = '<button class="ds-button" type="submit">Anmäl'
    case = make_case("handed_over", parties=PARTIES, level=Level.NOTHING)
    assert button in nadja.get(page("step", case, "announce")).text
    with behind_the_wall():
        Meeting.objects.filter(programme=cast.knutpunkten).delete()
    asked = nadja.get(page("step", case, "announce")).text
    assert "Inget möte är planerat så långt fram." in asked
    assert button not in asked


def test_a_meeting_that_is_not_one_of_the_programmes_cannot_be_chosen(make_case, cast, ahead, nadja):
    case = make_case("handed_over", parties=PARTIES, level=Level.NOTHING)
    other = Meeting.objects.filter(programme=cast.lis).first()
    answer = take(nadja, case, "announce", meeting=other.pk)
    assert "Välj ett av mötena i listan" in answer.text
    answer = take(nadja, case, "announce", meeting="inget-id")
    assert "Välj ett av mötena i listan" in answer.text
    answer = take(nadja, case, "announce", meeting="")
    assert "Välj ett möte" in answer.text
    assert fresh(case).state == "handed_over"


def test_in_lis_what_is_handed_in_comes_up_at_the_first_meeting_a_fortnight_ahead(make_case, cast, ahead):
    parties = {**PARTIES, "LIS-teamet": ["grund"]}
    case = make_case("draft", programme=cast.lis, parties=parties)
    now = timezone.now()
    with behind_the_wall():
        move = Move(case, "hand_over_directly", system(), now, {})
        put_on_next_agenda(move)
    meeting = AgendaItem.objects.get(case_id=case.pk).meeting
    days = [m.starts_at for m in Meeting.objects.filter(programme=cast.lis).order_by("starts_at")]
    in_time = [d for d in days if (timezone.localdate(d) - timezone.localdate(now)).days >= 14]
    assert meeting.starts_at == in_time[0]
    assert meeting.programme == cast.lis


@pytest.mark.clause("L10")
def test_in_lis_the_case_is_decided_without_being_announced_apart(make_case, cast, ahead, sign_in, decision):
    agneta = sign_in(cast.agneta)
    parties = {"Försörjningsstöd": ["grund"], "LIS-teamet": ["grund"]}
    meeting = Meeting.objects.filter(programme=cast.lis).order_by("starts_at").first()
    case = make_case("announced", programme=cast.lis, parties=parties, meeting_on=timezone.localdate(meeting.starts_at))
    put(case, meeting)
    agneta.post(page("set_agenda", meeting))
    agneta.post(page("begin_meeting", meeting))
    decide(agneta, meeting, case, "place", **decision)
    assert fresh(case).state == "placed"


@pytest.mark.clause("S13", "L10", "W1")
def test_sent_back_in_lis_the_case_is_closed_again_to_all_it_had_been_opened_to(make_case, cast, ahead, sign_in, nadja):
    meeting = Meeting.objects.filter(programme=cast.lis).order_by("starts_at").first()
    case = make_case("announced", programme=cast.lis, meeting_on=timezone.localdate(meeting.starts_at))
    put(case, meeting)
    readers = [sign_in(user) for user in (cast.agneta, cast.mats)]
    assert [client.get(page("case", case)).status_code for client in readers] == [200, 200]
    take(nadja, case, "send_back_directly", lacking="Frågeställningen är oklar.")
    assert fresh(case).state == "draft"
    with behind_the_wall():
        levels = case.parties.filter(basis=Basis.CONSENT).values_list("level", flat=True)
        assert set(levels) == {Level.NOTHING}
    assert [client.get(page("case", case)).status_code for client in readers] == [404, 404]


def test_a_cancelled_case_leaves_the_agenda(case, meeting, johan, karin):
    take(johan, case, "cancel", wish="person", why="Personen har flyttat")
    assert fresh(case).state == "cancelled"
    assert item_of(case, meeting).outcome == "withdrawn"
    assert fresh(case).meeting_on is None
    assert case.number not in karin.get(page("agenda", meeting)).text
