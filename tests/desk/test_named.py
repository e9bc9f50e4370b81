"""Somebody who is named for a part of a case leaves: it is handed on, and not only the case (W3, S14)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.access.who import acting_as
from knutpunkten.activities.models import Session
from knutpunkten.audit.models import Entry
from knutpunkten.meetings.models import Decision, Meeting
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.models import Membership, Role
from knutpunkten.plans.models import Goal, Plan, SubGoal
from tests.builders import ALL, make_person
from tests.conftest import behind_the_wall
from tests.meetings.pages import take

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
AF = "Arbetsförmedlingen"


@pytest.fixture
def amira(db: None) -> Any:
    with behind_the_wall():
        return make_person("Amira", "Öqvist")


@pytest.fixture
def helena(cast: Any) -> Any:
    """Helena begins as Arbetsförmedlingen's representative beside Mats."""
    return joins(cast.admin.__class__, "Helena Ask", cast.unit(AF), Role.REPRESENTATIVE)


def joins(users: Any, name: str, unit: Any, role: str, programme: Any = None) -> Any:
    with behind_the_wall():
        user = users.objects.create(email=f"{name.split()[0].lower()}@ny.example", name=name, password="!")
        today = timezone.localdate()
        Membership.objects.create(user=user, role=role, unit=unit, programme=programme, starts_on=today - DAY)
    return user


def leaves(user: Any, days: int = -1) -> None:
    with behind_the_wall():
        Membership.objects.filter(user=user).update(ends_on=timezone.localdate() + days * DAY)


def plan(case: Any, cast: Any, version: int = 1, *, agreed: bool = True) -> Goal:
    with behind_the_wall():
        made = Plan.objects.create(
            case=case,
            author_unit=cast.knutpunkten.team,
            version=version,
            participation="Var med",
            agreed_on=timezone.localdate() if agreed else None,
            begun_at=timezone.now(),
            begun_by=cast.elin,
        )
        return Goal.objects.create(
            plan=made, case=case, author_unit=made.author_unit, position=1, own_words="Jobba igen"
        )


def sub_goal(goal: Goal, what: str, name: str, unit: Any, **more: Any) -> SubGoal:
    with behind_the_wall():
        return SubGoal.objects.create(
            goal=goal,
            case=goal.case,
            author_unit=goal.author_unit,
            position=1,
            what=what,
            responsible=name,
            responsible_unit=unit,
            due_on=timezone.localdate() + 9 * DAY,
            **more,
        )


def decided(case: Any, cast: Any, responsible: Any, days: int = 0) -> Decision:
    at = timezone.now() + days * DAY
    with behind_the_wall():
        meeting, _ = Meeting.objects.get_or_create(
            programme=case.programme, starts_at=at, defaults={"ends_at": at + timedelta(hours=2), "place": "Solen"}
        )
        return Decision.objects.create(
            case=case,
            author_unit=cast.knutpunkten.team,
            meeting=meeting,
            which="queue",
            reason="Passar",
            responsible=responsible,
            due_on=timezone.localdate() + 9 * DAY,
            decided_at=at,
            decided_by=cast.karin,
        )


def responsible(row: Any) -> str:
    with behind_the_wall():
        row.refresh_from_db()
        return row.responsible if isinstance(row, SubGoal) else row.responsible.name


def told(case: Any) -> set[str]:
    with behind_the_wall():
        rows = Notice.objects.filter(case_id=case.pk, event="named_handed_on")
        return set(rows.values_list("user__name", flat=True))


