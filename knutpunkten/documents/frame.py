"""What every paper of a case begins with."""

from datetime import date

from knutpunkten.cases.access import OpenCase
from knutpunkten.documents.shapes import Frame
from knutpunkten.organisations.hosts import host_on
from knutpunkten.people.numbers import show_number


def frame(opened: OpenCase, today: date, held_on: date | None) -> Frame:
    """Programme, case, person, and who prints it. A protected person is not named on paper (W5).

    *held_on*: the day that the paper was signed, agreed or handed over, and has said the same since; None before it is.
    """
    case = opened.case
    host = host_on(case.programme, held_on)
    number = show_number(case.person.number) if case.person.number else "okänt nummer"
    return {
        "programme": host.programme,
        "host": host.name,
        "case_number": case.number,
        "person": None if case.is_protected else {"name": case.person_name, "number": number},
        "printed_on": today.isoformat(),
        "printed_by": "deltagaren" if case.is_protected and opened.is_own else opened.who.name,
    }
