"""Whose turn it is after a move that changes what the parties are asked: worked out from the grounds as they are then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from knutpunkten.cases.models import Answer, Basis, Party, Turn
from knutpunkten.meetings.actions import plan_meetings
from tests.conftest import assert_turns_stand, behind_the_wall
from tests.referrals.filling import sign_consent

NOW = timezone.now()
TODAY = timezone.localdate(NOW)

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
