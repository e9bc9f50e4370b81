"""What a step needs (steps.md, column "needs"), each with the sentence that says what is missing."""

from dataclasses import replace

from knutpunkten.cases.models import Basis, Case, Level, State
from knutpunkten.cases.rules import can_be_withdrawn, level_for
from knutpunkten.routine.facts import Facts, Kind
from knutpunkten.routine.step import Actor, Need
from knutpunkten.ui.enumerations import amount_in_words, enumeration


def sentence(holds: bool, missing: str) -> str:
    return "" if holds else missing


def _parts(facts: Facts) -> str:
    parts = enumeration(f"”{title}”" for title in facts.lacking_parts)
    if len(facts.lacking_parts) > 1:
        return f"De här delarna är inte klara: {parts}."
    return f"Delen {parts} är inte klar." if parts else ""


def _living_consent(facts: Facts) -> str:
    return sentence(bool(facts.living), "Det finns inget samtycke som gäller.")


def _no_consent(facts: Facts) -> str:
    """Why none holds: never signed, yet to begin, or over."""
    to_come = [party.valid_from for party in facts.parties if can_be_withdrawn(party, facts.today)]
    if to_come:
        return f"Samtycket börjar gälla {min(to_come)}."
    was_signed = any(party.basis == Basis.CONSENT for party in facts.parties)
    return "Samtycket gäller inte längre." if was_signed else "Samtycket är inte påskrivet än."


def _names_team(facts: Facts) -> str:
    if not facts.living:
        return _no_consent(facts)
    return sentence(facts.names_team, f"Samtycket måste omfatta teamet på {facts.case.programme.name}.")


def _besked_read(facts: Facts) -> str:
    """Who gives it must read it; the referring unit's own part may be taken back while the team's is not, and the reverse."""
    if not facts.living:
        return _no_consent(facts)
    whose = "teamet" if facts.lacks_representative else "remitterande enhet"
    return sentence(
        facts.is_besked_read, f"Samtycket måste omfatta {whose}: annars läser ingen beskedet som ska lämna det."
    )


def _everybody_answered(facts: Facts) -> str:
    names = ", ".join(sorted(p.unit.full_name for p in facts.unanswered if p.unit))
    return sentence(not names, f"Väntar på uppgifter från {names}. Notera den som inte har svarat.")


def _on_agenda(facts: Facts) -> str:
    return sentence(facts.on_agenda, "Ärendet står inte på dagordningen för ett möte.")


def _meeting_begun(facts: Facts) -> str:
    day = facts.meeting_begins_on
    return sentence(day is None, f"Mötet är {day} och har inte börjat.")


def _free_place(facts: Facts) -> str:
    instead = " Anta till kön i stället." if facts.case.state == State.ANNOUNCED else ""
    return sentence(facts.free_places > 0, f"Alla platser är upptagna eller erbjudna.{instead}")


def _offer(facts: Facts) -> str:
    return sentence(facts.case.offered_at is not None, "Ingen plats är erbjuden just nu.")


def _offer_overdue(facts: Facts) -> str:
    case = facts.case
    over = case.answer_by is not None and case.answer_by < facts.today
    return sentence(over, f"Handläggaren har till {case.answer_by} på sig att svara.")


def _decision(facts: Facts) -> str:
    return sentence(bool(facts.case.decision), "Mötet har inte lämnat något besked än.")


def _notice_given(facts: Facts) -> str:
    return sentence(facts.case.notice_given_at is not None, "Representanten har inte lämnat beskedet än.")


def _readable(facts: Facts) -> str:
    return sentence(
        level_for(facts.case) == Level.TEXT, "Dagordningen är inte lagd, så parterna har inte kunnat läsa remissen."
    )


def _first_meeting_held(case: Case) -> bool:
    return case.first_meeting_held_on is not None


def _meeting_booked(facts: Facts) -> str:
    return sentence(facts.case.first_meeting_at is not None, "Första mötet är inte bokat.")


def _meeting_held(facts: Facts) -> str:
    return sentence(_first_meeting_held(facts.case), "Första mötet är inte hållet.")


def _contract(facts: Facts) -> str:
    return sentence(facts.case.contract_on is not None, "Kontraktet är inte påskrivet.")


def _privacy(facts: Facts) -> str:
    return sentence(facts.case.privacy_on is not None, "Dataskyddsinformationen är inte lämnad.")


def _service_decision(facts: Facts) -> str:
    return sentence(facts.case.service_decision_on is not None, "Beslut om insats saknas.")


def _start_day(facts: Facts) -> str:
    day = facts.case.started_on
    if day is None:
        return "Startdatum är inte bestämt."
    earlier = "Blir det tidigare ändras startdatumet, med ett skäl."
    return sentence(day <= facts.today, f"Ni kom överens om att börja {day}. {earlier}")


def _mapping(facts: Facts) -> str:
    return " ".join(facts.lacking_in_mapping)


def _mapped(facts: Facts) -> str:
    return sentence(facts.case.mapped_at is not None, "Kartläggningen är inte klar.")


def _plan(facts: Facts) -> str:
    return " ".join(facts.lacking_in_plan)


