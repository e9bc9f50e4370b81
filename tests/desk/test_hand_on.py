"""Somebody leaves: they lose everything that day, and what was theirs goes to whoever hands it on (W1, W3)."""

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
from knutpunkten.cases.models import Case, Turn
from knutpunkten.desk.jobs import hand_to_those_who_hand_on, settle
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.models import Membership, Role
from knutpunkten.routine import engine
from knutpunkten.routine.leaving import HANDING_ON, colleagues, to_settle, who_left
from tests.builders import ALL, make_person
from tests.conftest import behind_the_wall
from tests.meetings import pages

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PLACED = {"decided_at": timezone.now(), "notice_given_at": timezone.now(), "notice_confirmed_at": timezone.now()}


def leaves(user: Any, days: int = -1) -> None:
    """*user*'s memberships have their last day so many days from now."""
    Membership.objects.filter(user=user).update(ends_on=timezone.localdate() + days * DAY)


def night() -> None:
    with behind_the_wall():
        hand_to_those_who_hand_on(timezone.now())


def turns(case: Any) -> list[tuple[str, str, Any]]:
    with behind_the_wall():
        rows = Turn.objects.filter(case=case).order_by("position").select_related("user")
        return [(row.step, row.role, row.user and row.user.name) for row in rows]


def by_which_day(case: Any, step: str) -> tuple[Any, Any]:
    with behind_the_wall():
        return Turn.objects.values_list("since", "due_on").get(case=case, step=step)


def told(case: Any, event: str) -> set[str]:
    with behind_the_wall():
        return set(Notice.objects.filter(case_id=case.pk, event=event).values_list("user__name", flat=True))


@pytest.fixture
def amira(db: None) -> Any:
    with behind_the_wall():
        return make_person("Amira", "Öqvist")


@pytest.mark.clause("W1", "W3", "S12")
def test_who_leaves_loses_it_that_day_and_the_representative_hands_on_to_a_colleague(
    make_case, cast, sign_in, amira
) -> None:
    began = timezone.now() - 10 * DAY
    case = make_case("placed", person=amira, at=began, placed_at=began, **PLACED)
    johan, nadja = sign_in(cast.johan), sign_in(cast.nadja)
    waited = by_which_day(case, "service_decision")
    assert johan.get(reverse("case", args=[case.pk])).status_code == 200
    leaves(cast.johan)
    assert johan.get(reverse("case", args=[case.pk])).status_code == 403
    night()
    # Nothing waits for who has left; it waits for the representative, who is told.
    assert ("hand_on", "representative", None) in turns(case)
    assert "Johan Wik" not in {name for _, _, name in turns(case)}
    assert told(case, "to_hand_on") == {"Nadja Berg"}
    start = nadja.get(reverse("start")).text
    task = start.partition("Lämna vidare det som Johan Wik ansvarar för")[2].partition("</tr>")[0].partition("</li>")[0]
    assert str(by_which_day(case, "hand_on")[1]) in task, "the day that the case says"
    assert "1 ärende behöver någon som tar över." in start
    page = nadja.get(reverse("to_hand_on")).text
    assert "Amira Öqvist" in page
    assert "Har slutat" in page
    # The coordinator sees that it waits, and on whom.
    waits = sign_in(cast.karin).get(reverse("start")).text.partition('id="vantar-pa-andra"')[2]
    assert "Lämna vidare ärendet" in waits
    assert "Nadja Berg" in waits
    # When it is handed on, the colleague is told, and has what waited.
    step = reverse("step", args=[case.pk, "hand_on"])
    assert "Sara Lind" in nadja.get(step).text
    with behind_the_wall():
        version = Case.objects.get(pk=case.pk).version
    assert nadja.post(step, {"colleague": str(cast.sara.pk), "version": version}).status_code == 302
    assert ("service_decision", "caseworker", "Sara Lind") in turns(case)
    assert by_which_day(case, "service_decision") == waited, "the day it had, not a new one"
    assert told(case, "hand_on") == {"Sara Lind"}
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).caseworker == cast.sara
        assert Entry.objects.of_case(case.pk).get(event="hand_on").user_id == cast.nadja.pk
    sara = sign_in(cast.sara)
    assert "lämnade över ärendet till Sara Lind" in sara.get(reverse("events", args=[case.pk])).text
    changes = sara.get(reverse("case_reads", args=[case.pk]), {"visa": "andringar"}).text
    assert "Lämnade över ärendet till Sara Lind" in changes
    assert "Amira Öqvist" in sign_in(cast.sara).get(reverse("start")).text
    assert "Inget att lämna vidare" in nadja.get(reverse("to_hand_on")).text
    # What was told of it stays true when it is done.
    inbox = nadja.get(reverse("inbox")).text
    assert "Ett ärende blev utan någon som är ansvarig" in inbox
    assert "Lämna över det till en kollega, om det inte är gjort." in inbox


