"""What waits for the coordinator beside the cases' own turns: the meeting, a free place, days to confirm."""

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.meetings.models import Meeting
from knutpunkten.organisations.calendar import iso_week
from knutpunkten.ui.enumerations import amount_in_words


def programme_tasks(who: Who, now: datetime, beside: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows for "Väntar på dig"; *beside* is what the aside has loaded."""
    if not who.may(Permission.RUN_MEETING):
        return []
    found = [meeting_task(beside, now), place_task(beside), *slot_tasks(beside)]
    return [task for task in found if task]


def meeting_task(beside: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    """Set the agenda once the time to hand in is over; hold the meeting on its day, or go on with one begun before it."""
    meeting, counts = beside.get("meeting"), beside.get("meeting_counts")
    if meeting is None or not counts or not (any(counts.values()) or meeting.given):
        return None
    today, day = timezone.localdate(now), timezone.localdate(meeting.starts_at)
    left = taken_up_words(counts["cases"], counts["consultations"])
    why = f"{capfirst(left)}{' kvar' if meeting.given else ''}." if any(counts.values()) else "Allt har tagits upp."
    url = reverse("agenda", args=[meeting.pk])
    if day == today or meeting.began_on:
        return row(
            "Håll ärendemötet", url, why, meeting.met_on, "Öppna mötet", reverse("meeting_mode", args=[meeting.pk])
        )
    if meeting.state == Meeting.State.PLANNED and beside["hand_in"] <= today:
        return row("Lägg fast dagordningen till ärendemötet", url, why, day, "Dagordning", url)
    return None


def taken_up_words(cases: int, consultations: int) -> str:
    """What a meeting takes up: "sex ärenden och två konsultationer", "ett ärende, inga konsultationer"."""
    of_cases = "ett ärende" if cases == 1 else f"{amount_in_words(cases).lower()} ärenden" if cases else "inga ärenden"
    if not consultations:
        return f"{of_cases}, inga konsultationer"
    of_advice = "en konsultation" if consultations == 1 else f"{amount_in_words(consultations).lower()} konsultationer"
    return f"{of_cases} och {of_advice}" if cases else f"{of_advice}, inga ärenden"


def place_task(beside: dict[str, Any]) -> dict[str, Any] | None:
    """A place is free and somebody may be offered it: those who were asked by themselves have said no."""
    places = beside.get("places")
    if not places or not places["to_ask"]:
        return None
    url = reverse("queue")
    title = "Erbjud den lediga platsen" if places["free"] == 1 else "Erbjud en ledig plats"
    return row(title, url, f"{amount_in_words(places['to_ask'])} väntar på en plats.", None, "Erbjud", url)


def slot_tasks(beside: dict[str, Any]) -> list[dict[str, Any]]:
    """Times for visits that fall on a holiday or an eve: keep, move or cancel (facts.md, "Calendar")."""
    url = reverse("visits")
    return [
        row(
            f"Bekräfta tiden för studiebesök v. {iso_week(timezone.localdate(slot.starts_at))[1]}",
            url,
            f"{timezone.localdate(slot.starts_at).isoformat()} är {slot.reason.lower()}. Behåll, flytta eller ställ in?",
            timezone.localdate(slot.starts_at) - timedelta(days=14),
            "Bestäm",
            url,
        )
        for slot in beside.get("to_confirm", ())
    ]


def row(title: str, url: str, why: str, due: date | None, label: str, action: str) -> dict[str, Any]:
    return {"title": title, "url": url, "why": why, "due": due, "action": {"label": label, "url": action}}
