"""Inställningar: the reference data, for the administrator alone. Nothing about a case stands here.

What others refer to is ended or closed, never deleted: an account is made inactive, a membership
gets a last day, a routine gets a new version (S15). What nothing refers to yet can be taken away again.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.messages import success, warning
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, Max, Model, QuerySet, Window
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from knutpunkten.organisations.forms import (
    OF_ASSOCIATION,
    AccountField,
    AccountForm,
    AgencyForm,
    AssociationForm,
    ContactForm,
    MembershipForm,
    MembershipFormSet,
    OwnMembershipForm,
    PlaceField,
    ProgrammeForm,
    RoutineDocumentForm,
    UnitForm,
    UnitFormSet,
)
from knutpunkten.organisations.hosts import keep_host
from knutpunkten.organisations.leaving import (
    memberships_changed,
    told_of_empty,
    told_of_lacking,
    told_of_leaving,
    told_of_listing,
    told_of_old_notice,
    told_of_unlisted,
)
from knutpunkten.organisations.models import (
    Agency,
    Association,
    Contact,
    Membership,
    Programme,
    Role,
    RoutineDocument,
    Unit,
    User,
)
from knutpunkten.organisations.references import take_away, what_keeps
from knutpunkten.organisations.rules import begins_to_stand, shelves, stands_for_unit
from knutpunkten.organisations.seen import RefusesUnseen
from knutpunkten.organisations.swedish_order import swedish
from knutpunkten.organisations.told import told_changes
from knutpunkten.ui.fields import DateField, TimeField

admin.site.site_header = "Knutpunkten, inställningar"
admin.site.site_title = "Inställningar"
admin.site.index_title = "Inställningar"
admin.site.site_url = "/"
admin.site.empty_value_display = "–"
admin.site.enable_nav_sidebar = False  # eight kinds of rows, one click away on the first page


def has_administrators_hat(request: HttpRequest) -> bool:
    """Whether the hat that is on is the administrator's: what is set under another would stand in the log as that one's."""
    return request.user.is_staff and request.who.role == Role.ADMINISTRATOR  # type: ignore[attr-defined]


def refuse_or_sign_in(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """One signs in where everybody does; those whose hat the settings are not for are told as on every page."""
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        wanted = reverse("admin:index")
    if not request.user.is_authenticated:
        return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': wanted})}")
    if admin.site.has_permission(request):
        return redirect(wanted)
    raise PermissionDenied


admin.site.has_permission = has_administrators_hat  # type: ignore[method-assign]
admin.site.login = refuse_or_sign_in  # type: ignore[method-assign]

# What stands above is chosen from in what stands below.
IN_ORDER = (Association, Agency, Unit, Programme, User, Membership, Contact, RoutineDocument)


def apps_in_order(request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
    """The kinds of rows in the order in which one sets up (docs/operations.md); Django's own is by name."""
    apps: list[dict[str, Any]] = admin.AdminSite.get_app_list(admin.site, request, app_label)
    for app in apps:
        app["models"].sort(key=lambda row: IN_ORDER.index(row["model"]))
    return apps


admin.site.get_app_list = apps_in_order  # type: ignore[method-assign]


def staff_accounts() -> QuerySet[User]:
    """Staff only: that somebody is a participant is about a case, and not the administrator's to see."""
    return User.objects.exclude(pk__in=RawSQL("select participant_accounts()", []))


class InSwedish:
    """Where Django's own Swedish falls short: dates and times as they are typed elsewhere, and a choice of nothing.

    Accounts are chosen in a plain list, which every browser and screen reader knows.
    """

    formfield_overrides: Any = {
        models.DateField: {"form_class": DateField, "widget": forms.TextInput(attrs={"placeholder": "ÅÅÅÅ-MM-DD"})},
        models.TimeField: {"form_class": TimeField, "widget": forms.TextInput(attrs={"placeholder": "TT:MM"})},
    }

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("empty_label", "Ingen" if db_field.blank else "Välj …")
        if db_field.related_model is User:
            namesakes = Window(Count("pk"), partition_by="name")
            kwargs["queryset"] = staff_accounts().annotate(namesakes=namesakes).order_by(swedish("name"), "email")
            kwargs["form_class"] = AccountField
        if path := OF_ASSOCIATION.get(db_field.related_model):
            in_order = self.get_field_queryset(None, db_field, request)  # type: ignore[attr-defined]
            kwargs["queryset"] = in_order.select_related(path)
            kwargs["form_class"] = PlaceField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        blank = db_field.blank or not db_field.has_default()
        kwargs.setdefault("choices", db_field.get_choices(include_blank=blank, blank_choice=[("", "Välj …")]))
        return super().formfield_for_choice_field(db_field, request, **kwargs)  # type: ignore[misc]


