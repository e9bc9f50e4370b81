"""Vem har läst om mig?: the reviewer looks a person up by number, sees the log of them and nothing of their case (W4)."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry, Subject
from knutpunkten.organisations.models import Association, Membership, Role, User
from knutpunkten.people.models import Person
from knutpunkten.people.numbers import show_number
from tests.builders import NUMBERS, make_person
from tests.conftest import behind_the_wall

pytestmark = [pytest.mark.django_db, pytest.mark.clause("W4")]
KNOWN, UNKNOWN, HIDDEN = NUMBERS[210], NUMBERS[211], NUMBERS[212]
NOTHING = (
    "Du kan slå upp det som personal inom ditt samordningsförbund har läst och ändrat. Ingen av dem har läst eller"
    " ändrat något om någon med det numret, eller så är uppgifterna gallrade. Om ett annat förbund svarar dess granskare."
)


@pytest.fixture
def case(make_case: Any) -> Any:
    with behind_the_wall():
        amira = make_person("Amira", "Öqvist", KNOWN)
    return make_case("active", person=amira)


@pytest.fixture
def read_by(sign_in: Any) -> Any:
    """``read_by(cast.johan, case)``: they open its page, as it is opened."""

    def read_by(user: Any, case: Any) -> None:
        assert sign_in(user).get(reverse("case", args=[case.pk])).status_code == 200

    return read_by


def look_up(client: Client, number: str = KNOWN, why: str = "asked", **more: Any) -> Any:
    return client.post(reverse("look_up_person"), {"number": number, "why": why}, **more)


def words_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    found = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def another_reviewer(association: Any) -> User:
    with behind_the_wall():
        user = User.objects.create(email="ture@granskare.example", name="Ture Gran", password="!")
        Membership.objects.create(
            user=user, role=Role.REVIEWER, association=association, starts_on=timezone.localdate() - timedelta(days=9)
        )
    return user


def test_the_reviewer_sees_who_has_read_in_which_role_and_unit_when_and_what(case, cast, sign_in, read_by) -> None:
    read_by(cast.johan, case)
    read_by(cast.mats, case)
    assert sign_in(cast.helena).get(reverse("case", args=[case.pk])).status_code == 404
    lotta = sign_in(cast.lotta)
    assert reverse("look_up_person") in lotta.get(reverse("log_review")).text
    answer = look_up(lotta, f"{KNOWN[:8]}-{KNOWN[8:]}", follow=True)
    assert all(KNOWN[-4:] not in where for where, _ in answer.redirect_chain)
    told, today = words_of(answer), timezone.localdate()  # as it stands on paper too
    assert told.index(f"Mats Lindahl Representant, Arbetsförmedlingen Läste ärendet {today}") < told.index(
        f"Johan Wik Handläggare, Västerviks kommun, Försörjningsstöd Läste ärendet {today}"
    )
    assert "personen har frågat" in told
    assert f"Försök som nekades Vem Uppdrag Vad När {cast.helena.name} Representant, Försäkringskassan" in told
    for kept in ("Amira", "Öqvist", KNOWN[-4:], case.number):
        assert kept not in answer.text


def test_the_reviewer_sees_who_has_changed_apart_from_who_has_read(case, cast, sign_in, take, read_by) -> None:
    read_by(cast.mats, case)
    take(case, "hand_on", cast.johan, colleague=cast.sara.pk)
    lotta = sign_in(cast.lotta)
    read = look_up(lotta, follow=True)
    changed = lotta.get(f"{reverse('reviewed_person', args=[case.person_id])}?visa=andringar")
    assert [row.entry.who for row in read.context["rows"]] == ["Mats Lindahl"]
    assert [row.entry.what for row in changed.context["rows"]] == ["Lämnade över ärendet till en kollega"]
    told = words_of(changed)
    assert "Johan Wik Handläggare, Västerviks kommun, Försörjningsstöd Lämnade över ärendet" in told
    assert "Slog upp" not in told
    for kept in ("Amira", "Öqvist", case.number):
        assert kept not in changed.text


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\ufeff", "\u202c"])
def test_a_number_pasted_with_what_is_not_seen_is_the_number(unseen, case, cast, sign_in, read_by) -> None:
    read_by(cast.johan, case)
    pasted = f" {KNOWN[:8]}{unseen}–{KNOWN[8:]}{unseen}"
    assert look_up(sign_in(cast.lotta), pasted).status_code == 302


def test_what_the_same_person_read_several_times_within_an_hour_is_one_row_from_the_first_to_the_last(
    case, cast, sign_in, read_by
) -> None:
    for reader in (cast.johan, cast.mats, cast.johan, cast.johan):
        read_by(reader, case)
    first, day = (time(10, 5), time(10, 40), time(16, 20)), timezone.localdate()
    with behind_the_wall(), connection.cursor() as cursor:
        cursor.execute("alter table audit_entry disable trigger user")
        theirs = Entry.objects.of_person(case.person_id).filter(user_id=cast.johan.pk, event="read").order_by("at")
        for entry, clock in zip(list(theirs), first, strict=True):
            at = timezone.make_aware(datetime.combine(day - timedelta(days=1), clock))
            Entry.objects.filter(pk=entry.pk).update(at=at)
    answer = look_up(sign_in(cast.lotta), follow=True)
    rows = [(told.entry.who, told.times) for told in answer.context["rows"]]
    assert rows == [("Mats Lindahl", 1), ("Johan Wik", 1), ("Johan Wik", 2)]
    assert f"Läste ärendet (2 gånger) {day - timedelta(days=1)} 10:05–10:40" in words_of(answer)
    assert "Listor och dagordningar räknas inte" in answer.text
    assert "data-print" in answer.text


def test_that_a_person_was_looked_up_and_why_is_in_the_log_for_another_reviewer(case, cast, sign_in, read_by) -> None:
    read_by(cast.johan, case)
    lotta = sign_in(cast.lotta)
    assert "Välj varför du söker" in look_up(lotta, why="").text
    assert "Skriv personnumret eller samordningsnumret" in look_up(lotta, number="").text
    assert "numret stämmer inte" in look_up(lotta, KNOWN[:-1] + str((int(KNOWN[-1]) + 1) % 10)).text
    with behind_the_wall():
        assert not Entry.objects.filter(event="looked_up").exists()
    look_up(lotta, why="suspected")
    with behind_the_wall():
        row = Entry.objects.of_person(case.person_id).get(event="looked_up")
    assert (row.user_id, row.detail, row.case_ref, row.is_reading) == (
        cast.lotta.pk,
        {"what": "suspected"},
        None,
        False,
    )
    ture = sign_in(another_reviewer(cast.association))
    told = words_of(ture.get(reverse("reviewed_account", args=[cast.lotta.pk])))
    assert re.search(
        "Slog upp vem som har läst om en person: någon kan ha läst utan att behöva det person [0-9A-F]{8}", told
    )


def test_that_the_log_was_read_stands_on_the_persons_own_page_and_on_no_others(case, cast, sign_in, make_case) -> None:
    with behind_the_wall():
        account, other = (
            User.objects.create_user(f"{name}@person.example", name) for name in ("Amira Öqvist", "Bo Ek")
        )
        Person.objects.filter(pk=case.person_id).update(account=account)
        make_case("active", person=make_person("Bo", "Ek", account=other))
    sign_in(cast.johan).get(reverse("case", args=[case.pk]))
    look_up(sign_in(cast.lotta), why="suspected", follow=True)
    told = words_of(sign_in(account).get(reverse("own_reads")))
    assert "Samordningsförbundet, granskare Tog fram vilka som har läst om dig Läsning" in told
    assert "granskare" not in words_of(sign_in(other).get(reverse("own_reads")))
    with acting_as(cast.johan):
        assert not Entry.objects.filter(user_id=cast.lotta.pk).exists()


def test_the_page_opens_to_whoever_has_looked_the_person_up_that_day_alone(case, cast, sign_in, read_by) -> None:
    read_by(cast.johan, case)
    lotta, ture = sign_in(cast.lotta), sign_in(another_reviewer(cast.association))
    url = reverse("reviewed_person", args=[case.person_id])
    assert lotta.get(url).status_code == 404
    yesterday = timezone.now() - timedelta(days=1)
    with behind_the_wall(), connection.cursor() as cursor:
        cursor.execute(
            "insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, hat_id, role, person_ref, category, detail)"
            " values (gen_random_uuid(), %s, now(), 'looked_up', false, %s, %s, 'reviewer', audit_reference('person', %s), '', '{}')",
            [yesterday, cast.lotta.pk, cast.lotta.memberships.get().pk, case.person_id],
        )
    assert lotta.get(url).status_code == 404
    assert look_up(lotta).headers["Location"] == url
    assert lotta.get(url).status_code == 200
    assert ture.get(url).status_code == 404
    with behind_the_wall():
        assert Entry.objects.of_person(case.person_id).filter(event="read", user_id=cast.lotta.pk).count() == 1


def test_whoever_is_not_in_the_log_one_reviews_is_answered_as_a_number_of_nobodys(
    case, make_case, cast, sign_in, read_by
) -> None:
    """Known in another association, known and not read about, disposed of: in words, statements and time."""
    read_by(cast.johan, case)
    with behind_the_wall():
        other = Association.objects.create(name="Samordningsförbundet Annat")
    lotta, ture = sign_in(cast.lotta), sign_in(another_reviewer(other))
    look_up(lotta, KNOWN, follow=True)
    with behind_the_wall():
        make_person("Berta", "Oläst", HIDDEN)

    def answer(client: Client, number: str) -> tuple[Any, ...]:
        with CaptureQueriesContext(connection) as asked:
            answer = look_up(client, number)
        statements = [re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in asked.captured_queries]
        (seconds,) = [float(one["time"]) for one in asked.captured_queries if "reviewed_person" in one["sql"]]
        assert 0.06 <= seconds < 0.5
        return answer.status_code, words_of(answer).replace(show_number(number), "…").replace(number, "…"), statements

    for client in (lotta, ture):
        answer(client, UNKNOWN)  # so that all find the same things warm
    unknown = answer(lotta, UNKNOWN)
    assert f"Inget att visa för … {NOTHING}" in unknown[1]
    assert [answer(ture, UNKNOWN), answer(ture, KNOWN), answer(lotta, HIDDEN)] == [unknown] * 3
    assert look_up(lotta, KNOWN).status_code == 302
    with behind_the_wall():
        Subject.objects.filter(pk=case.person_id).delete()
    assert answer(lotta, KNOWN) == unknown
    assert lotta.get(reverse("reviewed_person", args=[case.person_id])).status_code == 404


def test_of_a_protected_person_the_page_says_what_it_says_of_others(case, make_case, cast, sign_in, read_by) -> None:
    with behind_the_wall():
        disa = make_person("Disa", "Fyr", HIDDEN)
    hidden = make_case("active", person=disa, protection=Person.Protection.HIDDEN)
    lotta, told = sign_in(cast.lotta), []
    for of, number in ((case, KNOWN), (hidden, HIDDEN)):
        read_by(cast.johan, of)
        page = look_up(lotta, number, follow=True)
        assert of.number not in page.text
        told.append(re.sub(r"[0-9A-F]{8}|\d\d:\d\d", "…", words_of(page)))
    assert told[0] == told[1]


def test_nobody_else_looks_anybody_up(case, cast, sign_in, read_by) -> None:
    read_by(cast.johan, case)
    for user in (cast.karin, cast.johan, cast.nadja, cast.bengt, cast.admin):
        assert look_up(sign_in(user)).status_code == 403
        with acting_as(user), connection.cursor() as cursor:
            cursor.execute("select reviewed_person(%s)", [KNOWN])
            assert cursor.fetchone() == (None,), "nor does the database answer"
