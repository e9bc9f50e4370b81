"""What ``manage.py check --deploy`` says of an installation where real people would be."""

import os
import re
from collections.abc import Callable, Sequence
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import ProgrammingError, connection, transaction

from knutpunkten.access.who import begin_as

# A key is drawn, not written: one of forty hexadecimal digits has some thirty different neighbours side by side.
SHORTEST_KEY, FEWEST_PAIRS = 40, 26
# What the federations call the third and fourth level. Whoever is on a lower one has shown too little of who they are.
HIGH_LEVEL = re.compile(r"\b(loa[34]|eidas(-nf)?-(sub|high))$")
# A proxy stands alone or among its own; in a wider network there are visitors too, who could say any address of theirs.
WIDEST = {4: 24, 6: 64}


def is_varied(key: str) -> bool:
    return len(set(pairwise(key))) >= FEWEST_PAIRS


def is_here(host: str | None) -> bool:
    """Whether *host* leads nowhere but to this machine; so does none."""
    if not host or f".{host.rstrip('.')}".endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def network_of(proxy: str) -> IPv4Network | IPv6Network | None:
    """*proxy*, an address or a network; None where it is neither, so that nothing would be taken for it."""
    try:
        return ip_network(proxy)
    except ValueError:
        return None


def is_too_wide(proxy: str) -> bool:
    """Whether *proxy* can hold others than proxies; ``*`` is everybody."""
    network = network_of(proxy)
    return proxy == "*" if network is None else network.prefixlen < WIDEST[network.version]


def is_collected() -> bool:
    """Whether what pages ask for by name lies where it is served from, or is served from the source tree."""
    return not settings.STATIC_IS_BUILT or os.access(f"{settings.STATIC_ROOT}/staticfiles.json", os.R_OK)


def host() -> str | None:
    return urlsplit(settings.ORIGIN).hostname


def has_more_than_host() -> bool:
    parts = urlsplit(settings.ORIGIN)
    return bool(parts.path or parts.query or parts.fragment or parts.username)


# What makes a setting unsafe, and the sentence that says so; by the check's own name.
UNSAFE: dict[str, tuple[Callable[[], bool], str]] = {
    "demo": (lambda: settings.DEMO, "KNUTPUNKTEN_DEMO är på: vem som helst kan kliva in som vem som helst."),
    "origin": (lambda: not settings.ORIGIN.startswith("https://"), "KNUTPUNKTEN_ORIGIN börjar inte med https://."),
    "here": (lambda: is_here(host()), "KNUTPUNKTEN_ORIGIN är den egna datorn."),
    "host": (
        lambda: (host() or "").startswith(".") or "*" in (host() or ""),
        "KNUTPUNKTEN_ORIGIN är inte en enda värd: då tas frågor till vilken som helst emot.",
    ),
    "path": (has_more_than_host, "KNUTPUNKTEN_ORIGIN är mer än https:// och en värd: skriv inget snedstreck efter."),
    "key": (
        lambda: len(settings.SECRET_KEY) < SHORTEST_KEY,
        f"KNUTPUNKTEN_SECRET_KEY är kortare än {SHORTEST_KEY} tecken.",
    ),
    "guessable": (
        lambda: not is_varied(settings.SECRET_KEY),
        "KNUTPUNKTEN_SECRET_KEY upprepar sig och går att gissa: låt slumpen göra den, se docs/operations.md.",
    ),
    "static": (lambda: not settings.STATIC_IS_BUILT, "KNUTPUNKTEN_STATIC är inte built."),
    "var": (
        lambda: not settings.VAR.is_absolute(),
        "KNUTPUNKTEN_VAR är ingen hel sökväg: den skulle bero på var ett kommando körs.",
    ),
    "collected": (
        lambda: not is_collected(),
        "Stilmallarna går inte att läsa i KNUTPUNKTEN_VAR: kör manage.py collectstatic som den användare som webben kör som.",
    ),
    "mail": (
        lambda: not settings.SMTP_TLS and not is_here(settings.SMTP_HOST),
        "KNUTPUNKTEN_SMTP_TLS saknas: länkarna i inbjudningarna går okrypterade till e-postservern.",
    ),
    "sender": (
        lambda: settings.MAIL_FROM.rstrip(">").endswith(".example"),
        "KNUTPUNKTEN_MAIL_FROM är demons avsändare.",
    ),
    "no_sender": (
        lambda: "@" not in parseaddr(settings.MAIL_FROM)[1],
        "KNUTPUNKTEN_MAIL_FROM har ingen e-postadress: skriv Knutpunkten <ingen-svar@kommun.test>, med er egen.",
    ),
    "mail_port": (
        lambda: not settings.SMTP_PORT.isdecimal(),
        "KNUTPUNKTEN_SMTP har ingen port: skriv värd:port, till exempel post.kommun.test:587.",
    ),
    "mail_login": (
        lambda: bool(settings.SMTP_USER) != bool(settings.SMTP_PASSWORD),
        "KNUTPUNKTEN_SMTP_USER och KNUTPUNKTEN_SMTP_PASSWORD hör ihop: ange båda eller ingen.",
    ),
    "role": (
        lambda: settings.ROLE != "app",
        "KNUTPUNKTEN_ROLE är inte app: så står webben, och som den körs kontrollen.",
    ),
    "seals": (
        lambda: settings.SEALS_TO is not None and not os.access(settings.SEALS_TO, os.W_OK),
        "KNUTPUNKTEN_SEALS_TO finns inte, eller går inte att skriva i: loggens förseglingar sparas då ingenstans.",
    ),
    "no_proxies": (
        lambda: not settings.PROXIES,
        "KNUTPUNKTEN_PROXIES saknas: ange adressen till proxyn framför, så att besökarens egen adress når loggen.",
    ),
    "proxy_names": (
        lambda: any(network_of(one) is None for one in settings.PROXIES),
        "KNUTPUNKTEN_PROXIES är inte adresser eller nät med mellanslag emellan: det andra gäller inte.",
    ),
    "proxies": (
        lambda: any(is_too_wide(one) for one in settings.PROXIES),
        "KNUTPUNKTEN_PROXIES litar på fler än proxyn: en besökare kan uppge en annan adress än sin egen.",
    ),
    "agencies": (
        lambda: any(not agency["issuer"].startswith("https://") for agency in settings.AGENCIES),
        "KNUTPUNKTEN_AGENCIES: en myndighets inloggning går inte över https.",
    ),
    "levels": (
        lambda: any(not HIGH_LEVEL.search(level) for agency in settings.AGENCIES for level in agency["accepted"]),
        "KNUTPUNKTEN_AGENCIES: en myndighets inloggning godtar en lägre tillitsnivå än tre (loa3).",
    ),
}