@pytest.mark.clause("W3", "S14")
def test_a_supervisor_who_leaves_is_replaced_by_the_coordinator(make_case, cast, sign_in, amira) -> None:
    case = make_case("active", person=amira, at=timezone.now() - 10 * DAY, supervisor=cast.elin)
    waited = by_which_day(case, "agree_plan")
    elin, karin = sign_in(cast.elin), sign_in(cast.karin)
    leaves(cast.elin)
    with behind_the_wall():
        session = Session.objects.create(
            programme=cast.knutpunkten,
            on_date=timezone.localdate() + 3 * DAY,
            part="early",
            theme="7TJUGO",
            leader=cast.elin,
            room="Solen",
        )
    night()
    assert elin.get(reverse("case", args=[case.pk])).status_code == 403
    assert turns(case)[0] == ("change_supervisor", "coordinator", None)
    assert told(case, "to_hand_on") == {"Karin Hallgren"}
    assert "Lämna vidare det som Elin Strand ansvarar för" in karin.get(reverse("start")).text
    page = karin.get(reverse("to_hand_on")).text
    assert "Amira Öqvist" in page
    assert reverse("session", args=[session.pk]) in page
    karin.post(reverse("to_hand_on"), {"from": str(cast.elin.pk), "to": str(cast.peter.pk)})
    assert {name for _, role, name in turns(case) if role == "supervisor"} == {"Peter Ågren"}
    assert by_which_day(case, "agree_plan") == waited
    assert told(case, "change_supervisor") == {cast.peter.name, "Johan Wik"}
    assert sign_in(cast.peter).get(reverse("case", args=[case.pk])).status_code == 200


@pytest.mark.clause("W3")
def test_a_supervisor_who_goes_over_to_another_programme_in_the_same_unit_leaves_cases_behind(
    make_case, cast, sign_in, amira
) -> None:
    make_case("active", person=amira, supervisor=cast.elin)
    leaves(cast.elin)
    Membership.objects.create(
        user=cast.elin,
        role=Role.SUPERVISOR,
        unit=cast.knutpunkten.team,
        programme=cast.lis,
        starts_on=timezone.localdate(),
    )
    assert "Lämna vidare det som Elin Strand ansvarar för" in sign_in(cast.karin).get(reverse("start")).text


def test_all_of_one_persons_cases_are_handed_on_at_once(make_case, cast, sign_in) -> None:
    cases = [make_case("placed", **PLACED) for _ in range(3)]
    leaves(cast.johan)
    night()
    nadja = sign_in(cast.nadja)
    assert "Ny handläggare i alla 3, i stället för Johan Wik" in nadja.get(reverse("to_hand_on")).text
    answer = nadja.post(reverse("to_hand_on"), {"from": str(cast.johan.pk), "to": str(cast.sara.pk)}, follow=True)
    assert "Sara Lind är nu handläggare i 3 ärenden, i stället för Johan Wik." in answer.text
    with behind_the_wall():
        assert {Case.objects.get(pk=case.pk).caseworker_id for case in cases} == {cast.sara.pk}
    wrong = nadja.post(reverse("to_hand_on"), {"from": str(cast.johan.pk), "to": str(cast.tove.pk)}, follow=True)
    assert "Välj vem som tar över." in wrong.text


