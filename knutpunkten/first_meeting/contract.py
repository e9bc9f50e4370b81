"""The contract and the privacy notice on paper, as the participant meets them at the first meeting (S9)."""

from datetime import date

from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.amendments import Amended, amended
from knutpunkten.consents.paper import guardian
from knutpunkten.consents.rules import may_read, newest_signed
from knutpunkten.documents.frame import frame
from knutpunkten.documents.privacy_notice import notice_in_force, notice_paper
from knutpunkten.documents.shapes import Contract, HeadedText, Signed
from knutpunkten.first_meeting.models import Signature
from knutpunkten.first_meeting.rules import CALLED, days_in_words, meeting_of, signatures_of

TERMS: list[HeadedText] = [
    {
        "heading": "Du",
        "text": "Du kommer på de tider vi har bestämt. Kan du inte komma hör du av dig innan passet börjar, "
        "så att ingen behöver undra. Du säger till när något inte fungerar.",
    },
    {
        "heading": "Vi",
        "text": "Vi gör planen tillsammans med dig och bestämmer inget om dig utan dig. Vi följer upp den regelbundet "
        "och håller det vi lovar. Det du berättar delas bara med dem som står i ditt samtycke.",
    },
    {
        "heading": "Om det inte fungerar",
        "text": "Du kan sluta när du vill, och ta tillbaka ditt samtycke när du vill, också per telefon. "
        "Innan vi ändrar eller avslutar något pratar vi med dig och din handläggare.",
    },
]


def contract_data(opened: OpenCase, today: date) -> Contract:
    """The shape of ``kontrakt.typ``: filled as far as it has been agreed, lines to sign where it is not signed."""
    case, programme = opened.case, opened.case.programme
    meeting, signed = meeting_of(case), signatures_of(case)
    contract, notice = signed.get(Signature.What.CONTRACT), signed.get(Signature.What.PRIVACY)
    consent = newest_signed(case) if may_read(opened) else None
    supervisor = case.supervisor
    return {
        **frame(opened, today, contract.on_date if contract else None),
        "start_on": meeting.starts_on.isoformat() if meeting and meeting.starts_on else "",
        "hours_per_week": meeting.weekly_hours if meeting else None,
        "days": days_in_words(meeting.weekdays) if meeting else "",
        "content": meeting.content if meeting else "",
        "supervisor": {"name": supervisor.name if supervisor else "", "phone": supervisor.phone if supervisor else ""},
        "terms": TERMS,
        "guardian": guardian(consent, case) if consent else None,
        "notice": notice_paper(
            programme, notice_in_force(programme, notice.on_date if notice else today), as_signed(notice)
        ),
        "signed": with_amendments(as_signed(contract), amended(meeting, CALLED)),
    }


def with_amendments(signed: Signed | None, times: list[Amended]) -> Signed | None:
    """What was changed afterwards does not stand on the paper that was signed."""
    if signed is None or not times:
        return signed
    words = f"Uppgifterna i ärendet ändrades {timezone.localdate(times[0].at)}, efter mötet."
    return {**signed, "evidence": f"{signed['evidence']} {words}"}


def as_signed(signature: Signature | None) -> Signed | None:
    if signature is None:
        return None
    given, evidence = "Underskrivet", "Papperet finns hos Knutpunkten."
    if signature.scan_id:
        evidence = "Papperet är inskannat."
    if not signature.is_signed:
        given, evidence = "Informerad", "Personen ville inte skriva under."
    return {"given": given, "on": signature.on_date.isoformat(), "witness": signature.witness, "evidence": evidence}
