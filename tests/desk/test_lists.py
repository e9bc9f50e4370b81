"""The list of cases: what is open to begin with, and the way to what has ended."""

import pytest
from django.urls import reverse

from tests.builders import make_person
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def johan_with_three(make_case, cast, sign_in):
    """Johan's browser, and three cases of his: one goes on, one was closed, one was cancelled."""
    for state, last_name in (("active", "Pågårsson"), ("closed", "Avslutsson"), ("cancelled", "Avbrottsson")):
        with behind_the_wall():
            person = make_person("Amira", last_name)
        make_case(state, person=person)
    return sign_in(cast.johan)


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ("", {"Pågårsson"}),
        ("oppna", {"Pågårsson"}),
        ("avslutade", {"Avslutsson", "Avbrottsson"}),
        ("closed", {"Avslutsson"}),
        ("alla", {"Pågårsson", "Avslutsson", "Avbrottsson"}),
    ],
)
def test_what_has_ended_is_a_choice_away(johan_with_three, chosen, names) -> None:
    page = johan_with_three.get(reverse("cases"), {"lage": chosen} if chosen else {}).text
    assert {name for name in ("Pågårsson", "Avslutsson", "Avbrottsson") if name in page} == names
    assert ('<a href="?lage=avslutade">' in page) == (chosen in ("", "oppna"))


def test_search_finds_also_what_has_ended(johan_with_three) -> None:
    page = johan_with_three.post(reverse("search"), {"q": "avslutsson"}).text
    assert "Amira Avslutsson" in page
    assert "Avslutad" in page
