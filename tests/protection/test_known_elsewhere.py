"""A number that another unit knows: whoever begins a case on it learns nothing of that, until the person has signed (W1, W5)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case, Party, Section
from knutpunkten.notices.models import Notice
from knutpunkten.people.models import Person
from knutpunkten.protection import actions
from knutpunkten.protection.models import NamedReader
from tests.builders import make_person
from tests.conftest import behind_the_wall, signed_in
from tests.referrals.filling import sign_consent

NUMBER = "198603139885"
PROTECTED = Person.Protection.HIDDEN


@pytest.fixture
def known(make_case: Callable) -> Callable:
    """Johan's unit has a case about the person under another name; protected or not."""

    def known(protection: str = Person.Protection.NONE, state: str = "active") -> Case:
        with behind_the_wall():
            person = make_person("Annan", "Hemlund", number=NUMBER, protection=protection)
        return make_case(state, person=person)

    return known


@pytest.fixture
def begun(cast: Any, sign_in: Callable) -> Callable:
    """Tove, of another agency, begins a case on the number: her browser, the case, and what she was answered with."""

    def begun(**more: str) -> tuple[Any, Case]:
        tove = sign_in(cast.tove)
        typed = {
            "programme": str(cast.knutpunkten.pk),
            "kind": "collaboration",
            "number": NUMBER,
            "first_name": "Nora",
            "last_name": "Fridh",
            "protection": "none",
            "phone": "070-174 06 40",
            **more,
        }
        answer = tove.post(reverse("new_referral"), {**typed, "confirm": "1", "is_checked": "1"})
        assert answer.status_code == 302
        with behind_the_wall():
            case = Case.objects.get(referring_unit=cast.tove.memberships.get().unit)
        return tove, case

    return begun


def without_ids(page: str, case: Case) -> str:
    """The page without what is drawn anew each time: ids, the case's number, tokens, nonces, and what the clock says."""
    page = page.replace(case.number, "NUMMER")
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", page)
    page = re.sub(r'(csrfmiddlewaretoken" value|nonce|data-token|data-sitting|data-idle)="[^"]*"', r"\1", page)
    return re.sub(r"[0-9]{2}:[0-9]{2}[0-9:.+]*", "KL", page)


def answers(begun: Callable) -> tuple[list[str], list[int]]:
    """What is answered to whoever begins the case, opens it, searches and asks who has read it; and in how many statements."""
    with CaptureQueriesContext(connection) as beginning:
        tove, case = begun()
    pages, statements = [], [len(beginning)]
    for name in ("referral", "case", "consent", "events", "case_reads"):
        with CaptureQueriesContext(connection) as asked:
            pages.append(without_ids(tove.get(reverse(name, args=[case.pk])).text, case))
        statements.append(len(asked))
    for wanted in ("Nora Fridh", "Hemlund", NUMBER):
        pages += [without_ids(tove.post(reverse("search"), {"q": wanted}).text, case)]
    assert case.number.startswith("S-")
    assert "Nora Fridh" in pages[1]
    return pages, statements


def the_step_ends() -> None:
    """What the database does as the transaction ends; a test's own never does."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints consent_protects immediate")


@pytest.mark.clause("W1", "W5")
@pytest.mark.parametrize("protection", [Person.Protection.NONE, PROTECTED])
def test_a_known_number_is_answered_as_an_unknown_one(known: Callable, begun: Callable, protection: str) -> None:
    before = transaction.savepoint_create()
    pages, statements = answers(begun)
    transaction.savepoint_rollback(before)
    known(protection)
    pages_of_known, statements_of_known = answers(begun)
    for page, page_of_known in zip(pages, pages_of_known, strict=True):
        assert page_of_known.splitlines() == page.splitlines()
    assert statements_of_known == statements


@pytest.mark.clause("W1")
def test_each_unit_reads_the_name_it_wrote(known: Callable, begun: Callable, cast: Any, sign_in: Callable) -> None:
    older = known()
    tove, newer = begun()
    johan = sign_in(cast.johan)
    for client, case, name, other in (
        (johan, older, "Annan Hemlund", "Fridh"),
        (tove, newer, "Nora Fridh", "Hemlund"),
    ):
        for page in (client.get(reverse("case", args=[case.pk])).text, client.get(reverse("cases")).text):
            assert name in page
            assert other not in page


@pytest.mark.clause("W5")
def test_with_the_persons_own_consent_the_case_learns_that_they_are_protected(
    known: Callable, begun: Callable, cast: Any, sign_in: Callable
) -> None:
    known(PROTECTED)
    tove, case = begun()
    sign_consent(tove, case, cast)
    the_step_ends()
    with behind_the_wall():
        now = Case.objects.get(pk=case.pk)
        assert (now.protection, now.number[:3]) == (PROTECTED, "KP-")
        assert not Party.objects.filter(case=case, is_protected=False).exists()
        assert "phone" not in Section.objects.get(case=case, key="person").data
        assert [r.user_id for r in NamedReader.objects.filter(case=case, ended_at=None)] == [cast.tove.pk]
    page = tove.get(reverse("case", args=[case.pk])).text
    assert now.number in page
    assert "Nora" not in re.sub(r"(?s)<details.*?</details>", "", page)


@pytest.mark.clause("W5")
def test_what_another_agency_writes_closes_the_case_here_first_when_the_person_has_signed_and_is_told_and_logged(
    known: Callable, begun: Callable, cast: Any, sign_in: Callable
) -> None:
    """Else a mistyped number would close a stranger's case."""
    older = known()
    tove, newer = begun(protection=PROTECTED)
    assert newer.number.startswith("KP-")
    karin = sign_in(cast.karin)
    assert karin.get(reverse("case", args=[older.pk])).status_code == 200
    sign_consent(tove, newer, cast)
    the_step_ends()
    assert karin.get(reverse("case", args=[older.pk])).status_code == 404
    assert sign_in(cast.johan).get(reverse("case", args=[older.pk])).status_code == 200
    assert "Personen har skyddade personuppgifter" in sign_in(cast.johan).get(reverse("inbox")).text
    with behind_the_wall():
        told = Notice.objects.filter(event="protected", case_id=older.pk).values_list("user__email", flat=True)
        assert set(told) == {cast.johan.email, cast.elin.email}
        entry = Entry.objects.of_case(older.pk).get(event="protected")
        assert (entry.user_id, entry.role, entry.detail) == (cast.tove.pk, "caseworker", {"which": PROTECTED})
        assert entry.address is not None


