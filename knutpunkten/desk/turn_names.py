"""Who is waited for, by name where there is but one it can be: a turn of a unit's part, and a case's foremost (W2)."""

from datetime import date

from django.db.models import Case, Count, OuterRef, QuerySet, Subquery, When
from django.db.models.expressions import Combinable

from knutpunkten.cases.models import Turn
from knutpunkten.organisations.rules import only_one
from knutpunkten.queue.rules import vacant_since

# Each party answers for itself; an offer that nobody has answered in time the coordinator answers too.
TAKEN_BY_SEVERAL = ("disclose", "accept")


def with_names(turns: QuerySet[Turn], today: date) -> QuerySet[Turn]:
    """*turns* with unit and user, and ``only``: the name of the only one who can take a turn that names nobody."""
    only = Case(When(user__isnull=True, is_protected=False, then=only_one("role", "unit_id", today)))
    return turns.select_related("unit", "user").annotate(only=only)


def only_one_waited_for(today: date) -> Combinable:
    """The same of a case's or a status's foremost turn. Of a protected person readers are named one by one: nobody is."""
    one = only_one("turn_role", "turn_unit_id", today)
    return Case(When(turn_user_id__isnull=True, is_protected=False, then=one))


def waited_for_at_once(case: str, step: str) -> Combinable:
    """How many are waited for in the same step: *case* and *step* name the outer query's fields (W2)."""
    alike = Turn.objects.filter(case=OuterRef(case), step=OuterRef(step)).order_by().values("case")
    many = Subquery(alike.annotate(many=Count("pk")).values("many"))
    return Case(When(**{f"{step}__in": TAKEN_BY_SEVERAL}, then=many))


def vacant_where_waited_for() -> Combinable:
    """Since when there has been a place to give away, of a case or a status that waits for one (``words.is_vacant``)."""
    return Case(When(next_step="offer", then=vacant_since(OuterRef("programme"))))
