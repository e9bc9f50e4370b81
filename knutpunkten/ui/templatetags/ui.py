"""Filters and tags for every page; README.md in the package says how each is used."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from knutpunkten.ui import dates, drawings, timetable
from knutpunkten.ui.enumerations import amount_in_words
from knutpunkten.ui.forms import changes_needed
from knutpunkten.ui.paging import NEWER, OLDER, DayPage, OpenPage, TimePage
from knutpunkten.ui.templatetags.sending import carried

register = template.Library()

TAG_KINDS = ("late", "soon", "later", "state", "ongoing", "done", "locked", "protected", "turn", "waiting")
# The colour of each kind of agency. The agency that a programme is, is the team.
AGENCY_KINDS = {"kommun": "kommun", "af": "af", "fk": "fk", "region": "region", "team": "team", "knutpunkt": "team"}
PRESENCES = {
    "yes": ("done", "kom"),
    "part": ("soon", "delvis"),
    "no": ("no", "kom inte"),
    "planned": ("later", "planerat"),
    "none": ("none", "inte anmäld"),
}


# Filters: dates, numbers and names.


def _time(value: dt.date | dt.datetime | None, words: str) -> SafeString:
    return format_html('<time class="nowrap" datetime="{}">{}</time>', value.isoformat() if value else "", words)


@register.filter
def iso(value: dt.date | None) -> str:
    """2026-11-20."""
    return _time(value, dates.iso(value)) if value else ""


@register.filter
def weekday_iso(value: dt.date | None) -> str:
    """fre 2026-11-20."""
    return _time(value, dates.weekday_iso(value)) if value else ""


@register.filter
def weekday_iso_first(value: dt.date | None) -> str:
    """Fre 2026-11-20, first in a line."""
    return _time(value, dates.weekday_iso(value).capitalize()) if value else ""


@register.filter
def long_date(value: dt.date | None) -> str:
    """torsdag 26 november."""
    return _time(value, dates.long_date(value)) if value else ""


@register.filter
def in_words(value: dt.date | None) -> str:
    """torsdag 26 november, and beside it 2026-11-26."""
    return format_html('{} <span class="meta">{}</span>', long_date(value), iso(value)) if value else ""


@register.filter
def week(value: dt.date | None) -> str:
    """v. 47."""
    return format_html('<span class="nowrap">{}</span>', dates.week(value)) if value else ""


@register.filter
def clock(value: dt.datetime | dt.time | None) -> str:
    """10:42, with figures of equal width."""
    return format_html('<span class="clock">{}</span>', dates.clock(value)) if value else ""


@register.filter
def moment(value: dt.datetime | None, now: dt.datetime | None = None) -> str:
    """idag 08:47, igår 14:05 or 2026-11-13 14:05, seen from now."""
    return _time(value, dates.moment(value, now or timezone.now())) if value else ""


@register.filter
def moment_in_words(value: dt.datetime | None, now: dt.datetime) -> str:
    """idag kl. 08:47, igår kl. 14:05, or fredag 13 november kl. 14:05 and beside it 2026-11-13."""
    if not value:
        return ""
    words = dates.moment_in_words(value, now)
    said = _time(value, words)
    is_far = words.startswith(dates.long_date(value))
    return format_html('{} <span class="meta">{}</span>', said, iso(value)) if is_far else said


@register.filter
def number(value: str | None) -> str:
    """An identity number as ÅÅÅÅMMDD-NNNN, never broken and always left to right."""
    return format_html('<bdi dir="ltr" class="nowrap">{}</bdi>', dates.number(value)) if value else ""


register.filter(amount_in_words)


@register.filter
def unbroken(text: str) -> SafeString:
    """A text whose dates, identity numbers and spans of time stay on one line; what is already HTML stays HTML."""
    if isinstance(text, SafeString):
        return text
    parts = (
        (format_html('<span class="nowrap">{}</span>', part) if kept else part,) for kept, part in dates.unbroken(text)
    )
    return format_html_join("", "{}", parts)


@register.filter
def mail_link(address: str) -> SafeString:
    """An e-mail address to write to; one that is too long for its place breaks after the at sign."""
    name, at, host = address.rpartition("@")
    return format_html('<a href="mailto:{}">{}{}<wbr>{}</a>', address, name, at, host)


@register.filter
def initials(name: str) -> str:
    """LS for Leif Sandqvist."""
    return dates.initials(name)


@register.filter
def attr(mapping: dict[str, Any], name: str) -> Any:
    """The value under a name that a template cannot write, such as data-columns."""
    return mapping.get(name, "")


# Words with a shape.

# A list says the same few words on fifty rows. ``typed``, for what is HTML already must not pass for the same text unescaped.
cache_words = lru_cache(maxsize=1000, typed=True)


@register.simple_tag
@cache
def file(path: str) -> str:
    """As ``static``, looked up once: a page names twenty files and a hundred icons, and their addresses never change."""
    return static(path)


def shape(kind: str, label: str = "") -> SafeString:
    """A shape of our own, from shapes.svg."""
    return _drawing("shape", f"{file('ui/shapes.svg')}#{kind}", label)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An Aksel icon in kebab-case; with a label it speaks, without it is decoration."""
    return _drawing("icon", f"{file('ui/vendor/icons.svg')}#{name}", label)


