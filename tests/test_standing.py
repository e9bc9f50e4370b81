"""That a standing world is new to each test (``tests/standing.py``): whichever runs first, the others meet nothing of it."""

import pytest

from knutpunkten.cases.models import Case
from knutpunkten.demo.cast import Cast
from tests.builders import make_case
from tests.conftest import behind_the_wall
from tests.standing import standing


@standing
def handed_over(cast: Cast) -> Case:
    with behind_the_wall():
        return make_case(cast, "handed_over")


@standing
def with_its_brother(handed_over: Case, cast: Cast) -> list[Case]:
    return with_another(cast, handed_over)


@standing
def of_its_own(cast: Cast) -> list[Case]:
    return with_another(cast)


def with_another(cast: Cast, *cases: Case) -> list[Case]:
    with behind_the_wall():
        return [*cases, make_case(cast, "draft")]


def cases() -> int:
    with behind_the_wall():
        return Case.objects.count()


@pytest.mark.parametrize("_time", [1, 2])
def test_what_a_test_changes_is_changed_for_it_alone(_time: int, handed_over: Case, cast: Cast) -> None:
    assert (handed_over.programme.places, cases()) == (12, 1)
    handed_over.programme.places = 3
    with behind_the_wall():
        handed_over.programme.save()
    with_another(cast, handed_over)


@pytest.mark.parametrize("_time", [1, 2])
def test_a_world_upon_another_holds_the_same_objects(
    _time: int, with_its_brother: list[Case], handed_over: Case
) -> None:
    assert with_its_brother[0] is handed_over
    assert cases() == 2


def test_who_asks_for_no_world_meets_none(cast: Cast) -> None:
    assert cases() == 0


def test_who_asks_for_the_lower_world_alone_meets_nothing_of_the_upper(handed_over: Case) -> None:
    assert cases() == 1


def test_who_asks_for_another_world_meets_nothing_of_the_one_before(of_its_own: list[Case]) -> None:
    assert cases() == 1
