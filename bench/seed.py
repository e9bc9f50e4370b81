"""Ten thousand cases straight into the tables, as the owner: the shape of a few years of real work.

No identity numbers are made up: the persons stand as "okänt nummer", with a reason.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models, transaction
from django.utils import timezone

from bench.floor.models import Row
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Basis, Case, Category, Level, Party, Section, Turn
from knutpunkten.consents.models import Consent
from knutpunkten.demo.cast import Cast
from knutpunkten.first_meeting.models import FirstMeeting, ServiceDecision
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import AgendaItem, Decision, Knowledge, Meeting, Notice
from knutpunkten.notices.models import Notice as News
from knutpunkten.organisations.models import CaseKind, User
from knutpunkten.organisations.swedish_order import sort_key
from knutpunkten.people.models import Person
from knutpunkten.plans.models import Goal, Plan, SubGoal
from knutpunkten.queue.actions import set_places
from knutpunkten.routine.facts import Facts, turn_facts
from knutpunkten.routine.step import ROLE_OF
from knutpunkten.routine.turns import name_foremost, waiting
from knutpunkten.visits.actions import plan_slots
from knutpunkten.wall.tables import PROTECTED

FIRST = (
    *(
        "Agnes",
        "Ahmed",
        "Alva",
        "Amira",
        "Anneli",
        "Bo",
        "Daniel",
        "Ebba",
        "Elsa",
        "Erik",
        "Fatuma",
        "Gunilla",
        "Hanna",
    ),
    *(
        "Hodan",
        "Ines",
        "Jonas",
        "Karl",
        "Leif",
        "Leyla",
        "Linnea",
        "Maja",
        "Nils",
        "Nora",
        "Olle",
        "Omar",
        "Per",
        "Rune",
    ),
    *("Samira", "Signe", "Sofie", "Sven", "Tomas", "Ulla", "Yusuf", "Åke", "Örjan"),
)
# Nine hundred surnames, the first of them common and the last rare, as surnames are.
LAST = tuple(
    f"{one}{other}"
    for other in (
        *(
            "berg",
            "ström",
            "gren",
            "lund",
            "qvist",
            "dahl",
            "holm",
            "mark",
            "stedt",
            "man",
            "bäck",
            "fors",
            "sjö",
            "näs",
        ),
        *(
            "vall",
            "hed",
            "ås",
            "torp",
            "kulla",
            "löv",
            "blad",
            "sten",
            "vik",
            "mo",
            "ek",
            "lind",
            "rot",
            "äng",
            "ö",
            "by",
        ),
    )
    for one in (
        *("Alm", "Asp", "Björk", "Boda", "Ceder", "Dal", "Ek", "Eld", "Fager", "Frid", "Grön", "Gull", "Hag", "Hall"),
        *("Hed", "Järn", "Kvarn", "Lill", "Ljung", "Lund", "Malm", "Norr", "Rönn", "Sand", "Skog", "Söder", "Vester"),
        *("Väst", "Åker", "Öster"),
    )
)
COMMONNESS = [1 / (rank + 10) for rank in range(len(LAST))]
STATES = (
    ("closed", 62),
    ("active", 18),
    ("queued", 5),
    ("placed", 5),
    ("announced", 4),
    ("handed_over", 3),
    ("returned", 3),
)
CASEWORKERS = ("johan", "sara", "disa", "kim", "arvid")
ALL = [category.value for category in Category]
BATCH = 1000


@transaction.atomic
def seed(cast: Cast, count: int, at: datetime) -> None:
    """*count* cases with persons, grounds, sections, knowledge, decisions, plans and a grown audit."""
    chance = random.Random(2026)
    meeting = Meeting.objects.create(
        programme=cast.knutpunkten,
        starts_at=at - timedelta(days=400),
        ends_at=at - timedelta(days=400) + timedelta(hours=2),
        place="Stadshuset",
        state=Meeting.State.HELD,
    )
    # The triggers would do row by row what is written in bulk here.
    written_by_trigger = ["cases_case", "cases_party", *(rule.table for rule in PROTECTED if rule.writes_ground)]
    with connection.cursor() as cursor:
        for table in written_by_trigger:
            cursor.execute(f"alter table {table} disable trigger user")
    for begin in range(0, count, BATCH):
        write([story(cast, n, chance, at, meeting) for n in range(begin, min(begin + BATCH, count))])
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        for table in written_by_trigger:
            cursor.execute(f"alter table {table} enable trigger user")
        cursor.execute(STATUSES)
        cursor.execute(SUBJECTS)
    read_often(cast, at)
    around_the_cases(cast, at)
    with connection.cursor() as cursor:
        cursor.execute("analyze")


# In the audit each case and person stands by a reference of its own; here that is the id, which saves a look-up each.
SUBJECTS = """
insert into audit_subject (id, kind, ref)
select id, 'case', id from cases_case union all select id, 'person', id from people_person
on conflict (id) do nothing
"""

STATUSES = """
insert into cases_status (case_id, number, kind, programme_id, referring_unit_id, team_id, state,
                          next_step, turn_role, turn_unit_id, turn_user_id, turn_since, due_on, is_protected)
