"""The world the matrix is walked in: the demo's, at a fixed moment, with one case that all kinds of user try.

Every text of the case carries a word that tells its category, so that a page cannot show it unseen.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from psycopg.types.json import Jsonb

from knutpunkten.access import middleware
from knutpunkten.activities.models import Placement
from knutpunkten.cases.models import Basis, Case, Level, Party
from knutpunkten.demo.cast import Cast, find_cast
from knutpunkten.documents.models import StoredFile
from knutpunkten.organisations.models import Membership, Unit, User
from knutpunkten.people.models import Person
from knutpunkten.protection.models import NamedReader
from knutpunkten.wall.tables import PROTECTED
from tests import seeded
from tests.builders import let_read
from tests.conftest import NAME, behind_the_wall

TUESDAY = date(2025, 11, 18)  # as in tests.demo.test_seed: the same world, made once
MOMENT = datetime(2025, 11, 18, 18, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
ALL = ["grund", "social", "halsa", "arbete", "arbetsmarknad", "planering"]
FIRST, LAST = "Kanarina", "Fågelbo"
# Of tables whose rows have no category of their own, the one that all their rows have (docs/access.md).
CATEGORY_OF = {
    "consents_consent": "grund",
    "meetings_decision": "grund",
    "meetings_notice": "grund",
    "queue_offer": "grund",
    "queue_answer": "grund",
    "first_meeting_servicedecision": "grund",
    "first_meeting_firstmeeting": "planering",
    "activities_attendance": "planering",
    "activities_placement": "planering",
    "plans_plan": "planering",
    "plans_goal": "planering",
    "plans_subgoal": "planering",
    "followup_followup": "planering",
    "closing_closing": "planering",
    "closing_onwardplan": "planering",
}


def canary(category: str) -> str:
    return f"Sjunger{category.upper()}"


@dataclass
class World:
    cast: Cast
    case: Case
    people: dict[str, User]
    arguments: dict[str, Any]

    def client(self, key: str) -> Client:
        client = Client(raise_request_exception=False)
        if key != "signed_out":
            client.force_login(self.people[key])
        return client


@contextmanager
def seeded_world(blocker: Any, patch: pytest.MonkeyPatch) -> Iterator[World]:
    """A copy of the demo's world in one open transaction, with the clock standing still in it."""
    name = f"{NAME}_matrix"
    connection.close()
    seeded.clone(seeded.seeded_template(TUESDAY), name)
    before, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    patch.setattr(timezone, "now", lambda: MOMENT)
    patch.setattr(middleware, "begin_as", partial(middleware.begin_as, at=MOMENT))
    with blocker.unblock():
        try:
            with transaction.atomic():
                with behind_the_wall():
                    world = make_world()
                yield world
                transaction.set_rollback(True)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
    seeded.drop(name)


def make_world() -> World:
    cast = find_cast()
    case = richest_case(cast)
    name_the_person(case)
    parties_of_every_kind(case, cast)
    people = {**cast.people, **more_people(case, cast)}
    sing(case)
    case.refresh_from_db()
    return World(cast, case, people, arguments(case, cast))


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def richest_case(cast: Cast) -> Case:
    """Johan's active case with Elin, and with most in its plan."""
    active = Case.objects.filter(
        state="active",
        programme=cast.knutpunkten,
        referring_unit=cast.unit("Försörjningsstöd"),
        supervisor=cast.elin,
        is_protected=False,
        mapped_at__isnull=False,
        plan_agreed_at__isnull=False,
        person__account__isnull=True,
    )
    return max(active, key=lambda case: rows("select count(*) from plans_subgoal where case_id = %s", case.pk))


