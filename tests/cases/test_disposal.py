"""Disposal: a closed case goes when its years have passed, with its person; the log stays, and names nobody."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry, Subject
from knutpunkten.cases.disposal import Kept, dispose, due
from knutpunkten.cases.models import Case, Change
from knutpunkten.organisations.models import User
from knutpunkten.people.models import Person
from tests import builders, seeded
from tests.audit.test_seals import as_role, found, seal
from tests.conftest import NAME, behind_the_wall
from tests.statistics.test_figures import closed

YEAR = timedelta(days=365)
OLD = timezone.now() - 6 * YEAR


@pytest.fixture
def old_case(make_case: Any) -> Callable[..., Any]:
    """``old_case()``: a case that was closed six years ago, and its consent over since long."""

    def old_case(state: str = "closed", at: datetime = OLD, **fields: Any) -> Any:
        return make_case(state, at=at, **({"closed_at": at} if state == "closed" else {}), **fields)

    return old_case


@pytest.fixture
def gone(settings: Any, cast: Any) -> Callable[..., str]:
    """``gone(case)``: what ``manage.py dispose`` says."""
    settings.ROLE = "worker"

    def gone(case: Any = None, by: str = "admin@forbundet.example") -> str:
        out = StringIO()
        with as_role("knutpunkten_worker"):
            call_command("dispose", "--by", by, *(["--case", case.number] if case else []), stdout=out)
        return out.getvalue()

    return gone


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def tables() -> list[str]:
    return [name for (name,) in rows("select tablename from pg_tables where schemaname = 'public' order by 1")]


def holding(*words: str) -> set[str]:
    """The tables with a row that holds any of *words*, in whatever column. Behind the wall."""
    wanted = [f"%{word}%" for word in words]
    return {one for one in tables() if rows(f'select 1 from "{one}" t where t::text like any (%s) limit 1', wanted)}


def counts() -> dict[str, int]:
    """How many rows each table has."""
    return {one: rows(f'select count(*) from "{one}"')[0][0] for one in tables()}


# What remains of a case full of everything: nothing, in any table.


@pytest.fixture
def full_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demo's world in a database of its own, where all is rolled back at the end."""
    name, before = f"{NAME}_disposal", connection.settings_dict["NAME"]
    connection.close()
    seeded.clone(seeded.seeded_template(timezone.localdate()), name)
    connection.settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        yield
        connection.close()
    connection.settings_dict["NAME"] = before
    seeded.drop(name)


OF_A_CASE = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
 where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'case_id' order by 1
