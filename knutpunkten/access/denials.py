"""Denied: the same 404 for what is not there and what is not for you, and a row in the audit."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.http import Http404
from django.utils import timezone

from knutpunkten.access.request import Request


class NoGround(Http404):
    """There is no ground for what was asked. On screen: "Här finns inget för dig att se"."""


@dataclass(frozen=True)
class Denial:
    """What somebody was denied: a case, if it was one, and whether for want of a ground, of the role or of the hat (``other_hat``)."""

    case_id: UUID | None
    why: str = "ground"


# What ``404.html`` reads of the exception, where the one who asks had the case open a while ago.
CLOSED_MEANWHILE = "closed meanwhile"
A_WHILE = timedelta(hours=12)


def deny(request: Request, case_id: UUID | None, *, closed_meanwhile: bool = False) -> NoGround:
    """Remember the denial for the audit; the caller raises what this returns.

    *closed_meanwhile*: say that the case was open to the one who asks and is so no more.
    """
    request.denials.append(Denial(case_id))
    return NoGround(CLOSED_MEANWHILE) if closed_meanwhile else NoGround()


def had_it_open(case_id: UUID) -> bool:
    """Whether the one who asks read the case lately, by their own rows of the audit. One statement, whatever is asked for.

    They know of it already, so they may be told that it has closed: a bare "nothing here" would look like a fault (W1).
    Never of a protected person's case, which does not exist for those who are not its readers (W5). Everybody else
    gets the one answer for what is not there and what is not for them.
    """
    with connection.cursor() as cursor:
        cursor.execute("select had_it_open(%s, %s)", [case_id, timezone.now() - A_WHILE])
        return cursor.fetchone()[0]


def deny_role(request: Request) -> None:
    """Remember that the role was not enough (403), and for which case, if the address names one."""
    found = request.resolver_match
    request.denials.append(Denial(found.kwargs.get("case_id") if found else None, "role"))
