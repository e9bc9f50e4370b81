"""The consent: whom it names, signed on paper, giving each unit its ground, and taken back."""

import io
import re
from datetime import date, timedelta

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Category, Party
from knutpunkten.consents.forms import SignForm
from knutpunkten.consents.mark import mark
from knutpunkten.consents.models import Consent
from knutpunkten.consents.paper import MEANS
from knutpunkten.consents.rules import last_day
from knutpunkten.documents.models import StoredFile
from knutpunkten.organisations.hosts import keep_host
from knutpunkten.organisations.models import Agency, RoutineDocument
from knutpunkten.portal.deeds import done_words
from tests.conftest import behind_the_wall
from tests.referrals.filling import consent_answers, day, part_url, printed, sign_consent


@pytest.fixture
def johan(cast, sign_in):
    return sign_in(cast.johan)


@pytest.fixture
def draft(make_case):
    return make_case("draft", parties={})


def url(case):
    return reverse("consent", args=[case.pk])


def sign(client, case, **data):
    with behind_the_wall():
        case.refresh_from_db()
    signed = {"signed_on": day(0), "witness": "Sara Lind", "has_notice": "on", "version": case.version}
    return client.post(reverse("step", args=[case.pk, "sign_consent"]), {**signed, **printed(case), **data})


def paper(client, case):
    """The pages of the consent's PDF, as text."""
    response = client.get(reverse("consent_pdf", args=[case.pk]))
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.content)).pages]


def written(case, days):
    """The consent's words were saved so many days ago."""
    with behind_the_wall():
        Consent.objects.filter(case=case).update(saved_at=timezone.now() - timedelta(days=days))


def grounds(case):
    with behind_the_wall():
        rows = Party.objects.filter(case=case, basis="consent").select_related("unit")
        return {row.unit.name: row for row in rows}


@pytest.mark.clause("S4", "K2", "W1")
def test_a_signed_consent_gives_each_named_unit_its_ground_and_nobody_else(johan, draft, cast):
    johan.post(url(draft), consent_answers(cast))
    assert grounds(draft) == {}  # written is not signed
    assert sign(johan, draft).status_code == 302
    found = grounds(draft)
    assert {name: row.categories for name, row in found.items()} == {
        "Försörjningsstöd": ["grund"],
        "Knutpunktsteamet": ["grund", "planering"],
        "Arbetsförmedlingen": ["grund", "arbetsmarknad"],
    }
    assert {row.level for row in found.values()} == {0}  # a draft opens nothing
    assert {row.valid_until for row in found.values()} == {timezone.localdate() + timedelta(days=180)}


@pytest.mark.clause("L9", "S4")
def test_the_paper_to_sign_names_the_parties_and_what_each_may_share(johan, draft, cast):
    johan.post(url(draft), consent_answers(cast))
    text = " ".join(paper(johan, draft))
    for words in ("Arbetsförmedlingen", "Arbetsmarknad", "Leif Sandqvist", "Karin Hallgren", "Att samordna stödet."):
        assert words in text
    assert "Öppenpsykiatrin" not in text


@pytest.mark.clause("S4", "W1")
def test_the_paper_says_what_each_reads_and_that_the_referral_gives_what_its_writer_has_written(johan, draft, cast):
    johan.post(url(draft), {**consent_answers(cast), f"unit_{cast.unit('Försörjningsstöd').pk}": ["grund"]})
    text = " ".join(" ".join(paper(johan, draft)).split())
    assert "Var och en får läsa bara under den tid och i de kategorier som står vid den." in text
    given = "Det enheten själv har skrivit i remissen lämnas till dem som får läsa den sortens uppgifter."
    assert text.count(given) == 1, "by the unit that refers alone"
    assert "får lämna" not in text


@pytest.mark.clause("W1")
def test_the_paper_says_what_each_named_category_means_and_that_it_is_voluntary(johan, draft, cast):
    johan.post(url(draft), consent_answers(cast))
    text = " ".join(" ".join(paper(johan, draft)).split())
    assert "Grunduppgifter Vem du är, dina egna ord, frågan, kontakter och besked." in text
    assert "Planering Din plan" in text
    assert "Hur du mår" not in text  # nobody is given any of it
    assert "Det är frivilligt. Säger du nej har du kvar kontakten med var och en av myndigheterna." in text
    assert set(MEANS) == set(Category)


