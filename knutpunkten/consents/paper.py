"""The consent as data for its PDF: to sign on, or as it was signed (S4, K2)."""

from datetime import date
from typing import Any

from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Category
from knutpunkten.consents.models import Consent
from knutpunkten.consents.rules import first_day, last_day_of, named_in
from knutpunkten.organisations.models import Unit, User
from knutpunkten.people.numbers import show_number

# The individual can lift secrecy, wholly or partly.
LEGAL_BASIS = "10 kap. 1 § och 12 kap. 2 § offentlighets- och sekretesslagen (2009:400)"


def consent_paper(
    opened: OpenCase, consent: Consent, units: dict[Any, Unit], coordinator: User | None, today: date
) -> dict[str, Any]:
    """The data of ``documents.shapes.Consent``. A protected person is not named on paper (W5)."""
    case = opened.case
    number = show_number(case.person.number) if case.person.number else "okänt nummer"
    return {
        "programme": case.programme.name,
        "host": case.programme.host.name,
        "case_number": case.number,
        "person": None if case.is_protected else {"name": case.person_name, "number": number},
        "printed_on": today.isoformat(),
        "printed_by": opened.who.name,
        "purpose": consent.purpose,
        "legal_basis": LEGAL_BASIS,
        "from": consent.valid_from.isoformat(),
        "until": consent.valid_until.isoformat(),
        "parties": parties(consent, units),
        "guardian": guardian(consent),
        "privacy_notice_version": str(consent.notice_version),
        "withdraw_to": reachable(coordinator),
        "signed": signed(consent, case.referring_unit.full_name),
        "withdrawn": withdrawn(consent),
    }


def parties(consent: Consent, units: dict[Any, Unit]) -> list[dict[str, Any]]:
    return [
        {
            "agency": units[named.unit_id].agency.name,
            "unit": unit_apart(units[named.unit_id]),
            "categories": [c.label for c in Category if c in named.categories],
            "from": first_day(consent, named).isoformat(),
            "until": last_day_of(consent, named).isoformat(),
        }
        for named in named_in(consent)
    ]


def unit_apart(unit: Unit) -> str:
    """The unit's name, where it is not the agency's own."""
    return "" if unit.name == unit.agency.name else unit.name


def guardian(consent: Consent) -> dict[str, str] | None:
    """Name and capacity as they were written: "Berit Sand, god man"."""
    if not consent.guardian:
        return None
    name, _, capacity = consent.guardian.partition(",")
    return {"name": name.strip(), "capacity": capacity.strip() or "god man eller förvaltare"}


def reachable(user: User | None) -> dict[str, str]:
    return (
        {"name": user.name, "phone": user.phone, "mail": user.email} if user else {"name": "", "phone": "", "mail": ""}
    )


def signed(consent: Consent, unit: str) -> dict[str, str] | None:
    if consent.signed_on is None:
        return None
    evidence = "Papperet är inskannat." if consent.scan_id else f"Originalet förvaras hos {unit}."
    return {"on": consent.signed_on.isoformat(), "witness": consent.witness, "evidence": evidence}


def withdrawn(consent: Consent) -> dict[str, str] | None:
    if consent.withdrawn_at is None:
        return None
    how = Consent.How(consent.withdrawn_how).label.lower()
    return {
        "on": timezone.localdate(consent.withdrawn_at).isoformat(),
        "how": how,
        "registered_by": consent.withdrawn_taken_by,
    }
