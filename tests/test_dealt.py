"""A whole run begins with its long tests, and each process with as many of them as the others."""

import pytest

from tests.conftest import dealt


def in_order(item: object, hand: int) -> int:
    return 0


@pytest.mark.parametrize("hands", [1, 2, 3, 4])
def test_each_hand_begins_with_its_share_of_the_long_ones(hands: int) -> None:
    for many in range(14):
        for long in range(many + 1):
            order = dealt(list(range(many)), long, hands, in_order)
            assert sorted(order) == list(range(many))
            begins = 0
            for hand in range(hands):
                share = (many - begins) // (hands - hand)
                own = order[begins : begins + share]
                is_long = [one < long for one in own]
                assert is_long == sorted(is_long, reverse=True)
                assert sum(is_long) in (long // hands, -(-long // hands))
                begins += share


def test_what_stands_in_a_row_stays_in_a_row() -> None:
    assert dealt(list("JKLabcdef"), 3, 3, in_order) == list("LabKcdJef")


def test_a_hand_may_begin_with_others_of_its_long_ones() -> None:
    """The first keeps its turns; the others begin with what needs nothing that the first makes."""
    order = dealt(list("JKBCab"), 4, 2, lambda item, hand: -1 if hand and item in "BC" else 0)
    assert order == list("KCaBJb")
