"""The demo is for the one who sits at the machine: anybody can step in as anybody."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
REFUSAL = (
    "Demon svarar bara på den egna datorn: låt servern lyssna på 127.0.0.1, utan någon annan framför sig.\n".encode()
)


def is_loopback(address: str) -> bool:
    """Whether *address*, a name or a number, is this machine and no other."""
    if address == "localhost":
        return True
    try:
        ip = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback


def only_from_here(application: Application) -> Application:
    """*application*, closed to all when the server listens on anything but loopback, or something stands before it."""

    def here(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        listens, comes_from = str(environ.get("SERVER_NAME", "")), str(environ.get("REMOTE_ADDR", ""))
        is_passed_on = any(key in environ for key in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"))
        if is_passed_on or not (is_loopback(listens) and is_loopback(comes_from)):
            start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [REFUSAL]
        return application(environ, start_response)

    return here
