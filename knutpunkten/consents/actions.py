"""Writing a consent, having it signed, and writing down that it was withdrawn (S4, K2, W1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.cases.access import grounds_in
from knutpunkten.cases.models import Answer, Basis, Case, Category, Party
from knutpunkten.cases.move import Move
from knutpunkten.cases.rules import level_for
from knutpunkten.consents.models import Consent
from knutpunkten.consents.paper import words_now
from knutpunkten.consents.rules import (
    Named,
    TakenBack,
    as_row,
    begins,
    draft_of,
    last_day_of,
    last_taken_back,
    named_in,
    taken_back_since,
    units_of,
)
from knutpunkten.documents.actions import store_file
from knutpunkten.documents.models import StoredFile
from knutpunkten.documents.privacy_notice import UNWRITTEN, notice_in_force


@dataclass(frozen=True)
class ChangedMeanwhile(Exception):
    """Since the writer opened it: somebody saved the consent, *now* is what stands there; or the person took back some of it."""

    now: Consent | None
    fell: TakenBack | None


@transaction.atomic
def write_consent(
    case: Case,
    *,
    parties: Iterable[Named],
    valid_from: date,
    valid_until: date,
    purpose: str,
    guardian: str = "",
    by: Who,
    at: datetime,
    seen: datetime | None = None,
) -> Consent:
    """Write the consent that is to be printed and signed: it opens nothing yet.

    The referring unit is always named. What says the same as before is not saved anew. *seen* is the last change that the writer
    saw (``rules.last_change``); None: that is not known, and not asked for.
    Raises ``ChangedMeanwhile`` if somebody saved something else since then, or the person took back the part of one it names.
    """
    Case.objects.select_for_update(no_key=True).filter(pk=case.pk).first()  # two drafts would be one too many
    named = {one.unit_id: one for one in parties}
    named.setdefault(case.referring_unit_id, Named(case.referring_unit_id, ()))
    grounds = list(grounds_in(case.pk))
    fell = taken_back_since(seen, case, named.values(), grounds) if seen else None
    last_fell = last_taken_back(party for party in grounds if party.unit_id in named)
    notice = notice_in_force(case.programme, valid_from)
    said = {
        "draft_parties": [as_row(one) for one in named.values()],
        "valid_from": valid_from,
        "valid_until": valid_until,
        "purpose": purpose,
        "guardian": guardian,
        "notice_version": notice.version if notice else UNWRITTEN,
        "words": words_now(named.values(), units_of(named.values()), last_fell),
    }
    consent = draft_of(case)
    is_changed = bool(consent and seen and consent.saved_at > seen and not says(consent, said))
    if fell or is_changed:
        raise ChangedMeanwhile(consent if is_changed else None, fell)
    if consent is None:
        consent = Consent(case=case, author_unit_id=by.unit_id)
        record("consent_written", by=by, at=at, case_id=case.pk, person_id=case.person_id, category=Category.BASIC)
    elif says(consent, said):
        return consent  # since when the words stand tells which day they may be signed
    for name, value in said.items():
        setattr(consent, name, value)
    consent.saved_at, consent.saved_by_id = at, by.user_id
    consent.save()
    return consent


def says(consent: Consent, said: dict[str, Any]) -> bool:
    return all(getattr(consent, name) == value for name, value in said.items())


def sign(move: Move) -> None:
    """Effect: the drafted consent is signed, and gives each unit it names a ground (W1).

    ``move.data``: ``consent``, ``signed_on``, ``witness`` and, if the paper was scanned, ``scan`` (a ``CheckedUpload``).
    An older consent's grounds stand beside these until they run out.
    """
    # What the paper said is what was checked: a page that saves itself may have changed the draft a moment ago.
    consent: Consent = move.data["consent"]
    consent.signed_on, consent.witness = move.data["signed_on"], move.data["witness"]
    if move.data.get("scan"):
        consent.scan = store_file(
            move.case,
            move.data["scan"],
            purpose=StoredFile.Purpose.CONSENT,
            category=Category.BASIC,
            by=move.by,
            at=move.at,
        )
    consent.save()
    answers = answers_given(move.parties)
    move.parties += Party.objects.bulk_create(
        [ground(move.case, consent, named, *answers.get(named.unit_id, ("", None))) for named in named_in(consent)]
    )
    move.category = Category.BASIC
    move.detail["until"] = consent.valid_until.isoformat()


def answers_given(parties: Iterable[Party]) -> dict[object, tuple[str, datetime | None]]:
    """What *parties* have answered under an older consent: they are not asked a second time."""
    answered = [
        (p.unit_id, p.answer, p.answered_at) for p in parties if p.answer not in ("", Answer.ABSENT) and p.answered_at
    ]
    return {unit_id: (answer, at) for unit_id, answer, at in sorted(answered, key=lambda one: one[2])}


def ground(case: Case, consent: Consent, named: Named, answer: str, answered_at: datetime | None) -> Party:
    """The row that lets one named unit see the case, as far as the routine has come."""
    return Party(
        case=case,
        person_id=case.person_id,
        unit_id=named.unit_id,
        basis=Basis.CONSENT,
        consent_id=consent.pk,
        categories=list(named.categories),
        level=level_for(case),
        valid_from=begins(consent, named),
        valid_until=last_day_of(consent, named),
        answer=answer,
        answered_at=answered_at,
        case_created_at=case.created_at,
    )


def record_withdrawal(case: Case, *, is_whole: bool, how: str, taken_by: str, by: Who, at: datetime) -> None:
    """Write on the case's consents that the person took them back, by phone or otherwise (W1).

    Goes through the database's own function, for whoever takes the call may not be one who reads the
    consent. One party's part stands on its ground alone, which the routine ends.
    """
    if not is_whole:
        return
    with connection.cursor() as cursor:
        cursor.execute("select withdraw_consents(%s, %s, %s, %s, %s)", [case.pk, at, how, taken_by, by.user_id])
