"""Pages of the settings, as the administrator's browser sends them."""

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from knutpunkten.organisations.models import Membership, Programme, User


def account_page(user: User) -> str:
    return f"/installningar/organisations/user/{user.pk}/change/"


def as_sent(user: User, **changed: str) -> dict[str, Any]:
    """An account as its page sends it, with its roles below; *changed* names what is written anew ("ends_on-0")."""
    roles = list(user.memberships.order_by("pk"))
    sent = {"email": user.email, "name": user.name, "phone": user.phone, "is_active": "on"}
    for kind, many in (("memberships", len(roles)), ("agency_identities", 0)):
        sent |= {f"{kind}-TOTAL_FORMS": many, f"{kind}-INITIAL_FORMS": many}
    for number, role in enumerate(roles):
        for name in ("id", "user", "role", "unit", "programme", "association", "starts_on", "ends_on"):
            value = Membership._meta.get_field(name).value_from_object(role)
            sent[f"memberships-{number}-{name}"] = "" if value is None else str(value)
    return sent | changed


def yesterday() -> str:
    return str(timezone.localdate() - timedelta(days=1))


def settings_of(programme: Programme) -> dict[str, str]:
    """A programme as its form sends it."""
    values = {field.name: field.value_from_object(programme) for field in Programme._meta.fields}
    values |= {name: f"{value:%H:%M}" for name, value in values.items() if isinstance(value, time)}
    return {name: "on" if value is True else str(value) for name, value in values.items() if value is not False}
