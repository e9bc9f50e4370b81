"""Who an address and a password belong to, as allauth has it. Every page asks who is signed in: that is remembered."""

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from knutpunkten.organisations.models import User
from knutpunkten.questions.remembered import remembered


@remembered
def user_asked_for(user_id: UUID) -> QuerySet[User]:
    return User.objects.filter(pk=user_id)


class Backend(AuthenticationBackend):
    def get_user(self, user_id: UUID) -> User | None:
        user = user_asked_for.first(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
