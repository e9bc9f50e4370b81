"""The pages that explain: routines, how it works, accessibility. Nothing about a case."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.organisations import rules
from knutpunkten.organisations.hosts import host_on
from knutpunkten.organisations.models import RoutineDocument


def for_every_account(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Opens a page of reference data to everyone with an account, whatever the role.

    The gate of ``access`` stands in a package above this one; no permission is asked for here.
    """
    gated = login_required(view)
    gated.permissions = frozenset()  # type: ignore[attr-defined]
    return gated


@for_every_account
@require_safe
def routines(request: HttpRequest) -> HttpResponse:
    """The written routines in force, per programme (S15)."""
    return render(request, "organisations/routines.html", {"shelves": rules.shelves(timezone.localdate())})


@for_every_account
@require_safe
def routine_document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One version of a routine, with the history of them all (S15)."""
    with_whose = RoutineDocument.objects.select_related("programme__host", "programme__association")
    document = get_object_or_404(with_whose, pk=document_id)
    history, today = rules.history_of(document), timezone.localdate()
    in_force = rules.in_force(history, today)
    is_replaced = in_force is not None and document.version < in_force.version
    context = {
        "document": document,
        "passages": rules.passages(document.text),
        "is_privacy": document.which == RoutineDocument.Which.PRIVACY,
        "host": host_on(document.programme, document.on_date if is_replaced else None),
        "history": history,
        "in_force": in_force,
        "today": today,
    }
    return render(request, "organisations/routine_document.html", context)


@for_every_account
@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """The way, step by step, with each programme's own times and target group."""
    return render(request, "organisations/how_it_works.html", {"ways": rules.ways(timezone.localdate())})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement that the law (2018:1937) asks for; open to all."""
    return render(request, "organisations/accessibility.html", {"ways": rules.ways(timezone.localdate())})


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The mark, for pages that do not name it themselves (the settings)."""
    return HttpResponseRedirect(static("ui/favicon.svg"))


accessibility.permissions = favicon.permissions = None  # type: ignore[attr-defined]
