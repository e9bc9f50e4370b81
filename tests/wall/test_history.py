"""What a row of case data said before it was changed is kept by the database itself, whoever changed it (W1)."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Case, Change, Section
from knutpunkten.documents.models import StoredFile
from knutpunkten.people.models import Person
from knutpunkten.plans.models import Goal, Plan
from knutpunkten.wall.history import KEPT, NOT_KEPT
from knutpunkten.wall.tables import PROTECTED
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def write(case: Case, user: Any, *, is_shared: bool = True, key: str = "why") -> Section:
    """A section of the referring unit's, shared or not."""
    with behind_the_wall():
        return Section.objects.create(
            case=case,
            key=key,
            category="social",
            author_unit=case.referring_unit,
            data={"why": "Som det stod"},
            saved_at=case.created_at,
            saved_by=user,
            disclosed_at=case.created_at if is_shared else None,
            disclosed_by=user if is_shared else None,
        )


def kept(case: Case, table: str) -> list[Change]:
    with behind_the_wall():
        return list(Change.objects.filter(case_id=case.pk, of_table=table).order_by("pk"))


def test_every_protected_table_is_kept_or_has_its_reason_and_the_database_does_so() -> None:
    assert {*KEPT, *NOT_KEPT} == {rule.table for rule in PROTECTED}
    assert not KEPT.keys() & NOT_KEPT.keys()
    assert all(NOT_KEPT.values())
    triggers = run("select tgrelid::regclass::text from pg_trigger where tgname = 'keep_what_was' and tgenabled = 'O'")
    assert {table for (table,) in triggers} == set(KEPT)


def test_a_change_past_the_application_is_kept_and_says_that_nobody_was_signed_in(make_case, cast) -> None:
    case = make_case("active")
    written = write(case, cast.johan)
    with behind_the_wall():
        run("select set_config('app.asks', '', true)")
        run("update cases_section set data = '{}' where id = %s", written.pk)
    (change,) = kept(case, "cases_section")
    assert change.was["data"] == {"why": "Som det stod"}
    assert (change.row_id, change.author_unit_id) == (str(written.pk), case.referring_unit_id)
    assert (change.by_id, change.login, change.is_removal) == (None, "knutpunkten_owner", False)


def test_a_row_that_is_removed_is_kept_whole(make_case, cast) -> None:
    case = make_case("active")
    written = write(case, cast.johan)
    with behind_the_wall():
        ((words,),) = run("select to_jsonb(s) from cases_section s where id = %s", written.pk)
        run("delete from cases_section where id = %s", written.pk)
    (change,) = kept(case, "cases_section")
    assert change.is_removal
    assert change.was == json.loads(words)


def test_a_step_tells_who_took_it(make_case, take, cast) -> None:
    case = make_case("placed")
    before = len(kept(case, "cases_case"))
    take(case, "allocate", cast.karin, supervisor=cast.elin.pk)
    changes = kept(case, "cases_case")[before:]
    assert {change.by_id for change in changes} == {cast.karin.pk}
    assert {change.login for change in changes} == {"knutpunkten_app"}
    assert changes[0].was["state"] == "placed"


def test_what_changes_nothing_is_not_kept(make_case, cast) -> None:
    case = make_case("active")
    written = write(case, cast.johan)
    with behind_the_wall():
        run("update cases_section set data = data where id = %s", written.pk)
    assert kept(case, "cases_section") == []


def test_a_draft_is_written_freely_and_what_was_shared_is_kept(make_case, cast) -> None:
    case = make_case("announced")
    shared, unshared = write(case, cast.johan), write(case, cast.johan, is_shared=False, key="life")
    with behind_the_wall():
        assert Section.objects.filter(case=case).update(data={"why": "Nytt"}) == 2
    assert [change.row_id for change in kept(case, "cases_section")] == [str(shared.pk)] != [str(unshared.pk)]


def test_what_was_shared_is_kept_though_somebody_first_takes_the_sharing_back(make_case, cast) -> None:
    case = make_case("announced")
    written = write(case, cast.johan)
    with behind_the_wall():
        run("update cases_section set disclosed_at = null, disclosed_by_id = null where id = %s", written.pk)
        run("update cases_section set data = '{}' where id = %s", written.pk)
    assert [change.was["data"] for change in kept(case, "cases_section")] == [{"why": "Som det stod"}]


def test_what_is_written_on_after_it_was_shared_is_a_draft_again(make_case, cast) -> None:
    """A referral that came back: the words that were read are kept, those on the way to the next are not."""
    case = make_case("draft")
    written, later = write(case, cast.johan), case.created_at + timedelta(days=1)
    with behind_the_wall():
        for words in ("På väg", "Nästan", "Som det blev"):
            Section.objects.filter(pk=written.pk).update(data={"why": words}, saved_at=later)
    assert [change.was["data"] for change in kept(case, "cases_section")] == [{"why": "Som det stod"}]