class PlaceFilter(admin.RelatedFieldListFilter):
    """A filter by what is chosen in a ``PlaceField``, called as there."""

    def __init__(self, *args: Any, **of: Any) -> None:
        super().__init__(*args, **of)
        self.empty_value_display = SafeString("Ingen")

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        ordering = self.field_admin_ordering(field, request, model_admin)
        places = field.related_model.objects.select_related(OF_ASSOCIATION[field.related_model]).order_by(*ordering)
        named = PlaceField(places)
        return [(str(place.pk), named.label_from_instance(place)) for place in places]


# What Django says that something is saved, and what we say: its marks are English, and its words a form's.
SAID = (
    ("“", "”"),
    (r"Du kan lägga till ytterligare .* nedan\.", "Här kan du lägga till en till."),
    (r"Du kan (göra ytterligare förändringar|redigera det igen) nedan\.", "Du är kvar på sidan."),
    (r"Poster måste väljas .*", "Kryssa först i det du vill ta bort. Inget är ändrat."),
    (r".* med ID .* finns inte\. .*", "Det du sökte finns inte här längre. Någon kan ha tagit bort det."),
)


def in_our_words(message: Any) -> Any:
    """A *message* of Django's as we say it; what was safe to show, with a link in it, still is."""
    said = str(message)
    for theirs, ours in SAID:
        said = re.sub(theirs, ours, said)
    return SafeString(said) if isinstance(message, SafeString) else said


def to_mend(form: Any, formsets: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """What keeps a page from being saved: each sentence, with the id of its field or nothing."""
    for one in (form, *chain(*formsets)):
        yield from ((error, "") for error in one.non_field_errors())
        for field in one:
            named = (error if field.label in error else f"{field.label}: {error}" for error in field.errors)
            yield from ((said, field.id_for_label) for said in named)
    yield from ((error, "") for formset in formsets for error in formset.non_form_errors())


def adds_in_our_words(inline: Any) -> str:
    """What Django's script is told of an *inline*: its button says "Lägg till ytterligare Uppdrag", also where there is none."""
    told = json.loads(inline.inline_formset_data())
    told["options"]["addText"] = f"Lägg till {inline.opts.verbose_name}"
    return json.dumps(told)


class OwnPages(RefusesUnseen, InSwedish, admin.ModelAdmin):
    """Whose pages are headed in our words: Django's own say "Välj konto att ändra" and "Radera"."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        headed = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, headed | (extra_context or {}))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        headed = {"title": f"Ta bort {self.opts.verbose_name}"}
        return super().delete_view(request, object_id, headed | (extra_context or {}))

    def get_deleted_objects(self, objs: Iterable[Any], request: HttpRequest) -> Any:
        """Nothing goes with what is deleted, so Django's own list of that is ours, of what to know before."""
        return list(self.told_before(objs)), {}, set(), []

    def told_before(self, going: Iterable[Any]) -> Iterator[str]:
        """What to know before *going* are taken away, a sentence each."""
        yield from ()

    def told_of_lacking(self, row: Any) -> Iterator[str]:
        """What must be there before *row* is of use, and is not, a sentence each."""
        yield from ()

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:
        told = "" if add else "; ".join(told_changes(form, formsets or ()))
        request.settled = {} if add else {"fields": told}
        return f"Ändrade {told}." if told else super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        request.settled = {"object": str(obj.pk)}
        return super().log_addition(request, obj, message)

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        request.settled = {"object": str(obj.pk), **request.settled} if message else {}
        return super().log_change(request, obj, message)

    def log_deletions(self, request: Any, queryset: Any) -> Any:
        request.settled = {"object": str(queryset[0].pk)}
        return super().log_deletions(request, queryset)

    def message_user(self, request: HttpRequest, message: Any, *args: Any, **of: Any) -> None:
        super().message_user(request, in_our_words(message), *args, **of)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **of: Any) -> HttpResponse:
        """Django's note of the errors goes by its name for them: ours stands in its place (``admin/change_form.html``)."""
        below = [one.formset for one in context["inline_admin_formsets"]]
        context["refused"] = list(to_mend(context["adminform"].form, below)) if context.pop("errors") else []
        if (row := context["original"]) and context["refused"]:
            row.refresh_from_db()  # the form has written on it what is not saved
            context["subtitle"] = str(row)
        context["lacks"] = list(self.told_of_lacking(row)) if row else []
        for one in context["inline_admin_formsets"]:
            one.inline_formset_data = adds_in_our_words(one)
        return super().render_change_form(request, context, *args, **of)


