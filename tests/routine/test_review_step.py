"""The step's page against forged, stale and repeated requests; the engine against what comes twice."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.access.who import acting_as, system
from knutpunkten.audit.models import Entry
from knutpunkten.cases.actions import disclose_sections
from knutpunkten.cases.models import Case, Category, Level, Party, Section, Turn
from knutpunkten.cases.move import Move
from knutpunkten.cases.rules import level_for
from knutpunkten.notices.models import Notice
from knutpunkten.routine import engine
from tests import builders
from tests.conftest import behind_the_wall
from tests.referrals.filling import sign_consent

NOW = timezone.now()
TOLD = {"notice_given_at": NOW, "notice_confirmed_at": NOW}


def step(case: Case, name: str) -> str:
    return reverse("step", args=[case.pk, name])


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["mats", "nadja", "johan", "helena"])
def test_a_step_that_is_anothers_is_as_if_it_were_not_there(name: str, make_case, cast, sign_in) -> None:
    case = make_case("placed", **TOLD)
    client = sign_in(getattr(cast, name))
    for response in (
        client.get(step(case, "allocate")),
        client.post(step(case, "allocate"), {"supervisor": str(cast.elin.pk), "version": case.version}),
    ):
        assert response.status_code == 404
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).state == "placed"
        assert Entry.objects.of_case(case.pk).filter(event="denied", user_id=getattr(cast, name).pk).count() == 2


@pytest.mark.django_db
def test_the_back_button_and_the_double_click_give_one_effect_and_a_friendly_page(make_case, cast, sign_in) -> None:
    case = make_case("placed", **TOLD)
    karin = sign_in(cast.karin)
    sent = {"supervisor": str(cast.elin.pk), "version": case.version}
    assert karin.post(step(case, "allocate"), sent).status_code == 302
    again = karin.post(step(case, "allocate"), sent)
    assert again.status_code == 409
    assert "utsåg handledare" in again.content.decode()
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(event="allocate").count() == 1
        assert Notice.objects.filter(case_id=case.pk, event="allocate", user=cast.elin).count() == 1


@pytest.mark.django_db
@pytest.mark.clause("W2")
def test_what_somebody_else_did_meanwhile_throws_no_form_away_where_the_step_is_open_still(
    make_case, cast, sign_in
) -> None:
    """The caseworker's decision comes while the coordinator names a supervisor: each does their own."""
    case = make_case("placed", **TOLD)
    karin, sent = sign_in(cast.karin), {"supervisor": str(cast.elin.pk), "version": case.version}
    decision = {"decided_on": str(timezone.localdate()), "by_whom": "Johan Wik", "own_reference": "Dnr 7", "until": ""}
    assert (
        sign_in(cast.johan).post(step(case, "service_decision"), decision | {"version": case.version}).status_code
        == 302
    )
    again = karin.post(step(case, "allocate"), sent)
    assert again.status_code == 409
    said = strip_tags(again.text)
    assert "Ärendet har ändrats sedan du öppnade sidan: Johan Wik" in said
    assert "Något har ändrats under tiden" in said
    assert re.search(rf'value="{cast.elin.pk}"[^>]*(selected|checked)', again.text), "what was chosen stays"
    version = re.search(r'name="version" value="(\d+)"', again.text)
    assert version
    assert karin.post(step(case, "allocate"), sent | {"version": version[1]}).status_code == 302
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).supervisor_id == cast.elin.pk


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["", "x", "-1", "0", "99", "9" * 5000])
def test_a_version_that_nobody_saw_moves_nothing(version: str, make_case, cast, sign_in) -> None:
    case = make_case("placed", **TOLD)
    response = sign_in(cast.karin).post(step(case, "allocate"), {"supervisor": str(cast.elin.pk), "version": version})
    assert response.status_code == 409
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).state == "placed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["https://ont.example/", "//ont.example/", "http:///ont.example", "javascript:alert(1)", "\\\\ont.example"],
)
def test_a_step_leads_nowhere_outside(address: str, make_case, cast, sign_in) -> None:
    case = make_case("placed", **TOLD)
    sent = {"supervisor": str(cast.elin.pk), "version": case.version, "next": address}
    response = sign_in(cast.karin).post(step(case, "allocate"), sent)
    assert response.headers["Location"] == reverse("case", args=[case.pk])


@pytest.mark.django_db
def test_a_step_that_takes_the_case_out_of_sight_leads_to_the_start(make_case, cast, sign_in) -> None:
    case = make_case("handed_over")
    sent = {"lacking": "Frågeställningen är oklar.", "version": case.version, "next": reverse("case", args=[case.pk])}
    response = sign_in(cast.nadja).post(step(case, "send_back"), sent)
    assert response.headers["Location"] == reverse("start")


