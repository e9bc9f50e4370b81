"""The log is only added to, and what has been done to it shows (W4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit import seals
from knutpunkten.audit.actions import record
from knutpunkten.audit.checks import log_is_sealed
from knutpunkten.audit.models import Entry, Seal, Sealed
from knutpunkten.audit.seals import AT_ONCE, digest_of, faults, seal_all
from knutpunkten.audit.seals_outside import read_kept, write_newest
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


@contextmanager
def as_role(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"set role {role}")
        yield
        cursor.execute("set role knutpunkten_app")


@contextmanager
def without_the_trigger(*tables: str) -> Iterator[None]:
    """What a malicious owner does first."""
    with behind_the_wall(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"alter table {table} disable trigger user")
        yield
        cursor.execute("set constraints all immediate")
        for table in tables:
            cursor.execute(f"alter table {table} enable trigger user")


def write(cast: Any, count: int = 3) -> None:
    with acting_as(cast.karin) as karin:
        for n in range(count):
            record("listed", by=karin, at=timezone.now(), count=n)


def seal() -> int:
    with as_role("knutpunkten_worker"):
        return seal_all(timezone.now())


def found() -> list[str]:
    with as_role("knutpunkten_worker"):
        return [str(fault) for fault in faults()]


@pytest.fixture
def sealed(cast: Any) -> list[Entry]:
    """Two seals of three rows each; the rows as they were recorded."""
    for _ in range(2):
        write(cast)
        assert seal() == 3
    with behind_the_wall():
        execute("set constraints all immediate")  # otherwise the tables cannot be tampered with in this transaction
        return list(Entry.objects.order_by("recorded_at"))


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_untouched_log_holds(sealed: list[Entry]) -> None:
    assert found() == []


def test_nothing_is_sealed_twice_and_an_idle_minute_leaves_no_seal(sealed: list[Entry]) -> None:
    assert seal() == 0
    with behind_the_wall():
        assert list(Seal.objects.order_by("number").values_list("number", "count")) == [(1, 3), (2, 3)]


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal", "audit_sealed"])
@pytest.mark.parametrize("statement", ["delete from {}", "truncate {} cascade"])
def test_the_owners_ordinary_tools_stop_at_it(sealed: list[Entry], table: str, statement: str) -> None:
    with behind_the_wall(), pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        execute(statement.format(table))


def test_the_owner_alters_no_row(sealed: list[Entry]) -> None:
    with behind_the_wall():
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            execute("update audit_entry set user_id = null")
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            execute("update audit_seal set count = 0")


def test_when_a_row_came_is_the_servers_word(cast: Any) -> None:
    before = timezone.now()
    with behind_the_wall():
        entry = Entry.objects.create(at=before, recorded_at=before - timedelta(days=400), event="listed")
        entry.refresh_from_db()
    assert entry.recorded_at >= before


def test_nobody_writes_in_anothers_name_or_under_anothers_hat(cast: Any) -> None:
    with acting_as(cast.karin) as karin:
        for forged in ({"user_id": cast.elin.pk}, {"hat_id": uuid4()}, {"unit_id": cast.unit("Smärtenheten").pk}):
            right = {"user_id": karin.user_id, "hat_id": karin.hat.id, "unit_id": karin.unit_id}
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Entry.objects.bulk_create([Entry(at=timezone.now(), event="listed", **{**right, **forged})])


ANOTHER = "7d3f0c1e-5a5b-4b6e-9a55-1c2d3e4f5a6b"
# Each column of a row but its id, and what somebody alters it to.
ALTERED = {
    "at": "2020-01-01 00:00+00",
    "recorded_at": "2020-01-01 00:00+00",
    "event": "read",
    "is_reading": "false",
    "user_id": ANOTHER,
    "hat_id": ANOTHER,
    "role": "supervisor",
    "unit_id": ANOTHER,
    "case_ref": ANOTHER,
    "person_ref": ANOTHER,
    "category": "halsa",
    "object_id": ANOTHER,
    "detail": '{"count": 99}',
    "address": "192.0.2.7",
}


def test_every_column_of_a_row_is_tried() -> None:
    assert {"id", *ALTERED} == {field.attname for field in Entry._meta.concrete_fields}


@pytest.mark.parametrize(("column", "value"), ALTERED.items())
def test_an_altered_row_is_named(sealed: list[Entry], column: str, value: str) -> None:
    row = sealed[4]
    with without_the_trigger("audit_entry"):
        execute(f'update audit_entry set "{column}" = %s where id = %s', value, row.pk)
    assert found() == [f"Försegling 2: rad {row.pk}, ändrad"]


def test_a_removed_row_is_named(sealed: list[Entry]) -> None:
    with without_the_trigger("audit_entry"):
        execute("delete from audit_entry where id = %s", sealed[0].pk)
    assert found() == [f"Försegling 1: rad {sealed[0].pk}, borttagen"]


def test_a_row_removed_with_its_place_in_the_seal_shows(sealed: list[Entry]) -> None:
    with without_the_trigger("audit_entry", "audit_sealed"):
        execute("delete from audit_entry where id = %s", sealed[0].pk)
        execute("delete from audit_sealed where entry_id = %s", sealed[0].pk)
    assert found() == ["Försegling 1: listan över rader är ändrad"]


def put_in(at: Any) -> Entry:
    with without_the_trigger("audit_entry"):
        entry = Entry.objects.create(at=at, event="listed")
        execute("update audit_entry set recorded_at = %s where id = %s", at, entry.pk)
        return entry


def test_an_inserted_row_is_named(sealed: list[Entry]) -> None:
    entry = put_in(timezone.now() - timedelta(days=30))
    assert seal() == 0, "it would be believed from then on"
    assert found() == [f"Försegling 2: rad {entry.pk}, inskjuten: står i ingen försegling"]


def test_an_inserted_row_that_was_given_a_seal_is_named(sealed: list[Entry]) -> None:
    """The worker's own rights are enough to seal it; the time that the row gives tells."""
    entry = put_in(timezone.now() - timedelta(days=30))
    with as_role("knutpunkten_worker"):
        row = Entry.objects.get(pk=entry.pk)
        last = Seal.objects.latest("number")
        members = [(row.pk, digest_of(row))]
        forged = Seal(
            number=3, sealed_at=timezone.now(), form=1, count=1, root=seals.root_of(members), previous=last.hash
        )
        forged.hash = seals.hash_of_seal(forged)
        forged.save(force_insert=True)
        Sealed.objects.create(entry_id=row.pk, seal=forged, digest=members[0][1])
    assert found() == [f"Försegling 3: rad {entry.pk}, inskjuten: uppger en tid långt före förseglingen"]


