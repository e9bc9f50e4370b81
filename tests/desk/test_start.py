"""The start page: what waits for one, also what belongs to the programme and to no single case."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.queue.actions import set_places
from knutpunkten.queue.models import Ticket
from knutpunkten.visits.models import Slot
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
    assert "Lägg fast dagordningen" in sign_in(cast.karin).get("/").text
    with behind_the_wall():
        Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.AGENDA)
    assert "Lägg fast dagordningen" not in sign_in(cast.karin).get("/").text


def test_the_agenda_is_not_asked_for_while_referrals_may_still_come(make_case, cast, sign_in) -> None:
    case = make_case("announced")
    with behind_the_wall():
        meeting_in(cast, 30, case)
    assert "Lägg fast dagordningen" not in sign_in(cast.karin).get("/").text


@pytest.mark.clause("S8")
def test_a_free_place_with_somebody_waiting_is_on_the_coordinators_list(cast, sign_in) -> None:
    with behind_the_wall():
        set_places(cast.knutpunkten, timezone.now())
    assert "Erbjud den lediga platsen" not in sign_in(cast.karin).get("/").text
    with behind_the_wall():
        Ticket.objects.create(programme=cast.knutpunkten, since=timezone.now(), order_at=timezone.now())
    assert "Erbjud den lediga platsen" in sign_in(cast.karin).get("/").text
    assert "Erbjud den lediga platsen" not in sign_in(cast.elin).get("/").text


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
