"""The consent on the case page: who has a part, until when, and the way to take it back."""

from datetime import date, timedelta
from uuid import UUID

from django.utils.text import capfirst

from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import Category
from knutpunkten.cases.panel import Panel
from knutpunkten.cases.rules import can_be_withdrawn, left_out, stretches
from knutpunkten.consents.rules import Ground, days_signed, grounds_of, kept_of_older, may_read

SOON = timedelta(days=30)


def panel(opened: OpenCase, today: date) -> Panel | None:
    """The parties of what was signed, what one's own unit has a part in, and whether anything holds. One statement.

    What the parties have disclosed stands in the meetings' panel.
    """
    if not may_read(opened):
        return None
    signed = days_signed(opened.case)
    grounds = [ground for rows in grounds_of(opened.parties, today).values() for ground in rows]
    living = [ground for ground in grounds if ground.is_living]
    units = {ground.unit.pk for ground in living}
    to_come = first_to_come([ground for ground in grounds if ground.lasts and ground.unit.pk not in units])
    withdrawn = [ground for ground in grounds if ground.party.withdrawn_at]
    whole = stretches((ground.party for ground in grounds), today)
    until = whole[0][1] if living else None
    context = {
        "is_signed": any(signed.values()),
        "signed_on": days_behind(together(grounds, until) if until else to_come[:1], signed),
        "is_drafted": None in signed.values(),
        "parties": unique(living),
        "times": times_apart(living, grounds, today),
        "to_come": to_come,
        "withdrawn": withdrawn if not living else [],
        # While the case is open, its page says so itself, with what it means.
        "fallen": fallen_apart(grounds) if living and not opened.case.is_open else [],
        "until": until,
        "resumes": whole[1][0] if living and whole[1:] else None,
        "ends_soon": until is not None and until - today <= SOON,
        # Who is a party again after a gap is so said among the times.
        "left_out": [one for one in left_out(opened.parties, today) if one.until - today <= SOON and not one.again],
        "kept": kept_of_older(grounds, signed),
        "own": own_words(opened),
        "name": capfirst(opened.case.name_in_text),
        "may_withdraw": any(can_be_withdrawn(p, today) for p in opened.parties)
        and opened.who.may(Permission.WITHDRAW_CONSENT),
        "may_write": opened.who.may(Permission.WRITE_REFERRAL) and opened.case.is_open,
    }
    return Panel("samtycke", "consents/panel.html", context)


def first_to_come(grounds: list[Ground]) -> list[Ground]:
    """The ground with which each unit becomes a party, the nearest first."""
    return unique(sorted(grounds, key=lambda ground: ground.party.valid_from))


def together(grounds: list[Ground], until: date) -> list[Ground]:
    """Those by which a consent holds without a gap to *until*: also of one that goes on where another ends."""
    return [ground for ground in grounds if ground.lasts and ground.party.valid_from <= until]


def days_behind(grounds: list[Ground], signed: dict[UUID, date | None]) -> list[date]:
    """The days on which the consents were signed that *grounds* stand on."""
    days = {signed.get(ground.party.consent_id) for ground in grounds}  # type: ignore[arg-type]
    return sorted(day for day in days if day)


def times_apart(
    living: list[Ground], grounds: list[Ground], today: date
) -> list[tuple[Ground, date, list[tuple[date, date]]]]:
    """Each unit that has a part, until when, and the times after a gap; empty where all have the same last day, and no gap."""
    found = []
    for ground in unique(living):
        of_unit = (one.party for one in grounds if one.unit.pk == ground.unit.pk)
        (_, until), *later = stretches(of_unit, today)
        found.append((ground, until, later))
    is_same = len({until for _, until, _ in found}) == 1 and not any(later for *_, later in found)
    return [] if is_same else found


def fallen_apart(grounds: list[Ground]) -> list[Ground]:
    """Parts that were taken back one by one, the latest first: those whose unit has no living part since."""
    living = {ground.party.unit_id for ground in grounds if ground.is_living}
    fallen = [ground for ground in grounds if ground.party.withdrawn_at and ground.party.unit_id not in living]
    return unique(sorted(fallen, key=lambda g: g.party.withdrawn_at, reverse=True))  # type: ignore[arg-type, return-value]


def unique(grounds: list[Ground]) -> list[Ground]:
    """The first of each unit's, also where an old and a new consent stand side by side."""
    found: dict[UUID | None, Ground] = {}
    for ground in grounds:
        found.setdefault(ground.party.unit_id, ground)
    return list(found.values())


def own_words(opened: OpenCase) -> str:
    """The categories that the reader's own unit has a part in, from the fixed list."""
    *first, last = [c.label.lower() for c in Category if c in opened.reads] or [""]
    return f"{', '.join(first)} samt {last}" if first else last
