"""Changing afterwards what was registered, with a reason: what stood before stays to be read (S9, S12)."""

from collections.abc import Mapping
from typing import Any

from knutpunkten.cases.amendments import keep_amendment, value_in_words
from knutpunkten.cases.models import Amendment, Case, Category
from knutpunkten.cases.move import Move
from knutpunkten.documents.models import StoredFile
from knutpunkten.first_meeting.actions import scan_of, write_agreed
from knutpunkten.first_meeting.models import FirstMeeting, ServiceDecision, Signature
from knutpunkten.first_meeting.rules import (
    CALLED,
    OF_DECISION,
    PRIVACY_GIVEN,
    days_in_words,
    decision_of,
    meeting_of,
    signatures_of,
)


def standing_decision(case: Case) -> dict[str, Any]:
    """What stands of the decision on the service, by the form's fields; empty where there is none. One statement."""
    decision = decision_of(case)
    return {name: getattr(decision, name) for name in OF_DECISION} if decision else {}


def standing_meeting(case: Case) -> dict[str, Any]:
    """What stands of the first meeting and what was signed there, by the form's fields. Two statements.

    Empty where it is not registered. A scan stands as whether there is one.
    """
    meeting, signed = meeting_of(case), signatures_of(case)
    contract, privacy = signed.get(Signature.What.CONTRACT), signed.get(Signature.What.PRIVACY)
    if meeting is None or contract is None or privacy is None:
        return {}
    agreed = ("held_on", "starts_on", "weekly_hours", "fewer_hours_reason", "weekdays", "content")
    return {
        **{name: getattr(meeting, name) for name in agreed},
        "planned_end_on": case.planned_end_on,
        **signature_said(contract),
        **signature_said(privacy),
        "privacy_given": "signed" if privacy.is_signed else "informed",
    }


def signature_said(signature: Signature) -> dict[str, Any]:
    what = signature.what
    return {
        f"{what}_on": signature.on_date,
        f"{what}_witness": signature.witness,
        f"{what}_scan": signature.scan_id is not None,
    }


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is otherwise *now* (a form's cleaned data) than *before*, in words. No new scan leaves the old one."""
    return [
        {"name": name, "before": in_words(name, was), "now": in_words(name, now.get(name), is_new=True)}
        for name, was in sorted(before.items(), key=lambda one: [*CALLED].index(one[0]))
        if (now.get(name) if name.endswith("_scan") else now.get(name) != was)
    ]


def in_words(name: str, value: Any, *, is_new: bool = False) -> str:
    """A value as it is read; a dash for none."""
    if name.endswith("_scan"):
        return ("Ny inskanning" if is_new else "Inskannat") if value else "–"
    if name == "weekdays":
        return days_in_words(value)
    if name == "privacy_given":
        return PRIVACY_GIVEN[value]
    return value_in_words(value)


# Effects.


def amend_service_decision(move: Move) -> None:
    """Effect: the caseworker's own decision says something else, and why (S12)."""
    note(move, Amendment.Of.SERVICE_DECISION, Category.BASIC, standing_decision(move.case))
    decision = ServiceDecision.objects.filter(case=move.case).latest("recorded_at")
    for name in OF_DECISION:
        setattr(decision, name, move.data[name])
    decision.save()
    move.case.service_decision_on = decision.decided_on


def amend_first_meeting(move: Move) -> None:
    """Effect: what was agreed and signed at the first meeting is written otherwise, and why (S9, L11)."""
    note(move, Amendment.Of.FIRST_MEETING, Category.PLANNING, standing_meeting(move.case))
    write_agreed(move, FirstMeeting.objects.get(case=move.case, cancelled_at__isnull=True))
    for signature in signatures_of(move.case).values():
        amend_signature(move, signature)


def amend_signature(move: Move, signature: Signature) -> None:
    """A new scan takes the place of the old one, which nobody opens any more."""
    what, data = Signature.What(signature.what), move.data
    signature.on_date, signature.witness = data[f"{what.value}_on"], data[f"{what.value}_witness"]
    if what == Signature.What.PRIVACY:
        signature.is_signed = data["privacy_given"] == "signed"
    scan = scan_of(move, what)
    if scan is not None:
        if signature.scan_id is not None:
            StoredFile.objects.filter(pk=signature.scan_id).update(removed_at=move.at)
        signature.scan = scan
    signature.save()


def note(move: Move, of: Amendment.Of, category: Category, before: Mapping[str, Any]) -> None:
    """Keep what stood *before*, as otherwise now by the step's form."""
    said = changes(before, move.data)
    keep_amendment(move.case, of=of, category=category, changes=said, why=move.data["reason"], by=move.by, at=move.at)
    move.detail["changed"] = [one["name"] for one in said]
