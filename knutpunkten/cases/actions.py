"""Writing to a case, below the routine: beginning one, its sections, and how far the grounds open."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.models import ORALLY, SAID_OF_IT, Basis, Case, Category, Level, Party, Section
from knutpunkten.cases.move import Move
from knutpunkten.cases.rules import holds
from knutpunkten.organisations.models import CaseKind, Programme
from knutpunkten.organisations.swedish_order import sort_key
from knutpunkten.people.models import Person


@transaction.atomic
def begin_case(
    *,
    person: Person,
    first_name: str,
    last_name: str,
    protection: str = Person.Protection.NONE,
    programme: Programme,
    kind: CaseKind,
    by: Who,
    at: datetime,
) -> Case:
    """A draft, owned by the unit of *by*, who becomes its caseworker (S4, K2).

    The wall gives the unit and the person their grounds in the same statement; of a protected person, *by* is its
    first named reader (W5). Protected is the person as *by* says: what is known elsewhere follows with the consent.
    """
    is_protected = protection != Person.Protection.NONE
    case = Case(
        number=next_number(kind, is_protected, timezone.localdate(at).year),
        kind=kind,
        programme=programme,
        person=person,
        first_name=first_name,
        last_name=last_name,
        sort_key=sort_key(f"{last_name} {first_name}"),
        referring_unit_id=by.unit_id,
        caseworker_id=by.user_id,
        created_at=at,
        protection=protection,
        is_protected=is_protected,
        state_since=at,
    )
    case.save(force_insert=True)
    record("begun", by=by, at=at, case_id=case.pk, person_id=person.pk)
    return case


def next_number(kind: CaseKind, is_protected: bool, year: int) -> str:
    """S-ÅÅÅÅ-NNN or K-ÅÅÅÅ-NNN in order; for a protected person KP-NNNN, drawn at random (W5)."""
    if is_protected:
        return unused_protected_number()
    letter = "K" if kind == CaseKind.CONSULTATION else "S"
    with connection.cursor() as cursor:
        cursor.execute("select next_in_series(%s)", [f"{letter}-{year}"])
        return f"{letter}-{year}-{cursor.fetchone()[0]:03d}"


def unused_protected_number() -> str:
    """A number that says nothing of when or in what order; the unique constraint guards the draw."""
    with connection.cursor() as cursor:
        cursor.execute("select protected_number()")
        return cursor.fetchone()[0]


# A referral is saved part by part as it is written: one statement each, which waits for whoever is saving the same part.
SAVE_SECTIONS = """
insert into cases_section (id, case_id, key, category, author_unit_id, data, is_done, version, saved_at, saved_by_id)
select gen_random_uuid(), %s, key, category, %s, data, %s, 1, %s, %s
  from unnest(%s::text[], %s::text[], %s::jsonb[]) as written (key, category, data)
on conflict (case_id, key) do update
   set data = excluded.data, is_done = excluded.is_done, version = cases_section.version + 1,
       saved_at = excluded.saved_at, saved_by_id = excluded.saved_by_id
 where %s::integer is null or cases_section.version = %s or cases_section.data = excluded.data