@pytest.mark.clause("W1")
def test_every_page_of_the_paper_bears_its_mark_and_the_signature_stands_under_the_table(johan, draft, cast):
    johan.post(url(draft), consent_answers(cast))
    with behind_the_wall():
        marked = f"Papperets märke {mark(Consent.objects.get(case=draft))}"
    pages = paper(johan, draft)
    assert [marked in page for page in pages] == [True] * len(pages)
    (signed,) = (page for page in pages if "Jag säger ja till" in page)
    assert "Får läsa" in signed


@pytest.mark.clause("K2")
def test_without_a_privacy_notice_none_is_named_and_nothing_is_signed_till_it_is_written(johan, draft, cast):
    notices = RoutineDocument.objects.filter(programme=draft.programme, which="dataskydd")
    with behind_the_wall():
        notices.update(on_date=timezone.localdate() + timedelta(days=200))
    johan.post(url(draft), consent_answers(cast))
    page = johan.get(url(draft)).text
    assert "Be en administratör lägga till den" in page
    assert "(version" not in page
    text = " ".join(" ".join(paper(johan, draft)).split())
    assert "Informationen är inte skriven än." in text
    assert "Jag har läst" not in text
    assert "Jag har fått information" not in text
    assert "Dataskyddsinformationen finns inte än." in sign(johan, draft).text
    assert grounds(draft) == {}
    with behind_the_wall():
        notices.update(on_date=timezone.localdate())
    johan.post(url(draft), consent_answers(cast))
    assert sign(johan, draft).status_code == 302


@pytest.mark.clause("K2", "S4")
def test_the_privacy_notice_is_printed_with_the_consent_and_signed_on_a_page_of_its_own(johan, draft, cast):
    johan.post(url(draft), {**consent_answers(cast), "guardian": "Berit Sand, god man"})
    assert "skrivs ut med samtycket" in johan.get(url(draft)).text
    *_, notice = paper(johan, draft)
    for words in ("Dataskyddsinformation", "2, 2025-02-03", "Kommunen är ansvarig", "Leif Sandqvist", "Berit Sand"):
        assert words in notice
    for words in ("Hur länge uppgifterna sparas", "Dina rättigheter", "Integritetsskyddsmyndigheten", "www.imy.se"):
        assert words in notice
    assert "Dataskyddsombud dataskyddsombud@vastervik.example" in " ".join(notice.split())
    with behind_the_wall():
        Agency.objects.update(data_protection_officer="")
    *_, notice = paper(johan, draft)
    asked = "Fråga Samordningsförbundet Tjust hur du når ombudet hos Västerviks kommun."
    assert f"Dataskyddsombud {asked}" in " ".join(notice.split())
    sign(johan, draft)
    # Whatever the host is called since: what was signed goes on saying what it said.
    with behind_the_wall():
        tomorrow = timezone.localdate() + timedelta(days=1)
        keep_host([draft.programme], "Tjusts kommun", "ombud@tjust.example", tomorrow, called="Navet")
    head, *_, notice = paper(johan, draft)
    assert f"Underskrivet {day(0)}. Bevittnat av Sara Lind." in notice
    assert "vittne" not in notice
    assert "Tjusts kommun" in head
    assert "Navet" in head
    assert "Personuppgiftsansvarig Tjusts kommun" in " ".join(notice.split())
    assert "Dataskyddsombud ombud@tjust.example" in " ".join(notice.split())


@pytest.mark.clause("W1")
def test_the_paper_says_which_part_was_taken_back_when_and_how(make_case, cast, sign_in, johan):
    case = make_case("announced", parties={})
    sign_consent(johan, case, cast)
    until = day(-180)
    assert " ".join(paper(johan, case)).count(f"till {until}") == 4  # the head, and three parties
    call = {"what": str(cast.unit("Arbetsförmedlingen").pk), "how": "phone", "taken_by": "Johan Wik"}
    johan.post(reverse("withdraw_consent", args=[case.pk]), call)
    text = " ".join(" ".join(paper(johan, case)).split())
    assert f"taget tillbaka {day(0)}, per telefon. Johan Wik tog emot det." in text
    assert text.count(f"till {until}") == 3
    assert "En parts del är tagen tillbaka" in text


