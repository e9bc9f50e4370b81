"""The engine: one transaction, one effect, whoever presses at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case, Party, State, Status, Turn
from knutpunkten.notices.models import Mail, Notice
from knutpunkten.routine import engine
from tests.conftest import behind_the_wall

NOW = timezone.now()


def allocation(cast) -> dict:
    return {"supervisor": cast.elin.pk}


@pytest.mark.django_db
def test_a_step_moves_the_case_says_whose_turn_it_is_and_is_written_down(make_case, cast, take) -> None:
    case = make_case("placed", notice_given_at=NOW, notice_confirmed_at=NOW)
    take(case, "allocate", cast.karin, supervisor=cast.elin.pk)
    with behind_the_wall():
        case.refresh_from_db()
        assert (case.state, case.supervisor_id) == ("allocated", cast.elin.pk)
        turns = {(turn.step, turn.user_id) for turn in Turn.objects.filter(case=case)}
        assert turns == {("service_decision", cast.johan.pk), ("book_first_meeting", cast.elin.pk)}
        entry = Entry.objects.of_case(case.pk).get(event="allocate")
        assert (entry.user_id, entry.detail["to"]) == (cast.karin.pk, "allocated")
        assert set(Notice.objects.filter(case_id=case.pk).values_list("user", flat=True)) == {
            cast.elin.pk,
            cast.johan.pk,
        }
        assert Mail.objects.filter(user=cast.elin).count() == 1
        assert Status.objects.get(case_id=case.pk).state == "allocated"


@pytest.mark.django_db
def test_a_turn_that_goes_on_keeps_the_day_it_began(make_case, cast, take) -> None:
    case = make_case("placed", notice_given_at=NOW, notice_confirmed_at=NOW)
    with behind_the_wall():
        began = Turn.objects.get(case=case, step="service_decision").since
    take(case, "allocate", cast.karin, supervisor=cast.elin.pk)
    with behind_the_wall():
        assert Turn.objects.get(case=case, step="service_decision").since == began


@pytest.mark.django_db
def test_what_lacks_stops_the_step_and_nothing_is_written(make_case, cast) -> None:
    case = make_case("allocated", first_meeting_at=NOW)
    with pytest.raises(engine.NotYet) as refused, acting_as(cast.elin) as who:
        engine.take(case.pk, "start", by=who, at=NOW)
    assert {lack.need.id for lack in refused.value.choice.missing} == {
        "meeting_held",
        "contract",
        "privacy",
        "service_decision",
        "start_day",
    }
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).state == "allocated"
        assert not Entry.objects.of_case(case.pk).filter(event="start").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["johan", "nadja", "mats", "peter", "agneta", "siv"])
def test_who_plays_no_such_part_is_refused(name: str, make_case, cast) -> None:
    case = make_case("placed")
    with pytest.raises(engine.NotYours), acting_as(getattr(cast, name)) as who:
        engine.take(case.pk, "allocate", by=who, at=NOW, data=allocation(cast))


@pytest.mark.django_db
def test_a_case_that_has_moved_since_it_was_seen_is_not_moved_again(make_case, cast, take) -> None:
    case = make_case("placed")
    seen = case.version
    take(case, "allocate", cast.karin, supervisor=cast.elin.pk)
    with pytest.raises(engine.Overtaken), acting_as(cast.karin) as who:
        engine.take(
            case.pk, "cancel_placed", by=who, at=NOW, version=seen, data={"reason": "x", "whose_wish": "person"}
        )
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).state == "allocated"


@pytest.mark.django_db
def test_what_several_do_each_for_their_part_does_not_mind_that_the_case_has_moved(make_case, cast, take) -> None:
    case = make_case("placed", notice_given_at=NOW, notice_confirmed_at=NOW)
    seen = case.version
    take(case, "allocate", cast.karin, supervisor=cast.elin.pk)
    data = {"decided_on": timezone.localdate(), "by_whom": "Johan Wik", "own_reference": "SN 2026-1", "until": None}
    with acting_as(cast.johan) as who:
        taken = engine.take(case.pk, "service_decision", by=who, at=NOW, version=seen, data=data)
    assert taken.version > seen + 1


@pytest.mark.django_db
@pytest.mark.parametrize(("step", "order"), [("sign_consent", ["person", "case"]), ("allocate", ["case"])])
def test_what_reaches_the_persons_other_cases_waits_for_the_person_before_it_locks_its_own(
    step: str, order: list[str], make_case, cast, monkeypatch
) -> None:
    """Two who had locked a case each would wait for each other's."""
    case, asked, wait, lock = make_case("closed"), [], engine.wait_for_person, engine.lock
    monkeypatch.setattr(engine, "wait_for_person", lambda case_id: (asked.append("person"), wait(case_id)))
    monkeypatch.setattr(engine, "lock", lambda case_id: (asked.append("case"), lock(case_id))[1])
    with pytest.raises(engine.Refused), acting_as(cast.johan) as who:
        engine.take(case.pk, step, by=who, at=NOW)
    assert asked == order


@pytest.mark.django_db
def test_that_a_draft_was_thrown_away_is_told_nobody(make_case, cast, take) -> None:
    case = make_case("draft")
    take(case, "cancel", cast.sara, wish="person", why="Flyttar")
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).state == "cancelled"
        assert not Notice.objects.filter(case_id=case.pk).exists()


