"""Raises the wall: functions, triggers, grants and policies, all anew, as the owner.

Run after every ``migrate``: what stands in ``functions.sql`` and ``tables.py`` is what the
database enforces, with no migration in between that could tell another story.
"""

from pathlib import Path
from typing import Any

from django.conf import settings

from knutpunkten.wall import history
from knutpunkten.wall.tables import (
    APP_AND_WORKER,
    APP_ONLY,
    AUDIT_CLOSED,
    AUDIT_GROUND,
    AUDIT_SELF,
    OPEN,
    PROTECTED,
    WORKER_ONLY,
    Rule,
)

APP, WORKER, SEARCH = "knutpunkten_app", "knutpunkten_worker", "knutpunkten_search"

FUNCTION_FILES = (
    "functions.sql",
    "protected.sql",
    "search.sql",
    "review.sql",
    "leaving.sql",
    "history.sql",
    "disposal.sql",
)
FUNCTIONS = [Path(__file__).with_name(name) for name in FUNCTION_FILES]

TRIGGERS = (
    ("cases_case", "case_moves", "before insert or update", "case_moves"),
    ("cases_case", "case_grounds", "after insert", "case_grounds"),
    ("cases_party", "party_changes", "before update", "party_changes"),
    ("cases_case", "case_status", "after insert or update", "case_status"),
    ("audit_entry", "audit_stamped", "before insert", "audit_stamped"),
    ("cases_case", "case_readers", "after insert or update", "case_readers"),
    ("organisations_membership", "role_of_another", "before insert or update", "role_of_another"),
    ("people_person", "person_protected", "after update", "person_protected"),
    *(
        (table, "mark_protected", "before insert", "mark_protected")
        for table in ("cases_party", "cases_turn", "notices_notice")
    ),
)
# When the step is done: what it still has to write, it writes in the case as it was.
CONSENT_PROTECTS = (
    "drop trigger if exists consent_protects on cases_party",
    "create constraint trigger consent_protects after insert on cases_party deferrable initially deferred"
    " for each row when (new.basis = 'consent') execute function consent_protects()",
)
ONLY_GROW = ("audit_entry", "audit_seal", "audit_sealed")


def statements() -> list[str]:
    """Every statement that makes the wall, in order."""
    made = [*(path.read_text() for path in FUNCTIONS), AUDIT_GROUND, AUDIT_CLOSED, AUDIT_SELF]
    made += [trigger(*row) for row in TRIGGERS]
    made += [
        f"create or replace trigger only_grows before update or delete or truncate on {table}"
        " for each statement execute function only_grows()"
        for table in ONLY_GROW
    ]
    made += [
        trigger(rule.table, "author_ground", "after insert", "author_ground")
        for rule in PROTECTED
        if rule.writes_ground
    ]
    made += CONSENT_PROTECTS
    made += history.statements()
    made += [
        f"revoke all on all tables in schema public from public, {APP}, {WORKER}, {SEARCH}",
        f"grant usage on schema public to {APP}, {WORKER}, {SEARCH}",
        f"grant usage on all sequences in schema public to {APP}, {WORKER}",
        f"grant select on living_ground to {APP}, {SEARCH}",
        f"grant select on audit_ground, audit_closed, audit_self to {APP}",
        f"grant select on review_log to {APP}",
    ]
    for rule in PROTECTED:
        made += policies(rule)
    for table, (_, app, worker) in OPEN.items():
        made += [f"grant {grant} on {table} to {role}" for grant, role in ((app, APP), (worker, WORKER)) if grant]
    made += [
        *calls(),
        f"grant select ({SEARCHED}) on cases_case to {SEARCH}",
        f"grant select on people_person to {SEARCH}",
        "alter table procrastinate_jobs drop constraint if exists job_carries_ids_only",
        "alter table procrastinate_jobs add constraint job_carries_ids_only check (carries_ids_only(args))",
        *searched("cases_case"),
        *searched("people_person"),
        # A new owner must be allowed to create where the function stands; only for this moment.
        f"grant create on schema public to {SEARCH}",
        f"alter function search_cases(text, integer, integer) owner to {SEARCH}",
        f"revoke create on schema public from {SEARCH}",
        "create index if not exists names_by_word on cases_case"
        " using gin (names_folded(first_name, last_name) gin_trgm_ops)",
        "create index if not exists numbers_by_digits on people_person using gin (number gin_trgm_ops)",
    ]
    return made


