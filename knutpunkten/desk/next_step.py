"""The next-step box: one verb, one button; below it what cannot be done yet, and who mends it."""

from datetime import date
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.cases.models import Case, Turn
from knutpunkten.desk.consent_ends import new_consent_url
from knutpunkten.desk.words import OFFER_VACANT, is_mine, is_vacant, next_words, whom
from knutpunkten.organisations.models import NEAR_CASES, Role
from knutpunkten.protection.models import NamedReader
from knutpunkten.referrals.rules import SentBack
from knutpunkten.routine.facts import Kind
from knutpunkten.routine.leaving import HANDING_ON
from knutpunkten.routine.need_rows import mending_url, need_rows
from knutpunkten.routine.rules import Choice
from knutpunkten.routine.step import Actor
from knutpunkten.routine.table import STEPS
from knutpunkten.routine.withdrawal import begins_words

# Steps that end, turn back, amend or hand on: never the box's button, always under "Annat du kan göra".
WAYS_OUT = (
    *("cancel", "cancel_placed", "send_back", "send_back_directly", "decline", "take_back_offer", "reopen"),
    "note_unanswered",
    *("amend_service_decision", "amend_first_meeting"),
    *HANDING_ON,
)


def next_step_box(
    case: Case,
    mine: list[Choice],
    turns: list[Turn],
    who: Who,
    *,
    knows_others: bool,
    sent_back: SentBack | None = None,
    readers: list[NamedReader] | None = None,
    standing: Any = None,
) -> dict[str, Any] | None:
    """The data of ``{% next_step %}``: one's own turn if there is one, otherwise what the case waits for.

    *knows_others*: whether *who* may know which the parties are, and how many. *sent_back*: what a draft is to be mended for.
    *readers*: of a protected person's case, those who are named to read it. *standing*: where it stands in the queue (``queue.rules.standing_in``).
    """
    main = foremost(mine, turns, who)
    blocked = main if main and not can_go_on(main) else None if rests(turns) else worked_towards(mine, main, turns)
    if main is None and not turns and not case.next_step:
        return None
    called = partial(whom, turns=turns, case=case, who=who, knows_others=knows_others)
    turn = next((one for one in turns if main is None or one.step == main.step.id), None)
    box = own_box(main, mine, turns, case, who) if main else waiting_box(turn, case, who, sent_back, readers)
    if turn:
        box["who"] = called(turn)
    elif main is None and standing and is_vacant(case, standing.vacant_since):
        box |= vacant(timezone.localdate(standing.vacant_since), who)
    if main and sent_back and main.step.page == "check_referral":
        box |= mending(main, case, sent_back)
    if blocked:
        box["blocked"] = {
            "heading": f"{blocked.step.label} går inte än",
            "text": counted(blocked),
            "needs": need_rows(blocked, case),
        }
    else:
        shown = main.step.id if main else turn and turn.step
        box["beside_it"] = [
            waiting_beside(one, case, "du" if is_mine(one, who) else called(one))
            for one in first_of_each(turns)
            if one.step != shown
        ]
    return box


def rests(turns: list[Turn]) -> bool:
    """Whether nothing leads on until there is a consent: then no step is worked towards but that one."""
    return any(turn.step == "sign_consent" for turn in turns)


def own_box(main: Choice, mine: list[Choice], turns: list[Turn], case: Case, who: Who) -> dict[str, Any]:
    """A step of one's own, *main*, whether or not anybody is waited for in it."""
    goes_on = can_go_on(main)
    return {
        "yours": any(one.step == main.step.id and is_mine(one, who) for one in turns),
        "who": "",
        "heading": main.step.what_in(case),
        # Whether there is a place is not asked for where the step is but led to (``case_page.facts_of``).
        "text": " ".join(lack.sentence for lack in main.missing if lack.need.rests_on != Kind.ROOM) if goes_on else "",
        "action": action(main, case) if goes_on else None,
        "beside": [action(other, case) for other in instead_of(main, mine)],
    }