class UnusedAdmin(OwnPages):
    """What was added by mistake is taken away again, as long as nothing refers to it; else it is said what does."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """One at a time, from its own page, where there is room to say what keeps it."""
        return obj is not None and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Iterable[Model], request: HttpRequest) -> Any:
        """Nothing goes with it: Django's own list of what would is empty, and what keeps it stands as protected."""
        return [], {}, set(), [kept for row in objs for kept in what_keeps(row)]

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        take_away(obj)


class KeptAdmin(OwnPages):
    """Whoever has had an account or a role stands in the log, so it is ended and never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Association)
class AssociationAdmin(UnusedAdmin):
    form = AssociationForm
    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)


class UnitInline(InSwedish, admin.StackedInline):
    model = Unit
    form = UnitForm
    formset = UnitFormSet
    extra = 0
    can_delete = False


def warn_of_old_notice(request: HttpRequest, programme: Programme) -> None:
    for said in told_of_old_notice(programme, timezone.localdate()):
        warning(request, said)


@admin.register(Agency)
class AgencyAdmin(UnusedAdmin):
    form = AgencyForm
    list_display = ("name", "kind", "mark", "association")
    list_filter = ("kind", "association")
    search_fields = ("name",)
    ordering = (swedish("name"),)
    inlines = (UnitInline,)

    def save_model(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"kind", "mark"}.intersection(form.changed_data) and obj.units.exists():
            shown = f"{obj} visas nu som {obj.get_kind_display()} med märket {obj.mark}, också i ärenden som pågår."
            warning(request, f"{shown} Blev det fel kan du ändra tillbaka.")
        if change and {"name", "data_protection_officer"}.intersection(form.changed_data):
            was = form.initial
            hosted = Programme.objects.filter(host=obj)
            keep_host(hosted, was["name"], was["data_protection_officer"], timezone.localdate())
            for programme in hosted:
                warn_of_old_notice(request, programme)


@admin.register(Unit)
class UnitAdmin(UnusedAdmin):
    form = UnitForm
    list_display = ("name", "agency", "association", "phone")
    list_filter = (("agency", PlaceFilter),)
    list_select_related = ("agency__association",)
    search_fields = ("name", "agency__name")
    ordering = (swedish("agency__name"), swedish("name"))

    @admin.display(description="samordningsförbund", ordering="agency__association__name")
    def association(self, unit: Unit) -> Association:
        return unit.agency.association


OF_LEAVING = {"is_active", "user", "role", "unit", "programme", "starts_on", "ends_on"}


def roles_touched(form: Any) -> Iterator[Membership]:
    """The roles in which somebody may be missed after what *form* changed: an account's, or one as it was and as it is.

    What else a reviewer does says whether they can review it, so of theirs each is a change of that too.
    """
    row, was = form.instance, form.initial
    if isinstance(row, User):
        yield from row.memberships.all()
    else:
        places = {f"{name}_id": was.get(name) for name in ("unit", "programme", "association")}
        yield from (row, Membership(role=was.get("role", ""), **places))
        yield from row.user.memberships.filter(role=Role.REVIEWER)


class TellsOfLeaving:
    """After a change of an account or a membership, cases that wait for nobody now are found, and how many is said."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        memberships_changed()
        changed = [one for one in (form, *chain(*formsets)) if OF_LEAVING.intersection(one.changed_data)]
        if changed:
            left = [told_of_leaving(user) for user in self.holders(form)]
            roles = list(chain(*map(roles_touched, changed)))
            for said in (*chain(*left), *told_of_empty(roles, timezone.localdate())):
                warning(request, said)
            if "_continue" not in request.POST and "_invite" not in request.POST:  # its own page says it by itself
                for said in self.told_of_lacking(form.instance):
                    warning(request, said)

    def holders(self, form: Any) -> Iterable[User]:
        """Whose account, or whose membership, it is, and whose it was."""
        return [form.instance]

    def told_of_lacking(self, row: User | Membership) -> Iterator[str]:
        yield from told_of_listing(row.user if isinstance(row, Membership) else row, timezone.localdate())


