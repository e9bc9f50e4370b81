"""The administrator's forms: what the settings may say."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from knutpunkten.organisations.limits import LONGEST_THEME, WITHIN, refusal
from knutpunkten.organisations.models import (
    NEAR_CASES,
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
from knutpunkten.organisations.references import what_keeps
from knutpunkten.organisations.rules import has_other_administrator, named_apart, passages
from knutpunkten.ui.fields import A_YEAR, SpokenErrors, whole_phone_number


class AccountField(forms.ModelChoiceField):
    """An account to choose, told from those who share its name (``namesakes`` of ``staff_accounts``)."""

    def label_from_instance(self, user: Any) -> str:
        return named_apart(user, shared=user.namesakes > 1)


# How each of them leads to its association.
OF_ASSOCIATION = {Agency: "association", Unit: "agency__association", Programme: "association"}


class PlaceField(forms.ModelChoiceField):
    """An agency, unit or programme to choose, with its association where there are several: each has its own Försäkringskassan."""

    @cached_property
    def are_several(self) -> bool:
        return Association.objects.count() > 1

    def label_from_instance(self, place: Any) -> str:
        of = place.agency if isinstance(place, Unit) else place
        return f"{place} ({of.association})" if self.are_several else str(place)


ONLY_ONE = "Du är den enda administratören som har loggat in. Ge först någon annan uppdraget, och vänta tills de har loggat in."


def spaced_once(name: str) -> str:
    return " ".join(name.split())


class NamedForm(SpokenErrors, forms.ModelForm):
    """Of a row with a name. Two that stand side by side are not told apart by capital letters or spaces alone."""

    def clean_name(self) -> str:
        return spaced_once(self.cleaned_data["name"])

    def clean(self) -> None:
        super().clean()
        if name := self.cleaned_data.get("name"):
            refuse_alike(self, name, self.beside().exclude(pk=self.instance.pk).values_list("name", flat=True))

    def beside(self) -> QuerySet[Any]:
        """The rows it is to be told from, itself among them."""
        return self._meta.model._base_manager.all()


class AssociationForm(NamedForm):
    class Meta:
        model = Association
        fields = ("name",)


class AgencyForm(NamedForm):
    """An agency. Its mark tells it from the others on every page, so none has another's."""

    class Meta:
        model = Agency
        fields = ("association", "name", "kind", "mark", "data_protection_officer")

    def clean_association(self) -> Association:
        """An agency takes no cases, accounts or programmes along to another association."""
        association: Association = self.cleaned_data["association"]
        if "association" in self.changed_data and not self.instance._state.adding:
            hosts = Programme.objects.filter(host=self.instance).exists()
            if hosts or any(what_keeps(unit) for unit in self.instance.units.all()):
                raise ValidationError("Myndigheten används och stannar i sitt förbund. Lägg till en ny i stället.")
        return association

    def clean_kind(self) -> str:
        """What is controller of a programme's records is an authority, and no programme. Nor does what is used turn into one."""
        kind: str = self.cleaned_data["kind"]
        if kind == Agency.Kind.PROGRAMME and (
            hosted := Programme.objects.filter(host=self.instance.pk).order_by("name").first()
        ):
            raise ValidationError(f"Myndigheten är huvudman för {hosted} och kan inte själv vara en insats.")
        turns = "kind" in self.changed_data and Agency.Kind.PROGRAMME in (kind, self.initial.get("kind"))
        if turns and any(what_keeps(unit) for unit in self.instance.units.all()):
            raise ValidationError("Myndigheten används: en myndighet blir ingen insats, och en insats ingen myndighet.")
        return kind

    def clean_mark(self) -> str:
        mark: str = self.cleaned_data["mark"]
        if mark.casefold() == self.instance.mark.casefold():
            return mark
        if not (len(mark) == 2 and mark.isalpha()):
            raise ValidationError("Skriv två bokstäver i märket")
        if holder := self.beside().filter(mark__iexact=mark).exclude(pk=self.instance.pk).first():
            raise ValidationError(f"{holder} har redan märket {holder.mark}. Skriv ett annat.")
        return mark

    def beside(self) -> QuerySet[Agency]:
        return Agency.objects.filter(association=self.cleaned_data.get("association"))


