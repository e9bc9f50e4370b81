"""The person bar on every page of a case, and an event in words."""

from datetime import date
from typing import Any
from uuid import UUID

from django import template
from django.db.models import QuerySet
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Case, Turn
from knutpunkten.cases.panel import Panel
from knutpunkten.desk import words
from knutpunkten.desk.lists import KEPT
from knutpunkten.desk.turn_names import with_names
from knutpunkten.meetings.shown import knows_others
from knutpunkten.questions.remembered import remembered
from knutpunkten.queue.rules import standing_in

register = template.Library()
register.filter("event_words", words.event_words)


@register.simple_tag(takes_context=True)
def case_bar(context: dict[str, Any]) -> dict[str, Any]:
    """The bar's data from ``opened`` and ``today``; one statement unless the page has loaded the ``turns``.

    One more where a place is waited for, unless the page has loaded where the case stands in the queue (``standing``).
    """
    opened = context["opened"]
    if not opened.follows:
        return kept_bar(opened, context["today"])
    turns = context.get("turns")
    if turns is None:
        turns = case_turns(opened.case)
    standing = context.get("standing")
    if standing is None and opened.case.next_step == "offer":
        standing = standing_in.first(opened.case.pk)
    return words.person_bar(
        opened.case,
        opened.name,
        turns,
        opened.who,
        context["today"],
        knows_others=knows_others(opened.case, opened.parties, opened.who),
        vacant_since=standing.vacant_since if standing else None,
    )


def kept_bar(opened: OpenCase, today: date) -> dict[str, Any]:
    """The bar where one's unit keeps what it wrote and is no party any more: who, and nothing of how it goes on (W1)."""
    bar = words.person_bar(opened.case, opened.name, [], opened.who, today)
    return {**bar, "state": KEPT, "state_kind": "later", "next_step": ""}


def case_turns(case: Case) -> list[Turn]:
    """Everybody's turns in the case, the foremost first, with names. One statement."""
    turns = sorted(turns_with_names(case.pk, timezone.localdate()), key=lambda turn: turn.position)
    for turn in turns:
        turn.case = case  # so that no turn asks for it anew
    return turns


@remembered
def turns_with_names(case_id: UUID, today: date) -> QuerySet[Turn]:
    return with_names(Turn.objects.filter(case=case_id), today)


@register.simple_tag(takes_context=True)
def show_panel(context: Context, panel: Panel) -> str:
    """A stage's panel: its template, with what it shows beside ``opened`` and ``today``."""
    return render_to_string(panel.template, {str(k): v for k, v in context.flatten().items()} | panel.context)