class MembershipInline(InSwedish, admin.StackedInline):
    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    extra = 0
    can_delete = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **of: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **of)
        formset.form.by = request.user
        return formset


@admin.register(User)
class AccountAdmin(TellsOfLeaving, KeptAdmin):
    """Accounts: name, address, and the roles with their dates."""

    form = AccountForm
    fields = ("email", "name", "phone", "is_active")
    list_display = ("name", "email", "phone", "is_active")
    list_filter = ("is_active", "memberships__role", ("memberships__unit", PlaceFilter))
    search_fields = ("name", "email")
    ordering = (swedish("name"), "email")
    inlines: ClassVar[tuple[Any, ...]] = (MembershipInline,)

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        """The roles come when the account is there."""
        return self.inlines if obj else ()

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: str | None = None) -> HttpResponse:
        """On to the roles, and the invitation."""
        success(request, "Kontot är sparat. Ge det ett uppdrag, och skicka inbjudan.")
        return redirect("admin:organisations_user_change", obj.pk)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return staff_accounts().order_by(*self.ordering)


@admin.register(Membership)
class MembershipAdmin(TellsOfLeaving, KeptAdmin):
    form = OwnMembershipForm
    list_display = ("user", "called", "where", "starts_on", "until")
    list_filter = ("role", ("programme", PlaceFilter), ("unit", PlaceFilter))
    list_select_related = ("user", "unit__agency", "programme", "association")
    search_fields = ("user__name", "user__email")
    ordering = (swedish("user__name"), "starts_on")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **of: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **of)
        form.by = request.user
        return form

    @admin.display(description="roll", ordering="role")
    def called(self, role: Membership) -> str:
        return role.called

    @admin.display(description="enhet, insats eller förbund", ordering="unit__agency__name", empty_value="–")
    def where(self, role: Membership) -> str:
        return " · ".join(map(str, filter(None, (role.unit, role.programme, role.association))))

    @admin.display(description="till", ordering="ends_on", empty_value="tills vidare")
    def until(self, role: Membership) -> date | None:
        return role.ends_on

    def holders(self, form: Any) -> Iterable[User]:
        return User.objects.filter(pk__in={form.instance.user_id, form.initial.get("user")}).order_by("name")


@admin.register(Contact)
class ContactAdmin(OwnPages):
    """The contact list (S1). A row that is no longer true is deleted; nothing refers to it."""

    form = ContactForm
    list_display = ("programme", "kind", "unit", "representative", "still")
    list_display_links = ("unit",)
    list_filter = (("programme", PlaceFilter), "kind", ("unit", PlaceFilter))
    list_select_related = ("unit__agency", "representative", "programme")
    search_fields = ("unit__name", "representative__name")
    ordering = (
        *(swedish("programme__name"), "kind"),
        *(swedish(path) for path in ("unit__agency__name", "unit__name", "representative__name")),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        today = timezone.localdate()
        return super().get_queryset(request).annotate(stands=stands_for_unit(today), begins=begins_to_stand(today))

    def told_before(self, going: Iterable[Contact]) -> Iterator[str]:
        """A unit without a contact is in the list no more, which whoever takes the last one away may not mean."""
        yield from told_of_unlisted(list(going))

    def log_deletions(self, request: Any, queryset: Any) -> Any:
        """What is gone no longer says whose it was, so the log has the unit, where they were all of one."""
        deleted = super().log_deletions(request, queryset)
        units = {contact.unit_id for contact in queryset}
        if len(units) == 1:
            request.settled["object"] = str(units.pop())
        return deleted

    @admin.display(description="gäller")
    def still(self, contact: Any) -> str:
        """Whoever has left is in no list that others see; the row stands here till somebody takes it away."""
        if contact.stands or contact.begins is None:
            return "Ja" if contact.stands else "Nej, är inte representant där längre"
        return f"Från {contact.begins}"

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: Any = None,
        action_location: Any = admin.options.ActionLocation.CHANGE_LIST,
    ) -> Any:
        return super().get_action_choices(request, default_choices or [("", "Välj …")], action_location)


def begins_from(request: HttpRequest) -> RoutineDocument | None:
    """The version whose text a new one begins with, as the address says."""
    try:
        chosen = UUID(request.GET.get("fran", ""))
    except ValueError:
        return None
    return RoutineDocument.objects.select_related("programme").filter(pk=chosen).first()


