"""The documents as PDF: archivable, accessible, and deaf to whatever is written in them."""

import io
import json
import struct
import zlib

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knutpunkten.documents.glyphs import covered, drawable
from knutpunkten.documents.pdf import DOCUMENTS, TEMPLATES, compiler, render
from knutpunkten.ui.templatetags.ui import quoted
from tests.documents.samples import CONSENT, FINAL_REPORT, PLAN, REFERRAL, SAMPLES

HOSTILE = [
    '#let x = 1; #panic("nej") #read("/etc/passwd")',
    "$ a^2 $ @ref <label> *fet* _kursiv_ `kod` = Rubrik\n- punkt\n+ ett\n/ term: x",
    "\\ \" ' } ] ) #sys.inputs \\u{1f600} // kommentar /* och */",
    "عبد الرحمن الحدّاد och רחל כהן och ወይዘሮ ሳባ",
    "\u202eomvänd\u2066 \x00\x07\x1b \ud800 \ufffe \U0010ffff 😊👩‍👩‍👧 日本語 𝓐 \ue000",
    "\n\n\n \n",
    "รักษา გამარჯობა Բարև Ελλάδα Україна a\u0301\u0302\u0303 z̸̢̧",
]


def text_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def pages_of(pdf):
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def with_every_text(value, replacement, keep=("on", "state", "late")):
    """`value` with each text in it replaced, but for dates and the state, which nobody writes."""
    if isinstance(value, dict):
        return {
            key: item if key.endswith("_on") or key in keep else with_every_text(item, replacement)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [with_every_text(item, replacement) for item in value]
    return replacement if isinstance(value, str) else value


def emptied(value, key=""):
    """`value` with nothing filled in: "" for text, [] for lists, the printing date kept."""
    if key == "printed_on":
        return value
    if isinstance(value, dict):
        return {name: emptied(item, name) for name, item in value.items()}
    return {str: "", list: []}.get(type(value), value)


def structure_of(pdf):
    """The names of the tags in the document, such as H1 and Table."""
    waiting, names = [pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]], set()
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            waiting += list(node)
        elif isinstance(node, pypdf.generic.DictionaryObject):
            names.add(node.get("/S"))
            waiting += [node["/K"]] if "/K" in node else []
    return names


def test_there_is_a_template_for_each_document_and_a_sample():
    assert set(DOCUMENTS) == set(SAMPLES)
    assert all((TEMPLATES / f"{name}.typ").exists() for name in DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_is_archivable_and_accessible(name):
    reader = pypdf.PdfReader(io.BytesIO(render(name, SAMPLES[name])))
    root = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/Lang"] in ("sv", "sv-SE")
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata.title.endswith(SAMPLES[name]["case_number"])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_headings_are_tagged_as_headings(name):
    assert {"/Document", "/Title", "/H1", "/P"} <= structure_of(render(name, SAMPLES[name]))


def test_tables_are_tagged_with_their_header_cells_and_own_words_as_a_quotation():
    assert {"/Table", "/TH", "/TD", "/BlockQuote"} <= structure_of(render("plan", PLAN))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_page_says_whose_case_when_printed_and_that_it_is_sensitive(name):
    pdf = render(name, SAMPLES[name])
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    for number, page in enumerate(pages, start=1):
        text = page.extract_text()
        assert SAMPLES[name]["case_number"] in text
        assert "Innehåller känsliga uppgifter" in text
        assert "Utskriven 2026-11-17 av Elin Strand" in text
        assert f"Sida {number} av {len(pages)}" in text


def texts_in(value):
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_in(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts_in(item)]
    return [value] if isinstance(value, str) else []


def letters(text):
    """Only letters and digits: hyphenation, line breaks and ornaments aside."""
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_everything_in_the_data_is_in_the_document(name):
    printed = letters(text_of(render(name, SAMPLES[name])))
    missing = [text for text in texts_in(SAMPLES[name]) if letters(text) not in printed]
    assert missing == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_empty_form_still_becomes_a_document(name):
    assert "Innehåller känsliga uppgifter" in text_of(render(name, emptied(SAMPLES[name])))


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_people_write_becomes_text(name, text):
    assert render(name, with_every_text(SAMPLES[name], text)).startswith(b"%PDF-")


@pytest.mark.parametrize("long", ["x" * 5000, "ord " * 1250, "rad\n" * 1250], ids=["word", "words", "lines"])
def test_five_thousand_characters_fit_everywhere_in_a_goal(long):
    goal = PLAN["goals"][0] | {"own_words": long, "why": long}
    sub_goal = goal["sub_goals"][0] | {"what": long, "follow_up": long}
    assert pages_of(render("plan", PLAN | {"goals": [goal | {"sub_goals": [sub_goal]}]})) > 5


def test_typst_code_is_shown_as_it_was_written():
    code = '#let x = panic("nej") $a$ @b'
    assert code in text_of(render("remiss", REFERRAL | {"question": code}))


def drawn_rows(png):
    """The rows of an 8-bit RGBA image, four bytes a dot, with PNG's line filters undone."""
    width, height = struct.unpack(">LL", png[16:24])
    assert png[24:29] == b"\x08\x06\x00\x00\x00"
    packed, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">L4s", png[at : at + 8])
        packed += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    raw, above, size = zlib.decompress(packed), bytes(width * 4), width * 4 + 1
    for start in range(0, height * size, size):
        guess, line = GUESSES[raw[start]], raw[start + 1 : start + size]
        row = bytearray(above)
        # Where nothing is added to what the row above says, up or nearest, the row is that one again.
        if any(line) or raw[start] not in (2, 4):
            for n in range(len(row)):
                left, up, corner = (row[n - 4], above[n], above[n - 4]) if n > 3 else (0, above[n], 0)
                row[n] = (line[n] + guess(left, up, corner)) % 256
        yield bytes(row)
        above = row