def name_the_person(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(first_name=FIRST, last_name=LAST)


@contextmanager
def hidden_person(world: World) -> Iterator[None]:
    """The person of the case is protected, and Ulrika's unit has named her; afterwards all is as before."""
    with transaction.atomic():
        with behind_the_wall():
            Person.objects.filter(pk=world.case.person_id).update(protection=Person.Protection.MARKED)
            let_read(world.case, world.people["ulrika"])
            # The database's own clock runs on in set-up: those responsible read from today on.
            NamedReader.objects.filter(case=world.case).update(valid_from=TUESDAY)
        yield
        transaction.set_rollback(True)


def parties_of_every_kind(case: Case, cast: Cast) -> None:
    """One living consent for three, and one of each kind that does not live."""
    day, consent = TUESDAY, rows("select id from consents_consent where case_id = %s", case.pk)[0][0]
    Party.objects.filter(case=case, basis=Basis.CONSENT).delete()
    Party.objects.filter(case=case, basis=Basis.OWN).exclude(unit=case.referring_unit_id).delete()
    year, some = timedelta(days=90), ["grund", "arbete"]
    yesterday, tomorrow = day - timedelta(days=1), day + timedelta(days=1)
    for unit, categories, begins, ends, withdrawn in (
        ("Försörjningsstöd", ALL, day - year, day + year, None),
        ("Knutpunktsteamet", ALL, day - year, day + year, None),
        ("Arbetsförmedlingen", ALL, day - year, day + year, None),
        ("Öppenpsykiatrin", some, day - year, day + year, None),
        ("Smärtenheten", ALL, day - year, yesterday, None),
        ("Gamleby hälsocentral", ALL, tomorrow, day + year, None),
        ("Vuxenenheten", ALL, day - year, day + year, MOMENT - timedelta(hours=1)),
    ):
        Party.objects.create(
            case=case,
            person_id=case.person_id,
            unit=cast.unit(unit),
            basis=Basis.CONSENT,
            consent_id=consent,
            categories=categories,
            level=Level.TEXT,
            valid_from=begins,
            valid_until=ends,
            withdrawn_at=withdrawn,
            case_created_at=case.created_at,
        )


def more_people(case: Case, cast: Cast) -> dict[str, User]:
    """Those whom the demo has not: a closed account, one who left, a former party, the participant."""
    referring, region = cast.unit("Försörjningsstöd"), cast.unit("Smärtenheten").agency
    unit = Unit.objects.create(agency=region, name="Kuratorsenheten")
    made = {
        key: User.objects.create(email=f"{key}@matris.example", name=name, password="!", is_active=key != "closed")
        for key, name in (
            ("closed", "Cesar Lås"),
            ("left", "Lo Avgående"),
            ("former", "Fia Tidigare"),
            ("participant", f"{FIRST} {LAST}"),
        )
    }
    long_ago, common = date(2020, 1, 1), {"role": "caseworker", "unit": referring}
    Membership.objects.create(user=made["closed"], starts_on=long_ago, **common)
    Membership.objects.create(user=made["left"], starts_on=long_ago, ends_on=TUESDAY - timedelta(days=1), **common)
    Membership.objects.create(user=made["former"], role="representative", unit=unit, starts_on=long_ago)
    Party.objects.create(
        case=case,
        person_id=case.person_id,
        unit=unit,
        basis=Basis.OWN,
        level=Level.IDENTITY,
        valid_from=TUESDAY - timedelta(days=60),
        case_created_at=case.created_at,
    )
    Person.objects.filter(pk=case.person_id).update(account=made["participant"])
    return {**made, "amira": User.objects.get(email="amira@deltagare.example")}


def sing(case: Case) -> None:
    """Put the word of its category into every text of the case, disclosed as a step of the routine would leave it."""
    rows(
        "update cases_section set disclosed_at = %s, disclosed_by_id = saved_by_id where case_id = %s and key <> 'sent_back'",
        MOMENT,
        case.pk,
    )
    for pk, category, data in rows(
        "select id, category, data from cases_section where case_id = %s and disclosed_at is not null", case.pk
    ):
        rows(
            "update cases_section set data = %s where id = %s", Jsonb(with_word(json.loads(data), canary(category))), pk
        )
    for table, column in texts():
        category = "category" if table not in CATEGORY_OF else f"'{CATEGORY_OF[table]}'"
        rows(
            f'update "{table}" set "{column}" = left("{column}", 90) || \' Sjunger\' || upper({category})'
            f" where case_id = %s and \"{column}\" <> ''" + disclosed(table),
            case.pk,
        )


def disclosed(table: str) -> str:
    return "" if table in CATEGORY_OF else " and disclosed_at is not null"


def texts() -> list[tuple[str, str]]:
    """Every free text of the tables that a case's rows stand in."""
    of_case = {rule.table for rule in PROTECTED} & ({"meetings_knowledge", "plans_mappingarea"} | set(CATEGORY_OF))
    return [
        (table, column)
        for table, column in rows(
            "select table_name, column_name from information_schema.columns where table_schema = 'public' and data_type = 'text'"
        )
        if table in of_case
    ]


def with_word(data: Any, word: str) -> Any:
    """*data* with *word* after each sentence in it."""
    if isinstance(data, dict):
        return {key: with_word(value, word) for key, value in data.items()}
    if isinstance(data, list):
        return [with_word(value, word) for value in data]
    return f"{data} {word}" if isinstance(data, str) and data.count(" ") > 3 else data


def a_file(case: Case) -> StoredFile:
    """An investigation about health, disclosed."""
    return StoredFile.objects.create(
        case=case,
        author_unit_id=case.referring_unit_id,
        purpose=StoredFile.Purpose.INVESTIGATION,
        category="halsa",
        name=f"{canary('halsa')}.pdf",
        content_type="application/pdf",
        size=len(canary("halsa")),
        sha256="0" * 64,
        content=canary("halsa").encode(),
        uploaded_at=MOMENT,
        uploaded_by_id=case.caseworker_id,
        disclosed_at=MOMENT,
        disclosed_by_id=case.caseworker_id,
    )


def a_placement(case: Case) -> Placement:
    """An external internship under way."""
    return Placement.objects.create(
        case=case,
        author_unit_id=case.programme.team_id,
        kind=Placement.Kind.INTERNSHIP,
        setting=Placement.Setting.EXTERNAL,
        place=canary("planering"),
        contact=canary("planering"),
        from_on=TUESDAY,
        until_on=TUESDAY + timedelta(days=30),
        weekly_hours=8,
        weekdays=[1],
        recorded_at=MOMENT,
        recorded_by_id=case.supervisor_id,
    )


def arguments(case: Case, cast: Cast) -> dict[str, Any]:
    """What stands in the addresses: things that exist, of the case, its unit and its programme."""

    def one(statement: str, *values: Any) -> UUID:
        found = rows(statement, *values)
        return found[0][0] if found else uuid4()

    unit, programme = case.referring_unit_id, case.programme_id
    return {
        "case_id": case.pk,
        "file_id": a_file(case).pk,
        "placement_id": a_placement(case).pk,
        "unit_id": unit,
        "meeting_id": one("select id from meetings_meeting where programme_id = %s and starts_at > %s order by starts_at", programme, MOMENT),
        "booking_id": one("select b.id from visits_booking b where unit_id = %s order by id", unit),
        "slot_id": one("select id from visits_slot where programme_id = %s and starts_at > %s order by starts_at", programme, MOMENT),
        "session_id": one("select id from activities_session where programme_id = %s and on_date = %s order by id", programme, TUESDAY),
        "lineage": one("select lineage from plans_subgoal where case_id = %s order by id", case.pk),
        "document_id": one("select id from organisations_routinedocument order by id"),
        "reader_id": uuid4(),
        "item_id": uuid4(),
        "user_id": cast.johan.pk,
        "person_id": case.person_id,
        "key": "situation",
        "area": "social",
        "part": "utfall",
        "step": "follow_up",
        "actor": "CW",
        "token": "x",
        "provider_id": "x",
        "pk": 1,
        "object_id": str(cast.johan.pk),
        "content_type_id": 1,
        "app_label": "organisations",
        "url": "finns-inte",
    }  # fmt: skip