@admin.register(RoutineDocument)
class RoutineDocumentAdmin(KeptAdmin):
    """Written routines: a change is a new version, so that the history stays true (S15).

    One whose day has not come binds nobody yet: it is written anew, or the newest of them taken back.
    """

    form = RoutineDocumentForm
    change_form_template = "organisations/routine_in_settings.html"
    list_display = ("which", "programme", "version", "on_date", "by_whom", "what_changed")
    list_filter = (("programme", PlaceFilter), "which")
    list_select_related = ("programme",)
    ordering = ("programme__name", "which", "-version")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            obj is not None
            and obj.on_date > timezone.localdate()
            and request.user.has_perm("organisations.change_routinedocument")
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj) and not obj.later().exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Which routine it is a version of stays: the number follows from it."""
        return ("programme", "which") if obj else ()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        offered = {"begins_from": begins_from(request), "shelves": shelves(timezone.localdate())}
        return super().add_view(request, form_url, (extra_context or {}) | offered)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What a new version has of the one it begins from; its day, by whom and what changed are its own."""
        earlier = begins_from(request)
        if earlier is None:
            return {}
        return {"programme": earlier.programme_id, "which": earlier.which, "text": earlier.text}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            earlier = RoutineDocument.objects.filter(programme=obj.programme, which=obj.which)
            obj.version = (earlier.aggregate(last=Max("version"))["last"] or 0) + 1
        super().save_model(request, obj, form, change)


TIMES = ("visit_weekday", "visit_weeks", "visit_starts", "visit_ends", "visit_seats")
MORNINGS = ("first_starts", "first_ends", "second_starts", "second_ends", "themes")
MEETINGS = (
    "meeting_weekday",
    "meeting_week",
    "meeting_starts",
    "meeting_ends",
    "meeting_place",
    "handin_days",
    "consultation_minutes",
)


def made_already(new: str, stay: str, where: str, *, has_later: bool) -> str:
    """What a changed setting holds for (*new*), what of it stays as it was (*stay*, a sentence), and *where* that is changed.

    *has_later*: whether there is more than the coordinator sees on that page yet.
    """
    later = f"Det som ligger längre fram än listan under {where} står också kvar, och syns där efter hand."
    moved = f"Samordnaren flyttar eller ställer in dem under {where}."
    said = (f"Ändringen gäller {new} från och med nu.", stay, moved if stay else "", later if has_later else "")
    return " ".join(filter(None, said))


@admin.register(Programme)
class ProgrammeAdmin(UnusedAdmin):
    """A programme and its settings: places, times, deadlines, words."""

    def save_model(self, request: HttpRequest, obj: Programme, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"host", "name"}.intersection(form.changed_data):
            was, called = Agency.objects.get(pk=form.initial["host"]), form.initial["name"]
            keep_host([obj], was.name, was.data_protection_officer, timezone.localdate(), called)
            if "_continue" not in request.POST:  # its own page says it by itself
                warn_of_old_notice(request, obj)
        if change:
            for said in self.told_of_made(obj, set(form.changed_data)):
                warning(request, said)

    def told_of_lacking(self, row: Programme) -> Iterator[str]:
        yield from told_of_lacking(row, timezone.localdate())

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: str | None = None) -> HttpResponse:
        """On to its own page, which says what is missing before anybody can be referred to it."""
        success(request, "Insatsen är sparad.")
        return redirect("admin:organisations_programme_change", obj.pk)

    def told_of_made(self, programme: Programme, changed: set[str]) -> Iterator[str]:
        """What is made already and does not follow the *changed* settings, a sentence each: said by the stages that make it."""
        yield from ()

    form = ProgrammeForm
    list_display = ("name", "association", "host", "team", "places")
    list_select_related = ("association", "host", "team__agency")
    ordering = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "association", "host", "team", "address", "purpose")}),
        ("Ord", {"fields": ("group_word", "representative_word")}),
        ("Platser och målgrupp", {"fields": ("places", "least_hours", "youngest", "oldest", "follow_up_weeks")}),
        ("Studiebesök", {"fields": TIMES}),
        ("Förmiddagarna", {"fields": MORNINGS}),
        ("Ärendemöten", {"fields": MEETINGS}),
        ("Rutinen", {"fields": ("announces", "gathering_waits", "kept_years")}),
        (
            "Tider i arbetsdagar",
            {"fields": tuple(f.name for f in Programme._meta.fields if f.name.startswith("days_"))},
        ),
    )