def test_a_row_altered_with_its_own_hash_shows_in_the_seals_root(sealed: list[Entry]) -> None:
    with without_the_trigger("audit_entry", "audit_sealed"):
        execute("update audit_entry set event = 'read' where id = %s", sealed[1].pk)
        altered = Entry.objects.get(pk=sealed[1].pk)
        execute("update audit_sealed set digest = %s where entry_id = %s", digest_of(altered), altered.pk)
    assert found() == ["Försegling 1: listan över rader är ändrad"]


def test_an_altered_seal_is_named(sealed: list[Entry]) -> None:
    with without_the_trigger("audit_seal"):
        execute("update audit_seal set sealed_at = sealed_at - interval '1 day' where number = 1")
    assert found() == ["Försegling 1: är ändrad"]


def test_a_seal_made_anew_does_not_fit_the_next(sealed: list[Entry]) -> None:
    with without_the_trigger("audit_seal"):
        seal = Seal.objects.get(number=1)
        seal.sealed_at -= timedelta(days=1)
        execute(
            "update audit_seal set sealed_at = %s, hash = %s where number = 1",
            seal.sealed_at,
            seals.hash_of_seal(seal),
        )
    assert found() == ["Försegling 2: hör inte ihop med den före"]


def test_a_removed_seal_is_named(sealed: list[Entry]) -> None:
    with without_the_trigger("audit_seal", "audit_sealed"):
        execute("delete from audit_sealed where seal_id = 1")
        execute("delete from audit_seal where number = 1")
    assert found()[0] == "Försegling 1: saknas"


