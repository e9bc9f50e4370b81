"""The routine's own words on the screen: what happened, where the case stands, whose turn it is."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from knutpunkten.access.who import Who
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Answer, Case, Category, State, Turn
from knutpunkten.organisations.models import Role
from knutpunkten.plans.models import SubGoal
from knutpunkten.routine.event_words import EVENTS, opened_unseen
from knutpunkten.routine.step import Actor
from knutpunkten.routine.table import STEPS
from knutpunkten.routine.withdrawal import begins_words

ATTENDANCE = ("enrolled", "unenrolled", "attendance", "attendance_undone")
# Saved while one writes, or each morning, so many times over: in the audit, but not in the case's story.
UNTOLD = ("wrote", "knowledge_saved", "mapping_saved", "plan_saved", "closing_saved", *ATTENDANCE)
# Told while the person is protected; afterwards only to the unit that referred them: that one has been is nobody else's.
OF_PROTECTION = ("protected", "protection_ended", "reader_named", "reader_ended")

# About one sub-goal, which those who read the plan are told by its own words.
OF_SUB_GOALS = ("sub_goal_marked", "sub_goal_reminded")

# Which filter an event stands under.
KINDS = {
    "besked": (
        "admit",
        "queue",
        "return",
        "postpone",
        "give_notice",
        "confirm_notice",
        "offer",
        "accept",
        "decline",
        "take_back_offer",
    ),
    "delat": (
        "disclose",
        "sign_consent",
        "withdrawn",
        "hand_over",
        "hand_over_directly",
        "hand_over_consultation",
        "mapping_disclosed",
    ),
    "narvaro": ATTENDANCE,
}
READ = "last"
FILTERS = (("", "Alla"), ("besked", "Besked"), ("delat", "Delat"), ("narvaro", "Närvaro"), (READ, "Läst"))


def doer(entry: Entry, name: str | None) -> str:
    """Whose doing it was. A participant is not named: their account's name is the person's (W5)."""
    return "Personen själv" if entry.role == Role.PARTICIPANT else name or "Knutpunkten"


# Who was reminded, by the part they play.
WHOM = {
    Actor.CW: "handläggaren",
    Actor.REP: "representanten",
    Actor.PR: "parterna",
    Actor.CO: "samordnaren",
    Actor.SUP: "handledaren",
}


# To whom a case went on, by the event: which key of the log's detail holds the account, and the words with the name.
TAKERS = {
    "hand_on": ("caseworker", "lämnade över ärendet till {}"),
    "change_supervisor": ("supervisor", "utsåg {} till ny handledare"),
}


def taker_id(entry: Entry) -> str | None:
    """The account that a case went on to; None for what tells of no such thing."""
    key, _ = TAKERS.get(entry.event, ("", ""))
    return entry.detail.get(key)


# What somebody read, by what the page says it shows.
READ_WORDS = {
    "case": "ärendet",
    "events": "händelserna",
    "reads": "vem som har läst",
    "consent": "samtycket",
    "consent_pdf": "samtycket, som PDF",
    "referral": "remissen",
    "referral_pdf": "remissen, som PDF",
    "shared": "vad som har delats",
    "placement": "om arbetsträning eller praktik",
    "plan": "planen",
    "plan_pdf": "planen, som PDF",
    "mapping": "kartläggningen",
    "knowledge": "uppgifterna från parterna",
    "own_knowledge": "sin egen enhets formulär med uppgifter till mötet",
    "meeting": "ärendet inför mötet",
    "first_meeting": "om första mötet",
    "contract": "kontraktet, som PDF",
    "follow_up": "inför uppföljningen",
    "attendance": "det som står om närvaron",
    "closing": "slutdokumentationen",
    "report_pdf": "slutdokumentationen, som PDF",
    "file": "en bilaga",
    "files": "vilka bilagor som finns",
    "own_page": "Min sida",
    "own_reads": "vem som har läst",
}


def read_words(what: str) -> str:
    """What somebody read, in words that follow a name."""
    if what == "step":
        return "öppnade ett formulär i ärendet"
    return opened_unseen(what) or f"läste {READ_WORDS.get(what, 'ärendet')}"


def event_words(entry: Entry, taker: str | None = None, sub_goal: str | None = None) -> str:
    """What somebody did, in words that follow a name. *taker*: the name of ``taker_id``, where there is one.

    *sub_goal*: what the sub-goal is, to those who read the plan; who was reminded of it is for them too.
    """
    if entry.event in OF_SUB_GOALS:
        words = sub_goal_words(entry, sub_goal)
    else:
        words = closer_words(entry, taker) or EVENTS.get(entry.event, entry.event)
    on = entry.detail.get("orally_on")
    return f"{words}, muntligt {on}" if on else words


def sub_goal_words(entry: Entry, sub_goal: str | None) -> str:
    """What became of a sub-goal, or whom somebody reminded of it."""
    detail = entry.detail
    if sub_goal and entry.event == "sub_goal_reminded" and detail.get("agency"):
        return f"påminde {detail['agency']} om delmålet ”{sub_goal}”"
    words = EVENTS[entry.event]
    if sub_goal:
        words = words.replace("ett delmål", f"delmålet ”{sub_goal}”")
    is_marked = entry.event == "sub_goal_marked" and detail.get("state") in SubGoal.State
    return f"{words}: {SubGoal.State(detail['state']).label.lower()}" if is_marked else words


def closer_words(entry: Entry, taker: str | None) -> str:
    """What the log knows besides which event it was; empty where that says it all."""
    detail = entry.detail
    match entry.event:
        case "read":
            return read_words(str(detail.get("what")))
        case "hand_on" | "change_supervisor" if taker:
            return TAKERS[entry.event][1].format(taker)
        case "plan_begun" if detail.get("version") == 1:
            return "började skriva planen"
        case "disclose" if entry.category:
            return f"lämnade ut {Category(entry.category).label.lower()}"
        case "disclose" if detail.get("answer") == Answer.NOT_KNOWN:
            return "svarade: inte aktuell hos oss"
        case "note_unanswered" if detail.get("answer") == Answer.NOT_KNOWN:
            return "antecknade ett svar: inte aktuell där"
        case "remind" if detail.get("whom") in WHOM:
            return f"påminde {WHOM[detail['whom']]}"
        case "move_meeting":
            return moved_words(entry)
        case "withdrawn" if detail.get("parts") in ("one", "several"):
            return "tog emot att en del av samtycket är tagen tillbaka"
    return ""


def moved_words(entry: Entry) -> str:
    """From which day to which the case was moved, with its meeting or from it, or that the meeting will be after all; else empty."""
    if entry.detail.get("is_restored"):
        return "lät det inställda mötet bli av"
    before, day = entry.detail.get("day_before"), entry.detail.get("meeting")
    return f"flyttade dagen då ärendet tas upp från {before} till {day}" if before and day else ""


def state_words(case: Case) -> str:
    """The state as the person bar says it."""
    if case.state == State.QUEUED and case.offered_at:
        return "Erbjuden plats"
    return State(case.state).label


def is_mine(turn: Turn, who: Who) -> bool:
    """Whether *turn* waits for the one who asks, under the hat they wear."""
    answers = turn.is_protected and (turn.role, who.role) == (Role.REPRESENTATIVE, Role.CASEWORKER)
    in_part = turn.role == who.role or (answers and turn.case.referring_unit_id != who.unit_id)
    return in_part and turn.unit_id == who.unit_id and turn.user_id in (None, who.user_id)


def whose(turn: Turn) -> str:
    """Whom a turn (of ``turn_names.with_names``) waits for: "Johan Wik", or "Representanten, Öppenpsykiatrin"."""
    return named(turn) or part_of(turn.role, turn.unit.name)


def named(turn: Turn) -> str:
    """The name of whoever is waited for: the one the turn names, or the only one it can be; else empty."""
    return turn.user.name if turn.user is not None else turn.only or ""  # type: ignore[attr-defined]


def part_of(role: str, unit: str) -> str:
    """The part a turn waits for where nobody is named: "Samordnaren", "Representanten, Öppenpsykiatrin"."""
    return "Samordnaren" if role == Role.COORDINATOR else f"Representanten, {unit}"


def turn_words(found: Any) -> str:
    """Whose turn it is, of a case or a status that was asked with the names; empty for nobody's."""
    if is_vacant(found, found.vacant_since):
        return part_of(Role.COORDINATOR, "")
    if not found.turn_role:
        return ""
    words = found.turn_user_name or found.turn_only or part_of(found.turn_role, found.turn_unit_name)
    return and_more(words, found.turn_many)


