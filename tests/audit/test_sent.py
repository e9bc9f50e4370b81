"""The other column of ``addresses.py``: what each form writes as it is taken (W4), one address at a time."""

import ast
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from knutpunkten.activities.models import Attendance, Enrolment, Placement, Session
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case
from knutpunkten.documents.models import StoredFile
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import AgendaItem, Meeting
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Membership
from knutpunkten.plans.models import MappingArea
from knutpunkten.protection.models import NamedReader
from knutpunkten.queue.actions import set_places
from knutpunkten.queue.models import Ticket, Waiting
from knutpunkten.review.models import Item, Round
from knutpunkten.visits.models import Booking, Slot
from tests import builders
from tests.access.policy import POLICY
from tests.activities.test_placements import ANSWERS as PLACEMENT
from tests.audit.addresses import ADDRESSES, DRIVEN_ELSEWHERE, THE_DEMOS
from tests.closing.test_closing import REPORT
from tests.conftest import ROOT, behind_the_wall
from tests.meetings.pages import put
from tests.plans.pages import AREA, agree, rows_of, write_goal, write_mapping
from tests.referrals.filling import answers, consent_answers, printed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FILM = "070-174 06 20"


def written_by(user: Any) -> list[str]:
    """What *user* has done, in order: the events as the table has them."""
    with behind_the_wall():
        rows = Entry.objects.filter(user_id=user.pk).order_by("recorded_at")
        return [f"read {row.detail['what']}" if row.event == "read" else row.event for row in rows]


@pytest.fixture
def send(sign_in: Any) -> Iterator[Callable[..., Any]]:
    """``send("cancel_slot", cast.karin, slot)``: the form is taken, and writes what the table says. Answers the answer.

    *step*: what stands for "the step's own". *of*: the one of several that the table gives, apart by "or".
    """
    clients: dict[Any, Any] = {}
    wrong: list[str] = []

    def send(name: str, user: Any, /, *about: Any, step: str = "", of: int = 0, **data: Any) -> Any:
        if user.pk not in clients:
            clients[user.pk] = sign_in(user)
        before = len(written_by(user))
        url = reverse(name, args=[getattr(one, "pk", one) for one in about])
        answer = clients[user.pk].post(url, data)
        assert answer.status_code < 400, (name, answer.status_code)
        said = [event for event, _ in groupby(written_by(user)[before:])]  # one for each of several counts once
        if said != (expected := ADDRESSES[name].taken(step, of)):
            wrong.append(f"{name} ({answer.status_code}) writes {said}, and not {expected}")
        return answer

    yield send
    assert wrong == []


def fresh(case: Any) -> int:
    with behind_the_wall():
        return Case.objects.get(pk=case.pk).version


# Visits.


@pytest.fixture
def slot(cast: Any) -> Callable[..., Slot]:
    def slot(days: int, **fields: Any) -> Slot:
        at = timezone.now() + days * DAY
        with behind_the_wall():
            return Slot.objects.create(
                programme=cast.knutpunkten, starts_at=at, ends_at=at + timedelta(hours=1), seats=6, **fields
            )

    return slot


@pytest.mark.clause("W4")
def test_study_visits(cast, slot, send) -> None:
    first, second, been = slot(7), slot(8), slot(-1)
    send("book_visit", cast.johan, slot=first.pk, how_many="2", phone=FILM)
    with behind_the_wall():
        booked = Booking.objects.get()
    send("change_visit_time", cast.johan, booked, slot=second.pk, shown=first.pk)
    send("cancel_booking", cast.johan, booked)
    with behind_the_wall():
        Booking.objects.update(slot=been, cancelled_at=None)
    send("report_visit", cast.johan, booked, came="yes", wish="apply")
    send("cancel_slot", cast.karin, second)
    send("confirm_slot", cast.karin, second)
    send("move_slot", cast.karin, second, day=str(add_working_days(timezone.localdate(), 20)), starts="13:30")


# The week.


