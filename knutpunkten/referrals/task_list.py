"""The task list: what is done, what is left, and when it can be handed over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst

from knutpunkten.cases.models import Case, Section
from knutpunkten.consents.models import Consent
from knutpunkten.consents.rules import Ground
from knutpunkten.referrals.rules import Part, about, is_begun, is_done, is_draft_anew, numbered
from knutpunkten.ui.enumerations import enumeration

DONE, ONGOING, NOT_BEGUN = ("done", "Klar"), ("ongoing", "Pågår"), ("later", "Ej påbörjad")
OPTIONAL, LOCKED, WAITING = ("later", "Valfritt"), ("locked", "Kan inte påbörjas än"), ("waiting", "Väntar")
MINUTES_A_PART = 4


@dataclass(frozen=True)
class ConsentState:
    """How far the consent has come: what to say of it, and whether it lets the referral be handed over.

    *opens_on*: the day from which a signed one will let it be.
    """

    tag: tuple[str, str]
    hint: str
    is_done: bool
    opens_on: date | None = None

    @property
    def opens(self) -> str:
        return f"Kan lämnas in från {self.opens_on}, då samtycket börjar gälla." if self.opens_on else ""


def consent_state(case: Case, draft: Consent | None, grounds: dict[UUID, list[Ground]]) -> ConsentState:
    """From the drafted consent and the grounds of the signed ones (W1); of one drafted beside these it is said that it is."""
    beside = " Ett nytt är skrivet, men inte påskrivet." if draft else ""
    lasting = [ground for rows in grounds.values() for ground in rows if ground.lasts]
    living = [ground.party for ground in lasting if ground.is_living]
    if any(party.unit_id == case.programme.team_id for party in living):
        until = max(party.valid_until for party in living if party.valid_until)
        return ConsentState(DONE, f"Påskrivet. Gäller till {until}.{beside}", True)
    for_team = [ground.party.valid_from for ground in lasting if ground.party.unit_id == case.programme.team_id]
    if for_team:
        begins = min(for_team)
        who = f"Teamet på {case.programme.name} blir part" if living else "Börjar gälla"
        return ConsentState(WAITING, f"Påskrivet. {who} {begins}.{beside}", False, begins)
    if lasting:
        return ConsentState(ONGOING, f"Påskrivet, men omfattar inte teamet på {case.programme.name}.{beside}", False)
    if draft is not None:
        return ConsentState(ONGOING, "Skriv ut papperet och skriv på det tillsammans", False)
    return ConsentState(NOT_BEGUN, "Vilka parter får dela vad, och till när?", False)


def task_list(
    case: Case, sections: dict[str, Section], consent: ConsentState, files: int, receiver: str
) -> dict[str, Any]:
    """The parts in their groups with tags, and how many are done (drawing 4a)."""
    parts = numbered(case)
    rows = {part.key: row(case, part, number, sections) for number, part in enumerate(parts, 1)}
    lacking = [n for n, p in enumerate(parts, 1) if not p.is_optional and not is_done(p, sections)]
    count = len(parts)
    if not consent.is_done:
        lacking.append(count + 1)
    ongoing = sum(r["tag"] == ONGOING for r in rows.values()) + (consent.tag in (ONGOING, WAITING))
    left = len(lacking) - bool(consent.opens_on)  # what only waits takes nobody's time
    return {
        "before": [rows[p.key] for p in parts if p.group == "before"],
        "together": [rows[p.key] for p in parts if p.group == "together"],
        "enclosed": [consent_row(case, consent, count + 1), files_row(case, files, count + 2)],
        "handing_over": [check_row(case, lacking, consent, receiver, count + 3)],
        "heading": about("Skriv tillsammans med {name}", case),
        **how_far(case, sections, consent, files),
        "ongoing": ongoing,
        "minutes_left": left * MINUTES_A_PART,
    }


def how_far(case: Case, sections: dict[str, Section], consent: ConsentState, files: int) -> dict[str, int]:
    """How many of the parts are done: those that are written, the consent, what is enclosed, and the check at last."""
    parts = numbered(case)
    done = sum(tag_of(part, sections) == DONE for part in parts)
    return {"done": done + consent.is_done + bool(files), "total": len(parts) + 3}


def row(case: Case, part: Part, number: int, sections: dict[str, Section]) -> dict[str, Any]:
    tag = tag_of(part, sections)
    return {
        "number": number,
        "label": about(part.title, case),
        "url": reverse("referral_part", args=[case.pk, part.key]),
        "hint": summary(part, sections) if tag == DONE else about(part.hint, case),
        "tag": tag,
    }


def tag_of(part: Part, sections: dict[str, Section]) -> tuple[str, str]:
    if not is_begun(part, sections):
        return OPTIONAL if part.is_optional else NOT_BEGUN
    return DONE if is_done(part, sections) else ONGOING


def summary(part: Part, sections: dict[str, Section]) -> str:
    """What a finished part says, in a line: with whom and when, the question, how many contacts."""
    data = sections[part.pieces[0].key].data
    match part.key:
        case "talk" | "advice":
            return f"{data.get('with_whom', '')}, {data.get('on', '')}"
        case "visit":
            day = data.get("on") or data.get("booking") or ""
            return f"Gjort {day}" if data.get("made") == "yes" else "Inget besök, och varför"
        case "contacts":
            amount = len(data.get("rows") or [])
            return "1 kontakt" if amount == 1 else f"{amount} kontakter"
        case "question":
            return shortened(data.get("question", ""))
        case "own_words" | "voice":
            return shortened(data.get("words", ""))
    return "Ifylld"


def shortened(text: str, longest: int = 90) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[:longest].rsplit(' ', 1)[0]} …"


def consent_row(case: Case, consent: ConsentState, number: int) -> dict[str, Any]:
    url = reverse("consent", args=[case.pk])
    return {"number": number, "label": "Samtycke", "url": url, "hint": consent.hint, "tag": consent.tag}


def files_row(case: Case, files: int, number: int) -> dict[str, Any]:
    url = reverse("referral_part", args=[case.pk, "files"])
    if not files:
        return {
            "number": number,
            "label": "Utredningar",
            "url": url,
            "hint": "Bifoga det som hjälper.",
            "tag": OPTIONAL,
        }
    hint = "1 bilaga" if files == 1 else f"{files} bilagor"
    return {"number": number, "label": "Utredningar", "url": url, "hint": hint, "tag": DONE}


def check_row(case: Case, lacking: list[int], consent: ConsentState, receiver: str, number: int) -> dict[str, Any]:
    label = f"Kontrollera och lämna till {receiver}{' igen' if is_draft_anew(case) else ''}"
    if lacking:
        # Alone the consent that waits says more than its number does.
        waits = consent.opens if len(lacking) == 1 else ""
        return {
            "number": number,
            "label": label,
            "hint": waits or f"Öppnas när del {spans(lacking)} är {'klar' if len(lacking) == 1 else 'klara'}",
            "tag": LOCKED,
            "locked": True,
        }
    url = reverse("check_referral", args=[case.pk])
    hint = f"{capfirst(case.name_in_text)} får läsa innan du lämnar in"
    return {"number": number, "label": label, "url": url, "hint": hint, "tag": NOT_BEGUN}


def spans(numbers: Iterable[int]) -> str:
    """5–8, or 2, 5–6 och 8."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return enumeration(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
