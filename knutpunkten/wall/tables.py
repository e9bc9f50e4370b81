"""Every table of the product and the rule it stands under. A table in neither list fails a test.

Three kinds of rule for case data, all asking the view ``living_ground`` (functions.sql):

* *categorised*: a row with ``author_unit``, ``category`` and ``disclosed_at``: its author's unit sees
  it; others when it is disclosed and their ground names its category (W1).
* *of a category*: as above for tables whose rows all have the same category and which the team writes
  to the case itself, so that writing is disclosing.
* one rule of its own, written out below.

What somebody's unit wrote is seen by a ground as well: each unit that writes has its ``own``. So a protected
person's case (W5) closes in one place, in ``living_ground``.
"""

from dataclasses import dataclass, replace

MINE = "any((select app_units())::uuid[])"
ME = "(select app_user())"
# The protected cases that the one who asks is named to read (W5).
READ = "any((select app_reads())::uuid[])"

# Ends each question below: asked case by case, by index. Without it PostgreSQL, which cannot know how many cases
# a unit has a ground for, gathers all of them to answer for one.
CASE_BY_CASE = "offset 0"


def ground(case: str, further: str = "true") -> str:
    """SQL: there is a living ground for the case in column *case*, and *further* holds of it (``g``)."""
    asked = f"select 1 from living_ground g where g.case_id = {case} and {further} {CASE_BY_CASE}"
    return f"coalesce(exists({asked}), false)"


def named_in_consent() -> str:
    """SQL: a row of ``cases_party`` says no more than a signed consent of the same case does, written by the asker's unit.

    Nor does it last longer than the days that the consent names for its unit, where it names any.
    Without it a unit with any ground in the case could give itself a wider one.
    """
    return (
        "coalesce(exists(select 1 from consents_consent c join cases_case k on k.id = c.case_id"
        ' cross join jsonb_to_recordset(c.draft_parties) as p(unit uuid, categories jsonb, "from" date, until date)'
        " where c.id = cases_party.consent_id and c.case_id = cases_party.case_id and k.person_id = cases_party.person_id"
        f" and c.author_unit_id = k.referring_unit_id and c.author_unit_id = {MINE} and c.signed_on is not null and c.withdrawn_at is null"
        " and p.unit = cases_party.unit_id and p.categories @> to_jsonb(cases_party.categories)"
        ' and cases_party.valid_from >= greatest(c.valid_from, p."from")'
        " and cases_party.valid_until <= least(c.valid_until, p.until)), false)"
    )


def moving(case: str) -> str:
    """SQL: the routine's engine is moving the case in this transaction."""
    return f"{case} = (select engine_case())"


def status(case: str) -> str:
    """SQL: the case's status is open to the one who asks."""
    return f"coalesce(exists(select 1 from cases_status s where s.case_id = {case} {CASE_BY_CASE}), false)"


@dataclass(frozen=True)
class Rule:
    """The policies of one table, for the app role, as SQL conditions. ``None``: not allowed at all."""

    table: str
    select: str | None
    insert: str | None = None
    update: str | None = None
    delete: str | None = None
    columns: str = ""  # which columns may be updated; empty: all
    worker: str = ""  # what the worker may do, as grants; empty: nothing
    writes_ground: bool = False  # an inserted row gives its author's unit an own ground


def categorised(table: str, worker: str = "", *, further: str = "true", besides: str = "") -> Rule:
    """*further*: what must hold beside, of the ground ``g``, for others than the author's unit; *besides*: what is enough."""
    enough = f" or {besides}" if besides else ""
    return Rule(
        table,
        select=ground(
            f"{table}.case_id",
            f"(g.unit_id = {table}.author_unit_id"
            f" or {table}.disclosed_at is not null and g.level >= 2 and {table}.category = any(g.categories) and {further}{enough})",
        ),
        insert=f"author_unit_id = {MINE} and " + ground(f"{table}.case_id"),
        # The ground again: otherwise a row of one's own could be moved into a case that one cannot see.
        update=f"author_unit_id = {MINE} and " + ground(f"{table}.case_id"),
        worker=worker,
        writes_ground=True,
    )