@pytest.mark.clause("W5")
def test_a_protection_that_nobody_else_has_heard_of_ends_in_its_own_case(
    begun: Callable, known: Callable, cast: Any
) -> None:
    older = known(PROTECTED)
    tove, case = begun(protection=PROTECTED)
    over = {"why": "mistake", "since": older.created_at.date().isoformat(), "has_looked": "on", "is_sure": "on"}
    assert tove.post(reverse("end_protection", args=[case.pk]), over).status_code == 302
    with behind_the_wall():
        assert not Case.objects.get(pk=case.pk).is_protected
        assert Case.objects.get(pk=older.pk).is_protected


@pytest.mark.clause("W5")
def test_what_another_unit_writes_down_later_does_not_reach_a_draft_without_consent(
    known: Callable, begun: Callable, cast: Any, sign_in: Callable
) -> None:
    older = known()
    tove, newer = begun()
    sign_in(cast.johan).post(reverse("protect", args=[older.pk]), {"protection": PROTECTED, "is_sure": "on"})
    with behind_the_wall():
        assert Case.objects.get(pk=older.pk).is_protected
        assert not Case.objects.get(pk=newer.pk).is_protected
    over = {"why": "mistake", "since": older.created_at.date().isoformat(), "has_looked": "on", "is_sure": "on"}
    answer = sign_in(cast.johan).post(reverse("end_protection", args=[older.pk]), over)
    assert answer.status_code == 302, answer.text
    with behind_the_wall():
        assert not Case.objects.get(pk=older.pk).is_protected
        assert not Entry.objects.of_case(newer.pk).filter(event="protection_ended").exists()
    assert "Nora Fridh" in tove.get(reverse("case", args=[newer.pk])).text


@pytest.mark.clause("W5")
def test_a_unit_that_says_so_itself_closes_its_case_and_reads_the_protection_it_wrote(
    known: Callable, begun: Callable
) -> None:
    known(PROTECTED)
    tove, case = begun()
    marked = Person.Protection.MARKED
    answer = tove.post(reverse("protect", args=[case.pk]), {"protection": marked, "is_sure": "on"})
    assert answer.status_code == 302
    with behind_the_wall():
        now = Case.objects.get(pk=case.pk)
        assert (now.is_protected, now.protection) == (True, marked)
        assert Person.objects.get(pk=case.person_id).protection == PROTECTED
    page = tove.get(reverse("case", args=[case.pk])).text
    assert "Sekretessmarkering" in page
    assert "Skyddad folkbokföring" not in page


@pytest.mark.slow("two connections that wait for each other")
def test_two_agencies_who_say_so_at_once_wait_for_each_other_and_both_are_answered(
    own_database: str, make_case: Callable, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each holds their own case, and what they say reaches the other's."""
    with behind_the_wall():
        person = make_person("Nora", "Fridh", number=NUMBER)
    cases = [make_case("active", person=person, caseworker=user) for user in (cast.johan, cast.tove)]
    for user, case in zip((cast.johan, cast.tove), cases, strict=True):
        assert signed_in(user).get(reverse("case", args=[case.pk])).status_code == 200
    meet = Barrier(2)
    of_person = actions.protect

    def protect_and_linger(*of: Any, **more: Any) -> None:
        of_person(*of, **more)
        with suppress(BrokenBarrierError):  # where the other waits already, nobody comes
            meet.wait(timeout=1)

    monkeypatch.setattr(actions, "protect", protect_and_linger)

    def say(user: Any, case: Case) -> int:
        try:
            client = signed_in(user)
            return client.post(
                reverse("protect", args=[case.pk]), {"protection": PROTECTED, "is_sure": "on"}
            ).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(say, (cast.johan, cast.tove), cases)] == [302, 302]
    with behind_the_wall():
        assert set(Case.objects.values_list("protection", flat=True)) == {PROTECTED}
