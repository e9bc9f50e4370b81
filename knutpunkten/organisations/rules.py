"""Reading the reference data: routines in force, the contact list, who runs a programme."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Subquery

from knutpunkten.organisations.models import CaseKind, Contact, Membership, Programme, Role, RoutineDocument, Unit, User
from knutpunkten.organisations.swedish_order import sort_key
from knutpunkten.questions.remembered import remembered


def has_other_administrator(user: User, on: date) -> bool:
    """Whether somebody else than *user* is administrator *on* that day, and has signed in: who is only invited may never
    come. One statement, which locks them all.

    Of two who would end each other's at once, the second waits, and finds that nobody is left.
    """
    held = Membership.objects.filter(role=Role.ADMINISTRATOR).select_related("user").order_by("pk")
    locked = held.select_for_update(no_key=True, of=("self", "user"))
    others = (one for one in locked if one.user_id != user.pk and one.user.is_active and one.user.last_login)
    return any(one.holds(on) for one in others)


@dataclass
class Shelf:
    """A programme's written routines: of each, the version in force (S15)."""

    programme: Programme
    in_force: list[RoutineDocument] = field(default_factory=list)


def shelves(today: date) -> list[Shelf]:
    """Every programme's routines in force on *today*, in the order of the model's list. One statement."""
    found: dict[UUID, Shelf] = {}
    newest: dict[tuple[UUID, str], RoutineDocument] = {}
    documents = RoutineDocument.objects.filter(on_date__lte=today).select_related("programme").order_by("version")
    for document in documents:
        newest[document.programme_id, document.which] = document
    order = list(RoutineDocument.Which.values)
    for document in sorted(newest.values(), key=lambda d: (sort_key(d.programme.name), order.index(d.which))):
        found.setdefault(document.programme_id, Shelf(document.programme)).in_force.append(document)
    return list(found.values())


def history_of(document: RoutineDocument) -> list[RoutineDocument]:
    """Every version of the same routine, newest first, also one that is not in force yet. One statement."""
    same = RoutineDocument.objects.filter(programme=document.programme_id, which=document.which)
    return list(same.order_by("-version"))


def in_force(versions: list[RoutineDocument], today: date) -> RoutineDocument | None:
    """The newest of *versions* (newest first) that has come into force."""
    return next((version for version in versions if version.on_date <= today), None)


@dataclass(frozen=True)
class Passage:
    """A part of a routine: a heading, if it has one, and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


LONGEST_HEADING = 60


def passages(text: str) -> list[Passage]:
    """The routine's text, whose parts stand apart by an empty line; a short first line is the heading."""
    parts = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        if not lines:
            continue
        has_heading = len(lines) > 1 and len(lines[0]) <= LONGEST_HEADING and lines[0][-1] not in ".!?:,"
        parts.append(Passage(lines[0], tuple(lines[1:])) if has_heading else Passage("", tuple(lines)))
    return parts


@dataclass
class Row:
    """A unit of the contact list, with those who are its representatives today."""

    unit: Unit
    representatives: list[User] = field(default_factory=list)


@dataclass
class ContactList:
    """The contact list of a programme: the coordinators, and the units by kind of case (S1, S2, L9)."""

    programme: Programme
    coordinators: list[User]
    kinds: list[tuple[str, list[Row]]]

    def without_kinds(self) -> "ContactList":
        """The same as one list, each representative of a unit once: who refers nobody asks for nobody by the kind of case."""
        merged: dict[UUID, Row] = {}
        for row in (row for _, rows in self.kinds for row in rows):
            people = merged.setdefault(row.unit.pk, Row(row.unit)).representatives
            people += [person for person in row.representatives if person not in people]
        return replace(self, kinds=[("", sorted(merged.values(), key=lambda row: sort_key(row.unit.full_name)))])


def contact_lists(today: date, own: QuerySet[Programme]) -> list[ContactList]:
    """The contact list of each of the *own* programmes on *today*, in Swedish order; a unit that has nobody now stands there too. Three statements."""
    rows: dict[tuple[UUID, str], dict[UUID, Row]] = defaultdict(dict)
    contacts = Contact.objects.annotate(stands=stands_for_unit(today)).select_related("unit__agency", "representative")
    for contact in sorted(contacts, key=lambda c: (sort_key(c.unit.full_name), sort_key(c.representative.name))):
        row = rows[contact.programme_id, contact.kind].setdefault(contact.unit_id, Row(contact.unit))
        if contact.stands:
            row.representatives.append(contact.representative)
    coordinators = coordinators_of_all(today)
    return [
        ContactList(
            programme,
            coordinators.get(programme.pk, []),
            [(kind.label, list(rows[programme.pk, kind].values())) for kind in CaseKind],
        )
        for programme in in_swedish_order(own)
    ]