def written_or_read(table: str, category: str) -> str:
    """SQL, of a ground ``g``: it is the writing unit's, or it opens *category*."""
    return f"(g.unit_id = {table}.author_unit_id or g.level >= 2 and '{category}' = any(g.categories))"


def of_category(table: str, category: str, worker: str = "") -> Rule:
    return Rule(
        table,
        select=ground(f"{table}.case_id", written_or_read(table, category)),
        insert=f"author_unit_id = {MINE} and " + ground(f"{table}.case_id"),
        update=f"author_unit_id = {MINE} and " + ground(f"{table}.case_id"),
        worker=worker,
        writes_ground=True,
    )


def of_its_category(table: str) -> Rule:
    """As ``of_category``, of a table whose rows say theirs. Only added to."""
    shared = f"g.level >= 2 and {table}.category = any(g.categories)"
    return replace(
        of_category(table, ""),
        select=ground(f"{table}.case_id", f"(g.unit_id = {table}.author_unit_id or {shared})"),
        update=None,
    )


def of_status(table: str, columns: str = "", worker: str = "") -> Rule:
    """A row that ties a case to a place or a number in the queue, and says nothing more.

    Seen as far as the status is: a place must be given back although the consent is gone.
    """
    seen = ground(f"{table}.case_id", written_or_read(table, "grund"))
    return Rule(
        table,
        select=f"{seen} or " + status(f"{table}.case_id"),
        insert=f"author_unit_id = {MINE} and " + ground(f"{table}.case_id"),
        update=f"{seen} or " + status(f"{table}.case_id") if columns else None,
        columns=columns,
        worker=worker,
        writes_ground=True,
    )


# From handing over until closing; a draft is its unit's own affair.
STATUS_OPEN = (
    f"(referring_unit_id = {MINE} or team_id = {MINE} and state not in ('draft', 'closed', 'cancelled'))"
    f" and (not is_protected or case_id = {READ})"
)

# The grounds of the one who asks, by the reference under which the case stands in the audit. Read as its owner:
# the keys from cases to references are for nobody's eyes.
AUDIT_GROUND = f"""
create or replace view audit_ground as
  select k.ref as case_ref, g.basis, g.categories,
         exists(select 1 from cases_status s where s.case_id = g.case_id and ({STATUS_OPEN})) as follows_status
    from audit_subject k join living_ground g on g.case_id = k.id
"""

# The references of the protected cases whose named reader the one who asks is not: there, what colleagues of the
# same unit have done is not told either (W5).
AUDIT_CLOSED = f"""
create or replace view audit_closed as
  select k.ref as case_ref from audit_subject k join cases_case c on c.id = k.id
   where c.is_protected and not c.id = {READ}
"""

# The reference of the participant who asks: their hat's one unit is they themself. A reading of their log is of no case.
AUDIT_SELF = f"""
create or replace view audit_self as
  select k.ref as person_ref from audit_subject k where k.kind = 'person' and k.id = {MINE}
"""


def consent() -> Rule:
    """The referring unit alone writes what was signed: another would write itself a wider ground (``named_in_consent``)."""
    rule = of_category("consents_consent", "grund")
    refers = (
        f"author_unit_id = {MINE} and exists(select 1 from cases_case k where k.id = consents_consent.case_id"
        f" and k.referring_unit_id = {MINE})"
    )
    return replace(rule, insert=refers, update=refers)


def jobs(table: str) -> Rule:
    """The queue is the worker's. The app puts a job there through the queue's own function, and reads none."""
    return Rule(table, select=None, worker=ALL)


# What is found in the log is for those who review the association's: the round's own policy says whose it is.
OF_A_REVIEWED_ROUND = "coalesce(exists(select 1 from review_round r where r.id = review_item.round_id offset 0), false)"

ALL = "select, insert, update, delete"

