"""As the app role, with somebody's session and SQL in hand: what the wall gives, and what it refuses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Basis, Case, Category, Level, Party
from knutpunkten.consents.models import Consent
from knutpunkten.meetings.models import Knowledge
from knutpunkten.routine import engine
from knutpunkten.wall.tables import PROTECTED
from tests.conftest import behind_the_wall

ALL = [category.value for category in Category]


def knows(case: Case, user: Any, category: str = "arbetsmarknad", *, is_shared: bool = False) -> Knowledge:
    """*user*'s unit has written, and perhaps disclosed, something in the case, in its own session, as its page does."""
    disclosed = {"disclosed_at": timezone.now(), "disclosed_by": user, "disclosed_under": uuid4()}
    with acting_as(user) as who:
        return Knowledge.objects.create(
            case=case,
            author_unit_id=who.unit_id,
            category=category,
            text="Inskriven sedan 2024.",
            written_at=timezone.now(),
            written_by=user,
            **(disclosed if is_shared else {}),
        )


def ground(case: Case, unit: Any, **fields: Any) -> Party:
    day = timezone.localdate()
    usual = {"person_id": case.person_id, "basis": Basis.CONSENT, "categories": ALL, "level": Level.TEXT}
    return Party(
        case=case, unit=unit, valid_from=day, valid_until=day, case_created_at=case.created_at, **{**usual, **fields}
    )


def as_the_routine(*rows: Party) -> None:
    """Write grounds as a step of the routine does, so that what refuses them is what they say."""
    engine.mark(rows[0].case_id)
    Party.objects.bulk_create(rows)


def consent_of(case: Case) -> Consent:
    with behind_the_wall():
        return Consent.objects.get(case=case)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["siv", "helena", "agneta", "bengt", "admin", "tove", "olle"])
def test_without_a_ground_no_table_gives_anything_of_the_case(name: str, make_case: Callable, cast: Any) -> None:
    case = make_case("active")
    knows(case, cast.mats, is_shared=True)
    user = getattr(cast, name)
    with acting_as(user), connection.cursor() as cursor:
        for rule in PROTECTED:
            cursor.execute(
                "select column_name from information_schema.columns where table_name = %s and column_name in ('case_id')",
                [rule.table],
            )
            if cursor.fetchone():
                cursor.execute(f'select count(*) from "{rule.table}" where case_id = %s', [case.pk])
                assert cursor.fetchone()[0] == 0, rule.table
        assert not Case.objects.filter(pk=case.pk).exists()
        cursor.execute("select count(*) from people_person where id = %s", [case.person_id])
        assert cursor.fetchone()[0] == 0


@pytest.mark.django_db
def test_a_party_gives_itself_no_wider_ground(make_case: Callable, cast: Any) -> None:
    case = make_case("announced", level=Level.IDENTITY)
    consent = consent_of(case)
    unit = cast.unit("Arbetsförmedlingen")
    for consent_id in (consent.pk, uuid4()):
        with acting_as(cast.mats), pytest.raises(DatabaseError), transaction.atomic():
            as_the_routine(ground(case, unit, consent_id=consent_id))


@pytest.mark.django_db
def test_a_ground_says_no_more_than_the_consent_that_was_signed(make_case: Callable, cast: Any) -> None:
    case, other = make_case("announced"), make_case("announced", caseworker=cast.tove)
    siv = cast.unit("Gamleby hälsocentral")
    with behind_the_wall():
        consent = Consent.objects.get(case=case)
        consent.draft_parties = [{"unit": str(siv.pk), "categories": ["grund"]}]
        consent.save()
    until = consent.valid_until
    wider: tuple[dict[str, Any], ...] = (
        {"categories": ALL},
        {"valid_until": until + timedelta(days=1)},
        {"person_id": other.person_id},
        {"unit": cast.unit("Smärtenheten")},
        {"case": other},
    )
    named = {"consent_id": consent.pk, "categories": ["grund"]}
    for change in wider:
        fields = {"case": case, "unit": siv, **named, **change}
        row = ground(fields.pop("case"), fields.pop("unit"), **{k: v for k, v in fields.items() if k != "valid_until"})
        row.valid_until = change.get("valid_until", row.valid_until)
        with acting_as(cast.johan), pytest.raises(DatabaseError), transaction.atomic():
            as_the_routine(row)
    with acting_as(cast.johan), pytest.raises(DatabaseError), transaction.atomic():
        Party.objects.bulk_create([ground(case, siv, **named)])  # right in all, but not by the routine
    with acting_as(cast.johan):
        as_the_routine(ground(case, siv, **named))


