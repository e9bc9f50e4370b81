"""What every paper of a case begins with."""

from datetime import date

from knutpunkten.cases.access import OpenCase
from knutpunkten.documents.shapes import Frame
from knutpunkten.people.numbers import show_number


def frame(opened: OpenCase, today: date) -> Frame:
    """Programme, case, person, and who prints it. A protected person is not named on paper (W5)."""
    case = opened.case
    number = show_number(case.person.number) if case.person.number else "okänt nummer"
    return {
        "programme": case.programme.name,
        "host": case.programme.host.name,
        "case_number": case.number,
        "person": None if case.is_protected else {"name": case.person_name, "number": number},
        "printed_on": today.isoformat(),
        "printed_by": "deltagaren" if case.is_protected and opened.is_own else opened.who.name,
    }
