"""Recording a follow-up: where the person is now, what was agreed, and the plan confirmed or renewed (S10)."""

from knutpunkten.cases.models import Category
from knutpunkten.cases.move import Move
from knutpunkten.followup.models import FollowUp
from knutpunkten.plans.actions import mark_in_plan, put_in_force, record_scores
from knutpunkten.plans.rules import plan_being_written, plan_in_force


def record_follow_up(move: Move) -> None:
    """Effect: the follow-up is written down, and a plan rewritten meanwhile becomes the version in force.

    ``move.data`` is ``FollowUpForm`` cleaned. The goals of the plan that holds after the meeting get the scores, its
    sub-goals their states.
    """
    case, data = move.case, move.data
    plan = plan_in_force(case)
    assert plan is not None, "the step needs an agreed plan"
    draft = plan_being_written(case) if data["is_revised"] else None
    mark_in_plan(
        plan,
        data["states"],
        case=case,
        done_on=data["held_on"],
        by=move.by,
        at=move.at,
        is_replaced=draft is not None,
    )
    if draft is not None:
        put_in_force(
            draft,
            participation=data["participation"],
            who_took_part=data["who_took_part"],
            agreed_on=data["held_on"],
            next_on=data["next_on"],
        )
    else:
        plan.next_follow_up_on = data["next_on"]
        plan.save(update_fields=["next_follow_up_on"])
    scores = {row["lineage"]: row["score"] for row in data["goals"] if row["score"] is not None}
    record_scores(draft or plan, scores, data["held_on"])
    FollowUp.objects.create(
        case=case,
        author_unit_id=move.by.unit_id,
        held_on=data["held_on"],
        who_took_part=data["who_took_part"],
        goals=[row | {"lineage": str(row["lineage"])} for row in data["goals"]],
        agreed=data["agreed"],
        plan=draft or plan,
        is_revised=draft is not None,
        next_on=data["next_on"],
        recorded_at=move.at,
        recorded_by_id=move.by.user_id,
    )
    case.follow_up_on = data["next_on"]
    if data.get("planned_end_on"):
        case.planned_end_on = data["planned_end_on"]
    move.category = Category.PLANNING
    move.detail |= {
        "held_on": data["held_on"].isoformat(),
        "follow_up_on": data["next_on"].isoformat(),
        "version": (draft or plan).version,
        "is_revised": draft is not None,
    }
