"""What each reader sees of the referral, on the page, in the PDF and on the case page."""

import io
import re
from datetime import timedelta

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.cases.models import Category, Section
from knutpunkten.people.models import Person
from knutpunkten.referrals.rules import whose
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.referrals.filling import answers

TEXTS = {
    "own_words": ("grund", {"words": "Jag vill jobba igen.", "will": "Bad själv.", "hours": "12"}),
    "question": ("grund", {"question": "Hur kan hon pröva tryggt?"}),
    "contacts": ("grund", {"rows": [{"agency": "Försäkringskassan", "name": "Helena Ros", "about": "Sjukpenning"}]}),
    "situation": ("social", {"living": "Bor ensam i Gamleby."}),
    "obstacles": ("halsa", {"hinders": "Ryggvärk efter två timmar."}),
    "addiction": ("halsa", {"has_addiction": "yes", "addictions": ["alcohol"], "addiction_reason": "Har behandling."}),
    "possibilities": ("arbetsmarknad", {"possibilities": "Snickare i tjugo år."}),
    "tried": ("arbete", {"tried": "Praktik på byggvaruhus."}),
}


@pytest.fixture
def disclosed(cast):
    """Gives a case the whole referral, written by the referring unit and disclosed."""

    def disclose(case):
        with behind_the_wall():
            for key, (category, data) in TEXTS.items():
                Section.objects.create(
                    case=case,
                    key=key,
                    category=category,
                    author_unit=case.referring_unit,
                    data=data,
                    is_done=True,
                    saved_at=case.created_at,
                    saved_by=cast.johan,
                    disclosed_at=case.created_at,
                    disclosed_by=cast.johan,
                )
        return case

    return disclose


REACHED = {
    "phone": "070-174 06 31",
    "address": "Hamngatan 3",
    "language": "arabiska",
    "guardian": "Berit Sand, god man",
}


@pytest.fixture
def write(cast):
    """Gives a case sections of *grund* that the referring unit wrote and disclosed: ``write(case, person={...})``."""

    def write_sections(case, is_disclosed=True, **sections):
        by = {"author_unit": case.referring_unit, "saved_at": case.created_at, "saved_by": cast.johan}
        if is_disclosed:
            by |= {"disclosed_at": case.created_at, "disclosed_by": cast.johan}
        with behind_the_wall():
            for key, data in sections.items():
                Section.objects.create(case=case, key=key, category="grund", data=data, is_done=True, **by)
        return case

    return write_sections


@pytest.fixture
def johan_s_draft(make_case, write):
    """Opened part by part, and left without an answer."""
    empty = {"works": "", "living": ""}
    return write(make_case("draft", parties={}), is_disclosed=False, situation=empty, obstacles={"hinders": ""})


def paper(client, case):
    response = client.get(reverse("referral_pdf", args=[case.pk]))
    assert response["Content-Type"] == "application/pdf"
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.content)).pages)


@pytest.mark.parametrize(
    ("reader", "said"), [("johan", "Inget är bifogat."), ("mats", "Det finns inget här som din enhet får läsa.")]
)
def test_whoever_wrote_without_enclosures_reads_that_nothing_is_enclosed(reader, said, make_case, cast, sign_in):
    case = make_case("announced", level=2, on_agenda_at=timezone.now())
    client = sign_in(getattr(cast, reader))
    assert said in client.get(reverse("read_referral", args=[case.pk])).text
    assert said in paper(client, case)


@pytest.mark.clause("W1")
@pytest.mark.parametrize(
    ("reader", "reads", "not_shared"),
    [
        ("johan", {"own_words", "situation", "obstacles", "possibilities", "tried", "addiction"}, 0),
        ("karin", {"own_words", "situation", "obstacles", "possibilities", "tried", "addiction"}, 0),
        ("mats", {"own_words", "possibilities", "tried"}, 3),
        ("ulrika", {"own_words", "obstacles", "addiction"}, 3),
    ],
)
def test_each_party_reads_the_categories_the_consent_gives_it(
    make_case, disclosed, cast, sign_in, reader, reads, not_shared
):
    case = disclosed(make_case("announced"))
    client = sign_in(getattr(cast, reader))
    page = client.get(reverse("read_referral", args=[case.pk])).content.decode()
    printed = " ".join(paper(client, case).split())
    shown = {
        "own_words": "Jag vill jobba igen.",
        "situation": "Bor ensam i Gamleby.",
        "obstacles": "Ryggvärk efter två timmar.",
        "possibilities": "Snickare i tjugo år.",
        "tried": "Praktik på byggvaruhus.",
        "addiction": "Har behandling.",
    }
    for key, text in shown.items():
        assert (text in page) == (key in reads), key
        assert (text in printed) == (key in reads), key
    assert page.count("Delas inte med er enhet") == not_shared