def waiting_box(
    turn: Turn | None, case: Case, who: Who, sent_back: SentBack | None, readers: list[NamedReader] | None
) -> dict[str, Any]:
    """What others are waited for in; without a *turn* it is a place, or a day."""
    unread = turn if turn and readers is not None and cannot_read(turn, readers) else None
    return {
        "yours": False,
        "who": "den dagen" if begins_words(case) else "en ledig plats",
        "heading": next_words(case, turn.step if turn else case.next_step),
        "text": unread_text(unread, who) if unread else asked_for(sent_back) or waiting_text(case, turn, who),
        "says_what_lacks": sent_back is not None,
        "action": naming_action(unread, who) if unread else remind_action(case, turn, who),
    }


def first_of_each(turns: list[Turn]) -> list[Turn]:
    """The foremost turn of each step."""
    found: dict[str, Turn] = {}
    for turn in turns:
        found.setdefault(turn.step, turn)
    return list(found.values())


def waiting_beside(turn: Turn, case: Case, person: str) -> str:
    """What the case waits for at the same time as what the box is about, which is another thing to each of those waited for (W2)."""
    due = f", senast {turn.due_on.isoformat()}" if turn.due_on else ""
    return f"{next_words(case, turn.step)} ({person}{due})"


def asked_for(sent_back: SentBack | None) -> str:
    """All of it, in its lines: where the box says it the panel does not."""
    if sent_back is None:
        return ""
    by = f"\nInskrivet av {sent_back.written_down_by}." if sent_back.written_down_by else ""
    return f"{sent_back.words}: {sent_back.lacking}{by}"


def mending(main: Choice, case: Case, sent_back: SentBack) -> dict[str, Any]:
    """To the parts of the referral, with what is asked for on top, and then to send it again."""
    parts = {"label": main.step.what_in(case), "url": reverse("referral", args=[case.pk])}
    again = [action(main, case)] if main.is_open else []
    return {"text": asked_for(sent_back), "says_what_lacks": True, "action": parts, "beside": again}


def can_go_on(choice: Choice) -> bool:
    """Whether its button leads to something to do: the step itself, or a page where one mends what it lacks."""
    return choice.is_open or bool(choice.step.page) or bool(mended_by_oneself(choice))


def mended_by_oneself(choice: Choice) -> str:
    """The name of the address where one mends the first lack that is one's own to mend; empty where there is none."""
    return next((lack.need.mended_at for lack in choice.missing if lack.need.mended_by in choice.actors), "")


def worked_towards(mine: list[Choice], main: Choice | None, turns: list[Turn]) -> Choice | None:
    """The closed step to show with its needs. One with a page of its own shows them there.

    Not one that somebody else is waited for in, nor its other answers: it can be taken, though not by the asker yet.
    """
    waited_for = {turn.step for turn in turns}
    away = {*WAYS_OUT, *waited_for, *(other for step in waited_for for other in STEPS[step].instead)}
    closed = [c for c in mine if not c.is_open and c is not main and c.step.id not in away and not c.step.page]
    return next((c for c in closed if c.step.end), closed[0] if closed else None)


def foremost(mine: list[Choice], turns: list[Turn], who: Who) -> Choice | None:
    """The step that is one's own turn; without a turn, the first that is open and leads on."""
    by_step = {c.step.id: c for c in mine}
    for turn in turns:
        if is_mine(turn, who) and turn.step in by_step:
            return by_step[turn.step]
    if rests(turns):
        return None
    leading = [c for c in mine if c.is_open and c.step.id not in WAYS_OUT and not c.step.is_quiet]
    return next((c for c in leading if c.step.id not in ("disclose", "sign_consent", "offer")), None)


def instead_of(main: Choice, mine: list[Choice]) -> list[Choice]:
    """The other answers where the turn is to choose, as no to an offer; an end where the consent is gone."""
    others = ("cancel",) if main.step.id == "sign_consent" else main.step.instead
    return [c for c in mine if c.step.id in others and c.is_open]


def action(choice: Choice, case: Case) -> dict[str, str]:
    """Where the button leads: the step's own page, what must be mended first, or the generic page."""
    if choice.step.page == "meeting":  # what lacks for one besked may be there for another
        return {"label": "Öppna mötet", "url": reverse("meeting", args=[case.pk])}
    if mend := mended_by_oneself(choice):
        return {"label": "Fortsätt", "url": mending_url(mend, case.pk)}
    if choice.step.page == "consent":
        return {"label": "Skriv nytt samtycke", "url": new_consent_url(case.pk)}
    url = (
        reverse(choice.step.page, args=[case.pk])
        if choice.step.page
        else reverse("step", args=[case.pk, choice.step.id])
    )
    return {"label": choice.step.way_in or choice.step.label_in(case), "url": url}


