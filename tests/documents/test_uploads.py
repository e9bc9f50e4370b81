"""Files enclosed with a case: the content decides, and every refusal says what to do."""

import hashlib
import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knutpunkten.documents.uploads import LARGEST, LONGEST_NAME, UploadRefused, check_upload

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
EXE = b"MZ\x90\x00\x03\x00\x00\x00"


class Sent(io.BytesIO):
    """An uploaded file as the browser sends it."""

    def __init__(self, name, content, size=None):
        super().__init__(content)
        self.name = name
        self.size = len(content) if size is None else size


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


DOCX = zipped(**{"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"})
ODT = zipped(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": "<office/>"})


def refusal(name, content, size=None):
    with pytest.raises(UploadRefused) as refused:
        check_upload(Sent(name, content, size))
    return refused.value.sentence


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("Arbetsförmågeutredning.pdf", PDF, "application/pdf"),
        ("INTYG.PDF", PDF, "application/pdf"),
        ("bild.png", PNG, "image/png"),
        ("foto.jpg", JPEG, "image/jpeg"),
        ("foto.jpeg", JPEG, "image/jpeg"),
        ("brev.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("brev.odt", ODT, "application/vnd.oasis.opendocument.text"),
    ],
)
def test_each_allowed_kind_is_accepted_with_its_type_and_fingerprint(name, content, content_type):
    checked = check_upload(Sent(name, content))
    assert (checked.name, checked.content_type, checked.size) == (name, content_type, len(content))
    assert checked.sha256 == hashlib.sha256(content).hexdigest()
    assert checked.content == content


def test_a_program_under_a_borrowed_name_is_refused():
    for name in ("intyg.pdf", "bild.png", "foto.jpg", "brev.docx", "brev.odt"):
        assert "innehållet är något annat" in refusal(name, EXE)


def test_a_kind_we_do_not_take_is_refused_with_the_list_of_those_we_do():
    assert "PDF, PNG, JPEG, DOCX och ODT" in refusal("program.exe", EXE)
    assert "kan inte bifogas" in refusal("intyg", PDF)
    assert "kan inte bifogas" in refusal("sida.svg", b"<svg/>")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("brev.docx", ODT),
        ("brev.odt", DOCX),
        ("brev.docx", zipped(**{"hemligt.txt": "x"})),
        ("brev.docx", DOCX[: len(DOCX) // 2]),
        ("brev.odt", zipped(mimetype="application/zip", **{"content.xml": "x"})),
        ("brev.docx", b"PK\x03\x04" + bytes(40)),
        ("bild.png", JPEG),
        ("intyg.pdf", b"\n" + PDF),
    ],
)
def test_content_and_extension_must_agree(name, content):
    assert "innehållet är något annat" in refusal(name, content)


@pytest.mark.parametrize("macro", ["word/vbaProject.bin", "word/VBAPROJECT.BIN"])
def test_a_document_with_macros_is_refused(macro):
    macros = zipped(**{"[Content_Types].xml": "x", "word/document.xml": "x", macro: "x"})
    assert "innehållet är något annat" in refusal("brev.docx", macros)


@pytest.mark.parametrize("macro", ["Basic/Standard/Module1.xml", "Scripts/python/m.py"])
def test_so_is_an_open_document_with_a_script(macro):
    odt = zipped(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": "x", macro: "x"})
    assert "innehållet är något annat" in refusal("brev.odt", odt)


def test_an_empty_file_is_refused():
    assert "Filen är tom" in refusal("intyg.pdf", b"")


def test_ten_megabytes_is_the_limit():
    assert check_upload(Sent("intyg.pdf", PDF + bytes(LARGEST - len(PDF)))).size == LARGEST
    assert "större än 10 MB" in refusal("intyg.pdf", PDF + bytes(LARGEST - len(PDF) + 1))


def test_a_file_that_lies_about_its_size_is_measured():
    assert "större än 10 MB" in refusal("intyg.pdf", PDF + bytes(LARGEST), size=10)
    assert "större än 10 MB" in refusal("intyg.pdf", PDF, size=LARGEST + 1)


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "C:\\Temp\\intyg.pdf", "/intyg.pdf"])
def test_a_path_in_the_name_is_refused(name):
    assert "snedstreck" in refusal(name, PDF)


@pytest.mark.parametrize("name", ["in\x00tyg.pdf", "in\ntyg.pdf", "intyg\u202efdp.exe", "intyg\u200b.pdf"])
def test_invisible_characters_in_the_name_are_refused(name):
    assert "osynliga tecken" in refusal(name, PDF)


def test_a_long_name_is_refused_and_the_longest_is_not():
    longest = "å" * (LONGEST_NAME - 4) + ".pdf"
    assert check_upload(Sent(longest, PDF)).name == longest
    assert f"högst {LONGEST_NAME} tecken" in refusal("å" + longest, PDF)


@pytest.mark.parametrize("name", ["", "   ", ".pdf", "..pdf", None])
def test_a_file_without_a_name_is_refused(name):
    assert "saknar namn" in refusal(name, PDF)


def test_the_name_is_kept_as_one_and_the_same_text():
    assert check_upload(Sent(unicodedata.normalize("NFD", "Åsa.pdf"), PDF)).name == "Åsa.pdf"


@given(
    name=st.text(max_size=20), extension=st.sampled_from(["", ".pdf", ".docx", ".odt"]), content=st.binary(max_size=60)
)
def test_anything_sent_is_accepted_or_refused_with_a_sentence(name, extension, content):
    try:
        checked = check_upload(Sent(name + extension, content))
    except UploadRefused as refused:
        assert refused.sentence.endswith(".")
    else:
        assert checked.content.startswith(b"%PDF-")
