"""Cases put straight into a state, for the tests of one stage. Run behind the wall."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from knutpunkten.cases.models import Basis, Case, Category, Level, Party
from knutpunkten.consents.models import Consent
from knutpunkten.organisations.swedish_order import sort_key
from knutpunkten.people.models import Person
from knutpunkten.protection.models import NamedReader

NUMBERS = [
    line.strip()
    for line in (Path(__file__).parent / "people" / "test-personnummer.txt").read_text().splitlines()
    if line.strip().isdigit()
]
# Those from the two hundredth on are for tests that choose a number themselves: nobody who is made by the way has one.
DRAWN = NUMBERS[:200] + NUMBERS[301:]
ALL = [category.value for category in Category]
USUAL = {
    "Försörjningsstöd": ALL,
    "Knutpunktsteamet": ALL,
    "Arbetsförmedlingen": ["grund", "arbetsmarknad", "arbete", "planering"],
    "Öppenpsykiatrin": ["grund", "halsa", "planering"],
}
CALLED: dict[UUID, tuple[str, str]] = {}
_numbers = count()


def make_person(first: str = "Leif", last: str = "Sandqvist", number: str | None = None, **fields: Any) -> Person:
    """A person with a test number, straight into the table; what ``make_case`` calls them goes along."""
    number = number or DRAWN[next(_numbers) % len(DRAWN)]
    person, _ = Person.objects.get_or_create(
        number=number,
        defaults={
            "kind": Person.Kind.PERSONNUMMER,
            **fields,
        },
    )
    CALLED[person.pk] = first, last
    return person


def level_in(state: str, kind: str) -> Level:
    if state in ("draft", "handed_over", "returned"):
        return Level.NOTHING
    return Level.TEXT


def make_case(
    cast: Any,
    state: str = "draft",
    *,
    kind: str = "collaboration",
    programme: Any = None,
    parties: dict[str, list[str]] | None = None,
    person: Person | None = None,
    caseworker: Any = None,
    supervisor: Any = None,
    at: datetime | None = None,
    valid_until: date | None = None,
    level: Level | None = None,
    readers: Iterable[Any] = (),
    **milestones: Any,
) -> Case:
    """A case in *state* with a signed consent naming *parties* (unit name → categories; ``{}``: no consent).

    *readers*: the accounts named to read it beside those responsible, where the person is protected.

    The usual parties are the referring unit, the team, Arbetsförmedlingen and Öppenpsykiatrin.
    """
    at = at or timezone.now() - timedelta(days=30)
    programme = programme or cast.knutpunkten
    caseworker = caseworker or cast.johan
    unit = caseworker.memberships.select_related("unit").first().unit
    person = person or make_person()
    first, last = CALLED.get(person.pk, ("Leif", "Sandqvist"))
    if parties is None:
        parties = {**USUAL, **({"LIS-teamet": ALL} if programme == cast.lis else {})}
    case = Case.objects.create(
        number=f"{'K' if kind == 'consultation' else 'S'}-T-{uuid4().hex[:6]}",
        kind=kind,
        programme=programme,
        person=person,
        first_name=first,
        last_name=last,
        sort_key=sort_key(f"{last} {first}"),
        referring_unit=unit,
        caseworker=caseworker,
        created_at=at,
        protection=person.protection,
        is_protected=person.protection != Person.Protection.NONE,
        state_since=at,
    )
    if parties:
        sign_for(case, parties, cast, level_in(state, kind) if level is None else level, valid_until)
    passed = milestones_before(state, at)
    case.supervisor = supervisor or (cast.elin if "allocated_at" in passed else None)
    case.state = state
    for name, value in {**passed, **milestones}.items():
        setattr(case, name, value)
    settle(case, at)
    for user in readers:
        let_read(case, user)
    return case


# How far along the road a state lies; what is not here has come nowhere.
REACHED = {"announced": 1, "queued": 2, "placed": 2, "returned": 2, "allocated": 3, "active": 4, "closed": 5}


def milestones_before(state: str, at: datetime) -> dict[str, Any]:
    """What a case in *state* has behind it, all of it done at the same moment."""
    reached, passed = REACHED.get(state, 0), []
    if state not in ("draft", "cancelled"):
        passed.append("handed_over_at")
    if reached >= 1:
        passed.append("announced_at")
    if reached >= 2:
        passed.append("decided_at")
    if reached >= 3:
        passed += ["notice_given_at", "notice_confirmed_at", "allocated_at"]
    if reached >= 4:
        passed += ["started_on", "service_decision_on", "first_meeting_held_on", "contract_on", "privacy_on"]
    found: dict[str, Any] = {name: at if name.endswith("_at") else timezone.localdate(at) for name in passed}
    if reached >= 2:
        found["decision"] = {"queued": "queue", "returned": "return"}.get(state, "place")
    return found


def let_read(case: Case, user: Any, until: date | None = None) -> NamedReader:
    """*user* is named to read a protected person's case, for the unit they stand in."""
    today = timezone.localdate()
    return NamedReader.objects.create(
        case=case,
        unit=user.memberships.select_related("unit").first().unit,
        user=user,
        given_by=case.caseworker,
        given_at=timezone.now(),
        reason="Tar emot ärendet",
        valid_from=min(today, until or today),
        valid_until=until or today + timedelta(days=90),
    )


def sign_for(case: Case, parties: dict[str, list[str]], cast: Any, level: Level, valid_until: date | None) -> Consent:
    """A consent signed on the case's first day, and the grounds it gives."""
    day = timezone.localdate(case.created_at)
    until = valid_until or day + timedelta(days=360)
    consent = Consent.objects.create(
        case=case,
        author_unit=case.referring_unit,
        purpose="För att samordna stödet.",
        valid_from=day,
        valid_until=until,
        notice_version=1,
        signed_on=day,
        witness="Johan Wik",
        saved_at=case.created_at,
        saved_by=case.caseworker,
    )
    Party.objects.bulk_create(
        Party(
            case=case,
            person=case.person,
            unit=cast.unit(name),
            basis=Basis.CONSENT,
            consent_id=consent.pk,
            categories=categories,
            level=level,
            valid_from=day,
            valid_until=until,
            case_created_at=case.created_at,
        )
        for name, categories in parties.items()
    )
    return consent


def settle(case: Case, at: datetime) -> None:
    """Save the state past the trigger, and the turns as the engine would."""
    from knutpunkten.routine import engine

    engine.settle(case, at, engine.mark(case.pk))
