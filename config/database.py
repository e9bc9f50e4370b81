"""From one database address and one role to Django's settings for it.

The address is the owner's. Where the cluster is ours the three logins exist by themselves
(``KNUTPUNKTEN_SEPARATE_LOGINS=1``); elsewhere one login takes the role at connecting, so that
also connections Django does not make (the job queue's) stand on the same side of the wall.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROLES = {
    "owner": "knutpunkten_owner",
    "app": "knutpunkten_app",
    "worker": "knutpunkten_worker",
}
UNREADABLE = "KNUTPUNKTEN_DATABASE_URL cannot be read: write special characters of the password as %-codes (%23 for #)."


def database(url: str, role: str, separate_logins: bool) -> dict[str, Any]:
    """Django's DATABASES entry for *role* (owner, app or worker) at the PostgreSQL address *url*.

    Raises ``ImproperlyConfigured``, without the address, where that cannot be read.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(UNREADABLE) from None
    query = dict(parse_qsl(parts.query))
    options: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": 3}
    user = unquote(parts.username or "")
    settings = []
    if separate_logins:
        user = ROLES[role]
    else:
        settings.append(f"role={ROLES[role]}")
    if role != "worker":
        # A page's statements are always the same, and planning one behind the policies takes longer than running it. The
        # worker's sweeps are few and go by dates, where the plan does depend on which (docs/decisions/0026).
        settings.append("plan_cache_mode=force_generic_plan")
    options["options"] = " ".join(f"-c {setting}" for setting in settings)
    if "sslmode" in query:
        options["sslmode"] = query["sslmode"]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": user,
        "PASSWORD": unquote(parts.password or "") if not separate_logins else "",
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(query.get("port", port or "")),
        "CONN_MAX_AGE": None,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options,
    }
