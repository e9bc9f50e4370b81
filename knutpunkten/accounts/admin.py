"""Inviting, from the administrator's settings: on an account's own page, with what is written there."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.messages import info, warning
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from knutpunkten.access.request import Request
from knutpunkten.accounts.actions import invite
from knutpunkten.accounts.models import AgencyIdentity
from knutpunkten.accounts.rules import SOON, local, readiness, roles_until
from knutpunkten.audit.actions import record
from knutpunkten.organisations.admin import AccountAdmin, InSwedish, MembershipAdmin
from knutpunkten.organisations.models import Membership, User
from knutpunkten.ui.dates import iso

admin.site.unregister([User, Membership])


class AgencyIdentityInline(InSwedish, admin.StackedInline):
    """Who the account's holder is in their agency's own sign-in. Who loses it there is taken away here."""

    model = AgencyIdentity
    extra = 0
    fields = ("provider", "called", "bound")
    readonly_fields = ("bound",)

    @admin.display(description="använd första gången")
    def bound(self, identity: AgencyIdentity) -> str:
        return local(identity.bound_at) if identity.bound_at else "Inte än"

    def formfield_for_dbfield(self, db_field: Any, request: Any, **of: Any) -> Any:
        if db_field.name == "provider":
            choices = [("", "Välj …"), *((agency["id"], agency["name"]) for agency in settings.AGENCIES)]
            return forms.ChoiceField(label="Inloggning", choices=choices)
        return super().formfield_for_dbfield(db_field, request, **of)

    def is_open(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(settings.AGENCIES) and request.user.has_perm("organisations.change_user")

    has_view_permission = has_add_permission = has_change_permission = has_delete_permission = is_open


def lacks_role(user: User) -> str:
    """The sentence that somebody has no role to sign in to, nor will have one soon; empty if they have."""
    today = timezone.localdate()
    if roles_until(user, today, SOON).exists():
        return ""
    had_one = user.memberships.filter(ends_on__lt=today).exists()
    return f"{user.name} har inget uppdrag som gäller {'nu' if had_one else 'än'}."


def ends(user: User) -> str:
    """What a new invitation puts an end to."""
    if not user.has_usable_password():
        return "Den gamla länken slutar gälla."
    return "Gör om allt: nytt lösenord och nytt andra steg. Det gamla fungerar tills länken används."


def about(user: User) -> dict[str, Any]:
    """What the administrator reads beside the button that invites *user*."""
    invited = readiness(user, timezone.now()).invited
    return {"invited": invited, "ends": ends(user) if invited else "", "lacks_role": lacks_role(user)}


class WritesOfAccess:
    """Before an admin of accounts or memberships: what is given, changed or ended is in the log with whose it is (W4)."""

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        added = [*([] if change else [form.instance]), *chain(*(formset.new_objects for formset in formsets))]
        changed = [one for one in (form, *chain(*formsets)) if one.has_changed()]
        for event, user_id, of in chain(*(changes_of(one, added) for one in changed)):
            record(event, by=request.who, at=timezone.now(), object_id=user_id, **of)


def changes_of(form: Any, added: list[Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Each event that a saved *form* makes, with whose account it concerns, and what of it the log may say.

    *added*: the rows that are new.
    """
    row, fields = form.instance, set(form.changed_data)
    if isinstance(row, Membership):
        yield membership_event(form, is_new=row in added)
    elif isinstance(row, AgencyIdentity):
        yield "account_changed", row.user_id, {"fields": "inloggning genom myndigheten"}
    elif row in added:
        yield "account_added", row.pk, {}
    else:
        if "is_active" in fields:
            yield "account_opened" if row.is_active else "account_closed", row.pk, {}
        if fields - {"is_active"}:
            yield "account_changed", row.pk, {"fields": labels_of(form, fields - {"is_active"})}


def membership_event(form: Any, *, is_new: bool) -> tuple[str, Any, dict[str, Any]]:
    """That a role was given; that it ends, and which day; or what of it was changed, and from which unit to which."""
    row, fields = form.instance, set(form.changed_data)
    of: dict[str, Any] = {"what": row.role}
    if is_new:
        return "membership_given", row.user_id, of
    if fields == {"ends_on"} and row.ends_on:
        return "membership_ended", row.user_id, of | {"fields": iso(row.ends_on)}
    of["fields"] = labels_of(form, fields - {"unit"})
    if "unit" in fields:
        of |= {"unit_was": str(form.initial.get("unit") or ""), "unit_is": str(row.unit_id or "")}
    return "membership_changed", row.user_id, of


def labels_of(form: Any, names: set[str]) -> str:
    """What the fields are called, in the form's order; never what stands in them, but for a day."""
    return "; ".join(label_of(form, name) for name in form.fields if name in names)


def label_of(form: Any, name: str) -> str:
    label, value = str(form.fields[name].label).lower(), form.cleaned_data.get(name)
    if name == "ends_on" and value is None:
        return "tills vidare"
    return f"{label} {iso(value)}" if isinstance(value, date) else label


@admin.register(Membership)
class WrittenMembershipAdmin(WritesOfAccess, MembershipAdmin):
    """A membership on its own page."""


@admin.register(User)
class InvitingAccountAdmin(WritesOfAccess, AccountAdmin):
    """An account with how far it has come towards signing in, and a button that sends the invitation."""

    change_form_template = "accounts/account_in_settings.html"
    readonly_fields = ("signing_in",)
    inlines = (*AccountAdmin.inlines, AgencyIdentityInline)

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        return (*self.fields, "signing_in") if obj else ("email", "name", "phone")

    @admin.display(description="inloggning")
    def signing_in(self, user: User) -> str:
        return readiness(user, timezone.now()).words

    def change_view(self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        user = self.get_object(request, object_id)
        return super().change_view(request, object_id, form_url, (extra_context or {}) | (about(user) if user else {}))

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:
        told = super().construct_change_message(request, form, formsets, add)
        is_invited = "_invite" in request.POST and not add and form.instance.is_active
        return f"{told or ''} Skickade inbjudan.".strip() if is_invited else told

    def response_change(self, request: Any, obj: Any) -> HttpResponse:
        """Inviting saves first: what was written on the page is not lost, and the mail goes to the address as written."""
        if "_invite" not in request.POST:
            return super().response_change(request, obj)
        self.send_invitation(request, obj)
        return redirect("admin:organisations_user_change", obj.pk)

    def send_invitation(self, request: Request, user: User) -> None:
        if not user.is_active:
            warning(request, "Ändringarna är sparade, men ingen inbjudan skickas: kontot är inte aktivt.")
            return
        invite(user, by=request.who, at=timezone.now())
        info(request, f"Inbjudan skickas till {user.email}. Länken gäller i en vecka.")
        if sentence := lacks_role(user):
            warning(request, sentence)
