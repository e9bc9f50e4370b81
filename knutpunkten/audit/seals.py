"""Sealing and proving: each minute's rows under a hash that holds the one before (W4).

Requests insert plainly. The worker seals whatever it sees and has not sealed, naming each row, so that
one who commits late joins the next seal. Hashes are of an own form of writing, in UTC, and not of the
database's: the same whatever its version, its time zone, or the order of its columns.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from knutpunkten.audit.models import Entry, Seal, Sealed

AT_ONCE = 5000
# How late a row may be committed after it was written; one that shows itself later was put in.
LATEST_COMMIT = timedelta(hours=1)
# What a seal of each form hashes of a row, in this order. A new column makes a new form, and never changes an old one.
FORMS = {
    1: (
        *("id", "at", "recorded_at", "event", "is_reading", "user_id", "hat_id", "role", "unit_id"),
        *("case_ref", "person_ref", "category", "object_id", "detail", "address"),
    )
}
FORM = max(FORMS)
BEFORE_THE_FIRST = bytes(32)


def written(value: Any) -> Any:
    """A column's value as the hash takes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


def digest_of(entry: Entry, form: int = FORM) -> bytes:
    """A row's own hash."""
    return hash_of([written(getattr(entry, name)) for name in FORMS[form]])


def hash_of(words: Any) -> bytes:
    text = json.dumps(words, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def root_of(members: Iterable[tuple[UUID, bytes]]) -> bytes:
    """One hash of the seal's rows, each by id and own hash, in order of id."""
    return hashlib.sha256(b"".join(entry_id.bytes + digest for entry_id, digest in sorted(members))).digest()


def hash_of_seal(seal: Seal) -> bytes:
    root, previous = bytes(seal.root).hex(), bytes(seal.previous).hex()
    return hash_of([seal.number, written(seal.sealed_at), seal.form, seal.count, root, previous])


def newest() -> Seal | None:
    return Seal.objects.order_by("-number").first()


@transaction.atomic
def seal_all(at: datetime) -> int:
    """A round: seal every row not yet sealed; how many. All of it or nothing, and two at a time wait for each other.

    Of a backlog it makes several seals, all of the same moment: what may come into them is what could into the first.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('audit_seal'))")
    last = newest()
    if last:
        at = max(at, last.sealed_at)  # a clock that was set back dates no seal before the one it holds
    left, total = waiting(last).order_by("recorded_at", "pk"), 0
    rows = left
    while some := list(rows[:AT_ONCE]):
        last = seal_these(some, last, at)
        total += len(some)
        rows = left.filter(recorded_at__gte=some[-1].recorded_at)  # or each part would go through those before it
    return total


def seal_these(rows: list[Entry], last: Seal | None, at: datetime) -> Seal:
    """One seal, the next after *last*."""
    members = [(row.pk, digest_of(row)) for row in rows]
    seal = Seal(
        number=last.number + 1 if last else 1,
        sealed_at=at,
        form=FORM,
        count=len(rows),
        root=root_of(members),
        previous=last.hash if last else BEFORE_THE_FIRST,
    )
    seal.hash = hash_of_seal(seal)
    seal.save(force_insert=True)
    Sealed.objects.bulk_create(Sealed(entry_id=pk, seal=seal, digest=digest) for pk, digest in members)
    return seal


def waiting(last: Seal | None) -> QuerySet[Entry]:
    """The rows in no seal that may still come into the round after *last*; looked for among the latest only."""
    unsealed = Entry.objects.filter(~Exists(Sealed.objects.filter(entry_id=OuterRef("pk"))))
    return unsealed.filter(recorded_at__gte=last.sealed_at - LATEST_COMMIT) if last else unsealed


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was sealed: which seal, which row if it is a row, and what."""

    seal: int
    entry_id: UUID | None
    what: str

    def __str__(self) -> str:
        row = f"rad {self.entry_id}, " if self.entry_id else ""
        return f"Försegling {self.seal}: {row}{self.what}"


def faults(known: dict[int, str] | None = None) -> Iterator[Fault]:
    """Everything that is not as it was sealed, the earliest seal first. Needs to see all rows.

    *known*: seals kept elsewhere, number and hash: what shows when the end of the chain is cut off.
    """
    last: Seal | None = None
    latest: datetime | None = None
    earliest: datetime | None = None
    for seal in Seal.objects.order_by("number").iterator():
        if latest and seal.sealed_at > latest:  # a new round, and not another seal of the same
            earliest = latest - LATEST_COMMIT
        latest = max(latest or seal.sealed_at, seal.sealed_at)
        yield from faults_of_chain(seal, last, known or {})
        yield from faults_of_rows(seal, earliest)
        last = seal
    ahead = [number for number in known or {} if number > (last.number if last else 0)]
    if ahead:
        yield Fault(min(ahead), None, "saknas, men finns i det som sparats utanför")
    yield from (Fault(last.number if last else 0, pk, "inskjuten: står i ingen försegling") for pk in put_in(last))


def faults_of_chain(seal: Seal, last: Seal | None, known: dict[int, str]) -> Iterator[Fault]:
    expected = last.number + 1 if last else 1
    if seal.number != expected:
        yield Fault(expected, None, "saknas")
    elif bytes(seal.previous) != (bytes(last.hash) if last else BEFORE_THE_FIRST):
        yield Fault(seal.number, None, "hör inte ihop med den före")
    if bytes(seal.hash) != hash_of_seal(seal):
        yield Fault(seal.number, None, "är ändrad")
    if seal.number in known and known[seal.number] != bytes(seal.hash).hex():
        yield Fault(seal.number, None, "är en annan än den som sparats utanför")


def faults_of_rows(seal: Seal, earliest: datetime | None) -> Iterator[Fault]:
    """Rows of *seal* that are removed, altered or put in, or its list of rows not being the one it was made of.

    *earliest*: when a row of its round could have been written at the earliest; None in the first round.
    """
    members = [(row.pk, bytes(row.digest)) for row in seal.members.order_by("pk")]
    entries = Entry.objects.in_bulk([pk for pk, _ in members])
    for pk, digest in members:
        entry = entries.get(pk)
        if entry is None:
            yield Fault(seal.number, pk, "borttagen")
        elif digest_of(entry, seal.form) != digest:
            yield Fault(seal.number, pk, "ändrad")
        elif earliest and entry.recorded_at < earliest:
            yield Fault(seal.number, pk, "inskjuten: uppger en tid långt före förseglingen")
    if len(members) != seal.count or root_of(members) != bytes(seal.root):
        yield Fault(seal.number, None, "listan över rader är ändrad")


def put_in(last: Seal | None) -> Iterator[UUID]:
    """Rows in no seal that say they were written before the last seals were made."""
    if last is not None:
        late = Entry.objects.filter(recorded_at__lt=last.sealed_at - LATEST_COMMIT)
        unsealed = late.filter(~Exists(Sealed.objects.filter(entry_id=OuterRef("pk"))))
        yield from unsealed.order_by("recorded_at").values_list("pk", flat=True)