@pytest.mark.django_db
def test_a_step_that_is_not_there(make_case, cast, sign_in) -> None:
    case = make_case("placed")
    karin = sign_in(cast.karin)
    assert karin.get(f"/arenden/{case.pk}/steg/hitta-pa/").status_code == 404
    assert karin.post(f"/arenden/{case.pk}/steg/hitta-pa/").status_code == 404


@pytest.mark.django_db
def test_looking_at_a_step_takes_nothing(make_case, cast, sign_in) -> None:
    case = make_case("placed", **TOLD)
    assert (
        sign_in(cast.karin)
        .get(step(case, "allocate"), {"supervisor": str(cast.elin.pk), "version": case.version})
        .status_code
        == 200
    )
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).version == case.version


@pytest.mark.django_db
def test_a_withdrawal_that_comes_twice_is_written_once(make_case, cast) -> None:
    case = make_case("active")
    for _ in range(2):
        with acting_as(cast.johan) as who:
            engine.withdraw_consent(
                case.pk, unit_ids=None, how="phone", taken_by="Johan Wik", by=who, at=timezone.now()
            )
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(event="withdrawn").count() == 1
        assert Notice.objects.filter(case_id=case.pk, event="withdrawn", user=cast.karin).count() == 1


@pytest.mark.django_db
def test_a_party_named_in_an_old_and_a_new_consent_is_asked_once(make_case, cast) -> None:
    case = make_case("announced", meeting_on=timezone.localdate() + timedelta(days=20))
    with behind_the_wall():
        builders.sign_for(case, builders.USUAL, cast, Level.TEXT, None)
        engine.refresh(case.pk, at=timezone.now())
        units = [turn.unit.name for turn in Turn.objects.filter(case=case, step="disclose").select_related("unit")]
    assert sorted(units) == ["Arbetsförmedlingen", "Öppenpsykiatrin"]


@pytest.mark.django_db
def test_a_coordinator_answers_an_offer_only_when_its_day_has_passed(make_case, cast) -> None:
    case = make_case("queued", offered_at=NOW, answer_by=timezone.localdate() + timedelta(days=1))
    with acting_as(cast.karin) as who, pytest.raises(engine.NotYet):
        engine.take(case.pk, "accept", by=who, at=timezone.now())
    with pytest.raises(engine.NotYours):
        engine.take(case.pk, "accept", by=system(), at=timezone.now())


@pytest.mark.django_db
def test_handing_over_again_discloses_what_was_written_since_under_the_consent_that_holds(make_case, cast: Any) -> None:
    case = make_case("draft")
    before = timezone.now() - timedelta(days=10)
    with acting_as(cast.johan) as who:
        for key, disclosed in (("question", before), ("sent_back", None)):
            Section.objects.create(
                case=case,
                key=key,
                category=Category.BASIC,
                author_unit_id=who.unit_id,
                saved_at=before,
                saved_by=cast.johan,
                disclosed_at=disclosed,
                disclosed_by=cast.johan if disclosed else None,
            )
        disclose_sections(Move(case, "hand_over", who, NOW, {}, parties=list(case.parties.filter(basis="consent"))))
        rows = {row.key: row for row in Section.objects.filter(case=case)}
    assert rows["question"].disclosed_at == NOW
    assert rows["question"].disclosed_under is not None
    assert rows["sent_back"].disclosed_at is None  # between the representative and the caseworker


@pytest.mark.django_db
def test_where_nothing_is_announced_apart_a_new_consent_opens_the_text_at_once(make_case: Callable, cast: Any) -> None:
    assert level_for(make_case("announced", programme=cast.lis)) == Level.TEXT
    assert level_for(make_case("announced")) == Level.IDENTITY


@pytest.mark.clause("S6", "K4", "W1")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "fields", "level"),
    [
        ("returned", {}, Level.NOTHING),
        ("announced", {}, Level.IDENTITY),
        ("announced", {"on_agenda_at": NOW}, Level.TEXT),
        ("announced", {"kind": "consultation"}, Level.TEXT),
    ],
)
def test_a_new_consent_opens_the_case_as_far_as_it_has_come(
    state: str, fields: dict[str, Any], level: Level, make_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = make_case(state, parties={"Försörjningsstöd": ["grund"], "Knutpunktsteamet": ["grund"]}, **fields)
    sign_consent(sign_in(cast.johan), case, cast, Arbetsförmedlingen=["arbetsmarknad"])
    with behind_the_wall():
        assert Party.objects.get(case=case, unit=cast.unit("Arbetsförmedlingen")).level == level


@pytest.mark.clause("K4")
@pytest.mark.django_db
def test_the_parties_of_a_consultation_are_asked_on_their_start_page(make_case, cast, sign_in) -> None:
    make_case("announced", kind="consultation", meeting_on=timezone.localdate() + timedelta(days=20))
    for user in (cast.mats, cast.ulrika):
        assert "Lämna uppgifter till mötet" in sign_in(user).get(reverse("start")).content.decode()
    assert "Lämna uppgifter till mötet" not in sign_in(cast.helena).get(reverse("start")).content.decode()
