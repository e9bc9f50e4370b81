"""Who ends it says why, and the other side reads it under the consent that holds (S12, W1)."""

import re
from typing import Any

import pytest
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Section
from knutpunkten.routine import engine
from tests.builders import ALL
from tests.conftest import behind_the_wall
from tests.meetings.pages import fresh, page, take

WHY = "Har flyttat till en annan kommun."
PARTIES = {
    "Försörjningsstöd": ALL,
    "Knutpunktsteamet": ALL,
    "Arbetsförmedlingen": ["grund", "planering"],
    "Öppenpsykiatrin": ["grund", "halsa"],
}


def reason(case: Any) -> Section:
    with behind_the_wall():
        return Section.objects.get(case=case, key="cancelled")


@pytest.mark.clause("S12", "W1")
@pytest.mark.django_db
@pytest.mark.parametrize("state", ["placed", "active"])
def test_the_caseworker_reads_why_the_team_ended_it_and_who_has_no_part_in_the_planning_does_not(
    state: str, make_case, cast, sign_in
) -> None:
    case = make_case(state, parties=PARTIES)
    take(sign_in(cast.karin), case, "cancel_placed", why=WHY, wish="other")
    assert fresh(case).state == "cancelled"
    for user in (cast.johan, cast.mats, cast.karin):
        shown = sign_in(user).get(page("case", case)).text
        assert f"<strong>Ärendet avbröts.</strong> {WHY}" in shown.partition('<section class="card"')[0], user
    assert WHY not in sign_in(cast.ulrika).get(page("case", case)).text
    row = reason(case)
    assert (row.category, row.disclosed_by_id) == ("planering", cast.karin.pk)
    assert row.disclosed_under is not None


@pytest.mark.clause("S14", "W1")
@pytest.mark.django_db
def test_mapping_and_plan_of_a_case_that_was_ended_are_a_link_away_for_those_who_read_them(
    make_case, cast, sign_in
) -> None:
    case = make_case("active", parties=PARTIES)
    take(sign_in(cast.karin), case, "cancel_placed", why=WHY, wish="person")
    for user, links in ((cast.elin, [True, True]), (cast.mats, [True, True]), (cast.ulrika, [True, False])):
        client = sign_in(user)
        shown = client.get(page("case", case)).text.partition('id="tidigare"')[2]
        assert [f'href="{page(name, case)}"' in shown for name in ("mapping", "plan")] == links, user
        assert client.get(page("mapping", case)).status_code == 200
    assert "Planen blev inte skriven" in sign_in(cast.elin).get(page("plan", case)).text
    before = make_case("allocated", parties=PARTIES)
    take(sign_in(cast.karin), before, "cancel_placed", why=WHY, wish="person")
    assert page("mapping", before) not in sign_in(cast.elin).get(page("case", before)).text, "nothing was begun"


@pytest.mark.clause("S12")
@pytest.mark.django_db
def test_the_caseworker_reads_it_as_grund_where_their_unit_has_no_part_in_the_planning(
    make_case, cast, sign_in
) -> None:
    case = make_case("placed", parties={**PARTIES, "Försörjningsstöd": ["grund"]})
    take(sign_in(cast.karin), case, "cancel_placed", why=WHY, wish="person")
    assert WHY in sign_in(cast.johan).get(page("case", case)).text
    assert reason(case).category == "grund"


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_without_a_consent_for_the_caseworkers_unit_the_reason_stays_with_the_team(make_case, cast, sign_in) -> None:
    case = make_case("placed", parties=PARTIES)
    with acting_as(cast.johan) as who:
        unit = cast.unit("Försörjningsstöd").pk
        engine.withdraw_consent(case.pk, unit_ids=[unit], how="phone", taken_by="Johan Wik", by=who, at=timezone.now())
    take(sign_in(cast.karin), case, "cancel_placed", why=WHY, wish="person")
    assert fresh(case).state == "cancelled"
    assert WHY not in sign_in(cast.johan).get(page("case", case)).text
    assert reason(case).disclosed_at is None


@pytest.mark.clause("S12", "W1")
@pytest.mark.django_db
@pytest.mark.parametrize("state", ["placed", "allocated", "active"])
def test_from_a_place_on_the_team_reads_why_the_caseworker_ended_it_as_the_page_said_before(
    state: str, make_case, cast, sign_in
) -> None:
    case = make_case(state, parties=PARTIES, placed_at=timezone.now())
    johan = sign_in(cast.johan)
    asked = johan.get(page("step", case, "cancel")).text
    assert "Läses av din enhet och, med stöd av samtycket, av Knutpunkten, Knutpunktsteamet." in asked
    take(johan, case, "cancel", why=WHY, wish="person")
    assert fresh(case).state == "cancelled"
    readers = [cast.johan, cast.nadja, cast.karin, *([] if state == "placed" else [cast.elin])]
    for user in readers:
        assert WHY in sign_in(user).get(page("case", case)).text, user
    for user in (cast.mats, cast.ulrika):  # parties, who go on reading what they did
        assert WHY not in sign_in(user).get(page("case", case)).text
        with acting_as(user):
            assert not Section.objects.filter(case=case, key="cancelled").exists()
    row = reason(case)
    assert (row.disclosed_by_id, row.only_for) == (cast.johan.pk, case.programme.team)
    assert row.disclosed_under is not None
    shared = johan.get(page("shared", case)).text
    ended = shared.partition("Varför ärendet avbröts")[2].partition("</tr>")[0]
    assert re.findall(r"<li>(.*?)</li>", ended) == ["Knutpunkten, Knutpunktsteamet"]


