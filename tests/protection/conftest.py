from collections.abc import Callable
from typing import Any

import pytest

from knutpunkten.people.models import Person
from tests.builders import make_person
from tests.conftest import behind_the_wall

NAME, NUMBER = "Vilhelmina Qvarnström", "198705012394"


@pytest.fixture
def hidden(db: None) -> Any:
    """A protected person whose name is nobody else's."""
    with behind_the_wall():
        return make_person(*NAME.split(), number=NUMBER, protection=Person.Protection.MARKED)


@pytest.fixture
def protected_case(hidden: Any, make_case: Callable[..., Any]) -> Callable[..., Any]:
    """``protected_case("announced", readers=[cast.nadja])``: Johan's, about the protected person, called KP-0417."""

    def make(state: str = "announced", **fields: Any) -> Any:
        case = make_case(state, person=hidden, **fields)
        with behind_the_wall():
            type(case).objects.filter(pk=case.pk).update(number="KP-0417")
        case.number = "KP-0417"
        return case

    return make
