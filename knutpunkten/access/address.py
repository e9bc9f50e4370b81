"""Where a request comes from: the client's own address, also when a proxy of ours stands in front."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings


def client_address(meta: Mapping[str, Any]) -> str | None:
    """The client's address as PostgreSQL's ``inet`` takes it; None where it cannot be known.

    ``X-Forwarded-For`` is believed only as far as it was written by a proxy that the settings trust: read from
    the right, the first address that is none of these is the client's. Whatever a client itself puts in it stands
    further left.
    """
    found = parsed(meta.get("REMOTE_ADDR"))
    forwarded = str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    while found is not None and is_trusted(found) and forwarded:
        nearer = parsed(forwarded.pop())
        if nearer is None:
            break
        found = nearer
    return str(found) if found is not None else None


def is_trusted(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def parsed(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address((text or "").strip())
    except ValueError:
        return None
