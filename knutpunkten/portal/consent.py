"""The person's consent as they read it themself: who may read what, why, how long, and what it means to take it back (W1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from knutpunkten.cases.models import Basis, Case, Category, Party, State
from knutpunkten.cases.provenance import Shared, let_read, shared_in
from knutpunkten.consents.models import Consent
from knutpunkten.organisations.models import Unit
from knutpunkten.routine.withdrawal import is_new_or_end, last_withdrawn
from knutpunkten.ui.enumerations import enumeration


@dataclass
class Part:
    """An agency's part in the consents: why, from when if it has not begun, what until when; and whether it has ended.

    *lasts*: what is read until which day, the nearest first.
    """

    unit: Unit
    purpose: str
    begins: date | None
    ended: date | None
    is_withdrawn: bool
    lasts: list[tuple[list[str], date]]


def consent_grounds(cases: list[Case]) -> dict[UUID, list[Party]]:
    """The rows of each case's consents, in order. One statement."""
    rows = (
        Party.objects.filter(case__in=cases, basis=Basis.CONSENT)
        .select_related("unit__agency")
        .order_by("unit__agency__name", "unit__name", "-valid_until", "pk")
    )
    by_case: dict[UUID, list[Party]] = {case.pk: [] for case in cases}
    for row in rows:
        by_case[row.case_id].append(row)
    return by_case


def signed_consents(grounds: list[Party]) -> list[Consent]:
    """The consents that *grounds* stand on, whether they hold or not, the newest first. At most one statement."""
    behind = {ground.consent_id for ground in grounds if ground.consent_id}
    if not behind:
        return []
    return list(Consent.objects.filter(pk__in=behind).order_by("-signed_on", "-saved_at"))


def parts(grounds: list[Party], consents: list[Consent], today: date) -> list[Part]:
    """Everybody the person's *consents* name, those who may read now first. No statement.

    What several consents let a unit read now, or from the same day, is one part. A part that has ended stands there only
    where the same unit has no new one, and of several the one that ended last.
    """
    purposes = {consent.pk: consent.purpose for consent in consents}
    lasting = [ground for ground in grounds if not ended(ground, today)]
    living = {ground.unit_id for ground in lasting}
    fallen = [ground for ground in grounds if ground.unit_id not in living]
    latest = {ground.unit_id: ground for ground in sorted(fallen, key=lambda ground: ended_last(ground, today))}
    in_order = [ground for ground in fallen if ground is latest[ground.unit_id]]
    together: dict[tuple[UUID | None, date | None], list[Party]] = {}
    for ground in lasting:
        together.setdefault((ground.unit_id, begins_later(ground, today)), []).append(ground)
    return [as_part(rows, purposes, today) for rows in (*together.values(), *([ground] for ground in in_order))]


def ended_last(ground: Party, today: date) -> tuple[date, bool]:
    """By when the parts of a unit ended; of one day, one taken back is later than one that ran out."""
    return ended(ground, today) or date.min, ground.withdrawn_at is not None


def begins_later(ground: Party, today: date) -> date | None:
    """The first day of what has not begun; None where it has."""
    return ground.valid_from if ground.valid_from > today else None


def as_part(grounds: list[Party], purposes: dict[UUID, str], today: date) -> Part:
    """One unit's grounds of the same time in words; the table's constraint says that each has unit, consent and last day."""
    first = grounds[0]
    assert first.unit is not None
    days = {category: last_day_of(category, grounds) for category in Category}
    reasons = dict.fromkeys(purposes.get(one.consent_id, "") for one in grounds if one.consent_id)
    return Part(
        first.unit,
        " ".join(filter(None, reasons)),
        begins_later(first, today),
        ended(first, today),
        first.withdrawn_at is not None,
        [([c.label for c in Category if days[c] == day], day) for day in sorted({*filter(None, days.values())})],
    )


def last_day_of(category: Category, grounds: list[Party]) -> date | None:
    """The last day on which *grounds* give that category; None where none of them does."""
    return max((one.valid_until for one in grounds if category in one.categories and one.valid_until), default=None)


def ended(ground: Party, today: date) -> date | None:
    """The day on which the part ended; None while it lasts."""
    if ground.withdrawn_at is not None:
        return timezone.localdate(ground.withdrawn_at)
    return ground.valid_until if ground.valid_until is not None and ground.valid_until < today else None


@dataclass(frozen=True)
class Standing:
    """Who of the consents' parts reads now, who of them goes on when that has ended, who begins only then, who reads no more."""

    living: list[Part]
    going_on: list[Part]
    to_come: list[Part]
    ended: list[Part]


def standing(parts: list[Part]) -> Standing:
    living = [part for part in parts if not part.ended and not part.begins]
    later = [part for part in parts if not part.ended and part.begins]
    reading = {part.unit.pk for part in living}
    return Standing(
        living,
        [part for part in later if part.unit.pk in reading],
        [part for part in later if part.unit.pk not in reading],
        [part for part in parts if part.ended],
    )


def who_reads(parts: list[Part]) -> str:
    """Those who read now under the consent, by name; empty where none holds."""
    return enumeration(part.unit.name for part in standing(parts).living)


@dataclass(frozen=True)
class Paper:
    """A consent that the person has signed. *begins* where it is yet to; *ended* where none of it lasts."""

    consent: Consent
    begins: date | None
    ended: date | None
    is_withdrawn: bool


def papers(grounds: list[Party], consents: list[Consent], today: date) -> list[Paper]:
    """The *consents* with what is left of each: two of one day are told apart by it. No statement."""
    return [as_paper(consent, [one for one in grounds if one.consent_id == consent.pk], today) for consent in consents]


