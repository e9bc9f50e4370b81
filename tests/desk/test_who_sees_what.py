"""Lists, search, start and case page, as each role: what one meets there, and what one does not."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Category, Level, Turn
from knutpunkten.meetings.models import Knowledge
from knutpunkten.notices.models import Notice
from knutpunkten.people.models import Person
from knutpunkten.review.models import LogRow
from knutpunkten.review.words import what_was_done
from knutpunkten.routine import engine
from tests.builders import make_person
from tests.conftest import behind_the_wall

ALL = [category.value for category in Category]
PLACED = {"decided_at": timezone.now(), "notice_given_at": timezone.now(), "notice_confirmed_at": timezone.now()}


@pytest.fixture
def amira(db: None) -> Any:
    """A person whose name is nobody else's in these tests."""
    with behind_the_wall():
        return make_person("Amira", "Öqvist")


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, f"{name}: {response.status_code}"
    return response.content.decode()


def found(client: Client, words: str) -> str:
    return client.post(reverse("search"), {"q": words}).content.decode()


def withdraw(case: Any, by: Any) -> None:
    with acting_as(by) as who:
        engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by=by.name, by=who, at=timezone.now())


def knows(case: Any, user: Any, text: str) -> None:
    with acting_as(user) as who:
        Knowledge.objects.create(
            case=case,
            author_unit_id=who.unit_id,
            category="arbetsmarknad",
            text=text,
            written_at=timezone.now(),
            written_by=user,
        )


# Who finds a case at all.


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_draft_is_met_by_its_caseworkers_and_not_by_their_representative(make_case, cast, sign_in, amira) -> None:
    case = make_case("draft", person=amira)
    for client in (sign_in(cast.johan), sign_in(cast.sara)):
        assert "Amira Öqvist" in page(client, "cases")
        assert "Amira Öqvist" in found(client, "Öqvist")
    assert "Amira Öqvist" in page(sign_in(cast.johan), "start")
    for user in (cast.nadja, cast.karin, cast.mats, cast.elin):
        client = sign_in(user)
        for seen in (
            page(client, "start"),
            page(client, "cases", lage="alla"),
            found(client, "Öqvist"),
            page(client, "who_has_read"),
        ):
            assert "Amira" not in seen
            assert case.number not in seen
        assert client.get(reverse("case", args=[case.pk])).status_code == 404


@pytest.mark.django_db
def test_a_draft_thrown_away_is_told_to_nobody(make_case, cast, sign_in, take, amira) -> None:
    case = make_case("draft", person=amira)
    take(case, "cancel", cast.johan, why="Vill inte söka.", wish="person")
    with behind_the_wall():
        assert not Notice.objects.filter(case_id=case.pk).exists()
    assert "Öqvist" not in page(sign_in(cast.nadja), "cases", lage="alla")
    assert "Öqvist" in page(sign_in(cast.sara), "cases", lage="alla")


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_supervisor_meets_their_own_participants_only(make_case, cast, sign_in, amira) -> None:
    case = make_case("active", person=amira, supervisor=cast.elin)
    assert "Amira Öqvist" in page(sign_in(cast.elin), "cases")
    peter = sign_in(cast.peter)
    for seen in (
        page(peter, "start"),
        page(peter, "cases", lage="alla"),
        found(peter, "Öqvist"),
        page(peter, "who_has_read"),
    ):
        assert "Amira" not in seen
    assert peter.get(reverse("case", args=[case.pk])).status_code == 404


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_coordinator_meets_nothing_of_another_programme(make_case, cast, sign_in, amira) -> None:
    case = make_case("active", person=amira)
    agneta = sign_in(cast.agneta)
    for seen in (page(agneta, "start"), page(agneta, "cases", lage="alla"), found(agneta, "Öqvist")):
        assert "Amira" not in seen
        assert case.number not in seen
    assert agneta.get(reverse("case", args=[case.pk])).status_code == 404


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_after_a_withdrawal_a_party_keeps_what_it_wrote_and_follows_nothing_more(
    make_case, cast, sign_in, take, amira
) -> None:
    case = make_case("placed", person=amira, **PLACED)
    knows(case, cast.mats, "Inskriven sedan 2024.")
    mats = sign_in(cast.mats)
    assert "Har plats" in page(mats, "case", case.pk)
    assert "Amira Öqvist" in page(mats, "cases")
    withdraw(case, cast.johan)
    seen = page(mats, "case", case.pk)
    assert "Amira Öqvist" in seen
    assert "Inskriven sedan 2024." in seen
    for hidden in (
        "Har plats",
        "Utse handledare",
        "Nytt samtycke",
        "Johan Wik",
        "Karin Hallgren",
        "Öppenpsykiatrin",
        "tagit tillbaka",
    ):
        assert hidden not in seen, hidden
    listed = page(mats, "cases")
    assert "Öqvist" not in listed
    assert '<a class="command" href="?lage=alla">' in listed
    assert "Öqvist" not in page(mats, "cases", lage="placed")
    kept = page(mats, "cases", lage="alla")
    assert "Amira Öqvist" in kept
    assert "Inte part längre" in kept
    assert "Nytt samtycke" not in kept
    assert "Inte part längre" in found(mats, "Öqvist")
    assert mats.post(reverse("remind_actor", args=[case.pk, "caseworker"])).status_code == 404
    # The referring unit follows on, whatever the consent (W3).
    assert "Nytt samtycke eller avbryt" in page(sign_in(cast.johan), "case", case.pk)