def test_a_chain_cut_off_shows_against_the_seal_kept_outside(
    sealed: list[Entry], tmp_path: Path, settings: Any
) -> None:
    settings.ROLE = "worker"
    kept = tmp_path / "kept.jsonl"
    with as_role("knutpunkten_worker"):
        call_command("audit", "seal", "--to", str(kept), stdout=StringIO())
    with without_the_trigger("audit_entry", "audit_seal", "audit_sealed"):
        execute("delete from audit_entry where id in (select entry_id from audit_sealed where seal_id = 2)")
        execute("delete from audit_sealed where seal_id = 2")
        execute("delete from audit_seal where number = 2")
    with as_role("knutpunkten_worker"):
        call_command("audit", "verify", stdout=StringIO())
        with pytest.raises(CommandError, match="Försegling 2: saknas, men finns i det som sparats utanför"):
            call_command("audit", "verify", "--against", str(kept))


def test_a_seal_that_is_another_than_the_one_kept_outside_is_named(sealed: list[Entry]) -> None:
    """The whole chain made anew holds together; what was kept tells."""
    with as_role("knutpunkten_worker"):
        kept = {seal.number: bytes(seal.hash).hex() for seal in Seal.objects.all()}
        assert list(faults(kept)) == []
        told = [str(fault) for fault in faults({**kept, 2: "00" * 32})]
    assert told == ["Försegling 2: är en annan än den som sparats utanför"]


def test_a_file_outside_keeps_every_seal_that_it_was_given(sealed: list[Entry], cast: Any, tmp_path: Path) -> None:
    where = tmp_path / "kept.jsonl"
    with as_role("knutpunkten_worker"):
        write_newest(where)
    write(cast)
    seal()
    with as_role("knutpunkten_worker"):
        write_newest(where)
    assert [*read_kept(where)] == [2, 3]


def test_verify_says_what_it_proved_and_the_web_may_not_run_it(
    sealed: list[Entry], tmp_path: Path, settings: Any
) -> None:
    with pytest.raises(CommandError, match="KNUTPUNKTEN_ROLE=worker"):
        call_command("audit", "verify")
    settings.ROLE = "worker"
    out = StringIO()
    with as_role("knutpunkten_worker"):
        call_command("audit", "seal", "--to", str(tmp_path), stdout=StringIO())
        call_command("audit", "verify", "--against", str(tmp_path), stdout=out)
    assert out.getvalue().startswith("Inget är ändrat. 6 rader, 2 förseglingar, 0 rader väntar på nästa.")
    assert "Stämmer med 1 sparad utanför, nummer 2." in out.getvalue()
    assert [path.name for path in tmp_path.iterdir()] == ["forsegling-0000000002.json"]


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (None, "där finns ingen sparad försegling"),
        ("", "där finns ingen sparad försegling"),
        ("\n", "där finns ingen sparad försegling"),
        ("[1]\n", r"en rad är ingen försegling: \[1\]"),
        ('{"number": 1}\n', "en rad är ingen försegling"),
        ('{"number": 1, "hash": "aa"}\n{"number": 1, "hash": "bb"}\n', "försegling 1 är sparad två gånger"),
    ],
    ids=["a folder with none", "an empty file", "an empty line", "another list", "half a seal", "two that differ"],
)
def test_it_is_never_proven_against_nothing(
    sealed: list[Entry], tmp_path: Path, settings: Any, kept: str | None, said: str
) -> None:
    """A share that is not mounted is an empty folder: to say that nothing is altered would be a lie."""
    settings.ROLE = "worker"
    where = tmp_path / "kept.jsonl" if kept is not None else tmp_path
    if kept is not None:
        where.write_text(kept)
    with as_role("knutpunkten_worker"), pytest.raises(CommandError, match=said):
        call_command("audit", "verify", "--against", str(where), stdout=StringIO())


def test_the_hash_is_the_same_in_every_time_zone(sealed: list[Entry]) -> None:
    row = sealed[0]
    before = digest_of(row)
    row.at, row.recorded_at = (t.astimezone(ZoneInfo("Pacific/Auckland")) for t in (row.at, row.recorded_at))
    assert digest_of(row) == before


