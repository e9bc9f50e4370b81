"""A membership, an account or a contact has changed: what is left behind, and the routine that asks who goes on."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.html import format_html
from procrastinate.contrib.django import app

from knutpunkten.organisations.hosts import host_on
from knutpunkten.organisations.models import (
    NEAR_CASES,
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
from knutpunkten.organisations.rules import coordinators_of_all, stands_for_unit, without_representative
from knutpunkten.organisations.swedish_order import sort_key

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


def told_of_empty(roles: Collection[Membership], today: date) -> Iterable[str]:
    """Where nobody has one of *roles*, today or after a last day of theirs: a sentence for each place, of the first such day."""
    last_days = (role.ends_on for role in roles if role.ends_on and role.ends_on >= today)
    told: dict[UUID, str] = {}
    for day in sorted({today, *(last + timedelta(days=1) for last in last_days)}):
        for place, said in empty_on(day, roles, today):
            told.setdefault(place, said)
    return told.values()


def empty_on(day: date, roles: Collection[Membership], today: date) -> Iterator[tuple[UUID, str]]:
    """Of the units, programmes and associations of *roles*: those where nobody has the role that *day*, each with a sentence."""
    since = "nu" if day <= today else f"från {day}"
    units = {one.unit_id for one in roles if one.role == Role.REPRESENTATIVE and one.unit_id}
    unmanned = Unit.objects.filter(pk__in=without_representative(units, day)).select_related("agency")
    for unit in unmanned.order_by("name"):
        yield unit.pk, f"{unit.full_name} har ingen representant {since}. Ge någon uppdraget."
    coordinated = {one.programme_id for one in roles if one.role == Role.COORDINATOR and one.programme_id}
    for programme in Programme.objects.filter(pk__in=coordinated - coordinators_of_all(day).keys()).order_by("name"):
        yield programme.pk, f"{programme.name} har ingen samordnare {since}. Ge någon uppdraget."
    if reviewed := {one.association_id for one in roles if one.role == Role.REVIEWER and one.association_id}:
        yield from unreviewed_on(day, reviewed, since)


def unreviewed_on(day: date, reviewed: Collection[UUID], since: str) -> Iterator[tuple[UUID, str]]:
    """Those of the associations *reviewed* whose log nobody reviews that *day* but, at most, those whose own deeds it tells of."""
    held = Membership.objects.at(day).filter(user__is_active=True)
    reviewers = held.filter(role=Role.REVIEWER)
    apart = reviewers.exclude(user__in=held.filter(role__in=(Role.ADMINISTRATOR, *NEAR_CASES)).values("user"))
    lacking = Association.objects.filter(pk__in=reviewed).exclude(pk__in=apart.values("association"))
    for association in lacking.order_by("name"):
        is_reviewed = reviewers.filter(association=association).exists()
        more = " som varken är administratör eller arbetar med ärenden" if is_reviewed else ""
        yield association.pk, f"{association.name} har ingen granskare {since}{more}. Ge någon uppdraget."


def told_of_lacking(programme: Programme, today: date) -> Iterator[str]:
    """What a programme must have before anybody is referred to it, and has not, a sentence each."""
    privacy = programme.documents.filter(which=RoutineDocument.Which.PRIVACY, on_date__lte=today)
    if not privacy.exists():
        yield (
            f"{programme.name} har ingen dataskyddsinformation som gäller. Utan den kan inget samtycke registreras: "
            "lägg till den under Rutindokument."
        )
    yield from told_of_old_notice(programme, today)
    if not programme.host.data_protection_officer:
        yield (
            f"{programme.host} har inget dataskyddsombud angivet. Tills det står under Myndigheter ber "
            f"dataskyddsinformationen personen att fråga {programme.association}."
        )
    if programme.pk not in coordinators_of_all(today):
        yield f"{programme.name} har ingen samordnare nu. Ge någon uppdraget."
    yield from told_of_contacts(programme, today)


def told_of_contacts(programme: Programme, today: date) -> Iterator[str]:
    """The lists of contacts that are empty, and the units that have nobody who stands for them in one, or in any. One statement."""
    contacts = programme.contacts.annotate(stands=stands_for_unit(today)).select_related("unit__agency")
    begun = {contact.kind for contact in contacts}
    for kind in CaseKind:
        if kind not in begun:
            yield f"Kontaktlistan för {kind.of_many} i {programme.name} är tom. Lägg till enheterna under Kontakter."
    manned = {(contact.kind, contact.unit) for contact in contacts if contact.stands}
    for unit in sorted({contact.unit for contact in contacts}, key=lambda unit: sort_key(unit.full_name)):
        without = [kind for kind in CaseKind if kind in begun and (kind, unit) not in manned]
        if not without:
            continue
        which = programme.name if len(without) == len(begun) else f"{without[0].of_many} i {programme.name}"
        yield (
            f"{unit} har ingen representant i kontaktlistan för {which} nu. Ge någon uppdraget om ingen har "
            "det, och lägg till den under Kontakter."
        )


def told_of_old_notice(programme: Programme, today: date) -> Iterator[str]:
    """That the privacy notice in force came while the host was another, or was called otherwise. At most one sentence."""
    notices = programme.documents.filter(which=RoutineDocument.Which.PRIVACY, on_date__lte=today)
    notice = notices.order_by("version").last()
    was = host_on(programme, notice.on_date).name if notice else programme.host.name
    if notice and was != programme.host.name:
        yield (
            f"Dataskyddsinformationen för {programme.name} är från {notice.on_date}, då {was} var huvudman. "
            f"Läs igenom den, och lägg till en ny version för {programme.host} under Rutindokument."
        )


def told_of_unlisted(going: Collection[Contact]) -> Iterator[str]:
    """Of the contacts that are *going*: the units that have no other in the same list, a sentence for each."""
    staying = Contact.objects.exclude(pk__in=[contact.pk for contact in going])
    for one in {(contact.programme_id, contact.kind, contact.unit_id): contact for contact in going}.values():
        if not staying.filter(programme=one.programme_id, kind=one.kind, unit=one.unit_id).exists():
            yield f"{one.unit} har sedan ingen kontakt för {one.of_which}."


def told_of_listing(user: User, today: date) -> Iterator[str]:
    """What is left to do, with where, so that the contact lists say who *user*'s units have as representative. Two statements.

    Of whom leaves: each step of having another instead. Of whom has come: to be listed.
    """
    held = user.memberships.from_now_on(today).filter(role=Role.REPRESENTATIVE).select_related("unit__agency")
    lasts = {role.unit: role.ends_on for role in held if role.unit} if user.is_active else {}
    contacts = Contact.objects.filter(representative=user).select_related("unit__agency")
    listed = {contact.unit for contact in contacts}
    for unit in sorted(listed, key=lambda unit: sort_key(unit.full_name)):
        if unit not in lasts or lasts[unit]:
            yield replacing(user, unit, lasts.get(unit))
    for unit in sorted(lasts.keys() - listed, key=lambda unit: sort_key(unit.full_name)):
        if not lasts[unit]:
            add = f"{reverse('admin:organisations_contact_add')}?{urlencode({'unit': unit.pk, 'representative': user.pk})}"
            said = '{} står inte i kontaktlistan som representant för {}. <a href="{}">Lägg till en kontakt</a>.'
            yield format_html(said, user, unit, add)


def replacing(user: User, unit: Unit, last_day: date | None) -> str:
    """The steps of replacing *user* as the representative of *unit*, in their order, with a link to each."""
    add = f"{reverse('admin:organisations_contact_add')}?{urlencode({'unit': unit.pk})}"
    listed = f"{reverse('admin:organisations_contact_changelist')}?{urlencode({'unit__id__exact': unit.pk})}"
    leaves = (
        f"är representant för {unit} till och med {last_day}" if last_day else f"är inte representant för {unit} nu"
    )
    return format_html(
        "{} {}, och står i kontaktlistan. Så byter du: ge den som tar över uppdraget under "
        '<a href="{}">Konton</a>, <a href="{}">lägg till en kontakt</a> för varje slag av ärende, och '
        '<a href="{}">ta bort kontakten</a> som inte gäller längre.',
        *(user, leaves, reverse("admin:organisations_user_changelist"), add, listed),
    )


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