def counted(choice: Choice) -> str:
    """How far it is: "Fyra saker ska vara på plats. Ingen är klar."."""
    words = ("Ingen", "En", "Två", "Tre", "Fyra", "Fem", "Sex")
    total, done = len(choice.lacks), len(choice.lacks) - len(choice.missing)
    things = "sak" if total == 1 else "saker"
    return f"{words[total]} {things} ska vara på plats. {words[done]} är {'klara' if done > 1 else 'klar'}."


def waiting_text(case: Case, turn: Turn | None, who: Who) -> str:
    """Whom it waits for stands in the tag, and by when in the person bar; only the queue needs words of its own."""
    told = "Du" if who.user_id == case.caseworker_id else "Handläggaren"
    return "" if turn or begins_words(case) else f"{told} får veta direkt när en plats erbjuds."


def vacant(since: date, who: Who) -> dict[str, Any]:
    """The coordinator is waited for, who says whom a place is offered that has been free *since* (``words.is_vacant``)."""
    keeps_queue = who.role == Role.COORDINATOR
    decides = "Du" if keeps_queue else "Samordnaren"
    return {
        "yours": keeps_queue,
        "who": "" if keeps_queue else "samordnaren",
        "heading": OFFER_VACANT,
        "text": f"En plats är ledig sedan {since}. {decides} bestämmer vem som erbjuds den.",
        "action": {"label": "Kö och platser", "url": reverse("queue")} if keeps_queue else None,
    }


# Who carries a protected person's case and is not named to read it: which part, who else names, and the other way out.
UNREAD = {
    Role.SUPERVISOR: ("handledare", Role.COORDINATOR, "Samordnaren", "byt handledare", "byter handledare"),
    Role.CASEWORKER: (
        *("handläggare", Role.REPRESENTATIVE, "Enhetens representant"),
        *("lämna över till en kollega", "lämnar över till en kollega"),
    ),
}


def cannot_read(turn: Turn, readers: list[NamedReader]) -> bool:
    """Whether *turn* waits for somebody by name who is not among *readers*: they can neither do it nor be reminded (W5)."""
    return turn.user_id is not None and turn.role in UNREAD and turn.user_id not in {r.user_id for r in readers}


def unread_text(turn: Turn, who: Who) -> str:
    part, names, called, mend, mends = UNREAD[Role(turn.role)]
    way = f"Utse en läsare, eller {mend}." if who.role == names else f"{called} utser en läsare, eller {mends}."
    return f"{turn.user.name} är {part} men inte utsedd att läsa. {way}"  # type: ignore[union-attr]


def naming_action(turn: Turn, who: Who) -> dict[str, str] | None:
    """To naming a reader, for whoever names them in the unit that *turn* waits for."""
    if who.role != UNREAD[Role(turn.role)][1]:
        return None
    return {"label": "Utse läsare", "url": reverse("name_reader", args=[turn.case_id, turn.unit_id])}


def remind_action(case: Case, turn: Turn | None, who: Who) -> dict[str, str] | None:
    """A reminder, to be sent by those who keep the case together."""
    if turn is None or who.role not in NEAR_CASES:
        return None
    return {"label": "Påminn", "url": reverse("remind_actor", args=[case.pk, part_of(case, turn)]), "method": "post"}


def part_of(case: Case, turn: Turn) -> str:
    """The part that is waited for: a representative is the referring unit's, or another party's."""
    is_party = turn.role == Role.REPRESENTATIVE and turn.unit_id != case.referring_unit_id
    return str(Actor.PR) if is_party else turn.role


def other_actions(case: Case, mine: list[Choice], turns: list[Turn], who: Who) -> list[dict[str, str]]:
    """What else one can do here now, as links."""
    main = foremost(mine, turns, who)
    shown = [main, *instead_of(main, mine)] if main else []
    beside = [c for c in mine if c not in shown and c.is_open and not c.step.is_quiet and c.step.id != "sign_consent"]
    return [action(c, case) for c in beside if not (main and main.step.page == c.step.page == "meeting")]
