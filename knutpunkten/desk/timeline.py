"""What has happened in a case, and who stands around the person."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from knutpunkten.audit.models import Entry
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Party
from knutpunkten.desk.words import FILTERS, KINDS, event_words
from knutpunkten.organisations.models import Contact, Unit, User


def timeline(opened: OpenCase, kind: str, limit: int) -> dict[str, Any]:
    """``events`` for ``{% timeline %}`` and ``chips``; three statements. The wall leaves out what is not for one."""
    rows = chosen(Entry.objects.filter(case_id=opened.case.pk).exclude(event="denied"), kind)[:limit]
    entries = list(rows)
    users = User.objects.in_bulk({e.user_id for e in entries if e.user_id})
    units = Unit.objects.select_related("agency").in_bulk({e.unit_id for e in entries if e.unit_id})
    events = []
    for entry in entries:
        user, unit = users.get(entry.user_id), units.get(entry.unit_id)
        events.append(
            {
                "mark": unit.agency.mark if unit else "KP",
                "kind": agency_kind(unit),
                "who": user.name if user else "Knutpunkten",
                "text": event_words(entry),
                "at": entry.at,
            }
        )
    chips = [(label, f"{reverse('events', args=[opened.case.pk])}?visa={key}", key == kind) for key, label in FILTERS]
    return {"events": events, "chips": chips}


def chosen(entries: QuerySet[Entry], kind: str) -> QuerySet[Entry]:
    if kind in KINDS:
        return entries.filter(event__in=KINDS[kind]).order_by("-at")
    return entries.exclude(event="read").order_by("-at")


def agency_kind(unit: Unit | None) -> str:
    """The colour of a unit's mark."""
    return "team" if unit is None or unit.agency.kind == "knutpunkt" else unit.agency.kind


def around(opened: OpenCase, living: tuple[Party, ...]) -> list[dict[str, str]]:
    """Those who have a part: caseworker, the parties' representatives, supervisor. One statement."""
    case = opened.case
    people = [(case.caseworker, f"Handläggare, {case.referring_unit.full_name}")]
    units = [party.unit_id for party in living]
    contacts = (
        Contact.objects.filter(programme=case.programme_id, kind=case.kind, unit__in=units)
        .select_related("representative", "unit__agency")
        .order_by("unit__agency__name", "unit__name")
    )
    people += [(contact.representative, f"Representant, {contact.unit.full_name}") for contact in contacts]
    if case.supervisor:
        people.append((case.supervisor, "Handledare"))
    return [
        {
            "name": user.name,
            "role": f"{role}, det är du" if user.pk == opened.who.user_id else role,
            "phone": "" if user.pk == opened.who.user_id else user.phone,
        }
        for user, role in people
    ]
