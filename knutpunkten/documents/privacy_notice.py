"""The privacy notice as it is printed, with the consent (K2) and with the contract (S9): a version, and its text (S15)."""

from datetime import date

from knutpunkten.documents.shapes import HeadedText, PrivacyNotice, Signed
from knutpunkten.organisations.models import Programme, RoutineDocument


def notice_in_force(programme: Programme, day: date) -> RoutineDocument | None:
    """The programme's privacy notice in force on *day*; None before there is any. One statement."""
    written = RoutineDocument.objects.filter(programme=programme, which=RoutineDocument.Which.PRIVACY, on_date__lte=day)
    return written.order_by("-version").first()


def notice_of(programme: Programme, version: int) -> RoutineDocument | None:
    """The version that a person was given; None where nothing was written then. One statement."""
    return RoutineDocument.objects.filter(
        programme=programme, which=RoutineDocument.Which.PRIVACY, version=version
    ).first()


def notice_paper(programme: Programme, notice: RoutineDocument | None, signed: Signed | None) -> PrivacyNotice:
    """The shape of the notice's own page: each paragraph's first line is its heading."""
    return {
        "version": f"{notice.version}, {notice.on_date}" if notice else "",
        "texts": headed(notice.text) if notice else [],
        "controller": {"name": programme.host.name, "officer": officer_of(programme)},
        "signed": signed,
    }


def officer_of(programme: Programme) -> str:
    """How to reach the host's data protection officer, or whom to ask where nobody has written it down (GDPR art. 13.1 b)."""
    written = programme.host.data_protection_officer
    return written or f"Fråga {programme.association.name} hur du når ombudet hos {programme.host.name}."


def headed(text: str) -> list[HeadedText]:
    parts = [part.partition("\n") for part in text.split("\n\n") if part.strip()]
    return [{"heading": head.strip(), "text": body.strip()} for head, _, body in parts]