@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "handed_over", "announced", "queued", "returned"])
def test_before_there_is_a_place_why_stays_with_the_caseworkers_unit(state: str, make_case, cast, sign_in) -> None:
    case = make_case(state, parties=PARTIES)
    johan = sign_in(cast.johan)
    assert "Bara din enhet läser det här." in johan.get(page("step", case, "cancel")).text
    take(johan, case, "cancel", why=WHY, wish="person")
    ended = johan.get(page("case", case)).text
    assert WHY in ended
    assert ('id="besked"' in ended) == (state in ("queued", "returned"))
    assert reason(case).disclosed_at is None
    for user in (cast.karin, cast.mats):
        assert WHY not in sign_in(user).get(page("case", case)).text


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_without_a_consent_for_the_team_the_caseworkers_reason_stays_with_the_unit(make_case, cast, sign_in) -> None:
    case = make_case("active", parties=PARTIES, placed_at=timezone.now())
    with acting_as(cast.johan) as who:
        engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Johan Wik", by=who, at=timezone.now())
    johan = sign_in(cast.johan)
    assert "Bara din enhet läser det här." in johan.get(page("step", case, "cancel")).text
    take(johan, case, "cancel", why=WHY, wish="person")
    assert reason(case).disclosed_at is None
    for user in (cast.karin, cast.elin):
        assert WHY not in sign_in(user).get(page("case", case)).text


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_team_without_the_planning_reads_it_too(make_case, cast, sign_in) -> None:
    case = make_case("placed", parties={**PARTIES, "Knutpunktsteamet": ["grund"]}, placed_at=timezone.now())
    take(sign_in(cast.johan), case, "cancel", why=WHY, wish="person")
    assert WHY in sign_in(cast.karin).get(page("case", case)).text


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_who_ends_it_for_the_team_is_told_who_reads_why(make_case, cast, sign_in) -> None:
    case = make_case("active", parties=PARTIES)
    asked = sign_in(cast.elin).get(page("step", case, "cancel_placed")).text
    assert "med stöd av samtycket, av Arbetsförmedlingen och Västerviks kommun, Försörjningsstöd." in asked


ENDED, PLACE_GIVEN_ON = "Ärendet är avbrutet.", "Platsen erbjuds nästa i kön, om det finns någon att fråga."
COLLABORATES = ["draft", "handed_over", "announced", "queued", "placed", "allocated", "active", "returned"]


def said(client: Any, case: Any, step: str) -> str:
    """What the page says when *step* is sent, taken or not."""
    sent = {"version": fresh(case).version, "why": WHY, "wish": "person"}
    return client.post(page("step", case, step), sent, follow=True).text


@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize("state", COLLABORATES)
def test_a_case_whose_consent_is_taken_back_is_said_to_be_ended_only_when_the_caseworker_has_ended_it(
    state: str, make_case, cast, sign_in
) -> None:
    case = make_case(state, parties=PARTIES)
    johan = sign_in(cast.johan)
    call = {"what": "whole", "how": "phone", "taken_by": "Johan Wik"}
    told = johan.post(page("withdraw_consent", case), call, follow=True).text
    for user in (cast.karin, cast.elin):
        told += said(sign_in(user), case, "cancel_placed")
    assert fresh(case).state == state
    assert ENDED not in told
    assert PLACE_GIVEN_ON not in told
    told = said(johan, case, "cancel")
    assert fresh(case).state == "cancelled"
    assert ENDED in told
    assert "ledig" not in told


@pytest.mark.clause("S8", "S12")
@pytest.mark.django_db
@pytest.mark.parametrize("state", ["placed", "allocated", "active"])
def test_of_a_place_that_goes_on_to_who_stands_first_it_is_not_said_that_it_is_free(
    state: str, make_case, cast, sign_in
) -> None:
    case = make_case(state, parties=PARTIES)
    told = said(sign_in(cast.karin), case, "cancel_placed")
    assert fresh(case).state == "cancelled"
    assert f"{ENDED} {PLACE_GIVEN_ON}" in told
    assert "ledig" not in told
