"""The agenda before the meeting: who sees it, its order, and setting it (S7, K5)."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from knutpunkten.cases.models import Level
from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.organisations.models import Programme
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.meetings.conftest import PARTIES
from tests.meetings.pages import fresh, item_of, page, put


@pytest.mark.clause("S7")
def test_when_the_coordinator_sets_the_agenda_the_parties_read_the_referral(case, meeting, karin, mats):
    assert "Dagordningen är lagd" not in karin.get(page("agenda", meeting)).text
    assert "öppnas när ärendet står på dagordningen" in mats.get(page("case", case)).text
    answer = karin.post(page("set_agenda", meeting), follow=True)
    assert "Dagordningen är lagd. Parterna kan läsa remisserna." in answer.text
    assert fresh(case).on_agenda_at is not None
    assert "öppnas när ärendet står på dagordningen" not in mats.get(page("case", case)).text


def test_a_case_that_came_after_the_agenda_was_set_can_be_put_up_too(case, meeting, make_case, karin):
    karin.post(page("set_agenda", meeting))
    late = make_case("announced", parties=PARTIES, level=Level.IDENTITY)
    put(late, meeting)
    assert "1 ärende har kommit till" in karin.get(page("agenda", meeting)).text
    karin.post(page("set_agenda", meeting))
    assert fresh(late).on_agenda_at is not None


def test_only_the_meetings_own_coordinator_sets_its_agenda(case, meeting, sign_in, cast, mats):
    assert sign_in(cast.agneta).post(page("set_agenda", meeting)).status_code == 404
    assert mats.post(page("set_agenda", meeting)).status_code == 403
    assert fresh(case).on_agenda_at is None


@pytest.mark.clause("W1")
def test_a_representative_reads_the_names_of_their_own_cases_and_only_the_number_of_others(
    case, meeting, make_case, mats
):
    with behind_the_wall():
        other_person = make_person("Erik", "Åberg")
    hidden = make_case(
        "announced", person=other_person, parties={"Försörjningsstöd": ["grund"], "Knutpunktsteamet": ["grund"]}
    )
    put(hidden, meeting)
    text = mats.get(page("agenda", meeting)).text
    with behind_the_wall():
        assert case.person_name in text
    assert hidden.number in text
    assert "Åberg" not in text


def test_a_protected_person_is_a_number_on_the_agenda(meeting, make_case, karin, cast):
    with behind_the_wall():
        person = make_person("Mona", "Skyddad", protection="sekretessmarkering")
    case = make_case("announced", person=person, parties=PARTIES, readers=[cast.karin])
    put(case, meeting)
    text = karin.get(page("agenda", meeting)).text
    assert case.number in text
    assert "Mona" not in text
    assert "Skyddade uppgifter" in text


@pytest.mark.clause("K5")
def test_consultations_stand_before_cases_whatever_came_first_and_get_a_quarter_each(case, meeting, make_case, karin):
    consultation = make_case("announced", kind="consultation", parties=PARTIES)
    put(consultation, meeting, "consult")
    item = item_of(consultation, meeting)
    karin.post(page("order_agenda", meeting), {"item": item_of(case, meeting).pk, "way": "up"})
    text = karin.get(page("agenda", meeting)).text
    assert text.index("Konsultationer") < text.index("Ärenden</h2>")
    assert AgendaItem.objects.get(pk=item.pk).position == 0
    assert "09:15" in text


def test_the_coordinator_orders_the_cases(case, meeting, make_case, karin):
    second, put_off = (make_case("announced", parties=PARTIES) for _ in range(2))
    put(put_off, meeting, outcome="postponed")  # its line tells where it went; one press goes past it
    put(second, meeting)
    karin.post(page("order_agenda", meeting), {"item": item_of(second, meeting).pk, "way": "up"})
    assert item_of(second, meeting).position < item_of(case, meeting).position
    karin.post(page("order_agenda", meeting), {"item": item_of(second, meeting).pk, "way": "up"})
    assert item_of(second, meeting).position == 0


@pytest.mark.parametrize("item", ["", "inget-id", str(UUID(int=1))])
def test_a_forged_item_changes_nothing(case, meeting, karin, item):
    answer = karin.post(page("order_agenda", meeting), {"item": item, "way": "up"})
    assert answer.status_code in (302, 404)
    assert item_of(case, meeting).position == 0


def test_another_programmes_item_is_not_moved_from_here(case, meeting, cast, ahead, karin):
    other = Meeting.objects.filter(programme=cast.lis).first()
    foreign = AgendaItem.objects.create(
        meeting=other, case_id=uuid4(), number="S-1", kind="collaboration", purpose="decide", position=5
    )
    answer = karin.post(page("order_agenda", meeting), {"item": foreign.pk, "way": "up"}, follow=True)
    assert "Punkten står inte längre på dagordningen." in answer.text
    foreign.refresh_from_db()
    assert foreign.position == 5


def test_the_group_sees_its_meetings_and_others_do_not(meeting, cast, sign_in, mats, karin, johan):
    for member in (karin, mats):
        assert page("agenda", meeting) in member.get(page("meetings")).text
    assert johan.get(page("meetings")).status_code == 403
    assert johan.get(page("agenda", meeting)).status_code == 403
    assert sign_in(cast.agneta).get(page("agenda", meeting)).status_code == 404


@pytest.mark.parametrize(
    ("days", "words"), [(1, "en arbetsdag"), (2, "två arbetsdagar"), (10, "tio arbetsdagar"), (12, "12 arbetsdagar")]
)
def test_the_page_says_when_answers_are_wanted_as_the_programme_has_it(meeting, cast, mats, karin, days, words):
    with behind_the_wall():
        Programme.objects.filter(pk=cast.knutpunkten.pk).update(days_before_meeting=days)
        Programme.objects.filter(pk=cast.lis.pk).update(days_before_meeting=3)
    assert f"Uppgifter till mötet lämnas senast {words} innan." in strip(karin.get(page("meetings")).text)
    both = strip(mats.get(page("meetings")).text)  # of two groups, which differ
    assert f"Uppgifter till mötet i Knutpunkten lämnas senast {words} innan." in both
    assert "Uppgifter till mötet i Knutpunkten LIS lämnas senast tre arbetsdagar innan." in both


def test_who_sits_in_two_groups_sees_which_meeting_is_which_when_both_meet_one_day(ahead, cast, mats, karin):
    meeting = ahead[0]
    day = timezone.localdate(meeting.starts_at)
    with behind_the_wall():
        Meeting.objects.filter(starts_at__date__lt=day).delete()  # what is left of today, on a day of meetings
        other = Meeting.objects.get(programme=cast.lis, starts_at__date=day)
    text = mats.get(page("meetings")).text
    assert "Nästa möte: Knutpunkten</h2>" in text
    assert "Samma dag: Knutpunkten LIS</h2>" in text
    assert text.index(page("agenda", meeting)) < text.index(page("agenda", other))
    start = mats.get(page("start")).text
    assert f"Samma dag kl. {timezone.localtime(other.starts_at):%H:%M}" in strip(start)
    assert f'<a href="{page("agenda", other)}">Knutpunkten LIS</a>' in start
    assert "Samma dag" not in karin.get(page("meetings")).text + karin.get(page("start")).text


def test_a_meeting_held_before_its_planned_day_is_the_next_one_no_longer(case, meeting, ahead, karin, mats):
    with behind_the_wall():
        Meeting.objects.filter(pk=meeting.pk).update(state="held")
    for member in (karin, mats):
        coming, _, past = member.get(page("meetings")).text.partition(">Tidigare</h2>")
        assert page("agenda", meeting) in past
        assert page("agenda", meeting) not in coming
    start = karin.get(page("start")).text
    assert page("agenda", ahead[1]) in start
    assert page("agenda", meeting) not in start


def strip(html: str) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"<[^>]+>", "", html)


def test_a_meeting_is_moved_and_what_is_wrong_with_its_times_is_said(ahead, karin):
    empty = ahead[5]
    day = timezone.localdate(empty.starts_at) + timedelta(days=1)
    fields = {"day": day.isoformat(), "starts": "10:00", "ends": "12:00", "place": "Stadshuset"}
    karin.post(page("change_meeting", empty), fields)
    empty.refresh_from_db()
    assert timezone.localtime(empty.starts_at).strftime("%Y-%m-%d %H:%M") == f"{day} 10:00"
    wrong = karin.post(page("change_meeting", empty), {**fields, "ends": "09:00", "day": "2026-13-01"})
    assert "Mötet måste sluta efter att det börjar" in wrong.text
    assert "Kontrollera datumet:" in wrong.text
    assert "2026-13-01" in wrong.text


def test_meetings_are_planned_by_the_rule_once_and_a_moved_one_stays_moved(ahead, cast, moment):
    from knutpunkten.meetings.actions import plan_meetings

    third_thursdays = {timezone.localtime(m.starts_at).strftime("%a %H:%M") for m in ahead}
    assert third_thursdays == {"Thu 09:00"}
    assert all(15 <= timezone.localdate(m.starts_at).day <= 21 for m in ahead)
    with behind_the_wall():
        moved = ahead[2]
        moved.starts_at += timedelta(days=1)
        moved.ends_at += timedelta(days=1)
        moved.save()
        until = timezone.localdate(ahead[-1].starts_at)
        assert plan_meetings(cast.knutpunkten, until, timezone.now()) == 0


@pytest.mark.clause("W1", "W3")
@pytest.mark.parametrize("is_whole", [True, False])
def test_of_a_case_without_the_team_s_consent_the_meeting_says_what_it_waits_for(
    is_whole, up, meeting, cast, johan, karin, nadja
):
    """The coordinator knows it by its number alone, and is not told that her unit has no part in it, as if nothing waited."""
    what = "whole" if is_whole else str(cast.knutpunkten.team_id)
    johan.post(page("withdraw_consent", up), {"what": what, "how": "phone", "taken_by": "Johan Wik"})
    agenda = karin.get(page("agenda", meeting)).text
    assert f"{up.number}</th>" in agenda
    assert "samtycke saknas för teamet, väntar på handläggaren" in agenda
    assert "din enhet är inte part" not in agenda
    shown = karin.get(page("meeting_case", meeting, up)).text
    lacks = "Samtycke saknas för teamet, väntar på handläggaren."
    assert f"<strong>{up.number} är kvar.</strong> {lacks} Ta upp det på nästa möte." in shown
    assert lacks in karin.get(page("meeting_mode", meeting)).text
    # Who still sees the case reads it there; that all have answered is nothing to go by.
    seen = nadja.get(page("agenda", meeting)).text
    lacks = "Samtycke saknas" if is_whole else "Samtycket omfattar inte teamet"
    assert f"{lacks}, kan inte tas upp" in seen
    Meeting.objects.filter(pk=meeting.pk).update(began_on=None)
    slide = strip(nadja.get(page("meeting_case", meeting, up)).text)
    assert slide.count(f"{lacks}. Mötet kan inte ta upp ärendet innan") == 1
    assert "Besked lämnas när det har börjat." not in slide
    assert "2 av 2" not in seen
