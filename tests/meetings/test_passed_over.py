"""Somebody joins the queue while the decision is being written: nobody passes them without a reason (S7, S8)."""

from typing import Any

import pytest
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.meetings.models import Meeting
from knutpunkten.queue.models import Holding, Ticket
from knutpunkten.routine import engine
from tests.conftest import behind_the_wall
from tests.meetings.pages import fresh


def test_who_joined_the_queue_since_the_form_was_read_is_not_passed(up: Any, cast: Any, meeting: Meeting) -> None:
    now = timezone.now()
    # As the form gave it when nobody waited: without the question of why.
    written = {"reason": "Kan börja.", "responsible": cast.nadja.pk, "due_on": timezone.localdate(meeting.starts_at)}
    with behind_the_wall():
        Ticket.objects.create(programme=cast.knutpunkten, since=now, order_at=now)
    with pytest.raises(engine.Overtaken) as told, acting_as(cast.karin) as who:
        engine.take(up.pk, "admit", by=who, at=now, data=written)
    assert told.value.case.state == "announced", "the page that says so shows the case as it stands"
    with behind_the_wall():
        assert not Holding.objects.filter(case=up).exists()
    assert fresh(up).state == "announced"
    with acting_as(cast.karin) as who:
        engine.take(up.pk, "admit", by=who, at=now, data={**written, "passed_over_reason": "Utbildning i mars."})
    assert fresh(up).state == "placed"
