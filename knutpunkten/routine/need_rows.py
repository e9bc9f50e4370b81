"""A step's needs as they are shown: what holds, what is missing, who mends it, and the one button there (W2)."""

from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from knutpunkten.cases.models import Case
from knutpunkten.routine.rules import Choice, Lack
from knutpunkten.routine.step import ACTOR_WORDS, Actor, Need


def need_rows(choice: Choice, case: Case) -> list[dict[str, Any]]:
    """The data of ``{% needs %}``. Asks the database nothing: the names are those of *case* as it is loaded."""
    return [need_row(lack, choice, case) for lack in choice.lacks]


def need_row(lack: Lack, choice: Choice, case: Case) -> dict[str, Any]:
    need, is_mine = lack.need, lack.need.mended_by in choice.actors
    if lack.holds:
        return {"state": "done", "what": need.holds_text, "who": "", "action": None}
    when = f" {need.when}" if need.when and not is_behind(need, case) else ""
    return {
        "state": "open",
        "what": lack.sentence,
        "who": f"{'Du' if is_mine else mender(need, case)} ordnar det{when}.",
        "action": mending(need, case) if is_mine else reminding(need, case),
    }


def is_behind(need: Need, case: Case) -> bool:
    """Whether the meeting at which it is mended has been held: it is mended by a step of its own."""
    return bool(need.afterwards) and case.first_meeting_held_on is not None


def mending(need: Need, case: Case) -> dict[str, str] | None:
    """Where one mends it, or the paper one does it with; None where the step itself is the way."""
    if need.paper:
        return {"label": "Skriv ut", "url": reverse(need.paper, args=[case.pk])}
    if is_behind(need, case):
        return {"label": "Ändra", "url": reverse("step", args=[case.pk, need.afterwards])}
    return {"label": "Öppna", "url": mending_url(need.mended_at, case.pk)} if need.mended_at else None


def reminding(need: Need, case: Case) -> dict[str, str]:
    name = named(need, case).partition(" ")[0]
    url = reverse("remind_actor", args=[case.pk, need.mended_by])
    return {"label": f"Påminn {name}".strip(), "url": url, "method": "post"}


def mender(need: Need, case: Case) -> str:
    """Who mends it: "Johan Wik", or the part where no one person plays it."""
    return named(need, case) or ACTOR_WORDS[need.mended_by].capitalize()


def named(need: Need, case: Case) -> str:
    """The name of whoever mends it; empty where no one person does."""
    if need.mended_by == Actor.CW:
        return case.caseworker.name
    return case.supervisor.name if need.mended_by == Actor.SUP and case.supervisor else ""


def mending_url(name: str, case_id: UUID) -> str:
    """The address where a need is mended: a page of the case, or of the programme."""
    try:
        return reverse(name, args=[case_id])
    except NoReverseMatch:
        return reverse(name)
