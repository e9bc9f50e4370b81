"""The ground's truth table, asked three ways: of a loaded row, as a queryset, and in SQL as the app (W1).

The spec is written out once more below, in words of its own: a case opens by a row that has begun, has not
ended, is not taken back, and has come as far as the name; what another unit disclosed is read where the row
is no mere ``own`` one, has come as far as the text, and names the category.
"""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Basis, Case, Category, Level, Party, Section
from knutpunkten.cases.rules import categories_read, consented, follows, is_ground_of, level_for, visible_to
from knutpunkten.organisations.models import Programme
from tests import builders
from tests.conftest import behind_the_wall

BEGINS = (-10, 0, 1)
ENDS = (None, -1, 0, 10)
CATEGORY_SETS = ((), ("arbetsmarknad",), ("grund", "halsa"))
ROWS = [
    row
    for row in product((Basis.CONSENT, Basis.OWN), BEGINS, ENDS, Level, (False, True), CATEGORY_SETS)
    if (row[2] is None) == (row[0] == Basis.OWN) and (row[2] is None or row[2] >= row[1])
]
# Who wrote has name and number and its own words by that, and nothing of the others': other rows cannot be.
POSSIBLE = [row for row in ROWS if row[0] == Basis.CONSENT or (row[3], row[5]) == (Level.IDENTITY, ())]


def spec(
    basis: str, begins: int, ends: int | None, level: int, withdrawn: bool, categories: tuple
) -> tuple[bool, bool]:
    """Whether the case opens, and whether disclosed text about the labour market is read."""
    opens = begins <= 0 and (ends is None or ends >= 0) and not withdrawn and level >= 1
    return opens, opens and basis == "consent" and level == 2 and "arbetsmarknad" in categories


@pytest.fixture
def case(make_case: Any, cast: Any) -> Any:
    """A case with a disclosed section about the labour market; Gamleby hälsocentral has no row in it yet."""
    found = make_case("active")
    with behind_the_wall():
        consent = found.consents.get()
        Section.objects.create(
            case=found,
            key="possibilities",
            category=Category.LABOUR,
            author_unit=found.referring_unit,
            data={"text": "Truckkort."},
            saved_at=timezone.now(),
            saved_by=cast.johan,
            disclosed_at=timezone.now(),
            disclosed_by=cast.johan,
            disclosed_under=consent.pk,
        )
    return found


def put(case: Any, unit: Any, today: date, row: tuple) -> Party:
    basis, begins, ends, level, withdrawn, categories = row
    return Party.objects.create(
        case=case,
        person_id=case.person_id,
        unit=unit,
        basis=basis,
        consent_id=case.consents.get().pk if basis == Basis.CONSENT else None,
        categories=list(categories),
        level=level,
        valid_from=today + timedelta(days=begins),
        valid_until=None if ends is None else today + timedelta(days=ends),
        withdrawn_at=timezone.now() if withdrawn else None,
        case_created_at=case.created_at,
    )


@pytest.mark.django_db
def test_row_queryset_and_database_give_the_same_answer_as_the_spec(case: Any, cast: Any) -> None:
    today, unit = timezone.localdate(), cast.unit("Gamleby hälsocentral")
    assert len(POSSIBLE) > 100
    different = []
    for row in POSSIBLE:
        with transaction.atomic():
            with behind_the_wall():
                party = put(case, unit, today, row)
            answers = asked_three_ways(case, party, cast.siv, today)
            if set(answers) != {spec(*row)}:
                different.append((row, spec(*row), answers))
            transaction.set_rollback(True)
    assert different == []


@pytest.mark.django_db
def test_a_row_that_would_open_the_others_to_who_only_wrote_cannot_be(case: Any, cast: Any) -> None:
    today, unit = timezone.localdate(), cast.unit("Gamleby hälsocentral")
    for row in set(ROWS) - set(POSSIBLE):
        with behind_the_wall(), pytest.raises(IntegrityError, match="who_wrote_reads_nothing"), transaction.atomic():
            put(case, unit, today, row)


