"""Beginning a referral, saving its parts, and the steps that send it back or end it (S4, S13, K2, L9)."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.actions import Written, begin_case, save_section, save_sections
from knutpunkten.cases.models import Case, Category, Section, State
from knutpunkten.cases.move import Move
from knutpunkten.organisations.models import CaseKind, Programme
from knutpunkten.people.actions import register
from knutpunkten.people.models import Person
from knutpunkten.referrals.conditions import FALLEN_AWAY, standing_answers
from knutpunkten.referrals.reason import reason_shared
from knutpunkten.referrals.rules import WHEREABOUTS, Part, open_case_of

# Somebody who writes on is one entry in the audit, not one for each time the page saves itself.
SAME_SITTING = timedelta(minutes=30)


class NotADraft(Exception):
    """The referral has been handed over meanwhile: nothing was written."""


@dataclass(frozen=True)
class AlreadyBegun(Exception):
    """The unit already has an open case of this kind about the person in the programme."""

    case: Case


@transaction.atomic
def begin_referral(
    *,
    number: str | None,
    number_kind: str,
    first_name: str,
    last_name: str,
    programme: Programme,
    kind: CaseKind,
    reach: dict[str, Any],
    unknown_reason: str = "",
    protection: str = Person.Protection.NONE,
    by: Who,
    at: datetime,
) -> Case:
    """A person made known and a draft begun about them, with how to reach them (S4, K2, L9).

    *number*: twelve digits, or None with *unknown_reason*. Raises ``AlreadyBegun``.
    """
    person = register(
        number=number,
        kind=number_kind,
        unknown_reason=unknown_reason,
    )
    one_at_a_time(person)
    before = open_case_of(by, person.pk, programme, kind, timezone.localdate(at))
    if before is not None:
        raise AlreadyBegun(before)
    case = begin_case(
        person=person,
        first_name=first_name,
        last_name=last_name,
        protection=protection,
        programme=programme,
        kind=kind,
        by=by,
        at=at,
    )
    if case.is_protected:
        reach = {name: said for name, said in reach.items() if name not in WHEREABOUTS}
    save_section(case, "person", Category.BASIC, reach, is_done=True, by=by, at=at)
    return case


def one_at_a_time(person: Person) -> None:
    """Wait for whoever else is beginning a case about the same person just now: a double click, two colleagues."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(person.pk)])


@transaction.atomic
def save_part(
    case: Case, part: Part, data: dict[str, Any], *, is_done: bool, by: Who, at: datetime, seen: int | None = None
) -> list[Section]:
    """Save one part of a draft, each piece as a section of its category; *data* as it was typed.

    *seen* is the version that the writer began from. Raises ``cases.actions.Stale`` if somebody saved
    meanwhile, ``NotADraft`` if it has been handed over. Written is not shared (W1).
    """
    state, saved_by, saved_at = lock_part(case, part)
    if state != State.DRAFT:
        raise NotADraft
    pieces = [
        Written(piece.key, piece.category, {field: data[field] for field in piece.fields if field in data})
        for piece in part.pieces
    ]
    sections = save_sections(case, pieces, is_done=is_done, by=by, at=at, seen=seen)
    if saved_at is None or saved_by != by.user_id or at - saved_at > SAME_SITTING:
        record("wrote", by=by, at=at, case_id=case.pk, person_id=case.person_id, what=part.key)
    return sections


LOCK_PART = """
select c.state, s.saved_by_id, s.saved_at
  from cases_case c left join cases_section s on s.case_id = c.id and s.key = %s
 where c.id = %s
   for no key update of c
"""


def lock_part(case: Case, part: Part) -> tuple[str | None, UUID | None, datetime | None]:
    """The case's state, its row locked, and who saved *part* last, and when. One statement, for each time a page saves."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_PART, [part.pieces[0].key, case.pk])
        return cursor.fetchone() or (None, None, None)


def drop_fallen(move: Move) -> None:
    """Effect: what no longer has its condition stays behind as the referral is handed over (W1)."""
    for section in Section.objects.filter(case=move.case, author_unit=move.by.unit_id, key__in=[*FALLEN_AWAY]):
        standing = standing_answers(move.case, section.key, section.data, move.today)
        if standing != section.data:
            Section.objects.filter(pk=section.pk).update(data=standing, version=section.version + 1)


def send_back(move: Move) -> None:
    """Effect: back to the caseworker, with what is lacking (S13)."""
    words = {"lacking": move.data["lacking"]}
    if move.by.unit_id == move.case.referring_unit_id:
        keep_words(move, "sent_back", words)
    else:
        said = {"orally_by": move.data["orally_by"], "orally_on": move.data["orally_on"].isoformat()}
        say_to_unit(move, words | said)
        move.detail["orally_on"] = said["orally_on"]
    move.case.handed_over_at = move.case.announced_at = None


def say_to_unit(move: Move, words: dict[str, Any]) -> None:
    """What the unit's own representative said, written down by the coordinator: theirs and the caseworker's words only."""
    with connection.cursor() as cursor:
        cursor.execute("select say_to_unit(%s, %s::jsonb, %s)", [move.case.pk, json.dumps(words), move.at])


def reopen(move: Move) -> None:
    """Effect: a returned referral is a draft again; the old decision stays in the meetings' own rows (S7)."""
    case = move.case
    case.handed_over_at = case.announced_at = case.meeting_on = case.on_agenda_at = None
    case.decided_at = case.notice_given_at = case.notice_confirmed_at = None
    case.decision = ""


def keep_reason(move: Move) -> None:
    """Effect: why a case was cancelled, and whose wish it was (S12)."""
    keep_words(move, "cancelled", {"why": move.data["why"], "wish": move.data["wish"]})
    move.detail["wish"] = move.data["wish"]


def share_reason(move: Move) -> None:
    """Effect: from a place on, who ends it gives out why to the other side (``reason_shared``), as the page said (S12, W1)."""
    shared = reason_shared(move.case, move.by.unit_id, move.today)
    if shared is not None:
        Section.objects.filter(case=move.case, key="cancelled", author_unit=move.by.unit_id).update(
            category=shared.category,
            disclosed_at=move.at,
            disclosed_by=move.by.user_id,
            disclosed_under=shared.consent_id,
            only_for=shared.only_for,
        )


def keep_words(move: Move, key: str, data: dict[str, Any]) -> None:
    save_section(move.case, key, Category.BASIC, data, is_done=True, by=move.by, at=move.at)