@cache_words
def _drawing(css: str, href: str, label: str) -> SafeString:
    says = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="{}" width="24" height="24" {}><use href="{}"/></svg>', css, says, href)


@register.simple_tag
@cache_words
def tag(kind: str, words: str) -> SafeString:
    """A tag: shape, colour and words. ValueError if the kind is unknown."""
    if kind not in TAG_KINDS:
        raise ValueError(f"{kind} is no kind of tag: {', '.join(TAG_KINDS)}")
    holds_date = any(kept for kept, _ in dates.unbroken(words))
    # One piece beside its shape, which breaks in a narrow table, though never within a date.
    inner = format_html("<span>{}</span>", unbroken(words)) if holds_date else words
    return format_html('<span class="ds-tag tag {}">{}{}</span>', kind, shape(kind), inner)


@register.simple_tag
def deadline(due: dt.date | None, today: dt.date) -> str:
    """When something is due, said from today; nothing if it has no date."""
    return tag(*dates.deadline(due, today)) if due else ""


@register.simple_tag
def turn(yours: bool, who: str = "") -> SafeString:
    """Whose turn: amber only if it is the reader's. Nothing where nobody is waited for."""
    if yours:
        return tag("turn", "Din tur")
    return tag("waiting", f"Väntar på {who}") if who else SafeString("")


@register.simple_tag
def count(value: int, quiet: bool = False) -> SafeString:
    """The number beside a heading."""
    return format_html('<span class="count{}">{}</span>', " quiet" if quiet or not value else "", value)


@register.simple_tag
def avatar(name: str, size: str = "", kind: str = "") -> SafeString:
    """Initials in a circle; the name stands beside it."""
    classes = " ".join(filter(None, ("avatar", size, kind)))
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, dates.initials(name))


@register.simple_tag
def agency(mark: str, kind: str = "", name: str = "", of: str = "") -> SafeString:
    """An agency: two letters in its colour, and its name if it does not stand beside; or somebody *of* it."""
    if not name:
        return _mark(mark, kind)
    below = format_html(' <span class="small meta">{}</span>', of) if of else ""
    return format_html('<span class="agency">{}<span>{}{}</span></span>', _mark(mark, kind), name, below)


@register.simple_tag
def party(mark: str, kind: str, name: str) -> SafeString:
    """A party of a consent, as a chip."""
    return format_html('<span class="party">{}{}</span>', _mark(mark, kind), name)


def _mark(letters: str, kind: str) -> SafeString:
    known = f" {AGENCY_KINDS[kind]}" if kind in AGENCY_KINDS else ""
    return format_html('<span class="mark{}" aria-hidden="true">{}</span>', known, letters)


@register.simple_tag
def presence(kind: str) -> SafeString:
    """How it went with one session for one person: yes, part, no, planned or none."""
    drawn, words = PRESENCES[kind]
    return format_html('<span class="presence {}">{}</span>', kind, shape(drawn, words))


@register.simple_tag
def presence_legend() -> SafeString:
    """What the shapes of presence mean."""
    shown = ((kind, shape(PRESENCES[kind][0]), PRESENCES[kind][1]) for kind in ("yes", "part", "no", "planned"))
    return format_html('<ul class="legend">{}</ul>', format_html_join("", '<li class="presence {}">{}{}</li>', shown))


@register.simple_tag
def saved_at(moment_saved: dt.datetime | None) -> SafeString:
    """Sparat 10:42, in the place that autosave fills, with its day where that is not today; empty before the first time."""
    day = dates.local_date(moment_saved) if moment_saved else None
    on = f"{day} " if day and day != timezone.localdate() else ""
    words = format_html("{}Sparat {}{}", icon("checkmark"), on, clock(moment_saved)) if moment_saved else ""
    return format_html('<p class="saved" data-saved role="status">{}</p>', words)