def nearest(left, up, corner):
    """PNG's fourth filter: of the three neighbours, the one nearest to left + up - corner."""
    from_left, from_up, from_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if from_left <= from_up and from_left <= from_corner:
        return left
    return up if from_up <= from_corner else corner


GUESSES = (
    lambda left, up, corner: 0,
    lambda left, up, corner: left,
    lambda left, up, corner: up,
    lambda left, up, corner: (left + up) // 2,
    nearest,
)


@pytest.mark.parametrize("name", ["plan", "samtycke", "remiss"])
@pytest.mark.parametrize("word", ["W" * 60, "n" * 36])
def test_nothing_runs_into_the_right_margin(name, word):
    with_long_words = json.dumps(with_every_text(SAMPLES[name], drawable(word)) | {"unprintable": False})
    pages = compiler().compile(
        input=TEMPLATES / f"{name}.typ", format="png", ppi=24, sys_inputs={"data": with_long_words}
    )
    for page in pages if isinstance(pages, list) else [pages]:
        assert all(set(row[-4 * 20 :]) == {255} for row in drawn_rows(page))  # the margin is 23 mm, 21 dots


def test_a_sign_no_font_has_is_shown_as_a_box_and_the_document_says_so():
    text = text_of(render("remiss", REFERRAL | {"question": "Bra 😊"}))
    assert "Bra □" in text
    assert "kan inte skrivas ut" in text.replace("inte kan", "kan inte")
    assert "□" not in text_of(render("remiss", REFERRAL))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_can_be_printed(text):
    assert render("konsultationsremiss", SAMPLES["konsultationsremiss"] | {"question": text, "own_words": text})


def test_own_words_are_quoted_once_on_paper_as_on_the_screen():
    typed = ["Jag vill.", "”Jag vill.”", '"Jag vill."', "Hon sa ”kom”.", "”Kom”, sa hon."]
    text = text_of(render("plan", PLAN | {"goals": [PLAN["goals"][0] | {"own_words": words} for words in typed]}))
    assert "””" not in text
    assert all(quoted(words) in text for words in typed)


def test_a_part_that_is_not_shared_keeps_its_heading_and_nothing_else():
    text = text_of(render("remiss", REFERRAL))
    assert "Hälsa Delas inte med er enhet." in text


def test_a_protected_person_is_named_nowhere():
    text = text_of(render("samtycke", CONSENT | {"person": None, "guardian": None}))
    assert "Skyddade personuppgifter" in text
    assert "Sandqvist" not in text
    assert "19780411" not in text


def test_a_signed_consent_says_so_instead_of_having_lines():
    given = {"given": "Underskrivet", "on": "2026-09-28", "witness": "Johan Wik", "evidence": "Papperet är inskannat."}
    signed = CONSENT | {"signed": given, "notice": CONSENT["notice"] | {"signed": given}}
    assert "Underskrivet 2026-09-28. Bevittnat av Johan Wik. Papperet är inskannat." in text_of(
        render("samtycke", signed)
    )
    assert "vittne" in text_of(render("samtycke", CONSENT))
    assert "Namnförtydligande" not in text_of(render("samtycke", signed))


