"""The next-step box on the case page: what lacks, who mends it, and the other answer beside the button (W2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.access.who import acting_as
from knutpunkten.desk.next_step import next_step_box
from knutpunkten.routine import engine


def box_of(client: Any, case: Any) -> str:
    """The box, and no more of the page."""
    page = client.get(reverse("case", args=[case.pk])).text
    return page[page.index('<section class="next-step') :].partition("</section>")[0]


@pytest.mark.clause("W2", "S12")
@pytest.mark.django_db
def test_each_need_says_who_mends_it_by_name_and_has_its_button(make_case, cast, sign_in) -> None:
    box = box_of(sign_in(cast.elin), make_case("allocated"))
    assert "Ingen är klar." in box
    assert "Johan Wik ordnar det." in box
    assert "Påminn Johan" in box
    assert box.count("Du ordnar det på första mötet.") == 3
    assert box.count("Skriv ut") == 2


@pytest.mark.clause("S4")
@pytest.mark.django_db
def test_what_a_draft_lacks_is_said_with_the_consent_and_what_the_consent_is_for_by_how_far_the_case_is(
    make_case, cast, sign_in
) -> None:
    johan, draft = sign_in(cast.johan), make_case("draft", parties={})
    box = box_of(johan, draft)
    assert "De här delarna är inte klara:" in box
    assert "Samtycket är inte påskrivet än." in box
    for case, cannot in ((draft, "kan remissen inte lämnas in"), (make_case("active"), "kan ärendet inte gå vidare")):
        assert f"som part {cannot}." in johan.get(reverse("consent", args=[case.pk])).text


@pytest.mark.clause("W2")
@pytest.mark.django_db
def test_what_a_case_waits_for_at_the_same_time_is_told_to_all_who_are_not_waited_for_in_it(
    make_case, cast, sign_in
) -> None:
    """A decision and the first meeting, side by side: the box is about the one, and names the other."""
    case = make_case("allocated")
    first = "Väntar samtidigt: Boka första mötet (Elin Strand, senast "
    assert [first in box_of(sign_in(user), case) for user in (cast.karin, cast.johan, cast.elin)] == [True, True, False]
    told = make_case("allocated", notice_confirmed_at=None)
    assert "Beslut om insats (du, senast " in box_of(sign_in(cast.johan), told)


def met(make_case: Any, **milestones: Any) -> Any:
    """A case whose first meeting is held, contract and all."""
    today = timezone.localdate()
    held = dict.fromkeys(("first_meeting_held_on", "contract_on", "privacy_on", "started_on"), today)
    return make_case("allocated", first_meeting_at=timezone.now(), **(held | milestones))


@pytest.mark.clause("W2", "S12")
@pytest.mark.django_db
def test_a_start_that_lacks_the_decision_is_no_button_and_the_decision_is_waited_for(make_case, cast, sign_in) -> None:
    case = met(make_case)
    box, johans = box_of(sign_in(cast.elin), case), box_of(sign_in(cast.johan), case)
    assert '<h2 id="next-step">Beslut om insats</h2>' in box
    assert "Starta insatsen går inte än" in box
    assert "Beslut om insats saknas." in box
    assert reverse("step", args=[case.pk, "start"]) not in box
    assert "Starta insatsen" not in sign_in(cast.elin).get("/").text
    assert f'<a class="ds-button" href="{reverse("step", args=[case.pk, "service_decision"])}">' in johans


@pytest.mark.clause("W2", "S9")
@pytest.mark.django_db
def test_a_start_whose_day_has_not_come_says_so_and_is_a_button_on_the_day(make_case, cast, sign_in) -> None:
    today = timezone.localdate()
    early = met(make_case, service_decision_on=today, started_on=today + timedelta(days=5))
    box = box_of(sign_in(cast.elin), early)
    assert '<h2 id="next-step">Starta insatsen</h2>' in box
    assert f"Ni kom överens om att börja {early.started_on}." in box
    assert reverse("step", args=[early.pk, "start"]) not in box
    assert reverse("step", args=[early.pk, "amend_first_meeting"]) in box
    on_the_day = met(make_case, service_decision_on=today)
    assert reverse("step", args=[on_the_day.pk, "start"]) in box_of(sign_in(cast.elin), on_the_day)


@pytest.mark.clause("W1", "W2")
@pytest.mark.django_db
def test_without_a_consent_one_writes_a_new_one_or_ends_the_case(make_case, cast, sign_in) -> None:
    case, now = make_case("active"), timezone.now()
    with acting_as(cast.johan, at=now) as who:
        engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Johan Wik", by=who, at=now)
    box = box_of(sign_in(cast.johan), case)
    assert f'{reverse("consent", args=[case.pk])}?nytt=1#nytt">Skriv nytt samtycke' in box
    assert 'data-variant="secondary">Avbryt ärendet' in box


@pytest.mark.clause("W2")
@pytest.mark.django_db
def test_a_step_that_one_may_take_for_a_colleague_says_whom_it_waits_for(make_case, cast, sign_in) -> None:
    box = strip_tags(box_of(sign_in(cast.sara), make_case("placed")))
    assert "Väntar på Johan WikBeslut om insats" in box
    assert "Registrera beslut om insats" in box


@pytest.mark.django_db
def test_in_the_queue_the_caseworker_is_told_that_it_is_they_who_will_hear(make_case, cast) -> None:
    case = make_case("queued", next_step="offer", announced_at=timezone.now())
    said = {}
    for user in (cast.johan, cast.karin):
        with acting_as(user) as who:
            box = next_step_box(case, [], [], who, knows_others=True)
            assert box is not None
            said[user] = box["text"]
    assert said[cast.johan] == "Du får veta direkt när en plats erbjuds."
    assert said[cast.karin] == "Handläggaren får veta direkt när en plats erbjuds."


@pytest.mark.clause("W2", "S8")
@pytest.mark.django_db
def test_who_took_a_place_out_of_the_queue_has_a_place(make_case, cast, sign_in) -> None:
    now = timezone.now()
    case = make_case("placed", decision="queue", placed_at=now, announced_at=now)
    page = strip_tags(sign_in(cast.karin).get(reverse("case", args=[case.pk])).text)
    assert f"Plats {timezone.localdate(now)}" in page
    assert f"Kö {timezone.localdate(now)}" not in page