class UnitForm(NamedForm):
    class Meta:
        model = Unit
        fields = ("agency", "name", "phone")

    def clean_agency(self) -> Agency:
        """What was signed names the authority, so a unit that anything refers to stays in it."""
        agency: Agency = self.cleaned_data["agency"]
        if "agency" in self.changed_data and not self.instance._state.adding and what_keeps(self.instance):
            raise ValidationError(f"Enheten används och stannar i {self.instance.agency}. Lägg till en ny i stället.")
        return agency

    def clean_phone(self) -> str:
        return whole_phone_number(self.cleaned_data["phone"])

    def beside(self) -> QuerySet[Unit]:
        """The agency's; of one that is new, its page itself tells them apart (``UnitFormSet``)."""
        agency = self.cleaned_data.get("agency")
        return Unit.objects.none() if agency is None or agency._state.adding else agency.units.all()


class UnitFormSet(forms.BaseInlineFormSet):
    """The units on their agency's page, where two may be new at once."""

    def clean(self) -> None:
        super().clean()
        names: list[str] = []
        for form in self.forms:
            if (name := form.cleaned_data.get("name")) and not form.errors:
                refuse_alike(form, name, names)
                names.append(name)


def refuse_alike(form: forms.BaseModelForm, name: str, others: Iterable[str]) -> None:
    """Refuse a *name* that reads as one of the *others*, of the same kind."""
    kind = form._meta.model._meta.verbose_name
    article = "ett" if kind == Association._meta.verbose_name else "en"
    for other in others:
        if spaced_once(other).casefold() == name.casefold():
            form.add_error("name", f"Det finns redan {article} {kind} som heter {other}. Skriv ett annat namn.")
            return


class AccountForm(SpokenErrors, forms.ModelForm):
    """An account is made before its holder signs in for the first time, never by signing in.

    No password: the holder chooses one of their own by an invitation, and nobody else knows it.
    """

    class Meta:
        model = User
        fields = ("email", "name", "phone", "is_active")
        error_messages = {"email": {"unique": "Det finns redan ett konto med den adressen. Sök efter det i stället."}}
        help_texts: ClassVar = {
            "is_active": "Den vars konto inte är aktivt kan inte logga in, och loggas ut genast. Det gäller också ditt eget."
        }

    def clean_email(self) -> str:
        """An address is one account's however it is written. Capital letters count as small."""
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Det finns redan ett konto med den adressen. Sök efter det i stället.", code="unique")
        return email

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if any(sign.isdigit() for sign in name):  # a person's number must not be shown to all as a name
            raise ValidationError("Skriv för- och efternamn, utan siffror")
        return name

    def clean_phone(self) -> str:
        return whole_phone_number(self.cleaned_data["phone"])

    def clean_is_active(self) -> bool:
        """Whoever closes the only administrator's account closes the settings for everybody."""
        is_active: bool = self.cleaned_data["is_active"]
        today = timezone.localdate()
        if self.instance.is_staff and not is_active and not has_other_administrator(self.instance, today):
            raise ValidationError(ONLY_ONE)
        return is_active

    def save(self, commit: bool = True) -> User:
        if self.instance._state.adding:
            self.instance.set_unusable_password()
        return super().save(commit)


