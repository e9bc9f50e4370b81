"""What has happened in a case, and who stands around the person."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery, UUIDField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from knutpunkten.audit.models import Entry
from knutpunkten.audit.told import told_once
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Case, Party
from knutpunkten.consents.rules import may_read
from knutpunkten.desk.words import FILTERS, KINDS, OF_PROTECTION, OF_SUB_GOALS, READ, TAKERS, UNTOLD, doer, event_words
from knutpunkten.meetings.shown import knows_others, units_known_to_all
from knutpunkten.organisations.models import Agency, Contact, Role, User
from knutpunkten.organisations.rules import stands_for_unit
from knutpunkten.plans.models import SubGoal
from knutpunkten.plans.rules import may_read_plan
from knutpunkten.protection.rules import living_readers
from knutpunkten.questions.remembered import remembered
from knutpunkten.ui.paging import BACK, REST_OF_HOUR, hour_of

TAKEN_OVER = "change_supervisor"


def reading(entry: Any) -> tuple[Any, ...] | None:
    """Whose reading an entry is and of what, by which readings are told once; None for what is no reading."""
    if not entry.is_reading:
        return None
    return (entry.user_id, entry.hat_id, entry.event, entry.detail.get("what"), entry.category, entry.object_id)


def timeline(opened: OpenCase, kind: str, limit: int) -> dict[str, Any]:
    """``events`` for ``{% timeline %}``, ``chips``, and what is known from beside them; one statement.

    *is_full*: as many as *limit* have been found, so that there may be more.
    *last_read*: the latest reading of the case by somebody else, as far as one may know of it (W4).
    *supervisor_since*: when the present supervisor took over from another, if they did. The wall leaves out what is not for one.
    """
    case = opened.case
    tells_all = case.is_protected or opened.who.unit_id == case.referring_unit_id
    shown = kind if kind in (READ, *KINDS) else ""
    asked = (case.pk, opened.who.user_id, units_known_to_all(opened.case, opened.who))
    of_parties = knows_others(case, opened.parties, opened.who)
    of_plan = may_read_plan(opened)
    rows = list(told(*asked, kind=shown, of_protection=tells_all, of_parties=of_parties, of_plan=of_plan, limit=limit))
    agencies = {party.unit_id: party.unit.agency for party in opened.parties if party.unit}
    entries = [entry for entry in rows if not entry.beside]
    told_of = told_once(whole_hours(entries, limit), reading)
    events = [
        event_shown(one.entry, agencies.get(one.entry.unit_id), one.times_words) | {"at": one.last_at}
        for one in told_of
    ]
    chips = [(label, f"{reverse('events', args=[opened.case.pk])}?visa={key}", key == kind) for key, label in FILTERS]
    beside = {entry.beside: entry for entry in rows if entry.beside}
    read, taken_over = beside.get(READ), beside.get(TAKEN_OVER)
    return {
        "events": events,
        "is_full": len(entries) >= limit,
        "chips": chips,
        "last_read": event_shown(read, None) if read else None,
        "supervisor_since": taken_over.at if taken_over else None,
    }


def whole_hours(entries: list[Any], limit: int) -> list[Any]:
    """So many *entries*, and what follows of the last one's hour: readings that are told as one are counted whole."""
    shown = entries[:limit]
    return shown + [entry for entry in entries[limit:] if hour_of(entry.at) == hour_of(shown[-1].at)]


@remembered
def told(
    case_id: UUID,
    reader_id: UUID,
    units: list[UUID],
    *,
    kind: str,
    of_protection: bool,
    of_parties: bool,
    of_plan: bool,
    limit: int,
) -> QuerySet[Any]:
    """What is told of the case, the latest first; *of_protection*: also of the identity's being protected, or not.

    *of_parties*: also of what other units than *units* do; which they are is itself about the person (S6).
    *of_plan*: with what a sub-goal is, which is for those who read the plan (W1).

    Of readings so many more than *limit* that the hour of the last is there whole (``whole_hours``).
    The latest reading by another than *reader_id*, and the latest change of supervisor, stand ``beside`` it.
    """
    entries = Entry.objects.of_case(case_id)
    entries = entries if of_protection else entries.exclude(event__in=OF_PROTECTION)
    entries = entries if of_parties else entries.filter(Q(unit_id__isnull=True) | Q(unit_id__among=units))
    further = REST_OF_HOUR if kind == READ else 0
    rows = named(chosen(entries, kind), of_plan=of_plan).annotate(beside=Value(""))[: limit + further]
    by_others = entries.filter(user_id__isnull=False).exclude(user_id=reader_id)
    read = named(chosen(by_others, READ), of_plan=False).annotate(beside=Value(READ))[:1]
    changes = Entry.objects.of_case(case_id).filter(event=TAKEN_OVER).order_by("-at")
    taken_over = named(changes, of_plan=False).annotate(beside=Value(TAKEN_OVER))[:1]
    return rows.union(read, taken_over, all=True).order_by("beside", *BACK)