def test_a_unit_is_asked_about_in_the_words_of_the_paper(johan, draft):
    assert "Vad får Knutpunktsteamet läsa?" in johan.get(url(draft)).text


def test_nothing_is_ticked_that_the_person_has_not_chosen(johan, draft, cast):
    page = johan.get(url(draft)).content.decode()
    assert page.count(" checked") == 1  # only the unit that writes, which is always a party
    assert last_day(timezone.localdate()).isoformat() in page
    assert page_read(draft) == "Öppnade sidan där ditt samtycke skrivs, innan något stod där"
    johan.post(url(draft), consent_answers(cast))
    johan.get(url(draft))
    assert page_read(draft) == "Läste ditt samtycke"


def page_read(case):
    """The latest reading of the case, as its person is told it."""
    with behind_the_wall():
        read = Entry.objects.of_case(case.pk).filter(event="read").latest("at")
    return done_words({"is_reading": True, "event": read.event, "shown": read.detail["what"]})


def test_the_guardian_named_in_the_referral_stands_there_without_the_phone(johan, draft):
    johan.post(part_url(draft, "person"), {"guardian": "Eva Ek, god man, 070-174 06 20"})
    assert 'value="Eva Ek, god man"' in johan.get(url(draft)).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"valid_until": day(1)}, "inte ligger före startdatumet"),
        ({"valid_until": day(-800)}, "högst tolv månader"),
        ({"valid_until": "2027-02-30"}, "Kontrollera datumet:"),
        ({"valid_from": day(300), "valid_until": day(1)}, "Skriv ett slutdatum som inte har passerat"),
        ({"valid_from": day(-100)}, "högst tre månader efter att det skrivs på. Skriv senast "),
        ({"valid_from": ""}, "Skriv från vilken dag samtycket gäller"),
        ({"purpose": ""}, "Skriv vad samtycket ska användas till"),
        ({"purpose": "a" * 1001}, "högst 1000 tecken"),
    ],
)
def test_a_wrong_consent_is_told_in_a_sentence_and_what_was_typed_stays(johan, draft, cast, change, sentence):
    response = johan.post(url(draft), {**consent_answers(cast), "guardian": "Berit Sand, god man", **change})
    page = response.content.decode()
    assert response.status_code == 200
    assert sentence in page
    assert "Berit Sand, god man" in page
    assert page.count(" checked") == 4
    with behind_the_wall():
        assert not Consent.objects.filter(case=draft).exists()


def test_all_that_is_wrong_is_said_at_once(johan, draft, cast):
    empty = {"purpose": "", "valid_from": "i dag", "valid_until": day(-180)}
    page = johan.post(url(draft), empty).text
    for sentence in ("Kryssa i minst en part", "Skriv vad samtycket ska användas till", "Skriv datumet som"):
        assert sentence in page
    forged = {**empty, f"unit_{cast.unit('Öppenpsykiatrin').pk}": ["allt"]}
    page = johan.post(url(draft), forged).text
    assert "Välj bland rutorna" in page
    assert "Kryssa i minst en part" not in page


def test_a_draft_whose_last_day_has_passed_since_opens_and_says_so(johan, draft, cast):
    johan.post(url(draft), {**consent_answers(cast), "valid_from": day(30)})
    assert "Slutdatumet har passerat" not in johan.get(url(draft)).text
    with behind_the_wall():
        Consent.objects.filter(case=draft).update(valid_until=day(1))
    page = " ".join(strip_tags(johan.get(url(draft)).text).split())
    assert f"Slutdatumet har passerat: {day(1)}. Samtycket skulle inte gälla en enda dag." in page


