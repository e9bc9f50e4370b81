"""An account's page in the settings, as the administrator's browser sends it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from knutpunkten.organisations.models import Membership, User


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
