"""What is new for somebody: their own notices, with the names they have a ground to read."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Who
from knutpunkten.cases.called import Named, names_of
from knutpunkten.cases.rules import open_to
from knutpunkten.notices.models import Notice
from knutpunkten.notices.words import Words, words_of
from knutpunkten.questions.remembered import remembered

LATEST = 5  # on the start page


@dataclass(frozen=True)
class News:
    """A notice as its reader sees it: *about* is a name, or the case's number; *opens* if the case does."""

    notice: Notice
    words: Words
    about: str
    opens: bool
    meeting_id: UUID | None  # whose agenda it opens


def notices_of(who: Who) -> QuerySet[Notice]:
    """*who*'s own notices, newest first; of a protected person's case while they are named to read it (W5)."""
    return Notice.objects.filter(open_to(who, "case_id"), user=who.user_id).order_by("-at", "-pk")


@remembered
def latest_notices(who: Who) -> QuerySet[Notice]:
    return notices_of(who)[:LATEST]


def meeting_in(notice: Notice, who: Who) -> UUID | None:
    """The meeting that *notice* leads to; None where it is of none, or *who* reads no agenda: whoever presents there alone."""
    return notice.meeting_id if who.may(Permission.ATTEND_MEETING) else None


def words_for(notice: Notice, named: Named | None) -> Words:
    """The words of *notice* for its reader, who knows its case as *named*: None where there is none, or they do not see it."""
    return words_of(notice, follows=named is None or named.follows)


def as_news(notices: list[Notice], who: Who, today: date) -> list[News]:
    """*notices* in words. Two statements for the names, none for an empty list (W1: a name needs a ground)."""
    names = names_of({notice.case_id for notice in notices if notice.case_id}, who, today)

    def told(notice: Notice) -> News:
        seen = names.get(notice.case_id) if notice.case_id else None
        named = seen or Named(notice.called)
        return News(notice, words_for(notice, seen), named.name, named.is_visible, meeting_in(notice, who))

    return [told(notice) for notice in notices]
