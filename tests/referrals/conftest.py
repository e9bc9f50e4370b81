"""The person of these tests: 48 years old, within every target group."""

from typing import Any

import pytest

from knutpunkten.people.models import Person
from tests.builders import make_person
from tests.conftest import behind_the_wall


def leif_himself() -> Person:
    return make_person("Leif", "Sandqvist", number="197804112394")


@pytest.fixture
def leif(cast: Any) -> Person:
    with behind_the_wall():
        return leif_himself()
