"""Who works together: associations, agencies, units, programmes, people with accounts.

Open reference data: nothing here says anything about a participant. It is set up by the
administrator through Django's admin.
"""

import uuid
from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from knutpunkten.organisations.limits import limits_kept


class Association(models.Model):
    """A *samordningsförbund*: part-funds the programmes; sees figures, never a case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("namn", max_length=120, unique=True)

    class Meta:
        verbose_name, verbose_name_plural = "samordningsförbund", "samordningsförbund"

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """A *myndighet*: municipality, employment service, region, social insurance agency."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "kommun", "Kommun"
        EMPLOYMENT = "af", "Arbetsförmedlingen"
        INSURANCE = "fk", "Försäkringskassan"
        REGION = "region", "Region"
        PROGRAMME = "knutpunkt", "Insats"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    association = models.ForeignKey(Association, models.PROTECT, verbose_name="samordningsförbund")
    name = models.CharField("namn", max_length=120)
    kind = models.CharField("slag", max_length=12, choices=Kind)
    mark = models.CharField("märke, två bokstäver", max_length=2)
    data_protection_officer = models.CharField(
        "dataskyddsombud",
        max_length=200,
        blank=True,
        help_text="Hur man når ombudet: e-post, och gärna telefon. Står i dataskyddsinformationen där myndigheten är huvudman.",
    )

    class Meta:
        verbose_name, verbose_name_plural = "myndighet", "myndigheter"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["association", "name"], name="agency_name_once_in_association")
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """An *enhet*. A party is always a unit; an agency that has no units has one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="myndighet", related_name="units")
    name = models.CharField("namn", max_length=120, help_text="Samma som myndigheten om den inte har enheter.")
    phone = models.CharField("telefon", max_length=30, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "enhet", "enheter"
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "name"], name="unit_name_once_in_agency")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The unit with its agency, "Region Kalmar län, Öppenpsykiatrin"."""
        agency = self.agency.name
        return self.name if self.name == agency else f"{agency}, {self.name}"


def days(label: str, default: int) -> "models.PositiveSmallIntegerField[int, int]":
    """A deadline of the routine in working days, set per programme."""
    return models.PositiveSmallIntegerField(label, default=default)


def themes() -> str:
    """What the mornings hold (L4, L6, L7), one a line. 7TJUGO is named with its theme; its content is not ours to reproduce."""
    return "\n".join(
        (
            "7TJUGO",
            "Jobbsök och vägledning",
            "Nätverk",
            "Föreningar och fritid",
            "Rättigheter och skyldigheter",
            "Studiebesök ute",
            "Föreläsning",
            "Individuell planering",
            "Arbetsträning",
            "Praktik",
            "Styrketräning",
            "Yoga",
            "Medicinsk yoga",
            "NADA och öronakupunktur",
            "Prova på",
        )
    )


