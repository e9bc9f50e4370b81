"""What has been shared in a case and who has read it: to go through with the person, and to print for them (W1, W4)."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.audit.models import Entry
from knutpunkten.cases.access import UNSEEN, case_for
from knutpunkten.cases.provenance import let_read, shared_in
from knutpunkten.organisations.models import Role, Unit
from knutpunkten.organisations.swedish_order import sort_key


@require_safe
@allowed(Permission.SEE_CASES)
def shared(request: Request, case_id: UUID) -> HttpResponse:
    """For the unit that referred the person, also when the consent is gone: most people ask for it then."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="shared")
    if opened.who.unit_id != opened.case.referring_unit_id:
        raise deny(request, case_id)
    today = timezone.localdate()
    found = [(one, let_read(one, opened.parties, today)) for one in shared_in(case_id, opened.parties)]
    context = {
        "opened": opened,
        "today": today,
        "given": [
            (rows[0][0], rows) for _, group in groupby(found, key=lambda row: row[0].unit_id) if (rows := list(group))
        ],
        "reads": reads_in(case_id),
    }
    return render(request, "desk/shared.html", context)


def reads_in(case_id: UUID) -> list[dict[str, Any]]:
    """Who has read in the case: unit, role, how often, and when last; not who opened a page and was shown nothing. Two statements."""
    reads = Entry.objects.of_case(case_id).filter(is_reading=True, unit_id__isnull=False)
    reads = reads.exclude(detail__what__endswith=UNSEEN)
    rows = list(reads.values("unit_id", "role").annotate(times=Count("pk"), last=Max("at")).order_by("-last"))
    units = Unit.objects.select_related("agency").in_bulk({row["unit_id"] for row in rows})
    shown = [
        {
            "unit": units[row["unit_id"]],
            "role": Role(row["role"]).label.lower() if row["role"] in Role.values else "",
            "times": row["times"],
            "last": row["last"],
        }
        for row in rows
        if row["unit_id"] in units
    ]
    return sorted(shown, key=lambda row: sort_key(row["unit"].full_name))
