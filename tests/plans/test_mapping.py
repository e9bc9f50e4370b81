"""The mapping: five areas, the person's words apart from staff's, shared only when disclosed (S14, L3, W1)."""

import re

import pytest
from django.urls import reverse

from knutpunkten.plans.models import MappingArea
from tests.conftest import behind_the_wall
from tests.plans.conftest import fresh_version
from tests.plans.pages import AREA, page, write_area, write_mapping


@pytest.mark.clause("S14", "L3")
def test_the_supervisor_maps_the_whole_person_and_says_when_it_is_done(case, elin):
    write_area(elin, case, "basic", own_words="Jag bor bra men långt bort.", resources="En syster i närheten")

    write_area(elin, case, "social", own_words="", staff_words="", resources="Grannen")

    unfinished = elin.post(page("step", case, "finish_mapping"), {"version": fresh_version(case)})
    lacking = (
        "Skriv i Egna ord eller Det vi ser för Sociala behov, Fysiska behov, Psykiska behov och Arbete och studier."
    )
    assert lacking in unfinished.text
    assert '/finish_mapping/" data-once data-rests-on-saved>' in unfinished.text, "on what the boxes say"
    assert "Jag bor bra men långt bort." in unfinished.text  # the same page, not the step's plain one
    fresh_version(case)
    assert case.mapped_at is None

    write_mapping(elin, case)
    elin.post(page("step", case, "finish_mapping"), {"version": fresh_version(case)})
    fresh_version(case)
    assert case.mapped_at is not None


@pytest.mark.parametrize("filled", [{"resources": "Grannen"}, {"obstacles": "Bussen"}, {"score": "0"}])
def test_an_area_without_words_is_under_way_and_says_where_they_lack(case, elin, filled):
    write_area(elin, case, "social", **{"own_words": "", "staff_words": "", **filled})
    shown = elin.get(page("mapping", case)).text
    assert shown.count("Pågår") == 1
    assert shown.count("Ej påbörjat") == 4
    assert shown.count("Skriv i Egna ord eller Det vi ser.") == 1


def test_the_persons_words_stand_apart_from_staffs(case, elin):
    write_area(elin, case, "work", own_words="Jag vill laga mat.", staff_words="Har arbetat i kök.", score="")
    answer = elin.get(page("mapping", case)).text
    assert "Jag vill laga mat." in answer
    with behind_the_wall():
        row = MappingArea.objects.get(case=case, area="work")
    assert (row.own_words, row.staff_words, row.score) == ("Jag vill laga mat.", "Har arbetat i kök.", None)


@pytest.mark.clause("W1")
def test_nobody_outside_the_team_reads_an_area_before_it_is_disclosed_and_then_only_under_its_category(
    case, elin, sign_in, cast
):
    write_area(elin, case, "physical", own_words="Ryggen värker.")
    siv, mats = sign_in(cast.siv), sign_in(cast.mats)
    before = siv.get(page("mapping", case)).text
    assert "Ryggen värker." not in before
    assert "Fysisk och psykisk hälsa: inget är utlämnat." in before
    assert before.count("Delas inte med er enhet") == 2, "what no consent gives the unit"

    elin.post(page("disclose_area", case, "physical"), {"disclosed": "yes"})
    assert "Ryggen värker." in siv.get(page("mapping", case)).text
    assert "Utlämnad av Elin Strand" in siv.get(page("mapping", case)).text
    assert "Ryggen värker." not in mats.get(page("mapping", case)).text
    assert "Fysisk och psykisk hälsa" in mats.get(page("mapping", case)).text

    elin.post(page("disclose_area", case, "physical"), {"disclosed": "no"})
    assert "Ryggen värker." not in siv.get(page("mapping", case)).text


def test_an_area_that_no_other_partys_consent_covers_cannot_be_disclosed(make_case, sign_in, cast):
    case = make_case("active", parties={"Knutpunktsteamet": ["grund", "halsa"], "Arbetsförmedlingen": ["grund"]})
    elin = sign_in(cast.elin)
    write_area(elin, case, "physical")
    answer = elin.post(page("disclose_area", case, "physical"), {"disclosed": "yes"}, follow=True)
    assert "Inget samtycke som gäller låter någon annan part läsa det här." in answer.text
    with behind_the_wall():
        assert MappingArea.objects.get(case=case).disclosed_at is None


