"""Which units are asked to name a reader, in each state of the case, by when, and who sees that it waits (W5)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.actions import record
from knutpunkten.cases.models import Case, Level, Party, Turn
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Membership, User
from knutpunkten.protection.models import NamedReader
from knutpunkten.protection.rules import to_read
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.protection.conftest import NAME, NUMBER
from tests.protection.test_naming import naming, typed

pytestmark = [pytest.mark.django_db, pytest.mark.clause("W5")]
PARTIES = {"mats": "Arbetsförmedlingen", "ulrika": "Öppenpsykiatrin"}
STATES = ("announced", "queued", "placed", "returned", "allocated", "active")
# The coordinator is asked for the team until a supervisor is responsible.
WITHOUT_A_SUPERVISOR = ("announced", "queued", "placed", "returned")


@pytest.fixture
def becomes_protected(make_case: Callable, sign_in: Callable, cast: Any) -> Callable[..., Case]:
    """``becomes_protected("queued")``: a case open to its parties, whose caseworker then writes that the person is protected."""

    def make(state: str, **fields: Any) -> Case:
        with behind_the_wall():
            person = make_person(*NAME.split(), number=NUMBER)
        case = make_case(state, person=person, **({"level": Level.TEXT} | fields))
        sent = {"protection": "sekretessmarkering", "is_sure": "on"}
        sign_in(cast.johan).post(reverse("protect", args=[case.pk]), sent)
        with behind_the_wall():
            return Case.objects.get(pk=case.pk)

    return make


def start(client: Any) -> str:
    return client.get(reverse("start")).text


def told(user: Any, case: Case) -> int:
    with behind_the_wall():
        return Notice.objects.filter(user=user, event="name_reader", number=case.number, case_id=None).count()


@pytest.mark.parametrize("state", STATES)
def test_each_party_is_told_by_number_and_names_its_reader_in_every_state(
    state: str, becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    case = becomes_protected(state)
    for name, unit in PARTIES.items():
        user = getattr(cast, name)
        client = sign_in(user)
        assert told(user, case) == 1, name
        for page in (start(client), client.get(reverse("protected_cases")).text, client.get(reverse("inbox")).text):
            assert case.number in page
            assert not any(part in page for part in (*NAME.split(), NUMBER[2:8]))
        assert f"Utse läsare: {case.number}" in start(client)

        client.post(naming(case, cast.unit(unit)), typed(user))

        assert client.get(reverse("case", args=[case.pk])).status_code == 200
        assert f"Utse läsare: {case.number}" not in start(client)


@pytest.mark.parametrize("state", STATES)
def test_the_team_is_asked_until_somebody_there_reads(
    state: str, becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    case = becomes_protected(state)
    asked = state in WITHOUT_A_SUPERVISOR
    assert told(cast.karin, case) == asked
    assert (f"Utse läsare: {case.number}" in start(sign_in(cast.karin))) is asked


@pytest.mark.parametrize("state", ["announced", "presented"])
def test_so_it_is_of_a_consultation(state: str, becomes_protected: Callable, cast: Any, sign_in: Callable) -> None:
    case = becomes_protected(state, kind="consultation")
    assert told(cast.mats, case) == 1
    assert f"Utse läsare: {case.number}" in start(sign_in(cast.mats))


@pytest.mark.parametrize("state", ["draft", "handed_over", "closed", "cancelled"])
def test_before_the_announcement_and_after_the_end_no_party_is_asked(
    state: str, becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    case = becomes_protected(state, level=Level.NOTHING if state in ("draft", "handed_over") else Level.TEXT)
    assert case.is_protected
    assert told(cast.mats, case) == 0
    assert "Utse läsare:" not in start(sign_in(cast.mats))


def test_a_unit_whose_part_is_taken_back_is_not_asked(
    becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    case = becomes_protected("queued")
    with behind_the_wall():
        ended = timezone.now()
        Party.objects.filter(case=case, unit=cast.unit("Arbetsförmedlingen")).update(withdrawn_at=ended)
    assert "Utse läsare:" not in start(sign_in(cast.mats))


def test_a_step_does_not_tell_again_those_who_were_told(
    becomes_protected: Callable, cast: Any, take: Callable, sign_in: Callable
) -> None:
    now = timezone.now()
    case = becomes_protected("placed", notice_given_at=now)
    take(case, "confirm_notice", cast.johan)
    assert told(cast.mats, case) == told(cast.ulrika, case) == 1


def test_the_persons_other_cases_ask_for_readers_too(
    make_case: Callable, becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    with behind_the_wall():
        other = make_case("queued", person=make_person(*NAME.split(), number=NUMBER), caseworker=cast.tove)
    becomes_protected("active")
    with behind_the_wall():
        other = Case.objects.get(pk=other.pk)
    assert other.is_protected
    assert told(cast.mats, other) == 1


def name_by(user: Any, case: Case, unit: Any) -> date | None:
    with acting_as(user) as who:
        return next(row.name_by for row in to_read(who) if (row.case_id, row.unit_id) == (case.pk, unit.pk))


def test_before_the_meeting_a_reader_is_named_by_the_day_the_answers_are_wanted(
    becomes_protected: Callable, cast: Any, sign_in: Callable
) -> None:
    meeting_on = timezone.localdate() + timedelta(days=20)
    case = becomes_protected("announced", meeting_on=meeting_on)
    wanted = add_working_days(meeting_on, -cast.knutpunkten.days_before_meeting)
    for user, unit in ((cast.mats, "Arbetsförmedlingen"), (cast.karin, "Knutpunktsteamet")):
        assert name_by(user, case, cast.unit(unit)) == wanted
    tasks = sign_in(cast.mats).get(reverse("start")).context["tasks"]
    assert [(task["title"], task["due"]) for task in tasks if task["title"].startswith("Utse")] == [
        (f"Utse läsare: {case.number}", wanted)
    ]


@pytest.mark.parametrize("state", STATES[1:])
def test_later_it_is_as_soon_as_a_besked(state: str, becomes_protected: Callable, cast: Any) -> None:
    """Counted from when the person became protected, however long the case has been there."""
    case = becomes_protected(state)
    assert name_by(cast.mats, case, cast.unit("Arbetsförmedlingen")) == add_working_days(
        timezone.localdate(), cast.knutpunkten.days_notice
    )


def test_it_is_counted_anew_when_the_last_reader_reads_no_more(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("active", readers=[cast.mats])
    ended = timezone.now() - timedelta(days=5)
    with behind_the_wall():
        NamedReader.objects.filter(case=case, user=cast.mats).update(ended_at=ended)
    assert name_by(cast.mats, case, cast.unit("Arbetsförmedlingen")) == add_working_days(
        timezone.localdate(ended), cast.knutpunkten.days_notice
    )
    assert f"Utse läsare: {case.number}" in start(sign_in(cast.mats))


def test_a_unit_that_loses_its_reader_is_not_late_by_the_day_of_what_waited_for_them(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    """Placed: the besked has waited for Nadja, who read, long past its day."""
    case, today = protected_case("placed", readers=[cast.nadja]), timezone.localdate()
    with behind_the_wall():
        assert Turn.objects.get(case=case, step="give_notice").due_on < today - timedelta(days=10)
        until = today - timedelta(days=3)
        NamedReader.objects.filter(case=case, user=cast.nadja).update(valid_from=until, valid_until=until)
    assert name_by(cast.nadja, case, cast.unit("Försörjningsstöd")) == today - timedelta(days=2)
    assert "Försenad 2 dagar" in sign_in(cast.nadja).get(reverse("protected_cases")).text


@pytest.mark.parametrize("closed", [False, True])
def test_nor_is_it_late_where_the_reader_s_role_has_ended_or_their_account_is_closed(
    closed: bool, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case, today = protected_case("placed", readers=[cast.nadja]), timezone.localdate()
    with behind_the_wall():
        Membership.objects.filter(user=cast.sara).update(role="representative")
        if closed:
            User.objects.filter(pk=cast.nadja.pk).update(is_active=False)
        else:
            Membership.objects.filter(user=cast.nadja).update(ends_on=today - timedelta(days=1))
    assert name_by(cast.sara, case, cast.unit("Försörjningsstöd")) == today
    sara = sign_in(cast.sara)
    assert "Försenad" not in sara.get(reverse("protected_cases")).text
    if closed:
        with acting_as(cast.admin) as admin:
            record("account_closed", by=admin, at=timezone.now() - timedelta(days=4), object_id=cast.nadja.pk)
        assert "Försenad 4 dagar" in sara.get(reverse("protected_cases")).text


@pytest.mark.parametrize("is_late", [False, True])
def test_the_coordinator_sees_which_unit_waits_and_on_the_start_page_when_it_is_late(
    is_late: bool, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    """By number alone, whether they read the case or not; it is the unit that names."""
    meeting_on = timezone.localdate() + timedelta(days=1 if is_late else 30)
    case = protected_case("announced", meeting_on=meeting_on, readers=[cast.ulrika])
    karin = sign_in(cast.karin)
    awaited = start(karin).partition("Väntar på andra")[2]
    assert ("Representanten, Arbetsförmedlingen" in awaited) is is_late
    assert "Representanten, Öppenpsykiatrin" not in awaited
    listed = karin.get(reverse("protected_cases")).text.partition("Enheter som ska utse en läsare")[2]
    assert "Arbetsförmedlingen" in listed
    assert "Öppenpsykiatrin" not in listed
    for page in (awaited, listed):
        assert not any(part in page for part in (*NAME.split(), NUMBER[2:8]))
    unit = cast.unit("Arbetsförmedlingen")
    assert naming(case, unit) not in listed
    assert karin.post(naming(case, unit), typed(cast.mats)).status_code == 404
    for name in ("agneta", "ulrika", "nadja"):
        others = sign_in(getattr(cast, name)).get(reverse("protected_cases")).text
        assert "Enheter som ska utse en läsare" not in others, name
