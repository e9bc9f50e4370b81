"""What ``manage.py check --deploy`` says of an installation where real people would be."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connection

SHORTEST_KEY = 40
HERE = ("127.0.0.1", "localhost", "::1")


@register(Tags.security, deploy=True)
def settings_are_safe(app_configs: Any, **of: Any) -> list[Error]:
    """An error for each setting that would let somebody in, or words out."""
    unsafe = {
        "demo": (settings.DEMO, "KNUTPUNKTEN_DEMO är på: vem som helst kan kliva in som vem som helst."),
        "origin": (not settings.ORIGIN.startswith("https://"), "KNUTPUNKTEN_ORIGIN börjar inte med https://."),
        "here": (urlsplit(settings.ORIGIN).hostname in HERE, "KNUTPUNKTEN_ORIGIN är den egna datorn."),
        "key": (
            len(settings.SECRET_KEY) < SHORTEST_KEY,
            f"KNUTPUNKTEN_SECRET_KEY är kortare än {SHORTEST_KEY} tecken.",
        ),
        "static": (not settings.STATIC_IS_BUILT, "KNUTPUNKTEN_STATIC är inte built."),
        "mail": (
            not settings.SMTP_TLS and settings.SMTP_HOST not in HERE,
            "KNUTPUNKTEN_SMTP_TLS saknas: länkarna i inbjudningarna går okrypterade till e-postservern.",
        ),
        "sender": (settings.MAIL_FROM.rstrip(">").endswith(".example"), "KNUTPUNKTEN_MAIL_FROM är demons avsändare."),
        "role": (settings.ROLE == "owner", "KNUTPUNKTEN_ROLE är owner: webben får inte stå utanför muren."),
        "agencies": (
            any(not agency["issuer"].startswith("https://") for agency in settings.AGENCIES),
            "KNUTPUNKTEN_AGENCIES: en myndighets inloggning går inte över https.",
        ),
    }
    return [Error(words, id=f"knutpunkten.{name}") for name, (is_unsafe, words) in unsafe.items() if is_unsafe]


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
