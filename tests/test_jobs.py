"""Each of the worker's jobs, run as the worker in the database: what it lacks leave for, no night would tell of.

A job that is new stands here too, or the last test fails.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from procrastinate.contrib.django import app

from knutpunkten.accounts.kept import KEPT_FOR
from knutpunkten.accounts.models import KeptWords
from knutpunkten.audit.models import Entry, Seal, Sealed
from knutpunkten.cases.models import Case, Party, Turn
from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.notices.models import Mail, Notice
from knutpunkten.organisations.models import Membership
from knutpunkten.queue.models import Offer
from knutpunkten.review.models import Round
from knutpunkten.review.rules import previous
from knutpunkten.statistics.models import Counted
from knutpunkten.ui.dates import midnight
from knutpunkten.visits.models import Slot
from tests import builders
from tests.conftest import behind_the_wall
from tests.notices.test_outbox import postbox, waits
from tests.queue.conftest import in_queue, places, worker_role

__all__ = ["in_queue", "places", "postbox"]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DECIDED = {"decided_at": timezone.now(), "notice_given_at": timezone.now(), "notice_confirmed_at": timezone.now()}
# The queue's own, which nothing here asks for.
NOT_OURS = "builtin:"


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Iterator[Callable[..., None]]:
    """``run()``: the job that the test is marked with, by its name in the queue and with the queue's kind of arguments."""
    name, ran = request.node.get_closest_marker("job").args[0], []
    autodiscover_modules("jobs")

    def run(**args: Any) -> None:
        with worker_role():
            ((is_the_worker,),) = rows("select current_user = 'knutpunkten_worker'")
            assert is_the_worker
            app.tasks[name](**json.loads(json.dumps(args)))
        ran.append(name)

    yield run
    assert ran == [name], f"{name} has not been run"


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def number_of(model: Any, **which: Any) -> int:
    with behind_the_wall():
        return model.objects.filter(**which).count()


def turns(case: Any) -> list[str]:
    with behind_the_wall():
        return list(Turn.objects.filter(case=case).order_by("position").values_list("step", flat=True))


# When they run.


def test_each_comes_by_itself_at_its_time_and_one_round_waits_for_the_other(db) -> None:
    autodiscover_modules("jobs")
    periodic = [job for (name, _), job in app.periodic_registry.periodic_tasks.items() if not name.startswith(NOT_OURS)]
    assert {job.task.name: job.cron for job in periodic} == {
        "send_mail": "* * * * *",
        "seal_audit": "* * * * *",
        "forget_kept_words": "40 * * * *",
        "settle_day": "20 3 * * *",
        "send_seal_out": "40 3 * * *",
        "draw_reviews": "50 3 * * *",
        "count_figures": "0 4 * * *",
    }
    for job in periodic:
        assert job.task.lock == job.task.queueing_lock == job.task.name


# Places, turns and the night.


@pytest.mark.job("offer_next_place")
def test_the_next_in_the_queue_is_offered_the_place(cast, places, in_queue, run) -> None:
    places(1)
    first, _ = in_queue(days=26), in_queue(days=5)
    run(programme_id=str(cast.knutpunkten.pk))
    with behind_the_wall():
        assert Offer.objects.get().case_id == first.pk
    assert number_of(Notice, user=cast.johan, case_id=first.pk) == 1


@pytest.mark.job("offer_next_place")
def test_also_where_the_person_is_protected(cast, places, in_queue, run) -> None:
    places(1)
    with behind_the_wall():
        hidden = builders.make_person("Skyddad", "Namnsson", protection="sekretessmarkering")
    case = in_queue(person=hidden, readers=[cast.nadja])
    run(programme_id=str(cast.knutpunkten.pk))
    assert number_of(Offer, case=case) == 1


