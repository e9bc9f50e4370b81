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
    only_for: UUID | None = None


def reason_shared(case: Case, unit_id: UUID | None, today: date) -> Shared | None:
    """How *unit_id* gives out why it ends the case. One statement or none.

    None, and then it stays with the unit that wrote it: before there is a place, and where no living consent gives the
    other side a part.
    """
    if unit_id == case.referring_unit_id:
        return to_team(case, today) if case.placed_at else None
    return to_referring(case, today)


def to_team(case: Case, today: date) -> Shared | None:
    """The caseworker tells the team, and nobody else: what led to it may be what the others have no part in."""
    team = next((ground for ground in open_grounds(case, today) if ground.unit_id == case.programme.team_id), None)
    if team is None or team.unit is None:
        return None
    return Shared(Category.BASIC, team.consent_id, (team.unit.full_name,), team.unit_id)


def to_referring(case: Case, today: date) -> Shared | None:
    """The team tells the caseworker, as *planering*, or else as *grund*: with all who have a part in that."""
    grounds = open_grounds(case, today)
    theirs = next((ground for ground in grounds if ground.unit_id == case.referring_unit_id), None)
    if theirs is None:
        return None
    category = Category.PLANNING if Category.PLANNING in theirs.categories else Category.BASIC
    own = case.programme.team_id
    names = {g.unit.full_name for g in grounds if g.unit and g.unit_id != own and category in g.categories}
    return Shared(category, theirs.consent_id, tuple(sorted(names)))


def open_grounds(case: Case, today: date) -> list[Party]:
    """The living consents' grounds that open text, the newest first. One statement."""
    grounds = Party.objects.filter(living(today), case=case, level__gte=Level.TEXT)
    return list(grounds.select_related("unit__agency").order_by("-valid_from"))


def read_by(shared: Shared | None) -> str:
    """Who will read it, as the one who ends the case is told before it is sent."""
    if shared is None:
        return "Bara din enhet läser det här."
    return f"Läses av din enhet och, med stöd av samtycket, av {enumeration(shared.units)}."
