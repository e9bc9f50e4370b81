"""A world that can be made busier: cases in every state, and of all that stands in one of them, or around it, more.

Straight into the tables, behind the wall: what a page costs depends on the rows, not on how they came there.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.activities.models import Attendance, Enrolment, Placement, Session
from knutpunkten.audit.actions import record, record_each
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case, Category, Section
from knutpunkten.closing.models import Closing
from knutpunkten.documents.models import StoredFile
from knutpunkten.first_meeting.models import FirstMeeting, ServiceDecision, Signature
from knutpunkten.followup.models import FollowUp
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import AgendaItem, Attendee, Decision, Knowledge, Meeting
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.models import RoutineDocument, User
from knutpunkten.people.models import Person
from knutpunkten.plans.models import Goal, MappingArea, Plan, SubGoal
from knutpunkten.queue.actions import set_places
from knutpunkten.review.models import Item, Round
from knutpunkten.visits.actions import plan_slots
from knutpunkten.visits.models import Booking, Slot
from tests import builders

STATES = ("draft", "handed_over", "announced", "queued", "placed", "returned", "allocated", "active", "closed")


class BusyWorld:
    """``grow(1)``, then ``grow(10)``: so many rows of each kind. *cases*: of each state the first, which stays the same."""

    def __init__(self, cast: Any) -> None:
        self.cast, self.size, self.now = cast, 0, timezone.now()
        self.today = timezone.localdate(self.now)
        self.cases: dict[str, Case] = {}
        until = self.today + timedelta(days=120)
        for programme in (cast.knutpunkten, cast.lis):
            plan_meetings(programme=programme, until=until, at=self.now)
            plan_slots(programme=programme, until=until, at=self.now)
            set_places(programme=programme, at=self.now)
        self.meeting = Meeting.objects.filter(programme=cast.knutpunkten).earliest("starts_at")
        for name in ("karin", "mats"):
            user = getattr(cast, name)
            Attendee.objects.create(meeting=self.meeting, user=user, unit=user.memberships.first().unit)
        self.slot = Slot.objects.filter(programme=cast.knutpunkten).earliest("starts_at")
        month = self.today.replace(day=1)
        self.round = Round.objects.create(association=cast.association, month=month, drawn_at=self.now)
        self.document = RoutineDocument.objects.earliest("which", "version")
        self.participant = User.objects.create(email="leif@deltagare.example", name="Leif", password="!")
        self.session = self.make_session("Rum 1")
        self.leaver = User.objects.create(email="lo@myndighet.example", name="Lo Avgående", password="!")
        self.leaver.memberships.create(
            role="caseworker", unit=cast.johan.memberships.first().unit, starts_on=self.today - timedelta(days=90)
        )

    def make_session(self, room: str) -> Session:
        return Session.objects.create(
            programme=self.cast.knutpunkten,
            on_date=self.today,
            part=Session.Part.values[0],
            theme="Nätverk",
            leader=self.cast.elin,
            room=room,
        )

    def grow(self, size: int) -> None:
        for n in range(self.size, size):
            self.add_cases(n)
            self.add_around(n)
            for case in self.cases.values():
                self.add_to(case, n)
            self.read_all()
        self.size = size

    def read_all(self) -> None:
        """Every case is read once more, one of the readings is drawn for the review, and one person looked up."""
        with acting_as(self.cast.karin, at=self.now) as who:
            record_each("read", Case.objects.values_list("pk", "person_id"), by=who, at=self.now, what="case")
        with acting_as(self.cast.lotta, at=self.now) as who:
            record("looked_up", by=who, at=self.now, person_id=self.cases["active"].person_id, what="asked")
        drawn = Entry.objects.filter(event="read").exclude(pk__in=Item.objects.values("entry_id"))[0]
        self.item = Item.objects.create(
            round=self.round, entry_id=drawn.pk, user=self.cast.karin, reasons={"sample": 1}
        )

    def add_cases(self, n: int) -> None:
        for state in STATES:
            soon = {"first_meeting_at": self.now + timedelta(days=7)} if state == "allocated" else {}
            case = self.make(state, n, **soon)
            self.cases.setdefault(state, case)
            if state == "announced":
                self.agenda(case, "decide", n)
            if state == "active" and n == 0:
                self.person_of(case)
            if state == "active":
                Enrolment.objects.create(session=self.session, case=case, author_unit=self.team)
        talk = self.make("announced", n, "råd", kind="consultation")
        self.cases.setdefault("consultation", talk)
        self.agenda(talk, "consult", n)
        self.make("handed_over", n, "vidare", caseworker=self.leaver)
        self.leaver.memberships.update(ends_on=self.today - timedelta(days=1))
        for state, name in (("active", "hidden"), ("announced", "hidden announced")):
            meets = {"meeting_on": self.today} if state == "announced" else {}
            hidden = self.make(state, n, "dold", protection=Person.Protection.MARKED, **meets)
            for user in (self.cast.nadja, self.cast.karin, self.cast.mats):
                builders.let_read(hidden, user)
            self.cases.setdefault(name, hidden)
        self.agenda(hidden, "decide", n)
        if n == 0:
            self.add_rare_cases()

    def add_rare_cases(self) -> None:
        """One of each that no list has many of, for the steps that are taken there alone."""
        talk, lis = {"kind": "consultation"}, {"programme": self.cast.lis}
        self.cases |= {
            "told": self.make("placed", 0, "besked", notice_given_at=self.now),
            "offered": self.make("queued", 0, "erbjuden", notice_given_at=self.now, offered_at=self.now),
            "writing": self.make("active", 0, "skriver"),
            "talk draft": self.make("draft", 0, "råd", **talk),
            "talk handed over": self.make("handed_over", 0, "råd", **talk),
            "presented": self.make("presented", 0, "råd", announced_at=self.now, **talk),
            "lis draft": self.make("draft", 0, "lis", **lis),
            "lis announced": self.make("announced", 0, "lis", **lis),
        }

    def make(self, state: str, n: int, word: str = "", protection: str = "none", **fields: Any) -> Case:
        if fields.get("caseworker") == self.leaver:
            self.leaver.memberships.update(ends_on=None)
        person = builders.make_person("Leif", f"Sandqvist {state} {word} {n}", protection=protection)
        return builders.make_case(self.cast, state, person=person, **fields)

    def person_of(self, case: Case) -> None:
        Person.objects.filter(pk=case.person_id).update(account=self.participant)

    @property
    def team(self) -> Any:
        return self.cast.unit("Knutpunktsteamet")

    def agenda(self, case: Case, purpose: str, n: int) -> None:
        AgendaItem.objects.create(
            meeting=self.meeting, case_id=case.pk, number=case.number, kind=case.kind, purpose=purpose, position=n
        )

    def add_around(self, n: int) -> None:
        """What is of no one case."""
        johan = self.cast.johan
        booking = Booking.objects.create(
            slot=self.slot,
            unit=johan.memberships.first().unit,
            team=self.team,
            booked_by=johan,
            booked_at=self.now,
            how_many=1,
            phone="070-174 06 05",
        )
        self.newest_session = self.make_session(f"Rum {n + 2}")
        if n == 0:
            self.booking = booking
        for user in (johan, self.cast.karin, self.cast.elin):
            case = self.cases["active"]
            Notice.objects.create(user=user, event="withdrawn", case_id=case.pk, number=case.number, at=self.now)

    def add_to(self, case: Case, n: int) -> None:
        """One more of all that can stand in a case."""
        unit, by, team = case.referring_unit, self.cast.johan, self.team
        shared = {"disclosed_at": self.now, "disclosed_by": by, "disclosed_under": uuid4()}
        saved = {"case": case, "author_unit": unit}
        if n < len(Category.values):
            Knowledge.objects.create(
                **saved, category=Category.values[n], text="Vet", written_at=self.now, written_by=by, **shared
            )
        Section.objects.create(
            **saved, key=f"del {n}", category="grund", data={"text": "x"}, saved_at=self.now, saved_by=by, **shared
        )
        for purpose in ("investigation", "knowledge"):
            StoredFile.objects.create(
                **saved, purpose=purpose, category="halsa", name=f"{purpose} {n}.pdf", content_type="application/pdf",
                size=5, sha256="0" * 64, content=b"%PDF-", uploaded_at=self.now, uploaded_by=by, **shared,
            )  # fmt: skip
        ServiceDecision.objects.create(
            **saved, decided_on=self.today, by_whom="Johan Wik", own_reference="1", recorded_at=self.now, recorded_by=by
        )
        Decision.objects.create(
            case=case, author_unit=team, meeting=self.meeting, which="place", reason="Ja", decided_at=self.now, decided_by=by
        )  # fmt: skip
        if case.state in ("allocated", "active", "closed"):
            self.add_to_the_work(case, n)

    def add_to_the_work(self, case: Case, n: int) -> None:
        by, work = self.cast.elin, {"case": case, "author_unit": self.team}
        if n < len(MappingArea.Area.values):
            area = MappingArea.Area.values[n]
            MappingArea.objects.create(
                **work, area=area, category="social", own_words="x", saved_at=self.now, saved_by=by
            )
        day: datetime = self.now + timedelta(days=7)
        FirstMeeting.objects.create(
            **work, starts_at=day, ends_at=day + timedelta(hours=1), place="Rådhuset", booked_at=self.now, booked_by=by,
            cancelled_at=self.now if n else None,
        )  # fmt: skip
        FollowUp.objects.create(
            **work, held_on=self.today, who_took_part="Alla", agreed="Ja", plan=self.plan_of(case, n), next_on=self.today,
            recorded_at=self.now, recorded_by=by,
        )  # fmt: skip
        Attendance.objects.create(
            **work, session=self.newest_session, came="all", minutes=110, recorded_at=self.now, recorded_by=by
        )
        Placement.objects.create(
            **work, kind="internship", setting="external", place="x", from_on=self.today, weekly_hours=8, weekdays=[0, 4],
            until_on=self.today + timedelta(days=60), recorded_at=self.now, recorded_by=by,
        )  # fmt: skip
        if n == 0:
            Signature.objects.create(
                **work, what="contract", on_date=self.today, witness="Elin", recorded_at=self.now, recorded_by=by
            )
        if n == 0 and case.state == "closed":
            Closing.objects.create(
                **work, is_planned=True, met_on=self.today, who_took_part="Alla", outcome=Closing.Outcome.values[0], result="x",
                judgement="x", saved_at=self.now, saved_by=by, handed_over_at=self.now,
            )  # fmt: skip

    def plan_of(self, case: Case, n: int) -> Plan:
        """A version more, each longer than the one before; where one is being written, that grows instead."""
        if case == self.cases["writing"]:
            plan = Plan.objects.filter(case=case).first() or self.make_plan(case, 1, agreed_on=None)
            self.add_goal(plan, n)
            return plan
        if n == 0:
            self.make_plan(case, 1)  # so that there is one to compare the newest with
        plan = self.make_plan(case, n + 2)
        for position in range(n + 1):
            self.add_goal(plan, position)
        return plan

    def make_plan(self, case: Case, version: int, **fields: Any) -> Plan:
        said = {"agreed_on": self.today, "next_follow_up_on": self.today, "participation": "x"} | fields
        return Plan.objects.create(
            case=case, author_unit=self.team, version=version, begun_at=self.now, begun_by=self.cast.elin, **said
        )

    def add_goal(self, plan: Plan, position: int) -> None:
        work = {"case": plan.case, "author_unit": self.team, "position": position}
        goal = Goal.objects.create(**work, plan=plan, own_words="Klara mer")
        SubGoal.objects.create(**work, goal=goal, what="Ringa", responsible="Elin", due_on=self.today)

    def arguments(self, state: str) -> dict[str, Any]:
        """What stands in the addresses of the first case in *state*, and of what lies around it."""
        case = self.cases.get(state)
        return {
            "case_id": case.pk if case else None,
            "file_id": StoredFile.objects.filter(case=case).values_list("pk", flat=True).first() if case else None,
            "unit_id": self.cast.unit("Försörjningsstöd").pk,
            "meeting_id": self.meeting.pk,
            "booking_id": self.booking.pk,
            "slot_id": self.slot.pk,
            "session_id": self.session.pk,
            "placement_id": Placement.objects.filter(case=case).values_list("pk", flat=True).first() if case else None,
            "document_id": self.document.pk,
            "item_id": self.item.pk,
            "user_id": self.cast.johan.pk,
            "person_id": self.cases["active"].person_id,
            "key": "situation",
            "part": "utfall",
        }