@pytest.mark.job("settle_day")
def test_the_night_does_all_that_a_new_day_brings(cast, make_case, places, in_queue, run) -> None:
    """Times ahead, places, offers, reminders, warnings, and turns of consents that ran out and of people who left."""
    places(2)
    today = timezone.localdate()
    queued = in_queue()
    ends, ran_out = make_case("active", valid_until=today + 5 * DAY), make_case("announced")
    late, left = make_case("placed", **DECIDED), make_case("placed", caseworker=cast.tove, **DECIDED)
    with behind_the_wall():
        Party.objects.filter(case=ran_out, basis="consent").update(valid_until=today - DAY)
        Case.objects.filter(pk=ran_out.pk).update(consent_until=today - DAY)
        Turn.objects.filter(case=late).update(due_on=today - DAY)
        Membership.objects.filter(user=cast.tove).update(ends_on=today - DAY)
    run(timestamp=0)
    assert number_of(Meeting, programme=cast.knutpunkten) > 0
    assert number_of(Slot, programme=cast.knutpunkten) > 0
    assert number_of(Offer, case=queued) == 1
    assert number_of(Notice, case_id=ends.pk, event="consent_ends_7") == 2
    assert turns(ran_out)[0] == "sign_consent"
    assert number_of(Notice, case_id=late.pk, event="reminder") > 0
    assert turns(left)[0] == "hand_on"


@pytest.mark.job("settle_withdrawn")
def test_after_a_withdrawal_by_phone_it_is_the_caseworkers_turn(make_case, run) -> None:
    case = make_case("announced")
    with behind_the_wall():
        Party.objects.filter(case=case, basis="consent").update(withdrawn_at=timezone.now())
    run()
    assert turns(case)[0] == "sign_consent"


@pytest.mark.job("follow_meetings")
def test_a_case_follows_its_meeting_that_was_moved(cast, make_case, run) -> None:
    at = timezone.now() + 9 * DAY
    case = make_case("announced", meeting_on=timezone.localdate())
    meeting = Meeting.objects.create(programme=cast.knutpunkten, starts_at=at, ends_at=at + DAY / 12, place="Här")
    AgendaItem.objects.create(
        meeting=meeting, case_id=case.pk, number=case.number, kind=case.kind, purpose="decide", position=0
    )
    run()
    assert number_of(Case, pk=case.pk, meeting_on=timezone.localdate(at)) == 1


@pytest.mark.job("settle_leaving")
def test_what_was_theirs_who_left_waits_for_who_hands_it_on(cast, make_case, run) -> None:
    case = make_case("placed", **DECIDED)
    Membership.objects.filter(user=cast.johan).update(ends_on=timezone.localdate() - DAY)
    run()
    assert turns(case)[0] == "hand_on"
    assert number_of(Notice, case_id=case.pk, event="to_hand_on", user=cast.nadja) == 1


# Mail, and words that nobody came back for.


@pytest.mark.job("send_mail")
def test_the_mail_that_waits_goes(cast, postbox, moment, run) -> None:
    waits(cast.nadja, moment)
    run(timestamp=0)
    assert [address for address, _ in postbox.got] == [cast.nadja.email]
    assert number_of(Mail, sent_at__isnull=False) == 1


@pytest.mark.job("forget_kept_words")
def test_words_nobody_came_back_for_are_forgotten(cast, run) -> None:
    now = timezone.now()
    with behind_the_wall():
        for path, kept_at in (("/gammal/", now - KEPT_FOR - DAY), ("/ny/", now)):
            KeptWords.objects.create(user=cast.karin, path=path, fields=[], kept_at=kept_at)
    run(timestamp=0)
    with behind_the_wall():
        assert [kept.path for kept in KeptWords.objects.all()] == ["/ny/"]


