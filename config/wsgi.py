"""The WSGI application that granian serves."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from config.escaped import nothing_escapes
from config.loopback import Application, only_from_here


def behind_proxies(application: Application, proxies: list[str]) -> Application:
    """*application* as it hears of a visitor behind *proxies*: their own address and scheme, as the nearest of these say.

    The audit and the count of attempts go by them. What a visitor says of themselves stands further off.
    """
    wrapped: Application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=proxies)
    return wrapped


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if settings.ROLE != "app":
    raise ImproperlyConfigured("The web stands as app: KNUTPUNKTEN_ROLE says otherwise.")
application: Application = nothing_escapes(get_wsgi_application())
if settings.DEMO:
    application = only_from_here(application)
elif settings.PROXIES:
    application = behind_proxies(application, settings.PROXIES)