@pytest.mark.clause("W4")
def test_the_week(cast, make_case, send) -> None:
    case, today = make_case("active"), timezone.localdate()
    monday = today - today.weekday() * DAY
    new = {
        "on_date": str(add_working_days(today, 3)),
        "part": "early",
        "theme": "Nätverk",
        "leader": "",
        "room": "Salen",
        "places": "12",
    }
    send("new_session", cast.elin, **new)
    session = Session.objects.get()
    send("session", cast.elin, session, **{**new, "room": "Solen"})
    send("enrol", cast.elin, session, cases=[str(case.pk)])
    send("enrol", cast.elin, session, of=1)
    send("cancel_session", cast.elin, session)
    send("restore_session", cast.elin, session)
    with behind_the_wall():
        Session.objects.update(on_date=monday - 7 * DAY)  # begun, at whatever hour it is now
        Enrolment.objects.update(removed_at=None)
    send("attendance", cast.elin, session, all="yes")
    with behind_the_wall():
        at = Attendance.objects.get().recorded_at
    send("undo_attendance", cast.elin, session, at=at.isoformat())
    with behind_the_wall():
        Session.objects.update(on_date=monday, recorded_at=None)
    year, week, _ = monday.isocalendar()
    send("copy_week", cast.elin, v=f"{year}-{week:02d}")


# The meeting.


@pytest.fixture
def meeting(cast: Any) -> Meeting:
    now = timezone.now()
    with behind_the_wall():
        plan_meetings(cast.knutpunkten, timezone.localdate(now) + 200 * DAY, now)
        set_places(cast.knutpunkten, now)
    return Meeting.objects.filter(programme=cast.knutpunkten).ahead(now)[0]


@pytest.mark.clause("W4")
def test_the_case_meeting(cast, make_case, meeting, send) -> None:
    case, other = (make_case("announced", meeting_on=timezone.localdate(meeting.starts_at)) for _ in range(2))
    with behind_the_wall():
        first, second = put(case, meeting), put(other, meeting)
    send("order_agenda", cast.karin, meeting, item=second.pk, way="up")
    send("set_agenda", cast.karin, meeting)
    send("meeting_attendance", cast.karin, meeting, present=[str(cast.nadja.pk)])
    send("begin_meeting", cast.karin, meeting)
    with behind_the_wall():
        case.parties.filter(basis="consent").update(answer="not_known", answered_at=timezone.now())
    due = str(timezone.localdate(meeting.starts_at))
    decided = {"decision": "queue", "reason": "Fullt.", "responsible": str(cast.nadja.pk), "due_on": due}
    send("meeting_case", cast.karin, meeting, case, step="queue", version=fresh(case), **decided)
    with behind_the_wall():
        AgendaItem.objects.filter(pk=second.pk).delete()
        unseen = make_case("announced", parties={"Försörjningsstöd": ["grund"]})
        put(unseen, meeting)
    assert first.pk
    send("take_up_later", cast.karin, meeting, case=unseen.pk)
    send("end_meeting", cast.karin, meeting)
    empty = Meeting.objects.filter(programme=cast.knutpunkten).ahead(timezone.now())[3]
    day = timezone.localdate(empty.starts_at) + DAY
    changed = {"starts": "10:00", "ends": "12:00", "place": "Stadshuset"}
    send("change_meeting", cast.karin, empty, day=str(day), is_sure=day, **changed)
    with behind_the_wall():
        put(other, empty)
    send("change_meeting", cast.karin, empty, of=1, day=str(day + DAY), is_sure=day + DAY, **changed)
    send("call_off_meeting", cast.karin, empty, reason="Samordnaren är sjuk.")
    send("restore_meeting", cast.karin, empty, of=1)
    send("new_meeting", cast.karin, day=str(day + 2 * DAY), is_sure=day + 2 * DAY, **changed)


@pytest.mark.clause("W4")
def test_a_place_that_is_offered_to_another(cast, make_case, meeting, send, take) -> None:
    cases = [make_case("queued", notice_given_at=timezone.now(), notice_confirmed_at=timezone.now()) for _ in range(2)]
    for case in cases:
        with behind_the_wall():
            ticket = Ticket.objects.create(programme=case.programme, since=timezone.now(), order_at=timezone.now())
            Waiting.objects.create(ticket=ticket, case=case, author_unit=case.programme.team)
    take(cases[0], "offer", cast.karin)
    why = {"reason": "Kompletteras.", "out_of_order_reason": "Bråttom."}
    send("offer_another", cast.karin, cases[0], version=fresh(cases[0]), to=cases[1].pk, **why)


