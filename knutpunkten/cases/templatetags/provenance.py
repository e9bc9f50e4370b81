"""``{% disclosed row %}`` and ``{% carried user unit_id at %}``: who shared it, when, under which consent (W1).

Both read ``opened`` (``cases.access.OpenCase``) of the page, and ask the database nothing.
"""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import template
from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.provenance import carried_sentence, consent_from, sentence

register = template.Library()


@register.simple_tag(takes_context=True)
def disclosed(context: dict[str, Any], row: Any) -> str:
    """Of a row with ``disclosed_by``, ``disclosed_at`` and ``disclosed_under``; empty where it is not disclosed."""
    if row is None or row.disclosed_at is None:
        return ""
    opened: OpenCase = context["opened"]
    consent = consent_from(opened.parties, row.disclosed_at, row.disclosed_under)
    by = row.disclosed_by.name if row.disclosed_by else ""
    return sentence(by, unit_name(opened, row.author_unit_id), row.disclosed_at, consent)


@register.simple_tag(takes_context=True)
def carried(context: dict[str, Any], by: Any, unit_id: UUID, at: datetime | date | None) -> str:
    """Of what is written to the case itself, by account *by* of the unit, at a moment or on a day."""
    if by is None or at is None:
        return ""
    opened: OpenCase = context["opened"]
    moment = at if isinstance(at, datetime) else timezone.make_aware(datetime.combine(at, time(12)))
    return carried_sentence(by.name, unit_name(opened, unit_id), moment, consent_from(opened.parties, moment))


def unit_name(opened: OpenCase, unit_id: UUID) -> str:
    """The unit's name, by the case's grounds: whoever writes has one."""
    return next((p.unit.full_name for p in opened.parties if p.unit and p.unit_id == unit_id), "")
