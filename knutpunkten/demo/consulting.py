"""The consultations: advice to a caseworker, without a place (K1–K5)."""

from datetime import datetime, timedelta
from typing import Any

from knutpunkten.demo import acts
from knutpunkten.demo.lives import Begun, Life, announced, answered, consented, drafted, handed_over, life_of
from knutpunkten.demo.world import Story, World, day_of, later, moment
from knutpunkten.meetings.models import Meeting
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import CaseKind


def consultations(world: World) -> list[Story]:
    def life(name: str, **fields: Any) -> Life:
        return life_of(world, name, kind=CaseKind.CONSULTATION, **fields)

    lis = world.cast.lis
    ahead = world.meeting(1)
    return [
        up(life("Hanna Ljung"), ahead, world.working_day(-7, 9)),
        up(life("Omar Saleh"), ahead, world.working_day(-6, 13)),
        advised(life("Britt Wallin"), world.meeting(-2)),
        advised(life("Nils Persson", programme=lis), world.meeting(-3, lis)),
        given(life("Oskar Lindell", programme=lis), world.meeting(0, lis)),
        handed(life("Marie Fors"), world.working_day(-1, 11)),
        begun(life("Selma Wik"), world),
        cancelled(life("Torsten Gran"), world.working_day(-15, 11)),
    ]


def handed(life: Life, at: datetime) -> Begun:
    """Written, signed for, and handed to the representative (K2, K3)."""
    on = add_working_days(day_of(at), -6)
    case = yield from drafted(life, on)
    yield from consented(life, case, later(moment(on, 9), 3))
    yield from handed_over(life, case, at)
    return case


def up(life: Life, meeting: Meeting, at: datetime) -> Begun:
    """With the group: the others read it, and answer (K4)."""
    case = yield from handed(life, at)
    yield from announced(life, case, meeting, later(at, 1, 9))
    yield from answered(life, case, later(at, 3, 14))
    return case


def given(life: Life, meeting: Meeting) -> Begun:
    """Presented by the caseworker; the advice is to be written down (K5)."""
    case = yield from up(life, meeting, moment(add_working_days(day_of(meeting.starts_at), -9), 9))
    at = life.world.consultation_at(meeting)
    yield at
    acts.take(case, "present", life.coordinator, at)
    return case


def advised(life: Life, meeting: Meeting) -> Story:
    case = yield from given(life, meeting)
    at = moment(day_of(meeting.starts_at), 15)
    yield at
    acts.take(
        case,
        "close_consultation",
        life.coordinator,
        at,
        present=f"{life.caseworker.name}, {life.coordinator.name} och gruppens representanter",
        given="Handläggaren berättade om läget. Parterna sa vad de känner till, med stöd av samtycket.",
        advised="Samla de tre planerna i en. Boka ett gemensamt möte inom en månad, handläggaren kallar.",
    )


def begun(life: Life, world: World) -> Story:
    yield from drafted(life, add_working_days(world.today, -4))


def cancelled(life: Life, at: datetime) -> Story:
    case = yield from handed(life, at)
    yield at + timedelta(days=1)
    acts.take(
        case, "cancel", life.caseworker, at + timedelta(days=1), wish="together", why="Frågan löste sig på annat sätt."
    )
