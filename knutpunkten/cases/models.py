"""The case, its states, and the grounds for seeing it.

``Party`` *is* the ground: a row that names a unit opens the case to that unit as far as the row
says, as long as it says (W1). The wall reads the same rows (``wall.functions``: the view
``living_ground``), so that a list, a page, a file and the database answer alike.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from knutpunkten.organisations.models import CaseKind, Programme, Role, Unit
from knutpunkten.people.models import Person


class Category(models.TextChoices):
    """What information is about (steps.md). Headings always come from this list."""

    BASIC = "grund", "Grunduppgifter"
    SOCIAL = "social", "Social situation och ekonomi"
    HEALTH = "halsa", "Fysisk och psykisk hälsa"
    WORK = "arbete", "Tidigare arbete"
    LABOUR = "arbetsmarknad", "Arbetsmarknad"
    PLANNING = "planering", "Planering"


class State(models.TextChoices):
    DRAFT = "draft", "Utkast"
    HANDED_OVER = "handed_over", "Inlämnad"
    ANNOUNCED = "announced", "Anmäld"
    QUEUED = "queued", "I kö"
    PLACED = "placed", "Har plats"
    RETURNED = "returned", "Återremiss"
    ALLOCATED = "allocated", "Har plats"  # and a supervisor, who is named beside it
    ACTIVE = "active", "Deltar"
    PRESENTED = "presented", "Presenterad"
    CLOSED = "closed", "Avslutad"
    CANCELLED = "cancelled", "Avbruten"


CLOSED_STATES = (State.CLOSED, State.CANCELLED)


class Case(models.Model):
    """A *samverkansärende* or *konsultationsärende*.

    ``state``, ``version`` and the milestones are written by ``routine.engine`` alone; a trigger
    refuses anybody else. The milestones say *that* and *when*, never *what*: from them the
    routine knows what waits for whom without reading anybody's text.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=15, choices=CaseKind)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="cases")
    # What the person is called, as the unit that refers them wrote it: a name known elsewhere is no other unit's to read.
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=400)
    referring_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    caseworker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    # As its person is (W5), once a consent is signed or its own unit says so; kept by the database, here and below.
    protection = models.CharField(max_length=24, choices=Person.Protection, default=Person.Protection.NONE)
    is_protected = models.BooleanField(default=False)

    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    state_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    # Whose turn: the foremost of the case's turns, kept here for lists and the person bar.
    next_step = models.CharField(max_length=30, blank=True)
    turn_role = models.CharField(max_length=15, blank=True)
    turn_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    turn_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    turn_since = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)

    # Milestones.
    handed_over_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)
    meeting_on = models.DateField(null=True)  # the meeting that decides (or is consulted), on the day it is held
    on_agenda_at = models.DateTimeField(null=True)  # from then the parties read the referral
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=10, blank=True)  # place, queue, return
    notice_given_at = models.DateTimeField(null=True)
    notice_confirmed_at = models.DateTimeField(null=True)
    offered_at = models.DateTimeField(null=True)  # an offer waits for its answer
    answer_by = models.DateField(null=True)
    placed_at = models.DateTimeField(null=True)
    service_decision_on = models.DateField(null=True)
    allocated_at = models.DateTimeField(null=True)
    first_meeting_at = models.DateTimeField(null=True)
    first_meeting_held_on = models.DateField(null=True)
    contract_on = models.DateField(null=True)
    privacy_on = models.DateField(null=True)
    started_on = models.DateField(null=True)
    mapped_at = models.DateTimeField(null=True)
    plan_agreed_at = models.DateTimeField(null=True)
    follow_up_on = models.DateField(null=True)
    planned_end_on = models.DateField(null=True)
    presented_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    consent_until = models.DateField(null=True)  # the last day of the last living consent
    consent_lost_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind=CaseKind.COLLABORATION, state__in=[s for s in State if s != State.PRESENTED])
                | Q(
                    kind=CaseKind.CONSULTATION,
                    state__in=["draft", "handed_over", "announced", "presented", "closed", "cancelled"],
                ),
                name="states_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(is_protected=False, protection="none") | Q(is_protected=True) & ~Q(protection="none"),
                name="protected_in_some_way",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["allocated", "active"]) | Q(supervisor__isnull=False),
                name="allocated_to_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(started_on__isnull=False), name="active_since_a_day"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["consent_until"], condition=Q(consent_until__isnull=False), name="case_by_consent_until"
            ),
            models.Index(fields=["id"], condition=Q(is_protected=True), name="protected_cases"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def person_name(self) -> str:
        """What the person is called; of a protected person nobody but those who read the case is told (W5)."""
        return f"{self.first_name} {self.last_name}"

    @property
    def called(self) -> str:
        """What the case is called by those who see it: the person's name, or where they are protected the number (W5)."""
        return self.number if self.is_protected else self.person_name

    @property
    def name_in_text(self) -> str:
        """What the person is called in running text: first name, or "personen" where they are protected (W5)."""
        return "personen" if self.is_protected else self.first_name

    @property
    def has_started(self) -> bool:
        """Whether the service has started: its day is agreed at the first meeting, before the step that starts it.

        A case that ends in between has no day (``routine.engine.enter``).
        """
        return self.started_on is not None and self.state != State.ALLOCATED

    @property
    def has_accepted_offer(self) -> bool:
        """Whether the case was admitted to the queue, and has taken a place since."""
        return self.decision == "queue" and self.placed_at is not None

    @property
    def handed_on_by(self) -> str:
        """Who hands it on, in a sentence, while its caseworker has left: "representanten för Öppenpsykiatrin"; else empty."""
        if self.next_step != "hand_on":
            return ""
        part = "representanten för" if self.turn_role == Role.REPRESENTATIVE else "en kollega på"
        return f"{part} {self.referring_unit.name}"

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED_STATES

    @property
    def is_consultation(self) -> bool:
        return self.kind == CaseKind.CONSULTATION


class Basis(models.TextChoices):
    OWN = "own", "Har skrivit"
    CONSENT = "consent", "Samtycke"
    SELF = "self", "Personen själv"


class Level(models.IntegerChoices):
    """How far a ground opens the case: with the routine, it opens step by step (steps.md)."""

    NOTHING = 0, "Inget än"
    IDENTITY = 1, "Namn och nummer"
    TEXT = 2, "Texten"


class Answer(models.TextChoices):
    """What a party answered when its knowledge was asked for (S6)."""

    DISCLOSED = "disclosed", "Har lämnat ut uppgifter"
    NOT_KNOWN = "not_known", "Inte aktuell hos oss"
    ABSENT = "absent", "Har inte svarat"


# What decides whether a ground lives, so that an index answers by itself.
GROUND_LIVES = ("unit", "level", "valid_from", "valid_until", "withdrawn_at", "is_protected")


class Party(models.Model):
    """A ground for seeing a case. Evaluated when reading; never copied.

    A unit that wrote something has an ``own`` row (name, number and what it wrote, nothing else);
    a signed consent has one row per unit it names; the participant has a ``self`` row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)  # party_of_person
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    holder = models.GeneratedField(
        expression=Coalesce(F("unit_id"), F("person_id")), output_field=models.UUIDField(), db_persist=True
    )
    basis = models.CharField(max_length=7, choices=Basis)
    # The consent this row stands on: an id without a foreign key, for consents come later in the routine.
    consent_id = models.UUIDField(null=True)
    categories = ArrayField(models.CharField(max_length=20, choices=Category), default=list)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.NOTHING)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    # Taken back: when, how (a word of ``consents.Consent.How``), who took it, and who wrote it down.
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_how = models.CharField(max_length=10, blank=True, default="", db_default="")
    withdrawn_taken_by = models.CharField(max_length=120, blank=True, default="", db_default="")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)
    case_created_at = models.DateTimeField()
    is_protected = models.BooleanField(default=False)  # then it opens the case to its unit's named readers alone (W5)

    class Meta:
        verbose_name_plural = "parties"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "unit", "consent_id"], name="one_ground_each", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(
                    basis=Basis.CONSENT, unit__isnull=False, consent_id__isnull=False, valid_until__isnull=False
                )
                | Q(basis=Basis.OWN, unit__isnull=False, consent_id__isnull=True)
                | Q(basis=Basis.SELF, unit__isnull=True, consent_id__isnull=True),
                name="a_ground_of_a_known_basis",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="a_ground_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=False) | Q(withdrawn_how="", withdrawn_by__isnull=True),
                name="only_a_withdrawal_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(basis=Basis.OWN) | Q(level=Level.IDENTITY, categories=[]),
                name="who_wrote_reads_nothing_of_the_others",
            ),
        ]
        indexes: ClassVar = [
            # With what decides whether a ground lives: whoever has ten thousand of them lists without opening each.
            models.Index(
                fields=["holder", "-case_created_at", "case"],
                include=(*GROUND_LIVES, "person"),
                condition=Q(withdrawn_at__isnull=True, level__gte=Level.IDENTITY),
                name="party_lists",
            ),
            models.Index(
                fields=["case", "holder"],
                include=GROUND_LIVES,
                condition=Q(withdrawn_at__isnull=True, level__gte=Level.IDENTITY),
                name="party_of_case",
            ),
            models.Index(fields=["unit"], condition=Q(is_protected=True), name="party_protected"),
            # Search asks of each person whose name it finds.
            models.Index(
                fields=["person", "holder"],
                include=(*GROUND_LIVES, "case"),
                condition=Q(withdrawn_at__isnull=True, level__gte=Level.IDENTITY),
                name="party_of_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_basis_display()} {self.holder}"


class Status(models.Model):
    """Number, state, whose turn, due, how long the consent holds: no person (W3). Written by a trigger from ``Case``.

    Open to the referring unit and the programme team from handing over until closing, whatever
    the consent says, so that nothing falls between chairs.
    """

    case_id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=12)
    kind = models.CharField(max_length=15, choices=CaseKind)
    programme = models.ForeignKey(Programme, models.DO_NOTHING, related_name="+", db_constraint=False)
    referring_unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_constraint=False)
    team = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+", db_constraint=False)
    state = models.CharField(max_length=12, choices=State)
    next_step = models.CharField(max_length=30, blank=True)
    turn_role = models.CharField(max_length=15, blank=True)
    turn_unit_id = models.UUIDField(null=True)
    turn_user_id = models.UUIDField(null=True)
    turn_since = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    consent_until = models.DateField(null=True)
    is_protected = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "statuses"
        indexes: ClassVar = [
            models.Index(
                fields=["programme", "consent_until"],
                condition=Q(consent_until__isnull=False),
                name="status_by_consent",
            ),
            models.Index(fields=["team", "state"], name="status_by_team"),
            models.Index(fields=["referring_unit", "state"], name="status_by_unit"),
            models.Index(
                fields=["programme", "due_on"],
                condition=~Q(state__in=[State.CLOSED, State.CANCELLED, State.DRAFT]),
                name="status_by_due",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Turn(models.Model):
    """Somebody's turn in a case: one row for each who is waited for (W2, W3).

    Written by ``routine.engine`` after each move. Says nothing about the person, so it can be
    seen by the one whose turn it is and by those who may see the status.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="turns")
    # The case's, for those who see only the status, and for the list that keeps a whole programme together.
    number = models.CharField(max_length=12)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    step = models.CharField(max_length=30)
    role = models.CharField(max_length=15, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    due_on = models.DateField(null=True)
    position = models.PositiveSmallIntegerField()  # 0 is the foremost
    is_protected = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "step", "role", "unit", "user"], name="one_turn_each", nulls_distinct=False
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "role", "due_on"], name="turn_lists"),
            models.Index(fields=["due_on", "since"], name="turn_by_due"),
            models.Index(fields=["programme", "due_on", "since"], name="turn_by_programme"),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.role}"