def test_a_consent_that_names_nobody_else_is_not_saved_nor_signed(johan, draft, cast):
    only_us = {name: value for name, value in consent_answers(cast).items() if not name.startswith("unit_")}
    page = johan.post(url(draft), only_us).text
    assert page.count("Kryssa i minst en part utöver er egen enhet") == 2  # in the summary and at the field
    assert johan.post(url(draft), only_us, headers={"HX-Request": "true"}).status_code == 200  # half written is kept
    assert "Kryssa i minst en part utöver er egen enhet, och spara" in sign(johan, draft).text
    assert grounds(draft) == {}


def test_a_consent_without_the_team_says_so_before_it_is_printed(johan, draft, cast):
    without = {**consent_answers(cast)}
    johan.post(url(draft), without)
    assert "Teamet på Knutpunkten är inte part" not in johan.get(url(draft)).text
    del without[f"unit_{cast.knutpunkten.team_id}"]
    with behind_the_wall():
        seen = Consent.objects.get(case=draft).saved_at.isoformat()
    johan.post(url(draft), {**without, "seen": seen})
    assert "Teamet på Knutpunkten är inte part" in johan.get(url(draft)).text


def test_a_forged_unit_or_category_is_not_saved(johan, draft, cast):
    forged = {**consent_answers(cast), f"unit_{cast.unit('LIS-teamet').pk}": ["grund"]}
    johan.post(url(draft), forged)
    with behind_the_wall():
        consent = Consent.objects.get(case=draft)
    assert str(cast.unit("LIS-teamet").pk) not in [row["unit"] for row in consent.draft_parties]
    wrong = {**consent_answers(cast), f"unit_{cast.unit('Öppenpsykiatrin').pk}": ["allt"]}
    assert "Välj bland rutorna" in johan.post(url(draft), wrong).content.decode()


def test_two_colleagues_do_not_overwrite_each_other_s_consent(johan, draft, cast, sign_in):
    sara = sign_in(cast.sara)
    seen = re.search(r'name="seen" value="([^"]+)"', sara.get(url(draft)).text)[1]
    johan.post(url(draft), consent_answers(cast))
    response = sara.post(url(draft), {**consent_answers(cast), "purpose": "Något annat", "seen": seen})
    assert "Johan Wik har också ändrat samtycket" in response.content.decode()
    assert f'data-refused="{seen}"' in response.text
    assert "Sparat" not in response.text
    with behind_the_wall():
        assert Consent.objects.get(case=draft).purpose == "Att samordna stödet."


def test_it_saves_itself_and_says_when_it_cannot(johan, draft, cast):
    quiet = {"HX-Request": "true"}
    saved = johan.post(url(draft), consent_answers(cast), headers=quiet)
    assert "Sparat" in saved.content.decode()
    again = johan.post(url(draft), {**consent_answers(cast), "seen": saved["X-Seen"]}, headers=quiet)
    assert again.status_code == 200
    # The page loaded anew was drawn before the last words were saved: they are its writer's own.
    anew = johan.post(url(draft), {**consent_answers(cast), "seen": saved["X-Seen"]}, headers=quiet)
    assert anew.status_code == 200
    wrong = johan.post(url(draft), {**consent_answers(cast), "valid_until": "i morgon"}, headers=quiet)
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"signed_on": day(-1)}, "framåt i tiden"),
        ({"signed_on": day(366)}, "mer än ett år gammalt"),
        ({"signed_on": "igår"}, "Skriv datumet som ÅÅÅÅ-MM-DD"),
        ({"witness": ""}, "Skriv vem som bevittnade"),
        ({"has_notice": ""}, "Lämna dataskyddsinformationen först"),
        ({"scan": SimpleUploadedFile("papper.pdf", b"MZ")}, "innehållet är något annat"),
        ({"scan": SimpleUploadedFile("papper.docx", b"PK\x03\x04")}, "Välj en PDF eller en bild, PNG eller JPEG."),
    ],
)
@pytest.mark.clause("K2")
def test_a_signature_needs_its_date_witness_and_the_privacy_notice(johan, draft, cast, change, sentence):
    johan.post(url(draft), consent_answers(cast))
    response = sign(johan, draft, **change)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert grounds(draft) == {}