@pytest.mark.clause("W4")
def test_what_a_party_knows(cast, make_case, meeting, send, take) -> None:
    case = make_case("announced", meeting_on=timezone.localdate(meeting.starts_at), on_agenda_at=timezone.now())
    known = {"text_arbetsmarknad": "Praktik på lager", "can_arbetsmarknad": "Praktik"}
    send("knowledge", cast.mats, case, **known)
    file = SimpleUploadedFile("intyg.pdf", b"%PDF-1.7 ett prov")
    send("upload_file", cast.mats, case, file=file, category="arbetsmarknad")
    with behind_the_wall():
        stored = StoredFile.objects.get(case=case)
    send("knowledge", cast.mats, case, **known, remove=stored.pk, of=1)
    take(case, "disclose", cast.mats, **known, answer="disclosed", share=["arbetsmarknad"])
    send("knowledge", cast.mats, case, **known, take_back="arbetsmarknad", of=2)


# The referral and the consent.


@pytest.mark.clause("W4")
def test_the_referral(cast, make_case, send) -> None:
    case = make_case("draft", parties={})
    new = {
        "number": builders.NUMBERS[300],
        "first_name": "Nora",
        "last_name": "Fridh",
        "programme": cast.knutpunkten.pk,
    }
    new |= {"kind": "collaboration", "phone": FILM, "protection": "none", "confirm": "1", "is_checked": "1"}
    send("new_referral", cast.johan, **new)
    send("referral_part", cast.johan, case, "question", question="Vad behövs för att orka halvtid?")
    send("consent", cast.johan, case, **consent_answers(cast))
    signed = {"signed_on": str(timezone.localdate()), "witness": "Sara Lind", "has_notice": "on"}
    send("step", cast.johan, case, "sign_consent", step="sign_consent", version=fresh(case), **printed(case), **signed)
    file = SimpleUploadedFile("utredning.pdf", b"%PDF-1.7 ett prov")
    send("upload_file", cast.johan, case, file=file, category="halsa")
    with behind_the_wall():
        stored = StoredFile.objects.get(case=case)
    send("remove_file", cast.johan, case, stored)
    send("withdraw_consent", cast.johan, case, what="whole", how="phone", taken_by="Johan Wik")
    assert answers()


@pytest.mark.clause("W4")
def test_who_rings_and_what_is_looked_for(cast, make_case, send) -> None:
    case = make_case("active")
    send("search", cast.johan, q=case.last_name)
    send("withdrawal_call", cast.karin, number=case.person.number, how="phone", taken_by="Växeln")


@pytest.mark.clause("W4")
def test_a_reminder(cast, make_case, send) -> None:
    case = make_case("placed", notice_given_at=timezone.now(), notice_confirmed_at=timezone.now())
    send("remind_actor", cast.karin, case, "caseworker")
    other = make_case("placed", notice_given_at=timezone.now(), notice_confirmed_at=timezone.now())
    send("remind_several", cast.karin, who=f"{other.pk}.caseworker")


# Mapping, plan, follow-up and closing.


@pytest.mark.clause("W4")
def test_mapping_and_plan(cast, make_case, sign_in, send) -> None:
    case, elin = make_case("active"), cast.elin
    send("save_area", elin, case, "physical", **{f"physical-{name}": words for name, words in AREA.items()})
    send("disclose_area", elin, case, "physical", disclosed="yes")
    send("disclose_area", elin, case, "physical", of=1, disclosed="no")
    write_mapping(sign_in(elin), case)
    assert len(MappingArea.Area.values) == 5
    send("step", elin, case, "finish_mapping", step="finish_mapping", version=fresh(case))
    send("begin_plan", elin, case)
    goal, sub_goal = rows_of(case, 1)
    send("edit_plan", elin, case, **{f"own_words-{goal.pk}": "Jag vill jobba i kök"})
    unit, late = cast.unit("Arbetsförmedlingen"), timezone.localdate() - 7 * DAY
    write_goal(sign_in(elin), case, responsible="Mats Lindahl", unit=unit, due_on=late)
    agree(sign_in(elin), case, fresh(case))
    _, sub_goal = rows_of(case, 1)
    send("remind_sub_goal", elin, case, sub_goal.lineage)
    send("mark_sub_goal", elin, case, sub_goal.lineage, state="done")