returning *
"""


def one_at_a_time(case: Case) -> None:
    """Wait for whoever is writing of the case just now: what is asked after this has their words in it."""
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)


@dataclass(frozen=True)
class Written:
    """What a section is to hold, and what it is about."""

    key: str
    category: Category | str
    data: dict[str, Any]


@dataclass(frozen=True)
class Stale(Exception):
    """Somebody saved the section meanwhile: *now* is what stands there."""

    now: Section


def save_section(
    case: Case, key: str, category: Category | str, data: dict[str, Any], *, is_done: bool, by: Who, at: datetime
) -> Section:
    """Save one part of what is written in *case*. Written is not shared."""
    return save_sections(case, [Written(key, category, data)], is_done=is_done, by=by, at=at)[0]


@transaction.atomic
def save_sections(
    case: Case, pieces: Sequence[Written], *, is_done: bool, by: Who, at: datetime, seen: int | None = None
) -> list[Section]:
    """Save *pieces* of what is written in *case*, in their order; *seen* is the version the writer began from.

    Raises ``Stale`` if somebody saved one of them meanwhile, and loses nothing. Written is not shared. One statement.
    """
    columns = [[p.key for p in pieces], [p.category for p in pieces], [json.dumps(p.data) for p in pieces]]
    mine = (case.pk, by.unit_id, is_done, at, by.user_id)
    saved = {row.key: row for row in Section.objects.raw(SAVE_SECTIONS, [*mine, *columns, seen, seen])}
    for piece in pieces:
        if piece.key not in saved:
            raise Stale(Section.objects.get(case=case, key=piece.key))
    return [saved[piece.key] for piece in pieces]


def disclose_sections(move: Move) -> None:
    """Effect: what the referral says is disclosed by the unit that hands it over, under the consent (S5, K3).

    All of it each time: what was sent back or reopened has been written on since, and another consent may hold.
    """
    consent = living_consent_id(move)
    Section.objects.filter(case=move.case, author_unit=move.by.unit_id).exclude(key__in=SAID_OF_IT).update(
        disclosed_at=move.at, disclosed_by=move.by.user_id, disclosed_under=consent
    )


def living_consent_id(move: Move) -> Any:
    """The newest living consent of the case, or None."""
    living = [party for party in move.parties if holds(party, move.today)]
    return max(living, key=lambda party: (party.valid_from, party.valid_until)).consent_id if living else None


def open_names(move: Move) -> None:
    """Effect: the parties see name and number (S6)."""
    open_to_parties(move.case, Level.IDENTITY)


def open_text(move: Move) -> None:
    """Effect: the parties read the text too: on the deciding meeting's agenda (S7), or a consultation (K4)."""
    open_to_parties(move.case, Level.TEXT)


def open_to_team(case: Case) -> None:
    """The coordinator sees name and number before the meeting: it is theirs to act for a unit without an account."""
    team = Party.objects.filter(case=case, basis=Basis.CONSENT, unit=case.programme.team_id)
    team.filter(level__lt=Level.IDENTITY).update(level=Level.IDENTITY)


def close_again(move: Move) -> None:
    """Effect: back to a draft, which is the writing unit's own."""
    Party.objects.filter(case=move.case, basis=Basis.CONSENT).update(level=Level.NOTHING)


def open_to_parties(case: Case, level: Level) -> None:
    """Open the consent's grounds to *level*; never closes any further in."""
    Party.objects.filter(case=case, basis=Basis.CONSENT, level__lt=level).update(level=level)


def mark_answer(move: Move, unit_id: Any, answer: str) -> None:
    """The unit has answered what it knows (S6); its rows in the living consent say so."""
    write_answer(move, [p for p in move.parties if p.unit_id == unit_id and p.withdrawn_at is None], answer, move.at)


def ask_again(move: Move, parties: Iterable[Party]) -> None:
    """What *parties* have answered counts no more: they are asked anew."""
    write_answer(move, [party for party in parties if party.answer], "", None)


def write_answer(move: Move, parties: list[Party], answer: str, at: datetime | None) -> None:
    """At most one statement."""
    if not parties:
        return
    for party in parties:
        party.answer, party.answered_at = answer, at
    rows = Party.objects.filter(case=move.case, basis=Basis.CONSENT, pk__in=[party.pk for party in parties])
    rows.update(answer=answer, answered_at=at)


def note_orally(move: Move) -> None:
    """Effect: *muntligt av NN, datum*, by a representative without an account (steps.md); nothing if they have one.

    The date stands in the audit too; the name, which is typed, only in the case, read as *grund* is.
    """
    by, on = move.data.get("orally_by"), move.data.get("orally_on")
    if not by or on is None:
        return
    before = Section.objects.filter(case=move.case, key=ORALLY).first()
    said = [*(before.data["said"] if before else ()), {"step": move.step, "by": by, "on": on.isoformat()}]
    section = save_section(move.case, ORALLY, Category.BASIC, {"said": said}, is_done=True, by=move.by, at=move.at)
    section.disclosed_under = living_consent_id(move)
    if section.disclosed_under:
        section.disclosed_at, section.disclosed_by_id = move.at, move.by.user_id
        section.save()
    move.detail["orally_on"] = on.isoformat()


def due_date_order() -> Any:
    """Sorting for lists of turns: the most urgent first, those without a date last."""
    return F("due_on").asc(nulls_last=True)