def test_where_to_find_the_person_is_not_kept_either(make_case, cast) -> None:
    """They become protected, and what their contact data were is gone from every table (W5)."""
    case = make_case("active")
    written = write(case, cast.johan, key="person")
    with behind_the_wall():
        reach = {
            "phone": "070-174 06 99",
            "address": "Gömda vägen 7",
            "mail": "dold@post.example",
            "language": "svenska",
        }
        Section.objects.filter(pk=written.pk).update(data=reach, saved_at=case.created_at, disclosed_at=case.created_at)
        Section.objects.filter(pk=written.pk).update(data=reach | {"phone": "070-174 06 98"})
        Section.objects.filter(pk=written.pk).update(data=reach | {"language": "finska"})
        Person.objects.filter(pk=case.person_id).update(protection=Person.Protection.MARKED)
        told = [json.dumps(change.was, ensure_ascii=False) for change in Change.objects.all()]
    assert any("svenska" in words for words in told)
    assert not [words for words in told if re.search("070-174|Gömda|dold@", words)]


def test_a_goal_is_kept_once_its_plan_is_agreed(make_case, cast) -> None:
    case = make_case("active")
    with behind_the_wall():
        Plan.objects.filter(case=case).delete()
        plan = Plan.objects.create(
            case=case, author_unit=case.programme.team, version=1, begun_at=case.created_at, begun_by=cast.elin
        )
        goal = Goal.objects.create(
            plan=plan, case=case, author_unit=case.programme.team, position=0, own_words="Ett halvt"
        )
        Goal.objects.filter(pk=goal.pk).update(own_words="Orka arbeta halvtid")
    assert kept(case, "plans_goal") == []
    with behind_the_wall():
        Plan.objects.filter(pk=plan.pk).update(agreed_on=case.created_at.date(), participation="Valde själv")
        Goal.objects.filter(pk=goal.pk).update(own_words="Orka arbeta heltid")
        # Whoever takes the agreement back first, or the plan away, changes nothing of that.
        Plan.objects.filter(pk=plan.pk).update(agreed_on=None)
        Goal.objects.filter(pk=goal.pk).update(own_words="Orka mer")
        run("delete from plans_plan where id = %s", plan.pk)
        run("delete from plans_goal where id = %s", goal.pk)
    said = [change.was["own_words"] for change in kept(case, "plans_goal")]
    assert said == ["Orka arbeta halvtid", "Orka arbeta heltid", "Orka mer"]


def test_what_a_person_was_called_is_kept_with_the_case_and_the_number_with_the_person(make_case) -> None:
    case = make_case("active")
    before = case.person.number
    with behind_the_wall():
        Case.objects.filter(pk=case.pk).update(first_name="Annan")
        Person.objects.filter(pk=case.person_id).update(number="198603139885")
        change = Change.objects.get(of_table="people_person", person_id=case.person_id)
    assert kept(case, "cases_case")[-1].was == {"first_name": case.first_name}
    assert (change.case_id, change.was) == (None, {"number": before})


def test_a_files_content_is_not_kept_twice(make_case, cast) -> None:
    case = make_case("announced")
    with behind_the_wall():
        file = StoredFile.objects.create(
            case=case,
            purpose=StoredFile.Purpose.INVESTIGATION,
            category="social",
            author_unit=case.referring_unit,
            name="Utredning.pdf",
            content_type="application/pdf",
            size=4,
            sha256="ab" * 32,
            content=b"%PDF",
            uploaded_at=case.created_at,
            uploaded_by=cast.johan,
        )
        run("update documents_storedfile set name = 'Ny.pdf' where id = %s", file.pk)
        run("delete from documents_storedfile where id = %s", file.pk)
    renamed, removed = kept(case, "documents_storedfile")
    assert set(renamed.was) == {"name"}
    assert removed.was["sha256"] == file.sha256
    assert removed.was["content"] == "\\x"


def test_the_unit_whose_words_they_were_reads_them_and_nobody_else(make_case, cast) -> None:
    case = make_case("active")
    write(case, cast.johan)
    with behind_the_wall():
        Section.objects.filter(case=case).update(data={"why": "Nytt"})
    for user, sees in ((cast.johan, True), (cast.mats, False), (cast.elin, False), (cast.siv, False)):
        with acting_as(user):
            assert Change.objects.filter(case_id=case.pk, of_table="cases_section").exists() is sees, user.name


@pytest.mark.parametrize(
    "attempt",
    [
        "insert into cases_change (at, of_table, row_id, is_removal, was, login) values (now(), 'x', 'y', false, '{}', 'z')",
        "update cases_change set was = '{}'",
        "delete from cases_change",
        "truncate cases_change",
    ],
)
def test_the_application_neither_writes_nor_removes_it(make_case, cast, attempt) -> None:
    make_case("active")
    with acting_as(cast.johan), pytest.raises(DatabaseError), transaction.atomic():
        run(attempt)


@pytest.mark.parametrize(
    "attempt", ["update cases_change set was = '{}'", "delete from cases_change", "truncate cases_change"]
)
def test_not_even_the_owner_rewrites_it(make_case, attempt) -> None:
    make_case("active")
    with behind_the_wall(), pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        run(attempt)
