"""A protected person's case: how to handle it, whom it is about, and who else reads it (W5)."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Basis
from knutpunkten.cases.panel import Panel
from knutpunkten.cases.rules import can_be_withdrawn
from knutpunkten.organisations.models import Membership
from knutpunkten.people.models import Person
from knutpunkten.protection.rules import living_readers, may_end_protection

MEANS = {
    Person.Protection.MARKED: "Sekretessmarkering: tänk efter före varje utlämnande.",
    Person.Protection.HIDDEN: "Skyddad folkbokföring: post går genom Skatteverket.",
}


def panel(opened: OpenCase, today: date) -> Panel | None:
    """None for everybody else's case; one statement."""
    if not opened.case.is_protected:
        return None
    readers = living_readers(opened.case.pk, today).select_related("user", "unit__agency", "given_by")
    stands = Membership.objects.at(today).filter(user=OuterRef("user"), unit=OuterRef("unit"), user__is_active=True)
    readers = readers.annotate(is_there=Exists(stands))
    context = {
        "readers": list(readers.order_by("unit__agency__name", "unit__name", "user__name")),
        "gone": no_parties_now(opened, today),
        "means": MEANS[Person.Protection(opened.case.protection)],
        "may_name": opened.who.may(Permission.NAME_READERS),
        "may_end": may_end_protection(opened.case, opened.who),
    }
    return Panel("skydd", "protection/panel.html", context)


def no_parties_now(opened: OpenCase, today: date) -> set[UUID | None]:
    """The units whose part has ended: who reads there sees what the unit itself wrote, and nothing else.

    Not the one that refers, which answers for the case without a part too.
    """
    named = {party.unit_id for party in opened.parties if party.basis == Basis.CONSENT}
    lasting = {party.unit_id for party in opened.parties if can_be_withdrawn(party, today)}
    return named - lasting - {opened.case.referring_unit_id}