@pytest.mark.clause("L1", "W1")
@pytest.mark.parametrize(
    ("reader", "said"), [("mats", "Delas inte med er enhet"), ("ulrika", "Stämmer inte: Alkohol Har behandling.")]
)
def test_the_papers_criterion_of_addiction_says_that_it_is_not_shared(
    make_case, disclosed, cast, sign_in, reader, said
):
    case = disclosed(make_case("announced"))
    printed = " ".join(paper(sign_in(getattr(cast, reader)), case).split())
    assert printed.partition("Inget pågående beroende")[2].strip().startswith(said)


@pytest.mark.clause("W1")
def test_a_hidden_heading_stands_whether_or_not_anything_was_written(make_case, disclosed, cast, sign_in):
    mats = sign_in(cast.mats)
    full = mats.get(reverse("read_referral", args=[disclosed(make_case("announced")).pk])).content.decode()
    empty = mats.get(reverse("read_referral", args=[make_case("announced").pk])).content.decode()
    assert full.count("Delas inte med er enhet") == empty.count("Delas inte med er enhet") == 3


@pytest.mark.clause("W1")
def test_written_is_not_shared_until_it_is_disclosed(make_case, disclosed, cast, sign_in):
    case = disclosed(make_case("announced"))
    with behind_the_wall():
        Section.objects.filter(case=case).update(disclosed_at=None, disclosed_by=None)
    page = sign_in(cast.karin).get(reverse("read_referral", args=[case.pk])).content.decode()
    assert "Jag vill jobba igen." not in page


@pytest.mark.clause("W1")
def test_a_unit_that_is_no_party_and_one_whose_consent_has_ended_read_nothing(make_case, disclosed, cast, sign_in):
    url = reverse("read_referral", args=[disclosed(make_case("announced")).pk])
    assert sign_in(cast.siv).get(url).status_code == 404
    ended = disclosed(make_case("announced", valid_until=timezone.localdate() - timedelta(days=1)))
    assert sign_in(cast.mats).get(reverse("read_referral", args=[ended.pk])).status_code == 404


@pytest.mark.clause("S6")
def test_announced_but_on_no_agenda_a_party_sees_no_text_on_the_case_page(make_case, disclosed, cast, sign_in):
    case = disclosed(make_case("announced", level=1))
    page = sign_in(cast.mats).get(reverse("case", args=[case.pk])).content.decode()
    assert "Leif Sandqvist" in page
    for text in ("Jag vill jobba igen.", "Hur kan hon pröva tryggt?", "Helena Ros"):
        assert text not in page


def test_the_case_page_begins_with_the_person_s_own_words(make_case, disclosed, cast, sign_in):
    case = disclosed(make_case("announced"))
    page = sign_in(cast.karin).get(reverse("case", args=[case.pk])).content.decode()
    assert "Leifs egna ord, ur remissen" in page
    assert "En myndighet, en person" in page
    assert reverse("read_referral", args=[case.pk]) in page


@pytest.mark.clause("W5")
def test_a_protected_person_is_not_named_on_the_pages_nor_on_paper(make_case, disclosed, cast, sign_in):
    with behind_the_wall():
        hidden = make_person("Mira", "Alm", number="198701052394", protection=Person.Protection.MARKED)
    case = disclosed(make_case("announced", person=hidden, readers=[cast.karin]))
    client = sign_in(cast.karin)
    for text in (client.get(reverse("read_referral", args=[case.pk])).content.decode(), paper(client, case)):
        assert "Mira" not in text
        assert "19870105" not in text
        assert case.number in text


@pytest.mark.clause("S4", "W1")
def test_how_the_person_is_reached_and_what_they_decided_stand_on_paper_as_on_the_page(make_case, write, cast, sign_in):
    case = write(make_case("announced"), person=REACHED, visit={"made": "yes", "on": "2026-11-10", "wish": "apply"})
    for reader in (cast.johan, cast.mats):
        client = sign_in(reader)
        page, printed = client.get(reverse("read_referral", args=[case.pk])).text, paper(client, case)
        for words in ("Så når vi Leif", "070-174 06 31", "Hamngatan 3", "arabiska", "Vill ansöka"):
            assert words in page
            assert words in printed


@pytest.mark.clause("W1")
def test_whoever_has_no_part_in_the_basic_facts_reads_on_paper_that_they_are_not_shared(
    make_case, disclosed, write, cast, sign_in
):
    case = write(disclosed(make_case("placed", level=1)), person=REACHED)
    printed = paper(sign_in(cast.mats), case)
    assert "070-174 06 31" not in printed
    assert "Inte ifyllt" not in printed
    assert printed.count("Delas inte med er enhet") == 10  # six sections of *grund*, four of the present situation


