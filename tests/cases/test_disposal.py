"""The key to a case's rows is destroyed when the case is disposed of; the log stays, and names nobody."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry, Subject
from tests.audit.test_seals import as_role, found, seal
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def forget(settings: Any, cast: Any) -> Any:
    settings.ROLE = "worker"

    def forget(case: Any, by: str = "admin@forbundet.example") -> str:
        out = StringIO()
        with as_role("knutpunkten_worker"):
            call_command("audit", "forget", "--case", case.number, "--reason", "gallring", "--by", by, stdout=out)
        return out.getvalue()

    return forget


def without_consents(case: Any) -> Any:
    with behind_the_wall(), connection.cursor() as cursor:
        cursor.execute(
            "update cases_party set withdrawn_at = now() where case_id = %s and basis = 'consent'", [case.pk]
        )
    return case


def keys() -> int:
    with behind_the_wall():
        return Subject.objects.count()


def test_the_rows_stay_and_lead_to_nobody_and_every_seal_holds(make_case, sign_in, cast, forget) -> None:
    case = make_case("closed")
    sign_in(cast.johan).get(reverse("case", args=[case.pk]))
    without_consents(case)
    with behind_the_wall():
        rows = list(Entry.objects.of_case(case.pk))
        assert rows
        assert all(row.case_ref not in (case.pk, None) and row.person_ref not in (case.person_id, None) for row in rows)
    assert seal() >= len(rows)
    assert forget(case).startswith("2 nycklar förstörda")
    with behind_the_wall():
        assert not Entry.objects.of_case(case.pk).exists()
        assert not Entry.objects.of_person(case.person_id).exists()
        assert Entry.objects.filter(pk__in=[row.pk for row in rows]).count() == len(rows)
        assert Entry.objects.get(event="key_destroyed").detail == {"reason": "gallring"}
    assert found() == []


def test_the_persons_own_key_goes_with_their_last_case(make_case, sign_in, cast, forget) -> None:
    first = make_case("closed")
    with behind_the_wall():
        second = make_case("closed", person=first.person)
    for case in (first, second):
        sign_in(cast.johan).get(reverse("case", args=[case.pk]))
        without_consents(case)
    assert forget(first).startswith("1 nycklar")
    with behind_the_wall():
        assert Entry.objects.of_person(first.person_id).exists()
    assert forget(second).startswith("2 nycklar")


def test_what_is_read_afterwards_is_still_written(make_case, sign_in, cast, forget) -> None:
    case = without_consents(make_case("closed"))
    forget(case)
    sign_in(cast.johan).get(reverse("case", args=[case.pk]))
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(event="read").count() == 1


@pytest.mark.parametrize(
    ("state", "by", "why"),
    [
        ("active", "admin@forbundet.example", "Ärendet är inte avslutat"),
        ("closed", "admin@forbundet.example", "Ett samtycke gäller fortfarande"),
        ("closed", "karin@knutpunkten.example", "är ingen administratör"),
    ],
)
def test_it_refuses_while_the_case_or_a_consent_lives(make_case, cast, forget, state, by, why) -> None:
    case = make_case(state)
    before = keys()
    with pytest.raises(CommandError, match=why):
        forget(case, by)
    assert keys() == before


def test_the_web_destroys_no_key_and_reads_none(make_case, cast) -> None:
    case = without_consents(make_case("closed"))
    with acting_as(cast.admin):
        for statement in (f"select audit_forget('{case.pk}')", "select * from audit_subject"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)


def test_an_address_that_somebody_made_up_leaves_no_key(cast, sign_in) -> None:
    before = keys()
    made_up = "00000000-0000-4000-8000-000000000000"
    assert sign_in(cast.johan).get(reverse("case", args=[made_up])).status_code == 404
    assert keys() == before
    with behind_the_wall():
        assert Entry.objects.get(event="denied").case_ref is None