def _plan_agreed(facts: Facts) -> str:
    return sentence(facts.case.plan_agreed_at is not None, "Det finns ingen överenskommen plan att följa upp.")


def _closing(facts: Facts) -> str:
    return " ".join(facts.lacking_in_closing)


def _caseworker_present(facts: Facts) -> str:
    return sentence(facts.caseworker_present, "Handläggaren är inte antecknad som närvarande på mötet.")


def _before_cases(facts: Facts) -> str:
    return sentence(facts.before_cases, "Mötet har redan börjat med ärendena. Konsultationer tas först.")


def _consultations_first(facts: Facts) -> str:
    """Until the meeting has begun it is that, and nothing else, which is waited for."""
    left = 0 if facts.meeting_begins_on else facts.consultations_left
    if left > 1:
        return f"{amount_in_words(left)} konsultationer är kvar. Ta dem först, eller skjut upp dem."
    return sentence(not left, "En konsultation är kvar. Ta den först, eller skjut upp den.")


PARTS = Need("parts", _parts, Actor.CW, "referral", "Alla delar är ifyllda", rests_on=Kind.PARTS)
LIVING_CONSENT = Need("living_consent", _living_consent, Actor.CW, "consent", "Samtycket gäller")
NAMES_TEAM = Need("names_team", _names_team, Actor.CW, "consent", "Samtycket är påskrivet och omfattar teamet")
STILL_NAMES_TEAM = replace(NAMES_TEAM, is_news=False)
EVERYBODY_ANSWERED = Need("everybody_answered", _everybody_answered, Actor.PR, "knowledge", "Alla parter har svarat")
ON_AGENDA = Need("on_agenda", _on_agenda, Actor.CO, "", "Ärendet står på dagordningen", rests_on=Kind.AGENDA)
READABLE = Need("readable", _readable, Actor.CO, "meeting", "Parterna kan läsa remissen")
MEETING_BEGUN = Need("meeting_begun", _meeting_begun, Actor.CO, "meeting", "Mötet har börjat", rests_on=Kind.AGENDA)
FREE_PLACE = Need("free_place", _free_place, Actor.CO, "queue", "Det finns en ledig plats", rests_on=Kind.ROOM)
OFFER = Need("offer", _offer, Actor.CO, "queue", "En plats är erbjuden")
OFFER_OVERDUE = Need("offer_overdue", _offer_overdue, Actor.CW, "", "Tiden att svara har gått ut", only_for=Actor.CO)
DECISION = Need("decision", _decision, Actor.CO, "", "Mötet har lämnat besked")
BESKED_READ = Need("besked_read", _besked_read, Actor.CW, "consent", is_news=False)
NOTICE_GIVEN = Need("notice_given", _notice_given, Actor.REP, "", "Beskedet är lämnat")
MEETING_BOOKED = Need("meeting_booked", _meeting_booked, Actor.SUP, "", "Första mötet är bokat")
MEETING_HELD = Need("meeting_held", _meeting_held, Actor.SUP, "", "Första mötet är hållet")
AT_FIRST_MEETING = "på första mötet"
CONTRACT = Need(
    "contract",
    _contract,
    Actor.SUP,
    holds_text="Kontraktet är påskrivet",
    when=AT_FIRST_MEETING,
    paper="contract_pdf",
)
PRIVACY = Need(
    "privacy",
    _privacy,
    Actor.SUP,
    holds_text="Dataskyddsinformationen är lämnad",
    when=AT_FIRST_MEETING,
    paper="contract_pdf",
)
SERVICE_DECISION = Need("service_decision", _service_decision, Actor.CW, "", "Beslut om insats finns")
START_DAY = Need(
    "start_day",
    _start_day,
    Actor.SUP,
    holds_text="Startdagen har kommit",
    when=AT_FIRST_MEETING,
    afterwards="amend_first_meeting",
)
MAPPING = Need("mapping", _mapping, Actor.SUP, "mapping", "Kartläggningen är ifylld", rests_on=Kind.MAPPING)
MAPPED = Need("mapped", _mapped, Actor.SUP, "mapping", "Kartläggningen är klar")
PLAN = Need("plan", _plan, Actor.SUP, "plan", "Planen är ifylld", rests_on=Kind.PLAN)
PLAN_AGREED = Need("plan_agreed", _plan_agreed, Actor.SUP, "plan", "Planen är överenskommen")
CLOSING = Need("closing", _closing, Actor.SUP, "closing", "Slutdokumentationen är klar", rests_on=Kind.CLOSING)
CASEWORKER_PRESENT = Need(
    "caseworker_present", _caseworker_present, Actor.CO, "", "Handläggaren är på mötet", rests_on=Kind.AGENDA
)
BEFORE_CASES = Need(
    "before_cases", _before_cases, Actor.CO, "", "Konsultationer tas före ärenden", rests_on=Kind.AGENDA
)
CONSULTATIONS_FIRST = Need(
    "consultations_first",
    _consultations_first,
    Actor.CO,
    "meeting",
    "Konsultationerna är tagna",
    rests_on=Kind.AGENDA,
)
