"""The consultation's part of the case page: the advice."""

from datetime import date

from django.db.models import Q

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Category
from knutpunkten.cases.panel import Panel
from knutpunkten.consultations.models import Advice


def panel(opened: OpenCase, today: date) -> Panel | None:
    """What the group advised, once the consultation has been presented. One statement."""
    if opened.case.presented_at is None:
        return None
    rows = Advice.objects.filter(case=opened.case).select_related("recorded_by")
    if Category.BASIC not in opened.reads:
        rows = rows.filter(Q(author_unit=opened.who.unit_id))
    advice = rows.first()
    is_hidden = advice is None and Category.BASIC not in opened.reads
    return Panel("rad", "consultations/panel.html", {"advice": advice, "is_hidden": is_hidden})
