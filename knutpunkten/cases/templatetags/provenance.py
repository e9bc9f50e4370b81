"""``{% disclosed row %}`` and ``{% carried user unit_id at %}``: who shared it, when, under which consent (W1).

Both read ``opened`` (``cases.access.OpenCase``) of the page, and ask the database nothing. They say what the papers
say, with dates that do not break over a line.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import template
from django.utils.safestring import SafeString

from knutpunkten.cases import provenance
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.provenance import consent_from, is_for_others, sentence, unit_name, unread_sentence
from knutpunkten.ui.templatetags.ui import unbroken

register = template.Library()


@register.simple_tag(takes_context=True)
def disclosed(context: dict[str, Any], row: Any) -> SafeString | str:
    """Of a row with ``disclosed_by``, ``disclosed_at`` and ``disclosed_under``; empty where it is not disclosed."""
    if row is None or row.disclosed_at is None:
        return ""
    opened: OpenCase = context["opened"]
    by = row.disclosed_by.name if row.disclosed_by else ""
    unit = unit_name(opened.parties, row.author_unit_id)
    # Who follows the case no more is told only of their own part.
    if opened.follows and not is_for_others(opened.parties, row):
        return unbroken(unread_sentence(by, unit, row.disclosed_at))
    consent = consent_from(opened.parties, row.disclosed_at, row.disclosed_under)
    return unbroken(sentence(by, unit, row.disclosed_at, consent))


@register.simple_tag(takes_context=True)
def carried(context: dict[str, Any], by: Any, unit_id: UUID, at: datetime | date | None) -> SafeString:
    """Of what is written to the case itself, by account *by* of the unit, at a moment or on a day."""
    opened: OpenCase = context["opened"]
    return unbroken(provenance.carried(opened.parties, by, unit_id, at))
