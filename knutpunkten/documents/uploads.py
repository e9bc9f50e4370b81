"""What may be enclosed with a case: checked by content, not by what the file calls itself (S5).

Pure: takes an uploaded file, gives its checked content. Storing it is somebody else's task.
"""

import hashlib
import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

LARGEST = 10 * 1024 * 1024  # bytes
LONGEST_NAME = 150  # characters, with extension

_ODT = "application/vnd.oasis.opendocument.text"
_ALLOWED = "Du kan bifoga PDF, PNG, JPEG, DOCX och ODT."
SCANS = (".pdf", ".png", ".jpg", ".jpeg")  # what a scanned paper may be


class UploadedFile(Protocol):
    """The part of Django's uploaded file that is needed; `size` in bytes."""

    name: str | None
    size: int | None

    def read(self, num_bytes: int = ..., /) -> bytes: ...


class UploadRefused(ValueError):
    """The file cannot be enclosed; `sentence` tells the user why and what to do, in Swedish."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class CheckedUpload:
    """A file whose name and content agree. `content_type` is ours, never the browser's; `sha256` is hex."""

    name: str
    content_type: str
    size: int
    sha256: str
    content: bytes


def check_upload(file: UploadedFile) -> CheckedUpload:
    """Reads and checks one file: PDF, PNG, JPEG, DOCX or ODT of at most 10 MB. Raises UploadRefused."""
    name = _checked_name(file.name or "")
    content = _checked_content(file)
    content_type = _agreed_type(PurePosixPath(name).suffix.lower(), content)
    return CheckedUpload(name, content_type, len(content), hashlib.sha256(content).hexdigest(), content)


def check_scan(file: UploadedFile) -> CheckedUpload:
    """Reads and checks a scanned paper: as ``check_upload``, of PDF, PNG and JPEG alone. Raises UploadRefused."""
    if PurePosixPath(file.name or "").suffix.lower() not in SCANS:
        raise UploadRefused(
            "Ett inskannat papper kan inte vara en fil av det slaget. Välj en PDF eller en bild, PNG eller JPEG."
        )
    return check_upload(file)


def _checked_name(name: str) -> str:
    name = unicodedata.normalize("NFC", name).strip()
    if "/" in name or "\\" in name:
        raise UploadRefused("Filens namn får inte innehålla snedstreck. Byt namn på filen och försök igen.")
    # Cc are control characters; Cf can turn text around, so that "fdp.exe" reads as "exe.pdf".
    if any(unicodedata.category(character)[0] == "C" for character in name):
        raise UploadRefused("Filens namn innehåller osynliga tecken. Byt namn på filen och försök igen.")
    if len(name) > LONGEST_NAME:
        raise UploadRefused(f"Filens namn är för långt. Korta det till högst {LONGEST_NAME} tecken.")
    before_extension, dot, _ = name.rpartition(".")
    if not (before_extension if dot else name).strip(". "):
        raise UploadRefused("Filen saknar namn. Döp den till något som säger vad den är.")
    return name


def _checked_content(file: UploadedFile) -> bytes:
    if (file.size or 0) > LARGEST:
        raise _too_large()
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _too_large()
    if not content:
        raise UploadRefused("Filen är tom. Öppna den på din dator, kontrollera innehållet och välj den igen.")
    return content


def _too_large() -> UploadRefused:
    return UploadRefused("Filen är större än 10 MB. Dela upp den eller spara den i lägre upplösning.")


def _agreed_type(extension: str, content: bytes) -> str:
    if extension not in _KINDS:
        raise UploadRefused(f"Filer av det slaget kan inte bifogas. {_ALLOWED}")
    content_type, is_that_kind = _KINDS[extension]
    if not is_that_kind(content):
        raise UploadRefused(
            f"Filen heter {extension} men innehållet är något annat, eller så är filen skadad. {_ALLOWED}"
        )
    return content_type


def _is_docx(content: bytes) -> bool:
    names = _names_in_zip(content)
    return {"[Content_Types].xml", "word/document.xml"} <= names and not _has_macro(names)


def _has_macro(names: set[str]) -> bool:
    """A macro is a program: such a file is another kind (.docm) under a borrowed name, or a document with a script in it."""
    names = {name.lower() for name in names}
    return any("vbaproject" in name or name.startswith(("basic/", "scripts/")) for name in names)


def _is_odt(content: bytes) -> bool:
    names = _names_in_zip(content)
    if not {"mimetype", "content.xml"} <= names or _has_macro(names):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo("mimetype")
        stored_plainly = entry.compress_type == zipfile.ZIP_STORED and not entry.flag_bits & 1
        return stored_plainly and entry.file_size < 100 and archive.read(entry).strip() == _ODT.encode()


def _names_in_zip(content: bytes) -> set[str]:
    if not content.startswith(b"PK\x03\x04"):
        return set()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return set()


def _starts_with(magic: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(magic)


_KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    ".pdf": ("application/pdf", _starts_with(b"%PDF-")),
    ".png": ("image/png", _starts_with(b"\x89PNG\r\n\x1a\n")),
    ".jpg": ("image/jpeg", _starts_with(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", _starts_with(b"\xff\xd8\xff")),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _is_docx),
    ".odt": (_ODT, _is_odt),
}
