"""Bad input and bad luck: what is forged, late, doubled or at midnight gets no more than what is honest and in time."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from statistics import median
from threading import Barrier
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access import middleware
from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Basis, Case, Party
from knutpunkten.cases.rules import visible_to
from knutpunkten.consents.models import Consent
from knutpunkten.demo.cast import find_cast
from knutpunkten.documents.models import StoredFile
from knutpunkten.notices.models import Notice
from knutpunkten.routine import engine
from tests import builders
from tests.access.addresses import addresses, filled
from tests.conftest import behind_the_wall
from tests.documents.test_files import only_file, upload

STOCKHOLM = ZoneInfo("Europe/Stockholm")

# "Does not exist" and "not for you" are one answer.

# What differs between any two answers: the token in the forms, and how long the sitting lasts.
CHANGES = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|(nonce|data-[\w-]+)="[^"]*"'
    r"|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
)
SAVEPOINT = re.compile(r'"s\d+_x\d+"')  # each has a name of its own
PAGES = (
    "case",
    "events",
    "read_referral",
    "consent",
    "plan",
    "mapping",
    "knowledge",
    "upload_file",
    "withdraw_consent",
)


# What else an address of a case asks for; an id is one that nothing has.
ELSE = {
    "step": "close",
    "actor": "CW",
    "key": "situation",
    "area": "social",
    "part": "utfall",
    **{name: uuid4() for name in ("file_id", "unit_id", "meeting_id", "lineage", "reader_id", "placement_id")},
}


def answer(client: Any, url: str, method: str = "get") -> tuple[Any, ...]:
    """All that the one who asks can see of the answer, and each statement that it cost the database, but for its values."""
    asked: list[str] = []

    def listen(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(SAVEPOINT.sub("", sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        response = getattr(client, method)(url)
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    words = CHANGES.sub("", response.content.decode())
    return response.status_code, headers, words, asked


@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["helena", "siv", "peter", "agneta", "disa"])
def test_a_case_that_is_not_for_you_answers_as_one_that_does_not_exist(name: str, cast, make_case, sign_in) -> None:
    """Of another agency, of the same team, of another programme, and a colleague of a party's."""
    case, client = make_case("active"), sign_in(getattr(cast, name))
    client.get(reverse("case", args=[uuid4()]))  # the session's first request writes in it
    for page in PAGES:
        there, nowhere = reverse(page, args=[case.pk]), reverse(page, args=[uuid4()])
        assert answer(client, there) == answer(client, nowhere), page
    for step in ("close", "follow_up", "cancel", "allocate", "confirm_notice", "hand_on"):
        there, nowhere = reverse("step", args=[case.pk, step]), reverse("step", args=[uuid4(), step])
        for method in ("get", "post", "head", "put"):
            assert answer(client, there, method) == answer(client, nowhere, method), (step, method)


@pytest.mark.slow("every address of a case, by every method")
@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["helena", "peter", "disa"])
def test_nor_does_any_address_of_the_case_by_any_method(name: str, cast, make_case, sign_in) -> None:
    """With what a form would send and with nothing: of an agency without ground, of the same team, of a party's own."""
    case, client = make_case("active"), sign_in(getattr(cast, name))
    client.get(reverse("case", args=[uuid4()]))
    found = [where for where, _ in addresses() if "case_id" in where]
    assert len(found) > 30
    for where in found:
        there, nowhere = (filled(where, {**ELSE, "case_id": one}) for one in (case.pk, uuid4()))
        # Without a page's own method it is the same gate that answers, whoever asks.
        for method in ("get", "head", "post", "put") if name == "helena" else ("get", "post"):
            assert answer(client, there, method) == answer(client, nowhere, method), (method, where)


