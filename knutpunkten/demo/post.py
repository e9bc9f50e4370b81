"""The mails that the demo's SMTP server has kept: one file each, whole or not at all."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

AT_MOST = 100


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str
    at: datetime | None


def letters(folder: Path) -> list[Letter]:
    """The newest letters first; none when nothing has been sent yet."""
    if not folder.is_dir():
        return []
    # The name begins with the time it came.
    files = sorted(folder.glob("*.eml"), reverse=True)[:AT_MOST]
    return [letter(path) for path in files]


def letter(path: Path) -> Letter:
    """One mail as its reader meets it: the plain text, never what else it may hold."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(preferencelist=("plain",))
    return Letter(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=str(body.get_content()) if body is not None else "",
        at=came_at(path.name),
    )


def came_at(name: str) -> datetime | None:
    """When the mail came, which its file is named by; None for a file named otherwise."""
    try:
        return datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S.%f%z")
    except ValueError:
        return None
