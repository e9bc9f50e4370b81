"""Writing the closing: meeting, outcome, report, and who carries on (S11, S14)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.actions import one_at_a_time
from knutpunkten.cases.models import Case, Category
from knutpunkten.cases.move import Move
from knutpunkten.closing.models import Closing, OnwardPlan

WORDS = (
    *("is_planned", "early_reason", "met_on", "who_took_part", "exemption", "what_was_tried"),
    *("outcome", "other_outcome", "result", "judgement", "suggestions", "own_words"),
)


class HandedOver(Exception):
    """The report has been handed over, and stands as it was."""


@transaction.atomic
def save_closing(*, case: Case, words: Mapping[str, Any], by: Who, at: datetime) -> Closing:
    """Save a part of the closing: any of ``WORDS``. Raises ``HandedOver`` when it is too late."""
    one_at_a_time(case)
    closing = Closing.objects.filter(case=case).first() or Closing(case=case, author_unit_id=by.unit_id)
    if closing.handed_over_at is not None:
        raise HandedOver
    for name in WORDS:
        if name in words:
            setattr(closing, name, words[name])
    closing.saved_at, closing.saved_by_id = at, by.user_id
    closing.save()
    record("closing_saved", by=by, at=at, case_id=case.pk, person_id=case.person_id, category=Category.PLANNING)
    return closing


@transaction.atomic
def save_onward(*, case: Case, words: Mapping[str, Any], by: Who, at: datetime) -> Closing:
    """Save who carries on, with what, from when (S11): receiver, receiver_unit_id or elsewhere, what, from_on.

    Answers the closing it belongs to. Raises ``HandedOver`` when the report has left.
    """
    closing = save_closing(case=case, words={}, by=by, at=at)
    onward = OnwardPlan.objects.filter(case=case).first() or OnwardPlan(case=case, author_unit_id=by.unit_id)
    for name in ("receiver", "receiver_unit_id", "elsewhere", "what", "from_on"):
        setattr(onward, name, words[name])
    onward.saved_at = at
    onward.save()
    return closing


def hand_over_report(move: Move) -> None:
    """Effect: the final report is handed over to the caseworker, and stands as it is from now (S14)."""
    closing = Closing.objects.get(case=move.case)
    closing.handed_over_at = move.at
    closing.save(update_fields=["handed_over_at"])
    move.category = Category.PLANNING
    move.detail |= {"outcome": closing.outcome, "is_planned": closing.is_planned}
