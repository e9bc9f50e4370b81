"""The referral's parts, what is done of them, and what a reader may read (S1–S5, K1–K3, L1, L9)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from django.db.models import Q, QuerySet

from knutpunkten.access.who import Who
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import CLOSED_STATES, ORALLY, SAID_OF_IT, Case, Category, Section, State
from knutpunkten.cases.rules import visible_to
from knutpunkten.organisations.calendar import local_today, meeting_days
from knutpunkten.organisations.models import CaseKind, Contact, Membership, Programme, Role, User
from knutpunkten.organisations.rules import coordinators_of_all, stands_for_unit, without_representative
from knutpunkten.questions.remembered import remembered

COLLABORATION, CONSULTATION = CaseKind.COLLABORATION, CaseKind.CONSULTATION
BOTH = (COLLABORATION, CONSULTATION)
# A protected person's whereabouts are not kept in the system at all (W5).
WHEREABOUTS = ("phone", "mail", "address")


@dataclass(frozen=True)
class Piece:
    """The fields of a part that are about one thing, and so shared or not together: a section."""

    key: str
    category: Category
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One part of the referral, as the task list shows it. ``{whose}`` is the person, "Noras"."""

    key: str
    title: str
    hint: str
    pieces: tuple[Piece, ...]
    kinds: tuple[CaseKind, ...] = BOTH
    group: str = "together"
    is_optional: bool = False


PARTS: tuple[Part, ...] = (
    Part(
        "person",
        "Så når vi {name}",
        "Telefon, språk, tolk och god man",
        (Piece("person", Category.BASIC, ("phone", "mail", "address", "language", "interpreter", "guardian")),),
        group="",
        is_optional=True,
    ),
    Part(
        "talk",
        "Prata med din representant",
        "Vem pratade du med, och när?",
        (Piece("talk", Category.BASIC, ("with_whom", "on", "how")),),
        kinds=(COLLABORATION,),
        group="before",
    ),
    Part(
        "advice",
        "Prata med din representant",
        "För råd inför konsultationen. Valfritt.",
        (Piece("talk", Category.BASIC, ("with_whom", "on", "how")),),
        kinds=(CONSULTATION,),
        group="before",
        is_optional=True,
    ),
    Part(
        "visit",
        "Studiebesök",
        "Besöket kommer först, sedan bestämmer ni om ni söker",
        (Piece("visit", Category.BASIC, ("made", "booking", "on", "wish", "changed_mind", "reason")),),
        kinds=(COLLABORATION,),
        group="before",
    ),
    Part(
        "own_words",
        "{Whose} egna ord",
        "Vad vill {name} själv, och hur många timmar i veckan?",
        (Piece("own_words", Category.BASIC, ("words", "will", "hours", "hours_reason")),),
        kinds=(COLLABORATION,),
    ),
    Part(
        "voice",
        "{Whose} egna ord",
        "Vad vill {name} själv få ut av konsultationen?",
        (Piece("own_words", Category.BASIC, ("words",)),),
        kinds=(CONSULTATION,),
    ),
    Part(
        "target_group",
        "Målgruppen",
        "Ålder, samverkansbehov och pågående beroende",
        (
            Piece("target_group", Category.BASIC, ("age", "age_reason", "open_with", "open_reason", "need")),
            Piece("addiction", Category.HEALTH, ("has_addiction", "addictions", "addiction_reason")),
        ),
        kinds=(COLLABORATION,),
    ),
    Part(
        "situation",
        "Nuläge",
        "Vad fungerar, vad hindrar och vad är prövat?",
        (
            Piece("situation", Category.SOCIAL, ("works", "living", "means", "since")),
            Piece("obstacles", Category.HEALTH, ("hinders",)),
            Piece("possibilities", Category.LABOUR, ("possibilities",)),
            Piece("tried", Category.WORK, ("tried",)),
        ),
        kinds=(COLLABORATION,),
    ),
    Part(
        "present",
        "Nuläge",
        "Hur ser det ut nu, och vad behöver gruppen veta?",
        (
            Piece("situation", Category.SOCIAL, ("living",)),
            Piece("obstacles", Category.HEALTH, ("health",)),
        ),
        kinds=(CONSULTATION,),
    ),
    Part(
        "contacts",
        "Kontakter med myndigheter",
        "Alla kända kontakter, inte bara de som är öppna nu",
        (Piece("contacts", Category.BASIC, ("rows",)),),
    ),
    Part(
        "question",
        "Frågeställning",
        "En tydlig fråga till gruppen",
        (Piece("question", Category.BASIC, ("question",)),),
    ),
)