@pytest.mark.clause("W5")
@pytest.mark.django_db
def test_around_a_protected_person_stand_those_who_read_alone(make_case, cast, sign_in) -> None:
    with behind_the_wall():
        hidden = make_person("Vilhelmina", "Qvarnström", protection=Person.Protection.MARKED)
    case = make_case("announced", level=Level.TEXT, person=hidden, readers=[cast.mats])
    seen = page(sign_in(cast.johan), "case", case.pk)
    around = seen[seen.index('id="runt"') :]
    assert "Mats Lindahl" in around
    assert "Johan Wik" in around
    assert "Ulrika Fors" not in around


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_party_with_name_and_number_is_not_told_who_else_stands_around_the_person(make_case, cast, sign_in) -> None:
    case = make_case("announced", level=Level.IDENTITY)
    seen = page(sign_in(cast.mats), "case", case.pk)
    around = seen[seen.index('id="runt"') :]
    assert "Mats Lindahl" in around
    assert "Ulrika Fors" not in around
    whole = page(sign_in(cast.johan), "case", case.pk)
    assert "Ulrika Fors" in whole[whole.index('id="runt"') :]


# The same thing for everybody, and nothing between the chairs.


@pytest.mark.clause("W2")
@pytest.mark.django_db
def test_everybody_in_a_case_sees_the_same_state_next_step_turn_and_day(make_case, cast, sign_in) -> None:
    case = make_case("placed", at=timezone.now() - timedelta(days=1), **PLACED)
    bars = []
    for user in (cast.nadja, cast.mats, cast.ulrika):
        bar = re.search(r'class="person-bar".*?</dl>', page(sign_in(user), "case", case.pk), re.S)
        assert bar is not None
        bars.append(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", bar[0])))
    assert len(set(bars)) == 1
    with behind_the_wall():
        turn = Turn.objects.get(case=case, position=0)
    for shown in ("Har plats", "Johan Wik", "Beslut om insats"):
        assert shown in bars[0], shown
    # Whoever has a turn of their own sees that one first, in the same state.
    assert "Har plats" in page(sign_in(cast.karin), "case", case.pk)
    seen = page(sign_in(cast.johan), "case", case.pk)
    assert "Har plats" in seen
    assert f"{turn.due_on:%Y-%m-%d}" in seen


@pytest.mark.clause("W3")
@pytest.mark.django_db
def test_the_coordinator_sees_by_number_what_stands_still_before_any_ground(make_case, cast, sign_in, amira) -> None:
    case = make_case("handed_over", person=amira, at=timezone.now() - timedelta(days=40))
    seen = page(sign_in(cast.karin), "start")
    assert case.number in seen
    assert "Öqvist" not in seen
    assert case.number in page(sign_in(cast.karin), "cases")
    assert "Amira Öqvist" in page(sign_in(cast.nadja), "start")  # whose turn it is


@pytest.mark.clause("W3")
@pytest.mark.django_db
def test_the_coordinator_sees_a_case_whose_consent_ran_out_by_number(make_case, cast, sign_in, amira) -> None:
    case = make_case("placed", person=amira, valid_until=timezone.localdate() - timedelta(days=1), **PLACED)
    seen = page(sign_in(cast.karin), "cases")
    assert case.number in seen
    assert "Öqvist" not in seen
    assert case.number in page(sign_in(cast.karin), "start")


@pytest.mark.clause("W3")
@pytest.mark.django_db
def test_the_coordinator_sees_every_overdue_turn_of_a_case_also_behind_the_foremost(make_case, cast, sign_in) -> None:
    case = make_case("active", at=timezone.now() - timedelta(days=90))
    with behind_the_wall():
        assert Turn.objects.filter(case=case, due_on__lt=timezone.localdate()).count() == 2
    seen = page(sign_in(cast.karin), "start")
    assert "Kartläggning" in seen
    assert "Genomförandeplan" in seen


@pytest.mark.clause("W3")
@pytest.mark.django_db
def test_a_case_that_its_meeting_passed_over_waits_for_the_coordinator_by_itself(
    make_case, cast, sign_in, amira
) -> None:
    ahead = make_case("announced", person=amira, meeting_on=timezone.localdate() + timedelta(days=3))
    with behind_the_wall():
        passed = make_case(
            "announced", person=make_person("Fatuma", "Åsberg"), meeting_on=timezone.localdate() - timedelta(days=3)
        )
        assert ahead.pk != passed.pk
    tasks = page(sign_in(cast.karin), "start").partition("vantar-pa-andra")[0]
    assert "Fatuma Åsberg" in tasks
    assert "Amira Öqvist" not in tasks


# Addresses that are not for one.


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_what_is_not_there_and_what_is_not_for_one_look_the_same_and_the_latter_is_written_down(
    make_case, cast, sign_in
) -> None:
    case = make_case("active")
    helena = sign_in(cast.helena)

    def denied(address: str) -> str:
        response = helena.get(address)
        assert response.status_code == 404
        # But for the token, and for how many seconds one is signed in yet.
        return re.sub(r'(value|data-token|data-sitting)="[^"]+"|[0-9a-f-]{36}', "", response.content.decode())

    there, not_there = denied(reverse("case", args=[case.pk])), denied(reverse("case", args=[uuid4()]))
    assert there == not_there == denied("/arenden/inte-ett-id/")
    with behind_the_wall():
        entry = Entry.objects.of_case(case.pk).get(event="denied")
        assert (entry.user_id, entry.detail["why"]) == (cast.helena.pk, "ground")
        assert not Entry.objects.of_case(case.pk).filter(event="read").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["case", "events", "withdraw_consent", "consent", "read_referral", "plan", "mapping", "knowledge"]
)
def test_no_page_of_a_case_opens_without_a_ground(name: str, make_case, cast, sign_in) -> None:
    case = make_case("active")
    for user in (cast.helena, cast.agneta, cast.peter, cast.bengt, cast.admin, cast.tove):
        assert sign_in(user).get(reverse(name, args=[case.pk])).status_code in (403, 404), f"{user} {name}"


