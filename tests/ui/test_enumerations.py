"""Several things in one sentence, as Swedish writes them."""

import pytest

from knutpunkten.ui.enumerations import enumeration


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A och B"), (["A", "B", "C"], "A, B och C")]
)
def test_the_last_two_are_joined_by_och(words: list[str], said: str) -> None:
    assert enumeration(words) == said
    assert enumeration(iter(words)) == said