@pytest.mark.clause("W3", "S14")
def test_a_party_s_representative_hands_on_the_sub_goals_of_who_left(make_case, cast, sign_in, amira, helena) -> None:
    case = make_case("active", person=amira)
    goal = plan(case, cast)
    mine = sub_goal(goal, "Besked om lönebidrag", "Mats Lindahl", cast.unit(AF))
    done = sub_goal(goal, "Inskriven", "Mats Lindahl", cast.unit(AF), state="done")
    others = sub_goal(goal, "Samtal", "Ulrika Fors", cast.unit("Öppenpsykiatrin"))
    leaves(cast.mats)
    client = sign_in(helena)
    start = client.get(reverse("start")).text
    assert "Lämna vidare det som Mats Lindahl ansvarar för" in start
    assert "1 sak i andras ärenden" in start
    page = client.get(reverse("to_hand_on")).text
    assert "Amira Öqvist" in page
    assert "Delmålet ”Besked om lönebidrag”" in page
    assert "Inskriven" not in page
    assert "Samtal" not in page
    sent = {"what": "named", "from": str(cast.mats.pk), "to": str(helena.pk), "case": str(case.pk)}
    answer = client.post(reverse("to_hand_on"), sent, follow=True)
    assert "Helena Ask ansvarar nu för en sak i andras ärenden." in answer.text
    assert "Inget att lämna vidare" in answer.text
    assert [responsible(row) for row in (mine, done, others)] == ["Helena Ask", "Mats Lindahl", "Ulrika Fors"]
    assert told(case) == {"Elin Strand"}
    with behind_the_wall():
        entry = Entry.objects.of_case(case.pk).get(event="named_handed_on")
    assert entry.user_id == helena.pk
    assert entry.detail == {"gone": str(cast.mats.pk), "taker": str(helena.pk)}


@pytest.mark.clause("W3")
def test_the_next_step_after_the_meeting_is_handed_on_and_an_older_decision_says_what_it_said(
    make_case, cast, sign_in, amira, helena
) -> None:
    case = make_case("queued", person=amira)
    before, now = decided(case, cast, cast.mats, days=-30), decided(case, cast, cast.mats)
    leaves(cast.mats)
    client = sign_in(helena)
    assert "Nästa steg efter mötet" in client.get(reverse("to_hand_on")).text
    sent = {"what": "named", "from": str(cast.mats.pk), "to": str(helena.pk), "case": str(case.pk)}
    client.post(reverse("to_hand_on"), sent)
    assert (responsible(before), responsible(now)) == ("Mats Lindahl", "Helena Ask")


@pytest.mark.clause("W3")
@pytest.mark.parametrize(("announced", "offered"), [(-20, True), (-5, False)])
def test_a_next_step_from_before_the_case_was_announced_anew_is_over_and_says_what_it_said(
    make_case, cast, sign_in, amira, helena, announced, offered
) -> None:
    case = make_case("announced", person=amira, announced_at=timezone.now() + announced * DAY)
    next_step = decided(case, cast, cast.mats, days=-10)
    leaves(cast.mats)
    client = sign_in(helena)
    assert ("Lämna vidare det som Mats" in client.get(reverse("start")).text) is offered
    assert ("Nästa steg efter mötet" in client.get(reverse("to_hand_on")).text) is offered
    with acting_as(helena), connection.cursor() as cursor:
        cursor.execute("select hand_on_named(%s, %s, %s, %s)", [case.pk, cast.unit(AF).pk, cast.mats.pk, helena.pk])
    assert responsible(next_step) == ("Helena Ask" if offered else "Mats Lindahl")


@pytest.mark.clause("W3")
@pytest.mark.parametrize("confirmed", [False, True])
def test_a_next_step_is_over_when_the_besked_has_come_through(
    make_case, cast, sign_in, amira, helena, confirmed
) -> None:
    now = timezone.now()
    came = {"notice_given_at": now, "notice_confirmed_at": now if confirmed else None}
    case = make_case("placed", person=amira, announced_at=now - 20 * DAY, **came)
    next_step = decided(case, cast, cast.mats, days=-10)
    leaves(cast.mats)
    client = sign_in(helena)
    assert ("Lämna vidare det som Mats" in client.get(reverse("start")).text) is not confirmed
    assert ("Nästa steg efter mötet" in client.get(reverse("to_hand_on")).text) is not confirmed
    with acting_as(helena), connection.cursor() as cursor:
        cursor.execute("select hand_on_named(%s, %s, %s, %s)", [case.pk, cast.unit(AF).pk, cast.mats.pk, helena.pk])
    assert responsible(next_step) == ("Mats Lindahl" if confirmed else "Helena Ask")


