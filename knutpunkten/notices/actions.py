"""Telling people: a line under "Nytt", and a mail in the outbox that only says "log in"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import connection
from django.utils import timezone

from knutpunkten.access.who import Who
from knutpunkten.notices.models import Mail, Notice
from knutpunkten.protection.rules import readers_of

# Nearly every step tells somebody, so it is written plainly: building two inserts from the models costs more than running them.
TELL = """
with told as (select unnest(%s::uuid[]) as user_id), noticed as (
  insert into notices_notice (id, user_id, event, case_id, number, about, meeting_id, at, is_protected)
  select gen_random_uuid(), user_id, %s, %s::uuid, %s, %s, %s::uuid, %s, false from told
)
insert into notices_mail (id, user_id, kind, queued_at, next_try_at, attempts)
select gen_random_uuid(), user_id, 'notice', %s, %s, 0 from told on conflict do nothing
"""


@dataclass(frozen=True)
class OfDay:
    """What a notice keeps of a visit or a meeting, which is no case: its day, where a case has its number.

    Of a meeting also *about*, which says whose it is and when, and its id, where the notice leads.
    """

    starts_at: datetime
    about: str = ""
    meeting_id: UUID | None = None
    pk: None = None
    is_protected: bool = False

    @property
    def number(self) -> str:
        return timezone.localdate(self.starts_at).isoformat()


class ToldOf(Protocol):
    """What a notice keeps of a case: where it leads, and the number that says nothing of the person."""

    @property
    def pk(self) -> UUID | None: ...
    @property
    def number(self) -> str: ...
    @property
    def is_protected(self) -> bool: ...


def tell(user_ids: Iterable[UUID], *, event: str, case: ToldOf | None, at: datetime, about: str = "") -> None:
    """Tell each of *user_ids* that *event* (a word of ``notices.words``) happened in *case*, at *at*.

    Without a case, it is about something that carries nobody, such as a study visit, which has its day for a number.
    *about*: what its words say beside the case, such as the day a meeting has got.

    Of a protected person's case its named readers alone are told (W5).

    One statement, one more for a protected person; none for nobody. A user for whom a mail already waits gets no second one: the
    database refuses it (``one_mail_waits_for_each``), since the app may not read the outbox.
    """
    told = sorted(set(user_ids) & readers_of(case.pk, at) if case and case.pk and case.is_protected else set(user_ids))
    if not told:
        return
    of = (case.pk, case.number) if case else (None, "")
    meeting = (case.about, case.meeting_id) if isinstance(case, OfDay) else (about, None)
    with connection.cursor() as cursor:
        cursor.execute(TELL, [told, event, *of, *meeting, at, at, at])


def send_invitation(user_id: UUID, *, about: UUID, at: datetime) -> None:
    """Put the mail with the link of invitation *about* in the outbox. One statement."""
    Mail.objects.bulk_create(
        [Mail(user_id=user_id, kind=Mail.Kind.INVITATION, about=about, queued_at=at, next_try_at=at)]
    )


def mark_read(who: Who, at: datetime, notice_ids: Iterable[UUID] | None = None) -> int:
    """Mark *who*'s own notices as read, all or those of *notice_ids*; answer how many. One statement."""
    unread = Notice.objects.filter(user=who.user_id, read_at__isnull=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=list(notice_ids))
    return unread.update(read_at=at)