class Programme(models.Model):
    """An *insats* with its own team, places, timetable and words: Knutpunkten, Knutpunkten LIS.

    What differs between programmes stands here and not in code (steps.md, "Settings").
    """

    class Weeks(models.TextChoices):
        ODD = "odd", "Udda veckor"
        EVEN = "even", "Jämna veckor"
        ALL = "all", "Alla veckor"

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Måndag"
        TUESDAY = 1, "Tisdag"
        WEDNESDAY = 2, "Onsdag"
        THURSDAY = 3, "Torsdag"
        FRIDAY = 4, "Fredag"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    association = models.ForeignKey(Association, models.PROTECT, verbose_name="samordningsförbund")
    host = models.ForeignKey(Agency, models.PROTECT, verbose_name="huvudman", related_name="+")
    team = models.OneToOneField(Unit, models.PROTECT, verbose_name="knutpunktsteam", related_name="programme")
    name = models.CharField("namn", max_length=80, unique=True)
    address = models.CharField("adress", max_length=200)
    meeting_place = models.CharField("plats för ärendemöten", max_length=200)
    group_word = models.CharField("vad gruppen heter", max_length=40, default="SAM-gruppen")
    representative_word = models.CharField(
        "vad representanten heter", max_length=40, default="representant i SAM-gruppen"
    )
    purpose = models.TextField("om insatsen", blank=True, help_text="Visas på sidan Så fungerar det.")

    places = models.PositiveSmallIntegerField("platser", default=12)
    least_hours = models.PositiveSmallIntegerField("minst timmar i veckan", default=10)
    youngest = models.PositiveSmallIntegerField("yngsta ålder", default=18)
    oldest = models.PositiveSmallIntegerField("äldsta ålder", default=65)

    visit_weekday = models.PositiveSmallIntegerField("studiebesök, veckodag", choices=Weekday, default=1)
    visit_weeks = models.CharField("studiebesök, veckor", max_length=4, choices=Weeks, default=Weeks.ODD)
    visit_starts = models.TimeField("studiebesök börjar", default="13:00")
    visit_ends = models.TimeField("studiebesök slutar", default="14:00")
    visit_seats = models.PositiveSmallIntegerField("studiebesök, antal som kan komma", default=6)

    # The mornings: two sessions a day, and what they may be about (L4, L6, L7).
    first_starts = models.TimeField("första passet börjar", default="08:00")
    first_ends = models.TimeField("första passet slutar", default="09:50")
    second_starts = models.TimeField("andra passet börjar", default="10:10")
    second_ends = models.TimeField("andra passet slutar", default="12:00")
    themes = models.TextField(
        "teman", default=themes, help_text="Ett på varje rad. Den som planerar ett pass kan också skriva ett eget."
    )

    meeting_weekday = models.PositiveSmallIntegerField("ärendemöte, veckodag", choices=Weekday, default=3)
    meeting_week = models.PositiveSmallIntegerField("ärendemöte, vilken i månaden", default=3)
    meeting_starts = models.TimeField("ärendemöte börjar", default="09:00")
    meeting_ends = models.TimeField("ärendemöte slutar", default="11:15")
    handin_days = models.PositiveSmallIntegerField("lämna in så många dagar före mötet", default=14)
    consultation_minutes = models.PositiveSmallIntegerField("minuter per konsultation", default=15)

    # LIS does without (L10).
    announces = models.BooleanField("representanten anmäler ärendet före mötet", default=True)
    gathering_waits = models.BooleanField("uppgifter samlas in först efter anmälan på ett möte", default=True)
    follow_up_weeks = models.PositiveSmallIntegerField("veckor mellan uppföljningar", default=4)

    kept_years = models.PositiveSmallIntegerField(
        "år innan ett ärende kan gallras",
        default=5,
        help_text="Räknas från det som senast antecknades. Huvudmannens gallringsplan bestämmer.",
    )

    days_send_back = days("dagar: anmäla eller skicka tillbaka", 5)
    days_before_meeting = days("dagar före mötet: uppgifter inne", 2)
    days_notice = days("dagar: lämna besked", 2)
    days_confirm = days("dagar: bekräfta besked", 5)
    days_offer = days("dagar: svara på erbjuden plats", 5)
    days_service_decision = days("dagar: beslut om insats", 10)
    days_allocate = days("dagar: fördela", 5)
    days_first_meeting = days("dagar: boka första möte", 5)
    days_mapping = days("dagar: kartläggning", 20)
    days_plan = days("dagar: plan", 30)
    days_advice = days("dagar: avsluta konsultation", 5)
    days_consent = days("dagar: nytt samtycke eller avbryt", 10)

    # What the host and the programme were called before, oldest first: [{"name", "officer", "programme", "until"}] (``hosts.host_on``).
    hosts_before = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = "insats", "insatser"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(visit_starts__lt=models.F("visit_ends")), name="visits_end_after_they_start"
            ),
            models.CheckConstraint(
                condition=Q(first_starts__lt=models.F("first_ends"))
                & Q(first_ends__lte=models.F("second_starts"))
                & Q(second_starts__lt=models.F("second_ends")),
                name="the_second_session_follows_the_first",
            ),
            models.CheckConstraint(
                condition=Q(meeting_starts__lt=models.F("meeting_ends")), name="meetings_end_after_they_start"
            ),
            models.CheckConstraint(
                condition=Q(youngest__lte=models.F("oldest")),
                name="the_oldest_is_no_younger_than_the_youngest",
                violation_error_message="Skriv en äldsta ålder som inte är lägre än den yngsta",
            ),
            *limits_kept(),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def own_themes(self) -> list[str]:
        """What the mornings may be about, in the order they are written."""
        return [theme for line in self.themes.splitlines() if (theme := line.strip())]


