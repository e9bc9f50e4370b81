"""Recording a follow-up: where the person is now, what was agreed, and the plan confirmed or renewed (S10)."""

from knutpunkten.cases.models import Category
from knutpunkten.cases.move import Move, TooLate
from knutpunkten.followup.models import FollowUp
from knutpunkten.plans.actions import mark_in_plan, put_in_force, record_scores
from knutpunkten.plans.models import Plan
from knutpunkten.plans.rules import plan_being_written, plan_in_force


def record_follow_up(move: Move) -> None:
    """Effect: the follow-up is written down, and a plan rewritten meanwhile becomes the version in force.

    ``move.data`` is ``FollowUpForm`` cleaned. The goals of the plan that holds after the meeting get the scores, its
    sub-goals their states.
    """
    case, data = move.case, move.data
    in_force = plan_in_force(case)
    plan = plan_being_written(case) if data["is_revised"] else in_force
    assert in_force is not None, "the step needs an agreed plan"
    assert plan is not None, "one that is rewritten is being written"
    mark_sub_goals(move, in_force)
    let_hold(plan, move)
    record_scores(
        plan, {row["lineage"]: row["score"] for row in data["goals"] if row["score"] is not None}, data["held_on"]
    )
    write_down(move, plan)
    case.follow_up_on = data["next_on"]
    if data.get("planned_end_on"):
        case.planned_end_on = data["planned_end_on"]
    move.category = Category.PLANNING
    move.detail |= {
        "held_on": data["held_on"].isoformat(),
        "follow_up_on": data["next_on"].isoformat(),
        "version": plan.version,
        "is_revised": data["is_revised"],
    }


def mark_sub_goals(move: Move, in_force: Plan) -> None:
    """Mark those chosen anew. Raises ``TooLate`` if one is otherwise than the form found it: that was before the lock."""
    found = {lineage: state for lineage, (state, _) in move.data["marks"].items()}
    before = mark_in_plan(
        in_force,
        {lineage: state for lineage, (_, state) in move.data["marks"].items()},
        case=move.case,
        done_on=move.data["held_on"],
        by=move.by,
        at=move.at,
        is_replaced=move.data["is_revised"],
    )
    if any(before[lineage].state != state for lineage, state in found.items()):
        raise TooLate


def let_hold(plan: Plan, move: Move) -> None:
    """*plan* is the one that holds after the meeting: come into force now, or confirmed."""
    data = move.data
    if data["is_revised"]:
        put_in_force(
            plan,
            participation=data["participation"],
            who_took_part=data["who_took_part"],
            agreed_on=data["held_on"],
            next_on=data["next_on"],
        )
    else:
        plan.next_follow_up_on = data["next_on"]
        plan.save(update_fields=["next_follow_up_on"])


def write_down(move: Move, plan: Plan) -> None:
    data = move.data
    FollowUp.objects.create(
        case=move.case,
        author_unit_id=move.by.unit_id,
        goals=[row | {"lineage": str(row["lineage"])} for row in data["goals"]],
        plan=plan,
        recorded_at=move.at,
        recorded_by_id=move.by.user_id,
        **{name: data[name] for name in ("held_on", "who_took_part", "agreed", "is_revised", "next_on")},
    )
