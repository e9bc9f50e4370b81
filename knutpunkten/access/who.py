"""Who is asking: an account, the hat it wears, and where it asks from."""

import json
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from knutpunkten.access.roles import Permission, may
from knutpunkten.organisations.models import Role, role_called
from knutpunkten.questions.remembered import Composite


@dataclass(frozen=True)
class Hat:
    """One membership: a role in a unit and programme. A participant's hat has neither."""

    id: UUID | None
    role: Role
    unit_id: UUID | None = None
    unit: str = ""
    agency: str = ""
    mark: str = ""
    kind: str = ""
    programme_id: UUID | None = None
    programme: str = ""
    association_id: UUID | None = None

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Hat":
        ids = ("id", "unit_id", "programme_id", "association_id")
        values: dict[str, Any] = {k: UUID(v) if k in ids and v else v for k, v in row.items()}
        return cls(**{**values, "role": Role(row["role"])})

    @property
    def label(self) -> str:
        return role_called(self.role, self.programme_id)

    @property
    def words(self) -> str:
        """The hat told apart from another of the same role: "Samordnare, Knutpunkten"."""
        place = self.programme or self.unit or self.organisation
        return f"{self.label}, {place}" if place else self.label

    @property
    def key(self) -> str:
        """What chooses the hat: the membership's id; a participant's hat has none."""
        return str(self.id)

    @property
    def where(self) -> str:
        return f"{self.organisation}, {self.unit}" if self.unit not in ("", self.agency) else self.organisation

    @property
    def scope(self) -> str:
        """Where, and in which programme: one that runs itself is called as its agency."""
        return ", ".join(filter(None, (self.where, self.programme if self.programme != self.agency else "")))

    @property
    def organisation(self) -> str:
        """The agency's or association's name, without what the hat is called already ("Samordningsförbundet Tjust")."""
        return self.agency.removeprefix(f"{self.label} ")


# Behind the one who wears none: no role, no scope.
NO_HAT = Hat(None, Role.PARTICIPANT)


@dataclass(frozen=True)
class Who(Composite):
    """The one who asks, under one hat. ``system()`` is the routine itself (an offer, a reminder)."""

    # An account's UUID, or None for the system. ``Any``, as ``unit_id``: what must not be null, the database refuses.
    user_id: Any
    name: str
    hat: Hat | None
    hats: tuple[Hat, ...] = ()
    person_id: UUID | None = None
    address: str | None = None
    # The cases of protected persons whose named reader they are, under this hat (W5).
    reads: frozenset[UUID] = frozenset()
    # By the wall's clock, which is also the seed's: a form has no clock of its own.
    today: date = field(default_factory=timezone.localdate, compare=False)
    # The events written in the audit so far: a page that leaves none is written down by the middleware.
    written: list[str] = field(default_factory=list, compare=False, repr=False)

    @property
    def role(self) -> str:
        return self.hat.role if self.hat else ""

    @property
    def unit_id(self) -> Any:
        """The unit's UUID, or None for a hat without one."""
        return self.hat.unit_id if self.hat else None

    @property
    def programme_id(self) -> Any:
        """The programme's UUID, or None for a hat without one."""
        return self.hat.programme_id if self.hat else None

    @property
    def holder(self) -> Any:
        """Whose grounds they stand on: the unit's id, a participant's own, or None."""
        return self.person_id if self.role == Role.PARTICIPANT else self.unit_id

    def may(self, permission: Permission) -> bool:
        return may(self.role, permission)

    # What a question depends on (``questions.remembered``): the role and which scopes there are decide the statement,
    # the ids are put into it. No name of anything: no question is asked by those.

    @property
    def ids(self) -> tuple[Any, ...]:
        hat = self.hat or NO_HAT
        reads = sorted(self.reads) or None
        return (self.user_id, self.person_id, reads, hat.id, hat.unit_id, hat.programme_id, hat.association_id)

    @property
    def shape(self) -> Hashable:
        return (self.hat and self.hat.role, *(one is not None for one in self.ids))

    @property
    def parts(self) -> tuple[Any, ...]:
        return tuple(one for one in self.ids if one is not None)

    def with_parts(self, parts: Sequence[Any]) -> "Who":
        given = iter(parts)
        user, person, reads, *hat = (None if one is None else next(given) for one in self.ids)
        id, unit, programme, association = hat
        worn = self.hat and Hat(id, self.hat.role, unit_id=unit, programme_id=programme, association_id=association)
        return Who(user, "", worn, person_id=person, reads=frozenset(reads or ()))


def system() -> Who:
    """The routine itself, acting in the worker."""
    return Who(user_id=None, name="Knutpunkten", hat=None)


NOBODY = Who(user_id=None, name="", hat=None)


def begin_as(
    user_id: UUID | None,
    name: str = "",
    hat_id: str | None = None,
    at: datetime | None = None,
    address: str | None = None,
) -> Who:
    """Tell the database, for the rest of this transaction, who is asking; answer their hats.

    One statement. *hat_id* chooses among several hats; an unknown or ended one counts as none chosen.
    *at* sets the wall's clock, for seeding and tests only. Without a user every protected table is empty.
    """
    with connection.cursor() as cursor:
        said = [user_id, hat_id or "", at, settings.WALL_KEY]
        cursor.execute("select begin_as(%s::uuid, %s, %s::timestamptz, %s)", said)
        answer = json.loads(cursor.fetchone()[0])
    hats = tuple(Hat.from_row(row) for row in answer["hats"])
    current = next((hat for hat in hats if str(hat.id) == (answer["hat"] or "None")), None)
    person_id = UUID(answer["person_id"]) if answer["person_id"] else None
    reads = frozenset(UUID(case_id) for case_id in answer["reads"])
    return Who(user_id, name, current, hats, person_id, address, reads, date.fromisoformat(answer["today"]))


@contextmanager
def acting_as(user: Any, *, role: Role | str | None = None, at: datetime | None = None) -> Iterator[Who]:
    """A transaction as *user* (an account), under the hat of *role* if several; for commands, jobs and tests.

    Raises ``LookupError`` if the account has no such hat.
    """
    with transaction.atomic():
        who = begin_as(user.pk, user.name, at=at)
        if role is not None and (who.hat is None or who.hat.role != role):
            chosen = next((hat for hat in who.hats if hat.role == role), None)
            if chosen is None:
                raise LookupError(f"{user.email} is not {role}")
            who = begin_as(user.pk, user.name, str(chosen.id), at)
        try:
            yield who
        finally:
            if not connection.needs_rollback:
                begin_as(None)