class MembershipForm(SpokenErrors, forms.ModelForm):
    """Says in words what the table's constraints demand of each role, and the wall of one's own (``role_of_another``).

    *by*: the administrator who writes.
    """

    by: Any = None

    class Meta:
        model = Membership
        fields = ("user", "role", "unit", "programme", "association", "starts_on", "ends_on")
        labels: ClassVar = {"starts_on": "Första dagen", "ends_on": "Sista dagen"}
        help_texts: ClassVar = {
            "role": "Styrgruppen räknas som samordningsförbundet: välj det, och den insats som gruppen styr. "
            "Gruppen ser siffrorna för alla förbundets insatser.",
            "ends_on": "Lämna tomt om uppdraget gäller tills vidare. Den som slutar genast: skriv gårdagens datum, eller gör kontot inaktivt. "
            "Började uppdraget idag flyttas startdatumet till samma dag.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = timezone.localdate()

    def clean(self) -> None:
        super().clean()
        role = self.cleaned_data.get("role")
        near_cases = role in NEAR_CASES
        self.demand("unit", near_cases, "Välj enhet: den som arbetar med ärenden gör det i en enhet")
        self.refuse("unit", bool(role) and not near_cases, "Ta bort enheten: den här rollen arbetar inte med ärenden")
        self.demand(
            "programme",
            role in (Role.COORDINATOR, Role.SUPERVISOR),
            "Välj insats: samordnare och handledare hör till en",
        )
        self.demand("association", role in (Role.ASSOCIATION, Role.REVIEWER), "Välj samordningsförbund")
        if not self.only_ends():
            of_none = role in (Role.CASEWORKER, Role.REPRESENTATIVE, Role.ADMINISTRATOR, Role.REVIEWER)
            self.refuse("programme", of_none, "Ta bort insatsen: den väljs för samordnare, handledare och styrgrupp")
            self.refuse("association", near_cases, "Ta bort samordningsförbundet: det väljs för förbund och granskare")
        self.begin_where_it_ends(timezone.localdate())
        starts, ends = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if "starts_on" in self.changed_data and starts and starts > timezone.localdate() + A_YEAR:
            self.add_error("starts_on", "Skriv en dag inom ett år")
        if starts and ends and ends < starts:
            self.add_error("ends_on", f"Skriv ett slutdatum som inte är före startdatumet, {starts}")
        elif "ends_on" in self.changed_data and ends and ends < timezone.localdate() - A_YEAR:
            self.add_error("ends_on", "Skriv en dag som inte ligger mer än ett år bakåt")
        self.check_association()
        self.check_unit(timezone.localdate())
        self.check_user(timezone.localdate())
        self.check_administrator(timezone.localdate())
        is_trusted = near_cases or role == Role.REVIEWER
        if is_trusted and not self.errors and self.cleaned_data["user"] == self.by and not self.only_ends():
            self.add_error(None, "Ett uppdrag åt dig själv lägger en annan administratör till.")

    def only_ends(self) -> bool:
        """Whether nothing is written but that a role ends, and no later than it would have."""
        was, last = self.instance.ends_on, self.cleaned_data.get("ends_on")
        is_sooner = last is not None and (was is None or last <= was)
        return not self.instance._state.adding and (
            not self.changed_data or (self.changed_data == ["ends_on"] and is_sooner)
        )

    def begin_where_it_ends(self, today: date) -> None:
        """A role given by mistake is ended at once: none ends before it begins, so its start follows to yesterday."""
        yesterday, was = today - timedelta(days=1), self.instance
        is_of_today = not was._state.adding and was.starts_on == self.cleaned_data.get("starts_on") == today
        if is_of_today and self.cleaned_data.get("ends_on") == yesterday:
            self.cleaned_data["starts_on"] = yesterday

    def check_unit(self, today: date) -> None:
        """What somebody took on in a unit is that unit's to hand on (S12): they are given a new role in the other."""
        was = self.instance
        if not was._state.adding and "unit" in self.changed_data and was.unit and was.starts_on < today:
            self.add_error("unit", f"Uppdraget stannar i {was.unit}. Sätt en sista dag på det, och lägg till ett nytt")

    def check_user(self, today: date) -> None:
        """A role that has begun is of whoever has it: who had it when is known by it, and what they leave is handed on (S12)."""
        was = self.instance
        if not was._state.adding and "user" in self.changed_data and was.starts_on < today:
            self.add_error("user", f"{was.user} har uppdraget. Sätt en sista dag på det, och ge den andra ett eget")

    def check_association(self) -> None:
        """A role stands in one association: its programme's is its unit's, or its own. One that crosses already may end."""
        if self.only_ends():
            return
        unit, programme, own = (self.cleaned_data.get(name) for name in ("unit", "programme", "association"))
        home = unit.agency.association if unit else own
        if programme and home and programme.association_id != home.pk:
            self.add_error("programme", f"Välj en insats i {home}")

    def demand(self, field: str, is_needed: bool, sentence: str) -> None:
        if is_needed and field not in self.errors and not self.cleaned_data.get(field):
            self.add_error(field, sentence)

    def refuse(self, field: str, is_wrong: bool, sentence: str) -> None:
        if is_wrong and self.cleaned_data.get(field):
            self.add_error(field, sentence)

    def check_administrator(self, today: date) -> None:
        """Somebody must be administrator on the day when this role, as it was, is so no more."""
        was = self.instance
        if self.errors or was._state.adding or was.role != Role.ADMINISTRATOR or not was.user.is_active:
            return
        day = self.first_day_without(today)
        if day and was.holds(day) and not has_other_administrator(was.user, day):
            last = self.cleaned_data["ends_on"]
            ending = f"Ingen som har loggat in är administratör efter {last}. Ge först någon annan uppdraget."
            self.add_error(None, ONLY_ONE if day == today else ending)

    def first_day_without(self, today: date) -> date | None:
        """From when nobody is administrator by this role, as it is written now; None if it goes on."""
        written, was = self.cleaned_data, self.instance
        is_other = written.get("role") != Role.ADMINISTRATOR or written.get("user", was.user) != was.user
        if is_other or written["starts_on"] > today:
            return today
        return max(today, written["ends_on"] + timedelta(days=1)) if written.get("ends_on") else None


def refuse_twice(form: forms.BaseForm, written: Membership, others: Iterable[Membership]) -> None:
    """Refuse a role that one of the *others* gives already: whoever ends it once would leave it standing."""
    if twin := next((other for other in others if written.says_the_same(other)), None):
        days = f"från {twin.starts_on}" + (f" till {twin.ends_on}" if twin.ends_on else "")
        form.add_error("starts_on", f"{twin.user} har redan det uppdraget {days}. Ändra det i stället.")


class OwnMembershipForm(MembershipForm):
    """A membership on a page of its own; on the account's, ``MembershipFormSet`` sees them all."""

    def clean(self) -> None:
        super().clean()
        if not self.errors:
            held = self.cleaned_data["user"].memberships.exclude(pk=self.instance.pk)
            refuse_twice(self, Membership(**self.cleaned_data), held.select_related("user").order_by("starts_on"))


class MembershipFormSet(forms.BaseInlineFormSet):
    """Somebody's roles on their account's page, as they all will be: one may end where the same begins anew."""

    def clean(self) -> None:
        super().clean()
        written: list[Membership] = []
        for form in self.forms:
            if form.cleaned_data and not form.errors:
                refuse_twice(form, form.instance, written)
                written.append(form.instance)


LONGEST = 12 * 60  # minutes that somebody's attendance at one session can be


def minutes_between(starts: time, ends: time) -> int:
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute


class ProgrammeForm(NamedForm):
    """A programme's settings. Says in words what its constraints demand, and what would stop the routine."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        host: Any = self.fields["host"]
        host.queryset = host.queryset.exclude(kind=Agency.Kind.PROGRAMME)

    def clean_association(self) -> Association:
        """A programme stays where its cases, contacts and figures are."""
        association: Association = self.cleaned_data["association"]
        if "association" in self.changed_data and not self.instance._state.adding:
            raise ValidationError(f"Insatsen stannar i {self.instance.association}. Lägg till en ny i stället.")
        return association

    def clean_team(self) -> Unit:
        """The team sees every case of the programme, so nobody may stand in it for an agency."""
        team: Unit = self.cleaned_data["team"]
        if holder := Programme.objects.filter(team=team).exclude(pk=self.instance.pk).first():
            raise ValidationError(f"Enheten är redan team i {holder}. Välj insatsens eget team.")
        others = team.membership_set.filter(role__in=(Role.CASEWORKER, Role.REPRESENTATIVE))
        if others.exclude(ends_on__lt=timezone.localdate()).exists():
            raise ValidationError("Enheten har handläggare eller representanter. Välj insatsens eget team.")
        return team

    def clean_themes(self) -> str:
        """One that is too long could be chosen, and no session be planned with it."""
        themes: str = self.cleaned_data["themes"]
        if longest := next((line for line in map(str.strip, themes.splitlines()) if len(line) > LONGEST_THEME), ""):
            raise ValidationError(f"Korta ”{longest[:30]} …”: högst {LONGEST_THEME} tecken, nu {len(longest)}")
        return themes

    def clean(self) -> None:
        super().clean()
        for name, (least, most) in WITHIN.items():
            written = self.cleaned_data.get(name)
            if written is not None and not least <= written <= most:
                self.add_error(name, refusal(name))
        self.answer_after_handing_in()
        for kind in ("visit", "meeting", "first", "second"):
            starts, ends = self.cleaned_data.get(f"{kind}_starts"), self.cleaned_data.get(f"{kind}_ends")
            if starts and ends and ends <= starts:
                self.add_error(f"{kind}_ends", f"Skriv en tid efter {starts:%H:%M}")
            elif starts and ends and minutes_between(starts, ends) > LONGEST and kind in ("first", "second"):
                self.add_error(f"{kind}_ends", "Skriv en tid högst tolv timmar senare: så långt kan ett pass vara")
        first, second = self.cleaned_data.get("first_ends"), self.cleaned_data.get("second_starts")
        if first and second and second < first:
            self.add_error("second_starts", f"Skriv {first:%H:%M} eller senare: då slutar det första passet")
        youngest, oldest = self.cleaned_data.get("youngest"), self.cleaned_data.get("oldest")
        if youngest is not None and oldest is not None and oldest < youngest:
            self.add_error("oldest", f"Skriv en ålder som är minst {youngest}")
        host, team, association = (self.cleaned_data.get(name) for name in ("host", "team", "association"))
        if host and association and host.association_id != association.pk:
            self.add_error("host", f"Välj en myndighet i {association}")
        if team and association and team.agency.association_id != association.pk:
            self.add_error("team", f"Välj en enhet i {association}")

    def answer_after_handing_in(self) -> None:
        """Nobody is to have answered before the referral is in: the one is counted in working days, the other in all."""
        answered, handed_in = (self.cleaned_data.get(name) for name in ("days_before_meeting", "handin_days"))
        if answered and handed_in and answered > (most := max(1, handed_in * 5 // 7)):
            said = f"Skriv högst {most}: remissen lämnas in {handed_in} dagar före mötet, och uppgifterna samlas in efter det"
            self.add_error("days_before_meeting", said)


class ContactForm(SpokenErrors, forms.ModelForm):
    """A row of the contact list (S1): referrals are handed to whom it names, so they must be able to take them."""

    class Meta:
        model = Contact
        fields = ("programme", "kind", "unit", "representative")
        error_messages: ClassVar = {NON_FIELD_ERRORS: {"unique_together": "Kontakten finns redan i listan"}}

    def clean_unit(self) -> Unit:
        """A team refers nobody and has no representative; its coordinators stand in every list by themselves."""
        unit: Unit = self.cleaned_data["unit"]
        if hasattr(unit, "programme"):
            raise ValidationError(f"Välj en enhet som remitterar. Samordnaren i {unit.programme} står redan i listan.")
        return unit

    def clean(self) -> None:
        super().clean()
        unit, person = self.cleaned_data.get("unit"), self.cleaned_data.get("representative")
        if unit and person:
            held = person.memberships.from_now_on(timezone.localdate()).filter(role=Role.REPRESENTATIVE, unit=unit)
            if not held.exists():
                self.add_error("representative", f"Ge först {person} uppdraget som representant i {unit}")
        programme = self.cleaned_data.get("programme")
        if unit and programme and unit.agency.association_id != programme.association_id:
            self.add_error("unit", f"Välj en enhet i {programme.association}")


class RoutineDocumentForm(SpokenErrors, forms.ModelForm):
    """A new version of a routine; its number follows by itself."""

    class Meta:
        model = RoutineDocument
        fields = ("programme", "which", "on_date", "by_whom", "what_changed", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 24, "cols": 90})}
        help_texts: ClassVar = {
            "on_date": "Dagen då den upprättades eller reviderades, eller den dag framåt då den börjar gälla.",
            "text": "Skilj styckena åt med en tom rad. En kort första rad utan punkt blir styckets rubrik. Dataskyddsinformationen "
            "ska säga varför uppgifterna behövs, med vilken rätt, vilka som får dem, hur länge de sparas och vilka rättigheter "
            "personen har. Vem som är ansvarig, dess dataskyddsombud och vart man klagar står redan med: det tas från insatsen.",
        }

    def clean(self) -> None:
        """The versions follow each other in time, and none lies so far ahead that it is a slip of the hand."""
        super().clean()
        written, row = self.cleaned_data, self.instance
        programme, which = (written.get(name) or getattr(row, name, None) for name in ("programme", "which"))
        day = written.get("on_date")
        if not (programme and which and day):
            return
        others = programme.documents.filter(which=which).exclude(pk=row.pk)
        earlier = others if row._state.adding else others.filter(version__lt=row.version)
        self.refuse_same_text(earlier.order_by("version").last())
        last = earlier.aggregate(last=Max("on_date"))["last"]
        if last and day <= last:
            came = "kommer" if last > timezone.localdate() else "kom"
            self.add_error("on_date", f"Skriv en dag efter {last}: då {came} den förra versionen")
        following = others.exclude(pk__in=earlier).aggregate(first=Min("on_date"))["first"]
        if following and day >= following:
            self.add_error("on_date", f"Skriv en dag före {following}: då kommer nästa version")
        if last and "what_changed" not in self.errors and not written.get("what_changed"):
            self.add_error("what_changed", "Skriv vad som ändrades sedan den förra versionen")
        if day > timezone.localdate() + A_YEAR:
            self.add_error("on_date", "Skriv en dag inom ett år")

    def refuse_same_text(self, before: RoutineDocument | None) -> None:
        """A version says something new, whatever lines and spaces it is written with."""
        text = self.cleaned_data.get("text")
        if before and text and passages(text) == passages(before.text):
            self.add_error(
                "text", f"Texten är densamma som i version {before.version}. Ändra den, eller låt den stå kvar."
            )
