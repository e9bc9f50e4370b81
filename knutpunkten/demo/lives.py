"""The way of a case, told as a story: from a draft to a closed case, in parts that a life is put together of."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from knutpunkten.cases.models import Case, Category
from knutpunkten.consents.rules import last_day
from knutpunkten.demo import acts
from knutpunkten.demo.cast import UNIT_OF
from knutpunkten.demo.people import NUMBERED, PEOPLE, Somebody
from knutpunkten.demo.texts import BACKGROUNDS, KNOWN, PLACE_REASONS, QUEUE_REASONS
from knutpunkten.demo.world import World, day_of, later, moment, working_day_at
from knutpunkten.meetings.models import Meeting
from knutpunkten.organisations.calendar import add_working_days, visit_days
from knutpunkten.organisations.models import CaseKind, Programme, User
from knutpunkten.people.models import Person

Telling = Generator[datetime]
Begun = Generator[datetime, None, Case]
# By unit, what it knows by category: the text, and what it can do.
Told = Mapping[str, Mapping[str, tuple[str, str]]]

ALL = [category.value for category in Category]
# What everybody at the table may read together; and what a party reads, by its unit, unless the story says otherwise.
TOGETHER = ["grund", "social", "arbetsmarknad", "planering"]
READS = {
    "Arbetsförmedlingen": [*TOGETHER, "arbete"],
    "Försäkringskassan": [*TOGETHER, "halsa"],
    "Öppenpsykiatrin": [*TOGETHER, "halsa"],
    "Smärtenheten": [*TOGETHER, "halsa"],
    "Gamleby hälsocentral": [*TOGETHER, "halsa"],
    "Försörjningsstöd": [*TOGETHER, "arbete"],
    "Vuxenenheten": TOGETHER,
}
REPRESENTATIVES = {
    "Försörjningsstöd": "nadja",
    "Vuxenenheten": "bosse",
    "Arbetsförmedlingen": "mats",
    "Försäkringskassan": "helena",
    "Öppenpsykiatrin": "ulrika",
    "Smärtenheten": "gun",
    "Gamleby hälsocentral": "siv",
}


@dataclass
class Life:
    """Whose case it is, in which programme, and who works in it."""

    world: World
    who: Somebody
    programme: Programme
    kind: CaseKind = CaseKind.COLLABORATION
    number: str = ""
    supervisor: str = "elin"
    is_protected: bool = False
    shorter: Mapping[str, date] = field(
        default_factory=dict
    )  # parties by name that the person gave fewer days: until when

    @property
    def caseworker(self) -> User:
        return self.world.cast.people[self.who.caseworker]

    @property
    def unit(self) -> str:
        return UNIT_OF[self.who.caseworker]

    @property
    def representative(self) -> User:
        return self.world.cast.people[REPRESENTATIVES[self.unit]]

    @property
    def coordinator(self) -> User:
        return self.world.cast.people["karin" if self.programme == self.world.cast.knutpunkten else "agneta"]

    @property
    def guide(self) -> User:
        return self.world.cast.people[self.supervisor]

    def pick(self, texts: Any) -> Any:
        """One of *texts*, always the same for the same person."""
        return texts[sum(map(ord, self.who.name)) % len(texts)]


def life_of(world: World, name: str, **fields: Any) -> Life:
    """The life of somebody in ``people.PEOPLE``."""
    programme = fields.pop("programme", world.cast.knutpunkten)
    return Life(world, PEOPLE[name], programme, number=NUMBERED[name], **fields)


# Before the meeting.


def drafted(life: Life, on: date) -> Begun:
    """A draft begun on *on*, with everything but the consent written two working days later."""
    at = moment(on, 9, 20)
    yield at
    case = acts.begin_draft(
        person=(life.who.first, life.who.last, life.number),
        programme=life.programme,
        kind=life.kind,
        reach=reach(life),
        user=life.caseworker,
        at=at,
        protection=Person.Protection.MARKED if life.is_protected else Person.Protection.NONE,
    )
    case.referring_unit = life.world.cast.unit(life.unit)
    at = later(at, 2, 13, 30)
    yield at
    parts = consultation_parts(life) if case.is_consultation else referral_parts(life, on)
    acts.write_parts(case, parts, user=life.caseworker, at=at)
    if life.who.enclosed:
        name, category = life.who.enclosed
        acts.enclose(case, name, category, life.who.name, user=life.caseworker, at=at)
    return case


def reach(life: Life) -> dict[str, str]:
    phone = "" if life.is_protected else life.who.phone
    language = life.who.language
    return {"phone": phone, "language": language, "interpreter": "yes" if language else "no"}


def referral_parts(life: Life, on: date) -> dict[str, dict[str, Any]]:
    """The referral as it was typed (S1, S3, S4, L1)."""
    back = BACKGROUNDS[life.who.background]
    visit = visit_days(on - timedelta(days=30), on - timedelta(days=1), 1, "odd")[-1].date
    parts: dict[str, dict[str, Any]] = {
        "talk": {"with_whom": life.representative.name, "on": on.isoformat(), "how": "phone"},
        "visit": {"made": "yes", "on": visit.isoformat(), "wish": "apply"},
        "own_words": {"words": life.who.words, "will": said(back.will, life), "hours": str(back.hours)},
        "target_group": {
            "has_addiction": "no",
            "open_with": open_with(life),
            "open_reason": "En till behövs för att komma vidare." if len(open_with(life)) < 2 else "",
            "need": said(back.need, life),
        },
        "situation": {
            "works": back.works,
            "living": back.living,
            "hinders": back.hinders,
            "possibilities": back.possibilities,
            "tried": back.tried,
            "means": [back.means],
            "since": (on - timedelta(days=400)).isoformat(),
        },
        "contacts": contacts(life),
        "question": {"question": life.who.question},
    }
    return parts


def consultation_parts(life: Life) -> dict[str, dict[str, Any]]:
    """The consultation referral as it was typed (K2)."""
    back = BACKGROUNDS[life.who.background]
    return {
        "voice": {"words": life.who.words},
        "present": {"living": f"{back.living} {back.works}", "health": back.hinders},
        "contacts": contacts(life),
        "question": {"question": life.who.question},
    }


def said(text: str, life: Life) -> str:
    return text.replace("{name}", "Personen" if life.is_protected else life.who.first)


def open_with(life: Life) -> list[str]:
    units = [life.world.cast.unit(unit) for unit in (life.unit, *life.who.with_)]
    return sorted({unit.agency.name for unit in units})


def contacts(life: Life) -> dict[str, str]:
    """A row for each unit around the person (S4)."""
    rows: dict[str, str] = {}
    units = (life.unit, *life.who.with_)
    for n, name in enumerate(units):
        unit = life.world.cast.unit(name)
        person = life.caseworker if n == 0 else life.world.cast.people[REPRESENTATIVES[name]]
        rows |= {f"agency-{n}": unit.agency.name, f"unit-{n}": unit.name, f"name-{n}": person.name}
        rows |= {f"phone-{n}": person.phone, f"about-{n}": ABOUT[name]}
    return {"rows": str(len(units)), **rows}


ABOUT = {
    "Arbetsförmedlingen": "Inskrivning och praktik",
    "Försäkringskassan": "Ersättning",
    "Öppenpsykiatrin": "Samtal och läkarkontakt",
    "Smärtenheten": "Smärtrehabilitering",
    "Gamleby hälsocentral": "Läkare och fysioterapi",
    "Försörjningsstöd": "Försörjning och planering",
    "Vuxenenheten": "Boendestöd",
}


def consented(life: Life, case: Case, at: datetime, *, until: date | None = None) -> Telling:
    """The consent drawn up, and signed the day after (S4, W1)."""
    yield at
    parties = {life.unit: ALL, life.programme.team.name: ALL}
    parties |= {unit: READS[unit] for unit in life.who.with_}
    signed_at = later(at, 1, 11)
    since = day_of(signed_at)
    until = until or last_day(since)
    named = acts.named(life.world, parties, life.shorter)
    acts.draw_up_consent(case, named, since=since, until=until, user=life.caseworker, at=at)
    yield signed_at
    acts.sign_consent(case, user=life.caseworker, at=signed_at)


def referred(life: Life, meeting: int, *, until: date | None = None) -> Begun:
    """From a draft to the agenda of meeting number *meeting*: announced at the one before, where that is done."""
    if not life.programme.announces:
        return (yield from referred_directly(life, meeting))
    before = life.world.meeting(meeting - 1, life.programme)
    on = working_day_at(day_of(before.starts_at) - timedelta(days=26))
    case = yield from drafted(life, on)
    yield from consented(life, case, later(moment(on, 9), 3), until=until)
    yield from handed_over(life, case, later(moment(on, 9), 5, 15, 10))
    yield from announced(life, case, before, later(moment(on, 9), 7, 8, 30))
    return case


def referred_directly(life: Life, meeting: int) -> Begun:
    """LIS: no announcing; handed over the hand-in days before the meeting, or three days ago at the latest (L10)."""
    ahead = life.world.meeting(meeting, life.programme)
    last = day_of(ahead.starts_at) - timedelta(days=life.programme.handin_days)
    on = working_day_at(min(last, add_working_days(life.world.today, -3)))
    case = yield from drafted(life, add_working_days(on, -8))
    yield from consented(life, case, moment(add_working_days(on, -4), 10))
    at = moment(on, 15)
    yield at
    acts.take(case, "hand_over_directly", life.caseworker, at)
    return case


def handed_over(life: Life, case: Case, at: datetime) -> Telling:
    yield at
    step = "hand_over_consultation" if case.is_consultation else "hand_over"
    acts.take(case, step, life.caseworker, at)


def announced(life: Life, case: Case, meeting: Meeting, at: datetime) -> Telling:
    if life.is_protected:
        yield at - timedelta(minutes=30)
        named(life, case, life.unit, life.representative, at - timedelta(minutes=30))
    yield at
    acts.read(case, life.representative, at, "referral")
    step = "announce_consultation" if case.is_consultation else "announce"
    acts.take(case, step, life.representative, at, meeting=str(meeting.pk))
    if life.is_protected:
        yield from read_elsewhere(life, case, later(at, 1, 10))


def read_elsewhere(life: Life, case: Case, at: datetime) -> Telling:
    """Each unit that is asked by the number of a protected person's case names its reader, as does the team (W5)."""
    yield at
    for unit in life.who.with_:
        named(life, case, unit, life.world.cast.people[REPRESENTATIVES[unit]], at)
    named(life, case, life.programme.team.name, life.coordinator, at)


