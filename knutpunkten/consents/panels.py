"""The consent on the case page: who has a part, until when, and the way to take it back."""

from datetime import date, timedelta

from django.utils.text import capfirst

from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Category
from knutpunkten.cases.panel import Panel
from knutpunkten.cases.rules import can_be_withdrawn, covered_until, left_out
from knutpunkten.consents.rules import Ground, days_signed, grounds_of, kept_of_older, may_read

SOON = timedelta(days=30)


def panel(opened: OpenCase, today: date) -> Panel | None:
    """The parties of what was signed, what one's own unit has a part in, and whether anything holds. One statement.

    What the parties have disclosed stands in the meetings' panel.
    """
    if not may_read(opened):
        return None
    days = days_signed(opened.case)
    grounds = [ground for rows in grounds_of(opened.parties, today).values() for ground in rows]
    living = [ground for ground in grounds if ground.is_living]
    units = {ground.unit.pk for ground in living}
    to_come = [ground for ground in grounds if ground.lasts and ground.unit.pk not in units]
    withdrawn = [ground for ground in grounds if ground.party.withdrawn_at]
    until = covered_until((ground.party for ground in grounds), today)
    context = {
        "signed_on": next((day for day in days.values() if day is not None), None),
        "is_drafted": None in days.values(),
        "parties": unique(living),
        "to_come": sorted(unique(to_come), key=lambda ground: ground.party.valid_from),
        "withdrawn": withdrawn if not living else [],
        # While the case is open, its page says so itself, with what it means.
        "fallen": fallen_apart(grounds) if living and not opened.case.is_open else [],
        "until": until,
        "ends_soon": until is not None and until - today <= SOON,
        "left_out": [one for one in left_out(opened.parties, today) if one.until - today <= SOON],
        "kept": kept_of_older(grounds, days),
        "own": own_words(opened),
        "name": capfirst(opened.case.name_in_text),
        "may_withdraw": any(can_be_withdrawn(p, today) for p in opened.parties)
        and opened.who.may(Permission.WITHDRAW_CONSENT),
        "may_write": opened.who.may(Permission.WRITE_REFERRAL) and opened.case.is_open,
    }
    return Panel("samtycke", "consents/panel.html", context)


def fallen_apart(grounds: list[Ground]) -> list[Ground]:
    """Parts that were taken back one by one, the latest first: those whose unit has no living part since."""
    living = {ground.party.unit_id for ground in grounds if ground.is_living}
    fallen = [ground for ground in grounds if ground.party.withdrawn_at and ground.party.unit_id not in living]
    return unique(sorted(fallen, key=lambda g: g.party.withdrawn_at, reverse=True))  # type: ignore[arg-type, return-value]


def unique(grounds: list[Ground]) -> list[Ground]:
    """One chip a unit, also where an old and a new consent stand side by side."""
    return list({ground.party.unit_id: ground for ground in grounds}.values())


def own_words(opened: OpenCase) -> str:
    """The categories that the reader's own unit has a part in, from the fixed list."""
    *first, last = [c.label.lower() for c in Category if c in opened.reads] or [""]
    return f"{', '.join(first)} samt {last}" if first else last
