"""Each wall alone keeps a protected person from everybody but their named readers (W5)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from knutpunkten.access.roles import Permission
from knutpunkten.access.who import acting_as
from knutpunkten.activities.rules import team_cases
from knutpunkten.cases.access import open_case
from knutpunkten.cases.models import Case, Section, State, Status, Turn
from knutpunkten.cases.rules import visible_to
from knutpunkten.desk.filters import Filters
from knutpunkten.desk.lists import caseload
from knutpunkten.desk.start import CLOSING_AHEAD, others_turns, turns_until
from knutpunkten.desk.status_list import BELOW, unseen
from knutpunkten.notices.models import Notice
from knutpunkten.notices.rules import notices_of
from knutpunkten.routine import engine
from knutpunkten.routine.table import TABLE
from knutpunkten.wall.tables import PROTECTED
from tests.builders import make_person
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db
COLLEAGUES = ("sara", "nadja", "karin", "peter", "mats", "ulrika", "bengt")


@pytest.fixture
def written(protected_case: Callable, cast: Any) -> Any:
    """A case in which units and team have written, and everybody was told of it."""
    case = protected_case("active")
    now = timezone.now()
    with acting_as(cast.johan) as who:
        Section.objects.create(
            case=case, key="question", category="grund", author_unit_id=who.unit_id, saved_at=now, saved_by=cast.johan
        )
    with behind_the_wall():
        for name in COLLEAGUES:
            Notice.objects.create(user=getattr(cast, name), event="start", case_id=case.pk, number="KP-0417", at=now)
    return case


@pytest.mark.parametrize("name", COLLEAGUES)
def test_the_database_gives_nothing_of_it_whatever_is_asked(name: str, written: Case, cast: Any) -> None:
    with acting_as(getattr(cast, name)), connection.cursor() as cursor:
        for rule in PROTECTED:
            if not rule.select:
                continue
            cursor.execute(f'select * from "{rule.table}" limit 0')
            columns = [column.name for column in cursor.description or ()]
            if "case_id" in columns:
                cursor.execute(f'select count(*) from "{rule.table}" where case_id = %s', [written.pk])
                assert cursor.fetchone()[0] == 0, rule.table
        for table, key in (("cases_case", written.pk), ("people_person", written.person_id)):
            cursor.execute(f'select count(*) from "{table}" where id = %s', [key])
            assert cursor.fetchone()[0] == 0, table


@pytest.mark.parametrize("name", COLLEAGUES)
def test_the_views_find_nothing_although_the_database_hides_nothing(name: str, written: Case, cast: Any) -> None:
    today = timezone.localdate()
    with acting_as(getattr(cast, name)) as who, behind_the_wall():
        assert Status.objects.filter(pk=written.pk).exists()
        assert Turn.objects.filter(case=written).exists()
        for found in (visible_to(who, today), team_cases(who, today), caseload(who, Filters("alla"), today)):
            assert not found.exists()
        for turns in (turns_until(who, today, today + CLOSING_AHEAD), others_turns(who, today)):
            assert not turns.filter(case=written).exists()
        assert unseen(who, Filters(), today, 1, BELOW) == ([], False)
        assert not notices_of(who).exists()
        assert open_case(who, written.pk, Permission.SEE_CASES, timezone.now()) is None


@pytest.mark.parametrize("state", [state for state in State if state != State.PRESENTED])
def test_no_colleague_takes_a_step_although_the_database_hides_nothing(
    state: State, protected_case: Callable, cast: Any
) -> None:
    case, now = protected_case(state), timezone.now()
    for name in COLLEAGUES:
        with acting_as(getattr(cast, name)) as who, behind_the_wall():
            for step in TABLE:
                with pytest.raises(engine.NotYours), transaction.atomic():
                    engine.take(case.pk, step.id, by=who, at=now, data={})
            with pytest.raises(engine.NotYours):
                engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Sara", by=who, at=now)


@pytest.mark.parametrize("name", ["nadja", "karin", "mats"])
def test_who_is_named_for_one_has_none_of_another_although_the_database_hides_nothing(
    name: str, protected_case: Callable, make_case: Callable, cast: Any
) -> None:
    case, now = protected_case("active"), timezone.now()
    with behind_the_wall():
        other = make_person("Skyddad", "Namnsson", "197805109316", protection="sekretessmarkering")
    read = make_case("active", person=other, readers=[cast.nadja, cast.karin, cast.mats])
    with acting_as(getattr(cast, name)) as who, behind_the_wall():
        assert [found.pk for found in visible_to(who, timezone.localdate())] == [read.pk]
        assert open_case(who, read.pk, Permission.SEE_CASES, now) is not None
        assert open_case(who, case.pk, Permission.SEE_CASES, now) is None
        for step in TABLE:
            with pytest.raises(engine.NotYours), transaction.atomic():
                engine.take(case.pk, step.id, by=who, at=now, data={})
        with pytest.raises(engine.NotYours):
            engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Mats", by=who, at=now)


@pytest.mark.parametrize("name", ["johan", "elin"])
def test_those_responsible_are_readers_from_the_beginning(name: str, written: Case, cast: Any) -> None:
    with acting_as(getattr(cast, name)) as who:
        assert written.pk in who.reads
        assert Case.objects.filter(pk=written.pk).exists()


def test_the_flags_are_the_databases_own(written: Case, cast: Any) -> None:
    """Somebody's SQL says that the rows are not about a protected person; they are all the same."""
    with acting_as(cast.johan), connection.cursor() as cursor:
        cursor.execute(
            "insert into notices_notice (id, user_id, event, case_id, number, about, at, is_protected)"
            " values (gen_random_uuid(), %s, 'start', %s, '', '', now(), false)",
            [cast.sara.pk, written.pk],
        )
    with behind_the_wall():
        assert Notice.objects.get(user=cast.sara, number="").is_protected