class UserManager(BaseUserManager["User"]):
    """Creates accounts: by an administrator, never by a first login."""

    def create_user(self, email: str, name: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account. What its holder may do stands in the memberships, not here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-post", unique=True)
    name = models.CharField("namn", max_length=120)
    phone = models.CharField("telefon", max_length=30, blank=True)
    is_active = models.BooleanField("aktivt", default=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name, verbose_name_plural = "konto", "konton"

    def __str__(self) -> str:
        return self.name

    # Django's admin asks these four, forty times for a page; the answer is one role, the administrator.
    @cached_property
    def is_staff(self) -> bool:
        return self.is_active and self.memberships.at(timezone.localdate()).filter(role=Role.ADMINISTRATOR).exists()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return perm.partition(".")[0] == "organisations" and self.is_staff

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return app_label == "organisations" and self.is_staff


class Role(models.TextChoices):
    """The hats of the routine. What each may do: ``access.roles``."""

    CASEWORKER = "caseworker", "Handläggare"
    REPRESENTATIVE = "representative", "Representant"
    COORDINATOR = "coordinator", "Samordnare"
    SUPERVISOR = "supervisor", "Handledare"
    ASSOCIATION = "association", "Samordningsförbundet"
    ADMINISTRATOR = "administrator", "Administratör"
    REVIEWER = "reviewer", "Granskare"
    PARTICIPANT = "participant", "Deltagare"


# Those who work with cases, each in a unit.
NEAR_CASES = (Role.CASEWORKER, Role.REPRESENTATIVE, Role.COORDINATOR, Role.SUPERVISOR)


def role_called(role: str, programme_id: uuid.UUID | None) -> str:
    """A role in words. The steering group of a programme counts as the association, under its own name."""
    return "Styrgruppen" if role == Role.ASSOCIATION and programme_id else str(Role(role).label) if role else ""


class MembershipQuerySet(models.QuerySet["Membership"]):
    def at(self, today: date) -> "MembershipQuerySet":
        """Those that hold on *today*: begun, and not ended."""
        return self.filter(Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today)))

    def from_now_on(self, today: date) -> "MembershipQuerySet":
        """Those that hold on *today* or are to begin."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))

    def going_on(self, today: date) -> "MembershipQuerySet":
        """Those that hold on *today* and not for the last day: who takes over a case has it tomorrow too."""
        return self.at(today).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today))


class Membership(models.Model):
    """A hat: a person's role in a unit (and programme), from a day, to a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, verbose_name="konto", related_name="memberships")
    role = models.CharField("roll", max_length=15, choices=[c for c in Role.choices if c[0] != Role.PARTICIPANT])
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="enhet", null=True, blank=True)
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="insats", null=True, blank=True)
    association = models.ForeignKey(
        Association, models.PROTECT, verbose_name="samordningsförbund", null=True, blank=True
    )
    starts_on = models.DateField("från")
    ends_on = models.DateField("till", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "uppdrag", "uppdrag"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["caseworker", "representative", "coordinator", "supervisor"])
                | Q(unit__isnull=False),
                name="roles_near_cases_stand_in_a_unit",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["coordinator", "supervisor"]) | Q(programme__isnull=False),
                name="the_team_stands_in_a_programme",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["caseworker", "representative", "coordinator", "supervisor"])
                | Q(unit__isnull=True),
                name="roles_away_from_cases_have_no_unit",
            ),
            models.CheckConstraint(
                condition=~Q(role="reviewer") | Q(association__isnull=False), name="a_reviewer_reviews_an_association"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.called}"

    @property
    def called(self) -> str:
        return role_called(self.role, self.programme_id)

    def clean(self) -> None:
        """Whoever stands in a programme's own team sees its cases, so none but its coordinators and supervisors do.

        No constraint of one table can say it; ``begin_as`` gives no hat to a role that came to be otherwise.
        """
        is_teams_own = self.role in (Role.COORDINATOR, Role.SUPERVISOR)
        if not self.unit or not self.role:
            return
        if is_teams_own and self.programme and self.programme.team_id != self.unit_id:
            raise ValidationError({"unit": f"Välj {self.programme.team}: det är insatsens eget team"})
        if not is_teams_own and hasattr(self.unit, "programme"):
            said = f"Teamet har ingen {self.get_role_display().lower()}. Välj samordnare eller handledare."
            raise ValidationError({"role": said})

    def holds(self, on: date) -> bool:
        """The same as ``at`` asks of the database."""
        return self.starts_on <= on and (self.ends_on is None or self.ends_on >= on)

    def says_the_same(self, other: "Membership") -> bool:
        """Whether both give the same person the same role in the same place, on some day."""
        place = ("user_id", "role", "unit_id", "programme_id", "association_id")
        if any(getattr(self, name) != getattr(other, name) for name in place):
            return False
        return self.starts_on <= (other.ends_on or date.max) and other.starts_on <= (self.ends_on or date.max)