@pytest.mark.django_db
def test_wrong_methods_and_wrong_values_are_refused_kindly(make_case, cast, sign_in) -> None:
    case = make_case("placed", **PLACED)
    karin = sign_in(cast.karin)
    assert karin.get(reverse("remind_actor", args=[case.pk, "caseworker"])).status_code == 405
    for query in ({"lage": "x", "slag": "y", "page": "z"}, {"page": "99999"}, {"sena": "ja"}):
        assert karin.get(reverse("cases"), query).status_code == 200
    assert karin.get(reverse("case", args=[case.pk]), {"visa": "'--"}).status_code == 200
    for words in ("%", "_" * 80, "x" * 200, "\x00\x00", "'; drop table"):
        assert karin.post(reverse("search"), {"q": words}).status_code == 200


@pytest.mark.django_db
def test_what_is_searched_for_stands_in_no_address_and_not_in_the_audit(make_case, cast, sign_in, amira) -> None:
    make_case("active", person=amira)
    karin = sign_in(cast.karin)
    assert "Amira Öqvist" in found(karin, amira.number)
    assert "Amira Öqvist" not in karin.get(reverse("search"), {"q": "Öqvist"}).content.decode()
    with behind_the_wall():
        assert [e.detail for e in Entry.objects.filter(event="searched")] == [{"hits": 1}]
    found(karin, "Ingensson")
    karin.post(reverse("search"), {"q": ""})
    with acting_as(cast.lotta):
        rows = LogRow.objects.filter(user_id=cast.karin.pk, event__in=("searched", "sent")).order_by("at")
        told = [what_was_done(row) for row in rows]
    assert told == ["Sökte och fick upp personen", "Sökte, ingen träff", "Försökte söka"]
