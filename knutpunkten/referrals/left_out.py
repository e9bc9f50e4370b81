"""What contacts and consent leave out, that will be missed later: authorities, readers, and what the team needs (S4). Pure.

Said before handing over, and never in the way: whom the consent names, and for what, is the person's to choose.
"""

from collections.abc import Iterable, Mapping

from knutpunkten.cases.models import Case, Category, Section
from knutpunkten.consents.rules import Ground
from knutpunkten.ui.enumerations import enumeration

# Without these the team neither knows who comes nor may write a plan with them.
TEAM_NEEDS = (Category.BASIC, Category.PLANNING)


def left_out(sections: Mapping[str, Section], parties: Iterable[str]) -> list[tuple[str, str]]:
    """Each authority one is open with, by the target group's answers, that stands in one place alone or in none.

    With where it does not stand. *parties*: the authorities that the consent names.
    """
    contacts = [str(row.get("agency", "")).strip().lower() for row in answer(sections, "contacts", "rows")]
    named = {name.lower() for name in parties}
    found = []
    for agency in answer(sections, "target_group", "open_with"):
        is_contact = any(agency.lower() in contact for contact in contacts)
        where = [] if is_contact else ["ingen kontakt därifrån står med"]
        where += [] if agency.lower() in named else ["den är inte part i samtycket"]
        if where:
            found.append((agency, " och ".join(where)))
    return found


def team_lacks(case: Case, living: Iterable[Ground]) -> str:
    """The categories that the programme's team needs and no living ground of its gives, in words; empty where none lacks.

    Nothing of a consultation, which the team has no part in, nor before a consent is signed.
    """
    own = [ground.party.categories for ground in living if ground.party.unit_id == case.programme.team_id]
    if case.is_consultation or not own:
        return ""
    given = {category for categories in own for category in categories}
    return enumeration(category.label.lower() for category in TEAM_NEEDS if category not in given)


def read_by_nobody(case: Case, written: Iterable[str], lasting: Iterable[Ground]) -> str:
    """The categories of what is *written* that no other unit gets to read, in words; empty where each has a reader.

    *lasting*: the grounds that hold or are yet to begin. Nothing before a consent is signed.
    """
    parties = [ground.party for ground in lasting]
    given = {c for party in parties if party.unit_id != case.referring_unit_id for c in party.categories}
    unread = {*written} - given if parties else set()
    return enumeration(category.label.lower() for category in Category if category in unread)


def answer(sections: Mapping[str, Section], key: str, name: str) -> list:
    return (sections[key].data.get(name) or []) if key in sections else []