@pytest.mark.parametrize(
    ("by", "gone", "to", "step"),
    [("nadja", "johan", "sara", "hand_on"), ("karin", "elin", "peter", "change_supervisor")],
)
def test_two_of_the_same_name_are_told_apart_where_one_of_them_is_chosen(
    by: str, gone: str, to: str, step: str, make_case, cast, sign_in, namesake_of
) -> None:
    case, leaver, taker = make_case("active"), getattr(cast, gone), getattr(cast, to)
    other = namesake_of(taker)
    leaves(leaver)
    client = sign_in(getattr(cast, by))
    for page in (client.get(reverse("to_hand_on")).text, client.get(reverse("step", args=[case.pk, step])).text):
        for user in (taker, other):
            assert f"{user.name}, {user.email}" in page
    settings = sign_in(cast.admin).get("/installningar/organisations/membership/add/").text
    assert f"{taker.name}, {taker.email}</option>" in settings
    assert f"{cast.bengt.name}</option>" in settings, "one who shares it with nobody is called by it alone"


@pytest.mark.parametrize(
    ("by", "now", "step", "said"),
    [("nadja", "johan", "hand_on", "i stället för {}?"), ("karin", "elin", "change_supervisor", "Nu: {}.")],
)
def test_whoever_has_the_same_name_as_the_one_who_has_the_case_is_told_from_them(
    by: str, now: str, step: str, said: str, make_case, cast, sign_in, namesake_of
) -> None:
    case, present = make_case("active"), getattr(cast, now)
    other = namesake_of(present)
    page = sign_in(getattr(cast, by)).get(reverse("step", args=[case.pk, step])).text
    assert said.format(f"{present.name}, {present.email}") in page
    assert f"{other.name}, {other.email}" in page


@pytest.mark.clause("W3", "W5")
@pytest.mark.parametrize(
    ("by", "gone", "to", "state", "part"),
    [("nadja", "johan", "sara", "placed", "handläggare"), ("karin", "elin", "peter", "active", "handledare")],
)
def test_a_protected_case_is_left_for_one_at_a_time_and_it_is_said(
    by: str, gone: str, to: str, state: str, part: str, make_case, cast, sign_in
) -> None:
    address, leaver, taker = reverse("to_hand_on"), getattr(cast, gone), getattr(cast, to)
    with behind_the_wall():
        mona = make_person("Mona", "Skyddad", protection="sekretessmarkering")
    protected = make_case(state, person=mona, readers=[getattr(cast, by)], **PLACED)
    for _ in range(2):
        make_case(state, **PLACED)
    leaves(leaver)
    client, data = sign_in(getattr(cast, by)), {"from": str(leaver.pk), "to": str(taker.pk)}
    page = client.get(address).text
    assert f"Ny {part} i de 2 övriga, i stället för {leaver.name}" in page
    # The supervisor that is chosen reads from then on; a colleague must be named first.
    rule = ", till den som är utsedd att läsa." if by == "nadja" else ". Den du väljer får läsa ärendet."
    assert page.count(f"Skyddade uppgifter: lämnas över ett i taget{rule}") == 1
    choosing = client.get(
        reverse("step", args=[protected.pk, "hand_on" if by == "nadja" else "change_supervisor"])
    ).text
    way_on = f'<a class="ds-button" href="{reverse("protected_cases")}">Utse läsare</a>'
    assert (way_on in choosing) == (by == "nadja")
    answer = client.post(address, data, follow=True).text
    assert f"{taker.name} är nu {part} i 2 ärenden, i stället för {leaver.name}." in answer
    assert f"{protected.number} är kvar: lämna över det för sig." in answer
    assert "Lämna över " not in answer.partition("<main")[2].partition("<aside")[0], "nothing that would change nothing"
    nothing = client.post(address, data, follow=True).text
    assert "Inget lämnades över. Ärenden med skyddade uppgifter lämnas över ett i taget." in nothing
    assert f"{taker.name} är nu" not in nothing


