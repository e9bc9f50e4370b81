"""Who has read: the case's page for those with a ground, and the person's own (W4)."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.organisations.models import User
from tests import builders
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def amira(cast: Any) -> Any:
    with behind_the_wall():
        account = User.objects.create_user("amira.oqvist@person.example", "Amira Öqvist")
        return builders.make_person("Amira", "Öqvist", account=account)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def grown(case: Any, cast: Any, count: int) -> None:
    """*count* readings of the case, one a minute, by caseworker and coordinator in turn."""
    now = timezone.now()
    with behind_the_wall(), connection.cursor() as cursor:
        cursor.execute(
            "insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, role, unit_id, case_ref,"
            " person_ref, category, detail)"
            " select gen_random_uuid(), %s - n * interval '1 minute', now(), 'read', true,"
            "  case when n %% 2 = 0 then %s else %s end::uuid, 'caseworker', %s, audit_reference('case', %s),"
            "  audit_reference('person', %s), '', '{\"what\": \"case\"}' from generate_series(1, %s) n",
            [now, cast.johan.pk, cast.karin.pk, case.referring_unit_id, case.pk, case.person_id, count],
        )
        cursor.execute("analyze audit_entry")


@pytest.mark.clause("W4")
def test_those_with_a_ground_see_who_read_and_who_changed(cast, make_case, sign_in, take) -> None:
    case = make_case("placed")
    take(case, "allocate", cast.karin, supervisor=cast.elin.pk)
    sign_in(cast.elin).get(reverse("case", args=[case.pk]))
    johan = sign_in(cast.johan)
    page = text_of(johan.get(reverse("case_reads", args=[case.pk])))
    assert "Elin Strand Handledare Knutpunkten, Knutpunktsteamet Läste ärendet" in page
    assert "Johan Wik Handläggare Västerviks kommun, Försörjningsstöd Läste vem som har läst" in page
    assert "Utsåg handledare" not in page
    page = text_of(johan.get(reverse("case_reads", args=[case.pk]), {"visa": "andringar"}))
    assert "Karin Hallgren Samordnare Knutpunkten, Knutpunktsteamet Utsåg handledare" in page


@pytest.mark.clause("W4")
def test_a_read_has_its_hat_unit_and_address(cast, make_case, sign_in) -> None:
    case = make_case("active")
    sign_in(cast.elin).get(reverse("case", args=[case.pk]))
    with behind_the_wall():
        entry = Entry.objects.of_case(case.pk).get(event="read")
        assert entry.hat_id == cast.elin.memberships.get().pk
        assert (entry.role, entry.unit_id) == ("supervisor", cast.unit("Knutpunktsteamet").pk)
        assert str(entry.address) == "127.0.0.1"
        assert Entry.objects.of_person(case.person_id).get(event="read") == entry


def test_without_a_ground_there_is_no_page(cast, make_case, sign_in) -> None:
    case = make_case("active")
    assert sign_in(cast.siv).get(reverse("case_reads", args=[case.pk])).status_code == 404


@pytest.mark.clause("W4")
def test_the_start_of_the_log_names_each_case_and_who_read_it_last(cast, make_case, sign_in) -> None:
    case = make_case("active", person=None)
    sign_in(cast.elin).get(reverse("case", args=[case.pk]))
    page = text_of(sign_in(cast.johan).get(reverse("who_has_read")))
    assert re.search(rf"{case.number} \S+ [\d:]+ Elin Strand, handledare Knutpunkten, Knutpunktsteamet", page), page


@pytest.mark.clause("W4")
def test_the_person_sees_everybody_who_has_read_page_by_page(cast, amira, make_case) -> None:
    case = make_case("active", person=amira)
    grown(case, cast, 120)
    client = Client()
    client.force_login(amira.account)
    first = client.get(reverse("own_reads"))
    assert "Västerviks kommun, Försörjningsstöd, handläggare Läste ditt ärende" in text_of(first)
    assert "Johan" not in text_of(first), "agency and role, not who"
    assert "page=2" in first.content.decode()
    last = client.get(reverse("own_reads"), {"page": 3})
    assert "Läste ditt ärende" in text_of(last)
    assert "page=4" not in last.content.decode()
    assert "Visa alla som har läst" in text_of(client.get(reverse("own_page")))


def test_a_search_that_shows_a_name_is_in_that_persons_list(cast, amira, make_case, sign_in) -> None:
    make_case("active", person=amira)
    sign_in(cast.johan).post(reverse("search"), {"q": "Öqvist"})
    client = Client()
    client.force_login(amira.account)
    assert "Försörjningsstöd, handläggare Fick upp ditt namn i en sökning" in text_of(client.get(reverse("own_reads")))


def test_a_participant_is_not_named_where_staff_see_who_read(cast, amira, make_case, sign_in) -> None:
    case = make_case("active", person=amira)
    client = Client()
    client.force_login(amira.account)
    client.get(reverse("own_page"))
    page = text_of(sign_in(cast.johan).get(reverse("case_reads", args=[case.pk])))
    assert "Personen själv Deltagare Läste Min sida" in page


def plan_of(statement: str, user: Any) -> str:
    """How PostgreSQL answers it: by which index, or by going through every row."""
    with acting_as(user), connection.cursor() as cursor:
        cursor.execute(f"explain {statement}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.slow("ten thousand rows")
@pytest.mark.parametrize("page", [1, 100, 200])
def test_ten_thousand_readings_cost_no_more_statements_and_are_found_by_index(
    cast, amira, make_case, sign_in, page
) -> None:
    case = make_case("active", person=amira)
    other = make_case("active")
    grown(case, cast, 10_000)
    grown(other, cast, 100)
    staff, person = sign_in(cast.johan), Client()
    person.force_login(amira.account)
    for client, url in ((staff, reverse("case_reads", args=[case.pk])), (person, reverse("own_reads"))):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url, {"page": page}).status_code == 200
        sql = [q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
        assert len(sql) <= 12, sql
        assert sum("insert into audit_entry" in one for one in sql) == 1
        if page == 1:
            assert "audit_by_" in plan_of(next(one for one in sql if 'FROM "audit_entry"' in one), case.person.account)


def test_what_is_recorded_of_a_read_is_one_statement(cast, make_case, sign_in) -> None:
    case = make_case("active")
    client = sign_in(cast.johan)
    client.get(reverse("case", args=[case.pk]))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("case", args=[case.pk]))
    assert sum("audit_reference" in q["sql"] for q in captured) == 1
