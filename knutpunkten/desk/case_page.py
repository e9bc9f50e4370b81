"""The case page: where it stands, what is next, the stages' panels, and what has happened."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.activities.panels import panel as placement_panel
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.models import Basis, State
from knutpunkten.cases.panel import Panel
from knutpunkten.cases.rules import can_be_withdrawn
from knutpunkten.closing.panels import panel as closing_panel
from knutpunkten.consents.models import Consent
from knutpunkten.consents.panels import fallen_apart
from knutpunkten.consents.panels import panel as consent_panel
from knutpunkten.consents.rules import Ground, grounds_of, may_read
from knutpunkten.consultations.panels import panel as advice_panel
from knutpunkten.desk.next_step import next_step_box, other_actions
from knutpunkten.desk.road import road
from knutpunkten.desk.templatetags.case import case_turns
from knutpunkten.desk.timeline import around, timeline
from knutpunkten.desk.words import FILTERS
from knutpunkten.documents.rules import ENCLOSED, files_read
from knutpunkten.first_meeting.panels import panel as first_meeting_panel
from knutpunkten.followup.panels import panel as followup_panel
from knutpunkten.meetings.panels import besked_panel, handed_in, knowledge_panel
from knutpunkten.meetings.shown import knows_others
from knutpunkten.plans.panels import panel as plan_panel
from knutpunkten.plans.rules import may_read_plan, undone_of_units
from knutpunkten.protection.panels import panel as protection_panel
from knutpunkten.queue.panels import panel as queue_panel
from knutpunkten.referrals.panels import ended_panel
from knutpunkten.referrals.panels import panel as referral_panel
from knutpunkten.routine.facts import Facts, Kind, facts_for
from knutpunkten.routine.rules import Choice, choices, rests_of
from knutpunkten.routine.step import plays
from knutpunkten.routine.withdrawal import last_withdrawn, meaning, meaning_of_part


def consent_with_hand_ins(opened: OpenCase, today: date) -> Panel | None:
    """The consent, and who has disclosed what under it: the texts are a link away.

    Not while the queue is waited in, where the page has other things to ask.
    """
    shown = consent_panel(opened, today)
    if shown is None or opened.case.is_consultation or opened.case.state == State.QUEUED:
        return shown
    return Panel(shown.id, shown.template, {**shown.context, "handed_in": handed_in(opened)})


EVENTS = 200  # on their own page

# The stages' panels, the newest first: what one works with now stands on top. What led to the
# admission is behind when the person takes part: it is a link away (``earlier``), and costs nothing.
ShowPanel = Callable[[OpenCase, date], Panel | None]
STARTING: tuple[ShowPanel, ...] = (
    first_meeting_panel,
    plan_panel,
    queue_panel,
    besked_panel,
    referral_panel,
    consent_with_hand_ins,
)
TAKING_PART: tuple[ShowPanel, ...] = (
    followup_panel,
    plan_panel,
    placement_panel,
    closing_panel,
    first_meeting_panel,
    consent_panel,
)
CLOSED: tuple[ShowPanel, ...] = (
    closing_panel,
    followup_panel,
    plan_panel,
    placement_panel,
    first_meeting_panel,
    consent_panel,
)


def applying(opened: OpenCase) -> tuple[ShowPanel, ...]:
    """While the group is asked: the files are asked for once, those of the parties and those of the referral."""
    files = files_read(opened, ENCLOSED)
    return (
        advice_panel,
        besked_panel,
        partial(knowledge_panel, files=files),
        partial(referral_panel, files=files),
        consent_panel,
    )


def panels_of(opened: OpenCase) -> tuple[ShowPanel, ...]:
    """The panels in order. Why a case was cancelled is what one looks for there, so it stands first."""
    return (ended_panel, *on_the_way(opened)) if opened.case.state == State.CANCELLED else on_the_way(opened)


def on_the_way(opened: OpenCase) -> tuple[ShowPanel, ...]:
    case = opened.case
    if case.has_started:
        if case.state == State.CLOSED:
            return CLOSED
        # A besked that has not come through is still to be read.
        is_told = case.notice_confirmed_at or case.state == State.CANCELLED
        return TAKING_PART if is_told else (besked_panel, *TAKING_PART)
    return STARTING if case.decided_at is not None and case.state != State.RETURNED else applying(opened)


def earlier(opened: OpenCase) -> list[tuple[str, str]]:
    """What lies behind and has no panel any more: words and address."""
    behind, case = [], opened.case
    if case.decided_at is not None and case.state != State.RETURNED:
        behind.append(("Uppgifter från parterna", reverse("knowledge", args=[case.pk])))
    if case.has_started:
        behind.append(("Remissen", reverse("read_referral", args=[case.pk])))
    if case.has_started and case.state == State.CANCELLED:
        behind.append(("Kartläggningen", reverse("mapping", args=[case.pk])))
        if may_read_plan(opened):
            behind.append(("Planen", reverse("plan", args=[case.pk])))
    return behind


@allowed(Permission.SEE_CASES)
@require_safe
def case(request: Request, case_id: UUID) -> HttpResponse:
    opened = case_for(request, case_id, Permission.SEE_CASES)
    today = timezone.localdate()
    if not opened.follows:
        return kept(request, opened, today)
    turns = case_turns(opened.case) if opened.case.is_open else []
    facts = facts_of(opened, today)
    mine = leading_on(choices(facts, plays(request.who, opened.case, facts)), facts)
    panels = [made for panel in (protection_panel, *panels_of(opened)) if (made := panel(opened, today))]
    standing = next((p.context["standing"] for p in panels if "standing" in p.context), None)
    return render(
        request,
        "desk/case.html",
        {
            "opened": opened,
            "today": today,
            "turns": turns,
            "road": road(opened.case, turns, request.who, standing.vacant_since if standing else None),
            "box": next_step_box(
                opened.case,
                mine,
                turns,
                request.who,
                knows_others=knows_others(opened.case, opened.parties, request.who),
                # The referral's panel has read it: asked for once.
                sent_back=next((p.context["sent_back"] for p in panels if "sent_back" in p.context), None),
                readers=next((p.context["readers"] for p in panels if "readers" in p.context), None),
                standing=standing,
            ),
            "standing": standing,
            "others": [*other_actions(opened.case, mine, turns, request.who), *protecting(opened)],
            "panels": panels,
            "earlier": earlier(opened),
            "around": around(opened, facts.living),
            **timeline(opened, request.GET.get("visa", ""), limit=8),
            "filters": FILTERS,
            "lost": lost(opened, facts, today),
            "parted": parted(opened, facts, today),
        },
    )


def leading_on(mine: list[Choice], facts: Facts) -> list[Choice]:
    """*mine*, but not to offer the place to somebody else where nobody else waits for one."""
    return [choice for choice in mine if choice.step.id != "take_back_offer" or facts.waiting_before]


def protecting(opened: OpenCase) -> list[dict[str, str]]:
    """The way to write down that the person has got protected identity, where nobody has (W5)."""
    if opened.case.is_protected:
        return []
    return [{"label": "Skyddade personuppgifter", "url": reverse("protect", args=[opened.case.pk])}]


def lost(opened: OpenCase, facts: Facts, today: date) -> dict[str, Any] | None:
    """No consent holds: how that came, and what it means for the routine. Nothing where one holds, or none was signed."""
    was_signed = any(party.basis == Basis.CONSENT for party in opened.parties)
    if facts.living or not was_signed or not (opened.case.consent_lost_at or last_withdrawn(opened.parties)):
        return None
    fallen = last_withdrawn(opened.parties)
    # None holds, so what can be taken back is yet to begin.
    begins_on = min((p.valid_from for p in opened.parties if can_be_withdrawn(p, today)), default=None)
    return {
        "withdrawn": fallen,
        "begins_on": begins_on,
        "how": Consent.How(fallen.withdrawn_how).label.lower() if fallen and fallen.withdrawn_how else "",
        "meaning": meaning(opened.case, opened.who, today, begins_on),
    }


def parted(opened: OpenCase, facts: Facts, today: date) -> list[tuple[Ground, list[str]]]:
    """The parties whose part alone is taken back, and what that means for the routine, the latest first.

    While the case is open and a consent holds. Who sees whom it names is told of them all; the team whose own part has
    fallen, of that alone. One statement if there are any in an active case.
    """
    if not facts.living or not opened.case.is_open:
        return []
    fallen = fallen_apart([ground for rows in grounds_of(opened.parties, today).values() for ground in rows])
    if not may_read(opened):
        fallen = [ground for ground in fallen if ground.unit.pk == opened.who.unit_id]
    counted = undone_of_units(opened.case) if fallen and opened.case.state == State.ACTIVE else {}
    return [
        (
            one,
            meaning_of_part(opened.case, one.unit, opened.who, opened.parties, today, counted.get(one.unit.pk, 0)),
        )
        for one in fallen
    ]


def kept(request: Request, opened: OpenCase, today: date) -> HttpResponse:
    """The page where one's unit is no party any more: name, number, what it wrote and did itself, nothing else (W1)."""
    context = {
        "opened": opened,
        "today": today,
        "panels": [made for panel in (knowledge_panel,) if (made := panel(opened, today))],
        **timeline(opened, request.GET.get("visa", ""), limit=8),
    }
    return render(request, "desk/case.html", context)


@allowed(Permission.SEE_CASES)
@require_safe
def events(request: Request, case_id: UUID) -> HttpResponse:
    """What has happened in the case, the latest of it, as far as the reader may know."""
    opened = case_for(request, case_id, Permission.SEE_CASES, read="events")
    context = {"opened": opened, "today": timezone.localdate(), "filters": FILTERS}
    return render(request, "desk/events.html", context | timeline(opened, request.GET.get("visa", ""), limit=EVENTS))


def facts_of(opened: OpenCase, today: date) -> Facts:
    """What tells whoever has *opened* the case which steps are open to them.

    Whether there is a place is asked where the besked is given, which the page leads to.
    """
    role, case = opened.who.role, opened.case
    kinds = rests_of(role) - ({Kind.ROOM} if case.state == State.ANNOUNCED else set())
    return facts_for([case], today, role=role, kinds=kinds, loaded=opened.parties)[case.pk]
