"""The advice a consultation gave (K5)."""

from knutpunkten.cases.move import Move
from knutpunkten.consultations.models import Advice


def record_advice(move: Move) -> None:
    """Effect: who was present, what information was given, what was advised; the caseworker is told."""
    Advice.objects.create(
        case=move.case,
        author_unit_id=move.by.unit_id,
        present=move.data["present"],
        given=move.data["given"],
        advised=move.data["advised"],
        recorded_at=move.at,
        recorded_by_id=move.by.user_id,
    )