def waited_for(turn: Turn) -> str:
    """The same inside a sentence: "Väntar på samordnaren"."""
    words = whose(turn)
    return words if named(turn) else words[:1].lower() + words[1:]


MORE = ("", "en", "två", "tre", "fyra", "fem")


def waited_for_among(turn: Turn, turns: list[Turn]) -> str:
    """The same with how many more are waited for in the same step: "Mats Lindahl och en till"."""
    return and_more(waited_for(turn), sum(other.step == turn.step for other in turns))


def and_more(words: str, many: int | None) -> str:
    """*words* for the first of as *many* as are waited for: "Mats Lindahl och en till"."""
    more = (many or 1) - 1
    return f"{words} och {MORE[more] if more < len(MORE) else more} till" if more else words


ANOTHER_PARTY = "en annan part"


def whom(turn: Turn, turns: list[Turn], case: Case, who: Who, *, knows_others: bool) -> str:
    """Whom *turn* waits for, as the bar and the box of the next step say it.

    *knows_others*: whether *who* may know which the parties are, and how many (S6).
    """
    if knows_others:
        return waited_for_among(turn, turns)
    return ANOTHER_PARTY if is_of_another_party(turn.role, turn.unit_id, case, who) else waited_for(turn)


def is_of_another_party(role: str, unit_id: UUID | None, case: Case, who: Who) -> bool:
    """Whether a turn waits for a party that neither refers nor is one's own unit."""
    return role == Role.REPRESENTATIVE and unit_id not in (case.referring_unit_id, who.unit_id)


