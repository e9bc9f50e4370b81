"""Search by name, number or case number: what one may see, spelled nearly right."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Case
from knutpunkten.demo.cast import Cast
from tests.builders import make_case, make_person
from tests.conftest import behind_the_wall
from tests.standing import standing

pytestmark = pytest.mark.django_db
NAMES = (
    ("Eva", "Åhman"),
    ("Bo", "Ahman"),
    ("Anna-Karin", "Öst Berglund"),
    ("Jörgen", "Sjöberg"),
    ("Li", "Ek"),
    ("Lisa", "Ekdahl"),
    ("Per", "100%son"),
    ("Anneli", "Kvist"),
)


@standing
def their_cases(cast: Cast) -> None:
    with behind_the_wall():
        for first, last in NAMES:
            make_case(cast, "announced", person=make_person(first, last))


@pytest.fixture
def search(their_cases: None, cast: Any, sign_in: Callable) -> Callable[[str], list[str]]:
    """``search("ahman")``: the last names that Johan finds, in order."""
    client = sign_in(cast.johan)

    def search(wanted: str) -> list[str]:
        page = client.post(reverse("search"), {"q": wanted})
        return [row["name"].partition(" ")[2] for row in page.context["rows"] or ()]

    return search


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        # å is a letter of its own: another in its place is a slip, and comes after.
        ("åhman", ["Åhman", "Ahman"]),
        ("Åhman", ["Åhman", "Ahman"]),
        ("ahman", ["Ahman", "Åhman"]),
        ("AHMAN", ["Ahman", "Åhman"]),
        ("jorgen", ["Sjöberg"]),
        ("jörgen sjöberg", ["Sjöberg"]),
        ("sjöberg jörgen", ["Sjöberg"]),
        ("sjöb", ["Sjöberg"]),
        ("karin", ["Öst Berglund"]),
        ("anna-karin berg", ["Öst Berglund"]),
        ("anna karin", ["Öst Berglund"]),
        ("sjöbärg", ["Sjöberg"]),
        ("jörgen sjöbreg", ["Sjöberg"]),
        ("sjöbberg", ["Sjöberg"]),
        ("anneli qvist", ["Kvist"]),
        ("anelli kvist", ["Kvist"]),
        ("ek", ["Ek"]),
        ("ekd", ["Ekdahl", "Ek"]),
        ("ingen alls", []),
    ],
)
def test_names_are_found_as_they_are_typed_or_nearly_so(search: Callable, wanted: str, names: list[str]) -> None:
    assert search(wanted) == names


@pytest.mark.parametrize("wanted", ["%", "%%", "_", "__", "e_", "j%n", "\\", "'", "  ", "a"])
def test_signs_are_themselves_and_too_little_finds_nothing(search: Callable, wanted: str) -> None:
    assert search(wanted) == []


def test_a_sign_in_a_name_is_found(search: Callable) -> None:
    assert search("100%") == ["100%son"]


@pytest.mark.parametrize("part", [slice(None), slice(2, None), slice(0, 8), slice(2, 8)])
def test_a_number_is_found_with_or_without_century_and_sign(
    part: slice, make_case: Callable, cast: Any, sign_in: Callable
) -> None:
    with behind_the_wall():
        person = make_person("Leif", "Sandqvist", number="197804112386")
    case = make_case("announced", person=person)
    client = sign_in(cast.johan)
    digits = "197804112386"[part]
    for wanted in (digits, f" {digits} ", f"{digits[:-4]}-{digits[-4:]}"):
        found = client.post(reverse("search"), {"q": wanted}).text
        assert reverse("case", args=[case.pk]) in found
        assert "Kontrollera siffrorna" not in found


@pytest.mark.parametrize(
    ("wanted", "advice"),
    [
        ("19780411-2387", "Kontrollera siffrorna: numret stämmer inte."),
        ("780411 2387", "Kontrollera siffrorna: numret stämmer inte."),
        ("197813112386", "Födelsedatumet i numret finns inte."),
        ("197804112386", "Kontrollera siffrorna, eller sök på namnet."),
        ("s-2026-027", "Kontrollera numret. Sökningen hittar bara ärenden som du får öppna."),
        ("KP-7429", "Kontrollera numret. Sökningen hittar bara ärenden som du får öppna."),
        ("sa", "Två bokstäver söks bara som ett helt namn. Skriv fler, så hittas också namn som börjar så."),
        ("780411-23", "Kontrollera stavningen, eller sök på personnumret."),
        ("Sandqvist", "Kontrollera stavningen, eller sök på personnumret."),
    ],
)
def test_what_to_do_with_what_was_not_found_is_said(
    wanted: str, advice: str, make_case: Callable, cast: Any, sign_in: Callable
) -> None:
    """Whoever has the right one: Tove, who has no ground to read of him, is told the same as of any number."""
    with behind_the_wall():
        person = make_person("Leif", "Sandqvist", number="197804112386")
    make_case("announced", person=person)
    page = sign_in(cast.tove).post(reverse("search"), {"q": wanted}).text
    assert "Ingen träff" in page
    assert advice in page


def test_how_many_are_found_is_said_in_words(their_cases: None, cast: Any, sign_in: Callable) -> None:
    page = sign_in(cast.johan).post(reverse("search"), {"q": "ekd"}).text
    assert ">Två träffar<" in page
    assert "helt namn" not in page
    short = sign_in(cast.johan).post(reverse("search"), {"q": "ek"}).text
    assert ">En träff<" in short
    assert "Två bokstäver söks bara som ett helt namn." in short
    # A name too long is told so, and not cut by the browser's own limit.
    assert "maxlength" not in page


def test_a_case_is_found_by_its_number_in_small_letters_too(make_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = make_case("announced")
    with behind_the_wall():
        type(case).objects.filter(pk=case.pk).update(number="S-2026-087")
    for wanted in ("S-2026-087", "s-2026-087"):
        assert reverse("case", args=[case.pk]) in sign_in(cast.johan).post(reverse("search"), {"q": wanted}).text


def test_only_what_the_role_reaches_is_found(make_case: Callable, cast: Any, sign_in: Callable) -> None:
    """As the list: a caseworker of a party, a supervisor of another's case, and a representative before handing over."""
    with behind_the_wall():
        persons = [make_person(first, "Sällsynt") for first in ("Ada", "Bea")]
    make_case("active", person=persons[0])
    make_case("draft", person=persons[1])
    for user, names in (
        (cast.disa, []),
        (cast.peter, []),
        (cast.elin, ["Ada"]),
        (cast.nadja, ["Ada"]),
        (cast.sara, ["Ada", "Bea"]),
    ):
        page = sign_in(user).post(reverse("search"), {"q": "sällsynt"}).text
        assert [name for name in ("Ada", "Bea") if f"{name} Sällsynt" in page] == names, user


