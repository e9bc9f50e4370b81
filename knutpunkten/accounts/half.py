"""The pages for an account that has given its password, and chooses its second factor."""

from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.http import HttpResponse

from knutpunkten.access.gates import View, to_sign_in
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.access.sittings import is_half
from knutpunkten.organisations.models import User


def with_password(view: View) -> View:
    """Opens the view to an account that has given its password and has no second factor yet, whatever the hat.

    Where it has got one since, from elsewhere, the half sitting ends: signing in anew asks for that factor.
    """

    @wraps(view)
    def behind_gate(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and is_half(request.session) and has_a_factor(request.user):
            logout(request)
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    behind_gate.permissions = frozenset(Permission)  # type: ignore[attr-defined]
    behind_gate.before_second_factor = behind_gate.for_any_hat = True  # type: ignore[attr-defined]
    return behind_gate


def has_a_factor(user: Any) -> bool:
    """Whether *user* has a second factor. Two half sittings wait for each other here: only one adds the first."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return Authenticator.objects.filter(user_id=user.pk).exists()