@pytest.mark.job("forget_kept_words")
def test_words_of_a_case_are_forgotten_when_it_is_closed_and_when_their_writer_has_no_part_in_it(
    cast, make_case, run
) -> None:
    now, open_case, closed = timezone.now(), make_case("active"), make_case("closed")
    with behind_the_wall():
        for case in (open_case, closed):
            for user in (cast.johan, cast.elin, cast.mats):
                KeptWords.objects.create(user=user, path=f"/arenden/{case.pk}/rad/", fields=[], kept_at=now)
        Case.objects.filter(pk=closed.pk).update(state_since=now - DAY)
        KeptWords.objects.create(user=cast.johan, path=f"/arenden/{closed.pk}/x/", fields=[], kept_at=now - 2 * DAY)
        Party.objects.filter(case=open_case, unit__agency__mark="AF").update(withdrawn_at=now)
        Membership.objects.filter(user=cast.elin).update(ends_on=timezone.localdate() - DAY)
    run(timestamp=0)
    with behind_the_wall():
        kept = set(KeptWords.objects.values_list("user__name", "path"))
    assert kept == {
        (cast.johan.name, f"/arenden/{open_case.pk}/rad/"),
        (cast.johan.name, f"/arenden/{closed.pk}/rad/"),  # typed since
        (cast.mats.name, f"/arenden/{closed.pk}/rad/"),
    }


# The log.


@pytest.mark.job("seal_audit")
def test_what_has_come_in_the_log_is_sealed(cast, sign_in, run) -> None:
    sign_in(cast.karin).get("/rutiner/")
    run(timestamp=0)
    assert number_of(Sealed) == number_of(Entry) > 0


@pytest.mark.job("send_seal_out")
def test_the_newest_seal_is_written_elsewhere(cast, settings, tmp_path, run) -> None:
    settings.SEALS_TO = tmp_path
    with behind_the_wall():
        Seal.objects.create(
            number=7, sealed_at=timezone.now(), form=1, count=0, root=b"", previous=bytes(32), hash=b"\x07"
        )
    run(timestamp=0)
    assert json.loads((tmp_path / "forsegling-0000000007.json").read_text())["hash"] == "07"


@pytest.mark.job("draw_reviews")
def test_the_month_that_is_over_is_drawn(cast, make_case, run) -> None:
    month = previous(timezone.localdate().replace(day=1))
    case = make_case("active")
    with behind_the_wall(), connection.cursor() as cursor:
        cursor.execute(
            "insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, role, unit_id, case_ref,"
            " person_ref, category, detail) select gen_random_uuid(), %s, now(), 'read', true, %s, 'caseworker', %s,"
            " audit_reference('case', %s), audit_reference('person', %s), '', '{\"what\": \"case\"}'",
            [midnight(month) + DAY, cast.johan.pk, case.referring_unit_id, case.pk, case.person_id],
        )
    run(timestamp=0)
    with behind_the_wall():
        drawn = Round.objects.get(association=cast.association)
        assert drawn.month == month
        assert [item.user_id for item in drawn.items.filter(reasons__has_key="sample")] == [cast.johan.pk]


# The figures.


@pytest.mark.job("count_figures")
def test_the_figures_of_every_programme_are_counted_for_each_year(cast, make_case, run) -> None:
    make_case("active")
    run(timestamp=0)
    assert number_of(Counted, part="open", number=1, counted_on=timezone.localdate()) == 3
    assert number_of(Counted, part="minutes") == 2 * 3


# That none is forgotten, and that a missing leave is seen.


def test_every_job_is_run_here() -> None:
    autodiscover_modules("jobs")
    marks = [mark for test in globals().values() for mark in getattr(test, "pytestmark", [])]
    tested = {mark.args[0] for mark in marks if mark.name == "job"}
    assert {task.name for task in app.tasks.values() if not task.name.startswith(NOT_OURS)} == tested


@pytest.mark.parametrize(
    "taken",
    [
        "revoke execute on function engine_case() from knutpunkten_worker",
        "revoke insert on notices_notice from knutpunkten_worker",
        "drop policy worker on queue_offer",
    ],
)
def test_a_leave_that_is_missing_is_seen(cast, places, in_queue, taken: str) -> None:
    """As once it was: no place was offered and no night settled."""
    places(1)
    in_queue()
    autodiscover_modules("jobs")
    with transaction.atomic():
        with behind_the_wall(), connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute(taken)
        with (
            pytest.raises(DatabaseError, match=r"permission denied|row-level security"),
            transaction.atomic(),
            worker_role(),
        ):
            app.tasks["offer_next_place"](programme_id=str(cast.knutpunkten.pk))
        transaction.set_rollback(True)