# Drawings.


@register.simple_tag
def sparkline(values: Sequence[int]) -> SafeString:
    """0–10 over time."""
    return drawings.sparkline(values)


@register.simple_tag
def time_left(minutes: int, of: int) -> SafeString:
    """A ring and "9 min kvar"."""
    words = f"{minutes} min kvar" if minutes >= 0 else f"{-minutes} min över"
    return format_html('<span class="time-left">{}<strong>{}</strong></span>', drawings.ring(minutes / of), words)


@register.inclusion_tag("ui/parts/progress.html")
def progress(done: int, total: int, ongoing: int = 0, note: str = "") -> dict[str, Any]:
    """How many parts are done, and how many are under way."""
    kinds = ["done"] * done + ["ongoing"] * ongoing + ["left"] * (total - done - ongoing)
    return {"parts": kinds, "done": done, "total": total, "note": note}


@register.inclusion_tag("ui/parts/slots.html")
def slots(taken: int, offered: int = 0, free: int = 0) -> dict[str, Any]:
    """Places: taken filled, offered hatched, free dashed."""
    return {
        "places": ["taken"] * taken + ["offered"] * offered + ["free"] * free,
        "legend": [("taken", "Har plats", taken), ("offered", "Erbjuden", offered), ("free", "Ledig", free)],
    }


@register.inclusion_tag("ui/parts/bars.html")
def bars(rows: Iterable[tuple[str, int | None]], caption: str) -> dict[str, Any]:
    """Horizontal bars; None stays untold."""
    rows = list(rows)
    most = max((value for _, value in rows if value is not None), default=0)
    drawn = [(label, value, drawings.bar(value, most) if value is not None else "") for label, value in rows]
    return {"rows": drawn, "caption": caption}


@register.inclusion_tag("ui/parts/calendar_page.html")
def calendar_page(day: dt.date) -> dict[str, Any]:
    """A page torn from a calendar."""
    local = dates.local_date(day)
    return {"weekday": dates.WEEKDAYS[local.weekday()], "day": local.day, "iso": local.isoformat()}


# Choices.


@register.inclusion_tag("ui/parts/scale.html")
def scale(name: str, value: Any = None, last: Any = None, legend: str = "Var är du nu?") -> dict[str, Any]:
    """Radio buttons 0–10, last time's answer outlined."""
    return {"name": name, "legend": legend, "last": last, "steps": _scale_steps(value, last)}


@register.inclusion_tag("ui/parts/scale_shown.html")
def scale_shown(value: int | None, last: int | None = None) -> dict[str, Any]:
    """0–10 to read: now filled, last time outlined."""
    return {"value": value, "last": last, "steps": _scale_steps(value, last)}


def _on_scale(value: Any) -> int | None:
    """The number as it was kept, or as it was typed: what is no whole number from a form marks nothing."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _scale_steps(value: Any, last: Any) -> list[dict[str, Any]]:
    now, before = _on_scale(value), _on_scale(last)
    return [
        {"n": n, "now": n == now, "last": n == before and n != now, "below": now is not None and n < now}
        for n in range(drawings.TOP_OF_SCALE + 1)
    ]


@register.inclusion_tag("ui/parts/segmented.html")
def segmented(name: str, options: Iterable[Sequence[str]], value: Any = None, legend: str = "") -> dict[str, Any]:
    """Radio buttons in one bar; an option is (value, label) or (value, label, "no") for the dark one."""
    shown = [(option[0], option[1], option[2] if len(option) > 2 else "") for option in options]
    return {"name": name, "options": shown, "value": str(value), "legend": legend}


@register.inclusion_tag("ui/parts/decision_choices.html")
def decision_choices(name: str, choices: Iterable[tuple[str, str, str, bool]], value: Any = None) -> dict[str, Any]:
    """The group's choices, keys 1–4: value, label, note, and whether it is open."""
    return {"name": name, "choices": choices, "value": str(value)}


@register.inclusion_tag("ui/parts/chips.html")
def chips(items: Iterable[Sequence[Any]], removable: bool = False, label: str = "Visa") -> dict[str, Any]:
    """Filters as chips: (label, url, current), or (label, url that takes it away) when removable."""
    shown = [(item[0], item[1], len(item) > 2 and bool(item[2])) for item in items]
    return {"items": shown, "removable": removable, "label": label}


# Texts with a fixed form.


