"""The person of these tests: 48 years old, within every target group."""

from typing import Any

import pytest

from tests.builders import make_person
from tests.conftest import behind_the_wall


@pytest.fixture
def leif(cast: Any) -> Any:
    with behind_the_wall():
        return make_person("Leif", "Sandqvist", number="197804112394")
