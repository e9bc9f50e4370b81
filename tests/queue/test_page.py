"""Kö och platser: the coordinator's page, where names are for those with a ground and counts for everybody."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from knutpunkten.cases.models import Party
from knutpunkten.desk.jobs import offer_places, settle
from knutpunkten.organisations.models import Membership, Programme
from tests.activities.test_week import text_of
from tests.builders import make_person
from tests.conftest import behind_the_wall


@pytest.mark.clause("S8")
def test_the_coordinator_sees_the_queue_in_order_and_who_sits_where(cast, sign_in, places, in_place, in_queue):
    places(3)
    with behind_the_wall():
        sits = make_person("Daniel", "Österholm", "197902069272")
        first = make_person("Anneli", "Kvist", "197804112386")
        second = make_person("Jonas", "Ekdahl", "197906209239")
    in_place("active", person=sits)
    in_queue(days=12, person=second)
    in_queue(days=26, person=first)

    page = sign_in(cast.karin).get(reverse("queue")).content.decode()

    assert (
        page.index("Anneli Kvist")
        < page.index("26 dagar i kö")
        < page.index("Jonas Ekdahl")
        < page.index("12 dagar i kö")
    )
    assert "Daniel Österholm" in page
    assert "<strong>1 av 3</strong> platser är upptagna" in page
    assert "Tre platser är lediga" not in page
    assert "Två platser är lediga, den första sedan" in page
    assert page.count("Erbjud plats") == 1
    assert page.count("Erbjud före kön") == 1


def test_a_protected_person_stands_in_the_queue_by_number(cast, sign_in, places, in_queue):
    places(1)
    with behind_the_wall():
        hidden = make_person("Skyddad", "Namnsson", "197805109316", protection="sekretessmarkering")
    case = in_queue(person=hidden, readers=[cast.karin])
    page = sign_in(cast.karin).get(reverse("queue")).content.decode()
    assert "Namnsson" not in page
    assert case.number in page
    assert "Skyddade uppgifter" in page


@pytest.mark.clause("W5")
def test_a_place_held_by_a_protected_person_is_taken_by_nobody(cast, sign_in, places, in_place, in_queue):
    places(2)
    with behind_the_wall():
        hidden = make_person("Skyddad", "Namnsson", "197805109316", protection="sekretessmarkering")
    sits, stands = in_place("placed", person=hidden), in_queue(person=hidden)
    page = sign_in(cast.karin).get(reverse("queue")).content.decode()
    assert "<strong>1 av 2</strong> platser är upptagna" in page
    assert "Upptagen" in page
    assert page.count("Ett ärende") == 1
    for case in (sits, stands):
        assert case.number not in page
        assert str(case.pk) not in page
    assert "Namnsson" not in page


def test_without_a_ground_there_is_a_number_and_the_place_still_counts(cast, sign_in, places, in_place):
    places(2)
    with behind_the_wall():
        person = make_person("Tobias", "Nygren", "198512022396")
    case = in_place("placed", person=person)
    with behind_the_wall():
        # The team's grounds are gone, its own and the consent's: it keeps the status alone.
        Party.objects.filter(case=case, unit=cast.knutpunkten.team).update(withdrawn_at=timezone.now())
    page = sign_in(cast.karin).get(reverse("queue")).content.decode()
    assert "Nygren" not in page
    assert case.number in page
    assert "<strong>1 av 2</strong> platser är upptagna" in page


def test_who_has_no_consent_is_marked_and_cannot_be_mistaken_for_forgotten(cast, sign_in, places, in_queue, as_worker):
    places(1)
    in_queue(valid_until=timezone.localdate() - timedelta(days=1))
    # The team's own ground, from the ticket it wrote, still shows the name.
    karin = sign_in(cast.karin)
    assert "Samtycke saknas" in karin.get(reverse("queue")).content.decode()
    why = "En plats är ledig, men ingen som väntar kan erbjudas den: inget samtycke omfattar teamet just nu."
    assert all(why in karin.get(reverse(name)).text for name in ("queue", "start"))
    second = in_queue(days=2)
    page = karin.get(reverse("queue")).text
    assert "Erbjud plats" in page, "whoever has no consent is passed over by everybody"
    assert "Erbjud före kön" not in page
    assert "out_of_order_reason" not in karin.get(reverse("step", args=[second.pk, "offer"])).text
    assert all(why not in karin.get(reverse(name)).text for name in ("queue", "start"))
    with as_worker():
        offer_places(cast.knutpunkten.pk, timezone.now())
    assert karin.get(reverse("queue")).text.count("Samtycke saknas") == 1
    with behind_the_wall():
        Party.objects.filter(case=second, basis="consent").update(withdrawn_at=timezone.now())
    page = karin.get(reverse("queue")).text
    assert page.count("Samtycke saknas") == 2
    assert "Erbjud någon annan" not in page
    assert "Ingen annan kan erbjudas platsen" in karin.get(reverse("offer_another", args=[second.pk])).text


@pytest.mark.parametrize("name", ["johan", "nadja", "elin", "mats"])
def test_nobody_but_the_coordinator_keeps_the_queue(cast, sign_in, name):
    assert sign_in(getattr(cast, name)).get(reverse("queue")).status_code == 403


def test_the_coordinator_of_another_programme_sees_her_own_queue_only(cast, sign_in, places, in_queue):
    places(1)
    with behind_the_wall():
        person = make_person("Anneli", "Kvist", "197804112386")
    case = in_queue(person=person)
    page = sign_in(cast.agneta).get(reverse("queue")).content.decode()
    assert "Kvist" not in page
    assert case.number not in page


def test_the_page_asks_as_much_of_the_database_with_ten_times_the_rows(
    cast, sign_in, places, in_queue, in_place, as_worker, django_assert_max_num_queries
):
    places(12)
    in_place()
    in_queue()
    client = sign_in(cast.karin)
    with django_assert_max_num_queries(12 + FRAME):
        client.get(reverse("queue"))
    for day in range(9):
        in_queue(days=day)
        in_place("active")
    with as_worker():
        offer_places(cast.knutpunkten.pk, timezone.now())
    with django_assert_max_num_queries(12 + FRAME):
        page = client.get(reverse("queue")).content.decode()
    assert "Har fått ett erbjudande" in page


FRAME = 5  # beside the page's own: the session, the user, begin_as, and the savepoint's two


@pytest.mark.clause("S8")
def test_the_caseworker_sees_where_the_case_stands_and_by_when_to_answer(cast, sign_in, places, in_queue, as_worker):
    places(1)
    first, second = in_queue(days=26), in_queue(days=12)
    johan = sign_in(cast.johan)
    assert "Nummer 2 i kön" in johan.get(reverse("case", args=[second.pk])).content.decode()

    with as_worker():
        offer_places(cast.knutpunkten.pk, timezone.now())

    page = johan.get(reverse("case", args=[first.pk])).content.decode()
    assert "Vem svarar?" in page
    assert "Johan Wik, tillsammans med personen." in page
    assert "Kommer inget svar i tid bestämmer samordnaren." in page
    assert re.search(f"Erbjuden <time[^>]*>{timezone.localdate()}</time>", page)
    assert "Nummer 1 i kön" in johan.get(reverse("case", args=[second.pk])).content.decode()


@pytest.mark.clause("W3")
def test_whoever_has_left_is_not_said_to_answer_but_who_hands_the_case_on(cast, sign_in, places, in_queue, as_worker):
    places(1)
    case = in_queue()
    with behind_the_wall():
        Membership.objects.filter(user=cast.johan).update(ends_on=timezone.localdate() - timedelta(days=1))
    with as_worker():
        settle(timezone.now())
    karin = sign_in(cast.karin)
    by = "epresentanten för Försörjningsstöd lämnar över till den som svarar"
    for page in (reverse("queue"), reverse("case", args=[case.pk])):
        assert by in text_of(karin.get(page))
    assert "Johan Wik svarar" not in karin.get(reverse("queue")).text


@pytest.mark.parametrize(("setting", "all_of_them"), [(1, 2), (2, 2), (21, 21)])
def test_the_start_page_and_the_queue_page_say_the_same_of_a_changed_setting(
    cast, sign_in, places, in_place, setting, all_of_them
):
    places(20)
    in_place(), in_place()
    with behind_the_wall():
        Programme.objects.filter(pk=cast.knutpunkten.pk).update(places=setting)
    client = sign_in(cast.karin)
    for address in (reverse("start"), reverse("queue")):
        assert f"<strong>2 av {all_of_them}</strong> platser är upptagna" in client.get(address).text
