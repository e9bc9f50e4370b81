"""Who visits the pages: signed in as the product has it."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from bench.measure import Request
from knutpunkten.access.sittings import begin_sitting
from knutpunkten.organisations.models import User


def session_of(user: User) -> str:
    """A signed-in session's cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    begin_sitting(session, timezone.now())
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def client_of(request: Request) -> Client:
    client = Client(SERVER_NAME="localhost")  # a name that the demo answers to
    name, _, value = request.cookie.partition(";")[0].partition("=")
    client.cookies[name] = value
    return client