PROTECTED: tuple[Rule, ...] = (
    Rule(
        "people_person",
        select=f"account_id = {ME} or "
        f"coalesce(exists(select 1 from living_ground g where g.person_id = people_person.id {CASE_BY_CASE}), false)",
        # Made and changed by people_register() alone: a party to one case must not rename, or unmask, the person.
    ),
    Rule(
        "cases_case",
        # The referring unit's column beside the ground: a case being written has no ground yet.
        select=f"referring_unit_id = {MINE} and not is_protected or " + ground("cases_case.id"),
        insert=f"referring_unit_id = {MINE}",
        update=f"referring_unit_id = {MINE} and not is_protected or " + ground("cases_case.id"),
        worker="select, update",
    ),
    Rule(
        "cases_party",
        select=f"unit_id = {MINE} and not is_protected or "
        + ground("cases_party.case_id")
        + " or "
        + status("cases_party.case_id"),
        insert=f"{moving('cases_party.case_id')} and basis = 'consent' and "
        + f"{ground('cases_party.case_id')} and {named_in_consent()}",
        # Nobody ends the ground of those who wrote, or the person's own.
        update="basis = 'consent' and " + ground("cases_party.case_id"),
        columns="level, withdrawn_at, withdrawn_how, withdrawn_taken_by, withdrawn_by_id, answer, answered_at",
        worker="select, update",
    ),
    Rule(
        "cases_status",
        select=STATUS_OPEN,
        worker="select",
    ),
    Rule(
        "cases_turn",
        select=f"unit_id = {MINE} and not is_protected or "
        + status("cases_turn.case_id")
        + " or "
        + ground("cases_turn.case_id"),
        insert=f"{moving('cases_turn.case_id')} and ({status('cases_turn.case_id')} or {ground('cases_turn.case_id')})",
        delete=f"{moving('cases_turn.case_id')} and ({status('cases_turn.case_id')} or {ground('cases_turn.case_id')})",
        worker=ALL,
    ),
    Rule(
        "protection_namedreader",
        # Named and ended by functions alone (protected.sql): those who name need not read the case.
        select=f"user_id = {ME} or case_id = {READ}",
        worker="select",
    ),
    categorised(
        "cases_section", further="coalesce(cases_section.only_for_id = g.unit_id, cases_section.only_for_id is null)"
    ),
    Rule(
        "cases_change",
        # Written by the database alone; for the unit whose words they were, as long as it sees the case.
        select=f"author_unit_id = {MINE} and " + ground("cases_change.case_id"),
    ),
    categorised(
        "documents_storedfile",
        # The person reads the consent they signed, which is disclosed to nobody.
        besides="g.basis = 'self' and documents_storedfile.purpose = 'consent'",
    ),
    Rule(
        "audit_entry",
        # A unit whose consent is gone keeps what it wrote, not sight of what happens after (W1); those who
        # follow the status go on seeing what has no category.
        select=f"user_id = {ME} or unit_id = {MINE}"
        " and not exists(select 1 from audit_closed k where k.case_ref = audit_entry.case_ref) or "
        "coalesce(exists(select 1 from audit_ground g where g.case_ref = audit_entry.case_ref and"
        " (g.basis <> 'own' and (audit_entry.category = '' or audit_entry.category = any(g.categories))"
        f" or audit_entry.category = '' and g.follows_status) {CASE_BY_CASE}), false)"
        " or is_reading and case_ref is null and person_ref in (select s.person_ref from audit_self s)",
        # Who, under which hat, for which unit: as the database itself knows it, not as the statement says.
        insert=f"user_id is not distinct from {ME} and hat_id is not distinct from (select app_hat())"
        f" and (unit_id is null or unit_id = {MINE})",
        worker="select, insert",
    ),
    Rule("review_round", select="association_id = any((select app_reviews())::uuid[])", worker="select, insert"),
    Rule(
        "review_item",
        select=OF_A_REVIEWED_ROUND,
        update=OF_A_REVIEWED_ROUND,
        columns="outcome, comment, reviewed_by_id, reviewed_at, closed_at",
        worker="select, insert",
    ),
    Rule(
        "notices_notice",
        select=f"user_id = {ME} and (not is_protected or case_id = {READ})",
        # To anybody, but of a case only by who sees it, or says who reads it.
        insert="case_id is null or exists(select 1 from cases_case c where c.id = notices_notice.case_id) or "
        + status("notices_notice.case_id")
        + " or case_id in (select p.case_id from protected_cases(true) p where p.names)",
        update=f"user_id = {ME} and (not is_protected or case_id = {READ})",
        columns="read_at",
        worker="select, insert",
    ),
    Rule(
        "accounts_keptwords",
        # What one typed and had not sent is nobody else's, not even the own unit's.
        select="user_id = app_user()",
        insert="user_id = app_user()",
        update="user_id = app_user()",
        delete="user_id = app_user()",
        worker="select, delete",
    ),
    Rule("notices_mail", select="false", insert="true", worker="select, update, insert"),
    Rule(
        "visits_booking",
        select=f"unit_id = {MINE} or team_id = {MINE}",
        insert=f"unit_id = {MINE} or team_id = {MINE}",
        update=f"unit_id = {MINE} or team_id = {MINE}",
    ),
    of_its_category("cases_amendment"),
    consent(),
    categorised("meetings_knowledge"),
    of_category("meetings_decision", "grund"),
    of_category("meetings_notice", "grund"),
    of_category("consultations_advice", "grund"),
    of_status("queue_waiting", worker="select"),
    of_category("queue_offer", "grund", worker="select, insert"),
    of_category("queue_answer", "grund"),
    of_status("queue_holding", columns="until_at", worker="select"),
    of_category("first_meeting_servicedecision", "grund"),
    of_category("first_meeting_firstmeeting", "planering"),
    of_category("first_meeting_signature", "grund"),
    of_category("activities_enrolment", "planering"),
    of_category("activities_attendance", "planering"),
    of_category("activities_placement", "planering"),
    categorised("plans_mappingarea"),
    of_category("plans_plan", "planering"),
    of_category("plans_goal", "planering"),
    of_category("plans_subgoal", "planering"),
    of_category("followup_followup", "planering"),
    of_category("closing_closing", "planering"),
    of_category("closing_onwardplan", "planering"),
    jobs("procrastinate_jobs"),
    jobs("procrastinate_events"),
    jobs("procrastinate_periodic_defers"),
    jobs("procrastinate_workers"),
)

