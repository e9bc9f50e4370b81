"""What a withdrawal means for the routine: who has to do what, and by when. Pure questions."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from knutpunkten.access.who import Who
from knutpunkten.cases.models import CLOSED_STATES, Answer, Basis, Case, Level, Party, State
from knutpunkten.cases.rules import holds
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Unit

HAS_PLACE = (State.PLACED, State.ALLOCATED, State.ACTIVE)


def is_new_or_end(case: Case) -> bool:
    """Whether nothing goes on without a consent: the caseworker has the turn (``waits.to_renew_consent``).

    A draft waits for its caseworker anyhow, and so does a returned case whose besked has come through.
    """
    has_come_back = case.state == State.RETURNED and case.notice_confirmed_at is not None
    return case.state not in (State.DRAFT, *CLOSED_STATES) and not has_come_back


def is_besked_owed(case: Case) -> bool:
    """Whether the group has decided, and the caseworker has not been told (S7)."""
    return bool(case.decision) and case.notice_given_at is None


def begins_on(case: Any) -> date | None:
    """The first day of the signed consent that a case, or its status, waits for and for nobody else; None where it does not."""
    due_on: date | None = case.due_on
    return due_on if case.next_step == "sign_consent" and not case.turn_role else None


def begins_words(case: Any) -> str:
    """The same as the next step; else empty."""
    day = begins_on(case)
    return f"Samtycket börjar gälla {day}" if day else ""


def last_day(case: Any) -> date | None:
    """By when somebody is waited for, of a case or its status; what begins by itself is late to nobody."""
    due_on: date | None = case.due_on
    return due_on if case.turn_role else None


def asking(case: Case, reader: Who) -> str:
    """Who asks the person for a new consent, as *reader* is told it."""
    return "Du frågar" if reader.user_id == case.caseworker_id else "Handläggaren frågar"


def meaning(case: Case, reader: Who, today: date, begins_on: date | None = None) -> list[str]:
    """Sentences for the screen of *reader*: the whole consent is taken back. *begins_on*: a new one is signed, and begins then.

    No names of people: the caseworker is who the routine waits for, by the day it waits until.
    """
    if begins_on is None:
        return [*in_its_state(case), *whose_turn(case, reader, today)]
    asks = f"{asking(case, reader)} om ett nytt samtycke bara om något ska göras före den dagen."
    return [*in_its_state(case, "det nya samtycket gäller"), *([asks] if is_new_or_end(case) else [])]


def meaning_of_part(
    case: Case, unit: Unit, reader: Who, parties: list[Party], today: date, sub_goals: int = 0
) -> list[str]:
    """Sentences for the screen of *reader*: the part of *unit* alone is taken back; what it sees no more, what changes,
    and who acts.

    *parties*: the case's grounds. *sub_goals*: how many of the plan's the unit is responsible for, as far as the reader
    knows.
    """
    if case.state in CLOSED_STATES:
        return [what_it_keeps(unit), has_ended(case)]
    if unit.pk == case.programme.team_id:
        is_own = reader.unit_id == unit.pk
        keeps = "Ni ser inget mer av det som andra skriver eller har skrivit." if is_own else what_it_keeps(unit)
        shared = already_shared(unit, parties, today) if case.state in HAS_PLACE else []
        return [keeps, *shared, *without_team(case, reader, is_own=is_own)]
    if unit.pk == case.referring_unit_id:
        return [what_it_keeps(unit), *without_referring(case, reader)]
    has_disclosed = any(p.unit_id == unit.pk and p.answer == Answer.DISCLOSED for p in parties)
    shared = already_shared(unit, parties, today) if has_disclosed else []
    # Without the team nothing goes on for anybody to do without this agency.
    goes_on = without_agency(case, unit, sub_goals) if has_part(case.programme.team_id, parties, today) else []
    return [what_it_keeps(unit), *shared, *goes_on]


def has_part(unit_id: UUID, parties: Iterable[Party], today: date) -> bool:
    return any(p.unit_id == unit_id and p.basis == Basis.CONSENT and holds(p, today) for p in parties)


def has_ended(case: Case) -> str:
    how = "avbrutet" if case.state == State.CANCELLED else "avslutat"
    return f"Ärendet är redan {how}. Ingen behöver göra något mer."


def what_it_keeps(unit: Unit) -> str:
    return f"{unit.full_name} ser inget mer av det som andra skriver eller har skrivit, men behåller sitt eget."


def already_shared(unit: Unit, parties: list[Party], today: date) -> list[str]:
    """What *unit* has disclosed stays with those who still are parties: the withdrawal ends its sight, not theirs.

    Not said where a newer consent gives them less than they had: of what kind it was is not everybody's to know.
    """
    others = [p for p in parties if p.basis == Basis.CONSENT and p.unit_id != unit.pk and p.valid_from <= today]
    before = kinds_read(others)
    now = kinds_read(p for p in others if holds(p, today) and p.level == Level.TEXT)
    is_each_reading_as_before = all(before[reader] == kinds for reader, kinds in now.items())
    is_each_kind_read = set().union(*before.values()) == set().union(*now.values())
    if now and is_each_reading_as_before and is_each_kind_read:
        return [f"Det {unit.name} redan har lämnat ut läser de andra parterna som förut."]
    return []


def kinds_read(parties: Iterable[Party]) -> dict[UUID | None, set[str]]:
    """The categories that each of the *parties* reads, by its unit."""
    kinds: dict[UUID | None, set[str]] = {}
    for party in parties:
        kinds.setdefault(party.unit_id, set()).update(party.categories)
    return kinds


def without_team(case: Case, reader: Who, *, is_own: bool) -> list[str]:
    """The programme's team sees the case no more: nothing goes on until it is a party again.

    *is_own*: the reader is of the team, and has work of its own that rests.
    """
    if case.state in (State.DRAFT, State.RETURNED):
        return [f"Remissen kan inte lämnas in utan teamet. {asking(case, reader)} om ett nytt samtycke."]
    stands = f"Utan teamet på {case.programme.name} kommer ärendet inte vidare."
    if is_own and case.state in HAS_PLACE:
        may_end = " Ni kan avsluta eller avbryta insatsen." if case.state == State.ACTIVE else ""
        stands = f"Platsen är kvar, men ert arbete vilar tills ett nytt samtycke är påskrivet.{may_end}"
    return [stands, f"{asking(case, reader)} om ett nytt samtycke, eller avbryter ärendet{by_when(case)}."]


def by_when(case: Case) -> str:
    """By what day, once the caseworker is the one waited for."""
    return f", senast {case.due_on}" if case.next_step == "sign_consent" and case.due_on else ""


def without_referring(case: Case, reader: Who) -> list[str]:
    """The referring unit goes on being responsible (S12), without reading what the others write."""
    is_own = reader.user_id == case.caseworker_id
    who, whose = ("Du", "dina") if is_own else ("Handläggaren", "sina")
    sentences = [f"{who} ansvarar för ärendet som förut och gör {whose} steg, men läser inte vad de andra skriver."]
    if is_besked_owed(case):
        sentences.append("Representanten läser inte gruppens besked, och kan inte lämna det.")
    if is_besked_owed(case) and case.state == State.RETURNED:
        return [*sentences, f"{asking(case, reader)} om ett nytt samtycke, eller avbryter ärendet{by_when(case)}."]
    asks = "frågar du" if is_own else "frågar handläggaren"
    return [*sentences, f"Vill personen att enheten ska läsa igen {asks} om ett nytt samtycke."]


def without_agency(case: Case, unit: Unit, sub_goals: int) -> list[str]:
    """Another agency is no party any more: what the routine no longer waits for, and who sees to the rest."""
    match case.state:
        case State.DRAFT | State.RETURNED | State.HANDED_OVER:
            return [f"Remissen kan gå vidare ändå. {unit.name} får inte del av den."]
        case State.ANNOUNCED:
            return [f"{unit.name} väntas inte längre svara inför mötet, och ser där bara ärendets nummer."]
        case State.PRESENTED:
            return [f"Råden från mötet når inte {unit.name}."]
        case State.QUEUED:
            return ["Platsen i kön påverkas inte. Ingen behöver göra något mer."]
        case State.ACTIVE:
            return [
                f"Platsen påverkas inte. Handledaren bjuder inte in {unit.name} till fler uppföljningar.",
                *without_responsible(unit, sub_goals),
            ]
        case _:
            return [f"Platsen påverkas inte. Teamet bjuder inte in {unit.name} till första mötet."]


def without_responsible(unit: Unit, sub_goals: int) -> list[str]:
    if not sub_goals:
        return []
    words = "Ett delmål" if sub_goals == 1 else f"{sub_goals} delmål"
    return [f"{words} i planen har {unit.name} som ansvarig. Handledaren kommer överens om vem som tar över."]


def in_its_state(case: Case, until: str = "ett nytt samtycke är påskrivet") -> list[str]:
    """What stands still *until* when, and what stands as it did, where the case is now."""
    match case.state:
        case State.DRAFT | State.RETURNED:
            return [f"Remissen kan inte lämnas in förrän {until}."]
        case State.HANDED_OVER:
            return [f"Remissen kan inte anmälas till gruppen förrän {until}."]
        case State.PRESENTED:
            return [f"Råden från mötet når ingen annan enhet förrän {until}."]
        case State.ANNOUNCED:
            return [f"Mötet kan inte ta upp ärendet förrän {until}."]
        case State.QUEUED if case.offered_at:
            return [f"Den erbjudna platsen hålls till {case.answer_by}, och går att svara på som förut."]
        case State.QUEUED:
            return ["Platsen i kön är kvar, men ingen plats erbjuds så länge inget samtycke gäller."]
        case state if state in HAS_PLACE:
            return [f"Platsen är kvar, men teamets arbete vilar tills {until}."]
        case _:
            return [has_ended(case)]


def whose_turn(case: Case, reader: Who, today: date) -> list[str]:
    """The caseworker's turn, by the day that stands on the case; before the withdrawal, the day it will be."""
    if not is_new_or_end(case):
        return []
    by = case.due_on if case.consent_lost_at else add_working_days(today, case.programme.days_consent)
    return [f"{asking(case, reader)} om ett nytt samtycke, eller avbryter ärendet, senast {by}."]


def last_withdrawn(parties: Iterable[Party]) -> Party | None:
    """The row that was taken back last, of those one knows of; None where none was."""
    fallen = [p for p in parties if p.basis == Basis.CONSENT and p.withdrawn_at]
    return max(fallen, key=lambda p: p.withdrawn_at, default=None)  # type: ignore[arg-type, return-value]