@pytest.mark.clause("W4")
def test_work_training_and_internships(cast, make_case, send) -> None:
    case = make_case("active")
    send("new_placement", cast.elin, case, **PLACEMENT)
    with behind_the_wall():
        placement = Placement.objects.get()
    send("placement", cast.elin, case, placement.pk, why_changed="Orkar mer.", **PLACEMENT | {"weekly_hours": 10})
    send("end_placement", cast.elin, case, placement.pk, ended_on=timezone.localdate().isoformat(), why="Fick arbete.")


@pytest.mark.clause("W4")
def test_the_closing(cast, make_case, send) -> None:
    send("closing_part", cast.elin, make_case("active"), "rapport", **REPORT)


# Protected identity, and who leaves.


@pytest.mark.clause("W4")
def test_protected_identity(cast, make_case, send) -> None:
    case = make_case("announced", meeting_on=timezone.localdate() + 9 * DAY)
    send("protect", cast.johan, case, protection="sekretessmarkering", is_sure="on")
    until, unit = str(timezone.localdate() + 60 * DAY), cast.unit("Försörjningsstöd")
    send("name_reader", cast.nadja, case, unit, user=str(cast.nadja.pk), until=until, reason="Tar emot ärendet")
    with behind_the_wall():
        named = NamedReader.objects.get(case=case, user=cast.nadja)
    send("end_reader", cast.nadja, case, unit, named, sure="yes")
    over = {"why": "lifted", "since": str(timezone.localdate() - DAY), "has_looked": "on", "is_sure": "on"}
    send("end_protection", cast.johan, case, **over)


@pytest.mark.clause("W4")
def test_what_is_handed_on(cast, make_case, send) -> None:
    now = timezone.now()
    make_case("placed", decided_at=now, notice_given_at=now, notice_confirmed_at=now)
    Membership.objects.filter(user=cast.johan).update(ends_on=timezone.localdate() - DAY)
    send("to_hand_on", cast.nadja, **{"from": str(cast.johan.pk), "to": str(cast.sara.pk)})


# The reviewer, and what is nobody's case.


@pytest.mark.clause("W4")
def test_the_reviewers_finding(cast, sign_in, send) -> None:
    sign_in(cast.johan).get(reverse("routines"))
    with behind_the_wall():
        entry = Entry.objects.get(user_id=cast.johan.pk)
        month = timezone.localdate().replace(day=1)
        made = Round.objects.create(association=cast.association, month=month, drawn_at=timezone.now())
        item = Item.objects.create(round=made, entry_id=entry.pk, user=cast.johan, reasons={"sample": 1})
    send("review_item", cast.lotta, item, outcome="right", close="1")
    send("look_up_person", cast.lotta, number=builders.NUMBERS[0], why="asked")


@pytest.mark.clause("W4")
def test_what_says_no_more_than_that_it_was_sent(cast, send) -> None:
    send("mark_read", cast.karin)
    send("stay", cast.karin)
    send("keep_words", cast.karin, path="/kontaktlista/", fields="[]")
    send("give_back_words", cast.karin, path="/kontaktlista/")
    send("hats", cast.karin, hat=str(cast.karin.memberships.get().pk))
    send("sign_out", cast.karin)


# That none is forgotten.


def sent_here() -> set[str]:
    """The addresses that the tests of this file, and those of signing in, send to."""
    sources = [(ROOT / path).read_text() for path in ("tests/audit/test_sent.py", "tests/accounts/test_written.py")]
    return {
        call.args[0].value
        for source in sources
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "send"
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_form_is_sent_by_some_test() -> None:
    """Here, or by the test that the table names; what none sends stands there with its reason."""
    with_form = {name for name, writes in ADDRESSES.items() if writes.sent}
    assert with_form == sent_here() | set(DRIVEN_ELSEWHERE)
    for name, where in DRIVEN_ELSEWHERE.items():
        path, _, test = where.partition("::")
        source = (ROOT / path).read_text()
        assert f"def {test}(" in source, name


def test_what_takes_a_form_has_it_in_the_table_and_nothing_else_has() -> None:
    takes = {route for row in POLICY if "POST" in row.methods.split() for route in row.routes.split()}
    assert {name for name, writes in ADDRESSES.items() if writes.sent or writes.nothing} >= takes - THE_DEMOS
    assert {name for name, writes in ADDRESSES.items() if writes.sent} <= takes