@pytest.mark.slow("two threads press at once on a database of their own")
def test_two_who_press_at_once_give_one_effect(own_database, cast, make_case) -> None:
    case = make_case("placed")
    barrier = Barrier(2)

    def press(name: str) -> str:
        try:
            with acting_as(cast.karin) as who:
                barrier.wait()
                engine.take(
                    case.pk,
                    "allocate",
                    by=who,
                    at=NOW,
                    version=case.version,
                    data={"supervisor": getattr(cast, name).pk},
                )
            return "took it"
        except engine.Overtaken:
            return "was told"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, ["elin", "peter"])) == ["took it", "was told"]
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(event="allocate").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state", ["draft", "handed_over", "announced", "queued", "placed", "allocated", "active", "closed"]
)
@pytest.mark.parametrize("name", ["johan", "mats"])
def test_withdrawal_succeeds_in_every_state(state: str, name: str, make_case, cast) -> None:
    if name == "mats" and state in ("draft", "handed_over"):
        return  # no party yet has a ground to take a call under
    case = make_case(state)
    with acting_as(getattr(cast, name)) as who:
        engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Mats Lindahl", by=who, at=NOW)
    with behind_the_wall():
        assert not Party.objects.filter(case=case, basis="consent", withdrawn_at__isnull=True).exists()
        assert case.consents.get().withdrawn_how == "phone"
        case.refresh_from_db()
        if state not in ("draft", "closed"):
            assert (case.next_step, case.turn_user_id) == ("sign_consent", cast.johan.pk)
    for other in (cast.karin, cast.mats, cast.ulrika):
        with acting_as(other):
            assert not Case.objects.filter(pk=case.pk).exists()


@pytest.mark.django_db
def test_one_party_can_be_withdrawn_alone(make_case, cast) -> None:
    case = make_case("announced")
    with acting_as(cast.johan) as who:
        engine.withdraw_consent(
            case.pk, unit_ids=[cast.unit("Öppenpsykiatrin").pk], how="phone", taken_by="Johan Wik", by=who, at=NOW
        )
    with acting_as(cast.ulrika):
        assert not Case.objects.filter(pk=case.pk).exists()
    with acting_as(cast.mats):
        assert Case.objects.filter(pk=case.pk).exists()
    with behind_the_wall():
        assert case.consents.get().withdrawn_at is None


@pytest.mark.django_db
def test_the_status_goes_on_without_a_consent(make_case, cast) -> None:
    """W3: the coordinator sees that it waits and on whom, and not who the person is."""
    case = make_case("announced")
    with acting_as(cast.johan) as who:
        engine.withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Johan Wik", by=who, at=NOW)
    with acting_as(cast.karin):
        assert Status.objects.get(case_id=case.pk).next_step == "sign_consent"
        assert Turn.objects.filter(case=case.pk).exists()
        assert not Case.objects.filter(pk=case.pk).exists()
    with acting_as(cast.mats):
        assert not Status.objects.filter(case_id=case.pk).exists()


@pytest.mark.django_db
def test_a_consent_that_runs_out_leaves_no_ground(make_case, cast) -> None:
    case = make_case("announced", valid_until=timezone.localdate() - timedelta(days=1))
    with acting_as(cast.karin):
        assert not Case.objects.filter(pk=case.pk).exists()
    with acting_as(cast.karin, at=NOW - timedelta(days=2)):
        assert Case.objects.filter(pk=case.pk).exists()


def test_what_comes_straight_to_the_agenda_is_handed_over_at_the_same_moment() -> None:
    """Where nobody announces (L10); else each has its own moment."""
    straight, by_steps = Case(), Case(handed_over_at=NOW - timedelta(days=3))
    for case in (straight, by_steps):
        engine.enter(case, State.ANNOUNCED, NOW)
        assert (case.state, case.state_since, case.announced_at) == (State.ANNOUNCED, NOW, NOW)
    assert straight.handed_over_at == NOW
    assert by_steps.handed_over_at == NOW - timedelta(days=3)


@pytest.mark.django_db
def test_the_day_a_consent_was_lost_stays_until_there_is_one_again(make_case) -> None:
    before = NOW - timedelta(days=40)
    assert make_case("announced", parties={}, consent_lost_at=before).consent_lost_at == before
    assert make_case("announced", parties={}, at=before).consent_lost_at == before
    assert make_case("announced", consent_lost_at=before).consent_lost_at is None
    assert make_case("draft", parties={}).consent_lost_at is None, "a draft has had none yet"


@pytest.mark.django_db
def test_a_turn_with_a_new_date_begins_anew(make_case) -> None:
    """After a follow-up the next one waits from that day, not from the first."""
    began = NOW - timedelta(days=60)
    case = make_case("active", at=began, plan_agreed_at=began, mapped_at=began, follow_up_on=timezone.localdate())
    with behind_the_wall():
        assert Turn.objects.get(case=case, step="follow_up").since == began
        case.follow_up_on = timezone.localdate() + timedelta(days=28)
        engine.settle(case, NOW, engine.mark(case.pk))
        assert Turn.objects.get(case=case, step="follow_up").since == NOW
