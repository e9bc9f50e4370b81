"""Denied: the same 404 for what is not there and what is not for you, and a row in the audit."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from knutpunkten.access.request import Request


class NoGround(Http404):
    """There is no ground for what was asked. On screen: "Sidan finns inte, eller är inte för dig"."""


@dataclass(frozen=True)
class Denial:
    """What somebody was denied: a case, if it was one, and whether for want of a ground or of the role."""

    case_id: UUID | None
    why: str = "ground"


def deny(request: Request, case_id: UUID | None) -> NoGround:
    """Remember the denial for the audit; the caller raises what this returns."""
    request.denials.append(Denial(case_id))
    return NoGround()


def deny_role(request: Request) -> None:
    """Remember that the role was not enough (403), and for which case, if the address names one."""
    found = request.resolver_match
    request.denials.append(Denial(found.kwargs.get("case_id") if found else None, "role"))