KEYS = sorted({piece.key for part in PARTS for piece in part.pieces})


def parts_of(case: Case) -> list[Part]:
    """The parts of the case's kind of referral, in order, with how to reach the person first."""
    return [part for part in PARTS if case.kind in part.kinds]


def part_of(case: Case, key: str) -> Part | None:
    """The part called *key* in the case's kind of referral; None where there is none."""
    return next((part for part in parts_of(case) if part.key == key), None)


def numbered(case: Case) -> list[Part]:
    """The parts that the task list numbers from 1: all but how to reach the person."""
    return [part for part in parts_of(case) if part.group]


def next_part(case: Case, part: Part) -> Part | None:
    """The part after *part* in the task list; None after the last."""
    return next((after for before, after in pairwise(numbered(case)) if before == part), None)


def whose(name: str) -> str:
    """The genitive: Noras, Jens, Knutpunkten LIS."""
    return name if name.lower().endswith(("s", "x", "z")) else f"{name}s"


def about(text: str, case: Case) -> str:
    """*text* with the person in it: ``{name}``, ``{whose}``, and ``{Whose}`` first in a sentence."""
    name = case.name_in_text
    owner = whose(name)
    first = owner[:1].upper() + owner[1:]
    return text.replace("{name}", name).replace("{whose}", owner).replace("{Whose}", first)


# How far it has come.


def sections_of(case: Case) -> dict[str, Section]:
    """What the writer's own unit has written of the referral, by key. One statement."""
    return {
        s.key: s for s in Section.objects.filter(case=case, key__in=[*KEYS, *SAID_OF_IT]).select_related("saved_by")
    }


def is_done(part: Part, sections: dict[str, Section]) -> bool:
    """Whether every section of the part was saved without anything to mend."""
    return all(piece.key in sections and sections[piece.key].is_done for piece in part.pieces)


def is_begun(part: Part, sections: dict[str, Section]) -> bool:
    return any(piece.key in sections and any(sections[piece.key].data.values()) for piece in part.pieces)


def lacking_parts(cases: Iterable[Case], today: date) -> dict[UUID, list[str]]:
    """By case, the titles of the parts that must be filled in before handing over (S1, S4, K2, L9).

    One statement for all cases; none for no cases.
    """
    cases = list(cases)
    if not cases:
        return {}
    done: dict[UUID, set[str]] = defaultdict(set)
    for case_id, key in finished([c.pk for c in cases]):
        done[case_id].add(key)
    return {case.pk: [about(part.title, case) for part in unfinished(case, done[case.pk])] for case in cases}


@remembered
def finished(case_ids: list[UUID]) -> QuerySet[Section, tuple[UUID, str]]:
    """The cases' finished parts: each as its case and key."""
    return Section.objects.filter(case__among=case_ids, key__in=KEYS, is_done=True).values_list("case_id", "key")


def unfinished(case: Case, done: set[str]) -> list[Part]:
    """The parts that must be filled in and are not, given the keys of the finished sections."""
    return [p for p in numbered(case) if not p.is_optional and not all(piece.key in done for piece in p.pieces)]


# Reading.


def sections_read(opened: OpenCase) -> dict[str, Section]:
    """The referral's sections that the reader may read, by key: own unit's, and disclosed under the consent.

    One statement. What stays hidden is not among them; whether there is anything is not told (W1).
    """
    found = sections_in(opened.case.pk, opened.who.holder, reads=opened.categories)
    return {section.key: section for section in found}


def referred_by(case: Case, sections: Mapping[str, Section]) -> User | None:
    """Who handed the referral in, by those of its *sections* that are read: None where none of them tells. Whose it is, of a draft."""
    if case.handed_over_at is None:
        return case.caseworker
    given = (section.disclosed_by for key, section in sections.items() if key in KEYS)
    return next((user for user in given if user), None)


@remembered
def sections_in(case_id: UUID, holder: UUID, *, reads: tuple[str, ...]) -> QuerySet[Section]:
    for_all_or_one = Q(only_for__isnull=True) | Q(only_for=holder)
    disclosed = Q(for_all_or_one, disclosed_at__isnull=False, category__in=reads)
    keys = [*KEYS, *SAID_OF_IT, "cancelled", ORALLY]
    found = Section.objects.filter(Q(author_unit=holder) | disclosed, case=case_id, key__in=keys)
    return found.select_related("saved_by", "author_unit__agency", "disclosed_by")


def nothing_enclosed(opened: OpenCase) -> str:
    """What stands where the reader sees no enclosures: to whom did not write it the same whether or not there are any (W1)."""
    if opened.case.referring_unit_id == opened.who.unit_id:
        return "Inget är bifogat."
    return "Inget är utlämnat." if opened.is_own else "Det finns inget här som din enhet får läsa."