@register(Tags.security, deploy=True)
def settings_are_safe(app_configs: Any, **of: Any) -> list[Error]:
    """An error for each setting that would let somebody in, or words out."""
    return [Error(words, id=f"knutpunkten.{name}") for name, (is_unsafe, words) in UNSAFE.items() if is_unsafe()]


# The roles that a login can become, or can fall back to being, beside the one that it is to stand as. A superuser: all.
BECOMES = r"""
select rolname from pg_roles
 where pg_has_role(session_user, oid, 'member') and rolname <> %s
   and (rolname <> session_user or rolname like 'knutpunkten\_%%')
 order by rolname <> 'knutpunkten_owner', rolname like 'pg\_%%', rolname
"""


@register(Tags.database)
def database_login_is_behind_the_wall(app_configs: Any, databases: Sequence[str] | None, **of: Any) -> list[Error]:
    """The login of the web, or of the worker, could step past the policies: an injected statement could then, too."""
    if not databases or settings.DEMO or settings.ROLE == "owner":
        return []
    with connection.cursor() as cursor:
        cursor.execute(BECOMES, [f"knutpunkten_{settings.ROLE}"])
        others = [name for (name,) in cursor.fetchall()]
        cursor.execute("select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = session_user")
        (is_above,) = cursor.fetchone()
    if not others and not is_above:
        return []
    words = f"Databasens inloggning kan {f'bli {others[0]}' if others else 'gå förbi reglerna'}"
    return [
        Error(f"{words}: ge webben och bakgrundsjobben var sin egen, se docs/operations.md.", id="knutpunkten.login")
    ]


# What PostgreSQL's own log must leave out of an error, and the values by which it does: the row, and the statement with its words.
SILENT = {"log_error_verbosity": {"terse"}, "log_min_error_statement": {"log", "fatal", "panic"}}


@register(Tags.database, deploy=True)
def database_log_quotes_nobody(app_configs: Any, databases: Sequence[str] | None, **of: Any) -> list[Error]:
    """An error would be written in PostgreSQL's log with the row it is about, so with names and numbers."""
    if not databases or settings.DEMO:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select name, setting from pg_settings where name = any(%s)", [list(SILENT)])
        loud = sorted(name for name, value in cursor.fetchall() if value not in SILENT[name])
    words = (
        f"PostgreSQL:s egen logg citerar vad folk har skrivit ({', '.join(loud)}): se docs/operations.md, kapitel 1."
    )
    return [Error(words, id="knutpunkten.database_log")] if loud else []


@register(Tags.database, deploy=True)
def wall_takes_our_key(app_configs: Any, databases: Sequence[str] | None, **of: Any) -> list[Error]:
    """The wall was raised with another key, or not at all: every page would be an error."""
    if not databases:
        return []
    try:
        with transaction.atomic():
            begin_as(None)
    except ProgrammingError:
        words = "Databasen känner inte KNUTPUNKTEN_SECRET_KEY: kör manage.py migrate, med samma nyckel."
        return [Error(words, id="knutpunkten.wall_key")]
    return []
