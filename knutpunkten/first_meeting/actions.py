"""What the steps from a place to the start write (S9, S12, L11)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from knutpunkten.cases.models import Category
from knutpunkten.cases.move import Move
from knutpunkten.documents.actions import store_file
from knutpunkten.documents.models import StoredFile
from knutpunkten.first_meeting.models import FirstMeeting, ServiceDecision, Signature
from knutpunkten.first_meeting.rules import PARTICIPANT, a_year_after
from knutpunkten.notices.actions import tell
from knutpunkten.organisations.calendar import STOCKHOLM
from knutpunkten.ui.dates import clock, weekday_iso


def allocate(move: Move) -> None:
    """Effect: the case gets its supervisor (L11)."""
    move.case.supervisor_id = move.data["supervisor"]
    move.detail["supervisor"] = str(move.data["supervisor"])


def decide_service(move: Move) -> None:
    """Effect: the caseworker's own decision in their own authority is written down (S12)."""
    data = move.data
    ServiceDecision.objects.create(
        case=move.case,
        author_unit_id=unit_of(move),
        decided_on=data["decided_on"],
        by_whom=data["by_whom"],
        own_reference=data["own_reference"],
        until=data.get("until"),
        recorded_at=move.at,
        recorded_by_id=user_of(move),
    )
    move.case.service_decision_on = data["decided_on"]
    move.detail["decided_on"] = data["decided_on"].isoformat()


def book_first_meeting(move: Move) -> None:
    """Effect: the first meeting is booked, or booked anew in place of the earlier time (S9, L11).

    The participant is always invited. Those with an account are told, and from when it was moved; the step itself tells
    the caseworker. Whoever was invited and is so no longer is told that.
    """
    data, before = move.data, move.case.first_meeting_at
    was_invited = invited_in_vain(move.case.pk, move.at)
    FirstMeeting.objects.filter(case=move.case, cancelled_at__isnull=True).update(cancelled_at=move.at)
    starts_at = datetime.combine(data["day"], data["starts"], STOCKHOLM)
    FirstMeeting.objects.create(
        case=move.case,
        author_unit_id=unit_of(move),
        starts_at=starts_at,
        ends_at=datetime.combine(data["day"], data["ends"], STOCKHOLM),
        place=data["place"],
        invited=[PARTICIPANT, *data["invited"]],
        booked_at=move.at,
        booked_by_id=user_of(move),
    )
    move.case.first_meeting_at = starts_at
    move.detail["meeting_on"] = data["day"].isoformat()
    if before and before != starts_at:
        move.about = f"från {day_and_clock(before)} till {day_and_clock(starts_at)}"
    told = {one["user"] for one in data["invited"] if one["user"]} - {
        str(move.by.user_id),
        str(move.case.caseworker_id),
    }
    tell(told, event=move.step, case=move.case, at=move.at, about=move.about)
    not_now = was_invited - {UUID(one["user"]) for one in data["invited"] if one["user"]} - {move.by.user_id}
    tell(not_now, event="not_invited", case=move.case, at=move.at)


def day_and_clock(moment: datetime) -> str:
    """tis 2026-12-01 kl. 09:00."""
    return f"{weekday_iso(moment)} kl. {clock(moment)}"


def call_off_first_meeting(move: Move) -> None:
    """Effect: the case ends before its first meeting: those invited with an account are told that nobody comes (S9, S12).

    Not who ended it, nor a unit that sees the case no more. What was booked stands as it was.
    """
    case = move.case
    if case.first_meeting_held_on or case.first_meeting_at is None or case.first_meeting_at <= move.at:
        return
    told = invited_in_vain(case.pk, move.at) - {move.by.user_id}
    tell(told, event="first_meeting_called_off", case=case, at=move.at)


def invited_in_vain(case_id: UUID, at: datetime) -> set[UUID]:
    """The accounts invited to a first meeting after *at* that may still know of it. One statement, while the case moves.

    By the database's own function: the caseworker who ends the case need not read what the team planned (W1).
    """
    with connection.cursor() as cursor:
        cursor.execute("select invited_in_vain(%s, %s)", [case_id, at])
        return {row[0] for row in cursor.fetchall()}


def hold_first_meeting(move: Move) -> None:
    """Effect: what was agreed at the meeting, the contract, and how the privacy notice was given (S9, L11)."""
    write_agreed(move, FirstMeeting.objects.get(case=move.case, cancelled_at__isnull=True))
    sign(move, Signature.What.CONTRACT, is_signed=True)
    sign(move, Signature.What.PRIVACY, is_signed=move.data["privacy_given"] == "signed")
    held_on, starts_on = move.data["held_on"], move.data["starts_on"]
    move.detail.update(held_on=held_on.isoformat(), starts_on=starts_on.isoformat())


def write_agreed(move: Move, meeting: FirstMeeting) -> None:
    """What was agreed stands on the meeting; its days, and those of the papers, on the case too."""
    data, case = move.data, move.case
    meeting.held_on = data["held_on"]
    meeting.starts_on = data["starts_on"]
    meeting.weekly_hours = data["weekly_hours"]
    is_fewer = data["weekly_hours"] < move.case.programme.least_hours
    meeting.fewer_hours_reason = data.get("fewer_hours_reason", "") if is_fewer else ""
    meeting.weekdays = data["weekdays"]
    meeting.content = data["content"]
    meeting.save()
    case.first_meeting_held_on = data["held_on"]
    case.contract_on, case.privacy_on = data["contract_on"], data["privacy_on"]
    case.started_on = data["starts_on"]
    case.planned_end_on = data.get("planned_end_on") or a_year_after(data["starts_on"])


def sign(move: Move, what: Signature.What, *, is_signed: bool) -> None:
    """Write down one signature on paper, with its scan if there is one."""
    Signature.objects.create(
        case=move.case,
        author_unit_id=unit_of(move),
        what=what,
        on_date=move.data[f"{what.value}_on"],
        is_signed=is_signed,
        witness=move.data[f"{what.value}_witness"],
        scan=scan_of(move, what),
        recorded_at=move.at,
        recorded_by_id=user_of(move),
    )


def scan_of(move: Move, what: Signature.What) -> StoredFile | None:
    """The scan of *what* that comes with the move, stored; None where none does."""
    upload: Any = move.data.get(f"{what.value}_scan")
    if not upload:
        return None
    return store_file(
        move.case, upload, purpose=StoredFile.Purpose.CONTRACT, category=Category.BASIC, by=move.by, at=move.at
    )


def unit_of(move: Move) -> UUID:
    """The unit that writes: none of these steps is the system's."""
    assert move.by.unit_id is not None
    return move.by.unit_id


def user_of(move: Move) -> UUID:
    assert move.by.user_id is not None
    return move.by.user_id
