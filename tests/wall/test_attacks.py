"""SQL that somebody has slipped into a request: it runs as the app role, in the session of whoever sent it.

It knows the application's statements but not the key they show the wall: so it is, and stays, the one who asks.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Basis, Case, Level, Party, Turn
from knutpunkten.consents.models import Consent
from knutpunkten.notices.models import Notice
from knutpunkten.queue.models import Offer, Place
from knutpunkten.routine import engine
from tests.access.test_wall_probes import ALL, as_the_routine, ground
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


def inject(statement: str, *values: Any) -> list[tuple]:
    """The slipped-in statement, alone: what it does is undone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall() if cursor.description else []
        transaction.set_rollback(True)
        return found


# Nobody becomes somebody else.


def test_it_says_in_vain_that_it_is_another(make_case, cast) -> None:
    case = make_case("active")
    for user, hat in ((cast.johan, cast.johan.memberships.get()), (cast.karin, cast.karin.memberships.get())):
        asks = f"{user.pk}|{hat.pk}|{{{hat.unit_id}}}|"
        for seal in ("", "0" * 64, "app_seal"):
            with acting_as(cast.siv), pytest.raises(DatabaseError, match="not sealed"):
                inject(
                    "with forged as materialized (select set_config('app.asks', %s, true), set_config('app.seal', %s, true))"
                    " select (select count(*) from forged), (select count(*) from cases_case where id = %s)",
                    asks,
                    seal,
                    case.pk,
                )


@pytest.mark.parametrize("key", ["", "wrong", None])
def test_it_begins_in_vain_as_another_without_the_key(key: str | None, make_case, cast) -> None:
    make_case("active")
    with acting_as(cast.siv), pytest.raises(DatabaseError, match="key is not the one"):
        inject("select begin_as(%s, '', null, %s)", cast.johan.pk, key)


def test_it_reads_neither_the_secret_nor_the_key(cast) -> None:
    with acting_as(cast.karin):
        for reading in ("select * from wall_secret", "select wall_seal('x')", "select wall_opens('x')"):
            with pytest.raises(DatabaseError, match="permission denied"):
                inject(reading)
        # The key is sent as a value beside the statement, so no list of running or prepared statements holds it.
        for place in ("pg_stat_activity", "pg_prepared_statements", "pg_settings"):
            (found,) = inject(f"select count(*) from {place} x where x::text like %s", f"%{settings.WALL_KEY}%")
            assert found == (0,), place


def test_it_turns_no_clock_back_to_when_a_consent_lived(make_case, cast) -> None:
    case = make_case("active", valid_until=timezone.localdate() - timedelta(days=1))
    before = timezone.now() - timedelta(days=2)
    with acting_as(cast.mats), connection.cursor() as cursor:
        assert not Case.objects.filter(pk=case.pk).exists()
        cursor.execute("select current_setting('app.asks')")
        asks = cursor.fetchone()[0]
        with pytest.raises(DatabaseError, match="not sealed"):
            inject(
                "with earlier as materialized (select set_config('app.asks', %s, true))"
                " select (select count(*) from earlier), (select count(*) from cases_case)",
                f"{asks}{before.isoformat()}",
            )


# Nobody opens more than is open.


def test_it_moves_no_case_by_saying_that_it_is_the_routine(make_case, cast) -> None:
    case = make_case("announced", level=Level.IDENTITY)
    for statement in (
        "update cases_case set state = 'placed' where id = %s",
        "update cases_party set level = 2 where case_id = %s and basis = 'consent'",
    ):
        with acting_as(cast.mats):
            with connection.cursor() as cursor:
                cursor.execute("select set_config('app.engine', %s, true)", [str(case.pk)])
            with pytest.raises(DatabaseError, match="not sealed"):
                inject(statement, case.pk)
            engine.mark(None)
    with acting_as(cast.mats), pytest.raises(DatabaseError, match="key is not the one"):
        inject("select mark_case(%s, 'guess')", case.pk)


