"""Where a person who becomes protected stands by name in what was written before: to be looked through (W5)."""

from collections.abc import Iterator
from copy import copy
from typing import Any

from knutpunkten.cases.access import OpenCase
from knutpunkten.consents.purpose import purpose_of
from knutpunkten.consents.rules import consents_of
from knutpunkten.plans.models import MappingArea
from knutpunkten.plans.rules import goals_of, versions
from knutpunkten.referrals.forms import is_named_in
from knutpunkten.referrals.rules import about, parts_of, sections_read
from knutpunkten.ui.enumerations import enumeration


def to_look_through(opened: OpenCase) -> str:
    """What the reader is told to look through, as a sentence that names no person; empty where the name stands nowhere.

    Asked before the person is protected, said after.
    """
    named = enumeration(naming_texts(opened))
    return (
        f"Namnet står i de här texterna: {named}. Ändra dem där det går, och skriv ”personen” i stället."
        if named
        else ""
    )


def naming_texts(opened: OpenCase) -> list[str]:
    """The headings of the texts that hold the person's name, as far as the reader sees them. At most six statements."""
    name = opened.case.person_name
    texts = {**of_referral(opened), "Samtycket": of_consents(opened), "Kartläggningen": of_mapping(opened)}
    texts["Planen"] = of_plan(opened)
    return [heading for heading, said in texts.items() if any(is_named_in(text, name) for text in said)]


def of_referral(opened: OpenCase) -> dict[str, list[str]]:
    """By part, called as it will be of a protected person: "Personens egna ord"."""
    sections, unnamed = sections_read(opened), copy(opened.case)
    unnamed.is_protected = True
    return {
        about(part.title, unnamed): [
            t for p in part.pieces if p.key in sections for t in texts_in(sections[p.key].data)
        ]
        for part in parts_of(opened.case)
    }


def texts_in(value: Any) -> Iterator[str]:
    """The words in a section's answers, which may be rows of answers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)


def of_consents(opened: OpenCase) -> list[str]:
    """The consents' purposes, but for the product's own sentence: that is shown without the name from now on."""
    own = purpose_of(opened.case, opened.case.first_name)
    return [consent.purpose.replace(own, "") for consent in consents_of(opened.case)]


def of_mapping(opened: OpenCase) -> list[str]:
    areas = MappingArea.objects.filter(case=opened.case).values_list("own_words", "staff_words")
    return [words for area in areas for words in area]


def of_plan(opened: OpenCase) -> list[str]:
    plans = versions(opened)
    goals = [planned for of_version in goals_of(plans).values() for planned in of_version]
    sub_goals = [row for planned in goals for row in planned.sub_goals]
    return [
        *(plan.participation for plan in plans),
        *(words for planned in goals for words in (planned.goal.own_words, planned.goal.why)),
        *(words for row in sub_goals for words in (row.what, row.follow_up)),
    ]
