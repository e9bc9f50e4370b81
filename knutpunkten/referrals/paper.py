"""The referral as data for its PDF: what this reader may see, and the headings of what they may not (S4, K2, W1)."""

from datetime import date
from typing import Any

from django.utils import timezone

from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Case, Category, Party, Section
from knutpunkten.cases.provenance import consent_from, is_for_others
from knutpunkten.consents.paper import unit_apart
from knutpunkten.documents.frame import frame
from knutpunkten.documents.models import StoredFile
from knutpunkten.people.numbers import age_on
from knutpunkten.referrals.answers import Answered, ReadPart
from knutpunkten.referrals.rules import nothing_enclosed, referred_by, whose
from knutpunkten.visits.models import Booking

NOT_SHARED = "Delas inte med er enhet"
# What has a place of its own on the paper; the rest stands as parts with their headings.
IN_PLACE = ("person", "talk", "advice", "visit", "own_words", "voice", "target_group", "contacts", "question")


def referral_paper(
    opened: OpenCase, read: list[ReadPart], files: list[StoredFile], today: date
) -> tuple[str, dict[str, Any]]:
    """The document's name and its data, in the shape of ``documents.shapes``."""
    pieces = {piece.section.key: piece for part in read for piece in part.pieces if piece.section}
    handed_over = opened.case.handed_over_at
    held_on = timezone.localdate(handed_over) if handed_over else None
    data = {**frame(opened, today, held_on), **common(opened, read, pieces, files)}
    if opened.case.is_consultation:
        return "konsultationsremiss", data
    return "remiss", {**data, **only_collaboration(opened, pieces, today)}


def common(
    opened: OpenCase, read: list[ReadPart], pieces: dict[str, Answered], files: list[StoredFile]
) -> dict[str, Any]:
    case = opened.case
    handed_over = case.handed_over_at
    talk = data_of(pieces, "talk")
    return {
        "basic_shared": case.referring_unit_id == opened.who.unit_id or Category.BASIC in opened.reads,
        "reach": reach(case, read),
        "talk": {"on": talk.get("on", ""), "with_whom": talk.get("with_whom", "")} if talk.get("with_whom") else None,
        "sender": sender(case, {key: piece.section for key, piece in pieces.items() if piece.section}),
        "handed_over_on": timezone.localdate(handed_over).isoformat() if handed_over else "",
        "question": said(pieces, "question", "question"),
        "own_words": said(pieces, "own_words", "words"),
        "parts": [part(r, piece, opened.parties) for r in read if r.part.key not in IN_PLACE for piece in r.pieces],
        "contacts": contacts(pieces),
        "enclosures": [{"name": f.name, "about": Category(f.category).label} for f in files],
        "nothing_enclosed": nothing_enclosed(opened),
    }


def reach(case: Case, read: list[ReadPart]) -> dict[str, Any] | None:
    """How the person is reached. Of a protected person nothing is printed (W5)."""
    if case.is_protected:
        return None
    found = next(one for one in read if one.part.key == "person")
    return {"heading": found.title, "answers": in_words(found.pieces[0])}


def in_words(piece: Answered) -> list[dict[str, str]]:
    return (
        [{"question": question, "answer": str(answer)} for question, answer in piece.answers] if piece.is_shared else []
    )


def sender(case: Case, sections: dict[str, Section]) -> dict[str, str]:
    """Who handed the referral in, and whose case it is now where that is another."""
    user, unit = referred_by(case, sections) or case.caseworker, case.referring_unit
    return {
        "name": user.name,
        "role": "handläggare",
        "unit": unit_apart(unit),
        "agency": unit.agency.name,
        "phone": user.phone,
        "mail": user.email,
        "now": "" if user == case.caseworker else case.caseworker.name,
    }


def part(read: ReadPart, piece: Answered, parties: list[Party]) -> dict[str, Any]:
    """One section with who wrote and disclosed it; without its text where it is not shared."""
    # Where nothing is answered there is nobody who wrote it.
    section = None if piece.is_empty else piece.section
    return {
        "heading": f"{read.title}: {piece.heading}",
        "answers": in_words(piece),
        "shared": piece.is_shared,
        "author": section.saved_by.name if section else "",
        "author_unit": section.author_unit.name if section else "",
        "written_on": timezone.localdate(section.saved_at).isoformat() if section else "",
        "disclosed_by": section.disclosed_by.name if section and section.disclosed_by else "",
        "disclosed_on": timezone.localdate(section.disclosed_at).isoformat()
        if section and section.disclosed_at
        else "",
        "consent_from": from_consent(section, parties),
    }