def test_a_withdrawn_consent_says_so_first():
    withdrawn = {"on": "2026-11-02", "how": "per telefon", "taken_by": "Nadja Berg"}
    text = text_of(render("samtycke", CONSENT | {"withdrawn": withdrawn}))
    assert text.index("Taget tillbaka 2026-11-02, per telefon. Nadja Berg tog emot det.") < text.index(
        "Vad du säger ja till"
    )


def test_the_plan_for_who_carries_on_is_not_parted_and_none_of_a_long_one_is_lost():
    assert pages_of(render("slutdokumentation", FINAL_REPORT)) == 1
    long = FINAL_REPORT["onward"] | {"what": "Ett möte till. " * 500}
    assert pages_of(render("slutdokumentation", FINAL_REPORT | {"onward": long})) > 2
    for lines in (1, 4, 8):
        pages = pypdf.PdfReader(
            io.BytesIO(render("slutdokumentation", FINAL_REPORT | {"result": "Rad\n" * lines}))
        ).pages
        plan = next(text for text in (page.extract_text() for page in pages) if "Plan för den som tar vid" in text)
        assert "Smärtenheten i vecka 50." in plan, lines


def test_a_final_report_without_an_onward_plan_says_why():
    report = FINAL_REPORT | {"onward": None, "onward_exemption": "Gick inte att nå: fyra samtal och två brev."}
    assert "fyra samtal och två brev" in text_of(render("slutdokumentation", report))


@pytest.mark.parametrize(("name", "before"), [("kontrakt", "Vi lovar varandra"), ("samtycke", "Parter och uppgifter")])
def test_the_privacy_notice_has_a_page_of_its_own_with_lines_to_sign_on(name, before):
    *first, last = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render(name, SAMPLES[name]))).pages]
    for words in ("Så behandlas dina personuppgifter", "Vem som kan läsa", "Leif Sandqvist", "Berit Sand", "god man"):
        assert words in last
    assert before not in last
    assert "Så behandlas dina" not in " ".join(first)
    # Whoever refers sees that the notice is signed (K2); at the first meeting it may also be only given (S9).
    assert ("Informerad, ville inte skriva under" in last) == (name == "kontrakt")


def test_a_long_referral_continues_on_more_pages():
    assert pages_of(render("remiss", REFERRAL | {"question": "En mening till. " * 800})) > pages_of(
        render("remiss", REFERRAL)
    )


def test_a_row_of_a_table_is_not_parted_between_pages():
    reason = ("Bor på flera ställen och byter ofta nummer. " * 8).strip()
    for before in range(20, 36, 3):  # the row comes past the end of a page
        row = {"criterion": "Krav", "answer": "Början på svaret", "reason": f"{reason} Slutet på skälet"}
        target_group = [{"criterion": "Krav", "answer": "Ja", "reason": ""}] * before + [row]
        pages = pypdf.PdfReader(io.BytesIO(render("remiss", REFERRAL | {"target_group": target_group}))).pages
        texts = [" ".join(page.extract_text().split()) for page in pages]
        first = next(text for text in texts if "Början på svaret" in text)
        assert "Slutet på skälet" in first.replace("- ", ""), before


def test_what_is_good_to_know_of_a_consent_stands_on_one_page():
    for parties in range(1, 12):
        pages = pypdf.PdfReader(
            io.BytesIO(render("samtycke", CONSENT | {"parties": CONSENT["parties"][:1] * parties}))
        ).pages
        first = next(text for text in (page.extract_text() for page in pages) if "Bra att veta" in text)
        assert "Ring eller skriv till" in first, parties


def test_a_report_that_nobody_could_read_is_handed_over_to_nobody():
    text = text_of(render("slutdokumentation", FINAL_REPORT | {"handed_over": {"on": "2026-11-23", "to": ""}}))
    assert "Till ingen. Handläggarens enhet hade ingen del i planeringen när ärendet avslutades, 2026-11-23." in text


def test_an_unknown_document_is_refused():
    with pytest.raises(ValueError, match="no document called"):
        render("../../etc/passwd", {})


def test_the_fonts_cover_swedish_and_the_scripts_they_were_chosen_for():
    assert set(map(ord, "åäöÅÄÖéü”–·•□ عربی עברית ትግርኛ ไทย ქართ Հայ Ελλ Укр")) <= covered()
    assert ord("日") not in covered()


def test_text_is_made_drawable_without_losing_its_lines():
    assert drawable("a\r\nb\u2028c\td\u202ee\x00") == "a\nb\nc de"
    assert drawable("x" * 50).replace("\u200b", "") == "x" * 50
    assert "\u200b" not in drawable("karin.hallgren@knutpunkten.example")