# Functions of ours, the queue's too; not those of extensions. PostgreSQL lets everybody call a new one.
CLOSE_FUNCTIONS = f"""
do $$
declare f regprocedure;
begin
  for f in select p.oid from pg_proc p
            where p.pronamespace = 'public'::regnamespace and pg_has_role(p.proowner, 'member')
              and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  loop
    execute format('revoke all on function %s from public, {APP}, {WORKER}, {SEARCH}', f);
    if f::text like 'procrastinate_%' then
      execute format('grant execute on function %s to {WORKER}', f);
    end if;
  end loop;
  -- Nobody makes tables or functions of their own beside the wall.
  execute format('revoke temporary on database %I from public', current_database());
end
$$"""


# The columns of a case that are searched, and that put what is found in order.
SEARCHED = "id, person_id, first_name, last_name, sort_key, created_at"
# What the ground asks, and how names are compared, for the function that searches.
SEARCHED_BY = (
    *("app_asks()", "app_units()", "app_now()", "app_today()", "app_reads()", "findable_cases()"),
    *("names_said(text, text)", "names_folded(text, text)", "folded(text)", "word_pattern(text)"),
)


def calls() -> list[str]:
    """Who may call which function. The app defers a job as the owner does, for it sees none of them."""
    defer = "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])"
    return [
        f"alter function {defer} security definer",
        f"alter function {defer} set search_path = public, pg_temp",
        CLOSE_FUNCTIONS,
        *(f"grant execute on function {one} to {APP}" for one in APP_ONLY),
        *(f"grant execute on function {one} to {APP}, {WORKER}" for one in APP_AND_WORKER),
        *(f"grant execute on function {one} to {WORKER}" for one in WORKER_ONLY),
        *(f"grant execute on function {one} to {SEARCH}" for one in SEARCHED_BY),
    ]


def trigger(table: str, name: str, when: str, function: str) -> str:
    return f"create or replace trigger {name} {when} on {table} for each row execute function {function}()"


def searched(table: str) -> list[str]:
    """The policy that lets the search's own role look through *table*: who may see what it finds, it asks itself."""
    return [
        f"drop policy if exists search on {table}",
        f"create policy search on {table} for select to {SEARCH} using (true)",
    ]


def policies(rule: Rule) -> list[str]:
    """Row-level security on, and one named policy per kind of statement that *rule* allows."""
    table = rule.table
    made = [f"alter table {table} enable row level security"]
    clauses = {
        "select": rule.select and f"using ({rule.select})",
        "insert": rule.insert and f"with check ({rule.insert})",
        "update": rule.update and f"using ({rule.update}) with check ({rule.update})",
        "delete": rule.delete and f"using ({rule.delete})",
    }
    for verb, clause in clauses.items():
        made.append(f"drop policy if exists app_{verb} on {table}")
        if clause:
            columns = f" ({rule.columns})" if verb == "update" and rule.columns else ""
            made.append(f"create policy app_{verb} on {table} for {verb} to {APP} {clause}")
            made.append(f"grant {verb}{columns} on {table} to {APP}")
    made.append(f"drop policy if exists worker on {table}")
    if rule.worker:
        made.append(f"create policy worker on {table} to {WORKER} using (true) with check (true)")
        made.append(f"grant {rule.worker} on {table} to {WORKER}")
    return made


def raise_wall(cursor: Any) -> None:
    """Run every statement on *cursor*, which must be the owner's, in the caller's transaction."""
    for statement in statements():
        cursor.execute(statement)
    cursor.execute(
        "insert into wall_secret (key_hash) values (sha256(convert_to(%s, 'UTF8')))"
        " on conflict (is_the_one) do update set key_hash = excluded.key_hash",
        [settings.WALL_KEY],
    )
