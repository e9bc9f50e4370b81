"""The consent as data for its PDF: to sign on, or as it was signed (S4, K2)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Case, Category, Party
from knutpunkten.consents.mark import mark
from knutpunkten.consents.models import Consent
from knutpunkten.consents.purpose import purpose_shown
from knutpunkten.consents.rules import Named, begins, in_order, last_day_of, named_in
from knutpunkten.documents.frame import frame
from knutpunkten.documents.privacy_notice import notice_of, notice_paper
from knutpunkten.documents.shapes import Guardian, Signed, Withdrawn
from knutpunkten.organisations.models import Unit, User

# The individual can lift secrecy, wholly or partly.
LEGAL_BASIS = "10 kap. 1 § och 12 kap. 2 § offentlighets- och sekretesslagen (2009:400)"

# What each category is about, to the person who signs.
MEANS = {
    Category.BASIC: "Vem du är, dina egna ord, frågan, kontakter och besked.",
    Category.SOCIAL: "Hur du har det hemma och i vardagen, och vad du lever på.",
    Category.HEALTH: "Hur du mår, vad som hindrar dig och om du har ett beroende.",
    Category.WORK: "Vad du har arbetat med och vad du har prövat.",
    Category.LABOUR: "Vad du kan arbeta med eller studera.",
    Category.PLANNING: "Din plan, dina pass, uppföljningarna och hur det gick.",
}


def consent_paper(
    opened: OpenCase, consent: Consent, units: dict[Any, Unit], coordinator: User | None, today: date
) -> dict[str, Any]:
    """The data of ``documents.shapes.Consent``. A protected person is not named on paper (W5)."""
    case = opened.case
    given = signed(consent, case.referring_unit.full_name)
    words = words_of(consent, units)
    return {
        **frame(opened, today, consent.signed_on),
        "mark": mark(consent),
        "purpose": purpose_shown(consent, case),
        "legal_basis": words["legal_basis"],
        "from": max(consent.valid_from, consent.signed_on or date.min).isoformat(),
        "until": consent.valid_until.isoformat(),
        "categories": [words["categories"][c] for c in Category if c in words["categories"]],
        "parties": parties(case, consent, units, grounds(opened, consent)),
        "guardian": guardian(consent, case),
        # The box that registers the signature says that both papers were signed.
        "notice": notice_paper(case.programme, notice_of(case.programme, consent.notice_version), given),
        "withdraw_to": reachable(coordinator),
        "signed": given,
        "withdrawn": withdrawn(consent),
    }


def words_of(consent: Consent, units: dict[Any, Unit]) -> dict[str, Any]:
    """The words that the paper was marked with, whatever units and categories are called since."""
    return consent.words or words_now(named_in(consent), units)


def words_now(parties: Iterable[Named], units: dict[Any, Unit], last_fell: datetime | None = None) -> dict[str, Any]:
    """What a paper that is written now says of those it names, to be kept with it: each category by its key, each unit by its id.

    *last_fell*: when the part of any of them was taken back last. A paper from before it is another, though it says the same.
    """
    parties = list(parties)
    given = {category for named in parties for category in in_order(named.categories)}
    return {
        "legal_basis": LEGAL_BASIS,
        "categories": {c.value: {"heading": c.label, "text": MEANS[c]} for c in Category if c in given},
        "units": {str(named.unit_id): named_apart(units[named.unit_id]) for named in parties},
        **({"last_fell": last_fell.isoformat()} if last_fell else {}),
    }


def named_apart(unit: Unit) -> dict[str, str]:
    return {"agency": unit.agency.name, "unit": unit_apart(unit)}


def grounds(opened: OpenCase, consent: Consent) -> dict[Any, Party]:
    """What the signed consent gave each unit, as it stands today; nothing for a draft."""
    return {party.unit_id: party for party in opened.parties if party.consent_id == consent.pk}


def parties(case: Case, consent: Consent, units: dict[Any, Unit], grounds: dict[Any, Party]) -> list[dict[str, Any]]:
    words = words_of(consent, units)
    return [
        {
            **words["units"][str(named.unit_id)],
            "refers": named.unit_id == case.referring_unit_id,
            "categories": [words["categories"][c]["heading"] for c in Category if c in named.categories],
            "from": begins(consent, named).isoformat(),
            "until": last_day_of(consent, named).isoformat(),
            "withdrawn": withdrawn(grounds[named.unit_id]) if named.unit_id in grounds else None,
        }
        for named in named_in(consent)
    ]


def unit_apart(unit: Unit) -> str:
    """The unit's name, where it is not the agency's own."""
    return "" if unit.name == unit.agency.name else unit.name


def guardian(consent: Consent, case: Case) -> Guardian | None:
    """Name and capacity as they were written: "Berit Sand, god man". A protected person's is not named (W5)."""
    if not consent.guardian:
        return None
    name, _, capacity = consent.guardian.partition(",")
    return {
        "name": "" if case.is_protected else name.strip(),
        "capacity": capacity.strip() or "god man eller förvaltare",
    }


def reachable(user: User | None) -> dict[str, str]:
    return (
        {"name": user.name, "phone": user.phone, "mail": user.email} if user else {"name": "", "phone": "", "mail": ""}
    )


def signed(consent: Consent, unit: str) -> Signed | None:
    if consent.signed_on is None:
        return None
    evidence = "Papperet är inskannat." if consent.scan_id else f"Originalet förvaras hos {unit}."
    return {
        "given": "Underskrivet",
        "on": consent.signed_on.isoformat(),
        "witness": consent.witness,
        "evidence": evidence,
    }


def withdrawn(taken_back: Consent | Party) -> Withdrawn | None:
    """When, how and who took it, of the whole consent or of one party's part; None where it was not taken back."""
    if taken_back.withdrawn_at is None:
        return None
    how = taken_back.withdrawn_how
    return {
        "on": timezone.localdate(taken_back.withdrawn_at).isoformat(),
        "how": Consent.How(how).label.lower() if how else "",
        "taken_by": taken_back.withdrawn_taken_by,
    }
