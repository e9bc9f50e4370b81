"""The plain data each document takes, all of it JSON: dates are ÅÅÅÅ-MM-DD text, empty text is "".

None is said only where it can be None. The callers decide what the reader may see; a part that is not shared
keeps its heading (from the fixed list) and comes with `shared` False and no text.
"""

from typing import Literal, TypedDict


class Named(TypedDict):
    """The person a document is about; `number` as shown, ÅÅÅÅMMDD-NNNN."""

    name: str
    number: str


class Frame(TypedDict):
    """What every document has. `person` is None for someone with protected identity (W5)."""

    programme: str
    host: str
    case_number: str
    person: Named | None
    printed_on: str
    printed_by: str


class Answer(TypedDict):
    question: str
    answer: str


class Part(TypedDict):
    """One part of a form, with who wrote it and who disclosed it (W1)."""

    heading: str
    answers: list[Answer]
    shared: bool
    author: str
    author_unit: str
    written_on: str
    disclosed_by: str
    disclosed_on: str
    consent_from: str


class Reach(TypedDict):
    """How the person is reached: the heading of that part, "Så når vi Leif", and what is answered there."""

    heading: str
    answers: list[Answer]


class Sender(TypedDict):
    name: str
    role: str
    unit: str
    agency: str
    phone: str
    mail: str
    now: str  # whose case it is now; empty where it is still theirs


class Talk(TypedDict):
    on: str
    with_whom: str


class Visit(TypedDict):
    """The study visit (S2): its date and what the person decided after it, or why there was none."""

    on: str
    wish: str
    reason_without: str


class Criterion(TypedDict):
    """One criterion of the target group (L1), the answer in words, and the reason if it is not met."""

    criterion: str
    answer: str
    reason: str


class Contact(TypedDict):
    agency: str
    unit: str
    name: str
    phone: str
    about: str


class Enclosure(TypedDict):
    name: str
    about: str


class ConsultationReferral(Frame):
    """konsultationsremiss.typ (K2). `handed_over_on` is "" for a draft.

    Without `basic_shared` the reader has no part in *grund*: what stands there comes empty, and the paper says so.
    `reach` is None for someone with protected identity (W5). `talk`: with the own representative (S1, K1).
    `nothing_enclosed`: what stands where the reader sees no enclosures.
    """

    basic_shared: bool
    reach: Reach | None
    talk: Talk | None
    sender: Sender
    handed_over_on: str
    question: str
    own_words: str
    parts: list[Part]
    contacts: list[Contact]
    enclosures: list[Enclosure]
    nothing_enclosed: str


class Referral(ConsultationReferral):
    """remiss.typ (S4)."""

    visit: Visit
    own_will: str
    hours_ready: int | None
    target_group: list[Criterion]


class Withdrawn(TypedDict):
    """A consent, or one party's part of it, taken back: `how` follows the day, such as "per telefon"."""

    on: str
    how: str
    taken_by: str


# `refers`: whether it is the unit that has written the referral.
ConsentParty = TypedDict(
    "ConsentParty",
    {
        "agency": str,
        "unit": str,
        "refers": bool,
        "categories": list[str],
        "from": str,
        "until": str,
        "withdrawn": Withdrawn | None,
    },
)


class Guardian(TypedDict):
    """God man or förvaltare; `capacity` in words."""

    name: str
    capacity: str


class Reachable(TypedDict):
    name: str
    phone: str
    mail: str


class Signed(TypedDict):
    """What has been signed, or of which the person was informed: `given` says which, "Underskrivet" or "Informerad".

    `evidence` is a sentence, such as "Papperet är inskannat."
    """

    given: str
    on: str
    witness: str
    evidence: str


class HeadedText(TypedDict):
    heading: str
    text: str


class Controller(TypedDict):
    """Who is controller of the personal data, and how to reach their data protection officer."""

    name: str
    officer: str


class PrivacyNotice(TypedDict):
    """The privacy notice as it is printed on a page of its own: `version` with its day, such as "2, 2026-03-01"."""

    version: str
    texts: list[HeadedText]
    controller: Controller
    signed: Signed | None


_ConsentPeriod = TypedDict("_ConsentPeriod", {"from": str, "until": str})


class Consent(Frame, _ConsentPeriod):
    """samtycke.typ (W1, K2): the consent, and on a page of its own the privacy notice. None signed: lines.

    `mark` is a few signs that are others on every paper that says something else, such as "7K3F". `categories`: what each
    that is named means.
    """

    mark: str
    purpose: str
    legal_basis: str
    categories: list[HeadedText]
    parties: list[ConsentParty]
    guardian: Guardian | None
    notice: PrivacyNotice
    withdraw_to: Reachable
    signed: Signed | None
    withdrawn: Withdrawn | None


SubGoalState = Literal["ej påbörjat", "pågår", "klart", "utgår"]
# `late` in words, such as "försenat 9 dagar", "" where it is not.
SubGoal = TypedDict(
    "SubGoal", {"what": str, "who": str, "from": str, "to": str, "follow_up": str, "state": SubGoalState, "late": str}
)


class Goal(TypedDict):
    """`scale_now` and `scale_before` are 0–10; `area` is one line, such as "Arbete eller studier"."""

    own_words: str
    why: str
    area: str
    scale_now: int | None
    scale_before: int | None
    sub_goals: list[SubGoal]


class TookPart(TypedDict):
    name: str
    role: str


class WeekRow(TypedDict):
    day: str
    time: str
    what: str
    place: str


class Plan(Frame):
    """plan.typ (S14). `participation` says how the person took part; `agreed_on` is "" for a draft.

    `week` says which week the timetable is of, such as "v. 48", for its themes are new every week.
    `carried` is the sentence that says who shares it and under which consent (W1), "" for a draft.
    """

    version: int
    agreed_on: str
    next_follow_up: str
    supervisor: str
    participation: str
    goals: list[Goal]
    took_part: list[TookPart]
    week: str
    timetable: list[WeekRow]
    carried: str


class ClosingMeeting(TypedDict):
    on: str
    took_part: list[str]


class Onward(TypedDict):
    """The onward plan (S11) with its named receiver; `from_on` is the day they carry on from.

    `unit` is theirs, or where else they are and how to reach them.
    """

    receiver: str
    unit: str
    phone: str
    what: str
    from_on: str


class HandedOver(TypedDict):
    """When the report left; `to` is "" where the caseworker's unit had no part in it then."""

    on: str
    to: str


class FinalReport(Frame):
    """slutdokumentation.typ (S14). Without `onward`, `onward_exemption` says why there is none.

    `carried` as in Plan, "" until it is handed over.
    """

    started_on: str
    ended_on: str
    supervisor: str
    planned: bool | None
    why_early: str
    meeting: ClosingMeeting | None
    outcome: str
    result: str
    judgement: str
    suggestions: str
    own_words: str
    onward: Onward | None
    onward_exemption: str
    handed_over: HandedOver | None
    carried: str


class ContractSupervisor(TypedDict):
    name: str
    phone: str


class Contract(Frame):
    """kontrakt.typ (S9): the contract, and on a page of its own the privacy notice. None signed: lines."""

    start_on: str
    hours_per_week: int | None
    days: str
    content: str
    supervisor: ContractSupervisor
    terms: list[HeadedText]
    guardian: Guardian | None
    notice: PrivacyNotice
    signed: Signed | None
