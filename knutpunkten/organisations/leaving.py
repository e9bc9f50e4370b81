"""A membership, an account or a contact has changed: what is left behind, and the routine that asks who goes on."""

from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from knutpunkten.organisations.models import (
    Association,
    CaseKind,
    Contact,
    Membership,
    Programme,
    Role,
    RoutineDocument,
    Unit,
    User,
)
from knutpunkten.organisations.rules import coordinators_of_all, without_representative

# The job stands above, in ``desk.jobs``; it carries nobody's name.
LEAVING_JOB = "settle_leaving"


def memberships_changed() -> None:
    """Have the worker look; in the caller's transaction, so that nothing is asked of what was rolled back."""
    app.configure_task(LEAVING_JOB).defer()


def told_of_leaving(user: User) -> Iterator[str]:
    """What *user* leaves behind with the roles that are over or have a last day, a sentence for whom each waits for.

    For the administrator, who sees no case: the database itself counts them. Two statements.
    """
    with connection.cursor() as cursor:
        cursor.execute("select unit_id, waits_for, last_day, many from left_behind(%s)", [user.pk])
        rows = cursor.fetchall()
    units = Unit.objects.select_related("agency", "programme").in_bulk({row[0] for row in rows})
    for unit_id, waits_for, last_day, many in rows:
        yield sentence(user, units[unit_id], waits_for, last_day, many)


def told_of_empty(roles: Collection[tuple[str, UUID | None, UUID | None]], on: date, today: date) -> Iterator[str]:
    """Of *roles* (role, unit, programme): those that nobody has *on* that day, a sentence for each."""
    since = "nu" if on <= today else f"från {on}"
    units = {unit for role, unit, _ in roles if role == Role.REPRESENTATIVE and unit}
    for unit in Unit.objects.filter(pk__in=without_representative(units, on)).select_related("agency").order_by("name"):
        yield f"{unit.full_name} har ingen representant {since}. Ge någon uppdraget."
    coordinated = {programme for role, _, programme in roles if role == Role.COORDINATOR and programme}
    for programme in Programme.objects.filter(pk__in=coordinated - coordinators_of_all(on).keys()).order_by("name"):
        yield f"{programme.name} har ingen samordnare {since}. Ge någon uppdraget."
    if Role.REVIEWER in {role for role, _, _ in roles}:
        held = Membership.objects.at(on).filter(user__is_active=True)
        reviewers = held.filter(role=Role.REVIEWER)
        # What an administrator has done is for somebody else to review.
        apart = reviewers.exclude(user__in=held.filter(role=Role.ADMINISTRATOR).values("user"))
        for association in Association.objects.exclude(pk__in=apart.values("association")).order_by("name"):
            more = " som inte själv är administratör" if reviewers.filter(association=association).exists() else ""
            yield f"{association.name} har ingen granskare {since}{more}. Ge någon uppdraget."


def told_of_lacking(programme: Programme, today: date) -> Iterator[str]:
    """What a programme must have before anybody is referred to it, and has not, a sentence each."""
    privacy = programme.documents.filter(which=RoutineDocument.Which.PRIVACY, on_date__lte=today)
    if not privacy.exists():
        yield (
            f"{programme.name} har ingen dataskyddsinformation som gäller. Utan den kan inget samtycke registreras: "
            "lägg till den under Rutindokument."
        )
    if not programme.host.data_protection_officer:
        yield (
            f"{programme.host} har inget dataskyddsombud angivet. Tills det står under Myndigheter ber "
            f"dataskyddsinformationen personen att fråga {programme.association}."
        )
    if programme.pk not in coordinators_of_all(today):
        yield f"{programme.name} har ingen samordnare nu. Ge någon uppdraget."
    listed = set(programme.contacts.values_list("kind", flat=True))
    for kind in CaseKind:
        if kind not in listed:
            yield f"Kontaktlistan för {kind.of_many} i {programme.name} är tom. Lägg till enheterna under Kontakter."


def told_of_unlisted(going: Collection[Contact]) -> Iterator[str]:
    """Of the contacts that are *going*: the units that have no other in the same list, a sentence for each."""
    staying = Contact.objects.exclude(pk__in=[contact.pk for contact in going])
    for one in {(contact.programme_id, contact.kind, contact.unit_id): contact for contact in going}.values():
        if not staying.filter(programme=one.programme_id, kind=one.kind, unit=one.unit_id).exists():
            yield f"{one.unit} har sedan ingen kontakt för {one.of_which}."


def sentence(user: User, unit: Unit, waits_for: str, last_day: date | None, many: int) -> str:
    cases, them = ("ärende", "det") if many == 1 else ("ärenden", "dem")
    part = "handledare i" if waits_for == Role.COORDINATOR else "handläggare för"
    theirs = f"{many} {cases} som {user.name} är {part}"
    who = {
        Role.REPRESENTATIVE: f"på att representanten för {unit.full_name} lämnar över {them}",
        Role.CASEWORKER: f"på att en annan handläggare på {unit.full_name} tar över {them}",
    }.get(Role(waits_for)) or f"på att samordnaren för {unit.programme.name} utser en ny handledare"
    if last_day is None:
        return f"{theirs} väntar nu {who}."
    return f"Efter {last_day} väntar {theirs} {who}. Det går att göra redan nu."