# A place is free, and is offered to nobody by itself: those it was offered to have declined it (S8).
OFFER_VACANT = "Erbjud en ledig plats"


def is_vacant(case: Any, since: datetime | None) -> bool:
    """Whether *case* waits for the coordinator to say who is offered a place, since there is one to give (*since*)."""
    return since is not None and case.next_step == "offer"


def is_ones_own(turns: list[Turn], case: Case, who: Who, vacant_since: datetime | None) -> bool:
    """Whether *case* waits for the one who asks, as the bar and the road say it. *vacant_since*: as ``is_vacant``."""
    keeps_queue = who.role == Role.COORDINATOR
    return any(is_mine(turn, who) for turn in turns) or (keeps_queue and is_vacant(case, vacant_since))


def next_words(case: Case, step_id: str, vacant_since: datetime | None = None) -> str:
    """The next step in words; what a case waits for when it waits for nobody. *vacant_since*: as ``is_vacant``."""
    if begins := begins_words(case):
        return begins
    if is_vacant(case, vacant_since):
        return OFFER_VACANT
    if step_id in STEPS:
        return STEPS[step_id].what_in(case)
    return {
        State.RETURNED: "Ta upp igen, eller avbryt",
        State.CLOSED: "Inget, ärendet är avslutat",
        State.CANCELLED: "Inget, ärendet är avbrutet",
    }.get(State(case.state), "Inget just nu")


def person_bar(
    case: Case,
    name: str,
    turns: list[Turn],
    who: Who,
    today: date,
    url: str = "",
    *,
    knows_others: bool = True,
    vacant_since: datetime | None = None,
) -> dict[str, Any]:
    """The data of ``{% person_bar %}``: the same for everybody, but a turn of one's own stands first (W2).

    *knows_others*: whether *who* may know which the parties are, and how many. *vacant_since*: as ``is_vacant``.
    """
    mine = [turn for turn in turns if is_mine(turn, who)]
    turn = next(iter(mine or turns), None)
    without_turn = "samordnaren" if is_vacant(case, vacant_since) else ""
    protected = case.is_protected
    return {
        "name": name,
        "number": None if protected else case.person.number,
        "case_number": "" if protected else case.number,  # a protected person is called by it
        "state": state_words(case),
        "state_kind": "done" if case.state == State.CLOSED else "state",
        "next_step": next_words(case, turn.step if turn else case.next_step, vacant_since),
        "yours": is_ones_own(turns, case, who, vacant_since),
        "who": whom(turn, turns, case, who, knows_others=knows_others) if turn else without_turn,
        "due": turn.due_on if turn else None,
        "today": today,
        "protected": protected,
        "url": url,
    }