def test_a_draft_that_begins_too_long_after_the_signature_is_not_signed(johan, draft, cast):
    johan.post(url(draft), consent_answers(cast))
    with behind_the_wall():
        Consent.objects.filter(case=draft).update(valid_from=day(-100))
    assert "högst tre månader efter att det skrivs på" in sign(johan, draft).text
    assert grounds(draft) == {}


def test_there_is_nothing_to_sign_before_the_consent_is_written(johan, draft):
    assert "Skriv samtycket först" in sign(johan, draft).content.decode()


def test_the_scan_is_kept_with_the_consent(johan, draft, cast):
    johan.post(url(draft), consent_answers(cast))
    sign(johan, draft, scan=SimpleUploadedFile("Samtycke.pdf", b"%PDF-1.7 prov"))
    with behind_the_wall():
        consent = Consent.objects.get(case=draft)
        file = StoredFile.objects.get(case=draft)
        assert consent.scan_id == file.pk
        assert (file.purpose, file.category) == ("consent", "grund")
    assert johan.get(reverse("file", args=[draft.pk, file.pk])).status_code == 200


@pytest.mark.clause("W1")
def test_a_consent_signed_late_opens_nothing_before_it_was_signed(johan, draft, cast):
    johan.post(url(draft), {**consent_answers(cast), "valid_from": day(30)})
    written(draft, 3)
    sign(johan, draft, signed_on=day(2))
    assert {row.valid_from.isoformat() for row in grounds(draft).values()} == {day(2)}


@pytest.mark.clause("W1")
def test_the_person_s_call_shuts_it_for_every_other_party_at_once(make_case, cast, sign_in):
    case = make_case("announced")
    readers = (cast.mats, cast.ulrika, cast.karin)
    for reader in readers:
        assert sign_in(reader).get(url(case)).status_code == 200
    call = {"what": "whole", "how": "phone", "taken_by": "Nadja Berg"}
    sign_in(cast.nadja).post(reverse("withdraw_consent", args=[case.pk]), call)
    for reader in readers:
        assert sign_in(reader).get(url(case)).status_code == 404
    with behind_the_wall():
        consent = Consent.objects.get(case=case)
    assert (consent.withdrawn_how, consent.withdrawn_taken_by, consent.withdrawn_by_id) == (
        "phone",
        "Nadja Berg",
        cast.nadja.pk,
    )
    page = sign_in(cast.johan).get(url(case)).content.decode()
    assert "Taget tillbaka" in page
    assert "per telefon" in page
    assert (
        "har tagit tillbaka sitt samtycke" in sign_in(cast.johan).get(reverse("case", args=[case.pk])).content.decode()
    )


@pytest.mark.clause("W1")
def test_taking_back_one_party_s_part_leaves_the_others_theirs(make_case, cast, sign_in):
    case = make_case("announced")
    unit = cast.unit("Öppenpsykiatrin")
    call = {"what": str(unit.pk), "how": "phone", "taken_by": "Johan Wik"}
    sign_in(cast.johan).post(reverse("withdraw_consent", args=[case.pk]), call)
    assert sign_in(cast.ulrika).get(url(case)).status_code == 404
    assert sign_in(cast.mats).get(url(case)).status_code == 200
    with behind_the_wall():
        assert Consent.objects.get(case=case).withdrawn_at is None


@pytest.mark.clause("W1")
def test_after_a_withdrawal_a_new_consent_opens_the_case_as_far_as_it_had_come(johan, make_case, cast, sign_in):
    case = make_case("placed")
    johan.post(reverse("withdraw_consent", args=[case.pk]), {"what": "whole", "how": "phone", "taken_by": "Johan Wik"})
    karin = sign_in(cast.karin)
    assert karin.get(url(case)).status_code == 404
    sign_consent(johan, case, cast)
    assert karin.get(url(case)).status_code == 200
    assert sign_in(cast.ulrika).get(url(case)).status_code == 404  # not named this time


