"""The privacy notice as it is printed, with the consent (K2) and with the contract (S9): a version, and its text (S15)."""

from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from knutpunkten.documents.shapes import HeadedText, PrivacyNotice, Signed
from knutpunkten.organisations.hosts import host_on
from knutpunkten.organisations.models import Programme, RoutineDocument

UNWRITTEN = 0  # the version of a notice that is not there: they count from one


def notice_in_force(programme: Programme, day: date) -> RoutineDocument | None:
    """The programme's privacy notice in force on *day*; None before there is any. One statement."""
    return notices_until(programme, day).first()


def notices_until(programme: Programme | OuterRef, day: date) -> QuerySet[RoutineDocument]:
    """The versions that had come into force on *day*, the newest first."""
    written = RoutineDocument.objects.filter(programme=programme, which=RoutineDocument.Which.PRIVACY, on_date__lte=day)
    return written.order_by("-version")


def notice_id_in_force(programme: str, day: date) -> Subquery:
    """The id of ``notice_in_force``, for the rows of a statement that has *programme* as a column."""
    return Subquery(notices_until(OuterRef(programme), day).values("pk")[:1])


def notice_of(programme: Programme, version: int) -> RoutineDocument | None:
    """The version that a person was given; None where nothing was written then. One statement."""
    return RoutineDocument.objects.filter(
        programme=programme, which=RoutineDocument.Which.PRIVACY, version=version
    ).first()


def notice_paper(programme: Programme, notice: RoutineDocument | None, signed: Signed | None) -> PrivacyNotice:
    """The shape of the notice's own page: each paragraph's first line is its heading."""
    host = host_on(programme, date.fromisoformat(signed["on"]) if signed else None)
    return {
        "version": f"{notice.version}, {notice.on_date}" if notice else "",
        "texts": headed(notice.text) if notice else [],
        "controller": {"name": host.name, "officer": host.officer},
        "signed": signed,
    }


def headed(text: str) -> list[HeadedText]:
    parts = [part.partition("\n") for part in text.split("\n\n") if part.strip()]
    return [{"heading": head.strip(), "text": body.strip()} for head, _, body in parts]
