"""What a withdrawal means for the routine: who has to do what, and by when. Pure questions."""

from collections.abc import Iterable
from datetime import date

from knutpunkten.cases.models import CLOSED_STATES, Basis, Case, Party, State
from knutpunkten.organisations.calendar import add_working_days

# Where nothing goes on without a consent: the caseworker has the turn (``waits.to_renew_consent``).
NEW_OR_END = tuple(s for s in State if s not in (State.DRAFT, State.RETURNED, *CLOSED_STATES))


def meaning(case: Case, unit_id: object, today: date) -> list[str]:
    """Sentences for the screen: the whole consent is taken back, or (with *unit_id*) one party's part.

    No names of people: the caseworker is who the routine waits for, by the day it waits until.
    """
    if unit_id is None:
        return [*in_its_state(case), *whose_turn(case, today)]
    if unit_id == case.programme.team_id and case.state in NEW_OR_END:
        return [
            f"Utan teamet på {case.programme.name} kommer ärendet inte vidare. Handläggaren frågar om ett nytt samtycke."
        ]
    if case.state == State.ANNOUNCED:
        return ["Enheten väntas inte längre svara inför mötet."]
    return ["Ärendet går vidare utan enheten."] if case.is_open else []


def in_its_state(case: Case) -> list[str]:
    """What stands still, and what stands as it did, where the case is now."""
    match case.state:
        case State.DRAFT | State.RETURNED:
            return ["Remissen kan inte lämnas in förrän ett nytt samtycke är påskrivet."]
        case State.HANDED_OVER:
            return ["Remissen kan inte anmälas till gruppen förrän ett nytt samtycke är påskrivet."]
        case State.PRESENTED:
            return ["Råden från mötet når ingen annan enhet förrän ett nytt samtycke är påskrivet."]
        case State.ANNOUNCED:
            day = f" {case.meeting_on.isoformat()}" if case.meeting_on else ""
            return [f"Mötet{day} kan inte ta upp ärendet förrän ett nytt samtycke är påskrivet."]
        case State.QUEUED if case.offered_at:
            return [f"Den erbjudna platsen hålls till {case.answer_by}. Handläggaren kan fortfarande svara."]
        case State.QUEUED:
            return ["Platsen i kön är kvar, men ingen plats erbjuds så länge inget samtycke gäller."]
        case State.PLACED | State.ALLOCATED | State.ACTIVE:
            return ["Platsen är kvar, men teamets arbete vilar tills ett nytt samtycke är påskrivet."]
        case _:
            return ["Ärendet är redan avslutat. Ingen behöver göra något mer."]


def whose_turn(case: Case, today: date) -> list[str]:
    """The caseworker's turn, by the day that stands on the case; before the withdrawal, the day it will be."""
    if case.state not in NEW_OR_END:
        return []
    by = case.due_on if case.consent_lost_at else add_working_days(today, case.programme.days_consent)
    return [f"Handläggaren frågar om ett nytt samtycke, eller avslutar ärendet, senast {by}."]


def last_withdrawn(parties: Iterable[Party]) -> Party | None:
    """The row that was taken back last, of those one knows of; None where none was."""
    fallen = [p for p in parties if p.basis == Basis.CONSENT and p.withdrawn_at]
    return max(fallen, key=lambda p: p.withdrawn_at, default=None)  # type: ignore[arg-type, return-value]
