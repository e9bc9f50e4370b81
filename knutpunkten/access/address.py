"""Where a request comes from: the client's own address, also when a proxy of ours stands in front (config/wsgi.py)."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any


def client_address(meta: Mapping[str, Any]) -> str | None:
    """The client's address as PostgreSQL's ``inet`` takes it; None where it cannot be known."""
    try:
        return str(ip_address(str(meta.get("REMOTE_ADDR") or "").strip()))
    except ValueError:
        return None