def asked_three_ways(case: Any, party: Party, user: Any, today: date) -> list[tuple[bool, bool]]:
    with acting_as(user) as who:
        grounds = [party] if is_ground_of(party, who, today) else []
        of_the_row = (bool(grounds), "arbetsmarknad" in categories_read(grounds))
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from cases_case where id = %s", [case.pk])
            sees = cursor.fetchone()[0] == 1
            cursor.execute("select count(*) from cases_section where case_id = %s", [case.pk])
            in_sql = (sees, cursor.fetchone()[0] == 1)
        # The views' own filter, with the database's wall out of the way.
        with behind_the_wall():
            seen = visible_to(who, today).filter(pk=case.pk).exists()
            loaded = [p for p in Party.objects.filter(case=case) if is_ground_of(p, who, today)]
        as_a_queryset = (seen, "arbetsmarknad" in categories_read(loaded))
    return [of_the_row, as_a_queryset, in_sql]


@pytest.mark.django_db
@pytest.mark.parametrize(("offset", "sees"), [(-1, True), (0, True), (1, False)])
def test_a_consent_lasts_to_midnight_of_its_last_day_by_the_clock_of_stockholm(
    offset: int, sees: bool, make_case: Any, cast: Any
) -> None:
    last = date(2026, 12, 1)
    begins = timezone.make_aware(timezone.datetime(2026, 10, 1, 9))
    case = make_case("active", at=begins, valid_until=last)
    for hour, minute in ((0, 0), (12, 0), (23, 59)):
        at = timezone.make_aware(timezone.datetime(2026, 12, 1, hour, minute)) + timedelta(days=offset)
        with acting_as(cast.mats, at=at) as who:
            assert Case.objects.filter(pk=case.pk).exists() == sees, at
            with behind_the_wall():
                assert visible_to(who, timezone.localdate(at)).filter(pk=case.pk).exists() == sees, at


@pytest.mark.django_db
def test_a_coordinator_has_no_ground_in_another_programme(make_case: Any, cast: Any) -> None:
    case = make_case("active", parties={**builders.USUAL, "LIS-teamet": builders.ALL})
    # Not even where its own team is named: the role reaches the programme's cases alone.
    with acting_as(cast.agneta) as who:
        assert not visible_to(who, timezone.localdate()).filter(pk=case.pk).exists()


@pytest.mark.django_db
def test_the_grounds_of_a_consent_come_by_agency_and_unit_whatever_order_they_were_written_in(case: Any) -> None:
    """So that of two who are waited for by the same day, the same one is always foremost."""
    with behind_the_wall():
        names = [(party.unit.agency.name, party.unit.name) for party in consented([case.pk])]
    assert names == [
        ("Arbetsförmedlingen", "Arbetsförmedlingen"),
        ("Knutpunkten", "Knutpunktsteamet"),
        ("Region Kalmar län", "Öppenpsykiatrin"),
        ("Västerviks kommun", "Försörjningsstöd"),
    ]


@pytest.mark.parametrize(
    ("state", "kind", "announces", "is_on_agenda", "level"),
    [
        ("draft", "collaboration", True, False, Level.NOTHING),
        ("handed_over", "collaboration", True, False, Level.NOTHING),
        ("returned", "collaboration", True, True, Level.NOTHING),
        ("announced", "collaboration", True, False, Level.IDENTITY),
        ("announced", "collaboration", True, True, Level.TEXT),
        ("announced", "collaboration", False, False, Level.TEXT),
        ("announced", "consultation", True, False, Level.TEXT),
        ("placed", "collaboration", True, False, Level.TEXT),
        ("active", "collaboration", True, True, Level.TEXT),
    ],
)
def test_a_consent_that_is_signed_now_opens_as_much_as_the_routine_has_come_to(
    state: str, kind: str, announces: bool, is_on_agenda: bool, level: Level
) -> None:
    now = timezone.now() if is_on_agenda else None
    case = Case(state=state, kind=kind, programme=Programme(announces=announces), on_agenda_at=now)
    assert level_for(case) == level


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "does"), [("johan", True), ("nadja", True), ("karin", True), ("mats", False)])
def test_by_what_their_unit_wrote_alone_the_referring_unit_and_the_team_follow_the_case(
    name: str, does: bool, case: Any, cast: Any
) -> None:
    """A party whose consent is gone keeps what it wrote and sees nothing more (W1)."""
    with acting_as(getattr(cast, name)) as who:
        assert follows(case, [Party(basis=Basis.OWN)], who) is does
        assert follows(case, [Party(basis=Basis.OWN), Party(basis=Basis.CONSENT)], who)
