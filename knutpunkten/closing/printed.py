"""The final report as the data its document takes (documents.shapes.FinalReport)."""

from datetime import date, datetime

from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.called import entries_shown
from knutpunkten.cases.models import Case
from knutpunkten.cases.provenance import carried
from knutpunkten.closing.models import Closing, OnwardPlan
from knutpunkten.closing.rules import FULLY, onward_of, reaches_caseworker
from knutpunkten.documents import shapes
from knutpunkten.documents.frame import frame
from knutpunkten.plans.printed import day


def report_document(opened: OpenCase, closing: Closing, today: date) -> shapes.FinalReport:
    """The shape of slutdokumentation.typ."""
    case, onward = opened.case, onward_of(closing)
    held_on = timezone.localdate(closing.handed_over_at) if closing.handed_over_at else None
    return {
        **frame(opened, today, held_on),
        "started_on": day(case.started_on),
        "ended_on": day(held_on or closing.met_on),
        "supervisor": case.supervisor.name if case.supervisor else "",
        "planned": closing.is_planned,
        "why_early": closing.early_reason,
        "meeting": meeting_shape(closing, opened.case),
        "outcome": closing.outcome_words,
        "result": closing.result,
        "judgement": closing.judgement,
        "suggestions": closing.suggestions,
        "own_words": closing.own_words,
        "onward": onward_shape(onward) if onward else None,
        "onward_exemption": without_onward(closing),
        "handed_over": handed_over(opened, closing.handed_over_at) if closing.handed_over_at else None,
        "carried": carried(opened.parties, closing.saved_by, closing.author_unit_id, closing.handed_over_at),
    }


def handed_over(opened: OpenCase, at: datetime) -> shapes.HandedOver:
    """When, and to whom; nobody is named who could not read it."""
    case = opened.case
    reaches = reaches_caseworker(case, opened.parties, at)
    to = f"{case.caseworker.name}, {case.referring_unit.full_name}" if reaches else ""
    return {"on": timezone.localdate(at).isoformat(), "to": to}


def meeting_shape(closing: Closing, case: Case) -> shapes.ClosingMeeting | None:
    if closing.met_on is None:
        return None
    return {
        "on": day(closing.met_on),
        "took_part": entries_shown(closing.who_took_part, case),
    }


def onward_shape(onward: OnwardPlan) -> shapes.Onward:
    unit = onward.receiver_unit
    return {
        "receiver": onward.receiver,
        "unit": onward.where,
        "phone": unit.phone if unit else "",
        "what": onward.what,
        "from_on": onward.from_on.isoformat(),
    }


def without_onward(closing: Closing) -> str:
    """Why nobody carries on: in words for the document."""
    if closing.exemption:
        return f"{closing.get_exemption_display()}. {closing.what_was_tried}"
    if closing.outcome in FULLY:
        return "Behövs inte: personen försörjer sig själv genom arbete eller studier."
    return ""
