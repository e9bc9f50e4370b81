"""The authorities one is open with, by the target group's answers, that the contacts or the consent leave out (S4). Pure."""

from collections.abc import Iterable, Mapping

from knutpunkten.cases.models import Section


def left_out(sections: Mapping[str, Section], parties: Iterable[str]) -> list[tuple[str, str]]:
    """Each such authority, and where it does not stand; *parties*: the authorities that the consent names.

    Said before handing over, and never in the way: whom the consent names is the person's to choose.
    """
    contacts = [str(row.get("agency", "")).strip().lower() for row in answer(sections, "contacts", "rows")]
    named = {name.lower() for name in parties}
    found = []
    for agency in answer(sections, "target_group", "open_with"):
        is_contact = any(agency.lower() in contact for contact in contacts)
        where = [] if is_contact else ["ingen kontakt därifrån står med"]
        where += [] if agency.lower() in named else ["inte part i samtycket"]
        if where:
            found.append((agency, " och ".join(where)))
    return found


def answer(sections: Mapping[str, Section], key: str, name: str) -> list:
    return (sections[key].data.get(name) or []) if key in sections else []
