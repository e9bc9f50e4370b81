"""The WSGI application that granian serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from config.escaped import nothing_escapes
from config.loopback import Application, only_from_here

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application: Application = nothing_escapes(get_wsgi_application())
if settings.DEMO:
    application = only_from_here(application)
elif settings.PROXIES:
    # From here on the visitor's own address and scheme: the audit and the count of attempts go by them.
    application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=settings.PROXIES)