@pytest.mark.clause("W3", "S12")
def test_what_the_caseworker_is_named_for_goes_with_the_case(make_case, cast, sign_in) -> None:
    case = make_case("active", notice_confirmed_at=None)
    unit = cast.unit("Försörjningsstöd")
    mine = sub_goal(plan(case, cast), "Ansöka om aktivitetsstöd", "Johan Wik", unit)
    old = sub_goal(plan(case, cast, version=0), "Förr", "Johan Wik", unit)
    next_step = decided(case, cast, cast.johan)
    leaves(cast.johan)
    take(sign_in(cast.nadja), case, "hand_on", colleague=str(cast.sara.pk))
    assert [responsible(row) for row in (mine, next_step)] == ["Sara Lind", "Sara Lind"]
    assert responsible(old) == "Johan Wik", "an older version says what was agreed then"


@pytest.mark.clause("W3", "S14")
def test_what_the_supervisor_is_named_for_goes_with_the_case_also_in_a_plan_being_written(
    make_case, cast, sign_in
) -> None:
    case = make_case("active", supervisor=cast.elin)
    agreed = sub_goal(plan(case, cast), "Studiebesök", "Elin Strand", cast.knutpunkten.team)
    draft = sub_goal(plan(case, cast, version=2, agreed=False), "Studiebesök", "Elin Strand", cast.knutpunkten.team)
    leaves(cast.elin)
    take(sign_in(cast.karin), case, "change_supervisor", supervisor=str(cast.peter.pk))
    assert [responsible(row) for row in (agreed, draft)] == ["Peter Ågren", "Peter Ågren"]


@pytest.mark.clause("W3")
def test_the_coordinator_hands_on_for_the_team_and_for_a_unit_without_a_representative(
    make_case, cast, sign_in, amira
) -> None:
    case = make_case("active", person=amira, supervisor=cast.peter)
    goal = plan(case, cast)
    of_team = sub_goal(goal, "Prova arbetstakt", "Elin Strand", cast.knutpunkten.team)
    of_agency = sub_goal(goal, "Besked om lönebidrag", "Mats Lindahl", cast.unit(AF))
    karin = sign_in(cast.karin)
    leaves(cast.elin)
    assert "Prova arbetstakt" in karin.get(reverse("to_hand_on")).text
    assert "lönebidrag" not in karin.get(reverse("to_hand_on")).text, "Mats is there yet"
    leaves(cast.mats)
    page = karin.get(reverse("to_hand_on")).text
    assert "Besked om lönebidrag" in page
    for leaver in (cast.elin, cast.mats):
        sent = {"what": "named", "from": str(leaver.pk), "to": str(cast.peter.pk), "case": str(case.pk)}
        karin.post(reverse("to_hand_on"), sent)
    assert [responsible(row) for row in (of_team, of_agency)] == ["Peter Ågren", "Peter Ågren"]
    assert of_agency.responsible_unit_id == cast.knutpunkten.team_id


@pytest.mark.clause("W3", "W5")
def test_of_a_protected_case_it_is_said_beforehand_who_can_go_on(make_case, cast, sign_in, helena) -> None:
    with behind_the_wall():
        mona = make_person("Mona", "Skyddad", protection="sekretessmarkering")
    case = make_case("active", person=mona, readers=[helena])
    sub_goal(plan(case, cast), "Besked om lönebidrag", "Mats Lindahl", cast.unit(AF))
    leaves(cast.mats)
    page = sign_in(helena).get(reverse("to_hand_on")).text
    assert "Skyddade uppgifter: bara den som är utsedd att läsa kan ta över." in page
    assert case.number in page
    assert "Mona" not in page


