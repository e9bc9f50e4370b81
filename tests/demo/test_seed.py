"""The demo's world: every state, only test numbers, the same each time, and made in seconds."""

import re
from datetime import date, timedelta

import pytest

from knutpunkten.cases.models import State
from knutpunkten.consents.rules import last_day
from knutpunkten.demo.people import HERE
from knutpunkten.organisations.calendar import is_working_day
from tests import seeded
from tests.conftest import NAME

pytestmark = pytest.mark.slow("it tells forty people's stories through the whole routine")

# A Thursday of a case meeting, in the past: people's own clocks agree that it has been. The stories go forward together,
# in another order each day: on this one each has leant on who acted last in another.
THURSDAY = date(2025, 11, 20)
# What fifteen seconds are enough for. Seconds themselves would tell how busy the machine is, and fail on a busy one.
STATEMENTS = 10_500
NUMBERS = {line.strip() for line in (HERE / "test_numbers.txt").read_text().splitlines() if line.strip().isdigit()}
FACTS = {
    "198603139885", "197906209239", "198705012394", "197904112386", "198607039990", "197902069272", "200006111181",
    "200102150489", "198601049995", "198704012387", "198512089882", "197804112394", "197804112386", "197807119305",
    "197901049283", "197909089265", "197805109316",
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> str:
    return seeded.seeded_template(THURSDAY)


def test_every_state_of_both_kinds_is_there(world):
    found = {(kind, state) for kind, state in seeded.rows(world, "select kind, state from cases_case")}

    collaboration = {("collaboration", state.value) for state in State if state != State.PRESENTED}
    consultation = {
        ("consultation", s) for s in ("draft", "handed_over", "announced", "presented", "closed", "cancelled")
    }
    assert found == collaboration | consultation


def test_all_numbers_are_test_numbers_and_all_people_have_one(world):
    numbers = [number for (number,) in seeded.rows(world, "select number from people_person")]

    assert len(numbers) == len(set(numbers)) >= 40
    assert set(numbers) <= NUMBERS | FACTS


def test_phones_are_from_the_series_for_books_and_film(world):
    phones = [p for (p,) in seeded.rows(world, "select data->>'phone' from cases_section where data->>'phone' <> ''")]
    phones += [p for (p,) in seeded.rows(world, "select phone from organisations_user where phone <> ''")]

    assert phones
    wrong = [p for p in phones if not re.fullmatch(r"070-174 06 (0[5-9]|[1-9]\d)|08-465 004 \d\d", p)]
    assert wrong == []


def test_the_next_meeting_has_six_cases_and_two_consultations(world):
    ahead = seeded.rows(
        world,
        "select i.kind, count(*) from meetings_agendaitem i join meetings_meeting m on m.id = i.meeting_id"
        " join organisations_programme p on p.id = m.programme_id"
        " where p.name = 'Knutpunkten' and i.outcome = '' and i.purpose <> 'announce' group by i.kind",
    )

    assert dict(ahead) == {"collaboration": 6, "consultation": 2}


def test_ten_places_are_taken_one_is_offered_and_one_is_free_while_three_stand_in_the_queue(world):
    places = seeded.rows(world, PLACES)
    assert dict(places) == {"taken": 10, "offered": 1, "free": 1}

    waiting = seeded.rows(
        world,
        "select c.last_name from queue_ticket t join queue_waiting w on w.ticket_id = t.id"
        " join cases_case c on c.id = w.case_id"
        " where t.state <> 'left' order by t.order_at",
    )
    assert [name for (name,) in waiting] == ["Kvist", "Ekdahl", "Lindkvist"]


PLACES = (
    "select state, count(*) from queue_place q join organisations_programme p on p.id = q.programme_id"
    " where p.name = 'Knutpunkten' group by state"
)


def test_one_follow_up_is_overdue_and_one_consent_is_about_to_end(world):
    late = seeded.rows(world, f"{NAMES} where c.state = 'active' and c.follow_up_on < date '{THURSDAY}'")
    ends = seeded.rows(
        world, f"{NAMES} where c.state = 'active' and c.consent_until <= date '{THURSDAY + timedelta(days=14)}'"
    )

    assert late == [("Nygren",)]
    assert ("Warsame",) in ends
    of_each = seeded.rows(world, "select signed_on, valid_until from consents_consent where signed_on is not null")
    assert [one for one in of_each if one[1] > last_day(one[0])] == [], "twelve months at most"


def test_one_has_given_a_party_a_shorter_time_than_the_others(world):
    rows = seeded.rows(
        world,
        f"{NAMES} join cases_party g on g.case_id = c.id and g.basis = 'consent' and g.valid_until < c.consent_until"
        f" where g.valid_until = date '{THURSDAY + timedelta(days=60)}'",
    )
    assert rows == [("Hult",)]


NAMES = "select c.last_name from cases_case c"


def test_one_is_protected_one_came_back_and_one_took_the_consent_back_by_phone(world):
    assert seeded.rows(world, f"{NAMES} where c.number like 'KP-%' and c.protection <> 'none'") == [("Vester",)]
    back = seeded.rows(world, f"{NAMES} where c.last_name = 'Svahn' and c.state in ('cancelled', 'active')")
    assert len(back) == 2
    withdrawn = seeded.rows(
        world, f"{NAMES} join consents_consent k on k.case_id = c.id where k.withdrawn_how = 'phone'"
    )
    assert withdrawn == [("Rydell",)]


def test_amira_has_plan_version_four_three_goals_and_an_account(world):
    plans = seeded.rows(
        world,
        "select max(l.version), count(distinct g.own_words) from plans_plan l join plans_goal g on g.plan_id = l.id"
        " join cases_case c on c.id = l.case_id"
        " where c.last_name = 'Haddad' and l.agreed_on is not null",
    )
    assert plans == [(4, 3)]
    account = seeded.rows(world, "select u.name from people_person p join organisations_user u on u.id = p.account_id")
    assert account == [("Amira Haddad",)]


def test_nothing_happens_after_now_but_what_is_planned(world):
    ahead = seeded.rows(
        world, f"select event from audit_entry where at > timestamptz '{THURSDAY} 09:00 Europe/Stockholm'"
    )
    assert ahead == []


def test_the_month_that_is_over_has_something_to_be_reviewed(world):
    found = seeded.rows(
        world,
        "select d.reasons from organisations_association a, review_draw(a.id, timestamptz '2025-10-01 Europe/Stockholm',"
        " timestamptz '2025-11-01 Europe/Stockholm', 20, 20) d",
    )
    assert len(found) >= 5
    read_on = seeded.rows(
        world, "select distinct at::date from audit_entry where event = 'read' and at < date '2025-11-01'"
    )
    assert [day for (day,) in read_on if not is_working_day(day)] == []


DUMP = (
    "select c.number, p.number, c.first_name, c.last_name, c.state, c.version, c.next_step, c.due_on, c.follow_up_on"
    " from cases_case c join people_person p on p.id = c.person_id order by c.number",
    "select event, at, count(*) from audit_entry group by event, at order by at, event",
    "select s.on_date, s.part, a.came, count(*) from activities_attendance a join activities_session s"
    " on s.id = a.session_id group by 1, 2, 3 order by 1, 2, 3",
)


def test_whoever_did_something_asked_from_an_address_set_aside_for_examples(world):
    """Each agency's own, so that the reviewer sees from where; the routine itself asks from nowhere."""
    found = seeded.rows(world, "select u.agency_id, host(e.address), user_id is null from audit_entry e"
                               " left join organisations_unit u on u.id = e.unit_id group by 1, 2, 3")  # fmt: skip
    of_people = [(agency, address) for agency, address, is_routine in found if not is_routine]
    assert all(address and address.startswith("192.0.2.") for _, address in of_people)
    assert len({agency for agency, _ in of_people}) == len(of_people) > 3
    assert {address for _, address, is_routine in found if is_routine} <= {None}


def test_it_is_the_same_each_time_small_enough_for_seconds_and_made_once(world):
    again = f"{NAME}_seeded_again"
    try:
        said = seeded.seed(again, THURSDAY)

        for statement in DUMP:
            assert seeded.rows(again, statement) == seeded.rows(world, statement)
        assert int(said.split()[0]) < STATEMENTS

        seeded.manage("seed_demo", "--today", THURSDAY.isoformat(), database=again, role="app")
        assert seeded.rows(again, DUMP[0]) == seeded.rows(world, DUMP[0]), "a second time it does nothing"
    finally:
        seeded.drop(again)