def from_consent(section: Section | None, parties: list[Party]) -> str:
    """The day of the consent that *section* was disclosed under; empty where it is not, or under none that is known."""
    if section is None or section.disclosed_at is None or not is_for_others(parties, section):
        return ""
    day = consent_from(parties, section.disclosed_at, section.disclosed_under)
    return day.isoformat() if day else ""


def contacts(pieces: dict[str, Answered]) -> list[dict[str, str]]:
    found = pieces.get("contacts")
    return [contact(row) for row in (found.rows if found else ())]


def contact(row: dict[str, str]) -> dict[str, str]:
    """One row as it was written; an agency without units is not named twice."""
    columns = ("agency", "unit", "name", "phone", "about")
    told = {column: row.get(column, "") for column in columns}
    return {**told, "unit": "" if told["unit"] == told["agency"] else told["unit"]}


def only_collaboration(opened: OpenCase, pieces: dict[str, Answered], today: date) -> dict[str, Any]:
    visit = data_of(pieces, "visit")
    hours = str(data_of(pieces, "own_words").get("hours", ""))
    return {
        "visit": {
            "on": visit.get("on") or visit.get("booking") or "",
            "wish": wish(visit),
            "reason_without": visit.get("reason", ""),
        },
        "own_will": said(pieces, "own_words", "will"),
        "hours_ready": int(hours) if hours.isdigit() else None,
        "target_group": criteria(opened, pieces, today),
    }


def wish(visit: dict[str, Any]) -> str:
    """What the person wanted after the visit, and when and how they changed their mind."""
    chosen, since = dict(Booking.Wish.choices).get(visit.get("wish", ""), ""), visit.get("changed_mind", "").strip()
    return f"{chosen}. Har ändrat sig: {since}" if since else chosen


def criteria(opened: OpenCase, pieces: dict[str, Answered], today: date) -> list[dict[str, str]]:
    """L1: each criterion, the answer, and the reason where it is not met."""
    case = opened.case
    programme = case.programme
    group, words = data_of(pieces, "target_group"), data_of(pieces, "own_words")
    age = str(age_on(case.person.number, today)) if case.person.number else str(group.get("age", ""))
    open_with = group.get("open_with") or []
    hours = str(words.get("hours", ""))
    return [
        criterion(
            f"{programme.youngest} till {programme.oldest} år", f"{age} år" if age else "", group.get("age_reason")
        ),
        addiction(opened, pieces),
        criterion("Aktuell hos två eller fler myndigheter", ", ".join(open_with) or "Nej", group.get("open_reason")),
        criterion("Behov av samverkan", group.get("need", ""), ""),
        criterion(
            f"{whose(programme.name)} minsta tid, {programme.least_hours} timmar",
            f"{hours} timmar" if hours else "",
            words.get("hours_reason"),
        ),
    ]


def addiction(opened: OpenCase, pieces: dict[str, Answered]) -> dict[str, str]:
    name = "Inget pågående beroende"
    found = pieces.get("addiction")
    if found is None:
        own = opened.case.referring_unit_id == opened.who.unit_id or Category.HEALTH in opened.reads
        return criterion(name, "" if own else NOT_SHARED, "")
    data = found.data
    kinds = next((answer for question, answer in found.answers if question == "Av vad?"), "")
    answer = {"no": "Stämmer", "yes": f"Stämmer inte: {kinds}"}.get(data.get("has_addiction", ""), "")
    return criterion(name, answer, data.get("addiction_reason"))


def criterion(name: str, answer: str, reason: str | None) -> dict[str, str]:
    return {"criterion": name, "answer": answer, "reason": reason or ""}


def data_of(pieces: dict[str, Answered], key: str) -> dict[str, Any]:
    return pieces[key].data if key in pieces else {}


def said(pieces: dict[str, Answered], key: str, field: str) -> str:
    return str(data_of(pieces, key).get(field, "")).strip()
