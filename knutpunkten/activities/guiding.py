"""Who works with the participant: plans where they are, maps, writes the plan and follows up, while a consent holds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Concatenate
from uuid import UUID

from django.forms import Field
from django.http import Http404, HttpResponse

from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.sent import written
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.models import CLOSED_STATES, Basis, Case, Party, State
from knutpunkten.cases.overtaken import led_on
from knutpunkten.cases.rules import holds

ENDED = "Ärendet har tagit slut, så det går inte att skriva i det längre."
AT_REST = "Inget sparades: inget samtycke omfattar teamet nu. Teamets arbete vilar tills ett nytt är påskrivet."


@dataclass(frozen=True)
class Hindered(Exception):
    """Nothing more is written: the case is over, or no consent holds for the team (W1), as *said*.

    *asks*: the fields of the page's form.
    """

    opened: OpenCase
    said: str
    asks: Mapping[str, Field]


def guides(opened: OpenCase) -> bool:
    """Whether the reader is the supervisor who works with the person now (S14)."""
    return opened.who.may(Permission.GUIDE) and opened.case.state == State.ACTIVE


def may_write(opened: OpenCase) -> bool:
    """Whether the reader writes mapping, plan and follow-up: without a consent the team's work rests (W1)."""
    return guides(opened) and not is_at_rest(opened)


def is_over(opened: OpenCase) -> bool:
    """Whether the case ended while the reader had a part in it: what was written stands, to be read."""
    return opened.follows and opened.case.state in CLOSED_STATES


def is_at_rest(opened: OpenCase) -> bool:
    """Whether no consent holds for the reader's unit, so that nothing more is written (W1)."""
    return all(ground.basis != Basis.CONSENT for ground in opened.grounds)


def team_has_part(case: Case, parties: Iterable[Party], today: date) -> bool:
    """Whether a consent holds for the team, whoever asks: else its work rests (W1)."""
    return any(p.unit_id == case.programme.team_id and p.basis == Basis.CONSENT and holds(p, today) for p in parties)


def writing[**P](view: Callable[Concatenate[Request, UUID, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that writes. Where nothing is written any more it says why, with what was sent or on the case's page."""

    @wraps(view)
    def says_what_hinders(request: Request, case_id: UUID, *of: P.args, **more: P.kwargs) -> HttpResponse:
        try:
            return view(request, case_id, *of, **more)
        except Hindered as hindered:
            return led_on(request, hindered.opened, hindered.said, written(request, hindered.asks))

    return says_what_hinders


def guided(
    request: Request,
    case_id: UUID,
    read: str,
    *,
    also_at_rest: bool = False,
    also_over: bool = False,
    asks: Mapping[str, Field] | None = None,
) -> OpenCase:
    """The case of the supervisor who works with the person now; a 404 before the start.

    Raises ``Hindered`` after the end, and while no consent holds, for ``writing`` to say, with what was sent in the
    fields that the page *asks*.
    """
    opened = case_for(request, case_id, Permission.GUIDE, read=read)
    over = is_over(opened)
    if not over and not guides(opened):
        raise Http404
    if over and not also_over:
        raise Hindered(opened, ENDED, asks or {})
    if not over and not also_at_rest and is_at_rest(opened):
        raise Hindered(opened, AT_REST, asks or {})
    return opened
