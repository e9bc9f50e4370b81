"""Closing: what lacks before the report can be handed over, and who may read it (S11, S14)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Case, Category, Party
from knutpunkten.cases.provenance import held
from knutpunkten.closing.models import Closing, OnwardPlan
from knutpunkten.plans.rules import is_of_team
from knutpunkten.questions.remembered import remembered

Outcome = Closing.Outcome

# Self-support through work or studies, "fully": then nobody has to carry on (S0, S11).
FULLY = (Outcome.WORK, Outcome.STUDIES)

PARTS = ("mote", "utfall", "rapport", "fortsattning")


def lacking_in_closing(cases: Sequence[Case]) -> dict[UUID, list[str]]:
    """What lacks before each case can be closed, as sentences that quote nothing.

    One statement, two where a closing has been begun; none for no cases.
    """
    if not cases:
        return {}
    load_closings(cases)
    lacking = {case.pk: lacking_in(closing_of(case)) for case in cases}
    return {case_id: sentences for case_id, sentences in lacking.items() if sentences}


def lacking_in(closing: Closing | None) -> list[str]:
    """What lacks in one closing; its case's onward plan is at hand, so no statement."""
    parts = lacking_by_part(closing)
    return [sentence for part in PARTS for sentence in parts[part]]


def lacking_by_part(closing: Closing | None) -> dict[str, list[str]]:
    """What lacks, by part of the page."""
    closing = closing or Closing()
    return {
        "mote": _lacking_in_meeting(closing),
        "utfall": _lacking_in_outcome(closing),
        "rapport": _lacking_in_report(closing),
        "fortsattning": _lacking_onward(closing),
    }


def _lacking_in_meeting(closing: Closing) -> list[str]:
    if closing.exemption:
        return [] if closing.what_was_tried else ["Skriv vad ni har prövat."]
    found = []
    if closing.met_on is None or not closing.who_took_part:
        found.append("Avslutsmötet är inte ifyllt.")
    elif sentence := wrong_meeting_day(closing.case, closing.met_on):
        found.append(f"Rätta avslutsmötet. {sentence}.")
    if closing.is_planned is False and not closing.early_reason:
        found.append("Skriv varför insatsen avslutas i förtid.")
    return found


def _lacking_in_outcome(closing: Closing) -> list[str]:
    if closing.outcome == Outcome.OTHER and not closing.other_outcome:
        return ["Skriv vad det blev, när utfallet är Annat."]
    return [] if closing.outcome else ["Utfallet är inte valt."]


def _lacking_in_report(closing: Closing) -> list[str]:
    lacks = [word for word, text in (("resultatet", closing.result), ("bedömningen", closing.judgement)) if not text]
    return [f"Skriv {' och '.join(lacks)} i slutdokumentationen."] if lacks else []


def _lacking_onward(closing: Closing) -> list[str]:
    onward = onward_of(closing)
    if onward is None:
        return ["Skriv vem som tar vid, med vad och när."] if needs_onward(closing) else []
    if needs_onward(closing) and not onward.where:
        return ["Skriv var den som tar vid finns."]
    sentence = wrong_onward_day(closing.case, closing.met_on, onward.from_on)
    return [f"Rätta planen för den som tar vid. {sentence}."] if sentence else []


def wrong_meeting_day(case: Case, met_on: date | None) -> str:
    """What to mend in the day of the closing meeting, which nobody holds before the start; empty if nothing."""
    if met_on is None or case.started_on is None or met_on >= case.started_on:
        return ""
    return f"Skriv en dag från och med starten, {case.started_on}"


def wrong_onward_day(case: Case, met_on: date | None, from_on: date) -> str:
    """What to mend in the day from which somebody carries on: not before the closing meeting, where there was one."""
    if met_on is not None and from_on < met_on:
        return f"Skriv en dag från och med avslutsmötet, {met_on}"
    return wrong_meeting_day(case, from_on)


def needs_onward(closing: Closing) -> bool:
    """Whether somebody has to carry on: not after work or studies, nor where there is nobody to carry on with (S11)."""
    return not closing.exemption and closing.outcome not in FULLY


def next_part(part: str, closing: Closing | None) -> str | None:
    """The next part after *part* that lacks something, after the last from the first again; None where no other does."""
    lacking, at = lacking_by_part(closing), PARTS.index(part)
    return next((other for other in PARTS[at + 1 :] + PARTS[:at] if lacking[other]), None)


def onward_of(closing: Closing) -> OnwardPlan | None:
    return getattr(closing.case, "onward_plan", None) if closing.case_id else None


def closing_read(opened: OpenCase) -> Closing | None:
    """The closing as the reader may see it: the team's own while it is written, the parties' when handed over."""
    load_closings([opened.case])
    closing = closing_of(opened.case)
    return closing if closing and (closing.handed_over_at is not None or is_of_team(opened)) else None


def reaches_caseworker(case: Case, parties: Iterable[Party], at: datetime) -> bool:
    """Whether the caseworker's unit reads what is handed over at that moment: a consent gives it *planering* (W1, S14)."""
    return any(
        party.unit_id == case.referring_unit_id and Category.PLANNING in party.categories and held(party, at)
        for party in parties
    )


def has_reached(opened: OpenCase, closing: Closing | None) -> bool:
    """Whether the report is handed over, and the caseworker's unit could read it then."""
    at = closing.handed_over_at if closing else None
    return at is not None and reaches_caseworker(opened.case, opened.parties, at)


def load_closings(cases: Sequence[Case]) -> None:
    """Give *cases* their closings, and those that have one their onward plans: once, whoever asks again.

    One statement, two where a closing has been begun.
    """
    closing = Case._meta.get_field("closing")
    unknown = {case.pk: case for case in cases if not closing.is_cached(case)}
    for case in unknown.values():
        closing.set_cached_value(case, None)
    for found in closings_of([*unknown]) if unknown else ():
        found.case = unknown[found.case_id]
    begun = [case for case in cases if closing_of(case)]
    prefetch_related_objects(begun, Prefetch("onward_plan", OnwardPlan.objects.select_related("receiver_unit__agency")))


@remembered
def closings_of(case_ids: list[UUID]) -> QuerySet[Closing]:
    return Closing.objects.filter(case__among=case_ids).select_related("saved_by")


def closing_of(case: Case) -> Closing | None:
    """The closing of a case whose closing is loaded."""
    return getattr(case, "closing", None)