@pytest.mark.slow("asks the same three hundred times, to see through the machine's own unrest")
@pytest.mark.django_db
def test_nor_does_it_take_longer(cast, make_case, sign_in) -> None:
    """By the clock, the database's part included: of what is asked in turn, the middle difference is under a tenth."""
    case, client = make_case("active"), sign_in(cast.helena)

    def spent(url: str) -> float:
        began = time.perf_counter()
        client.get(url)
        return time.perf_counter() - began

    def pair(n: int) -> tuple[float, float]:
        """(there, nowhere), each first every other time: what comes second finds things warm."""
        there, nowhere = reverse("case", args=[case.pk]), reverse("case", args=[uuid4()])
        if n % 2:
            return spent(there), spent(nowhere)
        late = spent(nowhere)
        return spent(there), late

    for n in range(10):
        pair(n)
    pairs = [pair(n) for n in range(150)]
    difference = median(there - nowhere for there, nowhere in pairs)
    usual = median(nowhere for _, nowhere in pairs)
    assert abs(difference) < 0.1 * usual, (difference, usual)


# What is forged.


@pytest.mark.django_db
@pytest.mark.parametrize("page", [*PAGES, "case_reads", "closing", "follow_up", "referral"])
def test_a_forged_id_is_no_case(page: str, cast, sign_in) -> None:
    assert sign_in(cast.johan).get(reverse(page, args=[uuid4()])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "id", ["1", "S-2026-001", "19780411-2386", "00000000-0000-0000-0000-00000000000g", "%27%20or%201=1"]
)
def test_what_is_no_id_is_no_address(id: str, cast, sign_in) -> None:
    assert sign_in(cast.johan).get(f"/arenden/{id}/").status_code == 404


@pytest.mark.django_db
def test_another_cases_file_is_not_fetched_or_removed_through_ones_own_case(cast, make_case, sign_in) -> None:
    own, others = make_case("announced"), make_case("announced", caseworker=cast.tove)
    upload(sign_in(cast.tove), others)
    stored, johan = only_file(others), sign_in(cast.johan)
    assert johan.get(reverse("file", args=[own.pk, stored.pk])).status_code == 404
    assert johan.post(reverse("remove_file", args=[own.pk, stored.pk])).status_code == 404
    with behind_the_wall():
        assert StoredFile.objects.get(pk=stored.pk).removed_at is None


@pytest.mark.django_db
def test_a_party_is_not_withdrawn_by_a_unit_that_the_consent_does_not_name(cast, make_case, sign_in) -> None:
    case = make_case("active")
    forged = {"unit": str(cast.unit("Smärtenheten").pk), "which": str(cast.unit("Smärtenheten").pk), "how": "phone"}
    sign_in(cast.johan).post(reverse("withdraw_consent", args=[case.pk]), forged)
    with behind_the_wall():
        assert not Party.objects.filter(case=case, withdrawn_at__isnull=False).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["does-not-exist", "offer", "sweep", "sign_consent", "admit", "close"])
def test_a_forged_step_moves_nothing(step: str, cast, make_case, sign_in) -> None:
    """One that there is not, the system's own, another's, and one of another state."""
    case = make_case("announced")
    answered = sign_in(cast.nadja).post(reverse("step", args=[case.pk, step]), {"version": case.version})
    assert answered.status_code == 404
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).version == case.version


@pytest.mark.django_db
def test_a_replayed_form_is_taken_once(cast, make_case, sign_in) -> None:
    case = make_case("queued", notice_given_at=timezone.now())
    johan, url = sign_in(cast.johan), reverse("step", args=[case.pk, "confirm_notice"])
    first = johan.post(url, {"version": case.version})
    again = johan.post(url, {"version": case.version})
    assert first.status_code == 302
    assert again.status_code in (200, 302, 409)
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(event="confirm_notice").count() == 1
        assert Case.objects.get(pk=case.pk).version == case.version + 1


# A consent that cannot be, and one that is ending.