def test_a_consent_can_be_renewed_before_it_ends_and_nobody_is_asked_twice(johan, make_case, cast):
    case = make_case("announced")
    with behind_the_wall():
        Party.objects.filter(case=case, unit=cast.unit("Arbetsförmedlingen")).update(
            answer="disclosed", answered_at=case.created_at
        )
    page = johan.get(url(case)).content.decode()
    assert "Skriv ett nytt samtycke" in page
    sign_consent(johan, case, cast)
    with behind_the_wall():
        rows = Party.objects.filter(case=case, unit=cast.unit("Arbetsförmedlingen"), basis="consent")
        assert [row.answer for row in rows] == ["disclosed", "disclosed"]
        assert all(row.withdrawn_at is None for row in rows)


@pytest.mark.clause("W1")
def test_after_a_withdrawal_of_the_whole_nothing_is_ticked_that_the_person_has_not_chosen(johan, make_case, cast):
    case = make_case("announced", parties={})
    sign_consent(johan, case, cast)
    assert ticked(johan.get(url(case) + "?nytt=1").text) == 5  # one that holds, or has run out, is proposed anew
    call = {"what": "whole", "how": "phone", "taken_by": "Johan Wik"}
    johan.post(reverse("withdraw_consent", args=[case.pk]), call)
    page = johan.get(url(case)).text
    assert ticked(page) == 1  # the unit that writes
    assert "Arbetsförmedlingen (grunduppgifter, arbetsmarknad)" in page


@pytest.mark.clause("W1")
def test_a_part_that_was_taken_back_alone_is_not_ticked_anew(johan, make_case, cast):
    case, unit = make_case("announced", parties={}), cast.unit("Arbetsförmedlingen")
    sign_consent(johan, case, cast)
    call = {"what": str(unit.pk), "how": "phone", "taken_by": "Johan Wik"}
    johan.post(reverse("withdraw_consent", args=[case.pk]), call)
    page = johan.get(url(case) + "?nytt=1").text
    assert ticked(page) == 3  # the team's two, and the unit that writes
    assert "innan det togs tillbaka: Arbetsförmedlingen (grunduppgifter, arbetsmarknad)." in page
    johan.post(reverse("withdraw_consent", args=[case.pk]), {**call, "what": str(cast.knutpunkten.team_id)})
    page = johan.get(url(case) + "?nytt=1").text
    assert ticked(page) == 1
    without = {k: v for k, v in consent_answers(cast).items() if k != f"unit_{cast.knutpunkten.team_id}"}
    warned = johan.post(url(case), {**without, "seen": given_by(page, "seen")}, follow=True).text
    assert "Teamet på Knutpunkten är inte part" in warned.partition("3. Skriv ut och skriv på")[2]


@pytest.mark.clause("W1")
@pytest.mark.parametrize(
    ("what", "said", "left"), [("AF", "samtycket för Arbetsförmedlingen", 3), ("whole", "hela samtycket", 1)]
)
def test_a_paper_from_before_the_person_s_call_lets_nobody_in_again(johan, make_case, cast, what, said, left):
    case, unit = make_case("announced", parties={}), cast.unit("Arbetsförmedlingen")
    sign_consent(johan, case, cast)
    anew = {**consent_answers(cast), "purpose": "Nytt.", f"unit_{case.referring_unit_id}": ["grund"]}
    johan.post(url(case), anew)
    on_paper = printed(case)
    before = johan.get(url(case)).text
    call = {"what": "whole" if what == "whole" else str(unit.pk), "how": "phone", "taken_by": "Sara Lind"}
    johan.post(reverse("withdraw_consent", args=[case.pk]), call)

    refused = sign(johan, case, **on_paper, witness="Vera Vittne").text
    assert f"Leif tog tillbaka {said} {day(0)}. Papperet skrevs före det." in strip_tags(refused)
    assert "Något har ändrats under tiden" in refused
    assert "tryck igen" not in refused, "it is refused as long as it is that paper"
    assert 'value="Vera Vittne"' in refused
    assert "Arbetsförmedlingen" not in living(case)
    page = johan.get(url(case)).text
    assert f"Leif tog tillbaka {said} {day(0)}." in strip_tags(page)
    assert "Registrera påskrivet samtycke" not in page, "nothing to print before it is saved anew"
    assert ticked(page) == left

    stale = {**anew, "seen": given_by(before, "seen")}
    quietly = johan.post(url(case), stale, headers={"HX-Request": "true"})
    assert quietly.status_code == 422
    assert "Välj Spara samtycket för att gå igenom parterna igen." in quietly.text
    told = johan.post(url(case), stale).text
    assert f"Leif tog tillbaka {said} {day(0)}. Det är inte ikryssat längre." in strip_tags(told)
    assert ticked(told) == left
    assert "Registrera påskrivet samtycke" not in told

    # Whoever is to be let in again is ticked by hand, on a paper with another mark.
    assert johan.post(url(case), {**anew, "seen": given_by(told, "seen")}).status_code == 302
    assert "Samtycket har ändrats sedan du öppnade sidan." in sign(johan, case, **on_paper).text
    sign(johan, case)
    assert "Arbetsförmedlingen" in living(case)