def test_one_who_leaves_soon_is_listed_and_a_namesake_who_stays_is_not(make_case, cast, sign_in, amira, helena) -> None:
    case = make_case("active", person=amira)
    goal = plan(case, cast)
    sub_goal(goal, "Besked om lönebidrag", "Mats Lindahl", cast.unit(AF))
    sub_goal(goal, "Något annat", "Mats Lindahl", cast.unit("Öppenpsykiatrin"))
    leaves(cast.mats, days=10)
    page = sign_in(helena).get(reverse("to_hand_on")).text
    assert f"Slutar {timezone.localdate() + 10 * DAY}" in strip_tags(page)
    assert "Besked om lönebidrag" in page
    assert "Något annat" not in page


@pytest.mark.clause("W1")
@pytest.mark.parametrize("name", ["nadja", "ulrika", "siv", "johan", "elin", "tove", "bengt", "admin"])
def test_nobody_else_hands_it_on_by_the_page_or_past_it(name: str, make_case, cast, sign_in, helena) -> None:
    """Nor can one hand on, by one's own unit's name, what another unit's person is named for."""
    case = make_case("active", parties={"Försörjningsstöd": ALL, "Knutpunktsteamet": ALL, AF: ALL})
    row = sub_goal(plan(case, cast), "Besked om lönebidrag", "Mats Lindahl", cast.unit(AF))
    leaves(cast.mats)
    asker = getattr(cast, name)
    unit = asker.memberships.first().unit
    for of_unit, taker in ((cast.unit(AF), helena), (unit, asker)):
        if of_unit is None:
            continue
        with acting_as(asker), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select hand_on_named(%s, %s, %s, %s)", [case.pk, of_unit.pk, cast.mats.pk, taker.pk])
        sent = {"what": "named", "from": str(cast.mats.pk), "to": str(taker.pk), "case": str(case.pk)}
        sign_in(asker).post(reverse("to_hand_on"), sent)
    assert responsible(row) == "Mats Lindahl"


def test_a_page_with_nothing_chosen_says_so(make_case, cast, sign_in, helena) -> None:
    sub_goal(plan(make_case("active"), cast), "Besked", "Mats Lindahl", cast.unit(AF))
    leaves(cast.mats)
    sent = {"what": "named", "from": str(cast.mats.pk), "to": str(helena.pk)}
    assert "Välj vad som ska lämnas över" in sign_in(helena).post(reverse("to_hand_on"), sent, follow=True).text


@pytest.mark.clause("W3", "L4")
def test_the_sessions_of_who_left_get_new_leaders_from_the_same_page(cast, sign_in) -> None:
    today = timezone.localdate()
    with behind_the_wall():
        mine, later, theirs = (
            Session.objects.create(
                programme=cast.knutpunkten,
                on_date=today + days * DAY,
                part=part,
                theme=theme,
                leader=leader,
                room="Solen",
            )
            for days, part, theme, leader in (
                (3, "early", "7TJUGO", cast.elin),
                (20, "late", "Yoga", cast.elin),
                (3, "late", "Friskvård", cast.peter),
            )
        )
    leaves(cast.elin, days=10)  # one is led before the last day
    karin = sign_in(cast.karin)
    assert "Utse nya ledare för arbetspass" in karin.get(reverse("start")).text
    page = karin.get(reverse("to_hand_on")).text
    assert f'name="leader-{later.pk}"' in page
    assert str(mine.pk) not in page
    assert str(theirs.pk) not in page
    nothing = karin.post(reverse("to_hand_on"), {"what": "sessions"}, follow=True)
    assert "Välj en ledare för minst ett arbetspass." in nothing.text
    stranger = {"what": "sessions", f"leader-{later.pk}": str(cast.johan.pk)}
    karin.post(reverse("to_hand_on"), stranger)
    with behind_the_wall():
        later.refresh_from_db()
    assert later.leader == cast.elin, "only the team leads"
    done = karin.post(
        reverse("to_hand_on"), {"what": "sessions", f"leader-{later.pk}": str(cast.peter.pk)}, follow=True
    )
    assert "1 arbetspass har fått en ny ledare." in done.text
    with behind_the_wall():
        later.refresh_from_db()
        assert Entry.objects.get(event="session_changed").user_id == cast.karin.pk
    assert later.leader == cast.peter
    assert "Arbetspass utan ledare" not in karin.get(reverse("to_hand_on")).text
