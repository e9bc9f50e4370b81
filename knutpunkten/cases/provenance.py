"""Disclosed by whom, when, under which consent: what every piece of a case carries with it (W1).

What a unit discloses names the consent it was disclosed under. What the team and the referring unit write
to the case itself is disclosed as it is written: it is carried by the consent that held at that moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from knutpunkten.cases.models import Basis, Category, Level, Party
from knutpunkten.organisations.swedish_order import sort_key


def consent_from(parties: Iterable[Party], at: datetime, under: UUID | None = None) -> date | None:
    """The day from which the consent holds that something was shared under; None if no such consent is known.

    *under* names the consent; without it, the newest that held at *at*. One that begins that very day goes last: it may
    have been signed later in the day than *at*.
    """
    consented = sorted((p for p in parties if p.basis == Basis.CONSENT), key=lambda p: p.valid_from, reverse=True)
    # A party may begin later than the consent does: the others tell from when it holds.
    begins = {p.consent_id: p.valid_from for p in consented}
    if under is not None:
        return begins.get(under)
    day = timezone.localdate(at)
    return max(
        (begins[p.consent_id] for p in consented if held(p, at)), key=lambda first: (first < day, first), default=None
    )


def held(party: Party, at: datetime) -> bool:
    """Whether the row held at that moment: begun, not run out, not yet taken back."""
    day = timezone.localdate(at)
    is_over = party.valid_until is not None and party.valid_until < day
    return party.valid_from <= day and not is_over and (party.withdrawn_at is None or party.withdrawn_at > at)


def is_for_others(parties: Iterable[Party], row: Any) -> bool:
    """Whether any consent has named another unit than its author's for the category of *row*."""
    consented = [p for p in parties if p.basis == Basis.CONSENT and p.unit_id != row.author_unit_id]
    return any(row.category in p.categories for p in consented)


def sentence(by: str, unit: str, at: datetime, consent: date | None) -> str:
    """ "Utlämnad av Nadja Berg, Försörjningsstöd, 2026-11-11, med stöd av samtycket från 2026-09-15"."""
    words = ", ".join(
        filter(None, (f"Utlämnad av {by}" if by else "Utlämnad", unit, timezone.localdate(at).isoformat()))
    )
    return f"{words}, med stöd av samtycket från {consent.isoformat()}" if consent else words


def unread_sentence(by: str, unit: str, at: datetime) -> str:
    """The same of what is handed in, though no consent lets another unit read it."""
    return f"{sentence(by, unit, at, None)}. Ingen annan enhet får läsa det"


def carried_sentence(by: str, unit: str, at: datetime, consent: date | None) -> str:
    """The same of what is shared as it is written; without a consent then, that nobody else reads it."""
    words = ", ".join(filter(None, (f"Skrivet av {by}", unit, timezone.localdate(at).isoformat())))
    if consent is None:
        return f"{words}. Inget samtycke gällde då, så det delas inte"
    return f"{words}, delat med stöd av samtycket från {consent.isoformat()}"


def carried(parties: Iterable[Party], by: Any, unit_id: UUID, at: datetime | date | None) -> str:
    """``carried_sentence`` of what account *by* of the unit wrote to the case, at a moment or on a day; else empty."""
    if by is None or at is None:
        return ""
    parties = list(parties)
    moment = at if isinstance(at, datetime) else timezone.make_aware(datetime.combine(at, time(12)))
    return carried_sentence(by.name, unit_name(parties, unit_id), moment, consent_from(parties, moment))


def unit_name(parties: Iterable[Party], unit_id: UUID) -> str:
    """The unit's name, by the case's grounds: whoever writes has one."""
    return next((p.unit.full_name for p in parties if p.unit and p.unit_id == unit_id), "")


WHAT = {
    "referral": "Remissen",
    "ended": "Varför ärendet avbröts",
    "knowledge": "Uppgifter till mötet",
    "file": "Bilagor",
    "mapping": "Kartläggningen",
    "decision": "Gruppens besked",
    "advice": "Råden efter konsultationen",
    "service_decision": "Beslut om insats",
    "first_meeting": "Första mötet",
    "plan": "Planen",
    "attendance": "Närvaro",
    "placement": "Arbetsträning och praktik",
    "follow_up": "Uppföljningar",
    "report": "Slutdokumentationen",
}


@dataclass(frozen=True)
class Shared:
    """One kind of thing that a unit has disclosed in a case, the latest time, and nothing of what it says.

    *since*: the first time, from when others have been able to read it. *only_for*: the unit that alone has been, if it is one.
    """

    what: str
    category: str
    unit_id: UUID
    agency: str
    unit: str
    mark: str
    kind: str
    by: str
    at: datetime
    consent: date | None
    since: datetime
    only_for: UUID | None

    @property
    def from_whom(self) -> str:
        return self.agency if self.unit == self.agency else f"{self.agency}, {self.unit}"


def shared_in(case_id: UUID, parties: Iterable[Party]) -> list[Shared]:
    """What has been shared in the case so far, by unit and then newest first; one statement.

    Answers the person themself and the unit that referred them, whatever consent holds now; others nothing.
    """
    parties = list(parties)
    with connection.cursor() as cursor:
        cursor.execute("select * from shared_in(%s)", [case_id])
        found = [as_shared(row, parties) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: (one.from_whom, -one.at.timestamp()))


def as_shared(row: tuple, parties: list[Party]) -> Shared:
    what, category, unit_id, agency, unit, mark, kind, by, at, under, since, only_for = row
    label = Category(category).label
    under_which = consent_from(parties, at, under)
    return Shared(WHAT[what], label, unit_id, agency, unit, mark, kind, by, at, under_which, since, only_for)


def let_read(one: Shared, parties: Iterable[Party], today: date) -> list[str]:
    """The other units whose part has opened the text of that category, in order; each once, though its consent was renewed."""
    units = [
        ground.unit
        for ground in parties
        if ground.basis == Basis.CONSENT
        and ground.unit_id != one.unit_id
        and one.only_for in (None, ground.unit_id)
        and opens(ground, one.category)
        and has_held_since(ground, one.since, today)
    ]
    return sorted({unit.full_name for unit in units if unit}, key=sort_key)


def opens(ground: Party, category: str) -> bool:
    """*category*: as it is called."""
    return ground.level == Level.TEXT and category in [Category(one).label for one in ground.categories]


def has_held_since(ground: Party, at: datetime, today: date) -> bool:
    """Whether the row has held at any time from that moment until *today*."""
    is_over = ground.valid_until is not None and ground.valid_until < timezone.localdate(at)
    was_taken_back = ground.withdrawn_at is not None and ground.withdrawn_at < at
    return ground.valid_from <= today and not is_over and not was_taken_back
