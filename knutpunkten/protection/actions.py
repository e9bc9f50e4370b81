"""Naming who reads about a protected person, ending it, making a person protected, and the end of that (W5)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.models import Case


@dataclass(frozen=True)
class Numbered:
    """What a notice says of a protected case: its number; and to those who read it, which (*pk*)."""

    number: str
    pk: UUID | None = None
    is_protected: bool = False


@transaction.atomic
def name_reader(
    *, case_id: UUID, unit_id: UUID, user_id: UUID, reason: str, until: date, by: Who, at: datetime
) -> UUID:
    """Let *user_id* of *unit_id* read the case until *until*; answers the row's id.

    By the unit's representative or the programme's coordinator, who need not read it themself; the database
    refuses everybody else (``wall/protected.sql``).
    """
    with connection.cursor() as cursor:
        cursor.execute("select name_reader(%s, %s, %s, %s, %s)", [case_id, unit_id, user_id, reason, until])
        reader_id = cursor.fetchone()[0]
    record("reader_named", by=by, at=at, case_id=case_id, reader=str(user_id), until=until.isoformat())
    return reader_id


@transaction.atomic
def end_reader(*, reader_id: UUID, by: Who, at: datetime) -> None:
    """Stop somebody reading, at once. By those who could have named them."""
    with connection.cursor() as cursor:
        cursor.execute("select end_reader(%s)", [reader_id])
        case_id = cursor.fetchone()[0]
    record("reader_ended", by=by, at=at, case_id=case_id, reader=str(reader_id))


@transaction.atomic
def protect(case: Case, protection: str, *, by: Who, at: datetime) -> None:
    """The person is protected from now on: all their cases close to everybody but those responsible.

    The case gets another number, which nobody knows it by, and loses where the person is to be found.
    """
    record("protected", by=by, at=at, case_id=case.pk, person_id=case.person_id, which=protection)
    with connection.cursor() as cursor:
        cursor.execute("select protect_person(%s, %s)", [case.pk, protection])


@transaction.atomic
def end_protection(case: Case, *, why: str, since: date, by: Who, at: datetime) -> None:
    """The person is protected no longer: all their cases follow their ordinary grounds, under ordinary numbers.

    *why* is one of ``WhyOver``, *since* the day it was over. By a caseworker of the referring unit who reads the
    case; the database refuses everybody else (``wall/protected.sql``). Those who have read are told.
    """
    day = since.isoformat()
    record("protection_ended", by=by, at=at, case_id=case.pk, person_id=case.person_id, why=why, since=day)
    with connection.cursor() as cursor:
        cursor.execute("select end_protection(%s, %s, %s, %s, %s::inet)", [case.pk, why, since, at, by.address])