@pytest.mark.clause("W5")
def test_of_a_protected_person_nothing_is_printed_of_how_to_reach_them(make_case, write, cast, sign_in):
    with behind_the_wall():
        hidden = make_person("Mira", "Alm", number="198701052394", protection=Person.Protection.MARKED)
    case = write(make_case("announced", person=hidden, readers=[cast.karin]), person=REACHED)
    printed = paper(sign_in(cast.karin), case)
    assert "Så når vi" not in printed
    for words in REACHED.values():
        assert words not in printed


def test_a_part_without_answers_was_written_by_nobody(johan_s_draft, cast, sign_in):
    printed = paper(sign_in(cast.johan), johan_s_draft)
    assert "Inte ifyllt" in printed
    assert "Skrivet av" not in printed


def test_an_agency_without_units_is_named_once_among_the_contacts(make_case, write, cast, sign_in):
    rows = [
        {"agency": "Arbetsförmedlingen", "unit": "Arbetsförmedlingen", "name": "Mats Lindahl", "about": "Inskriven"}
    ]
    printed = paper(sign_in(cast.johan), write(make_case("announced"), contacts={"rows": rows}))
    contacts = printed[printed.index("Om vad") : printed.index("Bifogat")]
    assert contacts.count("Arbetsförmedlingen") == 1


def test_a_name_that_ends_in_a_capital_s_takes_no_other():
    assert [whose(name) for name in ("Nora", "Jens", "Knutpunkten LIS")] == ["Noras", "Jens", "Knutpunkten LIS"]


def test_what_is_read_is_written_in_the_audit(make_case, disclosed, cast, sign_in):
    from knutpunkten.audit.models import Entry

    case = disclosed(make_case("announced"))
    sign_in(cast.mats).get(reverse("read_referral", args=[case.pk]))
    with behind_the_wall():
        entry = Entry.objects.of_case(case.pk).get(event="read")
    assert (entry.user_id, entry.detail) == (cast.mats.pk, {"what": "referral"})


def test_every_category_of_the_referral_is_one_that_a_consent_can_name():
    from knutpunkten.referrals.rules import PARTS

    assert {piece.category for part in PARTS for piece in part.pieces} <= set(Category)
    assert set(answers()) <= {part.key for part in PARTS}


def test_a_double_name_keeps_its_capitals_at_the_beginning_of_a_sentence(make_case, cast, sign_in):
    with behind_the_wall():
        person = make_person("Lisa-Marie", "Öst")
    case = make_case("announced", person=person)
    assert "Lisa-Marie skrev på" in sign_in(cast.johan).get(reverse("case", args=[case.pk])).text


@pytest.mark.clause("S5", "S12")
def test_who_handed_it_in_stands_with_it_also_when_the_case_is_handed_on(make_case, cast, sign_in, disclosed):
    case = disclosed(make_case("placed"))
    pages = [reverse(name, args=[case.pk]) for name in ("case", "read_referral")]
    nadja = sign_in(cast.nadja)
    assert all("Handläggare nu" not in nadja.get(page).text for page in pages)
    data = {"colleague": str(cast.sara.pk), "version": case.version}
    sign_in(cast.johan).post(reverse("step", args=[case.pk, "hand_on"]), data)
    pages = [nadja.get(page).text for page in pages]
    assert re.search(r'<dd><div class="row"><span[^>]*>VK</span> <div><strong>Johan Wik', pages[0]), "beside its mark"
    assert all(
        f'href="tel:{cast.sara.phone.replace(" ", "")}"' in page.partition("Handläggare nu")[2] for page in pages
    )
    shown, read = (strip_tags(page) for page in pages)
    assert re.search(r"Remitterad av\s*VK\s*Johan Wik, Försörjningsstöd\s*Handläggare nu: Sara Lind", shown)
    assert re.search(r"Johan Wik, Västerviks kommun, Försörjningsstöd, inlämnad \S+\. Handläggare nu: Sara Lind", read)
    printed = paper(nadja, case)
    assert re.search(r"Namn\s*Johan Wik", printed)
    assert re.search(r"Handläggare nu\s*Sara Lind", printed)
    with behind_the_wall():
        case.parties.filter(basis="consent").update(level=1)
    unread = strip_tags(sign_in(cast.mats).get(reverse("read_referral", args=[case.pk])).text)
    assert "Johan Wik" not in unread, "nor is it told as handed in by whose it is now"
    assert re.search(r"Västerviks kommun, Försörjningsstöd, inlämnad \S+\. Handläggare nu: Sara Lind", unread)