def test_a_grown_backlog_is_sealed_in_parts(cast: Any) -> None:
    with behind_the_wall():
        Entry.objects.bulk_create(Entry(at=timezone.now(), event="listed") for _ in range(AT_ONCE + 1))
    assert seal() == AT_ONCE + 1
    with behind_the_wall():
        assert list(Seal.objects.order_by("number").values_list("count", flat=True)) == [AT_ONCE, 1]
    assert found() == []


def test_rows_of_the_same_moment_come_into_the_same_round(cast: Any, monkeypatch: Any) -> None:
    """Also where one part of the round ends between them."""
    monkeypatch.setattr(seals, "AT_ONCE", 2)
    with without_the_trigger("audit_entry"):
        at = timezone.now()
        for _ in range(5):
            Entry.objects.create(at=at, event="listed")
        execute("update audit_entry set recorded_at = %s", at)
    assert seal() == 5
    assert found() == []


def test_a_backlog_from_hours_without_a_worker_is_sealed_to_its_last_row(cast: Any, monkeypatch: Any) -> None:
    """Each part of the round takes what was written since the seal before the round, and so does the proof."""
    monkeypatch.setattr(seals, "AT_ONCE", 3)
    write(cast)
    seal()
    write(cast, 8)
    with as_role("knutpunkten_worker"):
        assert seal_all(timezone.now() + timedelta(hours=2)) == 8
        assert seal_all(timezone.now() + timedelta(hours=3)) == 0
    assert found() == []


def test_a_round_that_is_broken_off_leaves_nothing_behind(cast: Any, monkeypatch: Any) -> None:
    """Half a backlog under a seal of now would leave the other half too old for the next."""
    write(cast)
    seal()
    write(cast)
    monkeypatch.setattr(seals, "AT_ONCE", 2)
    kept = seals.seal_these

    def breaks_off(rows: list[Entry], last: Seal | None, at: datetime) -> Seal:
        if len(rows) < 2:
            raise InterruptedError
        return kept(rows, last, at)

    with monkeypatch.context() as patch:
        patch.setattr(seals, "seal_these", breaks_off)
        with as_role("knutpunkten_worker"), pytest.raises(InterruptedError):
            seal_all(timezone.now() + timedelta(hours=2))
    with as_role("knutpunkten_worker"):
        assert seal_all(timezone.now() + timedelta(hours=3)) == 3
    assert found() == []


def test_a_clock_that_is_set_back_dates_no_seal_before_the_last(sealed: list[Entry], cast: Any) -> None:
    write(cast)
    with as_role("knutpunkten_worker"):
        assert seal_all(timezone.now() - timedelta(minutes=20)) == 3
    with behind_the_wall():
        _, second, third = Seal.objects.order_by("number").values_list("sealed_at", flat=True)
        assert third == second
    assert found() == []


def test_a_forged_seal_of_an_earlier_moment_opens_no_way_for_an_inserted_row(sealed: list[Entry]) -> None:
    """Who has the worker's rights could date one seal back, and put the row in by the next."""
    long_ago = timezone.now() - timedelta(days=30)
    entry = put_in(long_ago)
    with as_role("knutpunkten_worker"):
        seals.seal_these([], Seal.objects.latest("number"), long_ago)
        seals.seal_these([Entry.objects.get(pk=entry.pk)], Seal.objects.latest("number"), timezone.now())
    assert found() == [f"Försegling 4: rad {entry.pk}, inskjuten: uppger en tid långt före förseglingen"]


# That somebody seals it.


def test_a_log_that_nobody_seals_is_a_warning_after_five_minutes(cast: Any, monkeypatch: Any) -> None:
    write(cast)
    assert log_is_sealed(None, ["default"]) == []
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=6))
    said = StringIO()
    call_command("check", deploy=True, databases=["default"], tags=["database"], stderr=said)
    assert "(knutpunkten.unsealed)" in said.getvalue()
    assert f"sedan {timezone.localtime(now):%Y-%m-%d %H:}" in said.getvalue()
    assert seal() == 3
    assert log_is_sealed(None, ["default"]) == []
    assert log_is_sealed(None, None) == [], "without a database nothing is asked"
