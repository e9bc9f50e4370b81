"""Beginning a referral: who it is about, number and name confirmed together."""

import re

import pytest
from django.urls import reverse

from knutpunkten.cases.models import Case, Section, Turn
from knutpunkten.organisations.models import Association
from knutpunkten.people.models import Person
from tests.builders import make_person
from tests.conftest import behind_the_wall

WOMAN = "198603139885"


@pytest.fixture
def nora(cast):
    return {
        "programme": str(cast.knutpunkten.pk),
        "kind": "collaboration",
        "number": "860313-9885",
        "first_name": "Nora",
        "last_name": "Fridh",
        "protection": "none",
        "phone": "070-174 06 40",
    }


@pytest.fixture
def johan(cast, sign_in):
    return sign_in(cast.johan)


def begin(client, data):
    return client.post(reverse("new_referral"), {**data, "confirm": "1", "is_checked": "1"})


@pytest.mark.clause("S4", "L9")
def test_number_and_name_are_shown_together_and_confirmed_before_a_draft_is_begun(johan, nora, cast):
    page = johan.post(reverse("new_referral"), nora).content.decode()
    assert "19860313-9885" in page
    assert "Nora Fridh" in page
    assert "data-once data-unkept>" in page, "what waits for the first page's form is not offered here"
    assert "data-asks-again>" in johan.get(reverse("new_referral")).text, "where it waits until it is confirmed"
    with behind_the_wall():
        assert not Case.objects.exists()
    response = begin(johan, nora)
    with behind_the_wall():
        case = Case.objects.select_related("person").get()
        assert (case.person.number, case.state, case.caseworker_id) == (WOMAN, "draft", cast.johan.pk)
        assert Turn.objects.get(case=case).user_id == cast.johan.pk
        assert Section.objects.get(case=case, key="person").data["phone"] == "070-174 06 40"
    assert response.url == reverse("referral", args=[case.pk])
    assert "19860313-9885" in johan.get(response.url).content.decode()


def test_only_the_programmes_of_the_own_agencys_association_are_offered_and_taken(johan, nora, cast):
    with behind_the_wall():
        cast.lis.association = Association.objects.create(name="Samordningsförbundet Annat")
        cast.lis.save()
    assert "Knutpunkten LIS" not in johan.get(reverse("new_referral")).text
    refused = begin(johan, nora | {"programme": str(cast.lis.pk)})
    assert refused.status_code == 200
    with behind_the_wall():
        assert not Case.objects.exists()
    assert begin(johan, nora).status_code == 302


def test_an_unchecked_box_begins_nothing_and_says_what_to_do(johan, nora):
    response = johan.post(reverse("new_referral"), {**nora, "confirm": "1"})
    assert response.status_code == 200
    assert "Kontrollera numret mot namnet" in response.content.decode()
    assert 'id="errors"' in response.text  # the page's script moves there
    with behind_the_wall():
        assert not Case.objects.exists()


def test_a_number_that_the_unit_knows_under_another_name_is_told_of_before_it_is_confirmed(
    johan, nora, make_case, cast, sign_in
):
    with behind_the_wall():
        known = make_case("queued", person=make_person("Jonas", "Ekdahl", number=WOMAN))
    told = f'Numret hör till Jonas Ekdahl i <span class="nowrap">{known.number}</span>. Stämmer numret?'
    assert told in johan.post(reverse("new_referral"), nora).text
    same = {**nora, "first_name": "Jonas", "last_name": "Ekdahl"}
    assert "Stämmer numret?" not in johan.post(reverse("new_referral"), same).text
    elsewhere = sign_in(cast.tove)
    assert "Stämmer numret?" not in elsewhere.post(reverse("new_referral"), nora).text


@pytest.mark.clause("W5")
def test_of_a_number_whose_case_one_does_not_see_nothing_is_told(johan, nora, make_case, cast, sign_in):
    """Johan's colleague is answered as if there were no case."""
    before = sign_in(cast.sara).post(reverse("new_referral"), nora)
    with behind_the_wall():
        hidden = make_person("Jonas", "Ekdahl", number=WOMAN, protection=Person.Protection.MARKED)
        make_case("queued", person=hidden)
    after = sign_in(cast.sara).post(reverse("new_referral"), nora)
    assert "Stämmer numret?" in johan.post(reverse("new_referral"), nora).text
    assert "Ekdahl" not in johan.post(reverse("new_referral"), nora).text
    assert asked(after) == asked(before)


def asked(response):
    """What the page asks, without what is new on each: its token."""
    main = response.text[response.text.index("<main") : response.text.index("</main")]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", main)


