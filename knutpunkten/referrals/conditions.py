"""Which answers of the referral still stand: what was asked "if ..." falls away with its condition (S2, S3, L1). Pure.

A draft keeps them, so that nothing typed is lost to a wrong click. They are not read, and not handed over.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from knutpunkten.cases.models import Case
from knutpunkten.organisations.calendar import local_today
from knutpunkten.organisations.models import Programme
from knutpunkten.people.numbers import age_on
from knutpunkten.visits.models import Booking

ENOUGH_AUTHORITIES = 2
Data = Mapping[str, Any]


def standing_answers(case: Case, key: str, data: Data, today: date) -> dict[str, Any]:
    """The answers of the section *key* whose condition holds, as of the day the referral was handed over, or *today*."""
    on = local_today(case.handed_over_at) if case.handed_over_at else today
    fallen = FALLEN_AWAY[key](case, data, on) if key in FALLEN_AWAY else set()
    return {name: answer for name, answer in data.items() if name not in fallen}


def in_visit(_case: Case, data: Data, _on: date) -> set[str]:
    if data.get("made") == "no":
        return {"booking", "on", "wish", "changed_mind"}
    one_day = {"booking"} if data.get("on") else set()
    still_willing = {"changed_mind"} if data.get("wish") != Booking.Wish.NOT else set()
    return one_day | still_willing | ({"reason"} if data.get("made") == "yes" else set())


def in_own_words(case: Case, data: Data, _on: date) -> set[str]:
    hours = whole(data.get("hours"))
    return {"hours_reason"} if hours is not None and hours >= case.programme.least_hours else set()


def in_target_group(case: Case, data: Data, on: date) -> set[str]:
    number = case.person.number
    age = age_on(number, on) if number else whole(data.get("age"))
    fallen = {"age"} if number else set()
    fallen |= {"age_reason"} if age is not None and is_of_age(case.programme, age) else set()
    return fallen | ({"open_reason"} if is_open_with_enough(data.get("open_with")) else set())


def in_addiction(_case: Case, data: Data, _on: date) -> set[str]:
    return {"addictions", "addiction_reason"} if data.get("has_addiction") == "no" else set()


FALLEN_AWAY: dict[str, Callable[[Case, Data, date], set[str]]] = {
    "visit": in_visit,
    "own_words": in_own_words,
    "target_group": in_target_group,
    "addiction": in_addiction,
}


def is_of_age(programme: Programme, age: int) -> bool:
    return programme.youngest <= age <= programme.oldest


def is_open_with_enough(agencies: list[str] | None) -> bool:
    return len(agencies or ()) >= ENOUGH_AUTHORITIES


def whole(typed: Any) -> int | None:
    """The number that was typed; None for anything else: a draft keeps what cannot be read, too."""
    text = str(typed or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