def as_paper(consent: Consent, grounds: list[Party], today: date) -> Paper:
    lasting = [ground.valid_from for ground in grounds if not ended(ground, today)]
    begins = min(lasting, default=today)
    if lasting:
        return Paper(consent, begins if begins > today else None, None, is_withdrawn=False)
    last = max(grounds, key=lambda ground: ended_last(ground, today))
    return Paper(consent, None, ended(last, today), last.withdrawn_at is not None)


def shared_why(parts: list[Part]) -> str:
    """Why they may read, where all the consent names have the same reason; empty where it is not one, or not said."""
    reasons = {part.purpose for part in parts if not part.ended}
    return reasons.pop() if len(reasons) == 1 else ""


@dataclass(frozen=True)
class Lost:
    """No consent holds, or none for the programme's team, so that nothing goes on: whether it was taken back, for whom
    (empty: for all), what that means, and what the person may wonder over."""

    is_withdrawn: bool
    of_whom: str
    words: list[str]
    wonders: str


def lost_consent(case: Case, grounds: list[Party], parts: list[Part]) -> Lost | None:
    """What the person is told where nobody has a part any more, or the team has none, as staff read it of the case
    (``routine.withdrawal``).

    None in a case that has ended, and where there never was a consent. No statement.
    """
    fallen = [part for part in parts if part.ended]
    is_whole = len(fallen) == len(parts)
    team = next((part for part in fallen if part.unit.pk == case.programme.team_id), None)
    if not case.is_open or not fallen or not (is_whole or team):
        return None
    is_withdrawn = last_withdrawn(grounds) is not None if is_whole or not team else team.is_withdrawn
    of_whom = "" if is_whole else case.programme.name
    wonders = "Undrar du om du ska komma till passen?" if case.state == State.ACTIVE else "Undrar du över något?"
    return Lost(is_withdrawn, of_whom, [what_stands(case), who_asks(case)], wonders)


def work_rests(case: Case, parts: list[Part]) -> bool:
    """Whether the case rests, and what the person is to come to: no consent lets the team work now. No statement."""
    of_team = [part for part in parts if part.unit.pk == case.programme.team_id]
    return case.is_open and all(part.ended or part.begins for part in of_team)


def what_stands(case: Case) -> str:
    """What the person keeps, or what waits for a new consent, where the case is."""
    match case.state:
        case State.DRAFT | State.RETURNED:
            return "Remissen lämnas inte in förrän du har skrivit på ett nytt samtycke."
        case State.HANDED_OVER | State.ANNOUNCED:
            return "Ditt ärende tas inte upp på något möte förrän du har skrivit på ett nytt samtycke."
        case State.PRESENTED:
            return "Gruppens råd lämnas inte vidare förrän du har skrivit på ett nytt samtycke."
        case State.QUEUED if case.offered_at:
            return "Platsen som du har erbjudits är kvar. Du kan fortfarande tacka ja eller nej."
        case State.QUEUED:
            return "Du står kvar i kön, men får ingen plats förrän du har skrivit på ett nytt samtycke."
        case _:
            return "Din plats är kvar, men arbetet vilar tills du har skrivit på ett nytt samtycke."


def who_asks(case: Case) -> str:
    """Who talks with the person of a new one: the caseworker, whose turn it is unless nothing waits for it."""
    if is_new_or_end(case):
        return f"{case.caseworker.name} frågar dig om du vill ge ett nytt."
    return f"Vill du ge ett nytt? Säg det till {case.caseworker.name}."


def if_taken_back(case: Case, parts: list[Part]) -> list[str]:
    """What it would mean to take back one part, or all, as ``routine.withdrawal`` has it. Without the team it is as without all.

    Nothing goes on in a case that has ended, or where the team has no part: there only what is read changes.
    """
    lasting = {part.unit.pk for part in parts if not part.ended}
    if not case.is_open or case.programme.team_id not in lasting:
        return ["Den du tar tillbaka för ser genast inget mer från de andra."]
    if len(lasting) == 1:
        return [f"De andra ser genast inget mer. {what_stands(case)}"]
    goes_on = "" if work_rests(case, parts) else f" {what_goes_on(case)}"
    return [
        f"Tar du tillbaka för en av dem ser den genast inget mer från de andra.{goes_on}",
        f"Tar du tillbaka allt, eller för {case.programme.name}, ser de genast inget mer. {what_stands(case)}",
    ]


def what_goes_on(case: Case) -> str:
    """What goes on as it did when an agency alone is no party any more."""
    match case.state:
        case State.PLACED | State.ALLOCATED | State.ACTIVE:
            return f"Du får vara kvar på {case.programme.name}."
        case State.QUEUED:
            return "Du står kvar i kön."
        case _:
            return "Ditt ärende kan gå vidare ändå."


@dataclass(frozen=True)
class Given:
    """What a unit has disclosed, and whom the consent has let read it, by name."""

    what: Shared
    to: list[str]


def given(case: Case, grounds: list[Party], today: date) -> list[Given]:
    """All that has been disclosed, and to whom: those with a part in that category at any time since. One statement."""
    return [Given(one, let_read(one, grounds, today)) for one in shared_in(case.pk, grounds)]


def still_read(shared: list[Given], stands: Standing) -> bool:
    """Whether those who have a part read what somebody who has none any more had disclosed (decision 0039). No statement."""
    ended = {part.unit.pk for part in stands.ended}
    read = {category for part in stands.living for categories, _ in part.lasts for category in categories}
    return any(one.what.unit_id in ended and one.what.category in read for one in shared)