@pytest.mark.clause("W1")
def test_a_paper_that_does_not_name_the_one_taken_back_since_is_signed(johan, make_case, cast):
    case = make_case("announced", parties={})
    sign_consent(johan, case, cast)
    johan.post(url(case), consent_answers(cast, Knutpunktsteamet=["planering"]))
    seen = given_by(johan.get(url(case)).text, "seen")
    call = {"what": str(cast.unit("Arbetsförmedlingen").pk), "how": "phone", "taken_by": "Sara Lind"}
    johan.post(reverse("withdraw_consent", args=[case.pk]), call)
    on_paper = printed(case)
    same = {**consent_answers(cast, Knutpunktsteamet=["planering"]), "seen": seen}
    assert johan.post(url(case), same).status_code == 302
    assert printed(case) == on_paper
    assert sign(johan, case, **on_paper).status_code == 302


def living(case):
    with behind_the_wall():
        rows = Party.objects.filter(case=case, basis="consent", withdrawn_at=None)
        return {row.unit.name for row in rows.select_related("unit")}


def ticked(page):
    return page.count(" checked")


@pytest.mark.clause("W1")
def test_only_the_referring_unit_s_caseworker_writes_the_consent(make_case, cast, sign_in):
    case = make_case("announced")
    for reader in (cast.nadja, cast.karin, cast.mats):
        client = sign_in(reader)
        page = client.get(url(case)).content.decode()
        assert "Påskrivet" in page
        assert 'name="purpose"' not in page
        client.post(url(case), consent_answers(cast))
    with behind_the_wall():
        assert Consent.objects.filter(case=case).count() == 1
    assert sign_in(cast.siv).get(url(case)).status_code == 404
    assert sign_in(cast.tove).get(url(case)).status_code == 404


@pytest.mark.clause("S6", "W1")
def test_a_party_with_only_name_and_number_is_not_told_who_the_others_are(make_case, cast, sign_in):
    case = make_case("announced", level=1)
    mats = sign_in(cast.mats)
    page = mats.get(url(case)).content.decode()
    assert "Öppenpsykiatrin" not in page
    assert "Samtycket öppnas när ärendet står på dagordningen" in page
    assert mats.get(reverse("consent_pdf", args=[case.pk])).status_code == 404


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 17), date(2027, 11, 16)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_twelve_months_end_the_day_before_the_same_day_next_year(first, last):
    assert last_day(first) == last


# The paper and what is registered are the same.


@pytest.fixture
def with_health(cast):
    """The same consent, and Försäkringskassan with health."""
    return {**consent_answers(cast), f"unit_{cast.unit('Försäkringskassan').pk}": ["grund", "halsa"]}


def given_by(page, name):
    """What a hidden field of the page sends along."""
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


@pytest.mark.clause("S4", "W1")
def test_what_was_ticked_after_the_paper_was_printed_is_not_signed(johan, draft, cast, with_health):
    johan.post(url(draft), consent_answers(cast))
    page = johan.get(url(draft)).text
    on_page = given_by(page, "fingerprint")
    changed = johan.post(url(draft), {**with_health, "seen": given_by(page, "seen")}, headers={"HX-Request": "true"})
    assert changed.status_code == 200  # it saved itself
    refused = sign(johan, draft, fingerprint=on_page, witness="Vera Vittne")
    assert "Samtycket har ändrats sedan du öppnade sidan." in refused.text
    assert "Något har ändrats under tiden" in refused.text
    assert "låt Leif skriva på det nya papperet" in refused.text
    assert 'value="Vera Vittne"' in refused.text
    assert f'action="{url(draft)}"' in refused.text  # the whole page, where one goes on
    assert grounds(draft) == {}
    assert given_by(refused.text, "fingerprint") != on_page
    sign(johan, draft, fingerprint=given_by(refused.text, "fingerprint"))
    assert grounds(draft)["Försäkringskassan"].categories == ["grund", "halsa"]