select c.id, c.number, c.kind, c.programme_id, c.referring_unit_id, p.team_id, c.state,
       c.next_step, c.turn_role, c.turn_unit_id, c.turn_user_id, c.turn_since, c.due_on, c.is_protected
  from cases_case c join organisations_programme p on p.id = c.programme_id
on conflict (case_id) do nothing
"""


def write(stories: list[list[models.Model]]) -> None:
    """Bulk insert, table by table, in the order that foreign keys ask for."""
    order = (
        *(Person, Case, Consent, Party, Section, Knowledge, Decision, Notice),
        *(ServiceDecision, FirstMeeting, Plan, Goal, SubGoal, Turn, Entry),
    )
    rows = [row for story in stories for row in story]
    for model in order:
        model.objects.bulk_create([row for row in rows if type(row) is model], batch_size=2000)


def story(cast: Cast, n: int, chance: random.Random, at: datetime, meeting: Meeting) -> list[models.Model]:
    """One case with all that belongs to it."""
    begun = at - timedelta(days=chance.randrange(40, 900), minutes=n % 600)
    first, last = chance.choice(FIRST), chance.choices(LAST, COMMONNESS)[0]
    person = Person(
        number=None,
        kind=Person.Kind.UNKNOWN,
        unknown_reason="mätning",
    )
    state = chance.choices([s for s, _ in STATES], [w for _, w in STATES])[0]
    caseworker = chance.choice(writers(cast))
    case = Case(
        number=f"S-B-{n}",
        kind=CaseKind.COLLABORATION,
        programme=cast.knutpunkten,
        person=person,
        first_name=first,
        last_name=last,
        sort_key=sort_key(f"{last} {first}"),
        referring_unit_id=UNITS[caseworker.pk],
        caseworker=caseworker,
        created_at=begun,
        state=state,
        state_since=begun,
        handed_over_at=begun,
        supervisor=chance.choice((cast.elin, cast.peter, cast.ylva)) if state in ("active", "closed") else None,
    )
    milestones(case, n, begun, at)
    parties = grounds(case, cast, begun, at)
    named = [one for one in parties if isinstance(one, Party) and one.basis == Basis.CONSENT]
    facts = turn_facts(case, timezone.localdate(begun), named)
    turns = turns_of(facts, begun)
    name_foremost(facts, turns)
    return [person, case, *parties, *turns, *written(case, cast, begun, meeting), *read(case, cast, begun, chance)]


def writers(cast: Cast) -> list[User]:
    """The caseworkers who refer: five of the cast's, and those of the units that are there to be many."""
    return [user for key, user in cast.people.items() if key in CASEWORKERS or key.startswith("unit")]


UNITS: dict[UUID, UUID] = {}


def remember_units(cast: Cast) -> None:
    for user in cast.people.values():
        membership = user.memberships.first()
        if membership and membership.unit_id:
            UNITS[user.pk] = membership.unit_id


def milestones(case: Case, n: int, begun: datetime, at: datetime) -> None:
    day = timezone.localdate(begun)
    if case.state in ("placed", "queued", "returned", "active", "closed"):
        case.decided_at, case.notice_given_at = begun + timedelta(days=20), begun + timedelta(days=21)
        case.decision = {"queued": "queue", "returned": "return"}.get(case.state, "place")
    if case.state in ("placed", "active", "closed"):
        case.placed_at = case.decided_at
    if case.state in ("active", "closed"):
        case.notice_confirmed_at = case.notice_given_at
        case.allocated_at = begun + timedelta(days=25)
        case.first_meeting_at = begun + timedelta(days=30)
        case.started_on = case.service_decision_on = case.first_meeting_held_on = day
        case.contract_on = case.privacy_on = day
        case.mapped_at = case.plan_agreed_at = begun + timedelta(days=40)
        case.follow_up_on = timezone.localdate(at) + timedelta(days=n % 28 - 5)


