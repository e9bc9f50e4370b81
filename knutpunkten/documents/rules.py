"""Which enclosed files a reader may have: the same ground as for text (W1)."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from knutpunkten.access.who import Who
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Case
from knutpunkten.documents.models import StoredFile

# The content itself is only wanted when the file is fetched.
HEAVY = ("content",)


def files_read(opened: OpenCase, purposes: Iterable[str] = (StoredFile.Purpose.INVESTIGATION,)) -> list[StoredFile]:
    """The case's files that the reader may see, oldest first, without their content. One statement."""
    found = (
        readable(opened)
        .filter(purpose__in=list(purposes))
        .defer(*HEAVY)
        .select_related("author_unit__agency", "disclosed_by")
    )
    return list(found.order_by("uploaded_at", "name"))


def readable(opened: OpenCase) -> QuerySet[StoredFile]:
    """Those the reader's own unit enclosed, and those disclosed in a category that the grounds open."""
    own = Q(author_unit=opened.who.unit_id)
    disclosed = Q(disclosed_at__isnull=False, category__in=sorted(opened.reads))
    return StoredFile.objects.filter(own | disclosed, case=opened.case, removed_at__isnull=True)


def own_drafts(case: Case, who: Who) -> QuerySet[StoredFile]:
    """The files that *who*'s unit enclosed and has not disclosed yet: these may still be taken away."""
    return StoredFile.objects.filter(
        case=case, author_unit=who.unit_id, removed_at__isnull=True, disclosed_at__isnull=True
    )