def hidden_categories(opened: OpenCase) -> list[Category]:
    """The categories that the reader's unit has no part in, from the fixed list, whether there is anything or not."""
    if opened.case.referring_unit_id == opened.who.unit_id:
        return []
    return [c for c in Category if c not in opened.reads]


# Around it.


def representatives(case: Case, today: date) -> list[User]:
    """The representatives of the referring unit on the contact list; otherwise all the unit has (S1). At most two statements."""
    listed = Contact.objects.filter(programme=case.programme_id, kind=case.kind, unit=case.referring_unit_id)
    listed = listed.filter(stands_for_unit(today))
    people = [c.representative for c in listed.select_related("representative").order_by("representative__name")]
    return people or unlisted_representatives(case, today)


@dataclass(frozen=True)
class Receiver:
    """Who is given the referral: *name* in running text, and the coordinator where no representative has an account."""

    name: str
    stand_in: User | None = None


def receiver_of(case: Case, people: list[User], today: date) -> Receiver:
    """Of *people*, the unit's ``representatives``, the first; their coordinator stands in without an account (S13).

    At most two statements.
    """
    if people and not without_representative({case.referring_unit_id}, today):
        return Receiver(people[0].name)
    return Receiver("er representant", next(iter(coordinators(case.programme, today)), None))


def coordinators(programme: Programme, today: date) -> list[User]:
    """Those who run the programme. One statement."""
    return coordinators_of_all(today).get(programme.pk, [])


def unlisted_representatives(case: Case, today: date) -> list[User]:
    hats = Membership.objects.at(today).filter(
        role=Role.REPRESENTATIVE, unit=case.referring_unit_id, ends_on__isnull=True, user__is_active=True
    )
    return [hat.user for hat in hats.select_related("user").order_by("user__name")]


def next_meetings(programme: Programme, today: date) -> tuple[date, date] | None:
    """The last day to hand in, and the meeting it then comes up at; None if the year ahead has none."""
    days = meeting_days(today, today + timedelta(days=366), programme.meeting_weekday, programme.meeting_week)
    for marked in days:
        last = marked.date - timedelta(days=programme.handin_days)
        if last >= today:
            return last, marked.date
    return None


def open_case_of(who: Who, person_id: UUID, programme: Programme, kind: str, today: date) -> Case | None:
    """The unit's own open case of the same kind about the person in *programme*, if there is one."""
    return open_cases_of.first(who, today, person_id, programme.pk, kind=kind)


def known_otherwise(who: Who, number: str, name: str, today: date) -> Case | None:
    """The unit's latest case about the person with that number, where it has another name. One statement.

    Of the cases that *who* sees alone: of one that they do not see nothing is told, not even that it is (W1, W5).
    """
    own = visible_to(who, today).filter(person__number=number, referring_unit=who.unit_id)
    others = (case for case in own.order_by("-created_at") if case.person_name.casefold() != name.casefold())
    return next(others, None)


@remembered
def open_cases_of(who: Who, today: date, person_id: UUID, programme_id: UUID, *, kind: str) -> QuerySet[Case]:
    cases = visible_to(who, today).filter(person=person_id, programme=programme_id, kind=kind)
    return cases.filter(referring_unit=who.unit_id).exclude(state__in=CLOSED_STATES).order_by("pk")


def is_draft(case: Case) -> bool:
    return case.state == State.DRAFT


def is_draft_anew(case: Case) -> bool:
    """Whether the draft has been handed over before: it was sent back, or taken up again."""
    return is_draft(case) and case.state_since > case.created_at


@dataclass(frozen=True)
class SentBack:
    """That a referral was sent back to its caseworker: by whom and when, and what is asked for."""

    words: str  # Nadja Berg skickade tillbaka remissen 2026-11-30
    lacking: str
    written_down_by: str  # where the representative said it and has no account


def sent_back(case: Case, sections: Mapping[str, Section]) -> SentBack | None:
    """By the *sections* that are read, since the draft is one again: what was lacking before that has been mended."""
    said = sections.get("sent_back")
    if said is None or not is_draft(case) or said.saved_at < case.state_since:
        return None
    lacking, orally_by = said.data["lacking"], said.data.get("orally_by")
    if orally_by:
        words = f"{orally_by} skickade tillbaka remissen, muntligt {said.data['orally_on']}"
        return SentBack(words, lacking, said.saved_by.name)
    return SentBack(f"{said.saved_by.name} skickade tillbaka remissen {local_today(said.saved_at)}", lacking, "")