def grounds(case: Case, cast: Cast, begun: datetime, at: datetime) -> list[Any]:
    day = timezone.localdate(begun)
    living = case.state != "closed"
    until = timezone.localdate(at) + timedelta(days=90) if living else day + timedelta(days=364)
    consent = Consent(
        case=case,
        author_unit_id=case.referring_unit_id,
        purpose="Samordnat stöd.",
        valid_from=day,
        valid_until=until,
        notice_version=1,
        signed_on=day,
        witness="NN",
        saved_at=begun,
        saved_by_id=case.caseworker_id,
    )
    shared = {"case": case, "person": case.person, "valid_from": day, "case_created_at": begun}
    rows = [
        Party(**shared, unit_id=case.referring_unit_id, basis=Basis.OWN, level=Level.IDENTITY),
        Party(**shared, unit=None, basis=Basis.SELF, level=Level.TEXT, categories=ALL),
    ]
    units = {case.referring_unit_id: ALL, cast.knutpunkten.team_id: ALL}
    units |= {
        cast.unit(name).pk: ["grund", "arbetsmarknad", "halsa"] for name in ("Arbetsförmedlingen", "Öppenpsykiatrin")
    }
    level = Level.NOTHING if case.state in ("handed_over", "returned") else Level.TEXT
    rows += [
        Party(
            **shared,
            unit_id=unit,
            basis=Basis.CONSENT,
            consent_id=consent.pk,
            categories=categories,
            level=level,
            valid_until=until,
            answer="disclosed",
        )
        for unit, categories in units.items()
    ]
    return [consent, *rows]


def turns_of(facts: Facts, begun: datetime) -> list[Turn]:
    case = facts.case
    return [
        Turn(
            case=case,
            number=case.number,
            programme_id=case.programme_id,
            step=step.id,
            role=ROLE_OF[wait.actor],
            unit_id=wait.unit_id,
            user_id=wait.user_id,
            since=begun,
            due_on=wait.on or timezone.localdate(begun) + timedelta(days=wait.days or 5),
            position=position,
        )
        for position, (step, wait) in enumerate(waiting(facts))
    ]


def written(case: Case, cast: Cast, begun: datetime, meeting: Meeting) -> Iterator[models.Model]:
    team = {"case": case, "author_unit_id": cast.knutpunkten.team_id}
    yield from told_of_it(case, cast, begun)
    if case.decision:
        yield from decided(case, cast, begun, meeting)
    if case.first_meeting_at:
        yield from beginning(case, team)
    if case.plan_agreed_at:
        yield from planned(case, team, begun)


def told_of_it(case: Case, cast: Cast, begun: datetime) -> Iterator[models.Model]:
    """The referral's parts, and what two of the parties know, all of it disclosed."""
    own = {"case": case, "author_unit_id": case.referring_unit_id}
    shared = {"disclosed_at": begun, "disclosed_by_id": case.caseworker_id, "disclosed_under": uuid4()}
    for key, category in (
        ("person", "grund"),
        ("own_words", "grund"),
        ("question", "grund"),
        ("contacts", "grund"),
        ("situation", "social"),
        ("obstacles", "halsa"),
        ("tried", "arbete"),
    ):
        data = {
            "text": "Vill arbeta igen, men vågar inte lova något än.",
            "own_words": "Jag vill jobba igen.",
            "question": "Hur kan vi stödja?",
        }
        yield Section(
            **own,
            **shared,
            key=key,
            category=category,
            data=data,
            is_done=True,
            saved_at=begun,
            saved_by_id=case.caseworker_id,
        )
    for name, category in (("Arbetsförmedlingen", "arbetsmarknad"), ("Öppenpsykiatrin", "halsa")):
        yield Knowledge(
            case=case,
            author_unit=cast.unit(name),
            category=category,
            text="Inskriven sedan 2024-08.",
            written_at=begun,
            written_by=cast.mats,
            disclosed_at=begun,
            disclosed_by=cast.mats,
            disclosed_under=uuid4(),
        )


def decided(case: Case, cast: Cast, begun: datetime, meeting: Meeting) -> Iterator[models.Model]:
    """What the group decided, and the besked of it."""
    decision = Decision(
        case=case,
        author_unit_id=cast.knutpunkten.team_id,
        meeting=meeting,
        which=case.decision,
        reason="Väl förberett.",
        what_would_change_it="Tydligare fråga.",
        decided_at=begun,
        decided_by=cast.karin,
    )
    yield decision
    confirmed = {"confirmed_at": begun, "confirmed_by_id": case.caseworker_id} if case.notice_confirmed_at else {}
    yield Notice(
        case=case,
        author_unit_id=case.referring_unit_id,
        decision=decision,
        text="Plats.",
        how="phone",
        given_at=begun,
        given_by=cast.nadja,
        **confirmed,
    )