def test_a_signature_that_does_not_say_of_which_paper_is_not_registered(johan, draft, cast):
    johan.post(url(draft), consent_answers(cast))
    assert "Samtycket har ändrats" in sign(johan, draft, fingerprint="").text
    assert grounds(draft) == {}


def test_a_paper_is_not_signed_before_the_day_its_words_were_saved(johan, draft, cast):
    """Saved once more without a change, they are as old as they were."""
    johan.post(url(draft), consent_answers(cast))
    written(draft, 2)
    johan.post(url(draft), consent_answers(cast))
    said = " ".join(strip_tags(sign(johan, draft, signed_on=day(3)).text).split())
    assert f"sparades {day(2)} och kan inte vara påskriven före det" in said
    assert grounds(draft) == {}
    sign(johan, draft, signed_on=day(2))
    assert grounds(draft)


def test_a_signed_paper_printed_later_has_the_words_that_were_signed(johan, draft, cast, monkeypatch):
    """Under its mark nothing else: a new paper has the new words, and another mark."""
    johan.post(url(draft), consent_answers(cast))
    before = paper(johan, draft)
    sign(johan, draft)
    monkeypatch.setitem(MEANS, Category.BASIC, "Något annat.")
    with behind_the_wall():
        type(draft.programme.team).objects.filter(pk=draft.programme.team_id).update(name="Nya teamet")
        old = Consent.objects.get(case=draft)
    after = " ".join(paper(johan, draft))
    assert "Knutpunktsteamet" in " ".join(before)
    assert "Knutpunktsteamet" in after
    assert "Nya teamet" not in after
    assert "Något annat." not in after
    johan.post(url(draft), consent_answers(cast))
    with behind_the_wall():
        new = Consent.objects.get(case=draft, signed_on=None)
    new.pk = old.pk
    assert mark(new) != mark(old)
    assert "Nya teamet" in " ".join(paper(johan, draft))


def test_what_saves_itself_while_the_signature_is_registered_is_not_signed_with_it(johan, draft, cast, monkeypatch):
    johan.post(url(draft), consent_answers(cast))
    checked = SignForm.clean

    def then_changed(form):
        data = checked(form)
        Consent.objects.filter(case=draft).update(purpose="Något annat")
        return data

    monkeypatch.setattr(SignForm, "clean", then_changed)
    assert sign(johan, draft).status_code == 302
    with behind_the_wall():
        assert Consent.objects.get(case=draft).purpose == "Att samordna stödet."


def test_the_paper_has_a_mark_and_the_page_says_it_beside_what_is_registered(johan, draft, cast, with_health):
    johan.post(url(draft), {**with_health, f"until_{cast.unit('Försäkringskassan').pk}": day(-90)})
    with behind_the_wall():
        on_paper = mark(Consent.objects.get(case=draft))
    assert f"Papperets märke {on_paper}" in paper(johan, draft)[0]
    page = " ".join(strip_tags(johan.get(url(draft)).text).split())
    assert f"På papperet ska det stå {on_paper}." in page
    listed = page.partition("Det här registreras")[2]
    assert f"Samtycket gäller från {day(0)} till och med {day(-180)}." in listed
    assert (
        f"Försäkringskassan: Grunduppgifter, Fysisk och psykisk hälsa (från {day(0)} till och med {day(-90)})" in listed
    )
    assert "Knutpunktsteamet: Grunduppgifter, Planering " in listed
    sign(johan, draft)
    assert f"Papperets märke {on_paper}" in paper(johan, draft)[0]  # it stays the paper's
