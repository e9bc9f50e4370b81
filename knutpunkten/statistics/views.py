"""Siffror: what the association and the coordinator may know of many cases at once."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.organisations.models import Programme, Role
from knutpunkten.organisations.swedish_order import sort_key
from knutpunkten.statistics.rules import Cell, Figures, Group, figures_of, years_until
from knutpunkten.statistics.tables import as_csv
from knutpunkten.ui.drawings import bar


@allowed(Permission.SEE_FIGURES)
@require_safe
def figures(request: Request) -> HttpResponse:
    """Counts per programme for a year; fewer than five is never told."""
    today = timezone.localdate()
    years = years_until(today)
    year = chosen_year(request.GET.get("ar", ""), years)
    if year is None:
        return no_figures(request, years)
    context = {
        "shown": [
            (programme, found, [(group, bars_of(group)) for group in found.groups])
            for programme, found in figures_for(request.who, year)
        ],
        "year": year,
        "is_this_year": year == today.year,
        "year_chips": chips_of(years, year),
    }
    return render(request, "statistics/figures.html", context)


@allowed(Permission.SEE_FIGURES)
@require_safe
def figures_csv(request: Request) -> HttpResponse:
    """The same as a file."""
    today = timezone.localdate()
    years = years_until(today)
    year = chosen_year(request.GET.get("ar", ""), years)
    if year is None:
        return no_figures(request, years)
    return HttpResponse(
        as_csv(figures_for(request.who, year), year, today),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="siffror-{year}.csv"'},
    )


def figures_for(who: Who, year: int) -> list[tuple[Programme, Figures]]:
    return [(programme, figures_of(programme.pk, year)) for programme in programmes_for(who)]


def bars_of(group: Group) -> list[tuple[Cell, str]]:
    """The group's cells with their bars; an untold number has none."""
    most = max((cell.number or 0 for cell in group.cells), default=0)
    return [(cell, bar(cell.number, most) if cell.number is not None else "") for cell in group.cells]


def chosen_year(text: str, years: range) -> int | None:
    """The year asked for, the first of *years* where none is; None for any other, which has no figures."""
    return next((year for year in years if text in ("", str(year))), None)


def chips_of(years: range, chosen: int | None) -> list[tuple[str, str, bool]]:
    return [(str(year), f"{reverse('figures')}?ar={year}", year == chosen) for year in years]


def no_figures(request: Request, years: range) -> HttpResponse:
    """Of a year that there are none of, or what is no year: which there are (404)."""
    return render(request, "statistics/no_figures.html", {"year_chips": chips_of(years, None)}, status=404)


def programmes_for(who: Who) -> list[Programme]:
    """The association's programmes, or the coordinator's own. The database asks the same question again."""
    if who.hat is None:
        return []
    all_of_them = Programme.objects.select_related("association")
    if who.role == Role.ASSOCIATION:
        found = all_of_them.filter(association=who.hat.association_id)
    elif who.programme_id is not None:
        found = all_of_them.filter(pk=who.programme_id)
    else:
        return []
    return sorted(found, key=lambda programme: sort_key(programme.name))
