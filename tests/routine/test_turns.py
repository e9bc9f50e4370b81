"""Whose turn it is after a move that changes what the parties are asked: worked out from the grounds as they are then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from knutpunkten.cases.models import Answer, Basis, Party, Turn
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Membership, Programme
from knutpunkten.routine import engine
from tests.conftest import assert_turns_stand, behind_the_wall
from tests.referrals.filling import sign_consent

NOW = timezone.now()
TODAY = timezone.localdate(NOW)

# Each setting another number of days, so that none can stand for another.
DAYS = {
    "days_send_back": 3,
    "days_before_meeting": 4,
    "days_notice": 6,
    "days_confirm": 7,
    "days_offer": 8,
    "days_service_decision": 9,
    "days_allocate": 11,
    "days_first_meeting": 12,
    "days_mapping": 13,
    "days_plan": 14,
    "days_advice": 16,
    "days_consent": 17,
}
MEETING = TODAY + timedelta(days=40)

pytestmark = pytest.mark.django_db


def asked(case) -> set[str]:
    with behind_the_wall():
        rows = Turn.objects.filter(case=case, step="disclose").select_related("unit")
        return {turn.unit.name for turn in rows}


def test_a_new_consent_asks_the_unit_that_it_names(make_case, cast, sign_in) -> None:
    parties = {"Försörjningsstöd": ["grund"], "Knutpunktsteamet": ["grund"]}
    case = make_case("announced", parties=parties, meeting_on=TODAY + timedelta(days=20))
    assert asked(case) == set()

    sign_consent(sign_in(cast.johan), case, cast, Arbetsförmedlingen=["arbetsmarknad"])

    assert asked(case) == {"Arbetsförmedlingen"}
    assert_turns_stand(case.pk, NOW)


def test_announcing_again_asks_those_who_answered_before(make_case, cast, take) -> None:
    case = make_case("handed_over")
    with behind_the_wall():
        plan_meetings(cast.knutpunkten, TODAY + timedelta(days=200), NOW)
        Party.objects.filter(case=case, basis=Basis.CONSENT).update(answer=Answer.NOT_KNOWN, answered_at=NOW)
        meeting = cast.knutpunkten.meetings.filter(starts_at__gt=NOW).order_by("starts_at").first()

    take(case, "announce", cast.nadja, meeting=str(meeting.pk))

    assert asked(case) == {"Arbetsförmedlingen", "Öppenpsykiatrin"}


def test_every_setting_of_days_is_another() -> None:
    settings = {field.name for field in Programme._meta.get_fields() if field.name.startswith("days_")}
    assert settings == set(DAYS)
    assert len(set(DAYS.values())) == len(DAYS)


@pytest.mark.parametrize(
    ("step", "setting", "state", "fields"),
    [
        ("announce", "days_send_back", "handed_over", {}),
        ("announce_consultation", "days_send_back", "handed_over", {"kind": "consultation"}),
        ("give_notice", "days_notice", "placed", {}),
        ("confirm_notice", "days_confirm", "placed", {"notice_given_at": NOW}),
        ("service_decision", "days_service_decision", "placed", {}),
        ("allocate", "days_allocate", "placed", {}),
        ("book_first_meeting", "days_first_meeting", "allocated", {}),
        ("finish_mapping", "days_mapping", "active", {}),
        ("agree_plan", "days_plan", "active", {}),
        ("close_consultation", "days_advice", "presented", {"kind": "consultation"}),
        ("sign_consent", "days_consent", "placed", {"parties": {}, "consent_lost_at": NOW}),
    ],
)
def test_a_turn_is_due_in_the_days_of_its_own_setting(step, setting, state, fields, make_case, cast) -> None:
    with behind_the_wall():
        Programme.objects.filter(pk=cast.knutpunkten.pk).update(**DAYS)
        cast.knutpunkten.refresh_from_db()
    case = make_case(state, at=NOW, **fields)
    with behind_the_wall():
        assert Turn.objects.get(case=case, step=step).due_on == add_working_days(TODAY, DAYS[setting])


@pytest.mark.parametrize(
    ("who", "step", "setting"), [("johan", "hand_on", "days_notice"), ("elin", "change_supervisor", "days_allocate")]
)
def test_what_was_theirs_who_left_is_due_in_the_days_of_its_own_setting(who, step, setting, make_case, cast) -> None:
    case = make_case("active")
    with behind_the_wall():
        Programme.objects.filter(pk=cast.knutpunkten.pk).update(**DAYS)
        Membership.objects.filter(user=getattr(cast, who)).update(ends_on=TODAY - timedelta(days=1))
        engine.refresh(case.pk, at=NOW)
        assert Turn.objects.get(case=case, step=step).due_on == add_working_days(TODAY, DAYS[setting])


def test_the_parties_answer_by_the_day_that_the_setting_gives_before_the_meeting(make_case, cast) -> None:
    with behind_the_wall():
        Programme.objects.filter(pk=cast.knutpunkten.pk).update(**DAYS)
        cast.knutpunkten.refresh_from_db()
    case = make_case("announced", meeting_on=MEETING)
    with behind_the_wall():
        due = set(Turn.objects.filter(case=case, step="disclose").values_list("due_on", flat=True))
    assert due == {add_working_days(MEETING, -DAYS["days_before_meeting"])}


def test_a_meeting_moved_to_today_makes_nobody_late_from_the_start(make_case, cast) -> None:
    case = make_case("announced", meeting_on=MEETING)
    with behind_the_wall():
        type(case).objects.filter(pk=case.pk).update(meeting_on=TODAY)
        for days in (0, 1):
            engine.refresh(case.pk, at=NOW + timedelta(days=days))
            due = set(Turn.objects.filter(case=case, step="disclose").values_list("due_on", flat=True))
            assert due == {TODAY}, "and it is the same day tomorrow: late by then"
