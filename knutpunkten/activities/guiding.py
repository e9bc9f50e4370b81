"""Who works with the participant: plans where they are, maps, writes the plan and follows up, while a consent holds."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Concatenate
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.models import Basis, Case, Party, State
from knutpunkten.cases.rules import holds

AT_REST = "Inget sparades: inget samtycke omfattar teamet nu. Teamets arbete vilar tills ett nytt är påskrivet."


class AtRest(Exception):
    """No consent holds for the team: nothing more is written (W1)."""


def guides(opened: OpenCase) -> bool:
    """Whether the reader is the supervisor who works with the person now (S14)."""
    return opened.who.may(Permission.GUIDE) and opened.case.state == State.ACTIVE


def may_write(opened: OpenCase) -> bool:
    """Whether the reader writes mapping, plan and follow-up: without a consent the team's work rests (W1)."""
    return guides(opened) and not is_at_rest(opened)


def is_at_rest(opened: OpenCase) -> bool:
    """Whether no consent holds for the reader's unit, so that nothing more is written (W1)."""
    return all(ground.basis != Basis.CONSENT for ground in opened.grounds)


def team_has_part(case: Case, parties: Iterable[Party], today: date) -> bool:
    """Whether a consent holds for the team, whoever asks: else its work rests (W1)."""
    return any(p.unit_id == case.programme.team_id and p.basis == Basis.CONSENT and holds(p, today) for p in parties)


def writing[**P](view: Callable[Concatenate[Request, UUID, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that writes. Where the consent is gone it says so, on the case's page."""

    @wraps(view)
    def says_when_at_rest(request: Request, case_id: UUID, *of: P.args, **more: P.kwargs) -> HttpResponse:
        try:
            return view(request, case_id, *of, **more)
        except AtRest:
            messages.warning(request, AT_REST)
            return redirect("case", case_id=case_id)

    return says_when_at_rest


def guided(request: Request, case_id: UUID, read: str, *, also_at_rest: bool = False) -> OpenCase:
    """The case of the supervisor who works with the person now; a 404 before the start and after the end.

    Raises ``AtRest`` while no consent holds, for ``writing`` to say.
    """
    opened = case_for(request, case_id, Permission.GUIDE, read=read)
    if not guides(opened):
        raise Http404
    if not also_at_rest and not may_write(opened):
        raise AtRest
    return opened
