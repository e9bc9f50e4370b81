"""What the administrator is told when a role ends or an account is closed: how much then waits, and for whom (W3)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Basis, Level, Party
from knutpunkten.organisations.models import Association, Membership
from tests.activities.test_week import text_of
from tests.conftest import behind_the_wall
from tests.settings_pages import account_page, as_sent, yesterday

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(cast: Any, sign_in: Any) -> Client:
    return sign_in(cast.admin)


def saved(admin: Client, user: Any, **changed: str) -> str:
    return text_of(admin.post(account_page(user), as_sent(user, **changed), follow=True))


@pytest.mark.clause("W3")
def test_whoever_ends_a_role_is_told_how_many_cases_wait_for_the_representative(make_case, cast, admin) -> None:
    for state in ("placed", "handed_over", "closed"):
        make_case(state)
    page = saved(admin, cast.johan, **{"memberships-0-ends_on": yesterday()})
    unit = cast.johan.memberships.get().unit.full_name
    assert (
        f"2 ärenden som Johan Wik är handläggare för väntar nu på att representanten för {unit} lämnar över dem."
        in page
    )


@pytest.mark.clause("W3")
def test_whoever_closes_an_account_is_told_so_too(make_case, cast, admin) -> None:
    make_case("active", supervisor=cast.elin)
    page = saved(admin, cast.elin, is_active="")
    assert "1 ärende som Elin Strand är handledare i väntar nu på att samordnaren för Knutpunkten utser en ny" in page


def test_the_administrator_is_told_as_many_as_the_coordinator_hands_on(make_case, cast, admin, sign_in) -> None:
    """Also where the consent is lost and the team has its own part left; not where it is all the team had."""
    make_case("active", supervisor=cast.elin)
    rests, _ = (make_case("active", supervisor=cast.elin, parties={}) for _ in range(2))
    with behind_the_wall():
        Party.objects.create(
            case=rests,
            person=rests.person,
            unit=cast.knutpunkten.team,
            basis=Basis.OWN,
            level=Level.IDENTITY,
            valid_from=timezone.localdate(),
            case_created_at=rests.created_at,
        )
    assert "2 ärenden som Elin Strand är handledare i väntar nu" in saved(admin, cast.elin, is_active="")
    assert "2 ärenden behöver någon som tar över." in text_of(sign_in(cast.karin).get("/"))


@pytest.mark.clause("W3")
def test_a_role_ended_on_its_own_page_says_it_as_well(make_case, cast, admin) -> None:
    make_case("placed")
    role = cast.johan.memberships.get()
    sent = {"user": cast.johan.pk, "role": role.role, "unit": role.unit_id, "starts_on": role.starts_on}
    url = f"/installningar/organisations/membership/{role.pk}/change/"
    page = text_of(admin.post(url, sent | {"ends_on": yesterday()}, follow=True))
    assert "1 ärende som Johan Wik är handläggare för väntar nu" in page


@pytest.mark.clause("W3")
def test_of_a_last_day_ahead_it_is_said_when_and_that_nobody_needs_to_wait_for_it(make_case, cast, admin) -> None:
    make_case("placed")
    last = timezone.localdate() + timedelta(days=20)
    page = saved(admin, cast.johan, **{"memberships-0-ends_on": str(last)})
    assert f"Efter {last} väntar 1 ärende som Johan Wik är handläggare för på att representanten" in page
    assert "Det går att göra redan nu." in page


@pytest.mark.parametrize(("state", "is_represented"), [("draft", True), ("placed", False)])
def test_a_draft_and_the_case_of_a_unit_without_representative_wait_for_a_colleague(
    state: str, is_represented: bool, make_case, cast, admin
) -> None:
    make_case(state)
    if not is_represented:
        Membership.objects.filter(role="representative", unit=cast.johan.memberships.get().unit).delete()
    page = saved(admin, cast.johan, is_active="")
    assert "väntar nu på att en annan handläggare på" in page


@pytest.mark.clause("W3")
def test_of_the_only_one_in_a_role_it_is_said_that_nobody_has_it_now(cast, admin) -> None:
    ended = saved(admin, cast.karin, **{"memberships-0-ends_on": yesterday()})
    assert "Knutpunkten har ingen samordnare nu. Ge någon uppdraget." in ended
    closed = saved(admin, cast.nadja, is_active="")
    assert "Västerviks kommun, Försörjningsstöd har ingen representant nu. Ge någon uppdraget." in closed
    without_reviewer = f"{cast.association.name} har ingen granskare nu. Ge någon uppdraget."
    assert without_reviewer not in closed
    last = timezone.localdate()
    later = f"{cast.association.name} har ingen granskare från {last + timedelta(days=1)}. Ge någon uppdraget."
    ends = {"memberships-0-ends_on": str(last)}
    with behind_the_wall():
        Association.objects.create(name="Samordningsförbundet Annat")
    page = saved(admin, cast.lotta, **ends)
    assert later in page
    assert "Annat" not in page
    page = saved(admin, cast.lotta, is_active="")
    assert without_reviewer in page
    assert "granskare från" not in page
    for user in (cast.admin, cast.elin):  # what they do themselves is for somebody else to review
        with behind_the_wall():
            own = user.memberships.create(role="reviewer", association=cast.association, starts_on="2026-01-01")
        saved(admin, cast.lotta, is_active="on")
        closed = saved(admin, cast.lotta, is_active="")
        assert "granskare nu som varken är administratör eller arbetar med ärenden. Ge" in closed
        with behind_the_wall():
            own.delete()
    with behind_the_wall():
        cast.sara.memberships.update(role="representative")
    assert "ingen representant" not in saved(admin, cast.nadja, is_active="", phone="070-174 06 99")
    assert "ingen representant" not in saved(admin, cast.johan, **{"memberships-0-ends_on": yesterday()})


def test_nothing_is_said_of_another_change_nor_of_who_leaves_nothing(make_case, cast, admin) -> None:
    make_case("placed")
    assert "väntar" not in saved(admin, cast.johan, phone="070-174 06 99")
    assert "väntar" not in saved(admin, cast.tove, is_active="")


def test_a_role_that_goes_on_elsewhere_takes_its_cases_along(make_case, cast, admin) -> None:
    make_case("placed")
    role = cast.johan.memberships.get()
    cast.johan.memberships.create(role=role.role, unit=role.unit, starts_on=role.starts_on)
    assert "väntar" not in saved(admin, cast.johan, **{"memberships-0-ends_on": yesterday()})


def test_nobody_but_the_administrator_counts_what_others_leave(make_case, cast) -> None:
    make_case("placed")
    with behind_the_wall():
        cast.johan.is_active = False
        cast.johan.save()
    for who, many in ((cast.admin, 1), (cast.karin, 0), (cast.nadja, 0), (cast.johan, 0)):
        with acting_as(who), connection.cursor() as cursor:
            cursor.execute("select * from left_behind(%s)", [cast.johan.pk])
            assert len(cursor.fetchall()) == many, who.name