@pytest.mark.django_db
def test_a_consent_that_was_taken_back_gives_no_new_ground(make_case: Callable, cast: Any) -> None:
    case, siv = make_case("announced"), cast.unit("Gamleby hälsocentral")
    consent = consent_of(case)
    consent.draft_parties = [{"unit": str(siv.pk), "categories": ["grund"]}]
    for withdrawn_at in (timezone.now(), None):
        consent.withdrawn_at, consent.withdrawn_how = withdrawn_at, "phone" if withdrawn_at else ""
        with behind_the_wall():
            consent.save()
        row = ground(case, siv, consent_id=consent.pk, categories=["grund"])
        if withdrawn_at:
            with acting_as(cast.johan), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                as_the_routine(row)
        else:
            with acting_as(cast.johan):
                as_the_routine(row)


@pytest.mark.django_db
def test_a_ground_opens_no_further_than_the_routine_has_come(make_case: Callable, cast: Any) -> None:
    case = make_case("announced", level=Level.IDENTITY)
    with acting_as(cast.mats), pytest.raises(DatabaseError, match="only the routine opens"), transaction.atomic():
        Party.objects.filter(case=case).update(level=Level.TEXT)


@pytest.mark.django_db
def test_a_withdrawal_is_not_undone(make_case: Callable, cast: Any) -> None:
    case = make_case("active")
    with acting_as(cast.johan) as who:
        engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Johan Wik", by=who, at=timezone.now())
        with pytest.raises(DatabaseError, match="never undone"), transaction.atomic():
            Party.objects.filter(case=case, basis=Basis.CONSENT).update(withdrawn_at=None)


@pytest.mark.django_db
def test_milestones_are_the_routines(make_case: Callable, cast: Any) -> None:
    case = make_case("announced")
    with acting_as(cast.mats), pytest.raises(DatabaseError, match="only the routine"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(decision="place", placed_at=timezone.now())


@pytest.mark.django_db
def test_what_one_wrote_is_not_moved_into_a_case_one_cannot_see(make_case: Callable, cast: Any) -> None:
    seen = make_case("announced")
    unseen = make_case("announced", caseworker=cast.tove, parties={"Vuxenenheten": ALL, "Knutpunktsteamet": ALL})
    row = knows(seen, cast.mats)
    with acting_as(cast.mats), pytest.raises(DatabaseError), transaction.atomic():
        Knowledge.objects.filter(pk=row.pk).update(case=unseen.pk)
    with acting_as(cast.mats) as who, pytest.raises(DatabaseError), transaction.atomic():
        Knowledge.objects.create(
            case_id=unseen.pk,
            author_unit_id=who.unit_id,
            category="halsa",
            text="x",
            written_at=timezone.now(),
            written_by=cast.mats,
        )


@pytest.mark.django_db
def test_a_party_changes_nothing_that_another_unit_wrote(make_case: Callable, cast: Any) -> None:
    case = make_case("active")
    row = knows(case, cast.mats, is_shared=True)
    with acting_as(cast.karin):
        assert Knowledge.objects.filter(pk=row.pk).exists()
        assert Knowledge.objects.filter(pk=row.pk).update(text="Något annat") == 0
        assert Consent.objects.filter(case=case).exists()
        assert Consent.objects.filter(case=case).update(purpose="Något annat") == 0


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["johan", "mats", "karin"])
def test_nobody_renames_or_unmasks_a_person(name: str, make_case: Callable, cast: Any) -> None:
    make_case("announced")
    with (
        acting_as(getattr(cast, name)),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("update people_person set protection = 'none'")


@pytest.mark.django_db
def test_who_kept_only_what_they_wrote_sees_no_event_after(make_case: Callable, cast: Any, take: Callable) -> None:
    case = make_case("announced")
    knows(case, cast.mats)
    with acting_as(cast.johan) as who:
        engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Johan Wik", by=who, at=timezone.now())
    with acting_as(cast.mats) as who:
        assert Case.objects.filter(pk=case.pk).exists()  # name and number stay
        assert not Entry.objects.of_case(case.pk).exclude(unit_id=who.unit_id).exists()
    with acting_as(cast.johan):
        assert Entry.objects.of_case(case.pk).filter(event="withdrawn").exists()


@pytest.mark.django_db
def test_own_words_stay_ones_own_and_open_nothing_of_anothers(make_case: Callable, cast: Any) -> None:
    case = make_case("announced")
    mine = knows(case, cast.mats)
    theirs = knows(case, cast.ulrika, "halsa", is_shared=True)
    with acting_as(cast.johan) as who:
        engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Johan Wik", by=who, at=timezone.now())
    with acting_as(cast.mats):
        assert set(Knowledge.objects.values_list("pk", flat=True)) == {mine.pk}
    with acting_as(cast.ulrika):
        assert set(Knowledge.objects.values_list("pk", flat=True)) == {theirs.pk}