# Tables without a policy, each with its reason, and what the app and the worker may do there.
OPEN: dict[str, tuple[str, str, str]] = {
    "organisations_association": ("reference data, open to all who sign in", ALL, "select"),
    "organisations_agency": ("reference data, open to all who sign in", ALL, "select"),
    "organisations_unit": ("reference data, open to all who sign in", ALL, "select"),
    "organisations_programme": ("reference data, open to all who sign in", ALL, "select"),
    "organisations_user": (
        "accounts of staff, and a participant's own; name and address, read before anybody is signed in",
        ALL,
        "select",
    ),
    "organisations_membership": ("who has which role; read before anybody is signed in", ALL, "select"),
    "organisations_contact": ("the contact list, open to all who sign in", ALL, "select"),
    "organisations_routinedocument": ("the written routines, open to all (S15)", ALL, "select"),
    "audit_subject": ("the keys from cases and persons to their references; functions only", "", ""),
    "audit_seal": ("hashes and counts", "", "select, insert"),
    "audit_sealed": ("which row is under which seal, by id", "", "select, insert"),
    "cases_numberseries": ("counters without persons; written by next_in_series() only", "", ""),
    "visits_slot": ("times for visits; carries nobody", "select, insert, update", "select, insert"),
    "meetings_meeting": (
        "times of meetings, and who came as a guest; no participant",
        "select, insert, update",
        "select, insert, update",
    ),
    "meetings_agendaitem": (
        "case numbers in order; someone present without a ground sees the number (steps.md); the views alone keep the outcome from them",
        ALL,
        "select",
    ),
    "meetings_attendee": ("who of the group was present; no participant", ALL, ""),
    "queue_place": (
        "places are counted across secrecy, so they carry nobody (design.md)",
        "select, insert, update",
        "select, insert, update",
    ),
    "queue_ticket": (
        "the order of the queue is kept across secrecy, so it carries nobody",
        "select, insert, update",
        "select, insert, update",
    ),
    "statistics_kept": ("counts of cases that are disposed of; functions only", "", ""),
    "statistics_counted": ("each programme's counts of the month, for the association; functions only", "", ""),
    "activities_session": ("the timetable; carries nobody", ALL, ""),
    "accounts_invitation": (
        "who is invited; read before anybody is signed in, holds no link",
        "select, insert, update",
        "",
    ),
    "accounts_agencyidentity": ("what staff are called at their agency's sign-in; read before it is done", ALL, ""),
    "accounts_attempt": (
        "attempts to sign in, counted for every process; hashes of what was typed, and addresses on the net",
        ALL,
        "",
    ),
    "mfa_authenticator": ("staff's second factors, secrets encrypted; read before anybody is signed in", ALL, ""),
    "socialaccount_socialapp": ("not used; comes with django-allauth, which looks there first", "select", ""),
    "socialaccount_socialaccount": ("not used; comes with django-allauth", "", ""),
    "socialaccount_socialtoken": ("not used; comes with django-allauth", "", ""),
    "account_emailaddress": ("not used; comes with django-allauth, which looks there first", "select", ""),
    "account_emailconfirmation": ("not used; comes with django-allauth", "", ""),
    "django_session": ("read before anybody is signed in; holds no case data", ALL, ""),
    "django_content_type": ("Django's own list of models", "select", "select"),
    "django_admin_log": ("what the administrator changed in reference data", "select, insert", ""),
    "django_migrations": ("which migrations have run", "select", "select"),
    "auth_group": ("not used; comes with Django's admin", "select", ""),
    "auth_group_permissions": ("not used; comes with Django's admin", "select", ""),
    "auth_permission": ("not used; comes with Django's admin", "select", ""),
    "wall_secret": ("what begin_as() and the seal stand on; read by the owner's functions alone", "", ""),
}

