"""Why a case ended, and who reads it (S12, W1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from knutpunkten.cases.models import Case, Category, Level, Party
from knutpunkten.cases.rules import living
from knutpunkten.ui.enumerations import enumeration


@dataclass(frozen=True)
class Shared:
    """How the reason is given out: as what, under which consent, and which other units then read it, by name."""

    category: Category
    consent_id: UUID | None
    units: tuple[str, ...]


def reason_shared(case: Case, unit_id: UUID | None, today: date) -> Shared | None:
    """How *unit_id* gives out why it ends the case: to the team, or where the team ends it, to the referring unit.

    As *planering*, or as *grund* where the other side has no part in the planning. None, and then it stays with the unit
    that wrote it: before there is a place, and where no living consent gives the other side a part. One statement or none.
    """
    is_ours = unit_id == case.referring_unit_id
    if is_ours and case.placed_at is None:
        return None
    other = case.programme.team_id if is_ours else case.referring_unit_id
    grounds = Party.objects.filter(living(today), case=case, level__gte=Level.TEXT).select_related("unit__agency")
    open_now = list(grounds.order_by("-valid_from"))
    theirs = next((ground for ground in open_now if ground.unit_id == other), None)
    if theirs is None:
        return None
    category = Category.PLANNING if Category.PLANNING in theirs.categories else Category.BASIC
    names = {g.unit.full_name for g in open_now if g.unit and g.unit_id != unit_id and category in g.categories}
    return Shared(category, theirs.consent_id, tuple(sorted(names)))


def read_by(shared: Shared | None) -> str:
    """Who will read it, as the one who ends the case is told before it is sent."""
    if shared is None:
        return "Bara din enhet läser det här."
    return f"Läses av din enhet och, med stöd av samtycket, av {enumeration(shared.units)}."
