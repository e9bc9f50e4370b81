"""Min sida: the participant's own, read-only."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.audit.actions import record
from knutpunkten.cases.models import Case, Party
from knutpunkten.portal import consent, rules
from knutpunkten.portal.deeds import KINDS, latest_deeds, page_of_deeds
from knutpunkten.portal.week import own_placements, own_weeks, taking_part
from knutpunkten.portal.words import KINDS_SHOWN


@allowed(Permission.SEE_OWN)
@require_safe
def own_page(request: Request, case_id: UUID | None = None) -> HttpResponse:
    """Next meeting, one's weeks, where it stands, the plan, who has a part, who has read and changed. At most twelve statements.

    Of the nearest of one's cases, but what comes next and who has read and changed in all of them; or of the one that is
    asked for. Where there are several, which it is about, and of each other who reads there.
    """
    now = timezone.now()
    today = timezone.localdate(now)
    cases = rules.own_cases(request.who, today)
    if case_id is None and not cases:
        return render(request, "portal/nothing_yet.html")
    case = next((one for one in cases if case_id in (None, one.pk)), None)
    if case is None:
        raise deny(request, case_id)
    record("read", by=request.who, at=now, case_id=case.pk, person_id=case.person_id, what="own_page")
    by_case = consent.consent_grounds(cases)
    grounds = by_case[case.pk]
    plan, goals = rules.goals_in_force(case, grounds, today)
    signed = consent.signed_consents(grounds)
    parts = consent.parts(grounds, signed, today)
    parts_by_case = {one.pk: parts if one is case else consent.parts(by_case[one.pk], [], today) for one in cases}
    resting = {one.pk for one in cases if consent.work_rests(one, parts_by_case[one.pk])}
    rests = case.pk in resting
    others = [beside(one, parts_by_case[one.pk], rests=one.pk in resting) for one in cases if one is not case]
    context = {
        **ahead(cases if case_id is None else [case], by_case, now),
        "case": case,
        "is_home": case_id is None,
        "first_name": request.who.name.partition(" ")[0],
        "others": others,
        "in_case": format_html(' i ärende <span class="nowrap">{}</span>', case.number) if others else "",
        "where": rules.where(case, rests=rests),
        "ended": rules.how_it_ended(case),
        "rests": rests,
        "resting": resting,
        "plan": plan,
        "goals": goals,
        "took_part": rules.took_part(plan, case) if plan else "",
        "followed_up": rules.followed_up(case),
        "papers": consent.papers(grounds, signed, today),
        **who_reads(case, grounds, parts, today),
        "deeds": latest_deeds(request.who, case_id),
        "to_call": rules.to_call(case),
        "now": now,
        "today": today,
    }
    return render(request, "portal/own_page.html", context)


def who_reads(case: Case, grounds: list[Party], parts: list[consent.Part], today: date) -> dict[str, Any]:
    """Who has a part and why, what it would mean to take one back, and what has been shared already. One statement."""
    stands, shared = consent.standing(parts), consent.given(case, grounds, today)
    return {
        "lost": consent.lost_consent(case, grounds, parts),
        "why": consent.shared_why(parts),
        "standing": stands,
        "still_read": consent.still_read(shared, stands),
        "if_taken_back": consent.if_taken_back(case, parts),
        "several": len({part.unit.pk for part in parts if not part.ended}) > 1,
        "shared": shared,
    }


def ahead(cases: list[Case], grounds: dict[UUID, list[Party]], now: datetime) -> dict[str, Any]:
    """What the person is to come to in *cases*, and whom to call of it. At most three statements."""
    today = timezone.localdate(now)
    meetings = rules.next_meetings(cases, grounds, now)
    called_off = rules.called_off(cases, now)
    return {
        "meeting": meetings[0] if meetings else None,
        "called_off": called_off,
        "called_off_by": rules.to_call(called_off)[0] if called_off else None,
        "weeks": own_weeks(cases, meetings, today),
        "placements": own_placements(cases, today),
        "active": [(one, rules.to_call(one)[0]) for one in taking_part(cases).values()],
    }


def beside(other: Case, parts: list[consent.Part], *, rests: bool) -> tuple[Case, rules.Where, str]:
    """Another of one's cases: where it stands, and who reads there under its consent. No statement."""
    return other, rules.where(other, rests=rests), consent.who_reads(parts)


@allowed(Permission.SEE_OWN)
@require_safe
def own_reads(request: Request) -> HttpResponse:
    """Everybody who has read or changed what is about the person, in all their cases (W4). Six statements."""
    now = timezone.now()
    asked = request.GET.get("visa", "")
    kind = asked if asked in KINDS else ""
    deeds, page = page_of_deeds(request.who, request.GET, kind)
    record("read", by=request.who, at=now, person_id=request.who.person_id, what="own_reads")
    chips = [(label, f"?visa={key}" if key else "?", key == kind) for key, label in KINDS_SHOWN]
    cases = rules.own_cases(request.who, timezone.localdate(now))
    to_call = rules.to_call(cases[0])[0] if cases else None
    context = {"deeds": deeds, "page": page, "chips": chips, "kind": kind, "to_call": to_call, "now": now}
    return render(request, "portal/own_reads.html", context)


@allowed(Permission.SEE_OWN)
@require_safe
def own_account(request: Request) -> HttpResponse:
    """What is known of one's account, whom to tell if it is wrong, and the way to how one signs in. One statement."""
    cases = rules.own_cases(request.who, timezone.localdate())
    context = {"to_call": rules.to_call(cases[0])[0] if cases else None}
    return render(request, "portal/own_account.html", context)
