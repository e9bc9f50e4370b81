"""Påminn: whoever a case waits for, from its page or several at once, at most once a day each (W3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_POST

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import reminded_since
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.called import Named, names_of
from knutpunkten.cases.models import Turn
from knutpunkten.cases.rules import open_to
from knutpunkten.desk.case_page import facts_of
from knutpunkten.desk.next_step import part_of
from knutpunkten.desk.start import others_turns
from knutpunkten.desk.templatetags.case import case_turns
from knutpunkten.desk.turn_names import with_names
from knutpunkten.desk.words import named as name_of
from knutpunkten.desk.words import whom, whose
from knutpunkten.meetings.shown import knows_others
from knutpunkten.notices.actions import tell
from knutpunkten.protection.rules import readers_of
from knutpunkten.routine.readers import readers, wearing
from knutpunkten.routine.rules import choices
from knutpunkten.routine.step import Actor, plays
from knutpunkten.routine.table import STEPS
from knutpunkten.ui.dates import midnight
from knutpunkten.ui.enumerations import enumeration
from knutpunkten.ui.fields import SpokenErrors
from knutpunkten.ui.templatetags.ui import deadline, tag

AT_MOST = 50  # reminded at a time


@require_POST
@allowed(Permission.SEE_CASES)
def remind_actor(request: Request, case_id: UUID, actor: str) -> HttpResponse:
    """Remind whoever the case waits for: a notice and a mail.

    Only whom it waits for, or who mends what one's own step lacks: nobody else is told that there is a case.
    """
    one_reminds_at_a_time()
    opened = case_for(request, case_id, Permission.SEE_CASES, read="case")
    now = timezone.now()
    if not opened.follows or actor not in awaited(opened, timezone.localdate(now)):
        raise deny(request, case_id, closed_meanwhile=not opened.follows)
    if (case_id, actor) in reminded_today([case_id], timezone.localdate(now)):
        messages.info(request, "En påminnelse är redan skickad idag.")
    elif send(opened, actor, now):
        messages.success(request, sent_words(opened, actor))
    else:
        messages.success(request, "Det finns ingen att påminna just nu.")
    return HttpResponseRedirect(reverse("case", args=[case_id]))


def sent_words(opened: OpenCase, actor: str) -> str:
    """Who is reminded, as the bar says whom the case waits for; where nobody is named there, that it is sent."""
    case, turns = opened.case, case_turns(opened.case)
    turn = next((turn for turn in turns if part_of(case, turn) == actor), None)
    if turn is None or not name_of(turn):
        return "Påminnelsen är skickad."
    said = whom(turn, turns, case, opened.who, knows_others=knows_others(case, opened.parties, opened.who))
    return f"{capfirst(said)} är {'påminda' if said.endswith(' till') else 'påmind'}."


@dataclass(frozen=True)
class Awaited:
    """Those a case waits for in one part, by name in *people*, as the page of several lists them; *turn*: the foremost."""

    part: str
    named: Named
    turn: Turn
    people: list[str]
    is_reminded: bool  # today

    @property
    def value(self) -> str:
        """What the form sends for it: the case and the part, which stay while the turns are written anew."""
        return f"{self.turn.case_id}.{self.part}"

    def label(self, today: date) -> SafeString:
        """Which case, what is waited for, from whom, and by when."""
        what, by_when = STEPS[self.turn.step].what, deadline(self.turn.due_on, today)
        said = '<strong>{}</strong> <span class="meta">{}</span><br>{}: {} {}'
        number = "" if self.named.name == self.turn.number else self.turn.number
        people = enumeration(dict.fromkeys(self.people))
        if self.is_reminded:
            by_when += tag("done", "Påmind idag")
        return format_html(said, self.named.name, number, people, what[:1].lower() + what[1:], by_when)


class RemindForm(SpokenErrors, forms.Form):
    """Who of *rows* to remind; those who are late are ticked from the start."""

    who = forms.MultipleChoiceField(
        label="Vem vill du påminna?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Kryssa för minst en att påminna",
            "invalid_choice": "Något väntar inte längre. Kryssa för dem du vill påminna",
        },
    )

    def __init__(self, data: Any, rows: list[Awaited], today: date) -> None:
        late = [row.value for row in rows if row.turn.due_on and row.turn.due_on < today and not row.is_reminded]
        super().__init__(data, initial={"who": late})
        field = self.fields["who"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(row.value, row.label(today)) for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.SEE_CASES)
def remind_several(request: Request) -> HttpResponse:
    """Those the start page says wait on others, to be ticked; a POST reminds them. Each is a reminder of its own."""
    now = timezone.now()
    today = timezone.localdate(now)
    if request.method == "POST":
        one_reminds_at_a_time()
    rows = awaited_of(request.who, today)
    form = RemindForm(request.POST if request.method == "POST" else None, rows, today)
    if form.is_valid():
        remind_all(request, [row for row in rows if row.value in form.cleaned_data["who"]], now)
        return HttpResponseRedirect(reverse("start"))
    record("listed", by=request.who, at=now, count=len(rows), what="remind_several")
    return render(request, "desk/remind_several.html", {"form": form, "rows": rows})


def awaited_of(who: Who, today: date) -> list[Awaited]:
    """Whom the cases one keeps together wait for, the most urgent first, as the start page has them. Four statements.

    Where several parties are waited for in a case they are one row: they are reminded together.
    """
    foremost = list(others_turns(who, today).select_related("case")[:AT_MOST])
    names = names_of({turn.case_id for turn in foremost}, who, today)
    reminded = reminded_today(names, today)
    found: dict[tuple[UUID, str], Awaited] = {}
    for turn in foremost:
        if turn.case_id in names:  # of the others, one knows a number and no more
            part = part_of(turn.case, turn)
            is_reminded = (turn.case_id, part) in reminded
            found.setdefault((turn.case_id, part), Awaited(part, names[turn.case_id], turn, [], is_reminded))
    all_turns = Turn.objects.filter(open_to(who), case__in={case_id for case_id, _ in found}).select_related("case")
    for turn in with_names(all_turns, today).order_by("position"):
        if row := found.get((turn.case_id, part_of(turn.case, turn))):
            row.people.append(whose(turn))
    return list(found.values())


def remind_all(request: Request, rows: list[Awaited], now: datetime) -> None:
    """Remind those in *rows* who have not been today, and say how it went."""
    sent = already = 0
    for row in rows:
        if row.is_reminded:
            already += 1
        else:
            sent += bool(send(case_for(request, row.turn.case_id, Permission.SEE_CASES, read=None), row.part, now))
    if sent:
        messages.success(request, "En påminnelse är skickad." if sent == 1 else f"{sent} påminnelser är skickade.")
    if already:
        was = "En var redan påmind" if already == 1 else f"{already} var redan påminda"
        messages.info(request, f"{was} idag.")
    if sent + already < len(rows):
        messages.info(request, "För något ärende finns det ingen att påminna just nu.")


def send(opened: OpenCase, actor: str, now: datetime) -> int:
    """A notice and a mail to those who play *actor* in the case, and may read it; how many they are.

    Of the parties, those alone that the case waits for, where it waits for any: who has answered is not asked again.
    """
    case, who = opened.case, opened.who
    people = readers(case, (Actor(actor),), but=who, at=now)
    waiting = [turn.unit_id for turn in case_turns(case) if part_of(case, turn) == actor == Actor.PR]
    if waiting:
        people &= set(wearing(waiting, [], timezone.localdate(now)))
    if case.is_protected:
        people &= readers_of(case.pk, now)  # others are told nothing (W5)
    if not people:
        return 0
    tell(people, event="remind", case=case, at=now)
    record("remind", by=who, at=now, case_id=case.pk, person_id=case.person_id, whom=actor)
    return len(people)


def awaited(opened: OpenCase, today: date) -> set[str]:
    """The parts that can be reminded: whose turn it is, and who mends what one's own steps lack."""
    facts = facts_of(opened, today)
    mine = choices(facts, plays(opened.who, opened.case, facts))
    mending = {str(lack.need.mended_by) for choice in mine for lack in choice.missing}
    return mending | {part_of(opened.case, turn) for turn in case_turns(opened.case)}


def one_reminds_at_a_time() -> None:
    """Wait for whoever reminds at this very moment: what they have sent is seen by all that is asked after this.

    Before anything else, and one for all cases: else two could come to wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('remind'))")


def reminded_today(case_ids: Collection[UUID], today: date) -> set[tuple[UUID, str]]:
    """The cases of which somebody has been reminded today, each with the part that was. One statement."""
    return reminded_since([*case_ids], midnight(today))
