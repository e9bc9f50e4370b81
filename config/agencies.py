"""The agencies' own sign-ins (OpenID Connect), from one variable of the environment."""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured

NEEDED = ("id", "name", "issuer", "client_id", "secret", "accepted")
# Who the person is at their agency (OIDC Sweden): id@organisation number. Their identity number is not asked for.
SCOPE = "openid email https://id.oidc.se/scope/naturalPersonOrgId"


def agencies(text: str) -> list[dict[str, Any]]:
    """The agencies in *text*, a JSON list of objects. Raises ``ImproperlyConfigured`` in words for what is missing.

    ``accepted`` lists the assurance levels (``acr``) that count as a second factor; a lower one is refused.
    """
    try:
        found = json.loads(text or "[]")
    except ValueError:
        raise ImproperlyConfigured("KNUTPUNKTEN_AGENCIES is not JSON.") from None
    for agency in found:
        lacking = [key for key in NEEDED if not agency.get(key)]
        if lacking:
            raise ImproperlyConfigured(f"KNUTPUNKTEN_AGENCIES: an agency lacks {', '.join(lacking)}.")
    return found


def as_allauth_has_it(agency: dict[str, Any]) -> dict[str, Any]:
    """One agency as django-allauth wants its settings."""
    return {
        "provider_id": agency["id"],
        "name": agency["name"],
        "client_id": agency["client_id"],
        "secret": agency["secret"],
        "settings": {
            "server_url": agency["issuer"],
            "accepted": agency["accepted"],
            "auth_params": {"acr_values": " ".join(agency["accepted"])},
            "scope": agency.get("scope", SCOPE).split(),
            "oauth_pkce_enabled": True,
        },
    }
