"""The referral on the case page: the person's own words first."""

from datetime import date

from django.utils.text import capfirst

from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import ORALLY, Category
from knutpunkten.cases.panel import Panel
from knutpunkten.consents.rules import grounds_of
from knutpunkten.documents.models import StoredFile
from knutpunkten.documents.rules import files_read
from knutpunkten.organisations.calendar import local_today
from knutpunkten.referrals.forms import CancelForm
from knutpunkten.referrals.rules import (
    hidden_categories,
    is_draft,
    referred_by,
    sections_read,
    sent_back,
    whose,
)
from knutpunkten.referrals.task_list import consent_state, how_far
from knutpunkten.ui.enumerations import amount_in_words

# What a representative without an account said, by the step it was written down in.
SAID = {
    "announce": "Anmälan till gruppen",
    "announce_consultation": "Konsultationen till gruppen",
    "note_unanswered": "Inte aktuell hos oss",
    "give_notice": "Besked",
}


def panel(opened: OpenCase, today: date, files: list[StoredFile] | None = None) -> Panel | None:
    """Own words, question, who refers, contacts and files; for a reader who may not read yet, why not. Two statements.

    *files*: what is enclosed with the case, where somebody has asked for it already.
    """
    enclosed = files_read(opened) if files is None else files
    sections = sections_read(opened)
    case = opened.case
    name = case.name_in_text
    rows = sections["contacts"].data.get("rows") or [] if "contacts" in sections else []
    context = {
        "reads": Category.BASIC not in hidden_categories(opened),
        "referred_by": referred_by(case, sections),
        "may_write": is_draft(case) and opened.who.may(Permission.WRITE_REFERRAL),
        **how_far(case, sections, consent_state(case, None, grounds_of(opened.parties, today)), len(enclosed)),
        "words": sections["own_words"].data.get("words", "") if "own_words" in sections else "",
        "source": f"{capfirst(whose(name))} egna ord, ur remissen",
        "question": sections["question"].data.get("question", "") if "question" in sections else "",
        "contacts": contact_words(rows),
        "files": [file for file in enclosed if file.purpose == StoredFile.Purpose.INVESTIGATION],
        "sent_back": sent_back(case, sections),
        "returned": sections.get("returned") if is_draft(case) else None,
        "said": [(SAID.get(row["step"], ""), row["by"], row["on"]) for row in sections[ORALLY].data["said"]]
        if ORALLY in sections
        else [],
        "handed_over_on": local_today(case.handed_over_at) if case.handed_over_at else None,
    }
    return Panel("remiss", "referrals/panel.html", context)


def ended_panel(opened: OpenCase, today: date) -> Panel | None:
    """Why the case was cancelled, to those who may read it. One statement."""
    section = sections_read(opened).get("cancelled")
    if section is None:
        return None
    context = {"why": section.data["why"], "wish": whose_wish(section.data["wish"])}
    return Panel("avbrutet", "referrals/ended.html", context)


def whose_wish(wish: str) -> str:
    """Whose wish it was that the case ended, in words; empty where it was another, which the reason tells."""
    return "" if wish == "other" else dict(CancelForm.WISHES).get(wish, "")


def contact_words(rows: list[dict[str, str]]) -> str:
    """Fyra myndigheter, sex personer."""
    agencies = {row["agency"].strip().lower() for row in rows if row.get("agency", "").strip()}
    people = {row["name"].strip().lower() for row in rows if row.get("name", "").strip()}
    if not agencies:
        return ""
    words = counted(len(agencies), "myndighet", "myndigheter")
    return f"{words}, {counted(len(people), 'person', 'personer').lower()}" if people else words


def counted(amount: int, one: str, many: str) -> str:
    return f"{amount_in_words(amount)} {one if amount == 1 else many}"
