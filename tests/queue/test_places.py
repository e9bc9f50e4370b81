"""Places and numbers are counted across secrecy, whatever becomes of a consent."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Case, Party
from knutpunkten.desk.jobs import offer_places
from knutpunkten.organisations.models import Programme
from knutpunkten.queue.actions import set_places
from knutpunkten.queue.models import Answer, Holding, Offer, Place, Ticket
from knutpunkten.queue.rules import (
    free_places,
    holders_of,
    is_first_in_queue,
    last_declined,
    line_of,
    next_to_offer,
    offers_in,
    passes_others,
    standing_in,
    waiting_tickets,
)
from knutpunkten.routine import engine
from tests.activities.test_week import text_of
from tests.conftest import behind_the_wall
from tests.queue.test_offers import jobs_waiting, run_offer_job
from tests.settings_pages import settings_of


def places_by_state(cast: Any) -> list[str]:
    return list(Place.objects.filter(programme=cast.knutpunkten).order_by("number").values_list("state", flat=True))


def test_places_are_made_once_and_never_taken_away(cast, places):
    places(3)
    with behind_the_wall():
        assert set_places(cast.knutpunkten, timezone.now()) == 0
        cast.knutpunkten.places = 5
        assert set_places(cast.knutpunkten, timezone.now()) == 2
    places(2)
    assert Place.objects.count() == 5


def test_a_lowered_setting_is_not_passed(cast, places, in_place):
    places(3)
    in_place()
    in_place()
    Programme.objects.filter(pk=cast.knutpunkten.pk).update(places=2)
    assert free_places([cast.knutpunkten.pk]) == {cast.knutpunkten.pk: 0}


def test_counting_nobody_asks_the_database_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert (free_places([]), waiting_tickets([]), is_first_in_queue([], timezone.localdate())) == ({}, {}, set())


def test_only_the_one_who_came_first_is_first(cast, in_queue):
    later, first = in_queue(days=5), in_queue(days=26)
    with acting_as(cast.karin):
        assert is_first_in_queue([later, first], timezone.localdate()) == {first.pk}
        assert is_first_in_queue([later], timezone.localdate()) == set()
    assert waiting_tickets([cast.knutpunkten.pk]) == {cast.knutpunkten.pk: 2}


def test_of_two_who_came_at_the_same_moment_the_same_one_is_first_wherever_it_is_asked(cast, places, in_queue):
    """And who has waited longer for another programme stands before neither."""
    places(1)
    in_queue(days=90, programme=cast.lis)
    cases, today = [in_queue(), in_queue()], timezone.localdate()
    with behind_the_wall():
        Ticket.objects.filter(programme=cast.knutpunkten).update(order_at=timezone.now() - timedelta(days=9))
        first = next_to_offer(cast.knutpunkten, today)
        assert next(ticket.waiting.case_id for ticket in line_of(cast.knutpunkten.pk)) == first
        assert is_first_in_queue(cases, timezone.localdate()) == {first}
        for case in cases:
            standing = standing_in.first(case.pk)
            assert standing is not None
            assert passes_others(case, timezone.localdate()) is (case.pk != first)
            assert standing.before == (case.pk != first)


def test_without_the_team_s_part_in_the_consent_the_next_in_line_is_asked(cast, places, in_queue):
    places(1)
    first, later = in_queue(days=26), in_queue(days=5)
    with behind_the_wall():
        Party.objects.filter(case=first, unit=cast.knutpunkten.team).update(withdrawn_at=timezone.now())
        assert next_to_offer(cast.knutpunkten, timezone.localdate()) == later.pk


def test_who_has_been_offered_a_place_is_neither_first_nor_passes_anybody(cast, places, in_queue, take):
    places(1)
    first, later = in_queue(days=26), in_queue(days=5)
    take(later, "offer", cast.karin, out_of_order_reason="Platsen finns nu")
    with behind_the_wall():
        assert is_first_in_queue([first, later], timezone.localdate()) == {first.pk}
        assert not passes_others(later, timezone.localdate())
    take(later, "decline", cast.johan, reason="Inte nu")
    take(first, "offer", cast.karin)
    with behind_the_wall():
        assert is_first_in_queue([first, later], timezone.localdate()) == {later.pk}
        assert next_to_offer(cast.knutpunkten, timezone.localdate()) is None, "one has an offer, the other said no"


def test_who_declined_is_asked_again_when_somebody_else_has_had_that_place_since(
    cast, places, in_place, in_queue, take
):
    places(2)
    sitting, waiting = in_place(), in_queue()
    take(sitting, "cancel_placed", cast.karin, wish="person", why="Flyttar")
    take(waiting, "offer", cast.karin)
    take(waiting, "decline", cast.johan, reason="Inte nu")
    first, second = Place.objects.filter(programme=cast.knutpunkten).order_by("number")
    now, today, team = timezone.now(), timezone.localdate(), cast.knutpunkten.team
    with behind_the_wall():
        assert Offer.objects.get(case=waiting).place == first
        assert next_to_offer(cast.knutpunkten, today) is None, "it was had by somebody, but before"
        Holding.objects.create(case=sitting, place=second, author_unit=team, from_at=now, until_at=now)
        assert next_to_offer(cast.knutpunkten, today) is None, "it is another place that has been had"
        Holding.objects.create(case=sitting, place=first, author_unit=team, from_at=now, until_at=now)
        assert next_to_offer(cast.knutpunkten, today) == waiting.pk
        assert holders_of(cast.knutpunkten.pk) == {}, "who has had a place has it no more"
    take(waiting, "offer", cast.karin)
    take(waiting, "decline", cast.johan, reason="Inte heller nu")
    with behind_the_wall():
        assert last_declined([waiting.pk])[waiting.pk].why.reason == "Inte heller nu"
        assert standing_in.first(waiting.pk) is not None
    take(waiting, "offer", cast.karin)
    take(waiting, "accept", cast.johan)
    with behind_the_wall():
        assert standing_in.first(waiting.pk) is None
        assert [str(getattr(offer, "why", "")) for offer in offers_in(waiting.pk)] == ["Inte nu", "Inte heller nu", ""]
        assert [*holders_of(cast.knutpunkten.pk).values()] == [Holding.objects.get(case=waiting)]
        ended = Holding.objects.filter(case=sitting).earliest("from_at").until_at
        assert now - timedelta(minutes=5) < ended < now


def test_a_place_says_since_when_it_has_been_as_it_is(cast, places, in_queue, take):
    places(1)
    case, since = in_queue(), [Place.objects.get().since]
    for step, user in (("offer", cast.karin), ("decline", cast.johan), ("offer", cast.karin), ("accept", cast.johan)):
        take(case, step, user, reason="Inte nu")
        since.append(Place.objects.get().since)
    assert since == sorted(set(since))


@pytest.mark.parametrize("state", ["placed", "offered"])
def test_a_withdrawn_consent_frees_no_place_but_an_ended_case_does(
    cast, places, in_place, in_queue, take, as_worker, sign_in, state
):
    places(1)
    if state == "placed":
        case = in_place()
    else:
        case = in_queue()
        with as_worker():
            offer_places(cast.knutpunkten.pk, timezone.now())
    with acting_as(cast.johan) as who:
        engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Johan Wik", by=who, at=timezone.now())
    assert places_by_state(cast) != ["free"]
    if state == "offered":
        said = sign_in(cast.johan).get(reverse("case", args=[case.pk])).text
        assert "och går att svara på som förut." in said
        assert all(reverse("step", args=[case.pk, step]) in said for step in ("decline", "accept"))

    take(case, "cancel", cast.johan, wish="person", why="Flyttar")

    assert places_by_state(cast) == ["free"]
    with behind_the_wall():
        assert not Ticket.objects.exclude(state="left").exists()
        assert not Offer.objects.filter(answer="").exists()


def test_other_parties_do_not_see_why_a_place_was_declined_when_the_consent_is_gone(
    cast, places, in_queue, take, as_worker, sign_in
):
    places(1)
    case = in_queue()
    with as_worker():
        offer_places(cast.knutpunkten.pk, timezone.now())
    take(case, "decline", cast.johan, reason="Opereras i veckan")
    with acting_as(cast.mats):
        assert Offer.objects.filter(case=case).exists()
    with behind_the_wall():
        Party.objects.filter(case=case, basis="consent").update(withdrawn_at=timezone.now())
    with acting_as(cast.mats):
        assert not Offer.objects.filter(case=case).exists()
    # Who wrote a thing always sees it, by the wall too: the team its offer, the caseworker's unit the answer.
    with acting_as(cast.karin):
        assert Offer.objects.filter(case=case).exists()
        assert not Answer.objects.filter(case=case).exists()
    with acting_as(cast.johan):
        assert not Offer.objects.filter(case=case).exists()
        assert Answer.objects.filter(case=case).exists()
    address = reverse("case", args=[case.pk])
    declined = f"Tackat nej {timezone.localdate()} . Opereras i veckan"
    assert declined in text_of(sign_in(cast.johan).get(address))
    assert "Opereras i veckan" not in sign_in(cast.karin).get(address).text + sign_in(cast.mats).get(address).text


@pytest.mark.slow("two threads and a database of their own")
def test_two_who_offer_the_last_place_at_once_give_it_to_one(own_database, cast, places, in_queue):
    places(1)
    cases = [in_queue(days=9), in_queue(days=8)]
    at = timezone.now()
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def offer(case: Any) -> None:
        try:
            with acting_as(cast.karin, at=at) as who:
                start.wait(timeout=10)
                engine.take(case.pk, "offer", by=who, at=at, data={"out_of_order_reason": "Brådskar"})
            outcomes.append("offered")
        except engine.Refused as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=offer, args=[case]) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(outcomes) in (["Overtaken", "offered"], ["NotYet", "offered"])
    with behind_the_wall():
        assert Offer.objects.filter(answer="").count() == 1
        assert Case.objects.filter(offered_at__isnull=False).count() == 1
    assert connection.settings_dict["NAME"] == own_database


@pytest.mark.clause("S8")
def test_a_place_that_the_setting_adds_is_offered_at_once(cast, sign_in, places, in_place, in_queue, as_worker):
    places(1)
    in_place()
    waiting, programme = in_queue(), cast.knutpunkten
    url = f"/installningar/organisations/programme/{programme.pk}/change/"
    assert sign_in(cast.admin).post(url, settings_of(programme) | {"places": "2"}).status_code == 302
    assert jobs_waiting() == [str(programme.pk)]
    run_offer_job(cast, as_worker)
    with behind_the_wall():
        assert Offer.objects.get().case_id == waiting.pk


def test_the_setting_is_not_lowered_below_the_places_that_are_used(cast, sign_in, places, in_place):
    places(5)
    for _ in range(3):
        in_place()
    client, programme = sign_in(cast.admin), Programme.objects.get(pk=cast.knutpunkten.pk)
    url = f"/installningar/organisations/programme/{programme.pk}/change/"
    page = client.post(url, settings_of(programme) | {"places": "2"})
    assert "3 platser är upptagna eller erbjudna. Skriv minst 3." in text_of(page)
    assert client.post(url, settings_of(programme) | {"places": "3"}).status_code == 302
