"""The cards of "Kliv in som …": one for each role, with what truly waits for its person right now."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from knutpunkten.access.who import Hat, Who, acting_as
from knutpunkten.cases.models import Case, State
from knutpunkten.desk.programme_tasks import taken_up_words
from knutpunkten.desk.start import lists_of
from knutpunkten.desk.start_aside import aside
from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.organisations.models import CaseKind, Membership, Role, User
from knutpunkten.ui.dates import weekday_iso

# Whose card, and what they do there: two rows of three. Who keeps the settings or goes through the log stands below.
SHOWN = (
    ("karin", "Ser hela flödet: remisser, ärendemöte, kö och platser."),
    ("elin", "Följer deltagarna: kartläggning, plan, närvaro och uppföljning."),
    ("johan", "Skriver remissen tillsammans med personen och har ansvaret hela vägen."),
    ("ulrika", "Tar emot remisser från sin enhet och samlar uppgifter till mötet."),
    ("amira", "Ser sin plan, sina möten och vem som har läst om henne. I mobilen."),
    ("bengt", "Ser hur det går i stort. Aldrig en person, aldrig ett ärende."),
)
KINDS = {"kommun": "kommun", "af": "af", "fk": "fk", "region": "region", "knutpunkt": "team"}


@dataclass(frozen=True)
class Card:
    """One who can be stepped into. *waits*: how many things; *words*: what, or that nothing does."""

    user: User
    role: str
    text: str
    waits: int
    words: str
    mark: str
    kind: str
    where: str


@dataclass(frozen=True)
class Other:
    """Somebody of the cast without a card."""

    user: User
    role: str
    where: str


def mail_name(user: User) -> str:
    """The short name of the cast: what stands before the @."""
    return user.email.partition("@")[0]


def cards(at: datetime) -> tuple[list[Card], list[Other]]:
    """The cards in order, and everybody else. Leaves the transaction with nobody asking."""
    users = {mail_name(user): user for user in User.objects.filter(is_active=True).order_by("name")}
    hats = hats_of(users.values(), timezone.localdate(at))
    shown = [card(users[key], text, at) for key, text in SHOWN if key in users]
    keys = {key for key, _ in SHOWN}
    others = [
        Other(user, role_of(user, hats.get(user.pk)), where_of(hats.get(user.pk)))
        for key, user in users.items()
        if key not in keys
    ]
    return shown, others


def hats_of(users: object, today: date) -> dict[UUID, Membership]:
    found = Membership.objects.at(today).select_related("unit__agency", "programme", "association")
    return {hat.user_id: hat for hat in found}


def role_of(user: User, hat: Membership | None) -> str:
    """What somebody is, also who takes part, or has no role today."""
    if hat:
        return Role(hat.role).label
    with acting_as(user, at=None) as who:
        return str(who.hat.role.label) if who.hat else "Har ingen roll just nu"


def where_of(hat: Membership | None) -> str:
    """Where somebody works, as short as it can be said."""
    if hat is None:
        return ""
    if hat.programme:
        return hat.programme.name
    return hat.unit.full_name if hat.unit else (hat.association.name if hat.association else "")


def card(user: User, text: str, at: datetime) -> Card:
    """The card of one person, asked as they themselves would ask."""
    with acting_as(user, at=None) as who:
        hat = who.hat
        asks = WAITS.get(hat.role, waits_for_staff) if hat else waits_for_staff
        waits, words = asks(who, at)
        return Card(
            user=user,
            role=str(hat.role.label) if hat else "",
            text=text,
            waits=waits,
            words=words,
            mark=hat.mark if hat and hat.unit_id else "",
            kind="person" if who.role == Role.PARTICIPANT else KINDS.get(hat.kind, "") if hat else "",
            where=place_of(hat) if hat else "",
        )


def place_of(hat: Hat) -> str:
    """Where the hat is worn: the programme, the unit, or the association."""
    return hat.programme or (hat.where if hat.unit_id else hat.agency)


def waits_for_staff(who: Who, at: datetime) -> tuple[int, str]:
    """How many tasks wait, and the foremost of them: the same as on the person's start page, without anybody's name."""
    today = timezone.localdate(at)
    tasks = lists_of(who, at, aside(who, at)).tasks
    late = [task for task in tasks if task["due"] and task["due"] < today]
    if len(late) > 1:
        return len(tasks), f"{len(late)} är försenade"
    if tasks:
        return len(tasks), f"{'Försenat' if late else 'Först'}: {lower(tasks[0]['title'].partition(':')[0])}"
    return 0, "Inget väntar just nu"


def lower(words: str) -> str:
    """The words within a sentence."""
    return words[:1].lower() + words[1:]


def waits_for_participant(who: Who, at: datetime) -> tuple[int, str]:
    today = timezone.localdate(at)
    case = Case.objects.filter(person=who.person_id, state=State.ACTIVE).first()
    if case and case.follow_up_on and case.follow_up_on >= today:
        return 1, f"Ett möte, {weekday_iso(case.follow_up_on)}"
    return 0, "Inget möte är bokat"


def waits_for_association(who: Who, at: datetime) -> tuple[int, str]:
    return 0, "Siffrorna räknas om den första varje månad"


WAITS = {
    Role.PARTICIPANT: waits_for_participant,
    Role.ASSOCIATION: waits_for_association,
}


def next_meeting(programme_id: UUID | None, at: datetime) -> Meeting | None:
    return Meeting.objects.filter(programme=programme_id).ahead(at).first()


def agenda_words(meeting: Meeting) -> str:
    """What the meeting will take up: "sex ärenden och två konsultationer"."""
    items = AgendaItem.objects.filter(meeting=meeting, outcome="").exclude(purpose=AgendaItem.Purpose.ANNOUNCE)
    kinds = list(items.values_list("kind", flat=True))
    consultations = kinds.count(CaseKind.CONSULTATION)
    cases = len(kinds) - consultations
    return taken_up_words(cases, consultations)
