"""Which enclosed files a reader may have: the same ground as for text (W1)."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from knutpunkten.access.who import Who
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Case, State
from knutpunkten.documents.models import StoredFile
from knutpunkten.questions.remembered import remembered

# The content itself is only wanted when the file is fetched.
HEAVY = ("content",)
# Those with a text they belong to: the referral, or what a unit knows.
ENCLOSED = (StoredFile.Purpose.INVESTIGATION, StoredFile.Purpose.KNOWLEDGE)


def files_read(opened: OpenCase, purposes: Iterable[str] = (StoredFile.Purpose.INVESTIGATION,)) -> list[StoredFile]:
    """The case's files that the reader may see, oldest first, without their content. One statement."""
    return enclosed(opened.case.pk, opened.who.holder, reads=opened.categories, purposes=tuple(purposes))


@remembered
def enclosed(case_id: UUID, holder: UUID, *, reads: tuple[str, ...], purposes: tuple[str, ...]) -> QuerySet[StoredFile]:
    found = readable(case_id, holder, reads).filter(purpose__in=purposes).defer(*HEAVY)
    return found.select_related("author_unit__agency", "disclosed_by").order_by("uploaded_at", "name")


def readable(case_id: UUID, holder: UUID | None, reads: Iterable[str], *, is_own: bool = False) -> QuerySet[StoredFile]:
    """Those the reader's own unit enclosed, and those disclosed in a category that the grounds open.

    *is_own*: the reader is the person, who has the consent that they signed too, though it is disclosed to nobody.
    """
    known = Q(author_unit=holder) | Q(disclosed_at__isnull=False, category__in=list(reads))
    if is_own:
        known |= Q(purpose=StoredFile.Purpose.CONSENT)
    return StoredFile.objects.filter(known, case=case_id, removed_at__isnull=True)


def own_drafts(case: Case, who: Who) -> QuerySet[StoredFile]:
    """The files that *who*'s unit enclosed and has not disclosed yet: these may still be taken away."""
    return StoredFile.objects.filter(
        case=case, author_unit=who.unit_id, removed_at__isnull=True, disclosed_at__isnull=True
    )


def with_knowledge(case: Case, who: Who) -> list[StoredFile]:
    """What *who*'s unit has enclosed with what it knows, disclosed or not, without its content. One statement."""
    files = StoredFile.objects.filter(case=case, author_unit=who.unit_id, removed_at__isnull=True)
    files = files.filter(purpose=StoredFile.Purpose.KNOWLEDGE).defer(*HEAVY).select_related("disclosed_by")
    return list(files.order_by("uploaded_at", "name"))


def purpose_now(case: Case, who: Who) -> StoredFile.Purpose:
    """What a file is enclosed with: the referral of one's own unit, or what the unit knows (S5, S6)."""
    is_referring = who.unit_id == case.referring_unit_id and case.state != State.ANNOUNCED
    return StoredFile.Purpose.INVESTIGATION if is_referring else StoredFile.Purpose.KNOWLEDGE
