"""Files with what a unit knows: its own until the text they stand with is disclosed, and with it in the same moment (S6, W1)."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Category, Level
from knutpunkten.documents.models import StoredFile
from knutpunkten.meetings.models import Knowledge
from knutpunkten.meetings.rules import KNOWN_CATEGORIES
from tests.conftest import behind_the_wall
from tests.meetings.conftest import PARTIES
from tests.meetings.pages import decide, fresh, page, put, take

PDF = b"%PDF-1.7 ett intyg"
WORK = "Praktik på lager, fyra veckor"
NAME = "Praktikintyg.pdf"


@pytest.fixture
def read_case(make_case, meeting):
    """Announced and up on the agenda: the parties read texts, each in its own categories."""
    case = make_case("announced", parties=PARTIES, level=Level.TEXT)
    put(case, meeting)
    return case


def attach(client, case, name=NAME, category="arbetsmarknad", content=PDF, **typed):
    """Press *Bifoga en fil* under a heading, with what is typed on the page, and send a file from the page it leads to."""
    asked = client.post(page("knowledge", case), {**typed, "attach": category})
    assert asked.status_code == 302
    form = client.get(asked.url).text
    assert f'<option value="{category}" selected>' in form
    onward = re.search(r'name="next" value="([^"]+)"', form)
    sent = {"file": SimpleUploadedFile(name, content), "category": category, "next": onward[1]}
    return client.post(page("upload_file", case), sent)


def stored(case, name=NAME):
    with behind_the_wall():
        return StoredFile.objects.get(case=case, name=name)


def disclose(client, case, *share, **typed):
    return take(client, case, "disclose", answer="disclosed", share=share or ["arbetsmarknad"], **typed)


@pytest.fixture
def meet(read_case, meeting, decision, karin, ulrika, mats):
    """``meet()``: everybody has answered, and the group has met and decided."""

    def meet():
        for client in (ulrika, mats):
            take(client, read_case, "disclose", answer="not_known")
        karin.post(page("set_agenda", meeting))
        assert decide(karin, meeting, read_case, "queue", **decision).status_code == 200
        assert fresh(read_case).state == "queued"

    return meet


@pytest.mark.clause("S6", "W1")
def test_a_file_is_its_unit_s_own_until_it_is_disclosed_with_its_text(read_case, mats, karin, nadja, ulrika):
    answer = attach(mats, read_case, text_arbetsmarknad=WORK)
    assert answer.url == page("knowledge", read_case) + "?ikryssat=#k-arbetsmarknad"
    file = page("file", read_case, stored(read_case))
    own = mats.get(page("knowledge", read_case)).text
    assert file in own
    assert WORK in own  # what was typed when the file was added
    assert f"Lämna ut arbetsmarknad och filen {NAME}" in own
    assert mats.get(file).content == PDF
    assert file in mats.get(page("case", read_case)).text
    for other in (karin, nadja, ulrika):
        assert NAME not in other.get(page("case", read_case)).text
        assert other.get(file).status_code == 404

    disclose(mats, read_case, text_arbetsmarknad=WORK)
    for party in (karin, nadja):
        assert file in party.get(page("case", read_case)).text
        assert party.get(file).content == PDF
    assert NAME not in ulrika.get(page("case", read_case)).text
    assert ulrika.get(file).status_code == 404
    with behind_the_wall():
        row, kept = Knowledge.objects.get(case=read_case), stored(read_case)
        assert row.disclosed_under is not None
        for field in ("disclosed_at", "disclosed_by", "disclosed_under"):
            assert getattr(kept, field) == getattr(row, field), field


@pytest.mark.clause("W1", "W4")
def test_that_a_file_came_or_went_is_told_to_the_unit_alone(read_case, mats, karin, nadja):
    attach(mats, read_case)
    attach(mats, read_case, name="Betyg.pdf")
    mats.post(page("knowledge", read_case), {"remove": stored(read_case).pk})
    events = page("events", read_case)
    for word in ("bifogade en fil", "tog bort en bilaga"):
        assert word in mats.get(events).text
        for other in (karin, nadja):
            assert word not in other.get(events).text
    disclose(mats, read_case, text_arbetsmarknad=WORK)
    assert "lämnade ut arbetsmarknad" in karin.get(events).text


@pytest.mark.clause("W1")
def test_the_files_of_another_heading_or_another_unit_are_not_disclosed_along(read_case, mats, karin, ulrika, cast):
    attach(mats, read_case)
    attach(mats, read_case, name="Betyg.pdf", category="arbete")
    with behind_the_wall():
        johans = StoredFile.objects.get(case=read_case, name=NAME)
        johans.pk, johans.name = None, "Ekonomi.pdf"
        johans.author_unit = cast.unit("Försörjningsstöd")
        johans.save(force_insert=True)
        scan = stored(read_case)
        scan.pk, scan.name, scan.purpose = None, "Samtycke.pdf", StoredFile.Purpose.CONSENT
        scan.save(force_insert=True)
    disclose(mats, read_case, text_arbetsmarknad=WORK)
    with behind_the_wall():
        given = StoredFile.objects.filter(case=read_case, disclosed_at__isnull=False)
        assert [file.name for file in given] == [NAME]
    assert "Betyg.pdf" not in karin.get(page("case", read_case)).text


@pytest.mark.clause("S6", "W1")
def test_over_it_stands_beside_its_text_and_not_with_the_referral(read_case, meet, mats, nadja, ulrika):
    attach(mats, read_case)
    disclose(mats, read_case, text_arbetsmarknad=WORK)
    link = page("file", read_case, stored(read_case))
    assert link not in nadja.get(page("read_referral", read_case)).text
    meet()
    shown = nadja.get(page("knowledge", read_case)).text
    beside = shown.partition(WORK)[2].partition("</details>")[0]
    assert link in beside
    assert beside.count("Utlämnad av Mats Lindahl") == 1  # the file and the text, in the same moment
    assert NAME not in ulrika.get(page("knowledge", read_case)).text
    assert "Ta bort" not in mats.get(page("knowledge", read_case)).text


@pytest.mark.clause("W1")
def test_a_file_never_disclosed_is_still_the_unit_s_to_take_away_when_the_meeting_is_over(read_case, meet, mats, nadja):
    attach(mats, read_case)
    meet()
    here = page("knowledge", read_case)
    assert NAME not in nadja.get(here).text
    shown = mats.get(here).text
    way = page("remove_file", read_case, stored(read_case))
    assert f'action="{way}"' in shown
    assert "bara din enhet ser filen" in shown
    assert mats.post(way, {"next": here}).url == here
    assert NAME not in mats.get(here).text


def test_one_takes_away_a_file_without_losing_what_one_writes(read_case, mats, nadja, cast):
    attach(mats, read_case)
    file = stored(read_case)
    remove = {"text_arbetsmarknad": WORK, "remove": str(file.pk)}
    answer = mats.post(page("knowledge", read_case), remove, follow=True)
    assert "Filen är borttagen." in answer.text
    assert WORK in answer.text
    assert NAME not in answer.text
    again = mats.post(page("knowledge", read_case), remove, follow=True)
    assert "redan borttagen" in again.text
    assert mats.post(page("knowledge", read_case), {"remove": "x"}, follow=True).status_code == 200
    with behind_the_wall():
        assert Entry.objects.of_case(read_case.pk).filter(event="file_removed", user_id=cast.mats.pk).count() == 1


@pytest.mark.clause("W1")
def test_a_box_one_has_left_empty_is_empty_still_when_a_file_has_come_or_gone(read_case, mats):
    typed = {"text_arbetsmarknad": WORK, "text_arbete": "Svetsare"}
    back = attach(mats, read_case, **typed, share=["arbete"]).url
    ticked = r'value="(\w+)"[^>]* checked'
    assert re.findall(ticked, mats.get(back).text) == ["arbete"]
    answer = mats.post(page("knowledge", read_case), {**typed, "share": ["arbete"], "remove": stored(read_case).pk})
    assert re.findall(ticked, mats.get(answer.url).text) == ["arbete"]
    assert re.findall(ticked, mats.get(page("knowledge", read_case)).text) == []
    assert mats.get(page("knowledge", read_case) + "?ikryssat=hemligt").status_code == 200


def test_one_who_has_enclosed_a_file_is_told_so_at_the_heading_it_was_enclosed_under(read_case, mats):
    back = attach(mats, read_case).url
    assert back.endswith("#k-arbetsmarknad")
    told = "Filen är bifogad. Bara din enhet ser den tills ni lämnar ut den."
    assert told in mats.get(back).text
    onward = page("knowledge", read_case) + "?ikryssat=#k-arbetsmarknad"
    sent = {"file": SimpleUploadedFile("Betyg.pdf", PDF), "category": "arbete", "next": onward}
    assert mats.post(page("upload_file", read_case), sent).url == page("knowledge", read_case) + "?ikryssat=#k-arbete"


@pytest.mark.clause("W1")
def test_nobody_takes_away_what_is_disclosed_or_another_unit_s(read_case, mats, nadja):
    attach(mats, read_case)
    disclose(mats, read_case, text_arbetsmarknad=WORK)
    file = stored(read_case)
    for client in (mats, nadja):
        answer = client.post(page("knowledge", read_case), {"remove": str(file.pk)}, follow=True)
        assert "redan borttagen eller utlämnad" in answer.text
    assert f'value="{file.pk}"' not in mats.get(page("knowledge", read_case)).text
    assert stored(read_case).removed_at is None


@pytest.mark.clause("W1")
def test_an_amended_text_takes_its_files_back_and_both_are_disclosed_anew(read_case, mats, karin):
    attach(mats, read_case)
    disclose(mats, read_case, text_arbetsmarknad=WORK)
    file = page("file", read_case, stored(read_case))
    amend = page("knowledge", read_case) + "?andra=arbetsmarknad"
    asked = mats.get(amend).text
    assert "slutar de andra läsa den gamla texten och filerna under samma rubrik" in asked
    assert 'name="attach"' not in asked
    mats.post(amend, {"text_arbetsmarknad": "Praktik igen", "can_arbetsmarknad": ""})
    assert NAME not in karin.get(page("case", read_case)).text
    assert karin.get(file).status_code == 404
    assert stored(read_case).disclosed_by_id is None
    assert f"och filen {NAME}" in mats.get(page("knowledge", read_case)).text
    disclose(mats, read_case, text_arbetsmarknad="Praktik igen")
    assert karin.get(file).content == PDF


@pytest.mark.clause("W1")
def test_a_text_taken_back_takes_its_files_with_it(read_case, mats, karin):
    attach(mats, read_case)
    disclose(mats, read_case, text_arbetsmarknad=WORK)
    typed = {"text_arbetsmarknad": WORK, "can_arbetsmarknad": "", "take_back": "arbetsmarknad"}
    mats.post(page("knowledge", read_case), typed)
    assert karin.get(page("file", read_case, stored(read_case))).status_code == 404
    assert stored(read_case).disclosed_by_id is None


def test_what_is_saved_unchanged_takes_no_file_back(read_case, mats, karin):
    attach(mats, read_case)
    disclose(mats, read_case, text_arbetsmarknad=WORK)
    same = {"text_arbetsmarknad": WORK, "can_arbetsmarknad": "", "text_arbete": "Svetsare", "can_arbete": ""}
    mats.post(page("knowledge", read_case), same)
    assert karin.get(page("file", read_case, stored(read_case))).content == PDF


@pytest.mark.clause("S6", "W1")
def test_a_file_that_comes_later_is_disclosed_to_the_text_that_is_there(read_case, mats, karin, cast):
    disclose(mats, read_case, text_arbetsmarknad=WORK)
    attach(mats, read_case, name="Nytt intyg.pdf")
    link = page("file", read_case, stored(read_case, "Nytt intyg.pdf"))
    assert WORK in karin.get(page("case", read_case)).text
    assert karin.get(link).status_code == 404
    asked = mats.get(page("knowledge", read_case)).text
    assert "Lämna ut filen Nytt intyg.pdf" in asked
    assert 'name="text_arbetsmarknad"' not in asked
    assert "Du lämnade ut filen Nytt intyg.pdf." in disclose(mats, read_case).text
    assert karin.get(link).content == PDF
    shown = karin.get(page("case", read_case)).text.partition(WORK)[2].partition("</details>")[0]
    assert shown.count("Utlämnad av Mats Lindahl") == 2  # each with its own moment
    with behind_the_wall():
        entries = Entry.objects.of_case(read_case.pk).filter(event="disclose", user_id=cast.mats.pk)
        assert [entry.category for entry in entries] == ["arbetsmarknad", "arbetsmarknad"]


def test_a_file_alone_is_asked_for_a_line_about_it(read_case, mats, karin):
    attach(mats, read_case)
    answer = disclose(mats, read_case)
    assert f"Skriv en rad om filen {NAME}, så vet de andra vad de öppnar" in answer.text
    assert f"Lämna ut arbetsmarknad och filen {NAME}" in answer.text
    assert stored(read_case).disclosed_at is None


@pytest.mark.clause("W1")
def test_no_file_is_asked_for_under_a_heading_that_nobody_else_reads(make_case, meeting, mats, karin):
    case = make_case(
        "announced",
        parties={
            "Försörjningsstöd": ["grund"],
            "Knutpunktsteamet": ["grund", "arbete"],
            "Arbetsförmedlingen": ["grund", "arbete", "halsa"],
        },
    )
    put(case, meeting)
    asked = mats.get(page("knowledge", case)).text
    assert re.findall(r'name="attach" value="(\w+)"', asked) == ["arbete"]
    assert 'name="attach"' not in karin.get(page("knowledge", case)).text
    # Enclosed all the same, it is seen and may be taken away, but never disclosed.
    mats.post(page("upload_file", case), {"file": SimpleUploadedFile(NAME, PDF), "category": "halsa"})
    asked = mats.get(page("knowledge", case)).text
    assert f'name="remove" value="{stored(case).pk}"' in asked
    assert 'value="halsa"' not in asked
    disclose(mats, case, "halsa", text_halsa="x")
    assert stored(case).disclosed_at is None


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("program.exe", b"MZ", "Du kan bifoga PDF, PNG, JPEG, DOCX och ODT."),
        ("Intyg.pdf", b"MZ inte en pdf", "innehållet är något annat"),
        ("Stort.pdf", PDF + b"0" * (10 * 1024 * 1024), "Dela upp den eller spara den i lägre upplösning."),
    ],
)
def test_a_wrong_kind_says_what_to_do_and_what_was_typed_is_there_still(read_case, mats, name, content, sentence):
    answer = attach(mats, read_case, name=name, content=content, text_arbetsmarknad=WORK)
    assert answer.status_code == 200
    assert sentence in answer.text
    back = re.search(r'href="([^"]+)">Tillbaka</a>', answer.text)
    assert WORK in mats.get(back[1]).text
    with behind_the_wall():
        assert not StoredFile.objects.filter(case=read_case).exists()


def test_a_text_too_long_is_mended_before_a_file_is_added(read_case, mats):
    typed = "x" * 4001
    answer = mats.post(page("knowledge", read_case), {"text_arbetsmarknad": typed, "attach": "arbetsmarknad"})
    assert answer.status_code == 200
    assert typed in answer.text


def test_what_one_may_know_something_about_is_what_a_file_may_be_about(read_case, mats):
    asked = mats.get(reverse("upload_file", args=[read_case.pk])).text
    assert {c for c in Category if f'<option value="{c}"' in asked} == set(KNOWN_CATEGORIES)
    assert "selected" not in mats.get(reverse("upload_file", args=[read_case.pk]) + "?category=hemligt").text


@pytest.mark.clause("S6")
def test_what_the_referring_unit_knows_does_not_stand_with_its_referral(read_case, johan):
    attach(johan, read_case, name="Ekonomi.pdf", category="social", text_social="Försörjningsstöd")
    assert stored(read_case, "Ekonomi.pdf").purpose == StoredFile.Purpose.KNOWLEDGE
    assert fresh(read_case).state == "announced"
    assert "Ekonomi.pdf" not in johan.get(page("read_referral", read_case)).text


def test_enter_in_a_field_saves_and_neither_discloses_nor_takes_away(read_case, mats):
    """The browser presses the form's first button."""
    attach(mats, read_case)
    text = mats.get(page("knowledge", read_case)).text
    form = text.partition(f'action="{page("knowledge", read_case)}"')[2]
    first = re.search(r"<button[^>]*>", form)
    assert "name=" not in first[0]
    assert "formaction" not in first[0]