def named(life: Life, case: Case, unit: str, user: User, at: datetime) -> None:
    """*user* reads it themself."""
    reason = "Tar emot ärendet för enheten"
    acts.name_reader(case, user, at, reads=user, unit=life.world.cast.unit(unit), reason=reason)


def answered(life: Life, case: Case, at: datetime, told: Told | None = None, but: tuple[str, ...] = ()) -> Telling:
    """The parties answer from *at*, one an hour: what *told* says, else the usual. Those in *but* keep silent."""
    for unit in life.who.with_:
        if unit in but:
            continue
        yield at
        category, texts = KNOWN[unit]
        known = told[unit] if told and unit in told else {category: life.pick(texts)}
        acts.answer(case, life.world.cast.people[REPRESENTATIVES[unit]], at, known)
        at += timedelta(hours=1)
    if life.unit == "Försörjningsstöd" and told and life.unit in told:
        yield at
        acts.answer(case, life.representative, at, told[life.unit])


def gathered(life: Life, case: Case, meeting: int) -> Telling:
    """Every party answers in good time before a meeting that has been."""
    yield from answered(life, case, moment(add_working_days(life.world.meeting_day(meeting, life.programme), -6), 9))


# What the meeting gives.


def decided(life: Life, case: Case, meeting: int, step: str, **typed: Any) -> Telling:
    """The group's decision, and the besked from the representative to the caseworker (S7)."""
    ahead = life.world.meeting(meeting, life.programme)
    at = life.world.turn_at(ahead)
    yield at
    reasons = {"admit": PLACE_REASONS, "queue": QUEUE_REASONS}.get(step, ("",))
    due = add_working_days(day_of(at), 10)
    data = {"reason": life.pick(reasons), "responsible": str(life.representative.pk), "due_on": due, **typed}
    acts.take(case, step, life.coordinator, at, **data)
    yield from told_of(life, case, moment(day_of(at), 14, 30))


def told_of(life: Life, case: Case, at: datetime) -> Telling:
    yield at
    acts.take(case, "give_notice", life.representative, at, how="phone")
    at = later(at, 1, 9, 45)
    yield at
    acts.take(case, "confirm_notice", life.caseworker, at)


def offered(life: Life, case: Case, at: datetime) -> Telling:
    """The free place is offered to the first in the queue (S8)."""
    yield at
    acts.take(case, "offer", life.coordinator, at)


def accepted(life: Life, case: Case, at: datetime) -> Telling:
    yield at
    acts.take(case, "accept", life.caseworker, at)


def declined(life: Life, case: Case, at: datetime, reason: str) -> Telling:
    yield at
    acts.take(case, "decline", life.caseworker, at, reason=reason)
