"""The mark of a consent's paper: another wherever something else was signed, and easily read aloud."""

from datetime import date
from uuid import UUID

import pytest

from knutpunkten.consents.mark import LENGTH, SIGNS, fingerprint, mark
from knutpunkten.consents.models import Consent

TEAM, HEALTH = str(UUID(int=1)), str(UUID(int=2))


def consent(**changed) -> Consent:
    written = {
        "id": UUID(int=7),
        "purpose": "Att samordna stödet.",
        "valid_from": date(2026, 11, 17),
        "valid_until": date(2027, 11, 16),
        "guardian": "",
        "notice_version": 1,
        "draft_parties": [{"unit": TEAM, "categories": ["grund"]}, {"unit": HEALTH, "categories": ["grund"]}],
    }
    return Consent(**{**written, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {"id": UUID(int=8)},
        {"purpose": "Något annat."},
        {"valid_from": date(2026, 11, 18)},
        {"valid_until": date(2027, 11, 15)},
        {"guardian": "Berit Sand, god man"},
        {"notice_version": 2},
        {"draft_parties": [{"unit": TEAM, "categories": ["grund"]}]},
        {
            "draft_parties": [
                {"unit": TEAM, "categories": ["grund", "halsa"]},
                {"unit": HEALTH, "categories": ["grund"]},
            ]
        },
        {
            "draft_parties": [
                {"unit": TEAM, "categories": ["grund"]},
                {"unit": HEALTH, "categories": ["grund"], "until": "2027-01-31"},
            ]
        },
    ],
)
def test_whatever_is_signed_is_in_it(changed) -> None:
    assert fingerprint(consent(**changed)) != fingerprint(consent())
    assert mark(consent(**changed)) != mark(consent())


def test_the_order_of_the_parties_is_not_and_neither_is_who_saved_it_when() -> None:
    other = consent(
        draft_parties=[*reversed(consent().draft_parties)], witness="Sara Lind", signed_on=date(2026, 11, 20)
    )
    assert fingerprint(other) == fingerprint(consent())


def test_a_mark_is_a_few_signs_that_none_takes_for_another() -> None:
    assert not set("0O1I") & set(SIGNS)
    marks = [mark(consent(id=UUID(int=number))) for number in range(500)]
    assert all(len(one) == LENGTH and set(one) <= set(SIGNS) for one in marks)
    assert len(set(marks)) > 490