@pytest.mark.clause("W3", "W5")
def test_a_protected_case_that_nobody_reads_waits_for_a_reader_and_the_page_says_where(make_case, cast, sign_in):
    with behind_the_wall():
        mona = make_person("Mona", "Skyddad", protection="sekretessmarkering")
    case, draft = make_case("placed", person=mona, **PLACED), make_case("draft", person=mona)
    johan, nadja = sign_in(cast.johan), sign_in(cast.nadja)
    for of_case, words in (
        (case, "Be enhetens representant"),
        (draft, "Enhetens representant kan utse någon först när"),
    ):
        page = johan.get(reverse("step", args=[of_case.pk, "hand_on"])).text
        assert f"Ingen annan handläggare är utsedd att läsa ärendet. {words}" in page
        assert nadja.get(reverse("name_reader", args=[of_case.pk, of_case.referring_unit_id])).status_code == (
            200 if of_case == case else 404
        )
    leaves(cast.johan)
    night()
    assert f"Utse läsare: {case.number}" in nadja.get(reverse("start")).text
    page = nadja.get(reverse("to_hand_on")).text
    assert case.number not in page
    assert f'<a href="{reverse("protected_cases")}">Läsare i skyddade ärenden</a>' in page
    assert case.number in nadja.get(reverse("protected_cases")).text


def test_a_planned_absence_can_be_handed_on_before(make_case, cast, sign_in) -> None:
    case = make_case("placed", **PLACED)
    leaves(cast.johan, days=10)
    night()
    assert ("service_decision", "caseworker", "Johan Wik") in turns(case)  # still theirs
    page = sign_in(cast.nadja).get(reverse("to_hand_on")).text
    assert f"Slutar {timezone.localdate() + 10 * DAY}" in strip_tags(page)
    johan = sign_in(cast.johan)
    assert "Lämna över till en kollega" in johan.get(reverse("case", args=[case.pk])).text
    with behind_the_wall():
        version = Case.objects.get(pk=case.pk).version
    johan.post(reverse("step", args=[case.pk, "hand_on"]), {"colleague": str(cast.sara.pk), "version": version})
    assert ("service_decision", "caseworker", "Sara Lind") in turns(case)


@pytest.mark.clause("W3")
@pytest.mark.parametrize(
    ("step", "by", "field", "taker", "state", "waits"),
    [
        ("hand_on", "johan", "colleague", "sara", "placed", "service_decision"),
        ("change_supervisor", "karin", "supervisor", "peter", "allocated", "book_first_meeting"),
    ],
)
def test_what_is_handed_on_waits_since_the_same_day_and_by_the_same(
    step, by, field, taker, state, waits, make_case, cast, sign_in
) -> None:
    case = make_case(state, at=timezone.now() - 10 * DAY, supervisor=cast.elin if state == "allocated" else None)

    def due() -> tuple[Any, Any, Any]:
        with behind_the_wall():
            return Turn.objects.values_list("since", "due_on", "user").get(case=case, step=waits)

    since, due_on, _ = due()
    pages.take(sign_in(getattr(cast, by)), case, step, **{field: str(getattr(cast, taker).pk)})
    assert due() == (since, due_on, getattr(cast, taker).pk)


@pytest.mark.clause("S12")
@pytest.mark.parametrize(("by", "instead_of"), [("nadja", "Johan Wik"), ("johan", "dig")])
def test_it_is_said_who_becomes_caseworker_and_in_whose_place_before_and_after(
    by: str, instead_of: str, make_case, cast, sign_in
) -> None:
    case, client = make_case("placed", **PLACED), sign_in(getattr(cast, by))
    step = reverse("step", args=[case.pk, "hand_on"])
    assert f"Vem blir handläggare i stället för {instead_of}?" in client.get(step).text
    answer = client.post(step, {"colleague": str(cast.sara.pk), "version": case.version}, follow=True)
    assert f"Sara Lind är nu handläggare i stället för {instead_of}, och har fått veta det." in answer.text


def test_a_draft_is_taken_over_by_a_colleague_and_not_seen_by_the_representative(make_case, cast, sign_in) -> None:
    case = make_case("draft")
    leaves(cast.johan)
    night()
    assert turns(case) == [("hand_on", "caseworker", None)]
    assert "Lämna vidare ärendet" in sign_in(cast.sara).get(reverse("start")).text
    assert case.number not in sign_in(cast.nadja).get(reverse("to_hand_on")).text


