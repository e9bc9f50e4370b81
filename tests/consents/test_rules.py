"""What a case's consents say together: whom one may name, which is the newest, and what an older one still gives."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from knutpunkten.cases.models import Basis, Party
from knutpunkten.consents.models import Consent
from knutpunkten.consents.rules import (
    Ground,
    consents_of,
    draft_of,
    grounds_of,
    kept_beside,
    newest_signed,
    not_named,
    readings,
    units_to_choose,
)
from knutpunkten.organisations.models import Agency, Association, Unit
from tests.conftest import behind_the_wall

TODAY = date(2026, 11, 17)
SOON, LATER, LAST = TODAY + timedelta(days=30), TODAY + timedelta(days=60), TODAY + timedelta(days=300)


def unit(name: str) -> Unit:
    return Unit(agency=Agency(name=name), name=name)


def ground(of: Unit, until: date, *categories: str, begins_later: bool = False) -> Ground:
    begins = SOON if begins_later else TODAY
    party = Party(unit=of, basis=Basis.CONSENT, categories=["grund", *categories], valid_from=begins, valid_until=until)
    return Ground(party, is_living=not begins_later, lasts=True)


def naming(until: date, *rows: tuple[Unit, list[str]]) -> Consent:
    named = [{"unit": str(of.pk), "categories": ["grund", *categories]} for of, categories in rows]
    return Consent(valid_from=TODAY, valid_until=until, draft_parties=named)


def test_of_a_unit_left_out_the_part_that_lasts_longest_is_told() -> None:
    health = unit("Hälsocentralen")
    for grounds in ([ground(health, SOON), ground(health, LAST)], [ground(health, LAST), ground(health, SOON)]):
        [left] = not_named(naming(LATER), grounds)
        assert left.until == LAST
    [left] = not_named(naming(LATER), [ground(health, LATER), ground(health, LAST, begins_later=True)])
    assert (left.begins, left.until) == (None, LAST), "a party already"
    [left] = not_named(naming(LATER), [ground(health, LAST, begins_later=True)])
    assert left.begins == SOON


def test_what_an_older_consent_gives_is_kept_until_the_last_of_them_ends() -> None:
    health = unit("Hälsocentralen")
    named = naming(SOON, (health, []))
    for ends in ([LATER, LAST], [LAST, LATER]):
        [kept] = kept_beside(named, [ground(health, until, "halsa") for until in ends])
        assert (kept.unit, kept.until) == (health, LAST)
        assert kept.categories == ["Grunduppgifter", "Fysisk och psykisk hälsa"]


def test_what_ends_the_same_day_as_the_new_one_is_not_told_as_kept() -> None:
    health = unit("Hälsocentralen")
    assert kept_beside(naming(LATER, (health, ["halsa"])), [ground(health, LATER, "halsa")]) == []


def test_a_part_that_is_yet_to_begin_is_kept_too_and_says_from_when() -> None:
    health = unit("Hälsocentralen")
    grounds = [ground(health, LATER, "halsa"), ground(health, LATER, "halsa", begins_later=True)]
    now, to_come = kept_beside(naming(LAST, (health, [])), grounds)
    assert (now.categories, now.begins, now.until) == (["Fysisk och psykisk hälsa"], None, LATER)
    assert (to_come.categories, to_come.begins, to_come.until) == (["Fysisk och psykisk hälsa"], SOON, LATER)


def test_a_unit_with_a_part_in_two_consents_is_told_of_once_first_what_it_reads_now() -> None:
    zon, health = unit("Zon"), unit("Hälsocentralen")
    later = [ground(health, LAST, "halsa", "arbete", begins_later=True), ground(zon, LAST, begins_later=True)]
    first, last = readings([*later, ground(zon, LATER), ground(health, LATER, "arbete")])
    assert (first.unit, first.categories) == (health, ["Grunduppgifter", "Tidigare arbete"])
    assert first.to_come == [(SOON, ["Fysisk och psykisk hälsa"])]
    assert (last.unit, last.categories, last.to_come) == (zon, ["Grunduppgifter"], [])


def test_the_parties_stand_in_swedish_order() -> None:
    consent_id = uuid4()
    names = ["Öppenpsykiatrin", "Ängens vårdcentral", "Ånga", "Zon"]
    parties = [
        Party(unit=unit(name), basis=Basis.CONSENT, consent_id=consent_id, valid_until=LAST, valid_from=TODAY)
        for name in names
    ]
    found = grounds_of(parties, TODAY)[consent_id]
    assert [one.unit.name for one in found] == ["Zon", "Ånga", "Ängens vårdcentral", "Öppenpsykiatrin"]


@pytest.mark.django_db
def test_one_names_units_of_the_association_alone_the_team_first_and_then_the_own_unit(make_case) -> None:
    case = make_case("draft")
    with behind_the_wall():
        elsewhere = Agency.objects.create(
            association=Association.objects.create(name="Ett annat förbund"),
            name="En annan region",
            kind=Agency.Kind.REGION,
        )
        Unit.objects.create(agency=elsewhere, name="En annan mottagning")
        offered = [one.full_name for one in units_to_choose(case)]
        team, own = case.programme.team.full_name, case.referring_unit.full_name
    assert not [name for name in offered if "annan" in name]
    assert offered[:2] == [team, own]


@pytest.mark.django_db
def test_the_newest_consent_is_the_one_signed_last_and_of_one_day_the_one_saved_last(make_case) -> None:
    case = make_case("announced")
    now = timezone.now()
    with behind_the_wall():
        first = Consent.objects.get(case=case)
        assert first.signed_on is not None
        day = first.signed_on - timedelta(days=1)
        again(first, signed_on=day, saved_at=now + timedelta(hours=1))
        assert newest(case) == first.pk  # saved later, but signed before
        second = again(first, signed_on=first.signed_on, saved_at=now + timedelta(hours=2))
        assert newest(case) == second
        draft = again(first, signed_on=None, saved_at=now + timedelta(hours=3))
        later = again(first, signed_on=None, saved_at=now + timedelta(hours=4))
        assert newest(case) == second
        assert [one.pk for one in consents_of(case)][:3] == [later, draft, second]
        written = draft_of(case)
        assert written is not None
        assert written.pk == later


def newest(case: Any) -> UUID | None:
    found = newest_signed(case)
    return found.pk if found else None


def again(consent: Consent, *, signed_on: date | None, saved_at: datetime) -> UUID:
    """Another consent of the case, as *consent*."""
    copied = Consent.objects.get(pk=consent.pk)
    copied.pk = uuid4()
    copied._state.adding = True
    copied.signed_on, copied.saved_at = signed_on, saved_at
    copied.save()
    return copied.pk