def chosen(entries: QuerySet[Entry], kind: str) -> QuerySet[Entry]:
    if kind == READ:
        return entries.filter(is_reading=True).order_by(*BACK)
    changes = entries.filter(is_reading=False).order_by(*BACK)
    return changes.filter(event__in=KINDS[kind]) if kind in KINDS else changes.exclude(event__in=("denied", *UNTOLD))


def named(entries: QuerySet[Entry], *, of_plan: bool) -> QuerySet[Any]:
    """With the names behind the plain ids: ``user_name``, and ``taker_name`` of whom the case went on to.

    *of_plan*: with ``sub_goal`` too, what it is; otherwise that is null.
    """
    keys = [When(event=event, then=Cast(KT(f"detail__{key}"), UUIDField())) for event, (key, _) in TAKERS.items()]
    what = Subquery(SubGoal.objects.filter(pk=OuterRef("object_id")).values("what"))
    return entries.annotate(
        taker_id=models.Case(*keys, default=None),
        user_name=Subquery(User.objects.filter(pk=OuterRef("user_id")).values("name")),
        taker_name=Subquery(User.objects.filter(pk=OuterRef("taker_id")).values("name")),
        sub_goal=models.Case(When(event__in=OF_SUB_GOALS if of_plan else (), then=what), default=None),
    )


def event_shown(entry: Any, agency: Agency | None, times: str = "") -> dict[str, Any]:
    """An event as ``{% timeline %}`` draws it; the routine itself, and a unit that is no party, under the team's mark.

    The person, who is of no agency, has a mark without letters.
    """
    mark, kind = (agency.mark, str(agency.kind)) if agency else ("KP", str(Agency.Kind.PROGRAMME))
    if entry.role == Role.PARTICIPANT:
        mark, kind = "", ""
    return {
        "mark": mark,
        "kind": kind,
        "who": doer(entry, entry.user_name),
        "text": event_words(entry, entry.taker_name, entry.sub_goal) + times,
        "at": entry.at,
    }


def around(opened: OpenCase, living: tuple[Party, ...]) -> list[dict[str, str]]:
    """Those who have a part: caseworker, the parties' representatives, supervisor. One statement.

    Which units have a part is itself about the person: until one may read the consent, only one's own (S6).
    """
    case = opened.case
    people = [(case.caseworker, f"Handläggare, {case.referring_unit.full_name}")]
    told = may_read(opened)
    units = {p.unit.pk: p.unit.full_name for p in living if p.unit and (told or p.unit_id == opened.who.unit_id)}
    contacts: Iterable[Contact] = ()
    if units:
        listed = reading_contacts if case.is_protected else contacts_of_case
        contacts = listed(case, list(units))
    in_order = sorted(contacts, key=lambda contact: units[contact.unit_id])
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


def contacts_of_case(case: Case, units: list[UUID]) -> Iterable[Contact]:
    return contacts_of(case.programme_id, units, timezone.localdate(), kind=case.kind)


def reading_contacts(case: Case, units: list[UUID]) -> QuerySet[Contact]:
    """Of a protected person's case, those on the contact list who are named to read it: the others are told of no case (W5)."""
    readers = living_readers(case.pk, timezone.localdate()).values("user")
    contacts = Contact.objects.filter(programme=case.programme_id, kind=case.kind, unit__in=units)
    return contacts.filter(representative__in=readers).select_related("representative")


@remembered
def contacts_of(programme_id: UUID, units: list[UUID], today: date, *, kind: str) -> QuerySet[Contact]:
    """Those on the contact list for these units and that kind of case, whose role as their representative holds."""
    contacts = Contact.objects.filter(programme=programme_id, kind=kind, unit__among=units)
    return contacts.filter(stands_for_unit(today)).select_related("representative")
