"""What has happened in a case, and who stands around the person."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from knutpunkten.audit.models import Entry
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Party
from knutpunkten.consents.rules import may_read
from knutpunkten.desk.words import FILTERS, KINDS, UNTOLD, event_words
from knutpunkten.organisations.models import Agency, Contact, Unit, User


def timeline(opened: OpenCase, kind: str, limit: int) -> dict[str, Any]:
    """``events`` for ``{% timeline %}`` and ``chips``; one statement. The wall leaves out what is not for one."""
    rows = chosen(Entry.objects.filter(case_id=opened.case.pk).exclude(event="denied"), kind)
    events = [
        {
            "mark": entry.mark or "KP",
            "kind": mark_kind(entry.agency_kind),
            "who": entry.user_name or "Knutpunkten",
            "text": event_words(entry),
            "at": entry.at,
        }
        for entry in named(rows)[:limit]
    ]
    chips = [(label, f"{reverse('events', args=[opened.case.pk])}?visa={key}", key == kind) for key, label in FILTERS]
    return {"events": events, "chips": chips}


def chosen(entries: QuerySet[Entry], kind: str) -> QuerySet[Entry]:
    if kind in KINDS:
        return entries.filter(event__in=KINDS[kind]).order_by("-at")
    return entries.exclude(event__in=UNTOLD).order_by("-at")


def named(entries: QuerySet[Entry]) -> QuerySet[Any]:
    """With the names behind the plain ids: ``user_name``, and the unit's ``mark`` and ``agency_kind``."""
    unit = Unit.objects.filter(pk=OuterRef("unit_id"))
    return entries.annotate(
        user_name=Subquery(User.objects.filter(pk=OuterRef("user_id")).values("name")),
        mark=Subquery(unit.values("agency__mark")),
        agency_kind=Subquery(unit.values("agency__kind")),
    )


def mark_kind(kind: str | None) -> str:
    """The colour of an agency's mark."""
    return "team" if kind in (None, Agency.Kind.PROGRAMME) else kind


def around(opened: OpenCase, living: tuple[Party, ...]) -> list[dict[str, str]]:
    """Those who have a part: caseworker, the parties' representatives, supervisor. One statement.

    Which units have a part is itself about the person: until one may read the consent, only one's own (S6).
    """
    case = opened.case
    people = [(case.caseworker, f"Handläggare, {case.referring_unit.full_name}")]
    units = [party.unit_id for party in living if may_read(opened) or party.unit_id == opened.who.unit_id]
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