def test_what_is_written_is_saved_meanwhile_and_says_when(case, elin):
    answer = elin.post(
        page("save_area", case, "basic"), {"basic-own_words": "Halvvägs"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "Sparat" in answer.text
    assert "Ifyllt" in answer.text
    assert "1 av 5 delar klara" in answer.text
    assert "Det går inte än. Skriv i Egna ord eller Det vi ser för Sociala behov" in answer.text
    with behind_the_wall():
        assert MappingArea.objects.get(case=case).own_words == "Halvvägs"


def test_words_from_an_older_page_are_not_saved_over_newer_ones_unread(case, elin):
    write_area(elin, case, "basic", own_words="Jag sover dåligt.")
    opened = seen_of(elin.get(page("mapping", case)), "basic")
    phone = {"basic-own_words": "Jag sover bra nu.", "basic-staff_words": AREA["staff_words"], "seen": opened}
    writing = {"HX-Request": "true"}
    saved = elin.post(page("save_area", case, "basic"), phone, headers=writing)
    # Who goes on from there meets no words of their own.
    phone |= {"basic-own_words": "Jag sover bra nu, och äter.", "seen": saved["X-Seen"]}
    assert elin.post(page("save_area", case, "basic"), phone, headers=writing).status_code == 200
    assert elin.post(page("save_area", case, "basic"), {**phone, "seen": opened}).status_code == 302, "the same twice"

    older = {"basic-own_words": "Jag vill flytta.", "basic-staff_words": AREA["staff_words"], "seen": opened}
    refused = elin.post(page("save_area", case, "basic"), older, headers=writing)
    assert (refused.status_code, "X-Seen" in refused.headers) == (422, False)
    assert "Spara för att se båda." in refused.text
    both = elin.post(page("save_area", case, "basic"), older)
    assert "Ditt är inte sparat än." in both.text
    assert "Jag sover bra nu, och äter." in both.text
    assert "Jag vill flytta." in both.text
    with behind_the_wall():
        assert MappingArea.objects.get(case=case).own_words == "Jag sover bra nu, och äter."
    elin.post(page("save_area", case, "basic"), older | {"seen": seen_of(both, "basic")})
    with behind_the_wall():
        assert MappingArea.objects.get(case=case).own_words == "Jag vill flytta."


def seen_of(response, area):
    return next(item["form"].seen for item in response.context["areas"] if item["area"] == area)


def test_too_long_a_text_is_told_and_kept_on_the_page(case, elin):
    answer = write_area(elin, case, "basic", staff_words="x" * 5001)
    assert "högst 5000 tecken" in answer.text
    assert "x" * 5001 in answer.text
    assert answer.text.count(" data-unsaved>") == 1, "so that nothing is sent past it"
    with behind_the_wall():
        assert not MappingArea.objects.filter(case=case).exists()


def test_a_score_that_is_not_on_the_scale_is_refused(case, elin):
    answer = write_area(elin, case, "basic", score="11")
    assert "Välj ett tal från 0 till 10" in answer.text


@pytest.mark.parametrize("area", ["annat", "BASIC"])
def test_an_area_that_does_not_exist_is_not_found(case, elin, area):
    assert write_area(elin, case, area).status_code == 404


def test_only_the_cases_own_supervisor_writes(case, sign_in, cast):
    assert write_area(sign_in(cast.peter), case, "basic").status_code == 404
    assert write_area(sign_in(cast.karin), case, "basic").status_code == 403
    assert write_area(sign_in(cast.johan), case, "basic").status_code == 403
    with behind_the_wall():
        assert not MappingArea.objects.filter(case=case).exists()


@pytest.mark.clause("W1")
def test_without_a_consent_the_teams_work_rests_also_on_a_page_that_is_open(case, elin, sign_in, cast):
    write_area(elin, case, "basic")
    gone = {"what": "whole", "how": "phone", "taken_by": "Johan Wik"}
    assert sign_in(cast.johan).post(reverse("withdraw_consent", args=[case.pk]), gone).status_code == 302
    address = reverse("save_area", args=[case.pk, "basic"])
    answer = elin.post(address, {"basic-own_words": "Skrivet efteråt"})
    assert "Inget sparades" in answer.text
    assert "Skrivet efteråt" in answer.text  # still there, to be taken along
    by_itself = elin.post(address, {"basic-own_words": "Skrivet efteråt"}, headers={"HX-Request": "true"})
    assert by_itself.status_code == 422
    assert "Teamets arbete vilar" in by_itself.text
    with behind_the_wall():
        assert "efteråt" not in MappingArea.objects.get(case=case, area="basic").own_words
    page_now = elin.get(reverse("mapping", args=[case.pk])).text
    assert "<textarea" not in page_now
    assert "Teamets arbete vilar" in page_now
    assert "Registrera" not in elin.get(reverse("case", args=[case.pk])).text
    assert elin.post(reverse("begin_plan", args=[case.pk]), follow=True).redirect_chain[-1][0] == reverse(
        "case", args=[case.pk]
    )


def test_what_is_typed_in_an_area_after_the_case_has_ended_is_shown_to_be_copied(case, elin, cast, take):
    write_area(elin, case, "basic")
    take(case, "cancel", cast.johan, wish="person", why="Flyttar")
    late = write_area(elin, case, "basic", own_words="Sover bättre nu", score="7")
    assert late.status_code == 409
    assert "Ärendet har tagit slut, så det går inte att skriva i det längre." in late.text
    assert re.findall(r'<li class="written"><strong>(.*?)</strong><br>(.*?)</li>', late.text) == [
        ("Egna ord", "Sover bättre nu"),
        ("Var är du nu?", "7"),
    ]
    disclosed = elin.post(page("disclose_area", case, "basic"), {"disclosed": "yes"}, follow=True)
    assert "Ärendet har tagit slut" in disclosed.text
    with behind_the_wall():
        area = MappingArea.objects.get(case=case, area="basic")
    assert (area.own_words, area.disclosed_at) == (AREA["own_words"], None)


def test_nothing_is_mapped_before_the_start(make_case, sign_in, cast):
    allocated = make_case("allocated")
    assert write_area(sign_in(cast.elin), allocated, "basic").status_code == 404