def test_without_a_representative_a_colleague_hands_on(make_case, cast) -> None:
    case = make_case("placed", **PLACED)
    leaves(cast.johan)
    leaves(cast.nadja)
    night()
    assert turns(case)[0] == ("hand_on", "caseworker", None)


@pytest.mark.parametrize("name", ["johan", "elin"])
def test_who_goes_over_to_another_role_or_unit_has_left_the_cases_behind_wherever_it_is_asked(
    name: str, make_case, cast
) -> None:
    case, user, today = make_case("active"), getattr(cast, name), timezone.localdate()
    team = {"role": Role.COORDINATOR} if name == "elin" else {"role": Role.REPRESENTATIVE}
    away = {"programme": cast.lis} if name == "elin" else {"unit": cast.unit("Vuxenenheten")}
    with behind_the_wall():
        assert (who_left(case, today).users, to_settle(today)) == (frozenset(), [])
        for change in (team, away):
            with transaction.atomic():
                Membership.objects.filter(user=user).update(**change)
                assert (who_left(case, today).users, to_settle(today)) == (frozenset({user.pk}), [case.pk])
                transaction.set_rollback(True)


@pytest.mark.parametrize("name", ["johan", "elin"])
def test_the_night_asks_once_for_who_has_left_and_once_more_when_they_are_back(name: str, make_case, cast) -> None:
    case, user, today = make_case("active"), getattr(cast, name), timezone.localdate()
    make_case("closed")

    def waits_for_the_night() -> list[Any]:
        with behind_the_wall():
            return to_settle(today)

    for is_active in (False, True):
        with behind_the_wall():
            type(user).objects.filter(pk=user.pk).update(is_active=is_active)
        assert waits_for_the_night() == [case.pk]
        night()
        assert waits_for_the_night() == []
        assert (turns(case)[0][0] in HANDING_ON) is not is_active


def test_without_a_consent_nobody_is_asked_for_another_supervisor(make_case, cast) -> None:
    make_case("active", parties={})
    with behind_the_wall():
        leaves(cast.elin)
        assert to_settle(timezone.localdate()) == []


def test_an_inactive_colleague_takes_over_nothing(make_case, cast) -> None:
    case, today = make_case("active"), timezone.localdate()
    with behind_the_wall():
        assert [user.name for user in colleagues(case, today, [cast.johan.pk])] == [cast.sara.name]
        Membership.objects.filter(user=cast.sara).update(ends_on=today)
        assert colleagues(case, today, [cast.johan.pk]) == [], "nor one whose last day it is"
        Membership.objects.filter(user=cast.sara).update(ends_on=None)
        type(cast.sara).objects.filter(pk=cast.sara.pk).update(is_active=False)
        assert colleagues(case, today, [cast.johan.pk]) == []


def test_an_inactive_account_is_as_good_as_gone_and_what_comes_back_is_theirs_again(make_case, cast) -> None:
    case = make_case("placed", **PLACED)
    before = turns(case)
    with behind_the_wall():
        type(cast.johan).objects.filter(pk=cast.johan.pk).update(is_active=False)
    night()
    assert turns(case)[0][0] == "hand_on"
    with behind_the_wall():
        type(cast.johan).objects.filter(pk=cast.johan.pk).update(is_active=True)
    night()
    assert turns(case) == before


@pytest.mark.clause("W1")
def test_without_a_consent_it_waits_for_who_hands_on_and_then_for_the_new_one(make_case, cast, sign_in) -> None:
    case = make_case("active", valid_until=timezone.localdate() - DAY)
    with behind_the_wall():
        engine.refresh(case.pk, at=timezone.now())
    assert turns(case) == [("sign_consent", "caseworker", "Johan Wik")]
    leaves(cast.johan)
    night()
    assert turns(case) == [("hand_on", "representative", None)]
    pages.take(sign_in(cast.nadja), case, "hand_on", colleague=str(cast.sara.pk))
    assert turns(case) == [("sign_consent", "caseworker", "Sara Lind")]


