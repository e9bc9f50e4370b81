"""An answer whose condition has fallen away: kept in the draft, never read, and left behind at the boundary."""

import re
from datetime import date

import pytest
from django.urls import reverse

from knutpunkten.cases.models import Section
from knutpunkten.referrals.conditions import standing_answers
from knutpunkten.visits.models import Booking
from tests.conftest import behind_the_wall
from tests.referrals.filling import answers, day, fill_all, hand_over, part_url, sign_consent
from tests.referrals.test_parts import saved, words_of
from tests.referrals.test_reading import paper

# What was typed before one thought again: each reason stands although its condition is met after all.
CHANGED_MINDS = {
    "visit": {
        "made": "yes",
        "on": day(6),
        "wish": "apply",
        "changed_mind": "Ringde sedan.",
        "reason": "Vågade inte dit.",
    },
    "own_words": {**answers()["own_words"], "hours_reason": "Orkar bara fyra timmar."},
    "target_group": {
        **answers()["target_group"],
        "addiction_reason": "Spelar om nätterna.",
        "open_reason": "Vården behövs också.",
    },
}
FALLEN = (
    "Ringde sedan.",
    "Vågade inte dit.",
    "Orkar bara fyra timmar.",
    "Spelar om nätterna.",
    "Vården behövs också.",
)


@pytest.fixture
def johan(cast, sign_in):
    return sign_in(cast.johan)


@pytest.fixture
def draft(make_case, leif, johan):
    case = make_case("draft", parties={}, person=leif)
    fill_all(johan, case, {**answers(), **CHANGED_MINDS})
    return case


@pytest.mark.clause("S2", "S3", "L1")
@pytest.mark.parametrize("route", ["check_referral", "read_referral"])
def test_what_no_longer_applies_is_not_read_where_the_referral_is_checked_or_read(johan, draft, route):
    page = johan.get(reverse(route, args=[draft.pk])).text
    assert "Jag vill jobba igen." in page
    assert [words for words in FALLEN if words in page] == []


def test_what_no_longer_applies_is_not_printed(johan, draft):
    printed = " ".join(paper(johan, draft).split())
    assert "Jag vill jobba igen." in printed
    assert [words for words in FALLEN if words in printed] == []


def test_the_draft_keeps_what_was_typed_for_whoever_chose_wrong(johan, draft):
    assert "Vågade inte dit." in johan.get(part_url(draft, "visit")).text
    assert johan.post(part_url(draft, "visit"), {**CHANGED_MINDS["visit"], "made": "no"}).status_code == 302
    page = johan.get(reverse("check_referral", args=[draft.pk])).text
    assert "Vågade inte dit." in page
    assert "Vill ansöka" not in page, "nobody decided anything at a visit that was not made"


@pytest.mark.clause("S5", "W1")
def test_what_no_longer_applies_stays_behind_when_the_referral_is_handed_over(johan, draft, cast, sign_in):
    sign_consent(johan, draft, cast)
    assert hand_over(johan, draft).status_code == 302
    with behind_the_wall():
        kept = "".join(str(section.data) for section in Section.objects.filter(case=draft))
    assert "Jag vill jobba igen." in kept
    assert [words for words in FALLEN if words in kept] == []
    assert "Jag vill jobba igen." in sign_in(cast.nadja).get(reverse("read_referral", args=[draft.pk])).text


@pytest.mark.clause("S2", "L8")
def test_one_visit_has_one_day(johan, draft, book_visit):
    on = book_visit(draft)
    typed = {"made": "yes", "booking": on, "wish": "apply"}
    refused = johan.post(part_url(draft, "visit"), {**typed, "on": day(6)})
    assert f"Du har valt besöket {on}. Ta bort dagen här, eller valet ovanför" in words_of(refused)
    assert days_of_visit(johan, draft) == [day(6)], "what is not yet mended says one day, too"
    assert johan.post(part_url(draft, "visit"), {**typed, "on": on}).status_code == 302
    assert days_of_visit(johan, draft) == [on]


def test_a_visit_nobody_came_to_is_not_offered(johan, draft, book_visit):
    on = book_visit(draft)
    assert f'value="{on}"' in johan.get(part_url(draft, "visit")).text
    with behind_the_wall():
        Booking.objects.update(came=False)
    assert f'value="{on}"' not in johan.get(part_url(draft, "visit")).text


def days_of_visit(client, case):
    page = client.get(reverse("check_referral", args=[case.pk])).text
    card = page.partition('id="del-visit"')[2].partition("</section>")[0]
    return re.findall(r"<dt>Vilken dag\?</dt><dd>([^<]*)", card)


def test_a_reason_for_the_age_stands_although_the_person_has_grown_into_it_since(make_case, leif):
    case = make_case("announced", person=leif)
    with behind_the_wall():
        case.programme.youngest = 18
        case.person.number = "200811292398"  # 17 years on the day before
        case.handed_over_at = case.created_at.replace(year=2026, month=11, day=28, hour=12)
    data = {"age_reason": "Fyller snart 18."}
    assert standing_answers(case, "target_group", data, date(2027, 3, 1)) == data
    case.handed_over_at = None
    assert standing_answers(case, "target_group", data, date(2027, 3, 1)) == {}


@pytest.mark.parametrize("typed", ["", "tolv", "²", "1" * 5000, None])
def test_hours_that_cannot_be_read_hide_nothing(make_case, typed):
    data = {"hours": typed, "hours_reason": "Trappar upp."}
    assert standing_answers(make_case("draft", parties={}), "own_words", data, date(2026, 11, 29)) == data


def test_an_addiction_ticked_before_the_answer_was_no_is_not_read(make_case):
    said = {"has_addiction": "no", "addictions": ["gaming"]}
    assert standing_answers(make_case("draft", parties={}), "addiction", said, date(2026, 11, 29)) == {
        "has_addiction": "no"
    }


def test_an_unanswered_question_hides_nothing(johan, draft):
    johan.post(part_url(draft, "visit"), {"reason": "Vågade inte dit.", "back": "1"})
    assert "Vågade inte dit." in johan.get(reverse("check_referral", args=[draft.pk])).text
    assert not saved(draft, "visit").is_done
