"""The figures as a file to reckon with: the tables of the page, and what is hidden there is hidden here."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date

from knutpunkten.organisations.models import Programme
from knutpunkten.statistics.rules import HIDDEN, Cell, Figures

HEADINGS = ("Insats", "År", "Tabell", "Vad", "Antal", "Räknat")
IN_SHORT = "I korthet"
ALL_TABLES, ALL = "Alla tabeller", "Alla tal"
NOT_COUNTED = "inte än"
MARK_OF_UTF_8 = "\ufeff"  # without it a spreadsheet reads å, ä and ö wrong


def as_csv(shown: Iterable[tuple[Programme, Figures]], year: int, today: date) -> str:
    """A line for each number, with semicolons between, as Swedish spreadsheets have them. The places are today's."""
    written = io.StringIO(MARK_OF_UTF_8, newline="")
    written.seek(0, io.SEEK_END)
    lines = csv.writer(written, delimiter=";")
    lines.writerow(HEADINGS)
    for programme, figures in shown:
        if year == today.year:
            lines.writerow((programme.name, year, IN_SHORT, "Platser", programme.places, today))
        counted_on = figures.counted_on or NOT_COUNTED
        lines.writerows((programme.name, year, *line, counted_on) for line in lines_of(figures))
    return written.getvalue()


def lines_of(figures: Figures) -> Iterator[tuple[str, str, str]]:
    """Where all of a table is hidden, or all of the year, one line says so."""
    if figures.is_hidden:
        yield ALL_TABLES, ALL, HIDDEN
        return
    for cell in figures.in_short:
        yield IN_SHORT, cell.label, cell.words
    for group in figures.groups:
        for cell in [Cell(ALL, None)] if group.is_hidden else [*group.cells, group.total]:
            yield group.heading, cell.label, cell.words
