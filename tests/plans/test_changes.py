"""What differs between two versions, told by lineage."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from knutpunkten.plans.changes import changes, pairs
from knutpunkten.plans.models import Goal, SubGoal
from knutpunkten.plans.rules import PlannedGoal, spoken_list

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


def goal(lineage, own_words, *sub_goals):
    return PlannedGoal(Goal(lineage=lineage, own_words=own_words), list(sub_goals))


def sub_goal(lineage, what, state="not_begun", due_on=date(2026, 12, 1), responsible="Elin Strand"):
    return SubGoal(lineage=lineage, what=what, state=state, due_on=due_on, responsible=responsible)


def texts(before, after):
    return [change.text for change in changes(before, after)]


def test_the_same_plan_has_no_changes():
    plan = [goal(ONE, "Jobba", sub_goal(TWO, "Provvecka"))]
    assert texts(plan, plan) == []


def test_what_is_done_comes_first_then_what_is_new_and_moved():
    before = [goal(ONE, "Jobba", sub_goal(ONE, "Hälsa på i köket", "under_way"), sub_goal(TWO, "Svenska på kvällstid"))]
    after = [
        goal(
            ONE,
            "Jobba",
            sub_goal(ONE, "Hälsa på i köket", "done"),
            sub_goal(TWO, "Svenska på kvällstid", due_on=date(2027, 1, 18)),
            sub_goal(THREE, "Provvecka i skolköket"),
        )
    ]
    assert texts(before, after) == [
        "Delmålet ”Hälsa på i köket” är klart",
        "Nytt delmål: Provvecka i skolköket",
        "Svenska på kvällstid flyttat till 2027-01-18",
    ]


def test_a_goal_rewritten_added_or_removed_is_told_with_its_words():
    before = [goal(ONE, "Jobba"), goal(TWO, "Orka")]
    after = [goal(ONE, "Jobba i kök"), goal(THREE, "Förstå breven")]
    assert texts(before, after) == [
        "Målet är omskrivet: ”Jobba i kök”",
        "Nytt mål: ”Förstå breven”",
        "Målet ”Orka” är borttaget",
    ]
    # Written within quotation marks, they stand once.
    assert texts([], [goal(ONE, "”Jobba”"), goal(TWO, '"Orka"')]) == ["Nytt mål: ”Jobba”", "Nytt mål: ”Orka”"]


def test_a_sub_goal_given_to_somebody_else_or_taken_away_is_told():
    before = [goal(ONE, "Jobba", sub_goal(ONE, "Intyg"), sub_goal(TWO, "Yoga"))]
    after = [goal(ONE, "Jobba", sub_goal(ONE, "Intyg", responsible="Siv Aronsson"))]
    assert texts(before, after) == ["Siv Aronsson ansvarar för Intyg", "Delmålet Yoga är borttaget"]


def test_beside_each_other_what_is_gone_stands_last():
    found = pairs([goal(ONE, "Jobba"), goal(TWO, "Orka")], [goal(THREE, "Förstå"), goal(TWO, "Orka")])
    assert [(pair.goal.either.goal.own_words, pair.what) for pair in found] == [
        ("Förstå", "Nytt"),
        ("Orka", ""),
        ("Jobba", "Borttaget"),
    ]


def test_a_list_is_spoken_as_one_says_it():
    assert [spoken_list(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a och b",
        "a, b och c",
    ]


def test_what_was_done_while_the_version_was_written_is_told_and_not_what_was_done_before_it():
    done = sub_goal(ONE, "Hälsa på i köket", "done")
    done.marked_at = datetime(2026, 11, 9, 10, 15, tzinfo=UTC)
    plan, minute = [goal(ONE, "Jobba", done)], timedelta(minutes=1)
    assert [one.text for one in changes(plan, plan, since=done.marked_at - minute)] == [
        "Delmålet ”Hälsa på i köket” är klart"
    ]
    assert changes(plan, plan, since=done.marked_at + minute) == []


def test_sub_goals_stand_in_the_order_of_time():
    done, dropped = sub_goal(ONE, "Yoga", "done"), sub_goal(ONE, "Kör", "dropped", date(2026, 10, 1))
    done.done_on = date(2026, 11, 9)
    later, late = sub_goal(TWO, "Praktik", due_on=date(2027, 1, 22)), sub_goal(TWO, "Intyg", due_on=date(2026, 11, 8))
    undated = sub_goal(THREE, "Svenska", due_on=None)
    assert goal(ONE, "Jobba", undated, later, done, late, dropped).in_time == [dropped, done, late, later, undated]