def planned(case: Case, team: dict[str, Any], begun: datetime) -> Iterator[models.Model]:
    """A plan of three goals with three sub-goals each."""
    plan = Plan(
        **team,
        version=1,
        participation="Var med.",
        who_took_part="Alla.",
        agreed_on=timezone.localdate(begun),
        next_follow_up_on=case.follow_up_on,
        begun_at=begun,
        begun_by_id=case.supervisor_id,
    )
    yield plan
    for position in range(3):
        goal = Goal(**team, plan=plan, position=position, own_words="Jag vill orka hela förmiddagen", score=4)
        yield goal
        for place in range(3):
            yield SubGoal(
                **team,
                goal=goal,
                position=place,
                what="Fyra pass i veckan",
                responsible="Handledaren",
                due_on=timezone.localdate(begun),
            )


def beginning(case: Case, team: dict[str, Any]) -> Iterator[models.Model]:
    """The decision on the service, and the first meeting as it was held."""
    starts, day = case.first_meeting_at, case.first_meeting_held_on
    yield ServiceDecision(
        case=case,
        author_unit_id=case.referring_unit_id,
        decided_on=day,
        by_whom="Enhetschefen",
        own_reference="2026:17",
        recorded_at=starts,
        recorded_by_id=case.caseworker_id,
    )
    yield FirstMeeting(
        **team,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        place="Knutpunkten",
        invited=[{"name": "Nora Holm", "role": "handläggare", "user": str(case.caseworker_id)}],
        booked_at=starts,
        booked_by_id=case.supervisor_id,
        held_on=day,
        starts_on=day,
        weekly_hours=12,
        weekdays=[0, 2, 3],
        content="Kök och snickeri, med en lugn start.",
    )


def read(case: Case, cast: Cast, begun: datetime, chance: random.Random) -> Iterator[Entry]:
    """A grown audit: a dozen events and reads."""
    for n, event in enumerate(("begun", "sign_consent", "hand_over", "announce", *["read"] * 8)):
        yield Entry(
            at=begun + timedelta(days=n),
            recorded_at=begun,
            event=event,
            user_id=chance.choice((case.caseworker_id, cast.karin.pk)),
            role="caseworker",
            unit_id=case.referring_unit_id,
            is_reading=event == "read",
            case_ref=case.pk,
            person_ref=case.person_id,
            detail={"what": "case"},
        )


MANY_READINGS = 10_000


def read_often(cast: Cast, at: datetime) -> None:
    """One person of Elin's whose case has been opened ten thousand times."""
    case = Case.objects.filter(supervisor=cast.elin, state="active").order_by("number").first()
    assert case is not None
    readings = [
        Entry(
            at=at - timedelta(minutes=30 * n),
            event="read",
            is_reading=True,
            user_id=cast.elin.pk,
            role="supervisor",
            unit_id=cast.knutpunkten.team_id,
            case_ref=case.pk,
            person_ref=case.person_id,
            detail={"what": "case"},
        )
        for n in range(MANY_READINGS)
    ]
    Entry.objects.bulk_create(readings, batch_size=2000)


def around_the_cases(cast: Cast, at: datetime) -> None:
    """What the start page shows beside the cases: meetings and visits to come, places, and the latest news."""
    until = timezone.localdate(at) + timedelta(days=120)
    plan_meetings(programme=cast.knutpunkten, until=until, at=at)
    plan_slots(programme=cast.knutpunkten, until=until, at=at)
    set_places(programme=cast.knutpunkten, at=at)
    announced = Case.objects.filter(state="announced")[:20]
    meeting = Meeting.objects.filter(starts_at__gt=at).earliest("starts_at")
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting,
            case_id=case.pk,
            number=case.number,
            kind=case.kind,
            purpose=AgendaItem.Purpose.DECIDE,
            position=position,
        )
        for position, case in enumerate(announced)
    )
    News.objects.bulk_create(
        News(user=cast.karin, event="announce", case_id=case.pk, number=case.number, at=at) for case in announced
    )


def floor_rows(count: int, at: datetime) -> None:
    Row.objects.bulk_create(
        [
            Row(
                group=n % 100,
                name=f"{FIRST[n % len(FIRST)]} {n}",
                state="active",
                since=at - timedelta(minutes=n),
                due_on=timezone.localdate(at),
            )
            for n in range(count)
        ],
        batch_size=2000,
    )