def stands_for_unit(today: date) -> Exists:
    """Of a contact: whether its representative is the unit's representative on *today*, with an account that is open."""
    held = Membership.objects.at(today).filter(role=Role.REPRESENTATIVE, user__is_active=True)
    return Exists(held.filter(user=OuterRef("representative"), unit=OuterRef("unit")))


def begins_to_stand(today: date) -> Subquery:
    """Of a contact: the day after *today* when its representative becomes the unit's; None if that is not planned."""
    ahead = Membership.objects.filter(role=Role.REPRESENTATIVE, starts_on__gt=today)
    own = ahead.filter(user=OuterRef("representative"), unit=OuterRef("unit"))
    return Subquery(own.order_by("starts_on").values("starts_on")[:1])


def told_apart(users: Iterable[User]) -> list[tuple[User, str]]:
    """Each with the name to choose them by, which has their address where two of them share the name."""
    users = list(users)
    many = Counter(user.name for user in users)
    return [(user, named_apart(user, shared=many[user.name] > 1)) for user in users]


def named_apart(user: User, *, shared: bool) -> str:
    return f"{user.name}, {user.email}" if shared else user.name


def in_swedish_order(programmes: QuerySet[Programme]) -> list[Programme]:
    """The programmes by name, each with its host. One statement."""
    return sorted(programmes.select_related("host"), key=lambda programme: sort_key(programme.name))


def own_programmes(unit_id: UUID | None, association_id: UUID | None = None) -> QuerySet[Programme]:
    """Those of one's own association, by one's unit or by the role itself; none where neither says which."""
    if unit_id:
        return Programme.objects.filter(association__agency__units=unit_id)
    return Programme.objects.filter(association=association_id) if association_id else Programme.objects.none()


def coordinators_of_all(today: date) -> dict[UUID, list[User]]:
    """The coordinators of each programme on *today* (S2). One statement."""
    found: dict[UUID, list[User]] = defaultdict(list)
    memberships = Membership.objects.at(today).filter(
        role=Role.COORDINATOR, programme__isnull=False, user__is_active=True
    )
    for membership in memberships.select_related("user").order_by("user__name", "pk"):
        if membership.programme_id and membership.user not in found[membership.programme_id]:
            found[membership.programme_id].append(membership.user)
    return dict(found)


def without_representative(unit_ids: Collection[UUID], today: date) -> frozenset[UUID]:
    """Those of *unit_ids* where no representative has an account on *today* (steps.md). At most one statement."""
    if not unit_ids:
        return frozenset()
    return frozenset(unit_ids).difference(represented([*unit_ids], today))


@remembered
def represented(unit_ids: list[UUID], today: date) -> QuerySet[Membership, UUID | None]:
    """Those of *unit_ids* where a representative has an account on *today*."""
    manned = Membership.objects.at(today).filter(role=Role.REPRESENTATIVE, unit__among=unit_ids, user__is_active=True)
    return manned.values_list("unit", flat=True)


def only_one(role: str, unit: str, today: date) -> Subquery:
    """Of an outer query: the name of the only one who has its *role* in its *unit* on *today*; null for several or none."""
    held = Membership.objects.at(today).filter(role=OuterRef(role), unit=OuterRef(unit), user__is_active=True)
    by_unit = held.order_by().values("unit").annotate(many=Count("user", distinct=True), only=Min("user__name"))
    return Subquery(by_unit.filter(many=1).values("only"))


ORDINALS = {1: "första", 2: "andra", 3: "tredje", 4: "fjärde"}


@dataclass(frozen=True)
class Way:
    """A programme with its times in words, for the page that explains it."""

    programme: Programme
    coordinators: list[User]
    visits: str
    meetings: str


def ways(today: date) -> list[Way]:
    """How each programme works, from its settings. Two statements."""
    coordinators, all_of_them = coordinators_of_all(today), in_swedish_order(Programme.objects.all())
    return [Way(p, coordinators.get(p.pk, []), visits_in_words(p), meetings_in_words(p)) for p in all_of_them]


def visits_in_words(programme: Programme) -> str:
    """ "Tisdagar udda veckor klockan 13:00–14:00" (S2, L8)."""
    weeks = {"odd": " udda veckor", "even": " jämna veckor"}.get(programme.visit_weeks, "")
    times = f"{programme.visit_starts:%H:%M}–{programme.visit_ends:%H:%M}"
    return f"{programme.get_visit_weekday_display()}ar{weeks} klockan {times}"


def meetings_in_words(programme: Programme) -> str:
    """ "Tredje torsdagen i månaden klockan 09:00–11:15"."""
    day = programme.get_meeting_weekday_display().lower()
    times = f"{programme.meeting_starts:%H:%M}–{programme.meeting_ends:%H:%M}"
    return f"{ORDINALS[programme.meeting_week].capitalize()} {day}en i månaden klockan {times}"