def test_another_step_meanwhile_does_not_bring_back_who_left(make_case, cast, take) -> None:
    case = make_case("placed", **PLACED)
    leaves(cast.johan)
    night()
    take(case, "allocate", cast.karin, supervisor=str(cast.elin.pk))
    assert turns(case)[0] == ("hand_on", "representative", None)
    assert "Johan Wik" not in {name for _, _, name in turns(case)}


def test_the_night_and_a_change_by_the_administrator_both_see_it(make_case, cast, sign_in) -> None:
    case = make_case("placed", **PLACED)
    hat = cast.johan.memberships.get()
    row = {
        "user": str(cast.johan.pk),
        "role": "caseworker",
        "unit": str(hat.unit_id),
        "programme": "",
        "association": "",
    }
    row |= {"starts_on": hat.starts_on.isoformat(), "ends_on": (timezone.localdate() - DAY).isoformat()}
    answer = sign_in(cast.admin).post(f"/installningar/organisations/membership/{hat.pk}/change/", row)
    assert answer.status_code == 302
    with behind_the_wall(), connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = 'settle_leaving'")
        assert cursor.fetchone()[0] == 1
    with behind_the_wall():
        settle(timezone.now())
    assert turns(case)[0][0] == "hand_on"


@pytest.mark.clause("W1")
@pytest.mark.parametrize("name", ["mats", "karin", "elin", "ulrika", "siv", "tove"])
def test_nobody_else_hands_a_case_on(name: str, make_case, cast, sign_in) -> None:
    case = make_case("active")
    client = sign_in(getattr(cast, name))
    step = reverse("step", args=[case.pk, "hand_on"])
    assert client.post(step, {"colleague": str(cast.sara.pk), "version": 1}).status_code in (403, 404)
    with acting_as(getattr(cast, name)):
        # Nor by hand, past the routine: refused, or not there at all.
        try:
            with transaction.atomic():
                assert Case.objects.filter(pk=case.pk).update(caseworker=cast.sara) == 0
        except DatabaseError as refused:
            assert "only the routine" in str(refused)
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).caseworker == cast.johan


def test_only_a_colleague_of_the_unit_can_take_over(make_case, cast, sign_in) -> None:
    case = make_case("placed", **PLACED)
    answer = sign_in(cast.nadja).post(
        reverse("step", args=[case.pk, "hand_on"]), {"colleague": str(cast.tove.pk), "version": case.version}
    )
    assert "Välj någon i listan" in answer.text
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).caseworker == cast.johan


def test_the_list_is_for_those_who_hand_on(cast, sign_in) -> None:
    for name, status in (("nadja", 200), ("karin", 200), ("johan", 403), ("elin", 403), ("bengt", 403), ("admin", 403)):
        assert sign_in(getattr(cast, name)).get(reverse("to_hand_on")).status_code == status, name
    assert "Inget att lämna vidare" in sign_in(cast.nadja).get(reverse("to_hand_on")).text
    assert {hat.role for hat in cast.nadja.memberships.all()} == {Role.REPRESENTATIVE}


def test_where_nobody_else_can_take_over_the_page_says_what_to_do_and_has_nothing_to_send(
    make_case, cast, sign_in
) -> None:
    parties = dict.fromkeys(("Vuxenenheten", "Knutpunktsteamet"), ALL)
    case = make_case("active", caseworker=cast.tove, parties=parties)
    step = reverse("step", args=[case.pk, "hand_on"])
    page = sign_in(cast.tove).get(step).content.decode()
    assert "Ingen annan handläggare på enheten har konto." in page
    assert '<button class="ds-button" type="submit">Lämna över' not in page
    alone = sign_in(cast.tove).post(step, {"version": case.version}).content.decode()
    assert "Välj vem som tar över" in alone
    case = make_case("active")
    page = sign_in(cast.johan).get(reverse("step", args=[case.pk, "hand_on"])).content.decode()
    assert '<button class="ds-button" type="submit">Lämna över' in page
