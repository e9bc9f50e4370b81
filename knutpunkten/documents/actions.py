"""Storing what is enclosed with a case, taking it away again, and disclosing it: with the referral, or what a unit knows (S5, S6, W1)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import UNSHARED, record
from knutpunkten.cases.actions import living_consent_id
from knutpunkten.cases.models import Case
from knutpunkten.cases.move import Move
from knutpunkten.documents.models import StoredFile
from knutpunkten.documents.rules import own_drafts
from knutpunkten.documents.uploads import CheckedUpload


class NotThere(Exception):
    """The file is not there, is not one's own unit's, or has been disclosed already."""


@transaction.atomic
def store_file(case: Case, upload: CheckedUpload, *, purpose: str, category: str, by: Who, at: datetime) -> StoredFile:
    """Keep a checked file with *case*, written by the unit of *by*. Stored is not shared."""
    file = StoredFile.objects.create(
        case=case,
        purpose=purpose,
        category=category,
        author_unit_id=by.unit_id,
        name=upload.name,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
        content=upload.content,
        uploaded_at=at,
        uploaded_by_id=by.user_id,
    )
    record_file("file_added", file, case, by=by, at=at)
    return file


@transaction.atomic
def remove_file(case: Case, file_id: UUID, *, by: Who, at: datetime) -> None:
    """Take away a file of one's own unit that nobody else has been given. Raises ``NotThere``."""
    file = own_drafts(case, by).defer("content").select_for_update(no_key=True).filter(pk=file_id).first()
    if file is None:
        raise NotThere
    file.removed_at = at
    file.save(update_fields=["removed_at"])
    record_file("file_removed", file, case, by=by, at=at)


def record_file(event: str, file: StoredFile, case: Case, *, by: Who, at: datetime) -> None:
    """In the audit; of what a unit knows for its own eyes, until disclosing it tells the others (W4)."""
    about = UNSHARED if file.purpose == StoredFile.Purpose.KNOWLEDGE else file.category
    record(event, by=by, at=at, case_id=case.pk, person_id=case.person_id, category=about, object_id=file.pk)


def disclose_files(move: Move) -> None:
    """Effect: the investigations are handed over with the referral, under the consent (S5)."""
    own_drafts(move.case, move.by).filter(purpose=StoredFile.Purpose.INVESTIGATION).update(
        disclosed_at=move.at, disclosed_by=move.by.user_id, disclosed_under=living_consent_id(move)
    )


def disclose_with_text(move: Move, category: str, under: UUID) -> int:
    """The files the unit enclosed with what it knows of *category*, given out in the same moment (S6). How many."""
    files = own_drafts(move.case, move.by).filter(purpose=StoredFile.Purpose.KNOWLEDGE, category=category)
    return files.update(disclosed_at=move.at, disclosed_by=move.by.user_id, disclosed_under=under)


def take_back_with_text(case: Case, category: str, *, by: Who) -> None:
    """The text they stood with is no longer disclosed: nor are they, until the unit discloses it anew."""
    files = StoredFile.objects.filter(case=case, author_unit=by.unit_id, category=category)
    files.filter(purpose=StoredFile.Purpose.KNOWLEDGE, disclosed_at__isnull=False).update(
        disclosed_at=None, disclosed_by=None, disclosed_under=None
    )
