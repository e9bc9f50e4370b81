"""Drawing a month, and writing down what the reviewer found: each one transaction, the review audited itself."""

import json
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from knutpunkten.access.who import Who
from knutpunkten.audit.actions import record
from knutpunkten.organisations.models import Association
from knutpunkten.review.models import Item, Round
from knutpunkten.review.rules import following
from knutpunkten.ui.dates import midnight

SAMPLE = 20
# So many persons a day are never too many, whatever others of the same role do.
UNUSUAL = 20


class Own(Exception):
    """Nobody reviews what they did themselves."""


class Closed(Exception):
    """The item is closed, perhaps by somebody else meanwhile."""


class ChangedMeanwhile(Exception):
    """Somebody has written in the item since the page was opened."""


def draw_due(today: date, at: datetime) -> int:
    """Draw the month that is over for every association that has not had it drawn; how many rounds. As the worker."""
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    drawn = Round.objects.filter(month=month).values("association")
    return len([draw(one, month, at) for one in Association.objects.exclude(pk__in=drawn).order_by("name")])


@transaction.atomic
def draw(association: Association, month: date, at: datetime) -> Round:
    """A round with the month's sample and what its rules find. Raises ``IntegrityError`` if it is drawn already."""
    made = Round.objects.create(association=association, month=month, drawn_at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "select entry_id, user_id, reasons from review_draw(%s, %s, %s, %s, %s)",
            [association.pk, midnight(month), midnight(following(month)), SAMPLE, UNUSUAL],
        )
        found = cursor.fetchall()
    Item.objects.bulk_create(
        Item(round=made, entry_id=entry, user_id=user, reasons=json.loads(reasons)) for entry, user, reasons in found
    )
    return made


@transaction.atomic
def review(item_id: UUID, *, outcome: str, comment: str, close: bool, seen: str, by: Who, at: datetime) -> Item:
    """Write down what the reviewer found, and close the item or leave it open. *seen*: ``Item.seen`` of the page.

    Raises ``Own`` for what one did oneself, ``Closed`` for what is closed, ``ChangedMeanwhile`` for what was seen otherwise.
    """
    item = Item.objects.select_for_update(no_key=True).get(pk=item_id)
    if item.user_id == by.user_id:
        raise Own
    if item.closed_at is not None:
        raise Closed
    if item.seen != seen:
        raise ChangedMeanwhile
    item.outcome, item.comment, item.reviewed_by_id, item.reviewed_at = outcome, comment, by.user_id, at
    item.closed_at = at if close else None
    item.save(update_fields=["outcome", "comment", "reviewed_by", "reviewed_at", "closed_at"])
    record("log_reviewed", by=by, at=at, object_id=item.pk, outcome=outcome, closed=close)
    return item