@pytest.mark.django_db
def test_a_consent_that_ends_before_it_begins_is_none_whoever_writes_it(cast, make_case) -> None:
    case = make_case("announced")
    today = timezone.localdate()
    with behind_the_wall():
        with pytest.raises(IntegrityError, match="consent_ends_after_it_begins"), transaction.atomic():
            Consent.objects.filter(case=case).update(valid_from=today, valid_until=today - timedelta(days=1))
        with pytest.raises(IntegrityError, match="a_ground_ends_after_it_begins"), transaction.atomic():
            Party.objects.filter(case=case, basis=Basis.CONSENT).update(
                valid_from=today, valid_until=today - timedelta(days=1)
            )


# The last day: in winter, in summer, and on the two days that are longer and shorter than others.
LAST_DAYS = (
    date(2026, 1, 15),
    date(2026, 7, 1),
    date(2026, 3, 28),
    date(2026, 3, 29),
    date(2026, 10, 24),
    date(2026, 10, 25),
)


@pytest.mark.django_db
@pytest.mark.parametrize("last", LAST_DAYS, ids=str)
def test_at_midnight_after_the_last_day_the_consent_is_over(last: date, cast, make_case) -> None:
    began = datetime(last.year, last.month, last.day, 9, tzinfo=STOCKHOLM) - timedelta(days=60)
    case = make_case("active", at=began, valid_until=last)
    midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), STOCKHOLM)
    for moment, sees in ((midnight - timedelta(minutes=1), True), (midnight, False)):
        assert timezone.localdate(moment) == (last if sees else last + timedelta(days=1))
        with acting_as(cast.mats, at=moment) as who:
            assert Case.objects.filter(pk=case.pk).exists() is sees  # the database by itself
        with acting_as(cast.mats, at=moment) as who, behind_the_wall():
            assert visible_to(who, timezone.localdate(moment)).filter(pk=case.pk).exists() is sees  # the views
        with acting_as(cast.johan, at=moment):
            assert Case.objects.filter(pk=case.pk).exists()  # who wrote it goes on seeing what they wrote


def test_two_withdrawals_at_once_are_one(own_database: str) -> None:
    """The person rings both the caseworker and the coordinator: it is done, and done once.

    The coordinator sees by the consent alone: if the caseworker was first, her ground has fallen with it.
    """
    cast = find_cast()
    with transaction.atomic(), behind_the_wall():
        case = builders.make_case(cast, "active")
    start = Barrier(2)

    def withdraw(user: Any) -> str:
        try:
            with acting_as(user) as who:
                start.wait(timeout=30)
                done = engine.withdraw_consent(
                    case.pk, unit_ids=None, how="phone", taken_by=user.name, by=who, at=timezone.now()
                )
            return "wrote" if done else "was done"
        except engine.NotYours:
            return "has no ground any more"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        johan, karin = pool.map(withdraw, (cast.johan, cast.karin))
    assert (johan, karin) in {("was done", "wrote"), ("wrote", "was done"), ("wrote", "has no ground any more")}
    with behind_the_wall():
        assert not Party.objects.filter(case=case, basis=Basis.CONSENT, withdrawn_at__isnull=True).exists()
        assert Entry.objects.of_case(case.pk).filter(event="withdrawn").count() == 1
        told = list(Notice.objects.filter(case_id=case.pk, event="withdrawn").values_list("user", flat=True))
        assert len(told) == len(set(told))


@pytest.mark.clause("W4")
@pytest.mark.django_db
def test_a_role_that_ends_while_its_request_is_answered_leaves_the_denial_in_the_log(
    cast, sign_in, monkeypatch
) -> None:
    begin, begun = middleware.begin_as, []

    def ended_meanwhile(*given: Any, **more: Any) -> Any:
        begun.append(given)
        if len(begun) == 2:
            with behind_the_wall():
                cast.mats.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
        return begin(*given, **more)

    client, before = sign_in(cast.mats), timezone.now()
    monkeypatch.setattr(middleware, "begin_as", ended_meanwhile)
    assert client.get(reverse("case", args=[uuid4()])).status_code == 404
    with behind_the_wall():
        denied = Entry.objects.get(event="denied", user_id=cast.mats.pk, at__gte=before)
        assert (denied.role, denied.hat_id) == ("", None)
