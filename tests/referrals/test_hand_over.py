"""From a finished draft to the representative: check, hand over, read, send back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.cases.models import Case, Category, Level, Party, Section
from knutpunkten.documents.models import StoredFile
from knutpunkten.meetings.models import Decision, Meeting
from knutpunkten.people.models import Person
from knutpunkten.referrals.rules import next_meetings
from tests.builders import make_case
from tests.conftest import behind_the_wall, signed_in
from tests.referrals.conftest import leif_himself
from tests.referrals.filling import (
    consent_answers,
    consultation_answers,
    day,
    fill_all,
    hand_over,
    part_url,
    register,
    sign_consent,
)
from tests.standing import standing


@pytest.fixture
def johan(cast, sign_in):
    return sign_in(cast.johan)


@standing
def written(cast):
    """A draft with every part written, a file, and a signed consent."""
    with behind_the_wall():
        case = make_case(cast, "draft", parties={}, person=leif_himself())
    johan = signed_in(cast.johan)
    fill_all(johan, case)
    enclose(johan, case)
    sign_consent(johan, case, cast)
    return case


def enclose(client, case, category="halsa"):
    file = SimpleUploadedFile("Läkarutlåtande.pdf", b"%PDF-1.7 prov")
    response = client.post(reverse("upload_file", args=[case.pk]), {"file": file, "category": category})
    assert response.status_code == 302


def words_of(response):
    return " ".join(strip_tags(response.text).split())


def state(case):
    with behind_the_wall():
        return Case.objects.get(pk=case.pk).state


@pytest.mark.clause("S4", "S5")
def test_the_task_list_opens_the_last_part_when_everything_else_is_done(johan, make_case, cast, leif):
    case = make_case("draft", parties={}, person=leif)
    page = johan.get(reverse("referral", args=[case.pk])).content.decode()
    assert "0 av 10 delar klara" in page
    assert "Öppnas när del 1–8 är klara" in page
    assert reverse("check_referral", args=[case.pk]) not in page
    fill_all(johan, case)
    page = johan.get(reverse("referral", args=[case.pk])).content.decode()
    assert "7 av 10 delar klara" in page
    assert "7 av remissens 10 delar är klara" in johan.get(reverse("case", args=[case.pk])).text
    assert "Öppnas när del 8 är klar" in page
    sign_consent(johan, case, cast)
    page = johan.get(reverse("referral", args=[case.pk])).content.decode()
    assert "8 av 10 delar klara" in page
    assert "8 av remissens 10 delar är klara" in johan.get(reverse("case", args=[case.pk])).text
    assert reverse("check_referral", args=[case.pk]) in page
    assert "Kontrollera och lämna till Nadja Berg" in page


@pytest.mark.clause("S5", "S4")
def test_referral_consent_and_investigations_are_handed_to_the_representative(johan, written, cast, sign_in):
    check = johan.get(reverse("check_referral", args=[written.pk])).content.decode()
    assert "Försäkringskassan: ingen kontakt därifrån står med och den är inte part i samtycket." in check
    assert "Arbetsförmedlingen:" not in check
    assert "Hur kan Leif pröva sin arbetsförmåga tryggt?" in check
    assert "Läkarutlåtande.pdf" in check
    readers = strip_tags(check.partition("Vem får läsa remissen, part för part")[2].partition("</table>")[0])
    readers = " ".join(readers.split())
    assert "KPKnutpunkten, Knutpunktsteamet Grunduppgifter, Planering" in readers
    given = (
        "Grunduppgifter Det er enhet själv har skrivit i remissen lämnas till dem som får läsa den sortens uppgifter."
    )
    assert readers.count(given) == 1, "by the unit that refers alone"
    assert "lämna " not in readers
    nadja = sign_in(cast.nadja)
    assert nadja.get(reverse("read_referral", args=[written.pk])).status_code == 404
    response = hand_over(johan, written)
    receipt = johan.get(response.url).content.decode()
    assert "Remissen är inlämnad" in receipt
    assert "Vad händer nu?" in receipt
    assert state(written) == "handed_over"
    page = nadja.get(reverse("read_referral", args=[written.pk])).content.decode()
    assert "Jag vill jobba igen." in page
    assert "Ryggvärk efter två timmar." in page
    assert "Läkarutlåtande.pdf" in page
    assert "Utlämnad av Johan Wik" in page
    with behind_the_wall():
        file = StoredFile.objects.get(case=written)
        assert file.disclosed_by_id == cast.johan.pk
    assert nadja.get(reverse("file", args=[written.pk, file.pk])).content == b"%PDF-1.7 prov"


@pytest.mark.clause("S4")
def test_what_the_consent_does_not_give_the_team_and_it_needs_is_said_and_hinders_nothing(
    johan, written, cast, sign_in
):
    check = reverse("check_referral", args=[written.pk])
    said = "Insatsens team får inte läsa planering."
    assert "Insatsens team" not in johan.get(check).text
    with behind_the_wall():
        Party.objects.filter(case=written, unit=cast.knutpunkten.team).update(categories=["grund", "social"])
    assert said in johan.get(check).text
    hand_over(sign_in(cast.sara), written)
    assert state(written) == "handed_over"
    assert "En remiss är inlämnad till representanten" in johan.get(reverse("inbox")).text, "a colleague handed it in"


@pytest.mark.clause("S4", "W1")
def test_what_the_consent_lets_nobody_read_is_said_before_handing_over_and_after(johan, written):
    def given(*categories):
        with behind_the_wall():
            Party.objects.filter(case=written, basis="consent").update(categories=categories)
        return johan.get(reverse("check_referral", args=[written.pk])).text

    assert "Ingen annan enhet får läsa" not in given(*Category)
    assert "<strong>Ingen annan enhet får läsa fysisk och psykisk hälsa.</strong>" in given(*set(Category) - {"halsa"})
    hand_over(johan, written)
    page = johan.get(reverse("read_referral", args=[written.pk])).text.partition("Utredningar")
    assert "med stöd av samtycket" in page[0]
    assert "Ingen annan enhet får läsa det" in page[2]
    assert "med stöd av samtycket" not in page[2]


@pytest.mark.clause("W5")
def test_of_a_protected_person_the_receiver_is_said_to_get_the_number_and_to_name_who_reads(johan, written):
    check = reverse("check_referral", args=[written.pk])
    assert "När du lämnar in får Nadja Berg läsa remissen." in johan.get(check).text
    with behind_the_wall():
        Case.objects.filter(pk=written.pk).update(protection=Person.Protection.MARKED, is_protected=True)
    page = johan.get(check).text
    assert "När du lämnar in får Nadja Berg ärendets nummer och utser vem som läser." in page
    assert "läsa remissen." not in page


@pytest.mark.clause("W1")
def test_handed_over_is_not_yet_read_by_the_other_parties_nor_the_team(johan, written, cast, sign_in):
    hand_over(johan, written)
    for reader in (cast.mats, cast.karin, cast.elin, cast.siv):
        assert sign_in(reader).get(reverse("read_referral", args=[written.pk])).status_code == 404


@pytest.mark.clause("S1", "S5")
def test_an_unfinished_referral_is_not_handed_over_and_says_what_is_missing(johan, make_case, cast, leif):
    case = make_case("draft", parties={}, person=leif)
    page = johan.get(reverse("check_referral", args=[case.pk])).content.decode()
    assert "Delen ”Prata med din representant” är inte klar." in page
    assert f'<a class="command" href="{part_url(case, "talk")}">Fyll i' in page
    assert reverse("step", args=[case.pk, "hand_over"]) not in page
    sign_consent(johan, case, cast)
    response = hand_over(johan, case)
    assert "De här delarna är inte klara: ”Prata med din representant”, ”Studiebesök”," in response.text
    fill_all(johan, case)
    johan.post(part_url(case, "question"), {"question": ""})
    assert "Delen ”Frågeställning” är inte klar." in hand_over(johan, case).text
    assert state(case) == "draft"


@pytest.mark.clause("S4")
def test_without_a_consent_that_names_the_team_nothing_is_handed_over(johan, make_case, cast, leif):
    case = make_case("draft", parties={}, person=leif)
    fill_all(johan, case)
    sign_consent(johan, case, cast, Arbetsförmedlingen=["arbetsmarknad"])
    assert "omfattar inte teamet" in johan.get(reverse("referral", args=[case.pk])).content.decode()
    assert "Samtycket måste omfatta teamet" in hand_over(johan, case).content.decode()
    assert state(case) == "draft"


@pytest.mark.clause("S4", "W1")
def test_it_is_said_why_no_consent_holds(johan, make_case, cast, leif):
    case = make_case("draft", parties={}, person=leif)
    fill_all(johan, case)
    assert "Samtycket är inte påskrivet än." in hand_over(johan, case).text
    later = {**consent_answers(cast), "valid_from": day(-30)}
    johan.post(reverse("consent", args=[case.pk]), later)
    register(johan, case)
    assert f"Samtycket börjar gälla {day(-30)}." in hand_over(johan, case).text
    parts = words_of(johan.get(reverse("referral", args=[case.pk])))
    assert f"Påskrivet. Börjar gälla {day(-30)}.Väntar" in parts
    assert f"Kan lämnas in från {day(-30)}, då samtycket börjar gälla." in parts
    assert "Öppnas när" not in parts
    last, meeting = next_meetings(case.programme, timezone.localdate() + timedelta(days=30))
    assert f"Lämnar du in senast {last} kan ärendet anmälas på mötet {meeting}" in parts, "not before it can be"
    johan.post(reverse("consent", args=[case.pk]), later)
    beside = f"Börjar gälla {day(-30)}. Ett nytt är skrivet, men inte påskrivet."
    assert beside in words_of(johan.get(reverse("referral", args=[case.pk])))
    assert f"Kan lämnas in från {day(-30)}" in words_of(johan.get(reverse("check_referral", args=[case.pk])))
    call = {"what": "whole", "how": "phone", "taken_by": "Johan Wik"}
    johan.post(reverse("withdraw_consent", args=[case.pk]), call)
    assert "Samtycket gäller inte längre." in hand_over(johan, case).text


@pytest.mark.clause("L9", "L10", "W1")
def test_a_lis_referral_goes_straight_to_the_next_meeting_and_its_parties_read_it(
    johan, make_case, cast, leif, sign_in
):
    case = make_case("draft", parties={}, person=leif, programme=cast.lis)
    fill_all(johan, case)
    sign_consent(johan, case, cast, **{"LIS-teamet": ["planering"], "Arbetsförmedlingen": ["arbetsmarknad"]})
    assert hand_over(johan, case, "hand_over_directly").status_code == 302
    assert state(case) == "announced"
    page = sign_in(cast.mats).get(reverse("read_referral", args=[case.pk])).content.decode()
    assert "Jag vill jobba igen." in page
    assert "Snickare i tjugo år." in page
    for hidden in ("Ryggvärk", "Bor ensam", "Praktik på byggvaruhus"):
        assert hidden not in page
    assert page.count("Delas inte med er enhet") == 4  # ekonomi, hälsa (twice: addiction too), tidigare arbete


@pytest.mark.clause("K2", "K3")
def test_a_consultation_is_handed_over_with_consent_and_privacy_notice(johan, make_case, cast, sign_in):
    case = make_case("draft", kind="consultation", parties={})
    fill_all(johan, case, consultation_answers())
    assert "Samtycket är inte påskrivet" in hand_over(johan, case, "hand_over_consultation").content.decode()
    assert state(case) == "draft"
    sign_consent(johan, case, cast)
    response = hand_over(johan, case, "hand_over_consultation")
    assert "Du presenterar den själv på mötet" in johan.get(response.url).content.decode()
    assert state(case) == "handed_over"
    page = sign_in(cast.nadja).get(reverse("read_referral", args=[case.pk])).content.decode()
    assert "Jag vill veta vem som bestämmer." in page


def test_a_double_click_hands_over_once_and_the_second_is_told(johan, written):
    with behind_the_wall():
        written.refresh_from_db()
    version = written.version
    assert hand_over(johan, written).status_code == 302
    second = johan.post(reverse("step", args=[written.pk, "hand_over"]), {"version": version})
    assert second.status_code == 409
    assert state(written) == "handed_over"


@pytest.mark.clause("S13")
def test_sent_back_it_is_a_draft_again_with_what_is_lacking_on_top(johan, written, cast, sign_in):
    hand_over(johan, written)
    with behind_the_wall():
        written.refresh_from_db()
    nadja = sign_in(cast.nadja)
    url = reverse("step", args=[written.pk, "send_back"])
    assert "Skriv vad handläggaren behöver ändra" in nadja.post(url, {"version": written.version}).content.decode()
    nadja.post(url, {"version": written.version, "lacking": "Skriv till vården som kontakt."})
    assert state(written) == "draft"
    page = johan.get(reverse("referral", args=[written.pk])).content.decode()
    assert "Nadja Berg skickade tillbaka remissen" in page
    assert '<li aria-current="page">Remiss</li>' in page
    assert "Skriv till vården som kontakt." in page
    assert "Kontrollera och lämna till Nadja Berg igen" in page
    assert johan.get(part_url(written, "contacts")).status_code == 200
    shown = johan.get(reverse("case", args=[written.pk])).text
    assert shown.count("Skriv till vården som kontakt.") == 1, "the panel does not say it again"
    box = shown.partition('aria-labelledby="next-step"')[2].partition("</section>")[0]
    assert '<h2 id="next-step">Komplettera remissen</h2>' in box
    said = f"Nadja Berg skickade tillbaka remissen {timezone.localdate()}: Skriv till vården som kontakt."
    assert said in strip_tags(box)
    for address, label in (("referral", "Komplettera remissen"), ("check_referral", "Lämna till representanten igen")):
        assert re.search(f'href="{reverse(address, args=[written.pk])}"[^>]*>{label}<', box)
    assert hand_over(johan, written).status_code == 302
    assert state(written) == "handed_over"


@pytest.mark.clause("S13", "W3")
def test_sent_back_it_waits_on_the_start_page_to_be_completed_with_by_whom_and_why(johan, written, cast, sign_in):
    assert "Skriv klart remissen: " in johan.get("/").text
    hand_over(johan, written)
    with behind_the_wall():
        written.refresh_from_db()
    url = reverse("step", args=[written.pk, "send_back"])
    sign_in(cast.nadja).post(url, {"version": written.version, "lacking": "Skriv till vården som kontakt."})
    start = strip_tags(johan.get("/").text)
    assert "Komplettera remissen: " in start
    assert "Skriv klart remissen: " not in start
    today = timezone.localdate().isoformat()
    assert f"{written.number}. Nadja Berg skickade tillbaka den {today}: Skriv till vården som kontakt." in start
    with behind_the_wall():  # a draft anew since, for another reason: what was lacking then is no longer the point
        Case.objects.filter(pk=written.pk).update(state_since=timezone.now())
    assert "Komplettera remissen" not in johan.get("/").text


@pytest.mark.clause("S13")
def test_who_sends_it_back_is_told_who_has_it_now_and_why_it_is_shut_to_them(johan, written, cast, sign_in):
    hand_over(johan, written)
    with behind_the_wall():
        written.refresh_from_db()
    nadja, case_page = sign_in(cast.nadja), reverse("case", args=[written.pk])
    nadja.get(case_page)
    lacking = {"version": written.version, "lacking": "Skriv till vården.\nRing sedan."}
    answer = nadja.post(reverse("step", args=[written.pk, "send_back"]), lacking, follow=True)
    assert "Remissen är tillbaka hos Johan Wik, som ser vad du skrev." in answer.text
    assert "dagordningen" not in answer.text.partition("Remissen är tillbaka")[2].partition("</")[0]
    shut = nadja.get(case_page)
    assert shut.status_code == 404
    assert "remissen kan ha gått tillbaka till handläggaren" in shut.text
    # The caseworker reads it as it was written, in lines.
    assert "Skriv till vården.<br>Ring sedan." in johan.get(case_page).text


@pytest.mark.clause("S12")
def test_the_caseworker_documents_why_a_case_ends_and_the_case_page_shows_it(johan, written):
    hand_over(johan, written)
    with behind_the_wall():
        written.refresh_from_db()
    url = reverse("step", args=[written.pk, "cancel"])
    assert "Välj vems önskan det är" in johan.post(url, {"version": written.version}).content.decode()
    assert state(written) == "handed_over"
    reason = {"version": written.version, "wish": "person", "why": "Har fått ett arbete."}
    assert johan.post(url, reason).status_code == 302
    assert state(written) == "cancelled"
    with behind_the_wall():
        assert Section.objects.get(case=written, key="cancelled").data["why"] == "Har fått ett arbete."
    page = johan.get(reverse("case", args=[written.pk])).content.decode()
    assert "Har fått ett arbete." in page
    assert "personens egen önskan" in page


@pytest.mark.clause("S7")
def test_a_returned_referral_can_be_taken_up_again(johan, written, make_case):
    case = make_case("returned", parties={})
    assert johan.post(reverse("step", args=[case.pk, "reopen"]), {"version": case.version}).status_code == 302
    with behind_the_wall():
        again = Case.objects.get(pk=case.pk)
    assert (again.state, again.decision, again.decided_at, again.handed_over_at) == ("draft", "", None, None)
    assert not kept_of_the_group(case), "no besked that this unit has read"
    assert johan.get(reverse("referral", args=[case.pk])).status_code == 200


@pytest.mark.clause("S7")
def test_what_the_group_returned_it_for_goes_with_it_and_is_not_handed_over(johan, make_case, cast):
    case, now = make_case("returned"), timezone.now()
    with behind_the_wall():
        Party.objects.filter(case=case, basis="consent").update(level=Level.TEXT)  # as the meeting left it
        starts_at = now - timedelta(days=9)
        meeting = Meeting.objects.create(
            programme=case.programme, starts_at=starts_at, ends_at=now, place="Solen", state="held"
        )
        Decision.objects.create(
            case=case,
            author_unit=case.programme.team,
            meeting=meeting,
            which="return",
            reason="Gruppen vet för lite.",
            what_would_change_it="Ett läkarutlåtande.",
            decided_at=now,
            decided_by=cast.karin,
        )
    johan.post(reverse("step", args=[case.pk, "reopen"]), {"version": case.version})
    for page in ("case", "referral"):
        text = johan.get(reverse(page, args=[case.pk])).text
        assert "Gruppen vet för lite." in text
        assert "Ett läkarutlåtande." in text
    start = strip_tags(johan.get("/").text)
    assert "Skriv klart remissen: " not in start
    assert "Komplettera remissen: Leif Sandqvist" in start
    said = f"{case.number}. Gruppen gav återremiss på mötet {meeting.met_on}: Ett läkarutlåtande."
    assert said in start
    kept = kept_of_the_group(case)
    assert (kept.author_unit_id, kept.disclosed_at) == (case.referring_unit_id, None)


def kept_of_the_group(case: Any) -> Any:
    with behind_the_wall():
        return Section.objects.filter(case=case, key="returned").first()
