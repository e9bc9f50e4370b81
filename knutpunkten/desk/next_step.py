"""The next-step box: one verb, one button; below it what cannot be done yet, and who mends it."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case, Turn
from knutpunkten.desk.words import is_mine, next_words, waited_for
from knutpunkten.organisations.models import Role
from knutpunkten.routine.leaving import HANDING_ON
from knutpunkten.routine.rules import Choice, Lack
from knutpunkten.routine.step import ACTOR_WORDS, Actor
from knutpunkten.routine.views import mending_url

# Steps that end, turn back or hand on: never the box's button, always under "Annat du kan göra".
WAYS_OUT = (
    *("cancel", "cancel_placed", "send_back", "send_back_directly", "decline", "reopen", "note_unanswered"),
    *HANDING_ON,
)


def next_step_box(case: Case, mine: list[Choice], turns: list[Turn], who: Who) -> dict[str, Any] | None:
    """The data of ``{% next_step %}``: one's own turn if there is one, otherwise what the case waits for."""
    main = foremost(mine, turns, who)
    blocked = worked_towards(mine, main)
    if main is None and not turns and not case.next_step:
        return None
    if main is None:
        turn = turns[0] if turns else None
        box: dict[str, Any] = {
            "yours": False,
            "who": waited_for(turn) if turn else "en ledig plats",
            "heading": next_words(case, turn.step if turn else case.next_step),
            "text": waiting_text(turn),
            "action": remind_action(case, turn, who),
        }
    else:
        turn = next((t for t in turns if t.step == main.step.id and is_mine(t, who)), None)
        box = {
            "yours": turn is not None,
            "who": "",
            "heading": main.step.what,
            "text": next((lack.sentence for lack in main.missing), ""),
            "action": action(main, case.pk),
        }
    if blocked:
        box["blocked"] = {
            "heading": f"{blocked.step.label} går inte än",
            "text": counted(blocked),
            "needs": [need_row(lack, blocked, case.pk) for lack in blocked.lacks],
        }
    return box


def worked_towards(mine: list[Choice], main: Choice | None) -> Choice | None:
    """The closed step to show with its needs. One with a page of its own shows them there."""
    closed = [c for c in mine if not c.is_open and c is not main and c.step.id not in WAYS_OUT and not c.step.page]
    return next((c for c in closed if c.step.end), closed[0] if closed else None)


def foremost(mine: list[Choice], turns: list[Turn], who: Who) -> Choice | None:
    """The step that is one's own turn; without a turn, the first that is open and leads on."""
    by_step = {c.step.id: c for c in mine}
    for turn in turns:
        if is_mine(turn, who) and turn.step in by_step:
            return by_step[turn.step]
    leading = [c for c in mine if c.is_open and c.step.id not in WAYS_OUT and not c.step.is_quiet]
    return next((c for c in leading if c.step.id not in ("disclose", "sign_consent", "offer")), None)


def action(choice: Choice, case_id: UUID) -> dict[str, str]:
    """Where the button leads: the step's own page, what must be mended first, or the generic page."""
    mend = next((lack.need.mended_at for lack in choice.missing if lack.need.mended_by in choice.actors), "")
    if mend:
        return {"label": "Fortsätt", "url": mending_url(mend, case_id)}
    if choice.step.page == "meeting":
        return {"label": "Öppna mötet", "url": reverse("meeting", args=[case_id])}
    url = (
        reverse(choice.step.page, args=[case_id])
        if choice.step.page
        else reverse("step", args=[case_id, choice.step.id])
    )
    return {"label": choice.step.label, "url": url}


def need_row(lack: Lack, choice: Choice, case_id: UUID) -> dict[str, Any]:
    """One need for ``{% needs %}``: what holds, or what is missing and a button for who mends it."""
    mine = lack.need.mended_by in choice.actors
    row: dict[str, Any] = {
        "state": "done" if lack.holds else "open",
        "what": lack.need.holds_text if lack.holds else lack.sentence,
        "who": "" if lack.holds else f"{'Du' if mine else ACTOR_WORDS[lack.need.mended_by].capitalize()} ordnar det.",
        "action": None,
    }
    if not lack.holds and mine and lack.need.mended_at:
        row["action"] = {"label": "Öppna", "url": mending_url(lack.need.mended_at, case_id)}
    elif not lack.holds and not mine:
        url = reverse("remind_actor", args=[case_id, lack.need.mended_by])
        row["action"] = {"label": "Påminn", "url": url, "method": "post"}
    return row


def counted(choice: Choice) -> str:
    """How far it is: "Fyra saker ska vara på plats. Två är klara."."""
    words = ("Ingen", "En", "Två", "Tre", "Fyra", "Fem", "Sex")
    total, done = len(choice.lacks), len(choice.lacks) - len(choice.missing)
    things = "sak" if total == 1 else "saker"
    return f"{words[total]} {things} ska vara på plats. {words[done]} är {'klar' if done == 1 else 'klara'}."


def waiting_text(turn: Turn | None) -> str:
    """Whom it waits for stands in the tag, and by when in the person bar; only the queue needs words of its own."""
    return "" if turn else "Handläggaren får veta direkt när en plats blir ledig."


def remind_action(case: Case, turn: Turn | None, who: Who) -> dict[str, str] | None:
    """A reminder, to be sent by those who keep the case together."""
    if turn is None or who.role not in ("coordinator", "supervisor", "caseworker", "representative"):
        return None
    return {"label": "Påminn", "url": reverse("remind_actor", args=[case.pk, part_of(case, turn)]), "method": "post"}


def part_of(case: Case, turn: Turn) -> str:
    """The part that is waited for: a representative is the referring unit's, or another party's."""
    is_party = turn.role == Role.REPRESENTATIVE and turn.unit_id != case.referring_unit_id
    return str(Actor.PR) if is_party else turn.role


def other_actions(case: Case, mine: list[Choice], turns: list[Turn], who: Who) -> list[dict[str, str]]:
    """What else one can do here now, as links."""
    main = foremost(mine, turns, who)
    beside = [c for c in mine if c is not main and c.is_open and not c.step.is_quiet and c.step.id != "sign_consent"]
    return [action(c, case.pk) for c in beside if not (main and main.step.page == c.step.page == "meeting")]