@pytest.mark.clause("W5")
def test_what_is_not_kept_of_a_protected_person_is_said(johan, nora):
    begun = johan.post(
        reverse("new_referral"),
        {**nora, "protection": "sekretessmarkering", "address": "Hamngatan 3", "confirm": "1", "is_checked": "1"},
        follow=True,
    )
    assert "Telefon och adress sparades inte, för att personen är skyddad." in begun.text


def test_what_was_typed_stays_when_one_goes_back_to_change_it(johan, nora):
    page = johan.post(reverse("new_referral"), {**nora, "change": "1"}).content.decode()
    assert 'value="Nora"' in page
    assert 'value="19860313-9885"' in page or 'value="860313-9885"' in page


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("198707049996", "numret stämmer inte"),
        ("19860313-988", "tio eller tolv siffror"),
        ("hej", "med siffror"),
        ("", "Skriv personnumret"),
        ("19861313-9885", "Födelsedatumet i numret finns inte"),
        ("860313-9885\x00", ""),
    ],
)
def test_a_wrong_number_is_told_in_a_sentence_and_nothing_typed_is_lost(johan, nora, number, sentence):
    response = begin(johan, {**nora, "number": number})
    page = response.content.decode()
    assert response.status_code == 200
    assert sentence in page
    assert 'value="Nora"' in page
    with behind_the_wall():
        assert not Person.objects.exists()
        assert not Case.objects.exists()


def test_a_phone_number_is_whole_or_none(johan, nora):
    assert "Skriv hela telefonnumret" in johan.post(reverse("new_referral"), {**nora, "phone": "x"}).text


def test_an_unknown_number_needs_a_reason(johan, nora):
    unknown = {**nora, "number": "", "is_unknown": "on"}
    assert "Skriv varför numret är okänt" in begin(johan, unknown).content.decode()
    assert begin(johan, {**unknown, "unknown_reason": "Väntar på samordningsnummer"}).status_code == 302
    with behind_the_wall():
        person = Person.objects.get()
        assert (person.number, person.kind) == (None, "okänt")


def test_a_coordination_number_is_kept_as_what_it_is(johan, nora):
    page = johan.post(reverse("new_referral"), {**nora, "number": "197306749982"}).content.decode()
    assert "samordningsnummer, född" in page


def test_a_double_click_begins_one_case_and_leads_to_it(johan, nora):
    first = begin(johan, nora)
    second = begin(johan, nora)
    assert second.status_code == 200
    page = second.content.decode()
    assert "redan ett öppet ärende" in page
    with behind_the_wall():
        case = Case.objects.get()
    assert first.url == reverse("referral", args=[case.pk])
    assert reverse("case", args=[case.pk]) in page


def test_a_consultation_about_the_same_person_is_another_thing(johan, nora):
    begin(johan, nora)
    assert begin(johan, {**nora, "kind": "consultation"}).status_code == 302


def test_another_unit_is_not_told_that_the_person_is_known(johan, nora, cast, sign_in):
    begin(johan, nora)
    assert begin(sign_in(cast.tove), nora).status_code == 302
    with behind_the_wall():
        assert Person.objects.filter(number=WOMAN).count() == 1
        assert Case.objects.count() == 2


def test_a_forged_programme_is_refused(johan, nora):
    response = begin(johan, {**nora, "programme": "00000000-0000-0000-0000-000000000000"})
    assert response.status_code == 200
    assert "Välj ett av alternativen" in response.content.decode()


@pytest.mark.clause("W5")
def test_a_protected_person_has_a_drawn_number_and_no_whereabouts(johan, nora):
    response = begin(
        johan, {**nora, "protection": "sekretessmarkering", "address": "Hamngatan 3", "language": "svenska"}
    )
    with behind_the_wall():
        case = Case.objects.get()
        kept = Section.objects.get(case=case, key="person").data
    assert case.number.startswith("KP-")
    assert "phone" not in kept
    assert "address" not in kept
    assert kept["language"] == "svenska"
    page = johan.get(response.url).content.decode()
    assert "Nora" not in page
    assert "19860313" not in page
    situation = johan.get(reverse("referral_part", args=[case.pk, "situation"])).text
    assert "Skriv aldrig var personen bor, arbetar eller går i skola." in situation
    assert "Boende" not in situation


def test_only_caseworkers_begin_referrals(cast, sign_in):
    assert sign_in(cast.nadja).get(reverse("new_referral")).status_code == 403
    assert sign_in(cast.karin).get(reverse("new_referral")).status_code == 403
