"""The list of cases: what is open to begin with, and the way to what has ended."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Membership
from knutpunkten.routine.table import STEPS
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
    assert ('<a class="command" href="?lage=avslutade">' in page) == (chosen in ("", "oppna"))


@pytest.mark.clause("W3")
def test_who_has_a_place_is_found_by_that_word_and_so_is_a_case_that_one_sees_the_state_of_alone(
    make_case, cast, sign_in
):
    """Before and after a supervisor is named the row says "Har plats"; what no consent opens stands below, chosen alike."""
    placed, allocated, unopened = make_case("placed"), make_case("allocated"), make_case("handed_over", parties=())
    karin = sign_in(cast.karin)

    def found(**chosen: str) -> set[str]:
        listed = karin.get(reverse("cases"), chosen).text.partition("<h1>")[2]
        return {case.number for case in (placed, allocated, unopened) if case.number in listed}

    assert found() == found(lage="alla") == {placed.number, allocated.number, unopened.number}
    assert found(lage="placed") == {placed.number, allocated.number}
    assert found(lage="handed_over") == {unopened.number}
    assert found(lage="avslutade") == found(slag="consultation") == set()
    with behind_the_wall():
        Case.objects.filter(pk=unopened.pk).update(due_on=timezone.localdate())
    assert found(sena="1") == {placed.number, allocated.number}
    assert "Inga ärenden här" not in karin.get(reverse("cases"), {"lage": "handed_over"}).text
    assert "Inga ärenden här" in karin.get(reverse("cases"), {"lage": "active"}).text


@pytest.mark.clause("W3")
def test_cases_seen_by_state_alone_are_the_most_urgent_below_the_list_and_all_of_them_on_a_page(
    make_case, cast, sign_in, monkeypatch
) -> None:
    monkeypatch.setattr("knutpunkten.desk.lists.BELOW", 1)
    monkeypatch.setattr("knutpunkten.desk.status_list.PER_PAGE", 1)
    later, sooner = make_case("handed_over", parties=()), make_case("handed_over", parties=())
    with behind_the_wall():
        Case.objects.filter(pk=sooner.pk).update(due_on=later.due_on - timedelta(days=1))
    karin = sign_in(cast.karin)

    def found(page: str) -> list[str]:
        return [case.number for case in (later, sooner) if case.number in page]

    page = karin.get(reverse("cases"), {"lage": "handed_over"}).text
    assert found(page) == [sooner.number]
    all_of_them = f"{reverse('statuses')}?lage=handed_over"
    assert f'href="{all_of_them}"' in page
    assert found(karin.get(all_of_them).text) == [sooner.number]
    assert found(karin.get(f"{all_of_them}&page=2").text) == [later.number]
    assert "Inga ärenden här" in karin.get(f"{all_of_them}&page=3").text
    assert "Visa alla där du bara ser läget" not in karin.get(reverse("cases"), {"lage": "placed"}).text


def test_search_finds_also_what_has_ended(johan_with_three) -> None:
    page = johan_with_three.post(reverse("search"), {"q": "avslutsson"}).text
    assert "Amira Avslutsson" in page
    assert "Avslutad" in page


@pytest.mark.clause("W2")
def test_whose_turn_it_is_says_a_name_where_there_is_but_one_and_that_it_is_ones_own(make_case, cast, sign_in) -> None:
    handed_over, placed = (
        make_case("handed_over"),
        make_case(
            "placed",
            notice_given_at=timezone.now(),
            notice_confirmed_at=timezone.now(),
            service_decision_on=timezone.localdate(),
        ),
    )
    karin = sign_in(cast.karin)
    assert whose_turn(karin, placed) == "Din tur"
    assert whose_turn(sign_in(cast.johan), handed_over) == "Nadja Berg"
    assert "Väntar på Nadja Berg" in strip_tags(sign_in(cast.johan).get(reverse("case", args=[handed_over.pk])).text)
    with behind_the_wall():
        unit = cast.unit("Försörjningsstöd")
        Membership.objects.create(user=cast.sara, role="representative", unit=unit, starts_on=timezone.localdate())
    assert whose_turn(sign_in(cast.johan), handed_over) == "Representanten, Försörjningsstöd"
    page = strip_tags(sign_in(cast.johan).get(reverse("case", args=[handed_over.pk])).text)
    assert "Väntar på representanten, Försörjningsstöd" in page


@pytest.mark.clause("W2")
def test_where_two_have_a_turn_the_list_and_the_case_say_the_same_to_each(make_case, cast, sign_in) -> None:
    """In a placed case the caseworker decides on the service while the coordinator allocates."""
    case = make_case("placed", notice_given_at=timezone.now(), notice_confirmed_at=timezone.now())
    steps = {"johan": STEPS["service_decision"].what, "karin": STEPS["allocate"].what, "mats": ""}
    for name, step in steps.items():
        client = sign_in(getattr(cast, name))
        page = client.get(reverse("case", args=[case.pk])).text
        bar = strip_tags(page.partition('class="person-bar')[2].partition("</section>")[0])
        assert ("Din tur" in bar) == (whose_turn(client, case) == "Din tur") == bool(step), name
        row = strip_tags(client.get(reverse("cases")).text.partition(f">{case.number}</td>")[2].partition("</tr>")[0])
        assert step in row, name
        assert step in bar, name


def whose_turn(client, case) -> str:
    row = client.get(reverse("cases")).text.partition(f">{case.number}</td>")[2]
    return strip_tags(row.partition('<td data-label="Vems tur">')[2].partition("</td>")[0]).strip()