"""


def fullest_closed_case() -> Case:
    """One of the demo's closed cases, whose person has no other; it is given another case's rows where it has none itself."""
    wanted = """
        select c.id from cases_case c where c.state = 'closed'
           and not exists (select 1 from cases_case o where o.person_id = c.person_id and o.id <> c.id)
         order by c.number limit 1"""
    case = Case.objects.select_related("person").get(pk=rows(wanted)[0][0])
    for (one,) in rows(OF_A_CASE):
        if not rows(f'select 1 from "{one}" where case_id = %s limit 1', case.pk):
            others = f'select case_id from "{one}" group by case_id order by count(*) desc, case_id limit 1'
            rows(f'update "{one}" set case_id = %s where case_id = ({others}) returning 1', case.pk)
    return case


def figures(programme: Any, years: range) -> dict[int, Any]:
    with acting_as(User.objects.get(email="karin@knutpunkten.example")):
        told = {}
        for year in years:
            found = rows("select part, what, number, people from programme_figures(%s, %s)", programme, year)
            told[year] = sorted(row for row in found if row[2])
        return told


@pytest.mark.slow("the whole demo's world")
def test_nothing_of_it_remains_in_any_table_and_all_else_stands(full_world: None) -> None:
    with transaction.atomic():
        with behind_the_wall():
            case = fullest_closed_case()
            person = case.person
            account = User.objects.create_user("hen@person.example", "Hen Själv")
            Person.objects.filter(pk=person.pk).update(account=account)
            words = [str(case.pk), case.number, str(person.pk), person.number, case.person_name, case.last_name]
            held, before = holding(*words[:5]), counts()
            of_case = {
                one: rows(f'select count(*) from "{one}" where case_id = %s', case.pk)[0][0]
                for (one,) in rows(OF_A_CASE)
            }
            of_person = Change.objects.filter(case_id=None, person_id=person.pk).count()
            keys = Subject.objects.filter(pk__in=[case.pk, person.pk]).count()
            about = set(Entry.objects.of_case(case.pk).values_list("pk", flat=True))
        years = range(case.created_at.year - 1, timezone.localdate().year + 1)
        told = figures(case.programme_id, years)
        assert all(of_case.values()), "a case full of everything"
        assert {"cases_case", "people_person", "audit_subject", "meetings_decision", "closing_closing"} <= held
        assert about

        with as_role("knutpunkten_worker"):
            admin = User.objects.get(email="admin@forbundet.example")
            later = timezone.now() + 7 * YEAR
            with acting_as(admin, at=later) as who:
                went = dispose(case.number, by=who, at=later)

        assert went.rows == sum(of_case.values()) + 2
        assert went.keys == keys == 2
        with behind_the_wall():
            assert holding(*words[:4], str(account.pk)) == set()
            assert holding(case.person_name) == set()
            after = counts()
            lost = {one: before[one] - after[one] for one in before if before[one] != after[one]}
            # What was kept of the person, beyond any case, went too.
            expected = of_case | {
                "cases_change": of_case["cases_change"] + of_person,
                "cases_case": 1,
                "people_person": 1,
                "audit_subject": 2,
                "audit_entry": -1,
                "organisations_user": 1,
            }
            assert {one: count for one, count in lost.items() if one != "statistics_kept"} == expected
            assert Entry.objects.filter(pk__in=about, case_ref__isnull=False).count() == len(about)
            assert not Subject.objects.filter(ref__in=Entry.objects.filter(pk__in=about).values("case_ref")).exists()
        assert figures(case.programme_id, years) == told
        assert seal() > 0
        assert found() == []
        transaction.set_rollback(True)


# The log.


@pytest.mark.django_db
def test_the_rows_stay_and_lead_to_nobody_and_every_seal_holds(old_case, sign_in, cast, gone) -> None:
    case = old_case()
    sign_in(cast.johan).get(reverse("case", args=[case.pk]))
    with behind_the_wall():
        read = list(Entry.objects.of_case(case.pk))
        assert read
        assert all(row.case_ref not in (case.pk, None) and row.person_ref not in (case.person_id, None) for row in read)
    assert seal() >= len(read)
    assert "2 nycklar till loggen förstörda" in gone(case)
    with behind_the_wall():
        assert Entry.objects.filter(pk__in=[row.pk for row in read]).count() == len(read)
        assert not Subject.objects.filter(ref__in=[row.case_ref for row in read]).exists()
        line = Entry.objects.get(event="disposed")
        assert (line.user_id, line.detail) == (cast.admin.pk, {"closed": OLD.year})
    assert seal() > 0
    assert found() == []


@pytest.mark.django_db
def test_the_address_is_then_one_that_does_not_exist_and_a_denial_belongs_to_nobody(
    old_case, sign_in, cast, gone
) -> None:
    case = old_case()
    gone(case)
    assert sign_in(cast.johan).get(reverse("case", args=[case.pk])).status_code == 404
    with behind_the_wall():
        assert Entry.objects.get(event="denied").case_ref is None


# The person, and what others have of theirs.


@pytest.mark.django_db
def test_the_person_goes_with_their_last_case_with_key_and_account(old_case, sign_in, cast, gone) -> None:
    with behind_the_wall():
        account = User.objects.create_user("amira.oqvist@person.example", "Amira Öqvist")
        amira = builders.make_person("Amira", "Öqvist", account=account)
    first, second = old_case(person=amira), old_case(person=amira)
    for case in (first, second):
        sign_in(cast.johan).get(reverse("case", args=[case.pk]))
    assert "1 nycklar" in gone(first)
    with behind_the_wall():
        assert Entry.objects.of_person(amira.pk).exists()
        assert Case.objects.get(person=amira) == second
    assert "2 nycklar" in gone(second)
    with behind_the_wall():
        assert not Person.objects.filter(pk=amira.pk).exists()
        assert not User.objects.filter(pk=account.pk).exists()


@pytest.mark.django_db
def test_a_participant_who_is_staff_too_keeps_their_account(old_case, cast, gone) -> None:
    with behind_the_wall():
        own = builders.make_person("Sara", "Lind", account=cast.sara)
    gone(old_case(person=own))
    with behind_the_wall():
        assert User.objects.filter(pk=cast.sara.pk).exists()
        assert not Person.objects.filter(pk=own.pk).exists()


# The figures.


@pytest.mark.django_db
def test_what_the_figures_told_they_go_on_telling(make_case, cast, gone, settings) -> None:
    closed(make_case, "work", 6, OLD)
    with behind_the_wall():
        Case.objects.filter(state="closed").update(created_at=OLD, closed_at=OLD, state_since=OLD)
        cases = list(Case.objects.filter(state="closed"))
    told = figures(cast.knutpunkten.pk, range(OLD.year, OLD.year + 1))
    assert ("outcome", "work", 6, 6) in told[OLD.year]
    for case in cases[:4]:
        with behind_the_wall():
            rows(
                "update cases_party set valid_until = valid_from where case_id = %s and basis = 'consent' returning 1",
                case.pk,
            )
        gone(case)
    with behind_the_wall():
        assert Case.objects.filter(state="closed").count() == 2
    assert figures(cast.knutpunkten.pk, range(OLD.year, OLD.year + 1)) == told


# Whose time has come, and who disposes.


@pytest.mark.django_db
def test_the_list_tells_the_numbers_of_those_whose_time_has_come(old_case, make_case, cast, gone) -> None:
    assert "Inget ärende kan gallras nu" in gone()
    case = old_case()
    make_case("closed"), old_case("active"), old_case(at=timezone.now() - 4 * YEAR)
    told = gone()
    assert told.splitlines() == [
        f"{case.number}  Knutpunkten, senast antecknat {timezone.localdate(OLD)}",
        "1 ärenden kan gallras.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "age", "until", "why"),
    [
        ("active", 6 * YEAR, None, "Ärendet är inte avslutat"),
        ("closed", 6 * YEAR, timedelta(days=3), "Ett samtycke gäller fortfarande"),
        ("closed", 4 * YEAR, None, "Tiden har inte gått"),
    ],
)
def test_it_refuses_while_the_case_or_a_consent_lives_or_the_years_have_not_passed(
    old_case, cast, gone, state, age, until, why
) -> None:
    ends = timezone.localdate() + until if until else None
    case = old_case(state, timezone.now() - age, valid_until=ends)
    with pytest.raises(CommandError, match=why):
        gone(case)
    with behind_the_wall():
        assert Case.objects.filter(pk=case.pk).exists()
        assert not Entry.objects.filter(event="disposed").exists()


@pytest.mark.django_db
def test_the_years_are_the_programmes_own_and_count_from_the_last_note(old_case, cast, gone, sign_in, take) -> None:
    case = old_case()
    with behind_the_wall():
        rows("update organisations_programme set kept_years = 7 where id = %s returning 1", cast.knutpunkten.pk)
    with pytest.raises(CommandError, match="Tiden har inte gått"):
        gone(case)
    with behind_the_wall():
        rows("update organisations_programme set kept_years = 5 where id = %s returning 1", cast.knutpunkten.pk)
        rows(
            "insert into audit_entry (id, at, recorded_at, event, is_reading, role, case_ref, category, detail) values"
            " (gen_random_uuid(), now() - interval '1 year', now(), 'file_added', false, '', audit_reference('case', %s),"
            " '', '{}') returning 1",
            case.pk,
        )
    with pytest.raises(CommandError, match="Tiden har inte gått"):
        gone(case)


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["karin@knutpunkten.example", "ingen@alls.example"])
def test_only_in_an_administrators_name(old_case, gone, by) -> None:
    case = old_case()
    for asked in (case, None):
        with pytest.raises(CommandError, match="är ingen administratör"):
            gone(asked, by)


@pytest.mark.django_db
def test_the_database_itself_asks_whose_name_it_is_and_the_web_removes_nothing(old_case, cast) -> None:
    case = old_case()
    with as_role("knutpunkten_worker"):
        with acting_as(cast.karin) as karin:
            assert due() == []
            with pytest.raises(DatabaseError, match="an administrator disposes"), transaction.atomic():
                dispose(case.number, by=karin, at=timezone.now())
        with acting_as(cast.admin) as admin:
            assert [one.number for one in due()] == [case.number]
            with pytest.raises(Kept, match="Det finns inget ärende"):
                dispose("S-1999-001", by=admin, at=timezone.now())
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                rows("delete from cases_case returning 1")
    with acting_as(cast.admin):
        for statement in (f"select dispose_case('{case.pk}')", "select * from audit_subject", "delete from cases_case"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                rows(statement)


@pytest.mark.django_db
def test_an_address_that_somebody_made_up_leaves_no_key(cast, sign_in) -> None:
    with behind_the_wall():
        before = Subject.objects.count()
    made_up = "00000000-0000-4000-8000-000000000000"
    assert sign_in(cast.johan).get(reverse("case", args=[made_up])).status_code == 404
    with behind_the_wall():
        assert Subject.objects.count() == before
        assert Entry.objects.get(event="denied").case_ref is None