ORALLY = "orally"  # the key of the section that says who spoke for a unit without an account
# What was said of the referral, by the representative or the group, is no part of it: it is what is answered.
SAID_OF_IT = ("sent_back", "returned")


class Section(models.Model):
    """A part of what has been written in a case: the smallest thing that is shared or not.

    ``key`` names the form it came from (the referral's parts, how to reach the person).
    Written is not shared until the unit that holds it has disclosed it (W1).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="sections")
    key = models.CharField(max_length=30)
    category = models.CharField(max_length=20, choices=Category)
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    data = models.JSONField(default=dict)
    is_done = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    disclosed_at = models.DateTimeField(null=True)
    disclosed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    disclosed_under = models.UUIDField(null=True)  # the consent
    only_for = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # disclosed to that unit alone

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "key"], name="one_section_of_a_key"),
            models.CheckConstraint(
                condition=Q(disclosed_at__isnull=True, disclosed_by__isnull=True)
                | Q(disclosed_at__isnull=False, disclosed_by__isnull=False),
                name="section_disclosed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Amendment(models.Model):
    """What was registered is changed afterwards, with a reason: what stood before, beside the row that says what stands now.

    *changes*: ``[{"name": a form's field, "before": words, "now": words}]``. Of the same category as what it changes.
    """

    class Of(models.TextChoices):
        SERVICE_DECISION = "service_decision", "Beslut om insats"
        FIRST_MEETING = "first_meeting", "Första mötet"
        PLACEMENT = "placement", "Arbetsträning eller praktik"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    author_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    of = models.CharField(max_length=16, choices=Of)
    about = models.UUIDField(null=True)  # which one, of what a case may have several
    category = models.CharField(max_length=20, choices=Category)
    reason = models.TextField()
    changes = models.JSONField()
    amended_at = models.DateTimeField()
    amended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(changes=[]), name="amended_for_a_reason"),
            models.CheckConstraint(
                condition=Q(of="service_decision", category="grund")
                | Q(of__in=["first_meeting", "placement"], category="planering"),
                name="amended_as_it_is_shared",
            ),
            models.CheckConstraint(
                condition=~Q(of="placement") | Q(about__isnull=False), name="amended_one_of_several"
            ),
        ]

    def __str__(self) -> str:
        return self.get_of_display()


class Change(models.Model):
    """What a row said of a case before it was changed or removed. Written by the database alone (``wall/history.sql``).

    Ids without foreign keys, so that nothing it tells of is held back by it; it goes with its case.
    """

    at = models.DateTimeField()
    case_id = models.UUIDField(null=True)  # null: of the person, beyond any case
    person_id = models.UUIDField(null=True)
    author_unit_id = models.UUIDField(null=True)
    of_table = models.CharField(max_length=63)
    row_id = models.CharField(max_length=36)
    is_removal = models.BooleanField()
    was = models.JSONField()  # the columns that are otherwise now; of a removed row, all
    by_id = models.UUIDField(null=True)  # who was signed in; null: the change was made past the application
    login = models.CharField(max_length=63)  # the database's role

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id", "at"], name="change_of_case"),
            models.Index(fields=["person_id"], condition=Q(case_id__isnull=True), name="change_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.of_table} {self.row_id}"


class NumberSeries(models.Model):
    """The last number given in a year, per kind: S-2026-087, K-2026-012."""

    series = models.CharField(max_length=8, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"

    def __str__(self) -> str:
        return f"{self.series}-{self.last}"