def test_a_party_writes_itself_no_consent(make_case, cast) -> None:
    """Named in *grund* and little more: a consent of its own making would have named it in everything."""
    case = make_case("active")
    unit = cast.unit("Arbetsförmedlingen")
    forged = Consent(
        case=case,
        author_unit=unit,
        purpose="För att få veta mer.",
        valid_from=case.created_at.date(),
        valid_until=case.created_at.date(),
        notice_version=1,
        signed_on=case.created_at.date(),
        witness="Ingen",
        saved_at=case.created_at,
        saved_by=cast.mats,
        draft_parties=[{"unit": str(unit.pk), "categories": ALL}],
    )
    with acting_as(cast.mats), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        forged.save(force_insert=True)
    with behind_the_wall():
        forged.save(force_insert=True)  # even if one lay there
    row = ground(case, unit, consent_id=forged.pk)
    row.valid_from = row.valid_until = forged.valid_from
    with acting_as(cast.mats), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        as_the_routine(row)


def test_a_party_takes_nobodys_own_ground_away(make_case, cast) -> None:
    case = make_case("active")
    with acting_as(cast.mats), connection.cursor() as cursor:
        cursor.execute("update cases_party set withdrawn_at = now() where case_id = %s", [case.pk])
    with behind_the_wall():
        others = Party.objects.filter(case=case).exclude(basis=Basis.CONSENT)
        assert set(others.values_list("basis", flat=True)) == {Basis.OWN, Basis.SELF}
        assert not others.filter(withdrawn_at__isnull=False).exists()


def test_turns_are_the_routines_alone(make_case, cast) -> None:
    case = make_case("announced")
    with acting_as(cast.mats):
        turn = Turn.objects.filter(case=case).first()
        assert turn is not None
        assert Turn.objects.filter(case=case).delete()[0] == 0
        turn.pk = uuid4()
        turn.step = "something"
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            turn.save(force_insert=True)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Turn.objects.filter(case=case).update(step="something")


def test_nobody_is_told_of_a_case_by_one_who_does_not_see_it(make_case, cast) -> None:
    case = make_case("active")
    told = Notice(user=cast.johan, event="close", case_id=case.pk, number=case.number, at=case.created_at)
    with acting_as(cast.siv), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        told.save(force_insert=True)
    with acting_as(cast.karin):
        told.save(force_insert=True)


def test_the_audit_takes_no_row_in_another_units_name(make_case, cast) -> None:
    entry = (
        "insert into audit_entry (id, at, recorded_at, event, user_id, role, unit_id, hat_id, category, detail, is_reading)"
        " values (gen_random_uuid(), now(), now(), 'read', %s, 'caseworker', %s, app_hat(), '', '{}', true)"
    )
    siv, johan = cast.siv.memberships.get(), cast.johan.memberships.get()
    with acting_as(cast.siv):
        inject(entry, siv.user_id, siv.unit_id)
        for user, unit in ((johan.user_id, siv.unit_id), (siv.user_id, johan.unit_id), (None, None)):
            with pytest.raises(DatabaseError, match="row-level security"):
                inject(entry, user, unit)


# The owner's functions, called past the pages, ask for a ground themselves.


def test_who_has_no_ground_answers_no_offer_and_takes_no_consent_back(make_case, cast) -> None:
    case, now = make_case("queued"), timezone.now()
    with behind_the_wall():
        place = Place.objects.create(programme=case.programme, number=90, state=Place.State.OFFERED, since=now)
        Offer.objects.create(
            case=case, place=place, author_unit=case.programme.team, offered_at=now, answer_by=timezone.localdate()
        )

    def called(user: Any) -> tuple[str, bool]:
        """What *user* leaves: how the offer is answered, and whether the consent is taken back."""
        with acting_as(user) as who, connection.cursor() as cursor:
            cursor.execute("select answer_open_offer(%s, 'declined', %s)", [case.pk, now])
            cursor.execute("select withdraw_consents(%s, %s, 'phone', 'x', %s)", [case.pk, now, who.user_id])
        with behind_the_wall():
            return Offer.objects.get(case=case).answer, case.consents.get().withdrawn_at is not None

    assert called(cast.siv) == ("", False)
    assert called(cast.johan) == ("declined", True)


def test_the_coordinator_says_nothing_for_a_unit_that_has_a_representative(make_case, cast) -> None:
    case = make_case("handed_over", level=Level.IDENTITY)

    def say() -> None:
        with acting_as(cast.karin), transaction.atomic(), connection.cursor() as cursor:
            engine.mark(case.pk)
            cursor.execute("select say_to_unit(%s, '{}', %s)", [case.pk, timezone.now()])

    with pytest.raises(DatabaseError, match="nothing can be said here"), transaction.atomic():
        say()
    with behind_the_wall():
        cast.nadja.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    say()