@register.inclusion_tag("ui/parts/own_words.html")
def own_words(text: str, source: str, large: bool = False) -> dict[str, Any]:
    """The person's own words, and from where."""
    return {"text": quoted(str(text).strip()), "source": source, "large": large}


@register.filter
def quoted(text: str) -> str:
    """*text* within quotation marks, once: what is quoted already as a whole, or begins with somebody's line, keeps its own."""
    inside = text.strip("\"”“'")
    if not any(mark in inside for mark in '"”“'):
        return f"”{inside}”"
    return text if text[0] in '"”“' else f"”{text}”"


@register.inclusion_tag("ui/parts/not_shared.html")
def not_shared(heading: str) -> dict[str, Any]:
    """What is not disclosed to the reader's unit: the heading stands whether or not there is anything."""
    return {"heading": heading}


@register.inclusion_tag("ui/parts/empty_state.html")
def empty_state(heading: str, text: str = "", url: str = "", label: str = "") -> dict[str, Any]:
    """An empty page or list says what to do next."""
    return {"heading": heading, "text": text, "url": url, "label": label}


# Things with data.


@register.inclusion_tag("ui/parts/person_bar.html")
def person_bar(bar: Any) -> dict[str, Any]:
    """Who, where in the routine, what next, whose turn, by when."""
    return {"bar": bar}


@register.inclusion_tag("ui/parts/steps.html")
def steps(items: Iterable[Any]) -> dict[str, Any]:
    """The routine as a thread."""
    return {"items": items}


@register.inclusion_tag("ui/parts/next_step.html", takes_context=True)
def next_step(context: Context, box: Any) -> dict[str, Any]:
    """One verb, one button; below, what cannot be done yet and who can mend it."""
    return {"box": box, "request": context.get("request"), **carried(context)}


@register.inclusion_tag("ui/parts/needs.html", takes_context=True)
def needs(context: Context, items: Iterable[Any]) -> dict[str, Any]:
    """What must hold before a step: state, what, who mends it, one button."""
    return {"needs": items, **carried(context)}


@register.inclusion_tag("ui/parts/action.html", takes_context=True)
def action(context: Context, action: Any, variant: str = "", size: str = "", about: str = "") -> dict[str, Any]:
    """A button that leads somewhere, or posts. ``about`` tells who does not see the row which "Öppna" it is."""
    return {"action": action, "variant": variant, "size": size, "about": about, **carried(context)}


@register.inclusion_tag("ui/parts/work_list.html", takes_context=True)
def work_list(context: Context, tasks: Iterable[Any], today: dt.date, filled: bool = True) -> dict[str, Any]:
    """What waits for the reader, most urgent first; only the first button is filled."""
    return {"tasks": tasks, "today": today, "filled": filled, **carried(context)}


@register.inclusion_tag("ui/parts/task_list.html")
def task_list(parts: Iterable[Any]) -> dict[str, Any]:
    """The parts of something to fill in; a locked one is no link."""
    return {"parts": parts}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """What happened, newest first: who, what, when."""
    return {"events": events}


@register.inclusion_tag("ui/parts/agency_card.html")
def agency_card(card: Any) -> dict[str, Any]:
    """What one agency knows and can contribute, disclosed by whom and when."""
    return {"card": card}


@register.inclusion_tag("ui/parts/week_grid.html")
def week_grid(week: dict[str, Any]) -> dict[str, Any]:
    """A timetable: days across and sessions down; on the phone one day at a time."""
    return {"week": timetable.by_row_and_day(week)}


@register.inclusion_tag("ui/parts/pagination.html", takes_context=True)
def pagination(context: Context, page: Page | OpenPage | TimePage | DayPage) -> dict[str, Any]:
    """Links to the other pages, with the rest of the query kept."""
    query = context["request"].GET.copy() if "request" in context else None
    if query is not None:
        for name in ("page", NEWER, OLDER):
            query.pop(name, None)
    return {"page": page, "query": f"{query.urlencode()}&" if query else ""}


# Forms.


@register.inclusion_tag("ui/forms/error_summary.html")
def error_summary(form: forms.BaseForm, hindrance: str = "", *, has_changed: bool = False) -> dict[str, Any]:
    """What must be changed, each linked to its field, below the page's own *hindrance*. Draws nothing where there is neither.

    *has_changed*: the hindrance is that something has been saved meanwhile.
    """
    return changes_needed(form, hindrance, has_changed=has_changed)


@register.inclusion_tag("ui/forms/fields.html")
def form_fields(form: forms.BaseForm) -> dict[str, Any]:
    """The fields without the summary."""
    return {"form": form}