class CaseKind(models.TextChoices):
    COLLABORATION = "collaboration", "Samverkansärende"
    CONSULTATION = "consultation", "Konsultationsärende"

    @property
    def of_many(self) -> str:
        """ "samverkansärenden", within a sentence."""
        return f"{self.label.lower()}n"


class Contact(models.Model):
    """A row of a programme's *kontaktlista* for a kind of case (S1): a unit and its representative."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="insats", related_name="contacts")
    kind = models.CharField("slag av ärende", max_length=15, choices=CaseKind)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="enhet", related_name="contacts")
    representative = models.ForeignKey(User, models.PROTECT, verbose_name="representant", related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = "kontakt", "kontakter"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "kind", "unit", "representative"], name="contact_once_in_a_list"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.representative}, {self.of_which}"

    @property
    def of_which(self) -> str:
        """The list it stands in: "samverkansärenden i Knutpunkten"."""
        return f"{CaseKind(self.kind).of_many} i {self.programme}"


class RoutineDocument(models.Model):
    """A written routine with its history (S15): each row is one version in force from its date."""

    class Which(models.TextChoices):
        COLLABORATION = "samverkan", "Rutin för samverkansärenden"
        CONSULTATION = "konsultation", "Rutin för konsultationsärenden"
        GUIDE = "guide", "Guide för handläggare"
        PRIVACY = "dataskydd", "Dataskyddsinformation"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="insats", related_name="documents")
    which = models.CharField("dokument", max_length=12, choices=Which)
    version = models.PositiveSmallIntegerField("version")
    on_date = models.DateField("gäller från")
    by_whom = models.CharField("av", max_length=120)
    what_changed = models.CharField("vad som ändrades", max_length=300, blank=True)
    text = models.TextField("text")

    class Meta:
        verbose_name, verbose_name_plural = "rutindokument", "rutindokument"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "which", "version"], name="document_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_which_display()}, version {self.version}"

    def others(self) -> "models.QuerySet[RoutineDocument]":
        """The other versions of the same routine."""
        return RoutineDocument.objects.filter(programme=self.programme_id, which=self.which).exclude(pk=self.pk)

    def later(self) -> "models.QuerySet[RoutineDocument]":
        return self.others().filter(version__gt=self.version)