@pytest.mark.parametrize("wanted", ["åhman", "ahman", "sjöberg jörgen", "sjöbärg", "ek", "number", "finns inte"])
def test_who_has_many_cases_finds_the_same_as_who_has_few(their_cases: None, cast: Any, wanted: str) -> None:
    """The one way looks through one's own cases, the other through the names; a stranger finds nothing by either."""

    if wanted == "number":
        with behind_the_wall():
            wanted = Case.objects.get(last_name="Ek").person.number[2:]

    def found(user: Any, one_by_one: int) -> list[Any]:
        with acting_as(user), connection.cursor() as cursor:
            cursor.execute("select case_id from search_cases(%s, 300, %s)", [wanted, one_by_one])
            return [row[0] for row in cursor.fetchall()]

    assert found(cast.johan, -1) == found(cast.johan, 2000)
    assert bool(found(cast.johan, -1)) == (wanted != "finns inte")
    assert found(cast.tove, -1) == found(cast.tove, 2000) == []


def test_names_and_numbers_are_looked_up_by_index(cast: Any) -> None:
    """The function's own questions, as they are planned: never every case."""
    asked = "select c.id from cases_case c join people_person p on p.id = c.person_id where {}"
    questions = (
        "names_folded(c.first_name, c.last_name) like '% sand%'",
        "'sandkvist' <% names_folded(c.first_name, c.last_name)",
        "p.number like '%7804112386%'",
    )
    with acting_as(cast.johan), behind_the_wall(), connection.cursor() as cursor:
        # In a world of a few rows every plan is as cheap: asked is whether the index can answer.
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_indexscan = off")
        for question in questions:
            cursor.execute(f"explain {asked.format(question)}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Bitmap Index Scan on names_by_word" in plan or "Bitmap Index Scan on numbers_by_digits" in plan
