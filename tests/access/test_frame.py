"""What every page's frame shows of where one is, and of what the role may come to."""

import re
from typing import Any

import pytest
from django.urls import reverse

from knutpunkten.organisations.models import User
from tests.builders import make_person
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "here"),
    [("start", "Start"), ("cases", "Ärenden"), ("week", "Veckan"), ("participants", "Deltagare"), ("inbox", None)],
)
def test_the_menu_marks_the_one_page_where_one_is(name: str, here: str | None, cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.elin).get(reverse(name)).text
    marked = re.findall(r'<a href="/[^"]*" aria-current="page">\s*([^<]+?)\s*<', page)
    assert set(marked) == ({here} if here else set()), "in the row and in the phone's list"


@pytest.mark.parametrize(
    ("name", "page", "is_there"),
    [("johan", "start", True), ("elin", "start", True), ("lotta", "log_review", False), ("bengt", "figures", False)],
)
def test_who_has_read_is_a_link_for_those_near_cases(
    name: str, page: str, is_there: bool, cast: Any, sign_in: Any
) -> None:
    seen = sign_in(getattr(cast, name)).get(reverse(page)).text
    assert (f'href="{reverse("who_has_read")}"' in seen) is is_there
    assert (f'action="{reverse("search")}"' in seen) is is_there


def test_it_is_a_link_for_the_participant_too_who_searches_for_nobody(cast: Any, sign_in: Any) -> None:
    with behind_the_wall():
        account = User.objects.create_user("amira@deltagare.example", "Amira Haddad")
        make_person("Amira", "Haddad", account=account)
    seen = sign_in(account).get(reverse("own_page")).text
    assert f'href="{reverse("who_has_read")}"' in seen
    assert f'action="{reverse("search")}"' not in seen
