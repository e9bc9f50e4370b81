"""The sessions, in the database as Django keeps them. Every page asks for one, so how it is asked for is remembered."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from knutpunkten.questions.remembered import remembered


@remembered
def living_session(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        # The cookie can say anything, also what the database takes in no question.
        key = self.session_key or ""
        found = living_session.first(key, timezone.now()) if key.isalnum() else None
        if found is None:
            self._session_key = None
        return found