# Who may call what of the owner's functions; those not named here nobody but the owner. Triggers need no leave.
APP_ONLY = (
    "people_register(text, text, text)",
    "next_in_series(text)",
    "protected_number()",
    "search_cases(text, integer, integer)",
    "withdraw_consents(uuid, timestamptz, text, text, uuid)",
    "shared_in(uuid)",
    "withdraw_by_number(text, text, text, timestamptz, inet)",
    "had_it_open(uuid, timestamptz)",
    "say_to_unit(uuid, jsonb, timestamptz)",
    "programme_figures(uuid, integer)",
    "participant_accounts()",
    "people_link_account(uuid, uuid)",
    "protect_person(uuid, text)",
    "one_person_at_a_time(uuid)",
    "end_protection(uuid, text, date, timestamptz, inet)",
    "protected_cases(boolean)",
    "planned_unseen(uuid)",
    "app_reviews()",
    "reviewed_person(text)",
    "reviewed_cases(uuid)",
    "name_reader(uuid, uuid, uuid, text, date)",
    "end_reader(uuid)",
    "hand_on_named(uuid, uuid, uuid, uuid)",
    "left_behind(uuid)",
    "invited_in_vain(uuid, timestamptz)",
    "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])",
)
# What policies and triggers ask, and what moves a case: the worker offers places, and acts as a user on their behalf.
APP_AND_WORKER = (
    "begin_as(uuid, text, timestamptz, text)",
    "app_asks()",
    "app_user()",
    "app_hat()",
    "app_units()",
    "app_now()",
    "app_today()",
    "app_reads()",
    "asked_for_readers(uuid, timestamptz)",
    "engine_case()",
    "mark_case(uuid, text)",
    "answer_open_offer(uuid, text, timestamptz)",
    "carries_ids_only(jsonb)",
    # The index of names, kept by whoever moves a case.
    *("names_said(text, text)", "names_folded(text, text)", "folded(text)"),
    "audit_ref(uuid)",
    "unsealed_since()",
    "audit_reference(text, uuid)",
)
WORKER_ONLY = (
    "cases_to_dispose()",
    "dispose_case(uuid)",
    "count_figures(uuid, integer[], date)",
    "review_draw(uuid, timestamptz, timestamptz, integer, integer)",
)
