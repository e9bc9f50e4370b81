"""What has happened in a case, and who stands around the person."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from knutpunkten.audit.models import Entry
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Party
from knutpunkten.consents.rules import may_read
from knutpunkten.desk.words import FILTERS, KINDS, OF_PROTECTION, READ, UNTOLD, event_words
from knutpunkten.organisations.models import Agency, Contact, User


def timeline(opened: OpenCase, kind: str, limit: int) -> dict[str, Any]:
    """``events`` for ``{% timeline %}`` and ``chips``; one statement. The wall leaves out what is not for one."""
    case = opened.case
    rows = chosen(Entry.objects.of_case(case.pk), kind)
    if not case.is_protected and opened.who.unit_id != case.referring_unit_id:
        rows = rows.exclude(event__in=OF_PROTECTION)
    agencies = {party.unit_id: party.unit.agency for party in opened.parties if party.unit}
    events = [event_shown(entry, agencies.get(entry.unit_id)) for entry in named(rows)[:limit]]
    chips = [(label, f"{reverse('events', args=[opened.case.pk])}?visa={key}", key == kind) for key, label in FILTERS]
    return {"events": events, "chips": chips}


def chosen(entries: QuerySet[Entry], kind: str) -> QuerySet[Entry]:
    if kind == READ:
        return entries.filter(is_reading=True).order_by("-at")
    changes = entries.filter(is_reading=False).order_by("-at")
    return changes.filter(event__in=KINDS[kind]) if kind in KINDS else changes.exclude(event__in=("denied", *UNTOLD))


def named(entries: QuerySet[Entry]) -> QuerySet[Any]:
    """With the name behind the plain id: ``user_name``."""
    return entries.annotate(user_name=Subquery(User.objects.filter(pk=OuterRef("user_id")).values("name")))


def event_shown(entry: Any, agency: Agency | None) -> dict[str, Any]:
    """An event as ``{% timeline %}`` draws it; the routine itself, and a unit that is no party, under the team's mark."""
    mark, kind = (agency.mark, agency.kind) if agency else ("KP", Agency.Kind.PROGRAMME)
    return {
        "mark": mark,
        "kind": "team" if kind == Agency.Kind.PROGRAMME else kind,
        "who": entry.user_name or "Knutpunkten",
        "text": event_words(entry),
        "at": entry.at,
    }


def around(opened: OpenCase, living: tuple[Party, ...]) -> list[dict[str, str]]:
    """Those who have a part: caseworker, the parties' representatives, supervisor. One statement.

    Which units have a part is itself about the person: until one may read the consent, only one's own (S6).
    """
    case = opened.case
    people = [(case.caseworker, f"Handläggare, {case.referring_unit.full_name}")]
    told = may_read(opened)
    units = {p.unit_id: p.unit.full_name for p in living if p.unit and (told or p.unit_id == opened.who.unit_id)}
    contacts = Contact.objects.filter(programme=case.programme_id, kind=case.kind, unit__in=list(units))
    in_order = sorted(contacts.select_related("representative"), key=lambda contact: units[contact.unit_id])
    people += [(contact.representative, f"Representant, {units[contact.unit_id]}") for contact in in_order]
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
